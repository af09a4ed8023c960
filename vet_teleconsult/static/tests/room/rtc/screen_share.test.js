import { describe, expect, test } from "@odoo/hoot";
import { ScreenShare } from "@vet_teleconsult/room/rtc/screen_share";

describe.current.tags("headless");

function makeStream() {
    const track = {
        readyState: "live",
        stop() {
            this.readyState = "ended";
        },
    };
    return { track, getTracks: () => [track], getVideoTracks: () => [track], getAudioTracks: () => [] };
}

const refusing = (error) => new ScreenShare({ mediaDevices: { getDisplayMedia: () => Promise.reject(error) } });

test("a screen that is chosen after the call has ended is let go at once", async () => {
    const stream = makeStream();
    const { promise, resolve } = Promise.withResolvers();
    const share = new ScreenShare({ mediaDevices: { getDisplayMedia: () => promise } });
    const started = share.start();
    share.stop();
    resolve(stream);
    expect(await started).toBe("cancelled");
    expect(stream.track.readyState).toBe("ended");
    expect(share.track).toBe(null);
});

test("a choice that the person cancels is no failure", async () => {
    const error = new DOMException("Permission denied", "NotAllowedError");
    expect(await refusing(error).start()).toBe("cancelled");
});

test("a system that does not let the browser see the screen is one", async () => {
    const error = new DOMException("Permission denied by system", "NotAllowedError");
    expect(await refusing(error).start()).toBe("failed");
});

test("a screen that cannot be read is one, too", async () => {
    expect(await refusing(new DOMException("", "NotReadableError")).start()).toBe("failed");
});
