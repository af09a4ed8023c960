"""A service that takes uploads, beside a stand-in for Odoo."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn

from .station import Station


@pytest.fixture
async def station(tmp_path: Path, odoo: OdooStandIn) -> AsyncIterator[Station]:
    async with Station(tmp_path / "data", odoo).running() as running:
        yield running
