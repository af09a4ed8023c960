"""What both manuals share: steps that a failure names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from dev.manual import NUMBERS


@contextmanager
def _step(number: str, says: str) -> Iterator[None]:
    assert number in NUMBERS
    try:
        yield
    except BaseException as failure:
        failure.add_note(f"In step {number} of the manual: {says}")
        raise


@pytest.fixture
def step() -> Callable[[str, str], AbstractContextManager[None]]:
    """Gives a block its number in the manual, and what the manual says there."""
    return _step
