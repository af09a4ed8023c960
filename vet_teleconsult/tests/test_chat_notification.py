from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields

from .chat_common import ChatCommon

MORNING = datetime(2026, 5, 4, 8)


class TestChatNotification(ChatCommon):
    """Who is mailed about news in a chat, when, and what the mail says."""

    def setUp(self):
        super().setUp()
        self._forget_mails()
        self._set_time(0)

    def _forget_mails(self):
        """Count mails from here on."""
        self.last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0

    def _hold_call(self, **presence):
        """Let the vet hold the consultation, and say who is in its room; nobody is told of that in a chat's mail."""
        self.consultation.write({"vet_id": self.vet.id, **presence})
        self._forget_mails()

    def _set_time(self, minutes=0, seconds=0):
        """Let the test's clock show a time of the morning."""
        freezer = freeze_time(MORNING + timedelta(minutes=minutes, seconds=seconds))
        freezer.start()
        self.addCleanup(freezer.stop)

    def _get_mails(self, partner):
        """Give the mails to somebody since the test began, oldest first."""
        domain = [("id", ">", self.last_mail), ("recipient_ids", "in", partner.ids)]
        return self.env["mail.mail"].search(domain, order="id")

    def _run_schedule(self):
        """Do what Odoo's cron for scheduled messages does at this time."""
        self.env["mail.message.schedule"]._send_notifications_cron()

    @property
    def owner_mails(self):
        return self._get_mails(self.owner.partner_id)

    @property
    def vet_mails(self):
        return self._get_mails(self.vet.partner_id)

    # --- who

    def test_owner_who_is_away_is_mailed(self):
        self._write(self.as_vet, "How is Rex?")
        self.assertEqual(len(self.owner_mails), 1)
        self.assertFalse(self.vet_mails)

    def test_vet_who_has_claimed_is_mailed_and_no_colleague(self):
        self._write(self.as_owner, "He limps.")
        self.assertEqual(len(self.vet_mails), 1)
        self.assertFalse(self.owner_mails)
        self.assertFalse(self._get_mails(self.second_vet.partner_id | self.manager.partner_id))

    def test_unclaimed_chat_mails_no_vet(self):
        self._write(self.other_chat._get_owner_participant(), chat=self.other_chat)
        vets = self.vet | self.second_vet | self.manager
        self.assertFalse(self._get_mails(vets.partner_id))

    def test_colleague_who_answers_once_is_not_mailed_from_then_on(self):
        self._write(self.as_second_vet, "Dr. Meier is back tomorrow.")
        self._write(self.as_owner, "Thank you")
        self.assertFalse(self._get_mails(self.second_vet.partner_id))

    def test_owner_who_looks_is_not_mailed(self):
        self.chat._mark_looking(self.as_owner, True)
        self._write(self.as_vet)
        self.assertFalse(self.owner_mails)

    def test_owner_who_has_looked_away_is_mailed(self):
        self.chat._mark_looking(self.as_owner, True)
        self.chat._mark_looking(self.as_owner, False)
        self._write(self.as_vet)
        self.assertEqual(len(self.owner_mails), 1)

    def test_owner_whose_page_reports_no_longer_is_mailed(self):
        self.chat._mark_looking(self.as_owner, True)
        self._set_time(2)
        self._write(self.as_vet)
        self.assertEqual(len(self.owner_mails), 1)

    def test_vet_who_looks_is_not_mailed(self):
        self.chat._mark_looking(self.as_vet, True)
        self._write(self.as_owner)
        self.assertFalse(self.vet_mails)

    def test_whoever_is_in_the_room_is_not_mailed(self):
        chat = self.consultation.chat_id
        self._hold_call(owner_present=True, vet_present=True)
        self._write(self.as_vet, chat=chat)
        self._write(chat._get_owner_participant(), chat=chat)
        self.assertFalse(self.owner_mails | self.vet_mails)

    def test_vet_who_is_in_no_room_is_mailed_though_a_colleague_is(self):
        chat = self.consultation.chat_id
        self._hold_call(owner_present=True, vet_present=False)
        self._write(chat._get_owner_participant(), chat=chat)
        self.assertEqual(len(self.vet_mails), 1)

    def test_note_among_colleagues_is_mailed_to_no_owner(self):
        self.chat.with_user(self.vet).message_post(body="Lame?", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertFalse(self.owner_mails)

    # --- how often

    def test_several_messages_in_a_row_make_one_mail(self):
        for number in range(5):
            self._write(self.as_vet, f"Message {number}")
        self.assertEqual(len(self.owner_mails), 1)

    def test_what_came_after_the_mail_is_told_ten_minutes_later_in_one(self):
        self._write(self.as_vet, "First")
        for minute in (2, 5):
            self._set_time(minute)
            self._write(self.as_vet, f"After {minute}")
        self._set_time(9)
        self._run_schedule()
        self.assertEqual(len(self.owner_mails), 1)
        self._set_time(10, seconds=30)
        self._run_schedule()
        self.assertEqual(len(self.owner_mails), 2)
        body = self.owner_mails[1].body_html
        self.assertIn("After 2", body)
        self.assertIn("After 5", body)
        self.assertNotIn("First", body)

    def test_nothing_more_is_told_to_an_owner_who_has_read_meanwhile(self):
        self._write(self.as_vet, "First")
        self._set_time(2)
        second = self._write(self.as_vet, "Second")
        self.chat._mark_read(self.as_owner, second["id"])
        self._set_time(11)
        self._run_schedule()
        self.assertEqual(len(self.owner_mails), 1)

    def test_owner_who_looked_and_left_is_mailed_at_once_again(self):
        self._write(self.as_vet, "First")
        self._set_time(2)
        self.chat._mark_looking(self.as_owner, True)
        self.chat._mark_looking(self.as_owner, False)
        self._set_time(3)
        self._write(self.as_vet, "Second")
        self.assertEqual(len(self.owner_mails), 2)

    def test_owner_whose_page_died_while_it_seemed_to_look_is_told_later(self):
        self.chat._mark_looking(self.as_owner, True)
        self._write(self.as_vet, "Are you there?")
        self._set_time(1, seconds=20)
        self._run_schedule()
        self.assertEqual(len(self.owner_mails), 1)
        self.assertIn("Are you there?", self.owner_mails.body_html)

    def test_owner_who_goes_on_looking_without_reading_is_told_when_they_have_left(self):
        self.chat._mark_looking(self.as_owner, True)
        self._write(self.as_vet, "Are you there?")
        self._set_time(1)
        self.chat._mark_looking(self.as_owner, True)
        self._set_time(1, seconds=20)
        self._run_schedule()
        self.assertFalse(self.owner_mails)
        self._set_time(3)
        self._run_schedule()
        self.assertEqual(len(self.owner_mails), 1)

    def test_long_talk_while_both_look_leaves_no_mail_behind(self):
        for minute in range(5):
            self._set_time(minute)
            for participant in (self.as_owner, self.as_vet):
                self.chat._mark_looking(participant, True)
            for writer, reader in ((self.as_vet, self.as_owner), (self.as_owner, self.as_vet)):
                message = self._write(writer, f"{minute}")
                self.chat._mark_read(reader, message["id"])
        self._set_time(30)
        self._run_schedule()
        self.assertFalse(self.owner_mails | self.vet_mails)

    def test_vet_with_odoos_inbox_gets_each_message_there_and_no_mail(self):
        self.vet.notification_type = "inbox"
        for number in range(2):
            self._write(self.as_owner, f"Message {number}")
        self.assertFalse(self.vet_mails)
        self.assertEqual(
            self.env["mail.notification"].search_count(
                [("res_partner_id", "=", self.vet.partner_id.id), ("mail_message_id.res_id", "=", self.chat.id)]
            ),
            2,
        )

    # --- what it says

    def test_mail_tells_author_and_words_and_opens_the_chat_by_the_owners_link(self):
        self._write(self.as_vet, "Rest <b>him</b>.\nNo stairs.")
        body = self.owner_mails.body_html
        self.assertIn("Dr. Meier", body)
        self.assertIn("Rest &lt;b&gt;him&lt;/b&gt;.", body)
        self.assertIn(self.chat.link_url, body)
        self.assertIn("+49 30 5550142", body)

    def test_mail_to_the_vet_opens_the_chat_in_odoo_and_carries_no_link_of_the_owner(self):
        self._write(self.as_owner, "He limps.")
        body = self.vet_mails.body_html
        self.assertIn("He limps.", body)
        self.assertNotIn(self.chat.link_token, body)
        self.assertIn("/mail/view?", body)
        action = self.chat._get_access_action(access_uid=self.vet.id)
        self.assertEqual(action["url"], self.chat._get_backend_path())

    def test_subject_names_clinic_and_patient(self):
        self._write(self.as_vet)
        self.assertEqual(self.owner_mails.subject, "Linden Clinic: chat about Rex")

    def test_mail_speaks_the_owners_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        self.env.flush_all()
        self._write(self.as_vet)
        self.assertIn('lang="de_DE"', self.owner_mails.body_html)

    def test_mail_of_many_messages_tells_the_last_and_counts_the_rest(self):
        self._write(self.as_vet, "First")
        self._set_time(1)
        for number in range(14):
            self._write(self.as_vet, f"Number {number}.")
        self._set_time(12)
        self._run_schedule()
        body = self.owner_mails[1].body_html
        self.assertIn("Number 13.", body)
        self.assertNotIn("Number 3.", body)
        self.assertIn("4 earlier message(s)", " ".join(body.split()))

    def test_links_stand_in_no_message(self):
        self._write(self.as_vet)
        self.assertNotIn(self.chat.link_token, "".join(self.chat.message_ids.mapped("body")))

    def test_mail_waits_for_the_queue_and_holds_up_nobody_who_writes(self):
        self._write(self.as_vet)
        self.assertEqual(self.owner_mails.state, "outgoing")
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        self.assertTrue(self.env["ir.cron.trigger"].search_count([("cron_id", "=", queue.id)]))

    def test_manual_follower_is_told_as_followers_are(self):
        self.chat.message_subscribe(partner_ids=self.second_vet.partner_id.ids)
        self._write(self.as_owner)
        self.assertEqual(len(self._get_mails(self.second_vet.partner_id)), 1)

    def test_whoever_begins_a_chat_for_a_colleague_does_not_follow_it(self):
        chat = (
            self.env["vet.chat"]
            .with_user(self.second_vet)
            .create(
                {
                    "patient_id": self.patient.id,
                    "partner_id": self.owner.partner_id.id,
                    "company_id": self.company.id,
                    "vet_id": self.vet.id,
                }
            )
        )
        self.assertEqual(chat.message_partner_ids, self.owner.partner_id | self.vet.partner_id)

    def test_told_is_remembered_with_the_time(self):
        self._write(self.as_vet)
        record = self.chat.participant_ids.filtered(lambda record: record.partner_id == self.owner.partner_id)
        self.assertEqual(record.notified_at, fields.Datetime.now())
