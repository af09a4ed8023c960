import io
from datetime import datetime
from unittest.mock import patch

import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TeleconsultHttpCommon

QUIET = ("odoo.addons.vet_teleconsult.models.vet_consultation_summary",)
NOTE = "<p>The left ear is <b>inflamed</b>.</p>"


class SummaryCommon(TeleconsultHttpCommon):
    """A consultation about Rex that is going on, of a type that mails summaries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultation_type.mail_summary = True
        cls.owner.partner_id.tz = "Europe/Berlin"
        cls.company.phone = "+49 30 555 0142"
        cls.consultation.write(
            {
                "state": "in_progress",
                "vet_id": cls.vet.id,
                "scheduled_at": datetime(2026, 5, 1, 8),
                "started_at": datetime(2026, 5, 1, 8),
                "note": NOTE,
                "recommendations": "Clean the ear daily.\nNo swimming.",
                "next_steps": "Recheck in two weeks.",
            }
        )
        cls.consultation.chat_id.subject = "Shakes the head"
        cls.summaries = cls.env["vet.consultation.summary"]

    def _finish(self):
        """Finish the consultation and let the scheduled action do the rest.

        :rtype: vet.consultation.summary
        """
        self.consultation.with_user(self.vet).action_finish()
        self.consultation.ended_at = datetime(2026, 5, 1, 8, 25)
        return self._make()

    def _make(self):
        for summary in self.consultation.summary_ids.filtered(lambda summary: summary.state == "pending"):
            summary._make()
        self.env.flush_all()
        self.env.invalidate_all()
        return self.consultation.summary_ids[:1]

    def _read(self, summary):
        """Read the text of a summary's PDF."""
        self.assertEqual(summary.state, "ready", summary.problem)
        pages = pypdf.PdfReader(io.BytesIO(summary.attachment_id.raw)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def _get_mails(self):
        return self.env["mail.mail"].search([("model", "=", "vet.consultation.summary")])


@tagged("post_install", "-at_install")
class TestSummaryContent(SummaryCommon):
    """What the owner takes home."""

    def test_summary_says_who_when_what_for_and_what_to_do(self):
        text = self._read(self._finish())
        for part in (
            "Rex's consultation of May 1, 2026",
            "Anna Keller",
            "Dr. Meier",
            "Video Visit",
            "Shakes the head",
            "Clean the ear daily. No swimming.",
            "Next steps Recheck in two weeks.",
            "+49 30 555",
            "Page 1 of 1",
        ):
            with self.subTest(part=part):
                self.assertIn(part, text)

    def test_times_are_those_of_the_owners_clocks(self):
        text = self._read(self._finish())
        self.assertIn("May 1, 2026, 10:00 AM to 10:25 AM", text.replace("\u202f", " "))
        self.assertIn("Europe/Berlin", text)

    def test_note_that_is_not_shared_is_not_printed(self):
        self.assertNotIn("inflamed", self._read(self._finish()))

    def test_note_that_is_shared_is_printed(self):
        self.consultation.note_shared = True
        self.assertIn("The left ear is inflamed", self._read(self._finish()))

    def test_note_fetches_nothing_from_elsewhere(self):
        self.consultation.write({"note": NOTE + '<img src="http://127.0.0.1:9/x.png"/>', "note_shared": True})
        summary = self._finish()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "vet_teleconsult.action_report_consultation_summary", summary.ids, data={"missing": set()}
        )
        self.assertNotIn(b"127.0.0.1:9", html)

    def test_signed_prescriptions_are_named_with_what_to_give(self):
        prescription = (
            self.env["vet.prescription"]
            .with_user(self.vet)
            .create(
                {
                    "patient_id": self.patient.id,
                    "consultation_id": self.consultation.id,
                    "line_ids": [(0, 0, {"name": "Otoclean", "dose": "3 drops", "frequency": "twice a day"})],
                }
            )
        )
        draft_text = self._read(self._finish())
        self.assertNotIn("Otoclean", draft_text)
        prescription.line_ids.write({"strength": "10 mg/ml", "duration": "7 days", "quantity": 1.0, "unit": "bottle"})
        prescription._sign("Dr. Meier", "BE-12345")
        self.consultation.action_make_summary()
        text = self._read(self._make())
        self.assertIn("Otoclean", text)
        self.assertIn("3 drops", text)
        self.assertIn(prescription.name, text)
        self.assertIn("licence number BE-12345", text)

    def test_summary_speaks_the_owners_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        self.assertIn("1. Mai 2026", self._read(self._finish()))


