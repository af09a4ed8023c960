import { describe, expect, test } from "@odoo/hoot";
import { withAudioNack } from "@vet_teleconsult/room/rtc/recording_leg";

describe.current.tags("headless");

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
