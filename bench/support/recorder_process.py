"""One recorder in a process of its own: ``recorder_process.py KIND FOLDER`` with KIND ours, webm or mp4.

Speaks JSON lines: reads ``{"offer"}``, answers ``{"answer"}``; at ``"go"`` starts to count, at ``"stop"`` finishes and
answers ``{"cpu", "file"}``: CPU seconds of the process since ``go``, finishing included, and the path of its file.
"""
# mypy: disable-error-code="import-not-found, misc, type-arg"

import asyncio
import json
import resource
import sys
from pathlib import Path
from typing import Any

import uvloop
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRecorder

from media_sidecar.recording import Recorder, RecordingLimits


def cpu_seconds() -> float:
    """CPU time of this process and of all its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Ours:
    def __init__(self, kind: str, folder: Path) -> None:
        self._recorder = Recorder(folder, RecordingLimits(max_loop_lag=60, min_free_bytes=0))
        self._recording: Any = None

    async def answer(self, offer: str) -> str:
        self._recording = await self._recorder.start("bench", "room", "call")
        answer = await self._recording.open_leg("leg", "vet", "camera", offer, max_bitrate=3_000_000, ice_servers=[])
        return str(answer)

    async def stop(self) -> str:
        finished = await self._recording.finish()
        await self._recorder.close()
        return str(finished.files[0].path)


class AiortcsOwn:
    def __init__(self, kind: str, folder: Path) -> None:
        self._path = str(folder / f"file.{kind}")
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._recorder = MediaRecorder(self._path)
        self._connection.on("track", self._recorder.addTrack)

    async def answer(self, offer: str) -> str:
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        await self._recorder.start()
        return str(self._connection.localDescription.sdp)

    async def stop(self) -> str:
        await self._recorder.stop()
        await self._connection.close()
        return self._path


async def main(kind: str, folder: Path) -> None:
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    recorder: Ours | AiortcsOwn = Ours(kind, folder) if kind == "ours" else AiortcsOwn(kind, folder)
    answer = await recorder.answer(json.loads(await reader.readline())["offer"])
    print(json.dumps({"answer": answer}), flush=True)
    await reader.readline()
    before = cpu_seconds()
    await reader.readline()
    path = await recorder.stop()
    spent = cpu_seconds() - before
    print(json.dumps({"cpu": spent, "file": path}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
