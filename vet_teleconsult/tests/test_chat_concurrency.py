import threading
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .common import VET_GROUP

PEOPLE = 4


@tagged("post_install", "-at_install")
class TestChatConcurrency(BaseCase):
    """Several do the same to a chat at once: real transactions of the same database, committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = odoo.sql_db.db_connect(get_db_name())
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            owner = env["res.partner"].create({"name": "Concurrent Chatter"})
            species = env["vet.species"].create({"name": "Concurrent Newt", "code": "test_concurrent_chat"})
            patient = env["vet.patient"].create({"name": "Rex", "partner_id": owner.id, "species_id": species.id})
            chat = env["vet.chat"].create({"patient_id": patient.id, "partner_id": owner.id})
            vets = env["res.users"].union(
                *(
                    new_test_user(env, f"concurrent_chat_vet_{number}", VET_GROUP, name=f"Dr. Number {number}")
                    for number in range(PEOPLE)
                )
            )
            cls.chat_id = chat.id
            cls.vet_ids = vets.ids
            cls.made = [(records._name, records.ids) for records in (chat, patient, species, vets)]
            cls.made.append(("res.partner", (vets.partner_id | owner).ids))
        cls.addClassCleanup(cls._delete_what_was_made)

    @classmethod
    def _delete_what_was_made(cls):
        with cls.connection.cursor() as cr, mute_logger("odoo.models.unlink"):
            env = api.Environment(cr, SUPERUSER_ID, {MODULE_UNINSTALL_FLAG: True})
            chat = env["vet.chat"].browse(cls.chat_id)
            chat.message_ids.unlink()
            for model, ids in cls.made:
                env[model].browse(ids).exists().unlink()

    def _do_at_once(self, user_ids, method):
        """Let people do something in transactions that begin together, as Odoo runs requests.

        :param list[int] user_ids: who does it, each in a transaction of their own
        :param method: called with the chat
        :return: what came of it for each
        :rtype: list
        """
        barrier = threading.Barrier(len(user_ids))
        outcomes = []

        def run(user_id):
            with self.connection.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                env.cr.execute("SELECT 1")
                barrier.wait()
                try:
                    outcomes.append(retrying(lambda: method(env["vet.chat"].browse(self.chat_id)), env))
                except UserError as error:
                    outcomes.append(str(error))

        # Odoo holds the registry's lock while it runs tests, as no server does; its own HTTP tests do the same.
        unlocked = patch.object(Registry, "_lock", DummyRLock())
        with unlocked, mute_logger("odoo.service.model", "odoo.sql_db"):
            threads = [threading.Thread(target=run, args=(user_id,)) for user_id in user_ids]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return outcomes

    def _read(self):
        cr = self.connection.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})["vet.chat"].browse(self.chat_id)

    def test_of_many_claims_at_once_one_wins_and_the_others_are_told_who(self):
        outcomes = self._do_at_once(self.vet_ids, lambda chat: chat.action_claim())
        self.assertEqual(outcomes.count(True), 1, outcomes)
        winner = self._read().vet_id.name
        for outcome in outcomes:
            if outcome is not True:
                self.assertIn(f"{winner} has claimed", outcome)

    def test_message_sent_many_times_at_once_is_one_message(self):
        outcomes = self._do_at_once(
            [SUPERUSER_ID] * PEOPLE,
            lambda chat: chat._post_message(chat._get_owner_participant(), "Hello", "the-same-key")["id"],
        )
        self.assertEqual(len(set(outcomes)), 1, outcomes)
        self.assertEqual(len(self._read()._get_messages()), 1)

    def test_somebody_who_opens_many_pages_at_once_is_one_participant(self):
        self._do_at_once([SUPERUSER_ID] * PEOPLE, lambda chat: chat._mark_looking(chat._get_owner_participant(), True))
        owner = self._read().partner_id
        self.assertEqual(len(self._read().participant_ids.filtered(lambda record: record.partner_id == owner)), 1)
