from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import hash_sign

from odoo.addons.mail.tests.common import MockEmail

from .common import TeleconsultCommon, TeleconsultHttpCommon


class CancelCommon(TeleconsultCommon, MockEmail):
    """A consultation that is cancelled, and what its owner gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultation.write({"vet_id": cls.vet.id, "scheduled_at": "2026-05-04 12:00:00"})
        cls.owner.partner_id.tz = "Europe/Berlin"

    def _cancel(self, consultation=None, reason="An emergency came in."):
        """Cancel, and have the queue of mails sent."""
        consultation = consultation or self.consultation
        with self.mock_mail_gateway():
            consultation.with_user(self.vet).action_cancel(reason)
            mails = consultation.cancel_mail_id
            self.env["mail.mail"].process_email_queue(email_ids=mails.ids)
        return self._mails[-1] if self._mails else None

    def _read(self, mail):
        """Give a mail's text as its reader sees it, and the address behind its button."""
        body = html.fromstring(mail["body"])
        (link,) = body.xpath("//a[contains(@href, '/vet/book/again/')]")
        return " ".join(body.text_content().split()), link.get("href"), " ".join(link.text_content().split())


@tagged("post_install", "-at_install")
class TestCancellationMail(CancelCommon):
    """What the owner reads."""

    def test_the_owner_reads_who_when_why_and_what_to_do(self):
        mail = self._cancel()
        self.assertEqual(mail["email_to"], ['"Anna Keller" <test_owner@example.com>'])
        self.assertEqual(mail["subject"], "The consultation for Rex is cancelled")
        text, _url, button = self._read(mail)
        for words in (
            "Hello Anna Keller",
            "Rex",
            "May 4, 2026",
            "2:00 PM",  # 12:00 UTC, on the owner's clock
            "does not take place",
            "An emergency came in.",
            "works for 14 days",
            "+49 30 5550142",
            "Linden Clinic",
        ):
            self.assertIn(words, text)
        self.assertEqual(button, "Book another time")

    def test_the_button_leads_to_booking_again(self):
        _text, url, _button = self._read(self._cancel())
        path = urlsplit(url).path
        self.assertTrue(path.startswith("/vet/book/again/"))
        found = self.env["vet.consultation"]._find_by_rebook(path.rsplit("/", 1)[1])
        self.assertEqual(found, self.consultation)

    def test_what_the_vet_wrote_cannot_put_a_link_of_its_own_into_the_mail(self):
        mail = self._cancel(reason='<a href="https://evil.example">here</a>')
        text, _url, _button = self._read(mail)
        self.assertIn('<a href="https://evil.example">', text)

    def test_a_type_can_have_a_mail_of_its_own(self):
        self.consultation_type.cancel_template_id = self.env.ref(
            "vet_teleconsult.mail_template_consultation_cancelled"
        ).copy({"subject": "Skin clinic: no consultation for {{ object.patient_id.name }}"})
        self.assertEqual(self._cancel()["subject"], "Skin clinic: no consultation for Rex")

    def test_an_edited_mail_is_what_the_owner_gets(self):
        template = self.env.ref("vet_teleconsult.mail_template_consultation_cancelled")
        template.body_html = "<p>Sorry. <a t-att-href='object.rebook_url'>Again?</a></p>"
        text, _url, button = self._read(self._cancel())
        self.assertEqual((text, button), ("Sorry. Again?", "Again?"))

    def test_the_link_stands_in_no_message_of_the_record(self):
        self._cancel()
        bodies = " ".join(self.consultation.message_ids.mapped(lambda message: str(message.body)))
        self.assertIn("Cancellation sent to test_owner@example.com", bodies)
        self.assertNotIn("/vet/book/again/", bodies)

    def test_the_clinic_sees_that_the_mail_went_out(self):
        self._cancel()
        self.assertEqual(self.consultation.cancel_mail_state, "sent")

    def test_the_clinic_sees_that_the_mail_is_on_its_way(self):
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        self.assertEqual(self.consultation.with_user(self.vet).cancel_mail_state, "outgoing")

    def test_the_clinic_sees_that_the_mail_did_not_arrive_and_sends_it_again(self):
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        failed = self.consultation.cancel_mail_id
        failed.write({"state": "exception", "failure_reason": "The server is away."})
        self.assertEqual(self.consultation.cancel_mail_state, "failed")
        self.consultation.with_user(self.vet).action_mail_cancellation()
        self.assertNotEqual(self.consultation.cancel_mail_id, failed)
        self.assertEqual(self.consultation.cancel_mail_state, "outgoing")

    def test_an_owner_without_an_address_is_cancelled_all_the_same_and_has_to_be_called(self):
        self.owner.partner_id.email = False
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        self.assertEqual((self.consultation.state, self.consultation.cancel_mail_state), ("cancelled", "none"))
        self.assertIn("Call them", str(self.consultation.message_ids[0].body))
        with self.assertRaisesRegex(UserError, "has no e-mail address"):
            self.consultation.with_user(self.vet).action_mail_cancellation()

    def test_only_a_cancelled_consultation_is_mailed_about(self):
        with self.assertRaisesRegex(UserError, "is not cancelled"):
            self.consultation.with_user(self.vet).action_mail_cancellation()

    def test_owners_cannot_have_it_mailed(self):
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.consultation.with_user(self.owner).action_mail_cancellation()

    def test_cancelling_twice_mails_once(self):
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        mail = self.consultation.cancel_mail_id
        with self.assertRaisesRegex(UserError, "has been cancelled already"):
            self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        self.assertEqual(self.consultation.cancel_mail_id, mail)

    def test_a_reopened_consultation_forgets_the_mail(self):
        self._cancel()
        self.consultation.with_user(self.vet).action_reopen(fields.Datetime.now() + timedelta(days=1))
        self.assertEqual(self.consultation.cancel_mail_state, "none")


