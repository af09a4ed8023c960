"""Runs jobs in worker processes, and outlives what happens to them."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import stat
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from . import office
from .jobs import POSTER_NAME, FailureCode, Inspection, InspectJob, Rendered, RenderJob, Unusable, line_of
from .signatures import RECORDINGS, Sniffed
from .worker import MEMORY_VARIABLE, OUTPUT_VARIABLE, SECONDS_VARIABLE

_LINE_BYTES = 1024 * 1024
_LOGGED_LINES = 12
_INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")
"""What a worker needs of the environment. The shared secret and the store's keys are not in it."""

AnswerT = TypeVar("AnswerT")
Tell = Callable[[int], Awaitable[None]]

log = logging.getLogger(__name__)


class Crashed(Exception):
    """A worker ended without an answer that can be used: killed for its memory, say, or by a fault in a library."""


@dataclass(frozen=True)
class Limits:
    """What a worker may use.

    :ivar memory_bytes: address space
    :ivar output_bytes: of one file that it writes
    :ivar spared_bytes: of the disk, which it may not use
    :ivar inspect_seconds: for looking at a file and making its poster
    :ivar render_seconds: for a rendition
    :ivar silence_seconds: without progress, before it counts as hung
    """

    memory_bytes: int = 3 * 1024**3
    output_bytes: int = 8 * 1024**3
    spared_bytes: int = 0
    inspect_seconds: float = 180.0
    render_seconds: float = 3600.0
    silence_seconds: float = 180.0


class _Failure(BaseModel):
    code: FailureCode
    reason: str


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")

    progress: int | None = None
    done: dict[str, object] | None = None
    failed: _Failure | None = None


class Workshop:
    """Two benches, each for one worker at a time, in the order of arrival.

    Short work (a look, a poster, a copy into another container) never waits for the encoding of a long video.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._benches = {False: asyncio.Lock(), True: asyncio.Lock()}
        self.workers: set[asyncio.subprocess.Process] = set()
        """Those that run now."""

    def bench(self, *, is_long: bool) -> asyncio.Lock:
        """What must be held while :meth:`inspect` or :meth:`render` runs."""
        return self._benches[is_long]

    async def inspect(self, job: InspectJob) -> Inspection:
        """Look at a file.

        :raises Unusable: where it cannot be used; ``timeout`` where it took too long
        :raises Crashed: where the worker did not survive it, or answered what cannot be
        """
        found = await self._run(job, Inspection, self._limits.inspect_seconds, _not_told)
        if not is_plausible(found, job.sniffed) or (found.has_poster and not _is_file(job, POSTER_NAME)):
            raise Crashed("The worker made a poster or a finding that cannot be.")
        return found

    async def render(self, job: RenderJob, tell: Tell) -> Rendered:
        """Make a rendition.

        :param tell: hears the percentage
        :raises Unusable: where it cannot be made; ``timeout`` where it took too long, or stood still
        :raises Crashed: as :meth:`inspect`
        """
        rendered = await self._run(job, Rendered, self._limits.render_seconds, tell)
        if not _is_file(job, job.plan.name):
            raise Crashed("The worker made no rendition.")
        return rendered

    async def _run(
        self,
        job: InspectJob | RenderJob,
        shape: type[AnswerT],
        seconds: float,
        tell: Tell,
    ) -> AnswerT:
        try:
            async with asyncio.timeout(seconds), self._worker(job, seconds) as worker:
                return await self._listen(worker, job, shape, tell)
        except TimeoutError:
            raise Unusable("timeout", f"The work on the file took more than {seconds:.0f} seconds.") from None

    @contextlib.asynccontextmanager
    async def _worker(self, job: InspectJob | RenderJob, seconds: float) -> AsyncIterator[asyncio.subprocess.Process]:
        """A worker for *job*, which does not outlive the block."""
        free = (await asyncio.to_thread(shutil.disk_usage, job.folder)).free - self._limits.spared_bytes
        if free <= 0:
            raise Unusable("no_space", "The disk is full.")
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | {
            MEMORY_VARIABLE: str(self._limits.memory_bytes),
            OUTPUT_VARIABLE: str(min(free, self._limits.output_bytes)),
            # A backstop for a worker that nobody watches any more; threads count together.
            SECONDS_VARIABLE: str(int(seconds * 4) + 1),
            # Each of glibc's arenas takes 64 MiB of address space.
            "MALLOC_ARENA_MAX": "2",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "media_sidecar.processing.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(job.folder),
            env=environment,
            limit=_LINE_BYTES,
            start_new_session=True,
        )
        self.workers.add(worker)
        try:
            yield worker
        finally:
            self.workers.discard(worker)
            if worker.returncode is None:
                # Not Process.kill(), which may take the status away from those who wait for it.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid, signal.SIGKILL)
            await asyncio.shield(worker.wait())

    async def _listen(
        self,
        worker: asyncio.subprocess.Process,
        job: InspectJob | RenderJob,
        shape: type[AnswerT],
        tell: Tell,
    ) -> AnswerT:
        if worker.stdin is None or worker.stdout is None or worker.stderr is None:
            raise Crashed("The worker has no pipes.")
        said: deque[str] = deque(maxlen=_LOGGED_LINES)
        errors = asyncio.create_task(_read_errors(worker.stderr, said))
        try:
            with contextlib.suppress(ConnectionError):
                worker.stdin.write(line_of(job))
                await worker.stdin.drain()
            while line := await self._line(worker.stdout):
                message = _Message.model_validate_json(line)
                if message.failed is not None:
                    raise Unusable(message.failed.code, message.failed.reason)
                if message.done is not None:
                    return TypeAdapter(shape).validate_python(message.done)
                if message.progress is not None:
                    await tell(message.progress)
            status = await worker.wait()
            await errors
        except (ValidationError, ValueError) as error:
            # What comes from there has seen a stranger's file: it is believed only where it has the right shape.
            raise Crashed("The worker answered something else.") from error
        finally:
            errors.cancel()
        log.error("worker ended without an answer", extra={"status": status, "said": "\n".join(said)})
        raise Crashed(f"The worker ended with status {status}.")

    async def _line(self, answers: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self._limits.silence_seconds):
                return await answers.readline()
        except TimeoutError:
            raise Unusable(
                "timeout", f"The work on the file stood still for {self._limits.silence_seconds:.0f} seconds."
            ) from None


async def _read_errors(stream: asyncio.StreamReader, said: deque[str]) -> None:
    with contextlib.suppress(ValueError):
        async for line in stream:
            said.append(line.decode("utf-8", "replace").rstrip()[:500])


def is_plausible(found: Inspection, sniffed: Sniffed) -> bool:
    """Whether a worker may say this of a file that was *sniffed* so.

    It has decoded what a stranger sent: it does not get to call a photo a web page.
    """
    if (found.mime, found.extension) == (sniffed.mime, sniffed.extension):
        return found.kind == sniffed.kind
    if sniffed.extension in office.KNOWN:
        return any((found.mime, found.extension) == (known.mime, known.extension) for known in office.KNOWN.values())
    recordings = ("video", "audio")
    return (
        sniffed.kind in recordings
        and found.kind in recordings
        and (found.mime, found.extension) in {(known.mime, known.extension) for known in RECORDINGS}
    )


def _is_file(job: InspectJob | RenderJob, name: str) -> bool:
    """Whether the worker left a file, and nothing that leads elsewhere."""
    try:
        return stat.S_ISREG((Path(job.folder) / name).lstat().st_mode)
    except OSError:
        return False


async def _not_told(percent: int) -> None:
    """Looks are too short for a progress."""
