import threading
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .common import VET_GROUP

VETS = 4


@tagged("post_install", "-at_install")
class TestClaimConcurrency(BaseCase):
    """Several vets press the button at once: real transactions of the same database, committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = odoo.sql_db.db_connect(get_db_name())
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            owner = env["res.partner"].create({"name": "Concurrent Owner"})
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
            for model, ids in cls.made:
                env[model].browse(ids).exists().unlink()

    def setUp(self):
        super().setUp()
        self.addCleanup(self._make_available)

    def _make_available(self):
        with self.connection.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["vet.consultation"].browse(self.consultation_id).vet_id = False

    def _open(self, user_id):
        cr = self.connection.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, user_id, {})["vet.consultation"].browse(self.consultation_id)

    def test_second_claim_starts_again_while_the_first_is_not_committed(self):
        first, second = self._open(self.vet_ids[0]), self._open(self.vet_ids[1])
        first.action_claim()
        first.env.cr.flush()
        with self.assertRaises(ConcurrencyError):
            second.action_claim()

    def test_of_many_claims_at_once_one_wins_and_the_others_are_told_who(self):
        barrier = threading.Barrier(VETS)
        outcomes = {}

        def claim(user_id):
            with self.connection.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                barrier.wait()
                try:
                    retrying(env["vet.consultation"].browse(self.consultation_id).action_claim, env)
                    outcomes[user_id] = "won"
                except UserError as error:
                    outcomes[user_id] = str(error)

        # Odoo holds the registry's lock while it runs tests, as no server does; its own HTTP tests do the same.
        unlocked = patch.object(Registry, "_lock", DummyRLock())
        with unlocked, mute_logger("odoo.service.model", "odoo.sql_db"):
            threads = [threading.Thread(target=claim, args=(user_id,)) for user_id in self.vet_ids]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        winners = [user_id for user_id, outcome in outcomes.items() if outcome == "won"]
        self.assertEqual(len(winners), 1, outcomes)
        winner = self._open(SUPERUSER_ID).vet_id
        self.assertEqual(winner.id, winners[0])
        refusals = [outcome for outcome in outcomes.values() if outcome != "won"]
        self.assertEqual(len(refusals), VETS - 1)
        for refusal in refusals:
            self.assertIn(f"{winner.name} has claimed", refusal)
