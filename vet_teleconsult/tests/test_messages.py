from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TeleconsultCommon, TeleconsultHttpCommon


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


@tagged("post_install", "-at_install")
class TestRoomMessages(TeleconsultHttpCommon):
    """Messages written in the room."""

    def _write(self, body="Rex does not eat.", client_key="key-1", **params):
        return self._ask_as_owner("message", body=body, client_key=client_key, **params)

    def test_owner_by_link_writes_as_themselves(self):
        message = self._write()
        self.assertEqual(
            {name: message[name] for name in ("author", "mine", "role", "body")},
            {"author": "Anna Keller", "mine": True, "role": "owner", "body": "Rex does not eat."},
        )
        self.env.invalidate_all()
        self.assertEqual(self.consultation.chat_id.message_ids[0].author_id, self.owner.partner_id)

    def test_vet_reads_what_the_owner_wrote_and_answers(self):
        written = self._write()
        (read,) = self._ask("messages", self.vet, after_id=0)
        self.assertEqual((read["id"], read["mine"]), (written["id"], False))
        answer = self._ask("message", self.vet, body="Since when?", client_key="key-2")
        self.assertEqual((answer["role"], answer["author"]), ("vet", "Dr. Meier"))
        (news,) = self._ask_as_owner("messages", after_id=written["id"])
        self.assertEqual((news["body"], news["mine"]), ("Since when?", False))

    def test_message_sent_again_with_its_key_is_the_same_message(self):
        self.assertEqual(self._write()["id"], self._write()["id"])
        self.env.invalidate_all()
        self.assertEqual(len(self.consultation.chat_id._get_messages()), 1)

    def test_same_text_with_another_key_is_another_message(self):
        self.assertNotEqual(self._write()["id"], self._write(client_key="key-2")["id"])

    def test_key_of_somebody_else_hides_nothing(self):
        self._write()
        self._ask("message", self.vet, body="Since when?", client_key="key-1")
        self.env.invalidate_all()
        self.assertEqual(len(self.consultation.chat_id._get_messages()), 2)

    def test_locked_chat_refuses_the_owner_and_not_the_vet(self):
        self.consultation.chat_id.action_lock()
        self.assertEqual(self._write()["error"]["code"], "chat_locked")
        self.assertNotIn("error", self._ask("message", self.vet, body="Bye", client_key="key-2"))

    def test_owner_goes_on_writing_after_the_end_while_the_chat_is_open(self):
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        self.assertEqual(self._write()["body"], "Rex does not eat.")

    def test_what_is_no_message_is_refused(self):
        for params in (
            {"body": " \n "},
            {"body": None},
            {"body": ["x"]},
            {"body": "x" * 10_001},
            {"client_key": ""},
            {"client_key": "k" * 65},
            {"client_key": 7},
        ):
            with self.subTest(params=str(params)[:40]):
                self.assertEqual(self._write(**params)["error"]["code"], "invalid")
        self.env.invalidate_all()
        self.assertFalse(self.consultation.chat_id._get_messages())
