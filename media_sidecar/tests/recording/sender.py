"""A browser's part, played by a stock aiortc sender over real sockets."""

import random
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from media_sidecar.recording import Recording


class Sender:
    """One send-only connection.

    :param codec: ``VP8`` or ``H264``, or both with a blank between, in the order of the offer
    :param loss: share of RTP packets that never arrive
    :param audio_nack: whether lost audio may be asked for
    """

    def __init__(
        self,
        audio: MediaStreamTrack | None,
        video: MediaStreamTrack | None,
        *,
        codec: str = "VP8",
        loss: float = 0.0,
        audio_nack: bool = False,
        late_video: bool = False,
    ) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.transceivers: dict[str, RTCRtpTransceiver] = {}
        if audio is not None:
            self.transceivers["audio"] = self.connection.addTransceiver(audio, direction="sendonly")
        if video is not None or late_video:
            transceiver = self.connection.addTransceiver(video or "video", direction="sendonly")
            capabilities = RTCRtpSender.getCapabilities("video")
            assert capabilities is not None
            preferred = [item for name in [*codec.split(), "rtx"] for item in capabilities.codecs if item.name == name]
            transceiver.setCodecPreferences(preferred)
            self.transceivers["video"] = transceiver
        self._loss = loss
        self._audio_nack = audio_nack
        self._random = random.Random(7)
        self.dropped = 0
        self.sent_again = 0
        self.key_frames_asked = 0
        self.answer = ""

    async def offer(self) -> str:
        """The complete offer."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp: str = self.connection.localDescription.sdp
        if self._audio_nack:
            sdp = sdp.replace("a=rtpmap:96 opus/48000/2\r\n", "a=rtpmap:96 opus/48000/2\r\na=rtcp-fb:96 nack\r\n")
        return sdp

    async def send_to(
        self, recording: Recording, leg_id: str = "leg", participant: str = "vet-1", source: Any = "camera"
    ) -> None:
        """Open a leg and start to send."""
        self.answer = await recording.open_leg(
            leg_id, participant, source, await self.offer(), max_bitrate=1_000_000, ice_servers=[]
        )
        self._watch_feedback()
        await self.connection.setRemoteDescription(RTCSessionDescription(self.answer, "answer"))
        self._lose_packets()

    def replace(self, kind: str, track: MediaStreamTrack | None) -> None:
        """Give a sender another track, or none, as ``replaceTrack`` does."""
        self.transceivers[kind].sender.replaceTrack(track)

    async def close(self) -> None:
        await self.connection.close()

    def _watch_feedback(self) -> None:
        for transceiver in self.transceivers.values():
            sender: Any = transceiver.sender
            send_key_frame, retransmit = sender._send_keyframe, sender._retransmit

            def asked(original: Any = send_key_frame) -> None:
                self.key_frames_asked += 1
                original()

            async def again(sequence: int, original: Any = retransmit) -> None:
                self.sent_again += 1
                await original(sequence)

            sender._send_keyframe, sender._retransmit = asked, again

    def _lose_packets(self) -> None:
        if not self._loss:
            return
        ice: Any = next(iter(self.transceivers.values())).sender.transport.transport
        send = ice._send

        async def unreliable(data: bytes) -> None:
            is_rtp = 127 < data[0] < 192 and not 191 < data[1] < 224
            if is_rtp and self._random.random() < self._loss:
                self.dropped += 1
                return
            await send(data)

        ice._send = unreliable
