import { describe, expect, test } from "@odoo/hoot";
import { deviceErrorCode, Devices } from "@vet_teleconsult/room/rtc/devices";

describe.current.tags("headless");

const refuse = (name) => {
    throw new DOMException("", name);
};

function makeTrack(kind, settings = {}) {
    return {
        kind,
        readyState: "live",
        muted: false,
        enabled: true,
        getSettings: () => settings,
        stop() {
            this.readyState = "ended";
        },
    };
}

/** A `MediaDevices` whose answers are decided by `rule(constraints)`: it throws, or lets pass. */
function makeMediaDevices(rule = () => {}, cameras = 1) {
    const asked = [];
    return {
        asked,
        async getUserMedia(constraints) {
            asked.push(constraints);
            rule(constraints);
            const facingMode = constraints.video?.facingMode?.ideal;
            const tracks = [];
            if (constraints.audio) {
                tracks.push(makeTrack("audio"));
            }
            if (constraints.video) {
                tracks.push(makeTrack("video", { facingMode }));
            }
            return {
                getTracks: () => tracks,
                getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
                getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
            };
        },
        async enumerateDevices() {
            const camera = (index) => ({ kind: "videoinput", deviceId: `camera${index}`, label: `Camera ${index}` });
            return [...Array(cameras).keys()].map(camera);
        },
    };
}

test("camera and microphone are asked for in one question", async () => {
    const mediaDevices = makeMediaDevices();
    const devices = new Devices({ mediaDevices });
    await devices.open();
    expect(mediaDevices.asked).toHaveLength(1);
    expect(devices.problems).toEqual({ microphone: null, camera: null });
});

test("echo cancellation is asked for in so many words", async () => {
    const mediaDevices = makeMediaDevices();
    await new Devices({ mediaDevices }).open();
    expect(mediaDevices.asked[0].audio.echoCancellation).toBe(true);
});

test("without a camera the microphone is opened alone", async () => {
    const mediaDevices = makeMediaDevices(({ video }) => video && refuse("NotFoundError"));
    const devices = new Devices({ mediaDevices });
    await devices.open();
    expect(devices.tracks.microphone.kind).toBe("audio");
    expect(devices.tracks.camera).toBe(null);
    expect(devices.problems).toEqual({ microphone: null, camera: "not-found" });
});

test("with both refused nothing is thrown, and both reasons are known", async () => {
    const devices = new Devices({ mediaDevices: makeMediaDevices(() => refuse("NotAllowedError")) });
    await devices.open();
    expect(devices.problems).toEqual({ microphone: "denied", camera: "denied" });
});

test("a page without media devices can still be joined by text", async () => {
    const devices = new Devices({ mediaDevices: undefined });
    devices.mediaDevices = undefined;
    await devices.open();
    expect(devices.problems).toEqual({ microphone: "unsupported", camera: "unsupported" });
});

test("a camera that does not know our size is taken as it is", async () => {
    const mediaDevices = makeMediaDevices(({ video }) => video?.width && refuse("OverconstrainedError"));
    const devices = new Devices({ mediaDevices });
    await devices.open();
    expect(devices.tracks.camera.kind).toBe("video");
});

test("a camera that is off is closed, so that its light goes out", async () => {
    const devices = new Devices({ mediaDevices: makeMediaDevices() });
    await devices.open();
    const { camera } = devices.tracks;
    await devices.setCamera(false);
    expect(camera.readyState).toBe("ended");
    expect(devices.tracks.camera).toBe(null);
});

test("a microphone that is off stays open and silent", async () => {
    const devices = new Devices({ mediaDevices: makeMediaDevices() });
    await devices.open();
    await devices.setMicrophone(false);
    expect(devices.tracks.microphone.enabled).toBe(false);
    expect(devices.tracks.microphone.readyState).toBe("live");
});

test("flipping asks for the rear camera, and for the front one again", async () => {
    const mediaDevices = makeMediaDevices(() => {}, 2);
    const devices = new Devices({ mediaDevices });
    await devices.open();
    const front = devices.tracks.camera;
    await devices.flip();
    expect(front.readyState).toBe("ended");
    expect(mediaDevices.asked.at(-1).video.facingMode.ideal).toBe("environment");
    expect(devices.mirrored).toBe(false);
    await devices.flip();
    expect(mediaDevices.asked.at(-1).video.facingMode.ideal).toBe("user");
    expect(devices.mirrored).toBe(true);
});

test("a track that the system ends is replaced by a fresh one", async () => {
    const devices = new Devices({ mediaDevices: makeMediaDevices() });
    await devices.open();
    const lost = devices.tracks.microphone;
    await lost.onended();
    expect(devices.tracks.microphone).not.toBe(lost);
    expect(devices.tracks.microphone.readyState).toBe("live");
});

test("a device that is lost for good is reported", async () => {
    let unplugged = false;
    const devices = new Devices({ mediaDevices: makeMediaDevices(() => unplugged && refuse("NotFoundError")) });
    await devices.open();
    devices.on("problem", ({ kind, code }) => expect.step(`${kind} ${code}`));
    unplugged = true;
    await devices.tracks.camera.onended();
    expect.verifySteps(["camera not-found"]);
});

/** A `MediaDevices` that answers when the test says so. */
function makeSlowMediaDevices() {
    const mediaDevices = makeMediaDevices();
    const { promise, resolve } = Promise.withResolvers();
    const streams = [];
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = async (constraints) => {
        await promise;
        streams.push(await getUserMedia(constraints));
        return streams.at(-1);
    };
    const live = () => streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === "live");
    return { mediaDevices, answer: resolve, live };
}

test("a camera that opens after hanging up is closed at once, and not asked for again", async () => {
    const { mediaDevices, answer, live } = makeSlowMediaDevices();
    const devices = new Devices({ mediaDevices });
    const opened = devices.open();
    devices.release();
    answer();
    await opened;
    expect(live()).toEqual([]);
    expect(devices.tracks).toEqual({ microphone: null, camera: null });
    expect(mediaDevices.asked).toHaveLength(1);
});

test("coming back while the first answer is still due takes the second", async () => {
    const { mediaDevices, answer, live } = makeSlowMediaDevices();
    const devices = new Devices({ mediaDevices });
    const opened = devices.open();
    devices.release();
    const reopened = devices.open();
    answer();
    await Promise.all([opened, reopened]);
    expect(live()).toEqual([devices.tracks.microphone, devices.tracks.camera]);
});

test("a camera that is turned off while it opens stays off", async () => {
    const { mediaDevices, answer, live } = makeSlowMediaDevices();
    const devices = new Devices({ mediaDevices });
    const opened = devices.open();
    await devices.setCamera(false);
    answer();
    await opened;
    expect(live()).toEqual([devices.tracks.microphone]);
});

test("a camera that is plugged in after hanging up is left alone", async () => {
    let plugged = false;
    const mediaDevices = makeMediaDevices(({ video }) => video && !plugged && refuse("NotFoundError"));
    const devices = new Devices({ mediaDevices });
    await devices.open();
    devices.release();
    plugged = true;
    await devices._devicesChanged();
    expect(devices.tracks.camera).toBe(null);
});

test("old names of errors are understood, too", () => {
    expect(deviceErrorCode({ name: "PermissionDeniedError" })).toBe("denied");
    expect(deviceErrorCode({ name: "DevicesNotFoundError" })).toBe("not-found");
    expect(deviceErrorCode({ name: "TrackStartError" })).toBe("in-use");
    expect(deviceErrorCode(new Error("?"))).toBe("failed");
});
