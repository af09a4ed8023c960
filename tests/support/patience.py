"""Waiting for what has to become true, however long a busy machine takes for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

#: After how many seconds a thing that does not come counts as never coming. Not a measure of speed: benchmarks measure.
PATIENCE = float(os.environ.get("VET_TEST_PATIENCE") or 120)

_INTERVAL = 0.1

Value = TypeVar("Value")


def eventually(find: Callable[[], Value], what: str) -> Value:
    """Ask again and again until the answer is true, and return it.

    :param what: what is waited for, for the failure's message
    :raises AssertionError: when it does not come; says what was found last
    """
    end = time.monotonic() + PATIENCE
    while not (found := find()):
        assert time.monotonic() < end, f"{what}: never came; last found: {found!r}"
        time.sleep(_INTERVAL)
    return found
