"""The service's own memory: one SQLite file in WAL mode, written by one thread, off the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

ResultT = TypeVar("ResultT")
Change = Callable[[sqlite3.Connection], object]
"""One part of a transaction."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS event_sequence (room TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    id TEXT PRIMARY KEY,
    room TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at REAL NOT NULL,
    failure TEXT
);
CREATE INDEX IF NOT EXISTS outbox_by_room ON outbox (room, sequence);
CREATE TABLE IF NOT EXISTS ended_room (
    room TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    ended_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed_participant (
    room TEXT NOT NULL,
    participant TEXT NOT NULL,
    removed_at REAL NOT NULL,
    PRIMARY KEY (room, participant)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS presence (
    room TEXT NOT NULL,
    participant TEXT NOT NULL,
    session TEXT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    last_seen REAL NOT NULL,
    PRIMARY KEY (room, participant)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open_call (
    room TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    started_at REAL NOT NULL,
    recording_wanted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS granted_consent (
    room TEXT NOT NULL,
    participant TEXT NOT NULL,
    consent TEXT NOT NULL,
    PRIMARY KEY (room, participant, consent)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS withdrawn_consent (
    room TEXT NOT NULL,
    consent TEXT NOT NULL,
    PRIMARY KEY (room, consent)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recording (
    id TEXT PRIMARY KEY,
    room TEXT NOT NULL,
    call TEXT NOT NULL,
    state TEXT NOT NULL,
    roles TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload (
    media TEXT PRIMARY KEY,
    chat TEXT NOT NULL,
    size INTEGER NOT NULL,
    filename TEXT NOT NULL,
    declared_mime TEXT NOT NULL,
    types TEXT NOT NULL,
    max_bytes INTEGER NOT NULL,
    state TEXT NOT NULL,
    received_bytes INTEGER NOT NULL,
    kind TEXT,
    mime TEXT,
    extension TEXT,
    sha256 TEXT,
    created_at REAL NOT NULL,
    touched_at REAL NOT NULL,
    failure_code TEXT,
    failure TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS upload_by_state ON upload (state);
CREATE TABLE IF NOT EXISTS clip (
    media TEXT PRIMARY KEY,
    chat TEXT NOT NULL,
    stage TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    inspection TEXT
) WITHOUT ROWID;
"""


class Database:
    """Transactions on one SQLite file.

    A change is on the disk (``synchronous=FULL``) when :meth:`run` returns, and is made whole or not at all,
    also where the waiting task is cancelled.

    :param path: the file; made when missing
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the file and make what is missing in it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def run(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Do *work* in one transaction and return its result.

        :raises sqlite3.Error: when nothing of it was written
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    async def apply(self, changes: list[Change]) -> None:
        """Make *changes* in one transaction, in their order."""

        def work(connection: sqlite3.Connection) -> None:
            for change in changes:
                change(connection)

        await self.run(work)

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _open(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=5000")
        connection.executescript(SCHEMA)
        self._connection = connection

    def _run(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        if self._connection is None:
            raise sqlite3.ProgrammingError("the database is not open")
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return result

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
