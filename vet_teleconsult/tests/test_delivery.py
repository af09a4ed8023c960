from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .schedule_common import ScheduleCommon

TUESDAY = "2026-03-17"
ACTIVITY = "vet_teleconsult.mail_activity_type_not_delivered"


@tagged("post_install", "-at_install")
class TestDelivery(ScheduleCommon):
    """What did not reach an owner is found, and somebody is asked to call."""

    def _find(self, *states, user=None):
        return self.env["vet.consultation.notice"].with_user(user or self.vet).search([("state", "in", states)])

    def _get_calls(self, consultation):
        return consultation.activity_search([ACTIVITY])

    def _fail(self, mail):
        """Send a mail by a server that does not answer."""
        server = self.env.registry["ir.mail_server"]
        with (
            patch.object(server, "_connect__", side_effect=MailDeliveryException("no answer")),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            mail.send()

    def test_each_state_is_found_by_the_filter_that_names_it(self):
        outgoing, failed, delivered, skipped = (
            self._book(clock=clock, vet=vet).notice_ids
            for clock, vet in (
                ("09:00", self.vet),
                ("09:30", self.vet),
                ("10:00", self.vet),
                ("10:30", self.vet),
            )
        )
        failed.mail_id.state = "exception"
        delivered.mail_id.unlink()
        skipped.problem = "no_address"
        self.env.flush_all()
        for state, notice in (("outgoing", outgoing), ("failed", failed), ("sent", delivered), ("skipped", skipped)):
            with self.subTest(state=state):
                self.assertEqual(notice.state, state)
                self.assertEqual(self._find(state), notice)
        self.assertEqual(self._find("failed", "skipped"), failed | skipped)
        others = self.env["vet.consultation.notice"].with_user(self.vet).search([("state", "not in", ("failed",))])
        self.assertEqual(others, outgoing | delivered | skipped)

    def test_the_menu_lists_what_owners_of_this_clinic_were_sent(self):
        notice = self._book(vet=self.vet).notice_ids
        action = self.env.ref("vet_teleconsult.menu_notice").action
        self.assertEqual(action.res_model, notice._name)
        self.assertIn(notice, self._find("outgoing"))
        self.assertNotIn(notice, self._find("outgoing", user=self.foreign_vet))

    def test_the_vet_is_asked_to_call_an_owner_without_an_address(self):
        self.owner.partner_id.email = False
        consultation = self._book(vet=self.vet)
        call = self._get_calls(consultation)
        self.assertEqual((call.user_id, call.summary), (self.vet, "Anna Keller was not told"))

    def test_a_manager_is_asked_where_nobody_holds_the_consultation(self):
        self.owner.partner_id.email = False
        consultation = self._book()
        consultation.vet_id = False
        consultation.activity_unlink([ACTIVITY])
        consultation.action_invite_owner()
        self.assertEqual(self._get_calls(consultation).user_id, self.manager)

    def test_the_vet_is_asked_when_the_mail_fails(self):
        consultation = self._book(vet=self.vet)
        self.assertFalse(self._get_calls(consultation))
        self._fail(consultation.notice_ids.mail_id)
        self.assertEqual(consultation.notice_ids.state, "failed")
        self.assertEqual(self._get_calls(consultation).user_id, self.vet)

    def test_a_wrong_address_is_not_taken_for_sent(self):
        notice = self._book(vet=self.vet).notice_ids
        notice.mail_id._postprocess_sent_message([], [], "no such address", "mail_email_invalid")
        self.assertFalse(notice.mail_id)
        self.assertEqual((notice.state, notice.problem), ("skipped", "bad_address"))
        self.assertTrue(self._get_calls(notice.consultation_id))

    def test_the_vet_is_asked_when_the_sms_fails(self):
        consultation = self._book(vet=self.vet)
        self.consultation_type.reminder_ids = self.env.ref("vet_teleconsult.reminder_sms_day")
        consultation._remind_owner(self.consultation_type.reminder_ids)
        sms = consultation.notice_ids.sms_id
        sms.action_set_error("sms_credit")
        self.assertEqual(self._get_calls(consultation).user_id, self.vet)

    def test_the_vet_is_asked_once(self):
        self.owner.partner_id.email = False
        consultation = self._book(vet=self.vet)
        consultation.action_invite_owner()
        self.assertEqual(len(self._get_calls(consultation)), 1)

    def test_an_owner_with_an_address_and_no_mobile_is_called_by_nobody(self):
        self.owner.partner_id.phone = "+49 30 5550142"
        consultation = self._book(vet=self.vet)
        consultation._remind_owner(self.env.ref("vet_teleconsult.reminder_sms_day"))
        self.assertIn("no_mobile", consultation.notice_ids.mapped("problem"))
        self.assertFalse(self._get_calls(consultation))

    def test_nobody_has_to_call_once_it_is_sent_again(self):
        consultation = self._book(vet=self.vet)
        self._fail(consultation.notice_ids.mail_id)
        consultation.notice_ids.with_user(self.vet).action_retry()
        self.assertFalse(self._get_calls(consultation))

    def test_nobody_has_to_call_once_the_contact_is_corrected_and_invited(self):
        self.owner.partner_id.email = False
        consultation = self._book(vet=self.vet)
        self.owner.partner_id.email = "anna@example.com"
        consultation.with_user(self.vet).action_invite_owner()
        self.assertFalse(self._get_calls(consultation))

    def test_a_cancellation_that_reaches_nobody_asks_for_a_call(self):
        consultation = self._book(vet=self.vet)
        self.owner.partner_id.email = False
        consultation.with_user(self.vet).action_cancel("The vet is ill")
        self.assertEqual(self._get_calls(consultation).user_id, self.vet)

    def test_a_summary_that_reaches_nobody_asks_for_a_call(self):
        consultation = self._book(vet=self.vet)
        self.owner.partner_id.email = False
        self.env["vet.consultation.summary"]._create_for(consultation, mail_to_owner=True)._mail_to_owner()
        self.assertEqual(self._get_calls(consultation).user_id, self.vet)