@tagged("post_install", "-at_install")
class TestSummaryMail(SummaryCommon):
    """The mail that carries it: once."""

    def test_owner_is_mailed_the_pdf_on_finishing(self):
        summary = self._finish()
        mail = self._get_mails()
        self.assertEqual((mail.recipient_ids, mail.attachment_ids), (self.owner.partner_id, summary.attachment_id))
        self.assertEqual(mail.subject, "Summary of Rex's consultation")
        self.assertIn("attached you find the summary", mail.body_html)
        self.assertEqual(summary.mail_state, "sending")

    def test_type_that_mails_none_makes_none(self):
        self.consultation_type.mail_summary = False
        self.assertFalse(self._finish())

    def test_type_may_have_a_mail_of_its_own(self):
        template = self.env.ref("vet_teleconsult.mail_template_consultation_summary").copy({"subject": "Take care"})
        self.consultation_type.summary_template_id = template
        self._finish()
        self.assertEqual(self._get_mails().subject, "Take care")

    def test_finishing_again_makes_another_version_and_mails_nothing_again(self):
        self._finish()
        self.consultation.with_user(self.vet).action_reopen()
        summary = self._finish()
        self.assertEqual((summary.version, summary.mail_state), (2, "none"))
        self.assertEqual(len(self._get_mails()), 1)

    def test_finishing_again_before_the_first_is_made_mails_once(self):
        self.consultation.with_user(self.vet).action_finish()
        self.consultation.with_user(self.vet).action_reopen()
        self._finish()
        self.assertEqual(len(self._get_mails()), 1)

    def test_scheduled_action_that_runs_twice_mails_once(self):
        self.consultation.with_user(self.vet).action_finish()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60.0):
            self.summaries._cron_make()
            self.summaries._cron_make()
        self.consultation.summary_ids._make()
        self.assertEqual(len(self._get_mails()), 1)

    def test_summary_made_by_hand_is_not_mailed_by_itself(self):
        self.consultation.with_user(self.vet).action_make_summary()
        self.assertEqual(self._make().mail_state, "none")
        self.assertFalse(self._get_mails())

    def test_vet_edits_the_mail_before_sending_it(self):
        self.consultation.with_user(self.vet).action_make_summary()
        summary = self._make()
        action = summary.with_user(self.vet).action_send()
        composer = self.env["mail.compose.message"].with_user(self.vet).with_context(**action["context"]).create({})
        composer.body = "<p>All the best</p>"
        composer._action_send_mail()
        self.env.flush_all()
        self.assertEqual(self._get_mails().recipient_ids, self.owner.partner_id)
        self.assertEqual(summary.mail_state, "sending")
        self.assertTrue(summary._is_shared())

    def test_owner_without_an_address_shows_as_a_problem_that_can_be_mended(self):
        self.owner.partner_id.email = False
        summary = self._finish()
        self.assertEqual((summary.state, summary.mail_state), ("ready", "failed"))
        self.assertIn("Anna Keller has no e-mail address", self.consultation.summary_alert)
        self.owner.partner_id.email = "anna@example.com"
        summary.with_user(self.vet).action_retry_mail()
        self.assertEqual(summary.mail_state, "sending")
        self.assertFalse(self.consultation.summary_alert)
        self.assertEqual(len(self._get_mails()), 1)

    def test_mail_that_failed_is_sent_again_as_it_was(self):
        summary = self._finish()
        mail = self._get_mails()
        mail.write({"state": "exception"})
        summary.mail_message_id.notification_ids.write(
            {"notification_status": "exception", "failure_type": "mail_smtp"}
        )
        self.env.invalidate_all()
        self.assertEqual(summary.mail_state, "failed")
        self.assertTrue(self.consultation.summary_alert)
        summary.with_user(self.vet).action_retry_mail()
        self.assertEqual((mail.state, summary.mail_state), ("outgoing", "sending"))
        self.assertEqual(self._get_mails(), mail)

    def test_mail_that_has_arrived_is_not_sent_again_by_a_second_click(self):
        summary = self._finish()
        for status in ("ready", "sent"):
            summary.mail_message_id.notification_ids.notification_status = status
            with self.subTest(status=status), self.assertRaisesRegex(UserError, "nothing to send again"):
                summary.with_user(self.vet).action_retry_mail()
        self.assertEqual(len(self._get_mails()), 1)


