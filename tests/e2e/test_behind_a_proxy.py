"""One origin for all: the README's nginx configuration, in front of Odoo and the media service."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from playwright.sync_api import Page

from dev import machine, stack
from dev.paths import ROOT
from dev.service import Service, answers, free_port
from tests.conftest import make_owner, make_vet
from tests.support import stack as clinics
from tests.support.browser import Browsers
from tests.support.call import Call
from tests.support.odoo_client import OdooClient
from tests.support.stack import VET, Stack

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])


@dataclass(frozen=True)
class ProxiedClinic(stack.Clinic):
    """A clinic whose browsers know the proxy's address alone."""

    proxy_port: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.proxy_port}"

    @property
    def sidecar_url(self) -> str:
        return f"{self.url}/media-sidecar"


def readme_configuration(clinic: ProxiedClinic) -> str:
    """The README's nginx configuration with this clinic's ports, without TLS; Odoo runs without workers here."""
    [text] = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    for theirs, ours in {
        "listen 443 ssl;": f"listen 127.0.0.1:{clinic.proxy_port};",
        "server_name clinic.example;": f"server_name {clinic.host};",
        "http://127.0.0.1:8069;": f"http://127.0.0.1:{clinic.http_port};",
        "http://127.0.0.1:8072;": f"http://127.0.0.1:{clinic.http_port};",
        "http://127.0.0.1:8070/;": f"http://127.0.0.1:{clinic.sidecar_port}/;",
    }.items():
        assert theirs in text, f"the README's nginx configuration does not say {theirs}"
        text = text.replace(theirs, ours)
    return str(text)


def nginx(clinic: ProxiedClinic, folder: Path) -> Service:
    """Debian's nginx as one process with the README's configuration, its files in a folder of its own."""
    machine.ensure(["nginx"])
    temporary = "\n".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; master_process off; pid {folder / 'nginx.pid'}; error_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log {folder / 'access.log'};\n{temporary}\n{readme_configuration(clinic)}}}\n"
    )
    program = machine.find("nginx")
    assert program
    command: list[str | Path] = [program, "-p", folder, "-e", "stderr", "-c", configuration]
    return Service("nginx", command, os.environ, folder / "nginx.log", answers(f"{clinic.sidecar_url}/health"))


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A clinic as the README sets it up: both servers are told the proxy's address and no other."""
    folder = tmp_path_factory.mktemp("proxied")
    with clinics.running(folder, "proxy") as direct:
        known = {each.name: getattr(direct.clinic, each.name) for each in fields(stack.Clinic)}
        clinic = ProxiedClinic(**known, proxy_port=free_port())
        stack.configure(clinic, 'env["vet.sidecar"].search([]).command_url = False')
        direct.odoo.command.append("--proxy-mode")
        direct.sidecar.environment["VET_SIDECAR_ODOO_URL"] = clinic.url
        del direct.sidecar.environment["VET_SIDECAR_ALLOWED_ORIGINS"]
        for server in (direct.odoo, direct.sidecar):
            server.restart()
        with nginx(clinic, folder):
            admin = OdooClient(clinic.url).login(clinic.database, "admin", "admin")
            yield replace(direct, clinic=clinic, admin=admin)


@dataclass
class Watched:
    """A call through the proxy, and every address that a browser has asked for meanwhile."""

    call: Call
    asked: list[str]


def watch(page: Page, asked: list[str]) -> None:
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))


@pytest.fixture(scope="module")
def watched(proxied: Stack, browsers: Browsers, people_of_module) -> Watched:
    vet, owner = make_vet(proxied, browsers, people_of_module), make_owner(browsers, people_of_module)
    asked: list[str] = []
    for person in (vet, owner):
        watch(person.page, asked)
    return Watched(Call(proxied, proxied.consultation(), vet, owner).begin(), asked)


@ROLES
def test_vet_and_owner_see_each_other(watched: Watched, role: str) -> None:
    watched.call.person(role).sees_frames()
    watched.call.person(role).sees_picture_of(watched.call.other(role).footage)


@ROLES
def test_media_do_not_pass_through_the_proxy(watched: Watched, role: str) -> None:
    assert watched.call.person(role).selected_pair()["remote"]["candidateType"] in ("host", "prflx")


@ROLES
def test_a_message_comes_through_the_live_connection(watched: Watched, role: str) -> None:
    watched.call.person(role).write(f"Through the proxy, from the {role}")
    watched.call.other(role).reads(f"Through the proxy, from the {role}")


@pytest.mark.parametrize("path", ["/websocket", "/media-sidecar/rooms/socket"])
def test_both_live_connections_lead_to_the_proxy(watched: Watched, path: str) -> None:
    address = watched.call.clinic.clinic.url.replace("http", "ws")
    assert address + path in {url.partition("?")[0] for url in watched.asked}


def test_browsers_ask_for_nothing_elsewhere(watched: Watched) -> None:
    origins = {urlsplit(url).netloc for url in watched.asked if not url.startswith(("data:", "blob:"))}
    assert origins == {urlsplit(watched.call.clinic.clinic.url).netloc}


def test_odoo_and_the_service_find_each_other_through_the_proxy(proxied: Stack) -> None:
    [sidecar] = proxied.admin.search("vet.sidecar", [], "command_url")
    assert not sidecar["command_url"]
    proxied.admin.call("vet.sidecar", "action_test_connection", [sidecar["id"]])
    result = proxied.admin.read("vet.sidecar", sidecar["id"], "check_state", "check_message")
    assert result["check_state"] == "ok", result["check_message"]


def test_a_recording_is_played_and_read_in_parts_through_the_proxy(watched: Watched) -> None:
    call = watched.call
    call.record()
    call.vet.sees_frames(count=30)
    call.hang_up()
    [recording] = call.finished_recordings()
    entry = call.player(recording)["files"][0]
    whole = call.download(entry["url"])
    session = call.clinic.login(VET).session
    part = session.get(urljoin(call.clinic.clinic.url, entry["url"]), headers={"Range": "bytes=100-299"}, timeout=60)
    assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes 100-299/{len(whole)}")
    assert part.content == whole[100:300]
    call.vet.press("view-recording")
    with call.vet.page.expect_response(lambda answer: "/media-sidecar/media/" in answer.url and answer.status == 206):
        call.vet.press("player-play")
    call.vet.page.wait_for_function(
        "document.querySelector('video[data-test=player-video]')?.getVideoPlaybackQuality().totalVideoFrames > 10"
    )


def test_a_file_passes_the_proxy_in_pieces(proxied: Stack) -> None:
    content = os.urandom(20 * 1024**2)
    file = bytes(128) + b"DICM" + content
    wanted = {"filename": "x-ray.dcm", "size": len(file), "mime": "application/dicom", "origin": "file"}
    chat = proxied.chat(claimed_by=VET)
    answer = proxied.login(VET).request("/vet_teleconsult/chat/upload", chat_id=chat.id, client_key="one", **wanted)
    place = answer["upload"]["url"]
    common = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {answer['upload']['ticket']}"}
    created = requests.post(place, headers=common | {"Upload-Length": str(len(file))}, timeout=60)
    address = urljoin(place, created.headers["Location"])
    assert address.startswith(proxied.clinic.sidecar_url + "/uploads/")
    piece = 8 * 1024**2
    for offset in range(0, len(file), piece):
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        sent = requests.patch(address, headers=common | headers, data=file[offset : offset + piece], timeout=60)
        assert sent.status_code == 204
    assert sent.headers["Upload-Offset"] == str(len(file))
