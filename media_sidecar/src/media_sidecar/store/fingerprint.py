"""What a file is, in the words of S3: its own hash, and the hash of the hashes of its parts."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PART_BYTES = 8 * 1024 * 1024
"""Size of a part, which is in memory while it is sent; S3 takes no less than 5 MiB but for the last."""
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Fingerprint:
    """One reading of a file.

    :ivar size: bytes
    :ivar sha256: of the whole, hexadecimal
    :ivar part_bytes: size of every part but the last
    :ivar parts: SHA-256 of each part, as S3 writes it (base64)
    """

    size: int
    sha256: str
    part_bytes: int
    parts: tuple[str, ...]

    @property
    def composite(self) -> str:
        """What S3 computes of an upload in parts (``ChecksumType`` ``COMPOSITE``)."""
        joined = hashlib.sha256(b"".join(base64.b64decode(part) for part in self.parts)).digest()
        return base64.b64encode(joined).decode()

    @classmethod
    def of(cls, path: Path) -> "Fingerprint":
        """Read *path* once.

        :raises OSError: when it cannot be read
        """
        part_bytes = part_bytes_for(path.stat().st_size)
        whole, size, parts = hashlib.sha256(), 0, []
        for part in parts_of(path, part_bytes):
            whole.update(part)
            size += len(part)
            parts.append(checksum(part))
        return cls(size, whole.hexdigest(), part_bytes, tuple(parts))


def part_bytes_for(size: int) -> int:
    """The size of the parts of a file of *size* bytes: as small as the number of parts allows."""
    return max(PART_BYTES, -(-size // MOST_PARTS))


def parts_of(path: Path, part_bytes: int) -> Iterator[bytes]:
    """The parts of a file, one in memory at a time."""
    with path.open("rb") as file:
        while part := file.read(part_bytes):
            yield part


def checksum(content: bytes) -> str:
    """SHA-256 as S3 writes it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
