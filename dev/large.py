"""A clinic of five years, for ``make demo SIZE=large`` and ``bench/lists.py``, by batches of SQL (:mod:`dev.patterns`).

Numbers from 0 decide everything: consultation ``n`` is about patient ``n * 7919 % patients``, and so on, so that two
runs make the same clinic. Messages and calls stand as they do after the work is done: no mail is sent, nothing is
tracked, nobody is notified.
"""

from typing import Any

from dev import patterns, stack
from dev.paths import ROOT

CONSULTATIONS = 100_000
"""As many as ``make demo SIZE=large`` makes; with ten times as many messages."""

YEARS = 5
BOX_MESSAGES, CHAT_MESSAGES = 9, 10
"""Messages in the box of a consultation, and in a chat without one."""

_NOW = "date_trunc('second', now() AT TIME ZONE 'UTC')"
_TOKEN = "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"
_KEY = "replace(gen_random_uuid()::text, '-', '')"
_OWNERS = ("Ada", "Bruno", "Carla", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jakob", "Klara", "Luis")
_FAMILIES = ("Adler", "Berger", "Conrad", "Dietz", "Ernst", "Fischer", "Gruber", "Haas", "Ivanov", "Jansen", "Kohl")
_PETS = (
    "Bella",
    "Charly",
    "Daisy",
    "Emma",
    "Filou",
    "Gismo",
    "Hera",
    "Idefix",
    "Jette",
    "Kira",
    "Lotte",
    "Momo",
    "Nala",
)
_SENTENCES = (
    "She has been limping since this morning.",
    "Please show me how she walks.",
    "He eats well and drinks a little more than usual.",
    "Since when have you noticed that?",
    "Since Tuesday, I believe.",
    "Keep the wound dry, and send a photo of it tomorrow.",
    "Thank you, I will do that.",
)
_NOTE = "<p>Findings: alert, hydrated, no fever. Plan: rest for a week, then a check.</p>"
_TABLES = ("res_partner", "vet_patient", "vet_consultation", "vet_chat", "vet_chat_participant", "vet_call")
_THREAD_TABLES = ("mail_message", "mail_followers", "mail_followers_mail_message_subtype_rel")


def make(database: str, consultations: int = CONSULTATIONS) -> dict[str, Any]:
    """Add the records to a database with the addon and its demo data.

    :return: how many of each model were made
    :raises dev.problem.Problem: where Odoo or PostgreSQL refuses
    """
    program = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom dev import large\n"
    return stack.shell(database, f"{program}result = large.Large(env, {consultations}).make()\n")


def _one_of(texts: tuple[str, ...], number: str) -> str:
    """Write SQL that chooses one of some texts by a number."""
    quoted = ", ".join("'{}'".format(text.replace("'", "''")) for text in texts)
    return f"(ARRAY[{quoted}])[1 + mod(({number})::bigint, {len(texts)})]"


def _one_id_of(ids: list[int], number: str) -> str:
    """Write SQL that chooses one of some ids by a number."""
    return f"(ARRAY[{', '.join(map(str, ids))}])[1 + mod(({number})::bigint, {len(ids)})]"


class Large:
    """What is being made.

    :param env: an Odoo environment of the superuser's
    :param consultations: how many; a fifth as many owners, a fourth as many patients, a tenth as many chats besides
    """

    def __init__(self, env: Any, consultations: int) -> None:
        self.env = env(context={**env.context, "tracking_disable": True, "mail_create_nosubscribe": True})
        self.consultations = consultations
        self.owners, self.patients = max(consultations // 5, 2), max(consultations // 4, 2)
        self.chats = max(consultations // 10, 2)
        self.open = min(max(consultations // 500, 10), consultations)
        self.made: dict[str, int] = {}
        self._choose()
        self._read_patterns()
        self._reserve()

    def make(self) -> dict[str, int]:
        """Make everything, and return how many of each model."""
        self._make_owners()
        self._make_patients()
        self._make_messages()
        self._make_chats()
        self._make_members()
        self._make_consultations()
        self._promise_replies()
        for table in (*_TABLES, *_THREAD_TABLES):
            # PostgreSQL learns by itself how large a table has become, minutes later.
            self.env.cr.execute(f'ANALYZE "{table}"')
        return self.made

    # ---------------------------------------------------------------- choice

    def _choose(self) -> None:
        """Find the clinic's people and types: those of the demo data."""
        env = self.env
        self.company = env["res.company"].search([], order="id", limit=1)
        domain = [("company_id", "in", [self.company.id, False])]
        every_vet = env["res.users"].search(
            [
                ("all_group_ids", "in", env.ref("vet_teleconsult.group_veterinarian").ids),
                ("company_ids", "in", self.company.ids),
            ],
            order="id",
        )
        types = env["vet.consultation.type"].search([*domain, ("mode", "!=", "chat")], order="id")
        self.pairs = [(kind, vet) for kind in types for vet in (kind.vet_ids & every_vet or every_vet)]
        self.chat_type = env["vet.consultation.type"].search([*domain, ("mode", "=", "chat")], order="id", limit=1)
        self.vets = every_vet
        self.species = env["vet.species"].search([], order="id", limit=4)
        self.comment = env.ref("mail.mt_comment")

    def _read_patterns(self) -> None:
        """Let the ORM make one record of each model, and keep their rows."""
        env, company = self.env, self.company
        with patterns.taken_back(env):
            owner = env["res.partner"].create({"name": "Pattern", "email": "pattern@owner.example", "lang": "en_US"})
            patient = env["vet.patient"].create(
                {"name": "Pattern", "partner_id": owner.id, "species_id": self.species[0].id, "company_id": company.id}
            )
            consultation = env["vet.consultation"].create(
                {
                    "name": "Pattern",
                    "patient_id": patient.id,
                    "type_id": self.pairs[0][0].id,
                    "company_id": company.id,
                    "state": "scheduled",
                }
            )
            chat = env["vet.chat"].create(
                {"patient_id": patient.id, "type_id": self.chat_type.id, "company_id": company.id}
            )
            participant = env["vet.chat.participant"]._ensure(chat, owner)
            call = env["vet.call"].create({"consultation_id": consultation.id, "sidecar_key": "pattern"})
            message = env["mail.message"].create(
                {
                    "model": "vet.chat",
                    "res_id": chat.id,
                    "record_company_id": company.id,
                    "message_type": "comment",
                    "subtype_id": self.comment.id,
                    "author_id": owner.id,
                    "email_layout_xmlid": "vet_teleconsult.chat_notification_layout",
                    "body": "<p>Pattern</p>",
                }
            )
            chat.message_subscribe(partner_ids=owner.ids)
            follower = env["mail.followers"].search([("res_model", "=", "vet.chat"), ("res_id", "=", chat.id)], limit=1)
            self.subtypes = follower.subtype_ids.ids
            records = (owner, patient, consultation, chat, participant, call, message, follower)
            self.patterns = {record._name: patterns.read(record) for record in records}

    def _reserve(self) -> None:
        """Take ids for everything that others refer to: then each reference is arithmetic."""
        self.every_chat = self.consultations + self.chats
        self.messages = self.consultations * BOX_MESSAGES + self.chats * CHAT_MESSAGES
        take = patterns.reserve
        self.first_owner = take(self.env, "res_partner", self.owners)
        self.first_patient = take(self.env, "vet_patient", self.patients)
        self.first_chat = take(self.env, "vet_chat", self.every_chat)
        self.first_message = take(self.env, "mail_message", self.messages)
        self.first_consultation = take(self.env, "vet_consultation", self.consultations)
        self.first_follower = take(self.env, "mail_followers", 2 * self.every_chat)

    def _multiply(self, model: str, source: str, values: dict[str, str]) -> None:
        done = patterns.multiply(self.env, self.env[model]._table, self.patterns[model], source, values)
        self.made[model] = self.made.get(model, 0) + done

    # ---------------------------------------------------- owners and patients

    def _make_owners(self) -> None:
        name = f"{_one_of(_OWNERS, 'row.n')} || ' ' || {_one_of(_FAMILIES, 'row.n / 12')} || ' ' || row.n + 1"
        email = "'owner' || row.n + 1 || '@owner.example'"
        identifier = f"{self.first_owner} + row.n"
        values = {"id": identifier, "commercial_partner_id": identifier, "name": name, "complete_name": name}
        values |= {"email": email, "email_normalized": email}
        self._multiply("res.partner", f"SELECT generate_series(0, {self.owners - 1}) AS n", values)

    def _make_patients(self) -> None:
        identifier, owner = f"{self.first_patient} + row.n", f"{self.first_owner} + mod(row.n, {self.owners})"
        values = {
            "id": identifier,
            "partner_id": owner,
            "name": f"{_one_of(_PETS, 'row.n')} || ' ' || row.n + 1",
            "species_id": _one_id_of(self.species.ids, "row.n"),
            "birth_date": "current_date - 200 - mod(row.n, 4000)::int",
            "weight": "1 + mod(row.n, 400) / 10.0",
        }
        source = f"SELECT generate_series(0, {self.patients - 1}) AS n"
        self._multiply("vet.patient", source, values)
        self.env.cr.execute(
            "INSERT INTO vet_patient_owner_rel (patient_id, partner_id)"
            f" SELECT {identifier}, {owner} FROM ({source}) AS row"
        )

    # ---------------------------------------------------------- conversations

    def _each_chat(self) -> str:
        """Return a query of all chats: the boxes of consultations, by their number ``n``, then the chats besides.

        ``is_box``; ``patient`` is a number and ``vet`` an id; ``first`` and ``size`` are those of its messages; it
        began ``at``, has ``ended`` or not, and ``waits`` for an answer or not.
        """
        boxes, besides = self.consultations, self.chats
        first = self.first_message + boxes * BOX_MESSAGES
        at = (
            f"CASE WHEN mod(c, 40) = 1 THEN {_NOW} - (1 + mod(c, 20)) * interval '1 hour'"
            f" ELSE {_NOW} - interval '1 day' * ({YEARS * 365} * (1 - c / {besides}.0) + 1) END"
        )
        return f"""
            SELECT n, TRUE AS is_box, mod(n * 7919, {self.patients}) AS patient, {self._vet("n")} AS vet,
                   {self.first_message} + n * {BOX_MESSAGES} AS first, {BOX_MESSAGES} AS size,
                   {self._at("n")} AS at, FALSE AS ended, FALSE AS waits
              FROM generate_series(0::bigint, {boxes - 1}) AS n
         UNION ALL
            SELECT {boxes} + c, FALSE, mod(c * 104729, {self.patients}),
                   CASE WHEN mod(c, 10) = 1 THEN NULL ELSE {_one_id_of(self.vets.ids, "c")} END,
                   {first} + c * {CHAT_MESSAGES}, {CHAT_MESSAGES},
                   date_trunc('second', {at}), mod(c, 2) = 0, mod(c, 40) = 1
              FROM generate_series(0::bigint, {besides - 1}) AS c"""

    def _at(self, number: str) -> str:
        """Write SQL for when a consultation begins: five years of working days, then what is open today."""
        over = self.consultations - self.open
        days = f"{YEARS * 365} * (1 - ({number} + 1) / {max(over, 1)}.0)"
        return f"""CASE
            WHEN {number} < {over} THEN least({_NOW} - interval '1 hour', date_trunc('day', {_NOW} - interval '1 day'
                * ({days})) + interval '8 hours' + mod({number} * 7, 600) * interval '1 minute')
            WHEN mod({number}, 10) < 8 THEN date_trunc('hour', {_NOW})
                + (1 + {number} - {over}) * interval '15 minutes'
            ELSE {_NOW} - interval '15 minutes' END"""

    def _state(self, number: str) -> str:
        """Write SQL for a consultation's state."""
        over = self.consultations - self.open
        return f"""CASE
            WHEN {number} < {over} AND mod({number}, 25) = 3 THEN 'cancelled'
            WHEN {number} < {over} AND mod({number}, 50) = 7 THEN 'no_show'
            WHEN {number} < {over} THEN 'done'
            WHEN mod({number}, 10) < 8 THEN 'scheduled'
            WHEN mod({number}, 10) = 8 THEN 'waiting'
            ELSE 'in_progress' END"""

    def _vet(self, number: str) -> str:
        """Write SQL for who holds a consultation: nobody yet holds some of those that are open."""
        is_available = f"{number} >= {self.consultations - self.open} AND mod({number}, 10) < 4"
        return f"CASE WHEN {is_available} THEN NULL ELSE {_one_id_of([vet.id for _, vet in self.pairs], number)} END"

    def _owner_of(self, patient: str) -> str:
        """Write SQL for the id of a patient's owner."""
        return f"{self.first_owner} + mod({patient}, {self.owners})"

    def _make_messages(self) -> None:
        """Owner and vet write in turns; the vet has the last word, unless the owner waits for it."""
        partners = {user.id: user.partner_id.id for user in self.vets | self._holders()}
        partner = "CASE row.vet " + " ".join(f"WHEN {user} THEN {of}" for user, of in partners.items())
        by_vet = "row.vet IS NOT NULL AND NOT row.waits AND (mod(row.m, 2) = 1 OR row.m = row.size - 1)"
        number = "row.n + row.m"
        values = {
            "id": "row.first + row.m",
            "res_id": f"{self.first_chat} + row.n",
            "author_id": f"CASE WHEN {by_vet} THEN {partner} END ELSE {self._owner_of('row.patient')} END",
            "body": f"'<p>' || {_one_of(_SENTENCES, number)} || '</p>'",
            "message_id": f"'<vet-chat-' || {self.first_chat} + row.n || '-' || row.m || '-' || {_KEY} || '@large>'",
            "date": "row.at + row.m * interval '1 minute'",
            "create_date": "row.at + row.m * interval '1 minute'",
        }
        source = f"SELECT each.*, m FROM ({self._each_chat()}) AS each, generate_series(0, each.size - 1) AS m"
        self._multiply("mail.message", source, values)

    def _holders(self) -> Any:
        return self.env["res.users"].browse({vet.id for _, vet in self.pairs})

    def _make_chats(self) -> None:
        last = "row.at + (row.size - 1) * interval '1 minute'"
        values = {
            "id": f"{self.first_chat} + row.n",
            "patient_id": f"{self.first_patient} + row.patient",
            "partner_id": self._owner_of("row.patient"),
            "vet_id": "row.vet",
            "type_id": f"CASE WHEN NOT row.is_box THEN {self.chat_type.id} END",
            "subject": f"CASE WHEN NOT row.is_box THEN {_one_of(_SENTENCES, 'row.n')} END",
            "state": f"CASE WHEN row.ended OR row.n < {self.consultations - self.open} THEN 'locked' ELSE 'open' END",
            "ended_at": f"CASE WHEN row.ended THEN {last} END",
            "waiting_since": "CASE WHEN row.waits THEN row.at END",
            "last_message_at": last,
            "last_message_id": "row.first + row.size - 1",
            "link_token": _TOKEN,
            "chat_key": _KEY,
            "create_date": "row.at",
        }
        self._multiply("vet.chat", self._each_chat(), values)

    def _make_members(self) -> None:
        """Owner and vet follow the chat and have read it; where the owner waits, the vet has not."""
        partners = {user.id: user.partner_id.id for user in self.vets | self._holders()}
        partner = "CASE vet " + " ".join(f"WHEN {user} THEN {of}" for user, of in partners.items()) + " END"
        members = f"""
            SELECT *, {self._owner_of("patient")} AS partner, 0 AS place FROM ({self._each_chat()}) AS each
         UNION ALL
            SELECT *, {partner}, 1 FROM ({self._each_chat()}) AS each WHERE vet IS NOT NULL AND NOT waits"""
        chat = f"{self.first_chat} + row.n"
        values = {"id": f"{self.first_follower} + 2 * row.n + row.place", "res_id": chat, "partner_id": "row.partner"}
        self._multiply("mail.followers", members, values)
        self.env.cr.execute(
            "INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id)"
            " SELECT id, subtype FROM mail_followers, unnest(%s) AS subtype WHERE id >= %s",
            [self.subtypes, self.first_follower],
        )
        read = {
            "last_read_message_id": "row.first + row.size - 1",
            "read_at": "row.at + row.size * interval '1 minute'",
        }
        values = {"id": "nextval('vet_chat_participant_id_seq')", "chat_id": chat, "partner_id": "row.partner", **read}
        self._multiply("vet.chat.participant", members, values)

    def _promise_replies(self) -> None:
        """Let the ORM say by when the chats that wait are answered: opening hours are its own."""
        self.env.invalidate_all(flush=False)
        waiting = [("waiting_since", "!=", False), ("id", ">=", self.first_chat)]
        chats = self.env["vet.chat"].search(waiting)
        self.env.add_to_compute(chats._fields["reply_due_at"], chats)
        self.env.flush_all()

    # ---------------------------------------------------------- consultations

    def _make_consultations(self) -> None:
        names = self._take_numbers()
        kind = _one_id_of([kind.id for kind, _ in self.pairs], "row.n")
        hours = f"(SELECT duration FROM vet_consultation_type WHERE id = {kind})"
        state, begun, over = "row.state", "row.state IN ('done', 'in_progress')", "row.state = 'done'"
        is_closed = f"row.n < {self.consultations - self.open}"
        started = f"CASE WHEN {begun} THEN row.at + interval '2 minutes' END"
        values = {
            "id": f"{self.first_consultation} + row.n",
            "name": "row.name",
            "patient_id": f"{self.first_patient} + row.patient",
            "partner_id": self._owner_of("row.patient"),
            "species_id": _one_id_of(self.species.ids, "row.patient"),
            "vet_id": "row.vet",
            "type_id": kind,
            "mode": f"(SELECT mode FROM vet_consultation_type WHERE id = {kind})",
            "chat_id": f"{self.first_chat} + row.n",
            "state": state,
            "queue_state": f"CASE WHEN {state} <> 'scheduled' THEN {state}"
            " WHEN row.vet IS NULL THEN 'available' ELSE 'claimed' END",
            "scheduled_at": "row.at",
            "scheduled_duration": hours,
            "scheduled_end": f"row.at + {hours} * interval '1 hour'",
            "waiting_since": f"CASE WHEN {begun} OR {state} = 'waiting' THEN row.at - interval '4 minutes' END",
            "started_at": started,
            "ended_at": f"CASE WHEN {over} THEN row.at + interval '14 minutes' END",
            "waiting_duration": f"CASE WHEN {begun} THEN 0.1 ELSE 0 END",
            "duration": f"CASE WHEN {over} THEN 0.2 ELSE 0 END",
            "room_token": _TOKEN,
            "room_key": _KEY,
            "room_token_expiration": "row.at + interval '7 days'",
            "note": f"CASE WHEN {over} THEN '{_NOTE}' END",
            "note_shared": f"{over} AND mod(row.n, 3) = 0",
            "cancel_reason": f"CASE WHEN {state} = 'cancelled' THEN 'The owner asked for another day.' END",
            "owner_present": f"{state} IN ('waiting', 'in_progress')",
            "vet_present": f"{state} = 'in_progress'",
            "create_date": f"CASE WHEN {is_closed} THEN row.at - interval '1 day' ELSE {_NOW} END",
        }
        chats = f"({self._each_chat()}) AS each"
        source = f"SELECT *, {self._state('n')} AS state FROM {chats} JOIN ({names}) AS names USING (n)"
        self._multiply("vet.consultation", source, values)
        values = {
            "id": "nextval('vet_call_id_seq')",
            "consultation_id": f"{self.first_consultation} + row.n",
            "sidecar_key": _KEY,
            "mode": values["mode"],
            "started_at": "row.at + interval '2 minutes'",
            "ended_at": "row.at + interval '14 minutes'",
            "duration": "0.2",
        }
        self._multiply("vet.call", f"SELECT * FROM ({source}) AS made WHERE state = 'done'", values)

    def _take_numbers(self) -> str:
        """Take the consultations' numbers from the company's sequence, and return a query of ``n`` and ``name``.

        Each year has its own range, and the sequence goes on after the last number that was taken.
        """
        at = self._at("n")
        numbers = f"generate_series(0::bigint, {self.consultations - 1}) AS n"
        self.env.cr.execute(f"SELECT extract(year FROM {at})::int, count(*) FROM {numbers} GROUP BY 1 ORDER BY 1")
        counts = self.env.cr.fetchall()
        domain = [("code", "=", "vet.consultation"), ("company_id", "=", self.company.id)]
        sequence = self.env["ir.sequence"].search(domain, limit=1)
        years = []
        for year, count in counts:
            begins = f"{year}-01-01"
            within = [("sequence_id", "=", sequence.id), ("date_from", "<=", begins), ("date_to", ">=", begins)]
            span = sequence.date_range_ids.search(within, limit=1) or sequence._create_date_range_seq(begins)
            prefix = sequence._get_prefix_suffix(date=begins, date_range=begins)[0]
            years.append(f"({year}, '{prefix}', {span.number_next_actual})")
            span.number_next_actual = span.number_next_actual + count
        self.env.flush_all()
        number = "first + row_number() OVER (PARTITION BY year ORDER BY n) - 1"
        return f"""
            SELECT n, prefix || lpad(number::text, greatest({sequence.padding}, length(number::text)), '0') AS name
              FROM (SELECT n, prefix, {number} AS number
                      FROM (SELECT n, extract(year FROM {at})::int AS year FROM {numbers}) AS numbered
                      JOIN (VALUES {", ".join(years)}) AS years (year, prefix, first) USING (year)) AS counted"""
