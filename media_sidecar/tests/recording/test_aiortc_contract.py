"""The private names of aiortc that the recorder stands on; an upgrade that moves one fails here, in words."""

import inspect
from importlib.metadata import version

import aioice.ice
import pylibsrtp
import pytest
from aiortc import RTCConfiguration, RTCDtlsTransport, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.rtcicetransport import RTCIceTransport

from media_sidecar.recording.leg import LegConnection
from media_sidecar.recording.sockets import DatagramPoller

from .footage import BeepTrack, FlashTrack
from .sender import Sender

ADVICE = "aiortc has changed: read recording/leg.py against its new source before the pin is raised."


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("aiortc") == "1.16.0", ADVICE


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (RTCPeerConnection, "_RTCPeerConnection__createDtlsTransport"),
        (RTCPeerConnection, "_RTCPeerConnection__createTransceiver"),
        (RTCDtlsTransport, "_handle_rtp_data"),
        (RTCDtlsTransport, "_handle_rtcp_data"),
        (RTCDtlsTransport, "_send_rtp"),
        (RTCRtpReceiver, "receive"),
        (aioice.ice.StunProtocol, "datagram_received"),
        (pylibsrtp.Session, "unprotect"),
        (pylibsrtp.Session, "unprotect_rtcp"),
    ],
)
def test_a_private_name_is_where_it_was(owner: type, name: str) -> None:
    assert callable(getattr(owner, name, None)), f"{owner.__name__}.{name} is gone. {ADVICE}"


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (RTCDtlsTransport._handle_rtp_data, ["self", "data", "arrival_time_ms"]),
        (RTCDtlsTransport._handle_rtcp_data, ["self", "data"]),
        (RTCDtlsTransport._send_rtp, ["self", "data"]),
        (aioice.ice.StunProtocol.datagram_received, ["self", "data", "addr"]),
        (RTCRtpReceiver.receive, ["self", "parameters"]),
    ],
)
def test_a_private_method_takes_what_it_took(method: object, parameters: list[str]) -> None:
    assert list(inspect.signature(method).parameters) == parameters, ADVICE  # type: ignore[arg-type]


def test_the_attributes_are_set_where_they_were() -> None:
    assert "self._rx_srtp" in inspect.getsource(RTCDtlsTransport), ADVICE
    assert "self._connection = gatherer._connection" in inspect.getsource(RTCIceTransport), ADVICE
    assert "self._protocols" in inspect.getsource(aioice.ice.Connection), ADVICE


async def test_no_decoder_starts_and_the_answer_has_one_codec_a_track() -> None:
    sender = Sender(BeepTrack(), FlashTrack(), codec="H264")
    connection = LegConnection(
        [],
        DatagramPoller(),
        on_rtp=lambda data, now: None,
        on_rtcp=lambda data, now: None,
        on_alive=lambda now: None,
        on_closed=lambda reason: None,
    )
    await connection.negotiate(await sender.offer())
    answer = await connection.answer()
    tracks = {track.kind: track for track in connection.tracks}
    await connection.close()
    await sender.close()
    assert {kind: track.codec for kind, track in tracks.items()} == {"audio": "opus", "video": "h264"}, ADVICE
    assert tracks["video"].rtx_payload_type is not None
    assert answer.count("a=rtpmap:") == 3, "Opus, H.264 and its retransmissions"
    assert "m=video 0 " not in answer


async def test_a_stock_peer_connection_can_read_our_answer() -> None:
    sender = Sender(BeepTrack(), None)
    connection = LegConnection(
        [],
        DatagramPoller(),
        on_rtp=lambda data, now: None,
        on_rtcp=lambda data, now: None,
        on_alive=lambda now: None,
        on_closed=lambda reason: None,
    )
    await connection.negotiate(await sender.offer())
    await sender.connection.setRemoteDescription(RTCSessionDescription(await connection.answer(), "answer"))
    directions = [transceiver.currentDirection for transceiver in sender.connection.getTransceivers()]
    await sender.close()
    await connection.close()
    assert directions == ["sendonly"]
    assert RTCConfiguration().iceServers is None
