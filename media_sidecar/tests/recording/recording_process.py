"""A process that records until it is killed: ``python -m recording.recording_process SPOOL``."""

import asyncio
import sys
from pathlib import Path

from media_sidecar.recording import Recorder

from .conftest import LIMITS, recorded_seconds
from .footage import BeepTrack, FlashTrack
from .sender import Sender


async def main(spool: Path) -> None:
    recorder = Recorder(spool, LIMITS)
    recording = await recorder.start("killed", "room", "call")
    sender = Sender(BeepTrack(), FlashTrack())
    await sender.send_to(recording)
    while True:
        await asyncio.sleep(0.05)
        print(recorded_seconds(recording), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
