"""The media service, whose files get minutes of media at once: a long call without the wait.

All else is the service as it is: real browsers, real legs, its own writer thread and its own clusters. Only the bytes
of ``GROWN_SECONDS`` seconds are put behind each file's header, at the bit rate that the service allows a video leg.
"""
# mypy: disable-error-code="import-not-found, misc, type-arg, attr-defined"

import os
import sys
from collections.abc import Iterator
from typing import Any

from media_sidecar import cli
from media_sidecar.recording import recording, webm
from media_sidecar.recording.segment import Segment
from media_sidecar.recording.writer import AppendOnlyFile

SECONDS = int(os.environ["GROWN_SECONDS"])
KEY_FRAME = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01"
FRAMES_A_SECOND = 30
VIDEO_BYTES = 1_500_000 // 8 // FRAMES_A_SECOND
AUDIO_BYTES = 80


def minutes(tracks: dict[str, int]) -> Iterator[bytes]:
    """Clusters of a second each, a key frame every four.

    :param tracks: the number of each kind of track
    """
    noise = os.urandom(2 * VIDEO_BYTES)
    for second in range(SECONDS):
        start = second * 1000
        blocks = []
        if audio := tracks.get("audio"):
            blocks += [webm.Block(start + at, audio, True, noise[:AUDIO_BYTES]) for at in range(0, 1000, 20)]
        if video := tracks.get("video"):
            for frame in range(FRAMES_A_SECOND):
                key = second % 4 == 0 and frame == 0
                data = (KEY_FRAME if key else b"\x11") + noise[frame : frame + VIDEO_BYTES]
                blocks.append(webm.Block(start + frame * 1000 // FRAMES_A_SECOND, video, key, data))
        blocks.sort(key=lambda block: block.time)
        yield b"".join(webm.clusters(blocks, video_track=tracks.get("video")))


class GrownSegment(Segment):
    """A segment that has minutes behind it when its first frame comes."""

    def __init__(self, file: AppendOnlyFile, *arguments: Any, **options: Any) -> None:
        super().__init__(file, *arguments, **options)
        tracks = {kind: track.header.number for kind, track in self.tracks.items()}

        def grow() -> None:
            for cluster in minutes(tracks):
                file._append(cluster)

        file._thread.submit(grow)

    def _append(self, *arguments: Any) -> None:
        """Put what the browser sends behind the minutes, not into their midst."""
        super()._append(*arguments)
        block = self._pending[-1]
        self._pending[-1] = webm.Block(SECONDS * 1000 + block.time, block.track, block.key, block.data)


recording.Segment = GrownSegment

if __name__ == "__main__":
    # The browsers are on the same machine and take their share of it.
    os.environ["VET_SIDECAR_MAX_LOOP_LAG"] = "10"
    sys.exit(cli.main([]))
