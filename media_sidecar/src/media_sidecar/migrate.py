"""Brings everything from one store to another: file by file, each verified, as often as it takes.

It reads the stores and nothing else, so it works while the service runs.
"""

import asyncio
import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .store import S3Address, Store, StoredFile, StoreError

FILES_AT_ONCE = 4
MIB = 1024**2


@dataclass
class Outcome:
    """What a migration did.

    :ivar copied: files that were brought over
    :ivar present: files that were there already, whole
    :ivar removed: files that were taken away at the source
    :ivar failed: (key, why) of the others
    """

    copied: int = 0
    present: int = 0
    removed: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        words = (
            f"{self.copied} copied, {self.present} there already, {self.removed} removed, {len(self.failed)} failed."
        )
        return "".join([f"{words}.", *(f"\nNot migrated: {key}: {problem}" for key, problem in self.failed)])


class Migration:
    """One way from a store to another.

    :param delete: take away at the source what the target was verified to hold
    :param workspace: folder for files that come from a bucket and are not on a disk yet
    :param say: told of every file
    """

    def __init__(self, source: Store, target: Store, delete: bool, workspace: Path, say: Callable[[str], None]) -> None:
        self._source = source
        self._target = target
        self._delete = delete
        self._workspace = workspace
        self._say = say
        self._done = 0
        self._total = 0
        self.outcome = Outcome()

    async def run(self) -> Outcome:
        """Bring over whatever the target does not hold.

        :raises StoreError: when the source cannot be listed
        """
        files = iter(await self._all_files())
        await asyncio.gather(*(self._work(files) for _ in range(FILES_AT_ONCE)))
        return self.outcome

    async def _all_files(self) -> list[StoredFile]:
        files = await self._source.list_folder("")
        self._total = len(files)
        return files

    async def _work(self, files: Iterator[StoredFile]) -> None:
        for file in files:
            try:
                word = await self._bring(file.key)
            except (StoreError, OSError) as error:
                word = f"failed: {error}"
                self.outcome.failed.append((file.key, str(error)))
            self._done += 1
            self._say(f"[{self._done}/{self._total}] {file.key} ({file.size / MIB:.1f} MB) {word}")

    async def _bring(self, key: str) -> str:
        file = await self._source.open(key)
        if file is None:
            return "was removed at the source meanwhile"
        if await self._is_present(file):
            self.outcome.present += 1
            word = "is there"
        else:
            self.outcome.copied += 1
            word = "copied"
        if self._delete:
            now = await self._source.open(key)
            if now is not None and now.etag != file.etag:
                raise StoreError("It changed at the source while it was copied; run this again.")
            await self._source.delete(key)
            self.outcome.removed += 1
            word += ", removed at the source"
        return word

    async def _is_present(self, file: StoredFile) -> bool:
        """Make sure that the target holds *file*, and tell whether it did before."""
        if file.sha256 and await self._target.holds(file.key, file.size, file.sha256):
            return True
        before = await self._target.open(file.key)
        with tempfile.NamedTemporaryFile(dir=self._workspace, delete=True) as copy:
            path = file.path or Path(copy.name)
            sha256 = await self._read(file, None if file.path else path)
            if file.sha256 not in (None, sha256):
                raise StoreError("It is damaged at the source: its bytes are not those that were stored.")
            await self._target.put(file.key, path, file.size, sha256)
        return before is not None and await self._target.open(file.key) == before

    async def _read(self, file: StoredFile, copy: Path | None) -> str:
        """The SHA-256 of *file*, which is written to *copy* meanwhile."""

        def work() -> str:
            digest = hashlib.sha256()
            with contextlib.ExitStack() as stack:
                writer = stack.enter_context(copy.open("wb")) if copy else None
                for chunk in stack.enter_context(contextlib.closing(file.chunks())):
                    digest.update(chunk)
                    if writer:
                        writer.write(chunk)
            return digest.hexdigest()

        return await asyncio.to_thread(work)


def are_apart(first: S3Address | Path, second: S3Address | Path) -> bool:
    """Whether neither store is, or lies in, the other."""
    if isinstance(first, S3Address) and isinstance(second, S3Address):
        one, other = (f"{address.bucket}/{address.prefix}" for address in (first, second))
        return not one.startswith(other) and not other.startswith(one)
    if isinstance(first, Path) and isinstance(second, Path):
        one_path, other_path = first.resolve(), second.resolve()
        return not one_path.is_relative_to(other_path) and not other_path.is_relative_to(one_path)
    return True
