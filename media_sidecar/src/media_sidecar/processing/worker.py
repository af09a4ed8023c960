"""The worker process: one job, one process. ``python -m media_sidecar.processing.worker``

Files that strangers send are decoded here and nowhere else. A process takes one job from its standard input, tells of
its progress on its standard output, answers, and ends, so that nothing of one file is left when the next one comes.
It is nice to calls and recordings, has limits of memory and processor time, holds no secret in its environment, and
ends with the service, whose end closes its input.

In: one line, see :mod:`.jobs`. Out: ``{"progress": percent}`` any number of times, then ``{"done": {…}}`` or
``{"failed": {"code", "reason"}}``.
"""

import contextlib
import dataclasses
import errno
import json
import os
import resource
import sys
import threading
import traceback
from collections.abc import Callable
from typing import BinaryIO

from .jobs import Inspection, InspectJob, Rendered, RenderJob, Unusable, parse_line

NICENESS = 10
_TOO_MUCH_MEMORY = "The file needs more memory than it may have."
MEMORY_VARIABLE, SECONDS_VARIABLE, OUTPUT_VARIABLE = "WORKER_MEMORY", "WORKER_SECONDS", "WORKER_OUTPUT"


def main() -> None:
    """Do the job on standard input."""
    # FFmpeg and its friends print where they like; the answers go where they are read.
    with os.fdopen(os.dup(1), "wb", buffering=0) as answers:
        os.dup2(2, 1)
        _limit()
        job = parse_line(sys.stdin.buffer.readline())
        threading.Thread(target=_end_with_the_service, args=(sys.stdin.buffer,), daemon=True).start()
        try:
            _answer(answers, _do(job, lambda percent: _answer(answers, {"progress": percent})))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    # What a hostile file left behind in a library is not torn down but dropped.
    os._exit(0)


def _do(job: InspectJob | RenderJob, tell: Callable[[int], None]) -> dict[str, object]:
    try:
        return {"done": dataclasses.asdict(_work(job, tell))}
    except Unusable as problem:
        return {"failed": {"code": problem.code, "reason": problem.reason}}
    except MemoryError:
        return {"failed": {"code": "internal", "reason": _TOO_MUCH_MEMORY}}
    except OSError as error:  # FFmpeg's errors are of this type, too
        if error.errno == errno.ENOMEM:
            return {"failed": {"code": "internal", "reason": _TOO_MUCH_MEMORY}}
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            traceback.print_exc()
            return {"failed": {"code": "internal", "reason": "The work on the file failed; see the service's log."}}
        return {"failed": {"code": "no_space", "reason": "There is no room left for the work on the file."}}


def _work(job: InspectJob | RenderJob, tell: Callable[[int], None]) -> Inspection | Rendered:
    if isinstance(job, InspectJob):
        from .inspection import inspect

        return inspect(job)
    if job.sniffed.kind == "photo":
        from .photos import render_photo

        return render_photo(job)
    from .renditions import render_recording

    return render_recording(job, tell)


def _answer(answers: BinaryIO, message: dict[str, object]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")


def _limit() -> None:
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    limits = {
        resource.RLIMIT_AS: os.environ.get(MEMORY_VARIABLE),
        resource.RLIMIT_CPU: os.environ.get(SECONDS_VARIABLE),
        resource.RLIMIT_FSIZE: os.environ.get(OUTPUT_VARIABLE),
        resource.RLIMIT_CORE: "0",
        resource.RLIMIT_NOFILE: "64",
    }
    for limit, value in limits.items():
        if value:
            _, most = resource.getrlimit(limit)
            wanted = int(value) if most == resource.RLIM_INFINITY else min(int(value), most)
            resource.setrlimit(limit, (wanted, wanted))


def _end_with_the_service(source: BinaryIO) -> None:
    source.read()
    os._exit(1)


if __name__ == "__main__":
    main()
