import threading
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.vet_teleconsult.tools.room_error import RoomError

from .common import VET_GROUP

VETS = 20


@tagged("post_install", "-at_install")
class TestClaimConcurrency(BaseCase):
    """Several press the same buttons at once: real transactions of the same database, committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = odoo.sql_db.db_connect(get_db_name())
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            owner = env["res.partner"].create({"name": "Concurrent Owner", "email": "concurrent@example.com"})
            species = env["vet.species"].create({"name": "Concurrent Ferret", "code": "test_concurrent"})
            patient = env["vet.patient"].create({"name": "Rex", "partner_id": owner.id, "species_id": species.id})
            consultation_type = env["vet.consultation.type"].create({"name": "Concurrent", "duration": 1})
            consultation = env["vet.consultation"].create({"patient_id": patient.id, "type_id": consultation_type.id})
            vets = env["res.users"].union(
                *(
                    new_test_user(env, f"concurrent_vet_{number}", VET_GROUP, name=f"Dr. Number {number}")
                    for number in range(VETS)
                )
            )
            cls.consultation_id = consultation.id
            cls.vet_ids = vets.ids
            cls.made = [
                (records._name, records.ids)
                for records in (consultation, consultation.chat_id, patient, consultation_type, species, vets)
            ] + [("res.partner", (vets.partner_id | owner).ids)]
        cls.addClassCleanup(cls._delete_what_was_made)

    @classmethod
    def _delete_what_was_made(cls):
        with cls.connection.cursor() as cr, mute_logger("odoo.models.unlink"):
            env = api.Environment(cr, SUPERUSER_ID, {MODULE_UNINSTALL_FLAG: True})
            consultation = env["vet.consultation"].browse(cls.consultation_id)
            (consultation.chat_id.message_ids | consultation.message_ids).unlink()
            consultation.cancel_mail_id.unlink()
            for model, ids in cls.made:
                env[model].browse(ids).exists().unlink()

    def setUp(self):
        super().setUp()
        self.addCleanup(self._make_available)

    def _make_available(self):
        with self.connection.cursor() as cr:
            consultation = api.Environment(cr, SUPERUSER_ID, {})["vet.consultation"].browse(self.consultation_id)
            if not consultation._is_open():
                consultation.action_reopen(fields.Datetime.now() + timedelta(days=1))
            consultation.write({"vet_id": False})
            consultation.action_unlock_chat()

    def _open(self, user_id):
        cr = self.connection.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, user_id, {})["vet.consultation"].browse(self.consultation_id)

    def _claim(self, user_id):
        with self.connection.cursor() as cr:
            api.Environment(cr, user_id, {})["vet.consultation"].browse(self.consultation_id).action_claim()

    def _do_at_once(self, presses):
        """Let people press buttons in transactions that begin together, as Odoo runs requests.

        :param list presses: for each who presses, and a method that gets the consultation
        :return: what came of each: ``won``, or the refusal
        :rtype: list[str]
        """
        barrier = threading.Barrier(len(presses))
        outcomes = {}

        def press(number, user_id, method):
            with self.connection.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                # The transaction begins, and sees the database as it is now.
                env.cr.execute("SELECT 1")
                barrier.wait()
                try:
                    retrying(lambda: method(env["vet.consultation"].browse(self.consultation_id)), env)
                    outcomes[number] = "won"
                except UserError as error:
                    outcomes[number] = str(error)

        # Odoo holds the registry's lock while it runs tests, as no server does; its own HTTP tests do the same.
        unlocked = patch.object(Registry, "_lock", DummyRLock())
        with unlocked, mute_logger("odoo.service.model", "odoo.sql_db"):
            threads = [
                threading.Thread(target=press, args=(number, user_id, method))
                for number, (user_id, method) in enumerate(presses)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return [outcomes[number] for number in range(len(presses))]

    # ------------------------------------------------------------- claim

    def test_second_claim_starts_again_while_the_first_is_not_committed(self):
        first, second = self._open(self.vet_ids[0]), self._open(self.vet_ids[1])
        first.action_claim()
        first.env.cr.flush()
        with self.assertRaises(ConcurrencyError):
            second.action_claim()

    def test_of_twenty_claims_at_once_one_wins_and_the_others_are_told_who(self):
        outcomes = self._do_at_once([(user_id, lambda each: each.action_claim()) for user_id in self.vet_ids])
        self.assertEqual(outcomes.count("won"), 1, outcomes)
        winner = self._open(SUPERUSER_ID).vet_id
        self.assertEqual(winner.id, self.vet_ids[outcomes.index("won")])
        for refusal in outcomes:
            if refusal != "won":
                self.assertIn(f"{winner.name} has claimed", refusal)

    # --------------------------------------------------------- hand over

    def test_handing_over_starts_again_while_another_claim_is_not_committed(self):
        first, second = self._open(self.vet_ids[0]), self._open(self.vet_ids[1])
        first.action_claim()
        first.env.cr.flush()
        with self.assertRaises(ConcurrencyError):
            second.action_hand_over(self.vet_ids[2])

    def test_handed_over_to_several_at_once_it_goes_to_one_and_the_others_are_told_who(self):
        holder, *colleagues = self.vet_ids
        self._claim(holder)
        outcomes = self._do_at_once([(holder, partial(self._hand_over, user_id=user_id)) for user_id in colleagues[:4]])
        self.assertEqual(outcomes.count("won"), 1, outcomes)
        successor = self._open(SUPERUSER_ID).vet_id
        self.assertEqual(successor.id, colleagues[outcomes.index("won")])
        for refusal in outcomes:
            if refusal != "won":
                self.assertIn(f"{successor.name} has claimed", refusal)

    def _hand_over(self, consultation, user_id):
        consultation.action_hand_over(user_id)

    # -------------------------------------------------------------- lock

    def test_what_an_owner_sends_while_a_vet_locks_does_not_get_past_the_lock(self):
        as_owner = self._open(SUPERUSER_ID)
        # The owner's transaction has seen the chat open before the vet locks it.
        self.assertEqual(as_owner.chat_id.state, "open")
        with self.connection.cursor() as cr:
            api.Environment(cr, self.vet_ids[0], {})["vet.consultation"].browse(self.consultation_id).action_lock_chat()

        def send():
            chat = as_owner.chat_id
            return chat._post_message(chat._get_owner_participant(), "Too late", "while-locking")

        with mute_logger("odoo.service.model", "odoo.sql_db"), self.assertRaises(RoomError) as refused:
            retrying(send, as_owner.env)
        self.assertEqual(refused.exception.code, "chat_locked")
        self.assertFalse(self._open(SUPERUSER_ID).chat_id._get_messages())

    def test_locked_by_several_at_once_it_is_locked_and_nobody_is_refused(self):
        outcomes = self._do_at_once([(user_id, lambda each: each.action_lock_chat()) for user_id in self.vet_ids[:4]])
        self.assertEqual(outcomes, ["won"] * 4)
        self.assertEqual(self._open(SUPERUSER_ID).chat_state, "locked")

    # ------------------------------------------------------------ cancel

    def test_cancelled_several_times_at_once_the_owner_is_mailed_once(self):
        holder = self.vet_ids[0]
        self._claim(holder)
        outcomes = self._do_at_once([(holder, lambda each: each.action_cancel("The vet is ill."))] * 4)
        self.assertEqual(outcomes.count("won"), 1, outcomes)
        mails = (
            self._open(SUPERUSER_ID)
            .env["mail.mail"]
            .search([("recipient_ids.email", "=", "concurrent@example.com"), ("body_html", "like", "/vet/book/again/")])
        )
        self.assertEqual(len(mails), 1)