@tagged("post_install", "-at_install")
class TestCancelling(CancelCommon):
    """What else cancelling does."""

    def test_the_slot_is_given_back_once(self):
        with patch.object(type(self.consultation), "_release_slot", autospec=True) as release:
            self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        release.assert_called_once()
        self.assertEqual(release.call_args.args[0], self.consultation)

    def test_the_room_is_closed(self):
        self.consultation.sidecar_id = self.sidecar
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        command = self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)])
        self.assertEqual(command.payload, {"reason": "cancelled"})

    def test_the_dialog_says_who_is_mailed_and_who_has_to_be_called(self):
        other = self._create_consultation(self.other_patient, vet_id=self.vet.id)
        self.other_owner.partner_id.email = False
        action = (self.consultation | other).with_user(self.vet).action_cancel()
        dialog = Form(self.env["vet.consultation.cancel"].with_user(self.vet).with_context(**action["context"]))
        self.assertEqual((dialog.told_names, dialog.not_told_names), ("Anna Keller", "Otto Other"))
        dialog.reason = "The vet is ill."
        dialog.save().action_confirm()
        self.assertEqual((self.consultation | other).mapped("state"), ["cancelled", "cancelled"])

    def test_nothing_is_cancelled_when_one_of_several_cannot_be(self):
        other = self._create_consultation(vet_id=self.second_vet.id)
        with self.assertRaisesRegex(UserError, "Dr. Weber has claimed"), self.env.cr.savepoint():
            (self.consultation | other).with_user(self.vet).action_cancel("The vet is ill.")
        self.env.invalidate_all()
        self.assertEqual(self.consultation.state, "scheduled")


