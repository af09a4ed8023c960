"""A clinic for tests: PostgreSQL, Odoo, the media service and coturn, real processes that can be stopped and killed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev import database, postgres, stack
from dev.service import Service, free_port
from tests.support.odoo_client import OdooClient

VET, COLLEAGUE = "vera", "carl"
"""Logins of two veterinarians; each one's password is the login."""

_PEOPLE = """
group = env.ref("vet_teleconsult.group_veterinarian")
result["users"] = {
    login: env["res.users"].create({
        "name": name, "login": login, "password": login, "email": f"{login}@clinic.example",
        "group_ids": [(4, group.id), (4, env.ref("base.group_user").id)], "vet_license_number": f"TEST-{login}",
    }).id
    for login, name in (("vera", "Dr Vera Meier"), ("carl", "Dr Carl Vogt"))
}
env.company.write({"name": "Riverside Animal Clinic", "phone": "+41 44 668 18 00"})
result["chat_type"] = env["vet.consultation.type"].search([("mode", "=", "chat")], limit=1).id
result["species"] = env["vet.species"].search([], limit=1).id
"""

# Browsers, Odoo and the recorder share the machine's few cores here: recordings are not refused because it is busy.
# That they are refused on an overloaded machine is for the recorder's own tests to show.
PATIENT_RECORDER = {"VET_SIDECAR_MAX_LOOP_LAG": "60"}


@dataclass(frozen=True)
class Consultation:
    """One consultation that is about to be held."""

    id: int
    link: str
    patient: int
    owner: int
    patient_name: str
    owner_name: str


@dataclass(frozen=True)
class Chat:
    """A conversation about a patient that belongs to no consultation.

    :param link: the owner's page, which needs no login
    :param backend_path: the vet's, below Odoo's address
    """

    id: int
    link: str
    backend_path: str
    patient: int
    owner: int
    patient_name: str
    owner_name: str


