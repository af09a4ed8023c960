"""Whether lists answer as soon in a clinic with 100,000 consultations as in one with 10,000, or with 10.

Three clinics of the same addon, filled by ``dev/large.py`` (ten messages a consultation), are asked in turns for what
vets and owners look at all day, over HTTP, as the web client and a browser ask. The peer is the same list in the clinic
with a tenth of the records: whoever reads everything takes ten times as long, whoever reads a page as long.
"""
# mypy: disable-error-code="import-not-found"

import ast
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from support.result import Case, options, report

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dev import database, large, postgres, stack
from dev.service import free_port
from tests.support.odoo_client import OdooClient

SIZES, QUICK_SIZES = (10, 10_000, 100_000), (10, 1_000, 10_000)
ROUNDS, QUICK_ROUNDS = 15, 7
TARGET = 0.5
"""A clinic with ten times the records may take twice as long."""

_PEOPLE = """
vets = env["res.users"].search([("all_group_ids", "in", env.ref("vet_teleconsult.group_veterinarian").ids)])
vet = vets.filtered(lambda user: user.company_id.id == 1 and user.login != "admin")[:1]
vet.password = vet.login
owner = env["res.partner"].search([("email", "=", "owner1@owner.example")])
env["res.users"].create({
    "login": "bench-owner", "password": "bench-owner", "partner_id": owner.id,
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
})
result["vet"] = vet.login
result["consultation"] = env["vet.consultation"].search(
    [("state", "=", "in_progress"), ("company_id", "=", 1)], order="id desc", limit=1
).id
"""


@dataclass
class Clinic:
    """A running Odoo with so many consultations, and two people who are signed in.

    :param waits: how long each list took, by its name (s)
    """

    size: int
    vet: OdooClient
    owner: OdooClient
    consultation: int
    waits: dict[str, list[float]] = field(default_factory=dict)

    def lists(self) -> dict[str, Callable[[], Any]]:
        """Return what is asked for, by name."""
        queue, shown = self._specification("vet.consultation", "kanban"), self._filter("vet.consultation", "queue")
        return {
            "queue": lambda: self.vet.call(
                "vet.consultation",
                "web_read_group",
                shown,
                ["queue_state"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=queue,
                unfold_read_default_limit=80,
            ),
            "consultations": self._list("vet.consultation", "list", "scheduled_at desc, id desc"),
            "inbox": lambda: self.vet.request("/vet_teleconsult/chat/inbox", filter="all"),
            "inbox, mine": lambda: self.vet.request("/vet_teleconsult/chat/inbox", filter="mine"),
            "patients": self._list("vet.patient", "list", "name, id"),
            "patients, cards": self._list("vet.patient", "kanban", "name, id"),
            "history in the room": lambda: self.vet.request(
                "/vet_teleconsult/room/timeline", consultation_id=self.consultation
            ),
            "portal: consultations": self._page("/my/consultations"),
            "portal: pets": self._page("/my/pets"),
            "portal: chats": self._page("/my/chats"),
        }

    def _list(self, model: str, view: str, order: str) -> Callable[[], Any]:
        wanted = self._specification(model, view)
        limits = {"limit": 80, "order": order, "count_limit": 10_001}
        return lambda: self.vet.call(model, "web_search_read", [], wanted, **limits)

    def _page(self, path: str) -> Callable[[], Any]:
        def open_page() -> None:
            answer = self.owner.session.get(self.owner.url + path, timeout=600)
            answer.raise_for_status()
            assert answer.url.endswith(path), answer.url

        return open_page

    def _filter(self, model: str, name: str) -> list[Any]:
        """Read the domain of a filter, as the search view has it."""
        arch = self.vet.call(model, "get_views", [[False, "search"]])["views"]["search"]["arch"]
        [found] = [each for each in ElementTree.fromstring(arch).iter("filter") if each.get("name") == name]
        domain: list[Any] = ast.literal_eval(found.get("domain", "[]"))
        return domain

    def _specification(self, model: str, view: str) -> dict[str, Any]:
        """Say what the web client reads for a view: the fields that stand in it."""
        views = self.vet.call(model, "get_views", [[False, view]])
        names = {each.get("name", "") for each in ElementTree.fromstring(views["views"][view]["arch"]).iter("field")}
        fields = views["models"][model]["fields"]
        name: dict[str, Any] = {"fields": {"display_name": {}}}
        return {each: name if fields[each]["type"] == "many2one" else {} for each in names if each in fields}


@contextmanager
def clinic(size: int, folder: Path) -> Iterator[Clinic]:
    """A clinic with so many consultations, for as long as the block lasts."""
    name = f"vet_lists_{size}_{os.getpid()}"
    with ExitStack() as cleanup:
        database.clone(os.environ.get("VET_TEST_TEMPLATE") or database.template(demo=True), name)
        cleanup.callback(database.drop, name)
        started = time.monotonic()
        made = large.make(name, size)
        print(f"{made['vet.consultation']} consultations, {made['mail.message']} messages: made in", end=" ")
        print(f"{time.monotonic() - started:.0f} s", flush=True)
        place = stack.Clinic(name, folder, free_port(), free_port())
        facts = stack.configure(place, _PEOPLE)
        server = stack.odoo_server(place, ["--max-cron-threads=0"], log=folder / f"odoo-{size}.log")
        cleanup.callback(server.stop)
        server.start()
        server.wait_until_healthy()
        vet = OdooClient(place.url).login(name, facts["vet"], facts["vet"])
        owner = OdooClient(place.url).login(name, "bench-owner", "bench-owner")
        yield Clinic(size, vet, owner, facts["consultation"])


def measure(clinics: list[Clinic], rounds: int) -> None:
    """Ask each clinic for each list in turns; the first answers, which fill Odoo's caches, do not count."""
    lists = [each.lists() for each in clinics]
    for number in range(rounds + 2):
        for name in lists[0]:
            for asked, each in zip(lists, clinics, strict=True):
                started = time.perf_counter()
                asked[name]()
                if number >= 2:
                    each.waits.setdefault(name, []).append(time.perf_counter() - started)


def main() -> None:
    asked = options(__doc__)
    with postgres.running(), tempfile.TemporaryDirectory(prefix="vet-bench-") as name, ExitStack() as cleanup:
        sizes = QUICK_SIZES if asked.quick else SIZES
        clinics = [cleanup.enter_context(clinic(size, Path(name))) for size in sizes]
        measure(clinics, QUICK_ROUNDS if asked.quick else ROUNDS)
    cases = []
    for each in clinics[0].waits:
        few, some, many = (statistics.median(clinic.waits[each]) for clinic in clinics)
        print(f"{each:<24} {few * 1000:6.0f} ms, {some * 1000:6.0f} ms, {many * 1000:6.0f} ms", end="")
        print(f" with {sizes[0]}, {sizes[1]}, {sizes[2]} consultations: {many / few:.1f} times from first to last")
        cases.append(Case(f"{each}, {sizes[2]} beside {sizes[1]}", many, some, TARGET))
    report("lists", "s", cases, asked)


if __name__ == "__main__":
    main()
