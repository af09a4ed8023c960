"""The peer of finishing a recording in place: what one does without a WebM writer of one's own."""

import hashlib
import os
from pathlib import Path

import av


def remux(source: Path, target: Path) -> None:
    """Copy every packet into a new file, which then is seekable and knows its duration; on disk, with its SHA-256."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        streams = {stream.index: writer.add_stream_from_template(stream) for stream in reader.streams}
        for packet in reader.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                writer.mux(packet)
    with target.open("rb") as file:
        os.fsync(file.fileno())
        hashlib.file_digest(file, "sha256")
