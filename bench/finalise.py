"""How long after a call its recording is seekable: thirty minutes at 2 Mb/s, finalised in place against remuxed.

Both end with a seekable file of known duration, on disk, and its SHA-256. The short measurement takes ten minutes'
media, and allows a third of the time.
"""
# mypy: disable-error-code="import-not-found, misc, type-arg"
# environment: sidecar

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from support.remux import remux
from support.result import Case, Options, options, report

from media_sidecar.recording import opus, webm
from media_sidecar.recording.repair import finalise

SECONDS, QUICK_SECONDS = 30 * 60, 10 * 60
KEY_FRAME = b"\x10\x02\x00\x9d\x01\x2a\x00\x05\xd0\x02"
VIDEO_BYTES = 8400
LIMIT_SECONDS = 3.0


def write_unfinished(path: Path, seconds: int) -> None:
    """The file as a call leaves it: a cluster a second, a key frame every four, noise for pictures."""
    tracks = [
        webm.TrackHeader(1, "opus", 1, True, codec_private=opus.identification_header()),
        webm.TrackHeader(2, "vp8", 2, True, 1280, 720),
    ]
    noise = os.urandom(VIDEO_BYTES * 2)
    with path.open("wb") as file:
        file.write(bytes(webm.Header(tracks, datetime.now(UTC))))
        for second in range(seconds):
            start = second * 1000
            blocks = [webm.Block(start + at, 1, True, noise[:80]) for at in range(0, 1000, 20)]
            for frame in range(30):
                key = second % 4 == 0 and frame == 0
                data = (KEY_FRAME if key else b"\x11") + noise[frame : frame + VIDEO_BYTES]
                blocks.append(webm.Block(start + frame * 100 // 3, 2, key, data))
            blocks.sort(key=lambda block: block.time)
            file.write(b"".join(webm.clusters(blocks, video_track=2)))


def main(asked: Options) -> list[Case]:
    seconds = QUICK_SECONDS if asked.quick else SECONDS
    allowed = LIMIT_SECONDS * seconds / SECONDS
    with tempfile.TemporaryDirectory() as folder:
        path, copy = Path(folder) / "call.webm", Path(folder) / "copy.webm"
        write_unfinished(path, seconds)
        os.sync()
        before = time.monotonic()
        remux(path, copy)
        remuxed = time.monotonic() - before
        before = time.monotonic()
        facts = finalise(path)
        finalised = time.monotonic() - before
        print(f"{facts.size / 1e6:.0f} MB, {facts.duration:.0f} s of media")
    return [
        Case(f"{seconds // 60} minutes, against a remux", finalised, remuxed, 1.0),
        Case(f"{seconds // 60} minutes, against the {allowed:g} s that are allowed", finalised, allowed, 1.5),
    ]


if __name__ == "__main__":
    asked = options(__doc__)
    report("finalise", "s", main(asked), asked)
