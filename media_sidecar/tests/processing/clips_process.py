"""A queue that works until it is killed: ``python -m processing.clips_process DATA ODOO FILE MEDIA``.

Prints the process id of each worker, as they come.
"""

import asyncio
import sys
from pathlib import Path

from harness.sidecar import settings_for

from .shop import Shop


class _Odoo:
    """An address that is known from outside."""

    def __init__(self, url: str) -> None:
        self.url = url


async def main(data: str, odoo: str, path: str, media: str) -> None:
    stand_in = _Odoo(odoo)
    async with Shop(settings_for(Path(data), stand_in), stand_in).open() as shop:  # type: ignore[arg-type]
        await shop.bring(Path(path), media=media)
        seen: set[int] = set()
        while True:
            for worker in set(shop.clips._workshop.workers):
                if worker.pid not in seen:
                    seen.add(worker.pid)
                    print(worker.pid, flush=True)  # noqa: T201
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
