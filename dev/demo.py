"""``make demo``: a whole clinic on this machine, with demo data and no account anywhere, until Ctrl-C."""

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from dev import database, demo_chat, demo_dates, large, machine, postgres, process, stack
from dev.paths import CACHE, LOGS, STAMPS
from dev.problem import Problem
from dev.progress import say, warn
from dev.service import Service, check_port

DATABASE = os.environ.get("VET_DEMO_DATABASE") or "vet_demo"
SIZES = {"small": "", "large": "_large"}
"""What follows the name of a demo's database: clinics of each size stand beside each other."""

RUNNING_SPACE = {"small": machine.GIGABYTE // 2, "large": 4 * machine.GIGABYTE}
"""Bytes that a clinic needs free on the disk to run, by its size."""

_WATCH_SECONDS = 0.5

_FACTS = """
vets = env.ref("vet_teleconsult.group_veterinarian")
managers = env.ref("vet_teleconsult.group_manager")
demo_users = env["res.users"].browse(
    env["ir.model.data"].search([("module", "=", "vet_teleconsult"), ("model", "=", "res.users")]).mapped("res_id")
).exists()
staff = demo_users.filtered(lambda user: vets in user.all_group_ids).sorted("id")
manager = staff.filtered(lambda user: managers in user.all_group_ids)[:1]
vet = (staff - manager)[:1]
owner = demo_users.filtered(lambda user: user.share)[:1]
# The demo data give each account its login as password.
result["logins"] = [
    [title, user.name, user.login, user.login]
    for title, user in (("Veterinarian", vet), ("Manager", manager), ("Owner", owner)) if user
] + [["Administrator", env.ref("base.user_admin").name, "admin", "admin"]]
ready = env["vet.consultation"].search(
    [("state", "in", ["waiting", "scheduled"]), ("mode", "=", "video")], order="state desc, scheduled_at, id", limit=1
)
if ready:
    if ready.link_state != "valid":
        ready.action_renew_owner_link()
    result["room"] = {"name": ready.display_name, "url": ready.room_url}
"""


@dataclass(frozen=True)
class Ports:
    """The TCP ports of the demo, each chosen by its variable."""

    http: int
    sidecar: int
    turn: int

    @classmethod
    def read(cls) -> "Ports":
        """Return the ports that the environment asks for, or the usual ones.

        :raises Problem: for a value that is no port, and for two that are the same
        """
        ports = cls(_port("VET_HTTP_PORT", 8069), _port("VET_SIDECAR_PORT", 8070), _port("VET_TURN_PORT", 3478))
        if len({ports.http, ports.sidecar, ports.turn}) < 3:
            raise Problem("VET_HTTP_PORT, VET_SIDECAR_PORT and VET_TURN_PORT must be three different ports.")
        return ports

    def check(self) -> None:
        """Refuse ports that are in use."""
        check_port(self.http, "Odoo", "VET_HTTP_PORT")
        check_port(self.sidecar, "the media service", "VET_SIDECAR_PORT")
        if machine.find("turnserver"):
            check_port(self.turn, "coturn", "VET_TURN_PORT")


def _port(variable: str, usual: int) -> int:
    text = os.environ.get(variable) or str(usual)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise Problem(f"{variable}={text} is no port: give a number from 1024 to 65535.")
    return int(text)


def run(install: Callable[[], None], fresh: bool = False, size: str = "small") -> None:
    """Install what is missing, start the clinic, tell where it is, and stop it again on Ctrl-C or SIGTERM.

    :param install: what brings everything that the clinic runs on
    :param fresh: whether to begin with new demo data
    :param size: one of :data:`SIZES`; a large clinic has five years of consultations besides the demo data
    """
    machine.check_python()
    ports = Ports.read()
    ports.check()
    machine.check_disk(RUNNING_SPACE[size])
    with _stopped_by_signals(), ExitStack() as started:
        install()
        has_turn = machine.find("turnserver") is not None
        if not has_turn:
            warn("coturn is not installed: calls work on this machine and its network, not through strict firewalls.")
        started.enter_context(postgres.running())
        name = DATABASE + SIZES[size]
        _prepare_database(name, fresh, size)
        clinic = stack.Clinic(name, CACHE / name, ports.http, ports.sidecar, ports.turn if has_turn else 0)
        say("  Settings ...")
        facts = stack.configure(clinic, demo_dates.SCRIPT + _FACTS + demo_chat.FACTS)
        services = _start(clinic, facts["secret"], started)
        _open_pages(clinic, facts)
        _fill_chat(clinic, facts)
        say(_table(clinic, facts))
        _watch(services)


def _prepare_database(name: str, fresh: bool, size: str) -> None:
    """Have the demo database as the addon is now, with the data that it has."""
    key = database.addon_fingerprint()
    stamp = STAMPS / name
    known = stamp.read_text() if stamp.is_file() else None
    if fresh or known is None or not database.exists(name):
        say("  Clinic with demo data ...")
        stamp.unlink(missing_ok=True)
        database.clone(database.template(demo=True), name)
        if size == "large":
            say(f"  {large.CONSULTATIONS} consultations (minutes) ...")
            made = large.make(name, large.CONSULTATIONS)
            say("    " + ", ".join(f"{count} {model}" for model, count in made.items()))
    elif known != key:
        say("  The addon has changed: updating the clinic ...")
        database.update(name)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


def _start(clinic: stack.Clinic, secret: str, started: ExitStack) -> list[Service]:
    services = [stack.odoo_server(clinic), stack.sidecar(clinic, secret)]
    if clinic.turn_port:
        services.append(stack.turn_server(clinic))
    for service in reversed(services):
        service.log.unlink(missing_ok=True)
        started.callback(service.stop)
        service.start()
    for service in services:
        say(f"  {service.name} ...")
        service.wait_until_healthy()
    return services


def _open_pages(clinic: stack.Clinic, facts: dict[str, Any]) -> None:
    """Open the pages once, so that the first visitor does not wait for their assets to be put together."""
    say("  Pages ...")
    for url in (f"{clinic.url}/web/login", *(facts[each]["url"] for each in ("room", "chat") if each in facts)):
        try:
            urllib.request.urlopen(url, timeout=120).close()
        except (OSError, urllib.error.URLError) as error:
            warn(f"{url} does not open ({error}); Odoo's log: {LOGS / f'odoo-{DATABASE}.log'}")


def _fill_chat(clinic: stack.Clinic, facts: dict[str, Any]) -> None:
    if "chat" in facts:
        try:
            demo_chat.fill(clinic.url, facts["chat"])
        except (OSError, urllib.error.URLError, Problem) as error:
            warn(f"The demo's chat has no clip ({error}); the media service's log: {LOGS / f'sidecar-{DATABASE}.log'}")


def _table(clinic: stack.Clinic, facts: dict[str, Any]) -> str:
    rows = [("Clinic", f"{clinic.url}/odoo")]
    rows += [(title, f"{login} / {password}   ({name})") for title, name, login, password in facts["logins"]]
    if "room" in facts:
        rows.append(("Owner's room", f"{facts['room']['url']}   ({facts['room']['name']})"))
    if "chat" in facts:
        rows.append(("Owner's chat", f"{facts['chat']['url']}   ({facts['chat']['name']})"))
    rows += [("Media service", f"{clinic.sidecar_url}/health"), ("Logs", str(LOGS))]
    width = max(len(title) for title, _ in rows)
    lines = [f"  {title.ljust(width)}  {text}" for title, text in rows]
    return "\n".join(["", "The clinic is open.", "", *lines, "", "Ctrl-C stops it.", ""])


def _watch(services: list[Service]) -> None:
    while all(service.is_running for service in services):
        time.sleep(_WATCH_SECONDS)
    gone = next(service for service in services if not service.is_running)
    raise Problem(f"{gone.name} has ended by itself, so the clinic closes (log: {gone.log}):\n{gone.last_lines()}")


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Leave the block in order on Ctrl-C, SIGTERM or the terminal's end."""

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(number: int, frame: FrameType | None) -> None:
        # An impatient second Ctrl-C must not leave half of the servers behind.
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise process.Terminated(number)

    before = {number: signal.signal(number, leave) for number in signals}
    try:
        yield
    except KeyboardInterrupt:
        say("\nThe clinic is closed.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
