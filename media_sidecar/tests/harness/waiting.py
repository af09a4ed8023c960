"""Waiting for conditions."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 60.0
"""Seconds after which a condition that never comes true fails the test; no test depends on its length."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def until_async(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(0.02)