@tagged("post_install", "-at_install")
class TestFinishPreview(SummaryCommon):
    """What a vet is told before the owner is mailed, and how to do it later."""

    def _preview(self):
        return self.consultation.with_user(self.vet)._get_workflow()["finish"]

    def test_bar_tells_to_whom_the_summary_goes_and_what_stands_in_it(self):
        preview = self._preview()
        self.assertEqual((preview["owner"], preview["email"]), ("Anna Keller", self.owner.partner_id.email))
        self.assertEqual(
            preview["contents"],
            [
                {"label": "Recommendations", "text": "Clean the ear daily. No swimming."},
                {"label": "Next steps", "text": "Recheck in two weeks."},
            ],
        )

    def test_long_text_is_told_in_a_line_or_two(self):
        self.consultation.recommendations = "Clean the ear daily. " * 50
        text = self._preview()["contents"][0]["text"]
        self.assertLessEqual(len(text), 120)
        self.assertTrue(text.endswith("…"))

    def test_note_that_is_shared_is_told_of(self):
        self.consultation.note_shared = True
        self.assertIn({"label": "Note", "text": "The left ear is inflamed."}, self._preview()["contents"])

    def test_summary_without_words_shows_as_such(self):
        self.consultation.write({"recommendations": " ", "next_steps": False})
        self.assertEqual(self._preview()["contents"], [])

    def test_missing_address_is_told_beforehand(self):
        self.owner.partner_id.email = False
        self.assertIsNone(self._preview()["email"])

    def test_nothing_is_told_where_nothing_is_mailed(self):
        self.consultation_type.mail_summary = False
        self.assertIsNone(self._preview())

    def test_nothing_is_told_once_a_summary_went_out(self):
        self._finish()
        self.consultation.with_user(self.vet).action_reopen()
        self.assertIsNone(self._preview())

    def test_finishing_without_sending_mails_nothing_and_it_can_be_sent_later(self):
        self.consultation.with_user(self.vet)._run_workflow("finish_without_summary")
        self.assertEqual(self.consultation.state, "done")
        self.assertFalse(self.consultation.summary_ids)
        self.assertFalse(self._get_mails())
        self.consultation.with_user(self.vet).action_make_summary()
        action = self._make().with_user(self.vet).action_send()
        self.assertEqual(action["context"]["default_partner_ids"], self.owner.partner_id.ids)

    def test_what_was_finished_without_sending_is_mailed_on_finishing_again(self):
        self.consultation.with_user(self.vet).action_finish_without_summary()
        self.consultation.with_user(self.vet).action_reopen()
        self._finish()
        self.assertEqual(len(self._get_mails()), 1)


