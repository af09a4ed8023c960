"""A stand-in for Odoo and a sidecar beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, SidecarProcess, settings_for


@pytest.fixture
async def odoo() -> AsyncIterator[OdooStandIn]:
    """Odoo, there from the start to the end."""
    stand_in = OdooStandIn()
    async with stand_in.running():
        yield stand_in


@pytest.fixture
async def sidecar(tmp_path: Path, odoo: OdooStandIn) -> AsyncIterator[Sidecar]:
    """A sidecar in this event loop."""
    async with Sidecar(settings_for(tmp_path / "data", odoo)).running() as running:
        yield running


@pytest.fixture
async def impatient_sidecar(tmp_path: Path, odoo: OdooStandIn) -> AsyncIterator[Sidecar]:
    """A sidecar in this event loop for which a lost participant is soon lost for good."""
    async with Sidecar(settings_for(tmp_path / "data", odoo, call_grace=0.2)).running() as running:
        yield running


@pytest.fixture
async def process(tmp_path: Path, odoo: OdooStandIn) -> AsyncIterator[SidecarProcess]:
    """A sidecar as a process of its own, started by the test."""
    made = SidecarProcess(tmp_path / "data", odoo)
    yield made
    await made.kill()
