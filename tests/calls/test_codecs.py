"""VP8 and H.264 both carry a call and both are recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import make_owner, make_vet
from tests.support.call import Call

#: Prefers one codec wherever the page makes a place for video, as a browser does that knows no other.
PREFER = """
for (const method of ["setLocalDescription", "createOffer", "createAnswer"]) {
    const original = RTCPeerConnection.prototype[method];
    RTCPeerConnection.prototype[method] = function (...args) {
        const codecs = RTCRtpReceiver.getCapabilities("video").codecs;
        const wanted = codecs.filter((codec) => /video\\/(CODEC|rtx|red|ulpfec)$/i.test(codec.mimeType));
        for (const transceiver of this.getTransceivers()) {
            if (transceiver.receiver.track.kind === "video" && !transceiver.stopped) {
                transceiver.setCodecPreferences(wanted);
            }
        }
        return original.apply(this, args);
    };
}
"""


@pytest.fixture(params=["VP8", "H264"])
def codec(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def call_with_codec(clinic, browsers, people, codec: str) -> Call:
    scripts = [PREFER.replace("CODEC", codec)]
    vet = make_vet(clinic, browsers, people, scripts=scripts)
    owner = make_owner(browsers, people, scripts=scripts)
    return Call(clinic, clinic.consultation(), vet, owner).begin()


def test_a_call_in_either_codec_is_seen_and_recorded(call_with_codec: Call, codec: str, tmp_path: Path) -> None:
    call = call_with_codec
    assert call.owner.received("video")["codecs"] == [f"video/{codec}"]
    call.record()
    call.vet.sees_frames(count=60)
    call.hang_up()
    [recording] = call.finished_recordings()
    files = call.files(recording, tmp_path)
    assert {file.video_codec for file in files} == {codec.lower()}
    assert all(file.shows(call.person(file.entry["role"]).footage.colour) for file in files)