@tagged("post_install", "-at_install")
class TestSummaryMaking(SummaryCommon):
    """What goes wrong is seen, and can be tried again."""

    def test_problem_of_printing_keeps_nobody_from_finishing(self):
        problem = UserError("wkhtmltopdf is not installed")
        with (
            patch.object(type(self.summaries), "_render_pdf", side_effect=problem),
            mute_logger(*QUIET),
        ):
            summary = self._finish()
        self.assertEqual((self.consultation.state, summary.state), ("done", "failed"))
        self.assertEqual(self.consultation.summary_alert, "wkhtmltopdf is not installed")
        self.assertFalse(self._get_mails())
        summary.with_user(self.vet).action_retry()
        self.assertEqual(self._make().state, "ready")
        self.assertEqual(len(self._get_mails()), 1)

    def test_problem_of_mailing_leaves_neither_half(self):
        with (
            patch.object(type(self.summaries), "_mail_to_owner", side_effect=ValueError("broken template")),
            mute_logger(*QUIET),
        ):
            summary = self._finish()
        self.assertEqual((summary.state, bool(summary.attachment_id)), ("failed", False))

    def test_summary_that_brings_the_worker_down_is_given_up(self):
        self.consultation.with_user(self.vet).action_finish()
        self.consultation.summary_ids.attempts = 3
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60.0):
            self.summaries._cron_make()
        self.assertIn("never finished", self.consultation.summary_ids.problem)

    def test_consultation_that_has_not_begun_is_not_summed_up(self):
        with self.assertRaisesRegex(UserError, "has not begun"):
            self._create_consultation().with_user(self.vet).action_make_summary()

    def test_second_click_makes_no_second_version(self):
        self.consultation.with_user(self.vet).action_make_summary()
        with self.assertRaisesRegex(UserError, "being made already"):
            self.consultation.with_user(self.vet).action_make_summary()

    def test_summary_belongs_to_the_record(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self._finish().unlink()


@tagged("post_install", "-at_install")
class TestSummaryAccess(SummaryCommon):
    """Who may have it."""

    def _download(self, summary, user):
        self.authenticate(user.login, user.login)
        response = self.url_open(f"/vet/summary/{summary.id}", allow_redirects=False)
        self.env.invalidate_all()
        return response

    def test_vets_and_the_owner_download_what_was_sent(self):
        summary = self._finish()
        for user in (self.vet, self.second_vet, self.owner):
            with self.subTest(user=user.login):
                response = self._download(summary, user)
                self.assertEqual((response.status_code, response.content[:5]), (200, b"%PDF-"))
                self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_others_download_nothing(self):
        summary = self._finish()
        for user in (self.other_owner, self.receptionist, self.foreign_vet):
            with self.subTest(user=user.login):
                self.assertEqual(self._download(summary, user).status_code, 404)

    def test_owner_finds_none_that_was_not_sent(self):
        self.consultation.with_user(self.vet).action_make_summary()
        summary = self._make()
        self.assertEqual(self._download(summary, self.owner).status_code, 404)
        self.assertFalse(self.consultation._get_shared_summary())
        (entry,) = self.patient.with_user(self.owner)._get_timeline("owner")["entries"]
        self.assertEqual(entry["files"], [])

    def test_owner_finds_none_that_went_to_a_former_one(self):
        summary = self._finish()
        self._change_owner()
        self.assertEqual(self._download(summary, self.other_owner).status_code, 404)
        self.assertEqual(summary.mail_state, "none")
        summary._mail_to_owner()
        self.assertEqual(self._download(summary, self.other_owner).status_code, 200)

    def test_owner_is_mailed_what_is_made_again_after_it_went_to_a_former_one(self):
        self._finish()
        self.consultation.with_user(self.vet).action_reopen()
        self._change_owner()
        summary = self._finish()
        self.assertEqual(summary.mail_message_id.partner_ids, self.other_owner.partner_id)

    def _change_owner(self):
        self.patient.owner_ids |= self.other_owner.partner_id
        self.consultation.partner_id = self.other_owner.partner_id

    def test_owner_finds_it_on_the_page_of_the_consultation(self):
        summary = self._finish()
        self.authenticate(self.owner.login, self.owner.login)
        self.assertIn(f"/vet/summary/{summary.id}", self.url_open(f"/my/consultations/{self.consultation.id}").text)

    def test_timeline_leads_both_sides_to_it(self):
        summary = self._finish()
        for user, audience in ((self.vet, "vet"), (self.owner, "owner")):
            (entry,) = self.patient.with_user(user)._get_timeline(audience)["entries"]
            self.assertEqual([file["url"] for file in entry["files"]], [f"/vet/summary/{summary.id}"])

    def test_owner_reads_neither_summaries_nor_drafts_of_what_stands_in_them(self):
        self._finish()
        with self.assertRaises(AccessError):
            self.summaries.with_user(self.owner).search([])
        for name in ("recommendations", "next_steps", "summary_ids", "summary_alert"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.consultation.with_user(self.owner).read([name])

    def test_vets_change_nothing_of_a_summary(self):
        summary = self._finish()
        with self.assertRaises(AccessError):
            summary.with_user(self.vet).write({"mail_to_owner": True})

    def test_room_tells_the_vet_how_it_stands(self):
        self.assertIsNone(self.consultation.with_user(self.vet)._get_summary_info())
        self._finish()
        info = self.consultation.with_user(self.vet)._get_summary_info()
        self.assertEqual((info["label"], info["problem"]), ("Being sent", None))
