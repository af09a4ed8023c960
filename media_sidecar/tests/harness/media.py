"""A browser that sends camera and microphone to the recorder, played by a stock aiortc sender."""

import secrets

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from recording.footage import BeepTrack, FlashTrack

from .browser import Browser


class RecordedPage:
    """A page and the connections on which it is recorded."""

    def __init__(self, page: Browser) -> None:
        self.page = page
        self._connections: list[RTCPeerConnection] = []

    async def send(self, source: str = "camera") -> str:
        """Open a leg and start to send; the leg's id."""
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.append(connection)
        if source == "camera":
            connection.addTransceiver(BeepTrack(), direction="sendonly")
        connection.addTransceiver(FlashTrack((160, 120)), direction="sendonly")
        await connection.setLocalDescription(await connection.createOffer())
        leg = f"{source}-{secrets.token_hex(4)}"
        await self.page.send(type="record-offer", leg=leg, source=source, sdp=connection.localDescription.sdp)
        answer = await self.page.receive("record-answer")
        assert answer["leg"] == leg
        await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        return leg

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()
