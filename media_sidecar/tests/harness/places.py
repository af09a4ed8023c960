"""What is really in a store, seen past the code under test."""

from pathlib import Path
from typing import Any, Protocol

from media_sidecar.store import S3Address


class Place(Protocol):
    """A folder, or a bucket (:class:`harness.s3.Bucket`)."""

    @property
    def address(self) -> S3Address | Path: ...

    def settings(self) -> dict[str, Any]:
        """The settings of a service that keeps its files there."""

    def held(self) -> list[str]:
        """The keys of what is there, in order."""

    def read(self, key: str) -> bytes: ...

    def write(self, key: str, content: bytes) -> None: ...


class Folder:
    """A local store."""

    def __init__(self, root: Path) -> None:
        self.address = root

    def settings(self) -> dict[str, Any]:
        return {"store": self.address}

    def held(self) -> list[str]:
        return sorted(path.relative_to(self.address).as_posix() for path in self.address.rglob("*") if path.is_file())

    def read(self, key: str) -> bytes:
        return (self.address / key).read_bytes()

    def write(self, key: str, content: bytes) -> None:
        path = self.address / key
        path.parent.mkdir(parents=True, exist_ok=True)
        # Never through a hard link into another's file.
        path.unlink(missing_ok=True)
        path.write_bytes(content)


def files_of(place: Place) -> dict[str, bytes]:
    """Everything that is there."""
    return {key: place.read(key) for key in place.held()}
