"""What a recorded second costs: ours against aiortc's MediaRecorder and GStreamer's webrtcbin.

CPU seconds of the recorder's process for each second of media in its file. Each recorder is a process of its own; the
sender, which plays the same encoded frames to all of them at once, is another and is not measured. Ratios hold within
a run: ours is measured anew beside each peer.
"""
# mypy: disable-error-code="import-not-found, misc, type-arg"
# environment: sidecar
# packages: python3-gi gir1.2-gstreamer-1.0 gir1.2-gst-plugins-bad-1.0
# packages: gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-nice

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from support import footage
from support.result import Case, Options, options, report

SUPPORT = Path(__file__).parent / "support"
SIZES = ((640, 480, 1_000_000, 20.0), (1280, 720, 2_000_000, 40.0))
"""Width, height, bits per second, and how many times cheaper than MediaRecorder's cheaper format we have to be."""
GSTREAMER_PYTHON = "/usr/bin/python3"
PATIENCE = 60.0


class RecorderProcess:
    """A recorder at the other end of two pipes, and the connection that sends to it."""

    def __init__(self, kind: str, process: asyncio.subprocess.Process) -> None:
        self.kind = kind
        self._process = process
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    @classmethod
    async def start(cls, kind: str, folder: Path) -> "RecorderProcess":
        command = [sys.executable, str(SUPPORT / "recorder_process.py"), kind, str(folder)]
        if kind == "gstreamer":
            command = [GSTREAMER_PYTHON, str(SUPPORT / "gstreamer_process.py"), str(folder)]
        pipe = asyncio.subprocess.PIPE
        return cls(kind, await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 20))

    async def connect(self, clip: footage.Footage, clock: footage.Clock) -> None:
        for track in footage.tracks(clip, clock):
            self.connection.addTransceiver(track, direction="sendonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        reply = await self.ask({"offer": self.connection.localDescription.sdp})
        await self.connection.setRemoteDescription(RTCSessionDescription(reply["answer"], "answer"))
        async with asyncio.timeout(PATIENCE):
            while self.connection.connectionState != "connected":
                await asyncio.sleep(0.05)

    def tell(self, message: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def ask(self, message: Any) -> Any:
        assert self._process.stdout is not None
        self.tell(message)
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self._process.stdout.readline())

    async def close(self) -> None:
        await self.connection.close()
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


async def measure(kinds: list[str], clip: footage.Footage, seconds: float) -> dict[str, float]:
    """Send the clip to recorders of these kinds at once; CPU seconds per media second of each."""
    with tempfile.TemporaryDirectory() as folder:
        clock = footage.Clock()
        recorders: list[RecorderProcess] = []
        try:
            for kind in kinds:
                own = Path(folder) / kind
                own.mkdir()
                recorders.append(await RecorderProcess.start(kind, own))
            for recorder in recorders:
                await recorder.connect(clip, clock)
            for recorder in recorders:
                recorder.tell("go")
            clock.go()
            await asyncio.sleep(seconds)
            replies = await asyncio.gather(*(recorder.ask("stop") for recorder in recorders))
            costs = {}
            for recorder, reply in zip(recorders, replies, strict=True):
                recorded = footage.seconds_in(reply["file"])
                if recorded:
                    costs[recorder.kind] = reply["cpu"] / recorded
                else:
                    print(f"{recorder.kind} recorded no picture: the machine is too busy, or it cannot.", flush=True)
            return costs
        finally:
            for recorder in recorders:
                await recorder.close()


def has_gstreamer() -> bool:
    """Whether webrtcbin can be driven from Python here."""
    check = (
        "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import Gst, GstWebRTC; Gst.init(None);"
        "assert all(map(Gst.ElementFactory.find, ('webrtcbin', 'nicesink', 'webmmux', 'rtpvp8depay')))"
    )
    try:
        return subprocess.run([GSTREAMER_PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


async def main(asked: Options) -> tuple[list[Case], list[str]]:
    """Return the comparisons, and the peers that could not be measured."""
    seconds = 5.0 if asked.quick else 30.0
    with_gstreamer = has_gstreamer()
    if not with_gstreamer:
        print("GStreamer cannot be driven from Python here: install the packages that this script names at its top.")
    cases, missing = [], []
    for width, height, bitrate, target in SIZES:
        clip = footage.make(width, height, bitrate)
        webm = await measure(["ours", "webm", *(["gstreamer"] if with_gstreamer else [])], clip, seconds)
        mp4 = await measure(["ours", "mp4"], clip, seconds)
        against = [(run["ours"], run[kind]) for run, kind in ((webm, "webm"), (mp4, "mp4")) if kind in run]
        if not against:
            raise SystemExit("MediaRecorder recorded nothing to compare with: try again when the machine is less busy.")
        ours, peer = min(against, key=lambda pair: pair[1] / pair[0])
        cases.append(Case(f"{height}p, MediaRecorder's cheaper", ours, peer, target))
        if "gstreamer" not in webm:
            missing.append(f"{height}p, webrtcbin")
        else:
            cases.append(Case(f"{height}p, webrtcbin", webm["ours"], webm["gstreamer"], 1.0))
        others = {kind: round(cost, 4) for run in (webm, mp4) for kind, cost in run.items() if kind != "ours"}
        print(f"{height}p: {others}", flush=True)
    return cases, missing


if __name__ == "__main__":
    asked = options(__doc__)
    cases, missing = asyncio.run(main(asked))
    report("record", "CPU s per media s", cases, asked, missing)
