"""A stand-in for Odoo, a sidecar beside it, and S3."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.s3 import Bucket, S3Front, S3Server
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


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 over HTTP."""
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture
def bucket(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket; a busy machine is no slow S3."""
    monkeypatch.setattr("media_sidecar.store.s3.CHECK_TIMEOUT_SECONDS", 60.0)
    return Bucket(s3_server)


@pytest.fixture
async def front(s3_server: S3Server) -> AsyncIterator[S3Front]:
    """A proxy before S3 that does as it is told."""
    made = S3Front(s3_server)
    async with made.running():
        yield made