@dataclass
class Stack:
    """The running servers of one clinic, and what tests need to know of them.

    :param clinic: addresses and ports
    :param odoo: Odoo; serves pages and the live connection
    :param sidecar: the media service
    :param turn: coturn
    :param admin: a session of Odoo's administrator, to arrange and to look
    :param facts: ids of what was prepared
    """

    clinic: stack.Clinic
    odoo: Service
    sidecar: Service
    turn: Service
    admin: OdooClient
    facts: dict[str, Any]
    _types: dict[str, int] = field(default_factory=dict)
    _number: int = 0

    @property
    def store(self) -> Path:
        """The folder of the media service's stored files."""
        return self.clinic.folder / "sidecar" / "store"

    @property
    def spool(self) -> Path:
        """The folder of recordings that are being written or not yet announced."""
        return self.clinic.folder / "sidecar" / "spool"

    def login(self, login: str) -> OdooClient:
        """Return a new session of a user."""
        return OdooClient(self.clinic.url).login(self.clinic.database, login, login)

    def consultation(
        self, policy: str = "ask", claimed_by: str | None = None, patient: int | None = None, **values: Any
    ) -> Consultation:
        """Make a consultation by video, with a patient and an owner of its own unless told otherwise.

        :param policy: the consultation type's recording policy: never, ask or always
        :param claimed_by: the login of the vet who has taken it
        :param values: more of the consultation's fields
        """
        owner = values.pop("partner_id", None)
        if not patient:
            owner, patient = self.owner_with_patient()
        owner = owner or self.admin.read("vet.patient", patient, "partner_id")["partner_id"][0]
        values |= {"patient_id": patient, "partner_id": owner, "type_id": self.type_with(policy)}
        if claimed_by:
            values["vet_id"] = self.facts["users"][claimed_by]
        identifier = self.admin.create("vet.consultation", **values)
        link = self.admin.read("vet.consultation", identifier, "room_url")["room_url"]
        return Consultation(identifier, link, patient, owner, *self._names)

    def owner_with_patient(self) -> tuple[int, int]:
        """Make an owner, and a patient of theirs, and return both."""
        self._number += 1
        patient_name, owner_name = self._names
        owner = self.admin.create("res.partner", name=owner_name, email=f"anna{self._number}@example.org")
        return owner, self.admin.create(
            "vet.patient", name=patient_name, partner_id=owner, species_id=self.facts["species"]
        )

    def fill(self, chat: Chat, count: int) -> None:
        """Put old messages of the owner's into a chat, ``message 0.`` and so on, a minute apart."""
        postgres.client(
            "psql",
            "-d",
            self.clinic.database,
            "-qc",
            f"""INSERT INTO mail_message (model, res_id, message_type, subtype_id, is_internal, author_id, body, date)
                SELECT 'vet.chat', {chat.id}, 'comment', subtype.res_id, FALSE, {chat.owner},
                    '<p>message ' || number || '.</p>', now() AT TIME ZONE 'UTC' - ({count} - number) * interval '1 min'
                FROM generate_series(0, {count - 1}) AS number, ir_model_data AS subtype
                WHERE subtype.module = 'mail' AND subtype.name = 'mt_comment'
                ORDER BY number""",
        )

    @property
    def _names(self) -> tuple[str, str]:
        """The latest patient's name and its owner's."""
        return f"Rex {self._number}", f"Anna Keller {self._number}"

    def portal_owner(self) -> tuple[str, str]:
        """Make an owner who can log in, and return their login (the password is the same) and their pet's name."""
        owner, _patient = self.owner_with_patient()
        login = f"anna{self._number}"
        [portal] = self.admin.search(
            "ir.model.data", [("module", "=", "base"), ("name", "=", "group_portal")], "res_id"
        )
        self.admin.create(
            "res.users", login=login, password=login, partner_id=owner, group_ids=[(6, 0, [portal["res_id"]])]
        )
        return login, self._names[0]

    def chat(self, claimed_by: str | None = None, **values: Any) -> Chat:
        """Make a chat with a patient and an owner of its own.

        :param claimed_by: the login of the vet who has taken it
        :param values: more of the chat's fields
        """
        owner, patient = self.owner_with_patient()
        if claimed_by:
            values["vet_id"] = self.facts["users"][claimed_by]
        values.setdefault("type_id", self.facts["chat_type"])
        identifier = self.admin.create("vet.chat", patient_id=patient, partner_id=owner, **values)
        link = self.admin.read("vet.chat", identifier, "link_url")["link_url"]
        backend_path = f"/odoo/{identifier}/action-vet_teleconsult.vet_chat_action_inbox"
        return Chat(identifier, link, backend_path, patient, owner, *self._names)

    def type_with(self, policy: str) -> int:
        """Return a consultation type with this recording policy."""
        if policy not in self._types:
            self._types[policy] = self.admin.create(
                "vet.consultation.type",
                name=f"Video consultation ({policy})",
                mode="video",
                recording_policy=policy,
                consent_text="The clinic keeps this recording for a year.",
                note_template="<p>Findings:</p>",
            )
        return self._types[policy]

    def recordings(self, consultation: Consultation, *fields: str) -> list[dict[str, Any]]:
        """Read the consultation's recordings, oldest first."""
        domain = [("consultation_id", "=", consultation.id)]
        return self.admin.search("vet.recording", domain, "state", "started_at", "duration", *fields)

    def read(self, consultation: Consultation, *fields: str) -> dict[str, Any]:
        """Read fields of the consultation."""
        return self.admin.read("vet.consultation", consultation.id, *fields)


@contextmanager
def running(
    folder: Path,
    name: str = "stack",
    sidecar_command: Sequence[str | Path] | None = None,
    demo: bool = False,
    script: str = "",
) -> Iterator[Stack]:
    """A clinic with a database of its own and free ports, for as long as the block lasts.

    :param folder: where the media service and coturn keep their files, and the logs
    :param name: begins the database's name
    :param sidecar_command: starts the media service, where it is not to be its own command
    :param demo: whether the clinic has the demo data
    :param script: more Python for Odoo's shell, which may add JSON values to ``result``, the stack's facts
    """
    with ExitStack() as cleanup:
        cleanup.enter_context(postgres.running())
        database_name = f"vet_{name}_{os.getpid()}"
        database.clone(os.environ.get("VET_TEST_TEMPLATE") or database.template(demo), database_name)
        cleanup.callback(database.drop, database_name)
        clinic = stack.Clinic(database_name, folder, free_port(), free_port(), free_port())
        facts = stack.configure(clinic, _PEOPLE + script)
        odoo = stack.odoo_server(clinic, log=folder / "odoo.log")
        sidecar = stack.sidecar(clinic, facts["secret"], PATIENT_RECORDER, log=folder / "sidecar.log")
        if sidecar_command:
            sidecar.command = [os.fspath(part) for part in sidecar_command]
        turn = stack.turn_server(clinic, log=folder / "turn.log")
        services = [odoo, sidecar, turn]
        for service in services:
            cleanup.callback(service.stop)
            service.start()
        for service in services:
            service.wait_until_healthy()
        admin = OdooClient(clinic.url).login(database_name, "admin", "admin")
        yield Stack(clinic, odoo, sidecar, turn, admin, facts)
