import threading
from datetime import timedelta
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .common import VET_GROUP

VETS, OWNERS = 2, 5
MADE_HERE = "Concurrent booking"


@tagged("post_install", "-at_install")
class TestSlotConcurrency(BaseCase):
    """Several owners take one slot at once: real transactions of the same database, committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = odoo.sql_db.db_connect(get_db_name())
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True, "tracking_disable": True})
            calendar = env["resource.calendar"].create(
                {
                    "name": MADE_HERE,
                    "tz": "UTC",
                    "attendance_ids": [
                        fields.Command.create({"name": str(day), "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
                        for day in range(7)
                    ],
                }
            )
            vets = env["res.users"].union(
                *(
                    new_test_user(env, f"concurrent_slot_vet_{number}", VET_GROUP, name=f"Dr. Slot {number}")
                    for number in range(VETS)
                )
            )
            consultation_type = env["vet.consultation.type"].create(
                {
                    "name": MADE_HERE,
                    "company_id": env.company.id,
                    "duration": 1,
                    "resource_calendar_id": calendar.id,
                    "vet_ids": [fields.Command.set(vets.ids)],
                    "booking_notice_hours": 0,
                    "invites_owners": False,
                }
            )
            owners = env["res.partner"].create([{"name": f"{MADE_HERE} {number}"} for number in range(OWNERS)])
            species = env["vet.species"].create({"name": MADE_HERE, "code": "test_concurrent_booking"})
            patients = env["vet.patient"].create(
                [{"name": "Rex", "partner_id": owner.id, "species_id": species.id} for owner in owners]
            )
            cls.type_id, cls.patient_ids, cls.vet_ids = consultation_type.id, patients.ids, vets.ids
            cls.made = [
                (records._name, records.ids) for records in (patients, consultation_type, species, vets, calendar)
            ] + [("res.partner", (vets.partner_id | owners).ids)]
        cls.addClassCleanup(cls._delete_what_was_made)

    @classmethod
    def _delete_what_was_made(cls):
        with cls.connection.cursor() as cr, mute_logger("odoo.models.unlink"):
            env = api.Environment(cr, SUPERUSER_ID, {MODULE_UNINSTALL_FLAG: True})
            for model, ids in cls.made:
                env[model].browse(ids).exists().unlink()

    def setUp(self):
        super().setUp()
        self.start = fields.Datetime.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
        self.addCleanup(self._delete_bookings)

    def _delete_bookings(self):
        with self.connection.cursor() as cr, mute_logger("odoo.models.unlink"):
            env = api.Environment(cr, SUPERUSER_ID, {MODULE_UNINSTALL_FLAG: True})
            self._get_booked(env).unlink()

    def _get_booked(self, env):
        return env["vet.consultation"].search([("patient_id", "in", self.patient_ids)])

    def _book(self, env, patient_id, vet_id=None):
        consultation_type = env["vet.consultation.type"].browse(self.type_id)
        vet = env["res.users"].browse(vet_id) if vet_id else None
        return env["vet.consultation"]._book(consultation_type, self.start, {"patient_id": patient_id}, vet=vet)

    def _book_at_once(self, vet_id=None):
        """Let owners book the same time in transactions that begin together, as Odoo runs requests.

        :return: what came of it for each
        :rtype: list[str]
        """
        barrier = threading.Barrier(OWNERS)
        outcomes = []

        def book(patient_id):
            with self.connection.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                barrier.wait()
                try:
                    retrying(lambda: self._book(env, patient_id, vet_id), env)
                    outcomes.append("booked")
                except UserError as error:
                    outcomes.append(str(error))

        # Odoo holds the registry's lock while it runs tests, as no server does; its own HTTP tests do the same.
        unlocked = patch.object(Registry, "_lock", DummyRLock())
        with unlocked, mute_logger("odoo.service.model", "odoo.sql_db"):
            threads = [threading.Thread(target=book, args=(patient_id,)) for patient_id in self.patient_ids]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return outcomes

    def _get_vets_of_booked(self):
        with self.connection.cursor() as cr:
            return self._get_booked(api.Environment(cr, SUPERUSER_ID, {})).mapped("vet_id.id")

    def test_of_many_owners_at_once_each_vet_gets_one(self):
        outcomes = self._book_at_once()
        self.assertEqual(outcomes.count("booked"), VETS, outcomes)
        self.assertEqual(sorted(self._get_vets_of_booked()), sorted(self.vet_ids))
        for refusal in set(outcomes) - {"booked"}:
            self.assertIn("Please choose another", refusal)

    def test_of_many_owners_who_want_one_vet_one_gets_them(self):
        outcomes = self._book_at_once(self.vet_ids[0])
        self.assertEqual(outcomes.count("booked"), 1, outcomes)
        self.assertEqual(self._get_vets_of_booked(), self.vet_ids[:1])

    def test_a_vet_who_schedules_meanwhile_keeps_the_time(self):
        with self.connection.cursor() as owners_cr, self.connection.cursor() as vets_cr:
            owner, vet = (api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}) for cr in (owners_cr, vets_cr))
            owner["vet.consultation.type"].browse(self.type_id).name  # noqa: B018 the owner looks at the times
            vet["vet.consultation"].create(
                {
                    "patient_id": self.patient_ids[0],
                    "type_id": self.type_id,
                    "vet_id": self.vet_ids[0],
                    "scheduled_at": self.start,
                }
            )
            vets_cr.commit()
            with mute_logger("odoo.service.model", "odoo.sql_db"), self.assertRaises(UserError):
                retrying(lambda: self._book(owner, self.patient_ids[1], self.vet_ids[0]), owner)
