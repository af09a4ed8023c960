"""What an operator sees."""

import json
import shutil
from pathlib import Path

import httpx
import pytest
from harness.odoo import OdooStandIn
from harness.s3 import Bucket, S3Front, S3Server
from harness.sidecar import Sidecar, SidecarProcess, settings_for
from harness.tickets import room_ticket
from harness.waiting import until_async

from media_sidecar.version import PROTOCOL, VERSION


async def test_a_healthy_service_says_so(sidecar: Sidecar) -> None:
    answer = await sidecar.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": VERSION, "protocol": PROTOCOL, "problems": []}


async def test_a_store_that_cannot_be_written_is_a_failure(sidecar: Sidecar) -> None:
    shutil.rmtree(sidecar.settings.store_folder)
    sidecar.settings.store_folder.write_text("in the way")
    answer = await sidecar.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert "store cannot be written" in answer.json()["problems"][0]


async def test_a_bucket_that_is_away_is_a_worry_and_the_service_runs(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_sidecar.store.s3.CHECK_EVERY_SECONDS", 0.0)
    front = S3Front(s3_server)
    async with Sidecar(settings_for(tmp_path / "data", odoo, **bucket.settings(front.url))).running() as sidecar:
        answer = await sidecar.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert answer.json()["problems"] == [
            f"S3 cannot be reached for the bucket {bucket.name}: check VET_SIDECAR_S3_ENDPOINT and the network."
        ]
        async with front.running():
            assert (await sidecar.get("/health")).json()["status"] == "ok"


async def test_the_check_tells_which_store_and_whether_it_can_be_reached(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket
) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, **bucket.settings())).running() as sidecar:
        store = (await sidecar.command("/commands/check")).json()["store"]
    assert store == {
        "ok": True,
        "message": f"The bucket {bucket.name} takes and gives files.",
        "kind": "s3",
        "bucket": bucket.name,
        "free_bytes": None,
    }


async def test_events_that_odoo_refused_are_a_worry_and_no_failure(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    odoo.refused_types = {"participant.joined": 422}
    await sidecar.enter("vet-1")

    async def is_degraded() -> bool:
        return bool((await sidecar.get("/health")).json()["status"] == "degraded")

    await until_async(is_degraded)
    answer = await sidecar.get("/health")
    assert answer.status_code == 200
    assert "refused 1 events" in answer.json()["problems"][0]


async def test_a_machine_too_full_to_record_is_a_worry(tmp_path: Path, odoo: OdooStandIn) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, min_free_bytes=2**62)).running() as sidecar:
        answer = await sidecar.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


async def test_metrics_count_what_is_going_on(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet = await sidecar.enter("vet-1")
    await sidecar.enter("owner-1")
    await vet.receive("call")
    await odoo.wait_for("call.started")
    text = (await sidecar.get("/metrics")).text
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    expected = {"rooms": 1, "participants": 2, "calls": 1, "recordings_active": 0, "recording_legs": 0}
    assert {name: float(values[f"vet_sidecar_{name}"]) for name in expected} == expected
    assert float(values['vet_sidecar_events_total{outcome="delivered"}']) == 3
    for name in ("loop_lag_seconds", "socket_drops", "free_disk_bytes", "outbox_pending", "outbox_oldest_seconds"):
        assert f"vet_sidecar_{name}" in values


async def test_metrics_are_not_for_who_comes_through_the_proxy(sidecar: Sidecar) -> None:
    answer = await sidecar.get("/metrics", **{"X-Forwarded-For": "203.0.113.7"})
    assert answer.status_code == 403


async def test_with_a_token_metrics_are_for_its_bearer(tmp_path: Path, odoo: OdooStandIn) -> None:
    settings = settings_for(tmp_path / "data", odoo, metrics_token="let me see")
    async with Sidecar(settings).running() as sidecar:
        assert (await sidecar.get("/metrics")).status_code == 403
        assert (await sidecar.get("/metrics", Authorization="Bearer wrong")).status_code == 403
        headers = {"Authorization": "Bearer let me see", "X-Forwarded-For": "203.0.113.7"}
        assert (await sidecar.get("/metrics", **headers)).status_code == 200


async def test_the_api_does_not_describe_itself_to_strangers(sidecar: Sidecar) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await sidecar.get(path)).status_code == 404


async def test_logs_are_json_without_tickets_and_names(process: SidecarProcess) -> None:
    await process.start()
    ticket = room_ticket("owner-1", name="Anna Keller")
    page = await process.socket()
    await page.send(type="hello", v=1, ticket=ticket)
    await page.receive("welcome")
    async with httpx.AsyncClient() as client:
        await client.get(f"{process.url}/media/recordings/a/b.webm", params={"ticket": ticket})
    assert await process.stop() == 0
    lines = [json.loads(line) for line in process.log.decode().splitlines()]
    assert {"at", "level", "logger", "message"} <= set(lines[0])
    assert "entered" in [line["message"] for line in lines]
    assert "media ticket refused" in [line["message"] for line in lines]
    for secret in (ticket, page.resume_token, "Anna", ticket.split(".")[2]):
        assert secret not in process.log.decode()
