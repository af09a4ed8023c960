"""Whether an upload may begin, before a byte of it is sent."""

import asyncio
import shutil
import time
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import PurePosixPath

from ..config import Settings
from ..database import Database
from ..protocol import UploadTicket
from . import ledger
from .refusal import UploadRefused, disk_full, refused_content, too_large

LIVELY_SECONDS = 3600.0
"""Uploads that came on within this time have their place on the disk kept."""
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream"})


class Admission:
    """Looks at tickets and at the disk."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._spool = settings.spool_folder
        self._most_bytes = settings.max_upload_bytes
        self._min_free_bytes = settings.min_free_bytes
        self._database = database

    async def check(self, ticket: UploadTicket, size: int) -> None:
        """Let an upload of *size* bytes begin.

        :raises UploadRefused: when it is empty, too large, not what was announced, or there is no place for it
        """
        if size == 0:
            raise refused_content("empty", "The file is empty. Choose it again, or record it again.")
        most = min(ticket.max_bytes, self._most_bytes)
        if size > most:
            raise too_large(most)
        if size != ticket.size:
            raise UploadRefused(
                HTTPStatus.BAD_REQUEST, "size", "The file is not of the size that was announced. Choose it again."
            )
        if not fits(ticket.filename, ticket.mime, ticket.types):
            raise refused_content("wrong_type", f"Files of the type {ticket.mime} are not taken here.")
        since = time.time() - LIVELY_SECONDS
        awaited = await self._database.run(lambda connection: ledger.missing_bytes(connection, since))
        await asyncio.to_thread(self.see_room, awaited + size)

    def see_room(self, size: int) -> None:
        """See that the disk has room for *size* more bytes. It blocks.

        :raises UploadRefused: when recordings would soon find none
        """
        free = shutil.disk_usage(self._spool).free
        if free - self._min_free_bytes < size:
            raise disk_full()


def fits(filename: str, declared: str, types: list[str]) -> bool:
    """Whether a file could be of *types*, as far as its name and declared type say."""
    mime = declared.partition(";")[0].strip().lower()
    if mime in _UNSAID or not types:
        return True
    ending = PurePosixPath(filename.lower()).suffix
    return any(
        pattern.lower() == ending if pattern.startswith(".") else fnmatchcase(mime, pattern.strip().lower())
        for pattern in types
    )
