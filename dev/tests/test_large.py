"""``make demo SIZE=large``: records made by SQL are what the ORM would have made."""

import os

import pytest

from dev import database, demo, large, postgres, stack
from dev.paths import STAMPS

DATABASE = f"vet_large_test_{os.getpid()}"
CONSULTATIONS, CHATS = 400, 40

_LOOK = """
import json
Consultation, Chat = env["vet.consultation"], env["vet.chat"]
consultations = Consultation.search([], order="id desc", limit=CONSULTATIONS)
chats = Chat.search([], order="id desc", limit=CONSULTATIONS + CHATS)
first_message = min(chats.mapped("last_message_id.id"))

result["columns"] = sorted(set(consultations.mapped("queue_state")))
result["last"] = all(chat.last_message_id == chat._get_messages(limit=1) for chat in chats)
result["promised"] = {str(bool(chat.waiting_since)): bool(chat.reply_due_at) for chat in chats.filtered("type_id")}
answered = chats.filtered(lambda chat: chat.vet_id and not chat.waiting_since)
result["unread"] = sum(
    len(answered.filtered(lambda chat: chat.vet_id == vet)._count_unread(vet.partner_id)) for vet in answered.vet_id
)
result["tracked"] = env["mail.tracking.value"].search_count([("mail_message_id", ">=", first_message)])
result["mails"] = env["mail.mail"].search_count([("mail_message_id", ">=", first_message)])
told = [json.loads(message)["payload"] for message in env["bus.bus"].search([]).mapped("message")]
result["told"] = [payload for payload in told if payload.get("consultation_id") in consultations.ids]

company = env["res.company"].search([], order="id", limit=1)
result["names"] = Consultation.search([("company_id", "=", company.id)]).mapped("name")
result["next"] = company._next_consultation_name()

for records in (consultations, chats, env["vet.patient"].search([]), env["vet.call"].search([])):
    records._validate_fields(records._fields)
    records._check_company()
result["valid"] = True

result["wrong"] = []
for model in ("res.partner", "vet.patient", "vet.consultation", "vet.chat", "vet.call", "vet.chat.participant"):
    names = [
        name for name, field in env[model]._fields.items()
        if field.store and field.compute and (model != "res.partner" or name in ("complete_name", "email_normalized"))
        and name != "room_token_expiration"  # counts from the day that the link was made
    ]
    records = env[model].search([], order="id desc", limit=300)
    before = {record.id: {name: record[name] for name in names} for record in records}
    for name in names:
        env.add_to_compute(env[model]._fields[name], records)
    for record in records:
        for name in names:
            was, now = before[record.id][name], record[name]
            if was != now and not (isinstance(now, float) and abs(was - now) < 0.001):
                result["wrong"].append(f"{record} {name}: {was} {now}")
env.cr.rollback()
"""


@pytest.fixture(scope="module")
def seen():
    """What Odoo says of a clinic with a few hundred consultations; ``made`` is what was counted while making it."""
    with postgres.running():
        database.clone(os.environ.get("VET_TEST_TEMPLATE") or database.template(demo=True), DATABASE)
        try:
            made = large.make(DATABASE, CONSULTATIONS)
            sizes = f"CONSULTATIONS, CHATS = {CONSULTATIONS}, {CHATS}\n"
            yield {"made": made} | stack.shell(DATABASE, sizes + _LOOK)
        finally:
            database.drop(DATABASE)


def test_there_are_ten_times_as_many_messages_as_consultations(seen):
    assert seen["made"]["vet.consultation"] == CONSULTATIONS
    assert seen["made"]["mail.message"] == 10 * CONSULTATIONS


def test_what_odoo_computes_and_stores_is_what_stands_there(seen):
    assert seen["wrong"] == []


def test_the_models_own_rules_hold(seen):
    assert seen["valid"]


def test_the_next_consultation_has_the_next_number(seen):
    assert len(set(seen["names"])) == len(seen["names"])
    of_the_year = [name for name in seen["names"] if name.startswith(seen["next"][:8])]
    assert int(seen["next"][8:]) == max(int(name[8:]) for name in of_the_year) + 1


def test_each_chat_knows_its_last_message(seen):
    assert seen["last"]


def test_who_waits_was_promised_an_answer_and_nobody_else(seen):
    assert seen["promised"] == {"True": True, "False": False}


def test_vets_have_read_what_they_have_answered(seen):
    assert seen["unread"] == 0


def test_nothing_was_tracked_mailed_or_put_on_the_bus(seen):
    assert (seen["tracked"], seen["mails"], seen["told"]) == (0, 0, [])


def test_there_are_consultations_in_every_column_of_the_queue(seen):
    assert {"available", "claimed", "waiting", "in_progress", "done", "no_show"} <= set(seen["columns"])


def test_the_large_demo_is_made_once_and_stands_beside_the_small_one(monkeypatch, capsys):
    name = DATABASE + demo.SIZES["large"]
    assert demo.SIZES["small"] != demo.SIZES["large"]
    monkeypatch.setattr(large, "CONSULTATIONS", 20)
    with postgres.running():
        try:
            demo._prepare_database(name, fresh=False, size="large")
            demo._prepare_database(name, fresh=False, size="large")
            assert capsys.readouterr().out.count("20 vet.consultation") == 1
            count = postgres.client("psql", "-d", name, "-Atc", "SELECT count(*) > 20 FROM vet_consultation")
            assert count.stdout.strip() == "t"
        finally:
            database.drop(name)
            (STAMPS / name).unlink(missing_ok=True)
