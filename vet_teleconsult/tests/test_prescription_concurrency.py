import threading
import uuid
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .common import VET_GROUP
from .prescription_common import PrescriptionCommon

SIGNATURES = 3


@tagged("post_install", "-at_install")
class TestPrescriptionConcurrency(BaseCase):
    """Several vets of one clinic sign at once: real transactions of the same database, committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = odoo.sql_db.db_connect(get_db_name())
        cls.made = []
        cls.addClassCleanup(cls._delete_what_was_made)
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            company = env["res.company"].create({"name": f"Concurrent Clinic {uuid.uuid4()}"})
            env = env(context={**env.context, "allowed_company_ids": company.ids})
            owner = env["res.partner"].create({"name": "Concurrent Owner"})
            species = env["vet.species"].create({"name": "Concurrent Newt", "code": "test_concurrent_newt"})
            patient = env["vet.patient"].create(
                {"name": "Rex", "partner_id": owner.id, "species_id": species.id, "company_id": company.id}
            )
            vet = new_test_user(
                env, "concurrent_prescriber", VET_GROUP, company_id=company.id, company_ids=[Command.set(company.ids)]
            )
            cls.company_id, cls.vet_id, cls.patient_id = company.id, vet.id, patient.id
            cls.made += [(records._name, records.ids) for records in (patient, species, vet)]
            cls.made.append(("res.partner", (vet.partner_id | owner).ids))

    @classmethod
    def _delete_what_was_made(cls):
        with cls.connection.cursor() as cr, mute_logger("odoo.models.unlink"):
            env = api.Environment(cr, SUPERUSER_ID, {MODULE_UNINSTALL_FLAG: True})
            for model, ids in cls.made:
                env[model].browse(ids).exists().unlink()
            env["ir.sequence"].search([("company_id", "=", cls.company_id)]).unlink()
            # Odoo deletes no company; out of the way of other tests, with a name that none has.
            env["res.company"].browse(cls.company_id).action_archive()

    def setUp(self):
        super().setUp()
        line = {**PrescriptionCommon._prepare_line()}
        with self.connection.cursor() as cr:
            env = api.Environment(cr, self.vet_id, {})
            prescriptions = env["vet.prescription"].create(
                [{"patient_id": self.patient_id, "line_ids": [Command.create(line)]} for _number in range(SIGNATURES)]
            )
            self.ids = prescriptions.ids
        self.addCleanup(self._remove_prescriptions)

    def _remove_prescriptions(self):
        # What is signed leaves by no other way than past the ORM.
        with self.connection.cursor() as cr:
            cr.execute("UPDATE vet_prescription SET attachment_id = NULL WHERE patient_id = %s", [self.patient_id])
            cr.execute("DELETE FROM vet_prescription WHERE patient_id = %s", [self.patient_id])
            cr.execute(
                "DELETE FROM ir_attachment WHERE res_model = 'vet.prescription' AND res_id = ANY(%s)", [self.ids]
            )
            cr.execute(
                "DELETE FROM ir_sequence_date_range"
                " WHERE sequence_id IN (SELECT id FROM ir_sequence WHERE company_id = %s)",
                [self.company_id],
            )

    def _open(self, prescription_id):
        cr = self.connection.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, self.vet_id, {})["vet.prescription"].browse(prescription_id)

    def _sign_at_once(self, ids):
        """Sign these in a thread each.

        :return: what became of each signature: "signed", or why not
        """
        barrier = threading.Barrier(len(ids))
        outcomes = []

        def sign(prescription_id):
            with self.connection.cursor() as cr:
                env = api.Environment(cr, self.vet_id, {})
                prescription = env["vet.prescription"].browse(prescription_id)
                barrier.wait()
                try:
                    retrying(lambda: prescription._sign("Dr. Number", "BE-1"), env)
                    cr.commit()  # pylint: disable=invalid-commit
                    outcomes.append("signed")
                except UserError as error:
                    cr.rollback()
                    outcomes.append(str(error))

        # Odoo holds the registry's lock while it runs tests, as no server does; its own HTTP tests do the same.
        unlocked = patch.object(Registry, "_lock", DummyRLock())
        # Only the numbers are of interest: printing takes longer than the retries wait.
        printed = patch.object(self.registry["vet.prescription"], "_keep_pdf", lambda prescription: None)
        with unlocked, printed, mute_logger("odoo.service.model", "odoo.sql_db"):
            threads = [threading.Thread(target=sign, args=(prescription_id,)) for prescription_id in ids]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return outcomes

    def _read_names(self):
        with self.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return sorted(env["vet.prescription"].browse(self.ids).mapped("name"))

    def test_signatures_at_once_get_numbers_one_after_the_other_from_the_years_first(self):
        self.assertEqual(self._sign_at_once(self.ids), ["signed"] * SIGNATURES)
        self.assertEqual([name[-5:] for name in self._read_names()], ["00001", "00002", "00003"])

    def test_of_two_signatures_under_the_same_prescription_one_wins(self):
        outcomes = sorted(self._sign_at_once([self.ids[0]] * 2))
        self.assertEqual(outcomes[1], "signed")
        self.assertIn("is signed: it cannot be changed", outcomes[0])

    def test_second_change_starts_again_while_the_first_is_not_committed(self):
        first, second = self._open(self.ids[0]), self._open(self.ids[0])
        first._lock_row()
        with self.assertRaises(ConcurrencyError):
            second._sign("Dr. Number", "BE-1")