@tagged("post_install", "-at_install")
class TestRebookLink(CancelCommon):
    """The signed link by which an owner books again."""

    def _payload(self):
        return self.consultation._get_rebook_url().rsplit("/", 1)[1]

    def _find(self, payload):
        return self.env["vet.consultation"].with_user(self.public)._find_by_rebook(payload)

    def test_it_finds_the_consultation(self):
        self.assertEqual(self._find(self._payload()), self.consultation)

    def test_it_expires_after_two_weeks(self):
        with freeze_time("2026-05-04 12:00:00"):
            payload = self._payload()
        for moment, found in (
            ("2026-05-18 11:59:00", self.consultation),
            ("2026-05-18 12:01:00", self.env["vet.consultation"]),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self._find(payload), found)

    def test_the_clinic_sets_for_how_long(self):
        settings = self.env["res.config.settings"].create({"vet_rebook_validity_days": 3})
        settings.execute()
        self.assertEqual(self.env["vet.consultation"]._get_rebook_validity(), timedelta(days=3))
        with self.assertRaisesRegex(ValidationError, "at least one day"):
            self.env["res.config.settings"].create({"vet_rebook_validity_days": 0})

    def test_nobody_can_make_one_up(self):
        payload = self._payload()
        env = self.env(su=True)
        for forged in (
            "",
            "x",
            "x" * 200,
            payload[:-2],
            payload[:-4] + "AAAA",
            "A" * 8 + payload[8:],
            "ü" * 20,
            hash_sign(env, "another.scope", {"c": self.consultation.id}, expiration_hours=1),
            hash_sign(env, "vet_teleconsult.rebook", {"c": "1"}, expiration_hours=1),
            hash_sign(env, "vet_teleconsult.rebook", [self.consultation.id], expiration_hours=1),
            hash_sign(env, "vet_teleconsult.rebook", {"c": 2**31 - 1}, expiration_hours=1),
        ):
            with self.subTest(forged=forged):
                self.assertFalse(self._find(forged))

    def test_it_is_for_vets_to_read_alone(self):
        self.assertTrue(self.consultation.with_user(self.vet).rebook_url)
        with self.assertRaises(AccessError):
            self.consultation.with_user(self.owner).read(["rebook_url"])

    def test_settings_open_the_mail_that_is_sent(self):
        action = self.env["res.config.settings"].create({}).action_edit_vet_cancel_mail()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("mail.template", self.env.ref("vet_teleconsult.mail_template_consultation_cancelled").id),
        )

    def test_time_of_the_link_does_not_hang_on_the_appointment(self):
        self.consultation.scheduled_at = fields.Datetime.now() - timedelta(days=365)
        self.assertEqual(self._find(self._payload()), self.consultation)


@tagged("post_install", "-at_install")
class TestCancelledRoom(CancelCommon, TeleconsultHttpCommon):
    """What the owner's room link shows once the consultation is cancelled."""

    def setUp(self):
        super().setUp()
        self.consultation.scheduled_at = fields.Datetime.now()
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")

    def _open(self):
        response = self.url_open(f"/vet/room/{self.consultation.id}/{self.consultation.room_token}")
        self.assertEqual(response.status_code, 410)
        return html.fromstring(response.content)

    def test_it_says_why_and_offers_another_time(self):
        page = self._open()
        self.assertIn("The vet is ill.", page.text_content())
        (link,) = page.xpath("//a[@data-test='book-again']/@href")
        found = self.env["vet.consultation"]._find_by_rebook(urlsplit(link).path.rsplit("/", 1)[1])
        self.assertEqual(found, self.consultation)

    def test_an_old_link_makes_no_fresh_one(self):
        for values in (
            {"room_token_expiration": fields.Datetime.now() - timedelta(days=1)},
            {"room_token_revoked_at": fields.Datetime.now()},
        ):
            with self.subTest(**values):
                self.consultation.write(values)
                self.assertFalse(self._open().xpath("//a[@data-test='book-again']"))

    def test_a_page_that_is_open_hears_of_it(self):
        self.env.cr.precommit.run()
        last = self.env["bus.bus"]._bus_last_id()
        self.consultation._notify_room()
        self.env.cr.precommit.run()
        heard = self.env["bus.bus"].search([("id", ">", last)]).mapped("message")
        self.assertTrue([message for message in heard if "/vet/book/again/" in message])
