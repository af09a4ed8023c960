import { describe, expect, test } from "@odoo/hoot";
import { chooseBitrates, chooseFormat } from "@vet_teleconsult/chat/capture/recording_format";

describe.current.tags("desktop");

const recorder = (...supported) => ({ isTypeSupported: (type) => supported.includes(type) });

test("what plays everywhere comes first", () => {
    const Recorder = recorder("video/webm;codecs=vp9,opus", "video/webm", "video/mp4;codecs=avc1.42E01E,mp4a.40.2");
    expect(chooseFormat("video", Recorder)).toEqual({
        mimeType: "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
        extension: "mp4",
    });
});

test("without H.264 and AAC it is WebM", () => {
    const Recorder = recorder("video/webm", "video/webm;codecs=vp8,opus", "video/mp4");
    expect(chooseFormat("video", Recorder)).toEqual({ mimeType: "video/webm;codecs=vp8,opus", extension: "webm" });
});

test("sound has its own containers", () => {
    expect(chooseFormat("sound", recorder("audio/mp4;codecs=mp4a.40.2")).extension).toBe("m4a");
    expect(chooseFormat("sound", recorder("audio/webm;codecs=opus")).extension).toBe("webm");
    expect(chooseFormat("sound", recorder("audio/ogg;codecs=opus")).extension).toBe("ogg");
});

test("a browser without a recorder has no format", () => {
    expect(chooseFormat("video", null)).toBe(null);
    expect(chooseFormat("video", recorder())).toBe(null);
});

test("thirty minutes fit into 200 MB", () => {
    const maxBytes = 200 * 1024 ** 2;
    const { videoBitsPerSecond, audioBitsPerSecond } = chooseBitrates({ maxBytes, maxSeconds: 1800, video: true });
    const bytes = ((videoBitsPerSecond + audioBitsPerSecond) / 8) * 1800;
    expect(bytes).toBeLessThan(0.95 * maxBytes);
    expect(bytes).toBeGreaterThan(0.9 * maxBytes);
});

test("a picture is never so poor that movement cannot be judged, nor richer than it helps", () => {
    const rate = (maxBytes) => chooseBitrates({ maxBytes, maxSeconds: 1800, video: true }).videoBitsPerSecond;
    expect(rate(1024 ** 2)).toBe(250_000);
    expect(rate(10 * 1024 ** 3)).toBe(2_500_000);
});

test("sound alone gets more of the room, but no picture", () => {
    expect(chooseBitrates({ maxBytes: 200 * 1024 ** 2, maxSeconds: 1800, video: false })).toEqual({
        audioBitsPerSecond: 128_000,
    });
});
