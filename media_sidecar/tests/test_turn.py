"""The check of the TURN server, against a real one."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from harness.odoo import OdooStandIn
from harness.serving import free_port
from harness.sidecar import Sidecar, settings_for
from harness.waiting import until

from media_sidecar.turn import TurnAddress, check_turn, rest_credentials

SECRET = "shared with coturn"


@pytest.fixture
async def coturn(tmp_path: Path) -> AsyncIterator[int]:
    """The port of coturn with ``use-auth-secret``."""
    port = free_port()
    relay = free_port()
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
        "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=clinic.example", "--no-tls", "--no-dtls",
        "--no-cli", f"--min-port={relay}", f"--max-port={relay + 20}", f"--pidfile={tmp_path / 'turn.pid'}",
        "--log-file=stdout", f"--userdb={tmp_path / 'turn.db'}",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    def listens() -> bool:
        assert process.returncode is None, "coturn ended while starting"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    await until(listens)
    yield port
    process.terminate()
    await process.wait()


def granted(secret: str = SECRET) -> tuple[str, str]:
    return rest_credentials(secret, "vet-1", 60)


@pytest.mark.parametrize("transport", ["", "?transport=udp", "?transport=tcp"])
async def test_a_turn_server_that_works_gives_a_relay_address(coturn: int, transport: str) -> None:
    verdict = await check_turn(f"turn:127.0.0.1:{coturn}{transport}", *granted())
    assert verdict["ok"] is True, verdict
    assert "relay address 127.0.0.1:" in verdict["message"]


async def test_a_wrong_secret_is_told_with_what_to_compare(coturn: int) -> None:
    verdict = await check_turn(f"turn:127.0.0.1:{coturn}", *granted("another secret"))
    assert verdict["ok"] is False
    assert "401" in verdict["message"]
    assert "static-auth-secret" in verdict["message"]


async def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media_sidecar.turn.TIMEOUT_SECONDS", 0.2)
    for transport in ("udp", "tcp"):
        verdict = await check_turn(f"turn:127.0.0.1:{free_port()}?transport={transport}", *granted())
        assert verdict["ok"] is False
        assert verdict["message"].startswith("turn:127.0.0.1:")


async def test_a_name_that_does_not_resolve_is_told() -> None:
    verdict = await check_turn("turn:nowhere.invalid:3478", *granted())
    assert verdict["ok"] is False


async def test_odoos_test_connection_shows_the_turn_server(coturn: int, tmp_path: Path, odoo: OdooStandIn) -> None:
    url = f"turn:127.0.0.1:{coturn}?transport=udp"
    settings = settings_for(tmp_path / "data", odoo, turn_url=url, turn_secret=SECRET)
    async with Sidecar(settings).running() as sidecar:
        answer = (await sidecar.command("/commands/check")).json()
    assert answer["turn"]["ok"] is True
    assert SECRET not in str(answer)


async def check_as_odoo(sidecar: Sidecar, urls: list[str], secret: str = SECRET) -> Any:
    username, credential = granted(secret)
    body = json.dumps({"turn": {"urls": urls, "username": username, "credential": credential}}).encode()
    answer = await sidecar.command("/commands/check", body)
    assert answer.status_code == 200
    assert credential not in answer.text
    return answer.json()["turn"]


async def test_the_relays_that_odoo_gives_to_browsers_are_tried_with_their_credentials(
    coturn: int, tmp_path: Path, odoo: OdooStandIn
) -> None:
    urls = ["stun:127.0.0.1", f"turn:127.0.0.1:{coturn}?transport=udp", f"turn:127.0.0.1:{coturn}?transport=tcp"]
    dead = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    settings = settings_for(tmp_path / "data", odoo, turn_url=dead, turn_secret="not used")
    async with Sidecar(settings).running() as sidecar:
        works = await check_as_odoo(sidecar, urls)
        wrong = await check_as_odoo(sidecar, urls, "another secret")
        partly = await check_as_odoo(sidecar, [urls[1], dead])
        none = await check_as_odoo(sidecar, ["stun:127.0.0.1"])
    assert works["ok"] is True, works
    assert works["message"].count("relay address 127.0.0.1:") == 2
    assert (wrong["ok"], wrong["message"].count("401")) == (False, 2)
    assert (partly["ok"], dead in partly["message"]) == (False, True)
    assert none["ok"] is False


async def test_relays_without_credentials_are_no_question(sidecar: Sidecar) -> None:
    answer = await sidecar.command("/commands/check", b'{"turn": {"urls": ["turn:127.0.0.1"]}}')
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("turn:turn.example", TurnAddress("turn.example", 3478, "udp", False)),
        ("turn:turn.example:3000?transport=tcp", TurnAddress("turn.example", 3000, "tcp", False)),
        ("turns:turn.example", TurnAddress("turn.example", 5349, "tcp", True)),
        ("turn:[2001:db8::1]:3478", TurnAddress("2001:db8::1", 3478, "udp", False)),
        ("turn:[2001:db8::1]", TurnAddress("2001:db8::1", 3478, "udp", False)),
    ],
)
def test_turn_addresses_are_read_as_in_rfc_7065(url: str, address: TurnAddress) -> None:
    assert TurnAddress.parse(url) == address


def test_credentials_are_those_of_the_turn_rest_api() -> None:
    name, password = rest_credentials("key", "someone", 60, now=1_000_000)
    assert name == "1000060:someone"
    assert password == base64.b64encode(hmac.new(b"key", name.encode(), hashlib.sha1).digest()).decode()
