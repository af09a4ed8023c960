"""The recorder's only contact with aiortc, whose version is pinned: every private name that it relies on is used here.

aiortc offers no way to receive encoded frames. So a subclass of its peer connection takes the decrypted packets
straight from the socket: the class of the DTLS transport and of the receivers that it creates is replaced by ours, and
SRTP packets go from the datagram callback to the recorder without aiortc's queue, tasks, decoders or estimator.
``tests/recording/test_aiortc_contract.py`` fails when an upgrade moves any of these names.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Any

import pylibsrtp
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDtlsTransport,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.rtcrtpparameters import RTCRtcpFeedback, RTCRtpCodecParameters, RTCRtpReceiveParameters
from aiortc.sdp import MediaDescription, SessionDescription

from .errors import BadOffer
from .receiver import NegotiatedTrack
from .sockets import DatagramPoller, enlarge_receive_buffer, poll_instead

logger = logging.getLogger(__name__)

GATHER_SECONDS = 10.0
CLOSE_SECONDS = 5.0
_CODECS = {"video/vp8": "vp8", "video/h264": "h264", "audio/opus": "opus"}

PacketHandler = Callable[[bytes, float], None]


class _UndecodedReceiver(RTCRtpReceiver):
    """A receiver that receives nothing: no decoder thread, no jitter buffer, no estimator."""

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        return None


class _PacketTransport(RTCDtlsTransport):
    """A DTLS transport that hands over decrypted packets as they are."""

    on_rtp: PacketHandler
    on_rtcp: PacketHandler
    monotonic: Callable[[], float]

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        self.on_rtp(data, self.monotonic())

    async def _handle_rtcp_data(self, data: bytes) -> None:
        self.on_rtcp(data, self.monotonic())


class _UndecodedPeerConnection(RTCPeerConnection):
    """A peer connection whose transports and receivers are ours.

    The two methods override private ones of aiortc; their names are what Python makes of ``__createDtlsTransport``
    and ``__createTransceiver`` in its class.
    """

    def __init__(
        self,
        configuration: RTCConfiguration,
        on_rtp: PacketHandler,
        on_rtcp: PacketHandler,
        monotonic: Callable[[], float],
    ) -> None:
        self._handlers = on_rtp, on_rtcp, monotonic
        super().__init__(configuration)

    def _RTCPeerConnection__createDtlsTransport(self) -> RTCDtlsTransport:
        transport: Any = super()._RTCPeerConnection__createDtlsTransport()  # type: ignore[misc]
        transport.__class__ = _PacketTransport
        transport.on_rtp, transport.on_rtcp, transport.monotonic = self._handlers
        return transport  # type: ignore[no-any-return]

    def _RTCPeerConnection__createTransceiver(self, *args: Any, **kwargs: Any) -> Any:
        transceiver = super()._RTCPeerConnection__createTransceiver(*args, **kwargs)  # type: ignore[misc]
        transceiver.receiver.__class__ = _UndecodedReceiver
        return transceiver


class LegConnection:
    """One send-only connection of a browser, as its encoded packets.

    :param ice_servers: as in the browser's ``RTCConfiguration``: ``urls``, ``username``, ``credential``
    :param poller: empties our sockets once the connection stands
    :param on_rtp: called with each decrypted RTP packet and its arrival, in seconds, monotonic
    :param on_rtcp: likewise for RTCP
    :param on_alive: called with the time of every datagram that is neither, such as ICE's consent checks
    :param on_closed: called once when the connection ends without us: ``closed_by_sender`` or ``connection_failed``
    """

    def __init__(
        self,
        ice_servers: list[dict[str, Any]],
        poller: DatagramPoller,
        *,
        on_rtp: PacketHandler,
        on_rtcp: PacketHandler,
        on_alive: Callable[[float], None],
        on_closed: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        servers = [
            RTCIceServer(server["urls"], server.get("username"), server.get("credential")) for server in ice_servers
        ]
        configuration = RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._on_rtp, self._on_rtcp, self._on_alive, self._monotonic = on_rtp, on_rtcp, on_alive, monotonic
        self._on_closed: Callable[[str], None] | None = on_closed
        self._poller = poller
        self._connection = _UndecodedPeerConnection(configuration, on_rtp, on_rtcp, monotonic)
        self._connection.on("connectionstatechange", self._state_changed)
        self._transport: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.connected = False
        self.tracks: list[NegotiatedTrack] = []
        self.ssrc = 0

    async def negotiate(self, offer_sdp: str) -> None:
        """Apply the offer and find out what it brings: :attr:`tracks` and :attr:`ssrc`.

        :raises BadOffer: it cannot be recorded
        """
        offer = RTCSessionDescription(without_candidates_to_resolve(offer_sdp), "offer")
        check_offer(offer.sdp)
        try:
            await self._connection.setRemoteDescription(offer)
        except Exception as error:
            raise BadOffer(f"The offer cannot be answered: {error}") from error
        sections = {media.rtp.muxId: media for media in SessionDescription.parse(offer.sdp).media}
        for transceiver in self._connection.getTransceivers():
            section = sections[transceiver.mid or ""]
            if section.direction in ("sendonly", "sendrecv"):
                codecs = _single_codec(transceiver._codecs, section)
                transceiver._codecs = codecs
                self.tracks.append(_negotiated(section.kind, codecs))
                self.ssrc = self.ssrc or transceiver.sender._ssrc
                self._transport = transceiver.receiver.transport
        if not self.tracks:
            raise BadOffer("The offer sends nothing: offer audio or video as sendonly.")

    async def answer(self) -> str:
        """Gather our candidates and take over the sockets.

        :return: the complete answer
        :raises BadOffer: no answer could be made of the offer
        :raises TimeoutError: the ICE servers did not answer
        """
        async with asyncio.timeout(GATHER_SECONDS):
            try:
                await self._connection.setLocalDescription(await self._connection.createAnswer())
            except (TimeoutError, OSError):
                raise
            except Exception as error:
                raise BadOffer(f"The offer cannot be answered: {error}") from error
        for protocol in self._protocols():
            self._hand_over_packets(protocol)
            enlarge_receive_buffer(protocol.transport)
        return str(self._connection.localDescription.sdp)

    def send(self, packet: bytes) -> None:
        """Send an RTCP packet; one that cannot be sent is lost, as on the network."""
        task = asyncio.get_running_loop().create_task(self._send(packet))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def socket_inodes(self) -> set[int]:
        """The inodes of our sockets, by which the kernel lists what it dropped."""
        sockets = [protocol.transport.get_extra_info("socket") for protocol in self._protocols()]
        return {os.fstat(one.fileno()).st_ino for one in sockets if one is not None and one.fileno() >= 0}

    async def close(self) -> None:
        """Close the connection and its sockets; nothing is called back any more."""
        self._on_closed = None
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._connection.close()
        except Exception:
            logger.warning("A recording connection did not close in order", exc_info=True)

    def _protocols(self) -> list[Any]:
        """The STUN protocols of aioice, one for each of our addresses."""
        return list(self._transport.transport._connection._protocols) if self._transport is not None else []

    def _hand_over_packets(self, protocol: Any) -> None:
        transport, on_rtp, on_rtcp, on_alive = self._transport, self._on_rtp, self._on_rtcp, self._on_alive
        monotonic, queue_datagram = self._monotonic, protocol.datagram_received

        def datagram_received(data: bytes, address: tuple[Any, ...], arrival: float | None = None) -> None:
            # RFC 7983: 128 to 191 is SRTP or SRTCP; of these, a second byte of 192 to 223 is SRTCP (RFC 5761).
            if len(data) > 12 and 127 < data[0] < 192:
                session = transport._rx_srtp
                if session is not None:
                    now = monotonic() if arrival is None else arrival
                    try:
                        if 191 < data[1] < 224:
                            on_rtcp(session.unprotect_rtcp(data), now)
                        else:
                            on_rtp(session.unprotect(data), now)
                    except pylibsrtp.Error:
                        # A copy, or not from the sender: the cipher has refused it.
                        return
                    return
            else:
                on_alive(monotonic())
            queue_datagram(data, address)

        protocol.datagram_received = datagram_received

    def _poll_sockets(self) -> None:
        """From now on the recorder is in no hurry."""
        for protocol in self._protocols():
            polled = poll_instead(
                protocol.transport, self._poller, protocol.datagram_received, protocol.connection_lost
            )
            if polled is not None:
                protocol.transport = polled

    async def _send(self, packet: bytes) -> None:
        try:
            await self._transport._send_rtp(packet)
        except (ConnectionError, OSError):
            return

    def _state_changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected":
            self.connected = True
            self._poll_sockets()
        elif state in ("failed", "closed") and self._on_closed is not None:
            on_closed, self._on_closed = self._on_closed, None
            on_closed("closed_by_sender" if state == "closed" else "connection_failed")


def without_candidates_to_resolve(sdp: str) -> str:
    """The offer without candidates that hide behind a multicast name, and without the promise that there are no more.

    Such a name resolves only on the browser's own network, and slowly; the browser reaches us anyway and is then known
    by the address that it comes from.
    """
    kept = []
    for line in sdp.splitlines():
        if line.startswith("a=candidate:") and line.split(" ")[4:5] and line.split(" ")[4].endswith(".local"):
            continue
        if line.startswith("a=end-of-candidates"):
            continue
        kept.append(line)
    return "\r\n".join(kept) + "\r\n"


def check_offer(sdp: str) -> None:
    """Refuse what cannot be recorded, with the way out.

    :raises BadOffer: not an offer, more than one track of a kind, or simulcast
    """
    try:
        if not sdp.startswith("v=0"):
            raise ValueError("no version line")
        description = SessionDescription.parse(sdp)
    except Exception as error:
        raise BadOffer("The offer is not a session description (SDP, RFC 8866).") from error
    kinds = [media.kind for media in description.media if media.port and media.direction in ("sendonly", "sendrecv")]
    for kind in ("audio", "video"):
        if kinds.count(kind) > 1:
            raise BadOffer(f"The offer sends more than one {kind} track: open one connection per camera and screen.")
    if "a=simulcast:" in sdp:
        raise BadOffer("The offer sends several encodings (simulcast): offer one.")


def _single_codec(codecs: list[RTCRtpCodecParameters], section: MediaDescription) -> list[RTCRtpCodecParameters]:
    """The codec to record, with its retransmissions, and no other: VP8, whose files every browser plays, if offered.

    With one codec in the answer the file's track is known before the first packet.
    """
    fit = [codec for codec in codecs if codec.mimeType.lower() in _CODECS]
    codec = min(fit, key=lambda one: one.mimeType.lower() != "video/vp8", default=None)
    if codec is None:
        kinds = "VP8 or H.264" if section.kind == "video" else "Opus"
        raise BadOffer(f"The offer's {section.kind} cannot be recorded: offer {kinds}.")
    chosen = [codec]
    chosen += [other for other in codecs if other.name == "rtx" and other.parameters.get("apt") == codec.payloadType]
    offered = next(other for other in section.rtp.codecs if other.payloadType == codec.payloadType)
    nack = RTCRtcpFeedback("nack")
    if nack in offered.rtcpFeedback and nack not in codec.rtcpFeedback:
        codec.rtcpFeedback.append(nack)
    return chosen


def _negotiated(kind: str, codecs: list[RTCRtpCodecParameters]) -> NegotiatedTrack:
    codec = codecs[0]
    return NegotiatedTrack(
        kind=kind,
        codec=_CODECS[codec.mimeType.lower()],
        clock_rate=codec.clockRate,
        payload_type=int(codec.payloadType or 0),
        rtx_payload_type=codecs[1].payloadType if len(codecs) > 1 else None,
        nack=RTCRtcpFeedback("nack") in codec.rtcpFeedback,
    )
