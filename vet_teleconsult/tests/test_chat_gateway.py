import base64
from email.message import EmailMessage

from odoo.tests import tagged
from odoo.tools import mute_logger

from .chat_common import ChatCommon

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestChatGateway(ChatCommon):
    """Answering a chat's mail: what arrives by Odoo's mail gateway."""

    def setUp(self):
        super().setUp()
        self.asked = self._write(self.as_vet, "How is Rex?")
        self.mail_id = self.env["mail.message"].browse(self.asked["id"]).message_id

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _receive(self, sender=None, text="He limps.", html=None, attachments=(), **headers):
        """Give a mail to Odoo as the mail server does.

        :param str sender: the owner's address by default
        :param str text: of the mail
        :param str html: the same in HTML, if any
        :param attachments: name, content and type of each file
        :param headers: others, with underscores for hyphens; a reply to the vet's message by default
        """
        mail = EmailMessage()
        values = {
            "From": sender or self.owner.email,
            "To": "clinic@example.com",
            "Subject": "Re: Linden Clinic: chat about Rex",
            "Message-Id": f"<{len(self.chat.message_ids)}@mail.example>",
            "In-Reply-To": self.mail_id,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        for name, value in values.items():
            if value:
                mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, content, mime in attachments:
            maintype, subtype = mime.split("/")
            mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
        self.env["mail.thread"].message_process("vet.chat", mail.as_bytes())
        self.env.invalidate_all()

    def _get_last(self, participant=None):
        return self.chat._get_page(None, None, None, participant or self.as_vet)["messages"][-1]

    def test_owners_answer_stands_in_the_thread_as_theirs(self):
        self._receive()
        message = self._get_last(self.as_owner)
        self.assertEqual(
            (message["body"], message["author"], message["role"], message["mine"]),
            ("He limps.", "Anna Keller", "owner", True),
        )
        self.assertTrue(self.chat.waiting_since)

    def test_vets_answer_by_mail_ends_the_owners_waiting(self):
        self._write(self.as_owner, "Well?")
        self._receive(self.vet.email, "Come tomorrow.")
        self.assertEqual(self._get_last()["role"], "vet")
        self.assertFalse(self.chat.waiting_since)

    def test_answer_is_found_by_its_references_alone(self):
        self._receive(In_Reply_To=None, References=f"<other@mail.example> {self.mail_id}")
        self.assertEqual(self._get_last()["body"], "He limps.")

    def test_what_the_mail_repeats_is_left_out(self):
        self._receive(
            text="He limps.\n\n> How is Rex?\n> Dr. Meier\n",
            html="<div>He limps.</div><div class='gmail_quote'>On Monday Dr. Meier wrote:"
            "<blockquote>How is Rex?</blockquote></div>",
        )
        self.assertEqual(self._get_last()["body"], "He limps.")

    def test_what_a_plain_mail_repeats_is_left_out(self):
        self._receive(text="He limps.\n> How is Rex?\n> Dr. Meier\n-- \nAnna Keller\nTel. 030 1\n")
        self.assertEqual(self._get_last()["body"].strip(), "He limps.")

    def test_mail_of_nothing_but_quotes_is_shown_whole(self):
        self._receive(html="<blockquote>How is Rex? FINE</blockquote>", text="> How is Rex? FINE")
        self.assertIn("FINE", self._get_last()["body"])

    def test_photo_in_a_mail_is_shown_and_can_be_fetched_without_a_login(self):
        self._receive(attachments=[("paw.png", PHOTO, "image/png")])
        (file,) = self._get_last(self.as_owner)["attachments"]
        self.assertEqual((file["name"], file["mimetype"], file["size"]), ("paw.png", "image/png", len(PHOTO)))
        self.authenticate(None, None)
        response = self.url_open(file["url"])
        self.assertEqual((response.status_code, response.content), (200, PHOTO))
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_attachment_is_not_fetched_without_its_token(self):
        self._receive(attachments=[("paw.png", PHOTO, "image/png")])
        (file,) = self._get_last()["attachments"]
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"/web/content/{file['id']}?download=true").status_code, 404)

    def test_mail_without_a_word_is_named_by_its_file_in_the_inbox(self):
        self._receive(text="", attachments=[("paw.png", PHOTO, "image/png")])
        self.assertEqual(self.chat._get_preview(self.chat.last_message_id), "paw.png")

    def test_same_mail_that_arrives_twice_is_one_message(self):
        for _delivery in range(2):
            self._receive(Message_Id="<twice@mail.example>")
        self.assertEqual(len(self.chat._get_messages()), 2)

    def test_mail_to_a_locked_chat_is_kept_for_the_vets_who_are_told(self):
        self.chat.action_lock()
        self._receive(text="One more thing")
        self.assertEqual(self._get_last()["id"], self.asked["id"])
        note = self.chat.message_ids[0]
        self.assertIn("One more thing", note.body)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(note.notification_ids.res_partner_id, self.vet.partner_id)
        self.assertFalse(self.chat.waiting_since)

    def test_strangers_mail_is_kept_for_the_vets_alone(self):
        for sender in ("stranger@elsewhere.example", self.other_owner.email):
            with self.subTest(sender=sender):
                self._receive(sender, f"I am {sender}", Message_Id=f"<{sender}>")
                self.assertEqual(self._get_last()["id"], self.asked["id"])
                self.assertIn(sender, self.chat.message_ids[0].body)
                self.assertNotIn(self.owner.partner_id, self.chat.message_ids[0].notification_ids.res_partner_id)

    def test_owners_answer_reopens_an_ended_chat_that_is_open(self):
        self.chat.with_user(self.vet)._end(lock=False)
        self._receive()
        self.assertFalse(self.chat.ended_at)

    def test_owners_colleague_of_the_same_stable_may_answer(self):
        stable = self.env["res.partner"].create({"name": "Stable", "is_company": True})
        (self.owner | self.other_owner).partner_id.parent_id = stable
        self._receive(self.other_owner.email, "He limps, says Anna.")
        self.assertEqual(self._get_last()["author"], "Otto Other")

    def test_subject_of_another_chat_does_not_lead_there(self):
        count = len(self.other_chat.message_ids)
        self._receive(Subject="Re: chat about Otis")
        self.assertEqual(len(self.other_chat.message_ids), count)
