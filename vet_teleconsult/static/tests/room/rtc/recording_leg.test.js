import { after, describe, expect, test } from "@odoo/hoot";
import { Emitter } from "@vet_teleconsult/core/emitter";
import { RecordingLeg, withAudioNack } from "@vet_teleconsult/room/rtc/recording_leg";

describe.current.tags("headless");

/** A leg of the camera whose offers the test sees. */
function makeLeg(tracks) {
    const offered = Promise.withResolvers();
    const signaling = Object.assign(new Emitter(), {
        open: true,
        send: (type, frame) => type === "record-offer" && Boolean(offered.resolve(frame) || true),
    });
    const leg = new RecordingLeg({ source: "camera", signaling, iceServers: [], maxBitrate: 1_000_000, tracks });
    after(() => leg.close());
    return { leg, offer: offered.promise };
}

function makeCamera() {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d");
    return canvas.captureStream().getVideoTracks()[0];
}

test("without microphone and camera nothing is opened, until one of them comes", async () => {
    const { leg, offer } = makeLeg({ video: null, audio: null });
    expect(leg.pc).toBe(null);
    const camera = makeCamera();
    leg.setTracks({ video: camera, audio: null });
    expect((await offer).source).toBe("camera");
    expect(leg.senders.video.track).toBe(camera);
});

test("a leg stays open while everything is turned off", async () => {
    const { leg, offer } = makeLeg({ video: makeCamera(), audio: null });
    const { leg: id } = await offer;
    leg.setTracks({ video: null, audio: null });
    leg.setTracks({ video: makeCamera(), audio: null });
    expect(leg.id).toBe(id);
});

test("the recorder may ask for lost audio packets again", () => {
    const sdp = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n";
    expect(withAudioNack(sdp)).toInclude("a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n");
});

test("an offer that allows it already is left alone", () => {
    const sdp = "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n";
    expect(withAudioNack(sdp)).toBe(sdp);
});

test("this browser accepts its own offer with that line", async () => {
    const pc = new RTCPeerConnection();
    pc.addTransceiver("audio", { direction: "sendonly" });
    const offer = await pc.createOffer();
    await pc.setLocalDescription({ type: "offer", sdp: withAudioNack(offer.sdp) });
    expect(pc.localDescription.sdp).toMatch(/a=rtcp-fb:\d+ nack/);
    pc.close();
});
