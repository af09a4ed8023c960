from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .chat_common import ChatCommon
from .media_common import MediaCommon

COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
FORGED = {"vet_chat_author_is_checked": True}


@tagged("post_install", "-at_install")
class TestChatOdooRoutes(ChatCommon):
    """Odoo's own routes post with superuser rights, and take the context from whoever asks."""

    def _post(self, user=None, context=None, body="Hello", token=None, **post_data):
        self.authenticate(user and user.login, user and user.login)
        params = {
            "thread_model": "vet.chat",
            "thread_id": self.chat.id,
            "post_data": {"body": body, **COMMENT, **post_data},
            "context": context or {},
            **({"token": token} if token else {}),
        }
        answer = self.make_jsonrpc_request("/mail/message/post", params)
        self.env.invalidate_all()
        return self.env["mail.message"].browse(answer["message_id"])

    def _assert_refused(self, *args, sentence="", **kwargs):
        # What was tracked so far is noted first.
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        count = len(self.chat.message_ids)
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, sentence):
            self._post(*args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(len(self.chat.message_ids), count)

    def test_owner_writes_in_an_open_chat(self):
        message = self._post(self.owner)
        self.assertEqual(message.author_id, self.owner.partner_id)
        self.assertEqual(self.chat._get_messages(), message)

    def test_vet_writes_notes_and_messages(self):
        self._post(self.vet, body="Note", subtype_xmlid="mail.mt_note")
        message = self._post(self.vet)
        self.assertEqual(self.chat._get_messages(), message)

    def test_no_context_opens_a_locked_chat(self):
        self.chat.action_lock()
        for context in (None, FORGED):
            with self.subTest(context=context):
                self._assert_refused(self.owner, context)

    def test_no_type_of_message_opens_a_locked_chat(self):
        self.chat.action_lock()
        for values in (
            {"message_type": "notification"},
            {"message_type": "email"},
            {"message_type": "auto_comment"},
            {"subtype_xmlid": "mail.mt_note"},
            {"message_type": "notification", "subtype_xmlid": "mail.mt_note"},
        ):
            with self.subTest(values=values):
                self._assert_refused(self.owner, **values)

    def test_what_an_owner_writes_is_always_a_message_to_the_clinic(self):
        message = self._post(self.owner, message_type="notification", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.chat._get_messages(), message)

    def test_token_of_the_link_does_not_let_anybody_write_by_odoos_route(self):
        for locked in (False, True):
            if locked:
                self.chat.action_lock()
            for context in (None, FORGED):
                with self.subTest(locked=locked, context=context):
                    self._assert_refused(context=context, token=self.chat.link_token)

    def test_message_is_changed_while_the_chat_is_open_and_not_once_it_is_locked(self):
        message = self._post(self.owner, body="He limps")
        params = {"message_id": message.id, "update_data": {"body": "He runs"}}
        self.make_jsonrpc_request("/mail/message/update_content", params)
        self.env.invalidate_all()
        self.assertIn("He runs", message.body)
        self.chat.action_lock()
        params["update_data"]["body"] = "He flies"
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/mail/message/update_content", params)
        self.env.invalidate_all()
        self.assertIn("He runs", message.body)

    def test_note_about_a_mailed_link_is_no_message_whoever_asks_for_the_link(self):
        self.chat.with_user(self.owner).sudo().action_send_link()
        self.assertIn("Link to the chat sent", self.chat.message_ids[0].body)
        self.assertFalse(self.chat._get_messages())


@tagged("post_install", "-at_install")
class TestMediaInForeignMessages(MediaCommon):
    """A file leaves its patient's chats by nobody's hand."""

    def _create_foreign_chat(self):
        patient = self._create_patient("Fido", self.other_owner.partner_id, self.other_company)
        return self.env["vet.chat"].create(
            {
                "patient_id": patient.id,
                "partner_id": self.other_owner.partner_id.id,
                "company_id": self.other_company.id,
            }
        )

    def test_vet_of_another_clinic_cannot_put_a_file_into_a_message(self):
        chat, media = self._create_foreign_chat(), self._create_media()
        with self.assertRaises(AccessError):
            chat.with_user(self.foreign_vet).message_post(body="x", vet_media_ids=[(4, media.id)], **COMMENT)

    def test_file_in_a_message_of_another_patients_chat_is_not_seen_there(self):
        chat, media = self._create_foreign_chat(), self._create_media()
        message = chat.message_post(body="x", **COMMENT)
        message.vet_media_ids = media
        self.assertEqual(media._get_chats(), self.chat)
        self.assertFalse(media._find_page_chat(media._get_page_token(chat)))
