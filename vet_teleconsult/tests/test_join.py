from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_link_request

from .common import TeleconsultHttpCommon

NOWHERE = 2**30


@tagged("post_install", "-at_install")
class TestJoin(TeleconsultHttpCommon):
    """The neutral link that stands in calendars."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultation.scheduled_at = fields.Datetime.now() + timedelta(days=1)
        cls.before = cls.env["mail.mail"].search([])

    def _visit(self, user=None, consultation_id=None, **values):
        self.authenticate(user and user.login, user and user.login)
        path = f"/vet/join/{consultation_id or self.consultation.id}"
        if values:
            values["csrf_token"] = self._find_token(self.url_open(path).text)
        response = self.url_open(path, data=values or None, allow_redirects=False)
        self._answer()
        return response

    def _answer(self):
        """Let the requests be answered that were noted."""
        with self.enter_registry_test_mode():
            self.env.ref("vet_teleconsult.ir_cron_answer_link_requests").method_direct_trigger()
        self.env.invalidate_all()

    def _find_token(self, text):
        return text.split('name="csrf_token" value="')[1].split('"')[0]

    def _lead(self, *args, **kwargs):
        """Say where somebody is led to; None when they are shown the page."""
        response = self._visit(*args, **kwargs)
        return response.headers["Location"].removeprefix(self.base_url()) if response.status_code == 303 else None

    def _get_mails(self):
        return self.env["mail.mail"].search([]) - self.before

    def test_a_vet_is_led_to_the_room_in_odoo(self):
        self.assertEqual(
            self._lead(self.vet), f"/odoo/vet.consultation/{self.consultation.id}/action-vet_teleconsult.room"
        )

    def test_a_vet_is_led_to_the_consultation_when_it_is_over_or_by_phone(self):
        form = f"/odoo/vet.consultation/{self.consultation.id}"
        self.consultation.mode = "phone"
        self.assertEqual(self._lead(self.vet), form)
        self.consultation.write({"mode": "video", "state": "cancelled"})
        self.assertEqual(self._lead(self.vet), form)

    def test_the_owner_is_led_to_their_room_by_their_login(self):
        self.assertEqual(self._lead(self.owner), f"/vet/room/{self.consultation.id}/{self.consultation.room_token}")

    def test_the_owner_is_led_to_their_portal_when_the_link_is_closed(self):
        self.consultation.action_revoke_owner_link()
        self.assertEqual(self._lead(self.owner), f"/my/consultations/{self.consultation.id}")

    def test_everybody_else_is_shown_the_page_and_no_token(self):
        for user in (None, self.other_owner, self.receptionist, self.foreign_vet):
            with self.subTest(user=user and user.login):
                response = self._visit(user)
                self.assertEqual(response.status_code, 200)
                self.assertNotIn(self.consultation.room_token, response.text)
                self.assertNotIn("Rex", response.text)
                self.assertNotIn("Linden Clinic", response.text)

    def test_the_owners_address_gets_the_link_and_nobody_else(self):
        self._visit(email="  Test_Owner@Example.com ")
        mail = self._get_mails()
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)
        self.assertIn(self.consultation.room_url, mail.body_html)
        self.assertFalse(mail.email_to or mail.email_cc)

    def test_another_address_gets_nothing(self):
        for email in ("test_other_owner@example.com", "not an address", "x" * 10000):
            self._visit(email=email)
        self.assertFalse(self._get_mails())

    def test_the_answer_is_the_same_whatever_there_is(self):
        def answer(**kwargs):
            return self._visit(**kwargs).text

        sent = answer(email="test_owner@example.com")
        self.assertIn("Look into your mailbox", sent)
        self.assertEqual(answer(email="somebody@example.com"), sent)
        self.assertEqual(answer(email="test_owner@example.com", consultation_id=NOWHERE), sent)

    def test_a_consultation_that_does_not_exist_shows_the_same_page(self):
        def strip(response):
            text = response.text.replace(str(NOWHERE), "#").replace(f"/vet/join/{self.consultation.id}", "/vet/join/#")
            return text.replace(self._find_token(text), "")

        self.assertEqual(strip(self._visit(consultation_id=NOWHERE)), strip(self._visit()))

    def test_a_request_is_only_noted_whether_the_address_is_the_owners_or_not(self):
        before = self.env["vet.link.request"].search([])
        with patch.object(type(self), "_answer"):
            for email in ("test_owner@example.com", "somebody@example.com"):
                self._visit(email=email)
        requests = self.env["vet.link.request"].search([]) - before
        self.assertEqual(requests.mapped("state"), ["new", "new"])
        self.assertFalse(self._get_mails())
        self._answer()
        self.assertEqual(sorted(requests.mapped("state")), ["mailed", "refused"])
        self.assertFalse(any(requests.mapped("email")))

    def test_in_a_day_an_owner_is_mailed_five_times_at_most(self):
        for _number in range(6):
            self._visit(email="test_owner@example.com")
            self.consultation.link_asked_at = fields.Datetime.now() - timedelta(minutes=6)
        self.assertEqual(len(self._get_mails()), 5)

    def test_who_asks_again_and_again_is_told_the_same_and_not_listened_to(self):
        sent = self._visit(email="somebody@example.com").text
        with patch.object(vet_link_request, "MAX_FROM_CLIENT", 1):
            self.assertEqual(self._visit(email="test_owner@example.com").text, sent)
        self.assertFalse(self._get_mails())

    def test_asking_again_at_once_mails_nothing_more(self):
        self._visit(email="test_owner@example.com")
        self._visit(email="test_owner@example.com")
        self.assertEqual(len(self._get_mails()), 1)
        self.consultation.link_asked_at -= timedelta(minutes=6)
        self._visit(email="test_owner@example.com")
        self.assertEqual(len(self._get_mails()), 2)

    def test_what_is_over_or_withdrawn_is_mailed_to_nobody(self):
        self.consultation.action_revoke_owner_link()
        self._visit(email="test_owner@example.com")
        self.consultation.action_renew_owner_link()
        self.consultation.state = "cancelled"
        self._visit(email="test_owner@example.com")
        self.assertFalse(self._get_mails())

    def test_the_page_stays_out_of_caches_and_search_engines(self):
        headers = self._visit().headers
        self.assertEqual((headers["Cache-Control"], headers["X-Robots-Tag"]), ("no-store", "noindex"))
