"""What the service needs of a store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class StoreError(Exception):
    """The store did not take, or does not have, a file. The sentence may be shown to an operator."""


@dataclass(frozen=True)
class StoreHealth:
    """Whether the store takes files.

    :ivar free_bytes: bytes that it can still take, nothing when unknown
    """

    ok: bool
    message: str
    free_bytes: int | None


class Store(Protocol):
    """Files under keys such as ``recordings/<id>/<name>``. Nothing here blocks the event loop."""

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        """Keep a copy of *source* under *key*; once more with the same content does nothing.

        On return the file is on the disk, with that size and hash.

        :raises StoreError: when it is not
        """

    async def find(self, key: str) -> Path | None:
        """The file under *key*, nothing when there is none."""

    async def list_folder(self, prefix: str) -> list[tuple[str, Path]]:
        """(key, file) of everything under *prefix*, which ends in ``/``, in the order of keys."""

    async def check(self) -> StoreHealth:
        """Write, read and remove a small file."""
