from odoo.exceptions import UserError

from .common import TeleconsultCommon


class TestChat(TeleconsultCommon):
    """Messages of a chat, whoever posts them and by which way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chat = cls.consultation.chat_id

    def _post(self, user, body="Hello", **values):
        return self.chat.with_user(user).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment", **values
        )

    def test_owner_with_a_login_posts_in_their_own_chat(self):
        message = self._post(self.owner)
        self.assertEqual(message.author_id, self.owner.partner_id)

    def test_owner_cannot_write_in_a_locked_chat(self):
        self.chat.action_lock()
        with self.assertRaisesRegex(UserError, "closed this chat"):
            self._post(self.owner)

    def test_vet_can_write_in_a_locked_chat(self):
        self.chat.action_lock()
        self.assertTrue(self._post(self.vet))

    def test_mail_to_a_locked_chat_is_kept_for_the_vets_alone(self):
        self.chat.action_lock()
        self.chat.message_post(
            body="One more thing",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.owner.partner_id.id,
        )
        self.assertIn("One more thing", self.chat.message_ids[0].body)
        self.assertFalse(self.chat._get_messages())

    def test_internal_notes_are_no_messages_of_the_chat(self):
        self.chat.message_post(body="Difficult owner", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertFalse(self.chat._get_messages())

    def test_text_comes_back_as_it_was_typed(self):
        participant = self.consultation._get_owner_participant()
        for number, text in enumerate(
            ("1 < 2 & 3 > 2", "two\n\nparagraphs", "*stars* and /slashes/", "<script>alert(1)</script>", "¿café? 🐱")
        ):
            with self.subTest(text=text):
                message = self.chat._post_message(participant, text, f"key-{number}")
                self.assertEqual(message["body"], text)

    def test_markup_is_stored_escaped(self):
        participant = self.consultation._get_owner_participant()
        self.chat._post_message(participant, "<b onclick='x()'>hi</b>", "key")
        self.assertNotIn("<b", self.chat.message_ids[0].body)

    def test_no_mail_is_sent_while_both_sides_read_along(self):
        self.consultation.write({"owner_present": True, "vet_present": True})
        participant = self.consultation.with_user(self.vet)._get_vet_participant()
        self.chat.with_user(self.vet)._post_message(participant, "How is Rex?", "key")
        self.assertFalse(self.chat.message_ids[0].notification_ids)

    def test_owner_who_is_away_is_told_by_mail(self):
        participant = self.consultation.with_user(self.vet)._get_vet_participant()
        self.chat.with_user(self.vet)._post_message(participant, "How is Rex?", "key")
        self.assertEqual(self.chat.message_ids[0].notification_ids.res_partner_id, self.owner.partner_id)

    def test_nobody_is_present_after_the_end(self):
        self.consultation.write({"state": "in_progress", "owner_present": True, "vet_present": True})
        self.consultation.action_finish()
        self.assertFalse(self.chat._is_everyone_present())

    def test_chat_with_messages_cannot_be_deleted(self):
        chat = self.env["vet.chat"].create(
            {"patient_id": self.patient.id, "partner_id": self.owner.partner_id.id, "company_id": self.company.id}
        )
        chat.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        with self.assertRaisesRegex(UserError, "patient's record"):
            chat.unlink()
