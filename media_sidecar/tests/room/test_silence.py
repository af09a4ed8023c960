"""A browser that has gone without closing its socket."""

import asyncio
import json
from pathlib import Path

from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, settings_for
from harness.tickets import room_ticket
from websockets.client import ClientProtocol
from websockets.uri import parse_uri

from media_sidecar.cli import PING_INTERVAL_SECONDS, PING_TIMEOUT_SECONDS, server_config


async def fall_silent(sidecar: Sidecar, participant: str) -> asyncio.StreamWriter:
    """Enter a room and then neither send nor answer anything, as a phone without a network does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", sidecar.port)
    protocol = ClientProtocol(parse_uri(f"ws://127.0.0.1:{sidecar.port}/rooms/socket"), origin=sidecar.origin)  # type: ignore[arg-type]
    protocol.send_request(protocol.connect())
    writer.writelines(protocol.data_to_send())
    protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
    hello = {"type": "hello", "v": 1, "ticket": room_ticket(participant)}
    protocol.send_text(json.dumps(hello).encode())
    writer.writelines(protocol.data_to_send())
    await writer.drain()
    return writer


async def test_a_socket_that_answers_no_ping_is_dropped_and_its_participant_lost(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo, call_grace=0.2))
    sidecar.ping_seconds = 0.3
    async with sidecar.running():
        vet = await sidecar.enter("vet-1")
        silent = await fall_silent(sidecar, "owner-1")
        await vet.receive("call")
        left = await vet.receive("participant-left")
        assert (left["id"], left["reason"]) == ("owner-1", "lost")
        assert (await odoo.wait_for("call.ended"))["reason"] == "lost"
        assert vet.close_code is None
        silent.close()


def test_a_silent_browser_is_away_after_15_seconds(tmp_path: Path, odoo: OdooStandIn) -> None:
    config = server_config(settings_for(tmp_path / "data", odoo))
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (PING_INTERVAL_SECONDS, PING_TIMEOUT_SECONDS)
    assert PING_INTERVAL_SECONDS + PING_TIMEOUT_SECONDS == 15


def test_the_service_runs_on_uvloop(tmp_path: Path, odoo: OdooStandIn) -> None:
    assert server_config(settings_for(tmp_path / "data", odoo)).loop == "uvloop"
