from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_chat_patient_media

from .media_common import MediaCommon
from .test_quote import QuoteCommon


@tagged("post_install", "-at_install")
class TestChatDocument(QuoteCommon):
    """Records in a thread: who puts them there, and where else they are named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._make_quote()

    def _post(self, user=None, chat=None, record=None, body=""):
        chat, record = chat or self.chat, record or self.order
        user = user or self.vet
        return chat.with_user(user)._post_document(record.with_user(user), body)

    def test_vet_posts_a_record_with_words_to_it(self):
        message = self._post(body="Have a look, please.")
        (values,) = self.chat._format_messages(message, self.as_owner)
        self.assertEqual((values["body"], values["author"]), ("Have a look, please.", "Dr. Meier"))
        self.assertEqual((values["document"]["kind"], values["document"]["id"]), ("quote", self.order.id))

    def test_message_without_a_record_has_no_card(self):
        self.assertIsNone(self._write(self.as_vet)["document"])

    def test_record_is_posted_once(self):
        self.assertEqual(self._post(), self._post(self.second_vet))

    def test_nobody_but_vets_posts_one(self):
        for user in (self.owner, self.receptionist, self.foreign_vet):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._post(user)
        self.assertFalse(self.chat._get_messages())

    def test_record_of_another_owner_is_refused(self):
        with self.assertRaisesRegex(AccessError, "belongs to somebody else"):
            self._post(chat=self.other_chat)

    def test_nobody_forges_a_card_by_odoos_own_routes(self):
        for user in (self.vet, self.owner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.chat.with_user(user).message_post(
                    body="x",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    vet_document_model="sale.order",
                    vet_document_id=self.order.id,
                )

    def test_nobody_forges_a_card_in_a_message_itself(self):
        card = {"vet_document_model": "sale.order", "vet_document_id": self.order.id}
        values = {
            "model": "vet.chat",
            "res_id": self.chat.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
            "body": "x",
        }
        messages = self.env["mail.message"].with_user(self.vet)
        context = {f"default_{name}": value for name, value in card.items()}
        attempts = {
            "create": lambda: messages.create({**values, **card}),
            "default values": lambda: messages.with_context(**context).create(values),
            "write": lambda: messages.create(values).write(card),
            "a client's word": lambda: messages.with_context(vet_chat_author_is_checked=True).create(
                {**values, **card}
            ),
        }
        for what, attempt in attempts.items():
            with self.subTest(what=what), self.assertRaisesRegex(AccessError, "chat's own page"):
                attempt()

    def test_nobody_is_shown_more_of_another_owners_record_than_its_name(self):
        message = self._post()
        line = Command.create({"product_id": self.product.id})
        values = {"partner_id": self.other_owner.partner_id.id, "company_id": self.company.id, "state": "sent"}
        message.vet_document_id = self.env["sale.order"].create({**values, "order_line": [line]}).id
        for reader in (self.as_vet, self.as_owner):
            with self.subTest(role=reader["role"]):
                (values,) = self.chat._format_messages(message, reader)
                shown = {name: values["document"][name] for name in ("subtitle", "amount", "url", "pdf_url")}
                self.assertEqual(shown, dict.fromkeys(shown))

    def test_record_that_is_not_made_to_be_shown_is_not_shown(self):
        message = self._post()
        message.write({"vet_document_model": "res.partner", "vet_document_id": self.vet.partner_id.id})
        (values,) = self.chat._format_messages(message, self.as_owner)
        self.assertEqual(values["document"]["kind"], "missing")
        self.assertNotIn("Dr. Meier", str(values["document"]))

    def test_record_of_another_company_is_not_shown(self):
        message = self._post()
        foreign = self.env["sale.order"].create(
            {"partner_id": self.owner.partner_id.id, "company_id": self.other_company.id}
        )
        message.vet_document_id = foreign.id
        (values,) = self.chat._format_messages(message, self.as_owner)
        self.assertEqual(values["document"]["kind"], "missing")

    def test_inbox_names_the_record_of_the_last_message(self):
        self._post()
        (row,) = self.chat.with_user(self.vet)._get_inbox_rows(self.vet.partner_id)
        self.assertEqual(row["preview"], self.order.display_name)

    def test_transcript_names_the_record_its_amount_and_its_state(self):
        self.order.action_send_in_vet_chat()
        transcript = self.env["vet.transcript"].create({"chat_id": self.chat.id, "version": 1})
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "vet_teleconsult.action_report_transcript", transcript.ids
        )
        for text in (f"Quote {self.order.name}", "120.00", "Waits for your signature"):
            self.assertIn(text, html.decode())
        self.assertNotIn(self.order.access_token, html.decode())

    def test_thread_of_many_cards_costs_no_more_than_one_of_few(self):
        for _number in range(3):
            self._post(record=self._make_quote())
        few = self._count_queries()
        for _number in range(6):
            self._post(record=self._make_quote())
        self.assertEqual(self._count_queries(), few)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.chat._get_page(None, None, None, self.as_vet)
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPatientMedia(MediaCommon):
    """Files of the patient that a vet puts into a chat."""

    def _create_media(self, name="gait.mp4", **values):
        media = self._begin_media(self.as_vet, filename=name, posted=False)
        media.write({"state": "ready", **values})
        return media

    def _list(self, user=None, **params):
        user = user or self.vet
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request("/vet_teleconsult/chat/patient_media", {"chat_id": self.chat.id, **params})

    def test_vet_sees_the_patients_files_newest_first(self):
        older, newer = self._create_media("first.mp4"), self._create_media("second.mp4")
        answer = self._list()
        self.assertEqual([media["id"] for media in answer["media"]], [newer.id, older.id])
        self.assertFalse(answer["more"])

    def test_files_of_others_unfinished_ones_and_those_of_the_thread_are_left_out(self):
        shown = self._create_media()
        self.chat.with_user(self.vet)._post_message(self.as_vet, "", "key", [shown.id])
        self._create_media(state="processing")
        self._create_media(patient_id=self.other_patient.id)
        self.assertEqual(self._list()["media"], [])

    def test_file_of_an_earlier_chat_is_listed_and_can_be_sent(self):
        media = self._create_media()
        later = self.chat.copy({"vet_id": self.vet.id})
        answer = self._list(chat_id=later.id)
        self.assertEqual([file["id"] for file in answer["media"]], [media.id])
        message = later.with_user(self.vet)._post_message(self.as_vet, "", "key", [media.id])
        self.assertEqual([file["id"] for file in message["media"]], [media.id])
        self.assertEqual(self._list(chat_id=later.id)["media"], [])

    def test_list_is_read_page_by_page(self):
        files = [self._create_media().id for _number in range(3)]
        with patch.object(vet_chat_patient_media, "PAGE_LIMIT", 2):
            page = self._list()
            self.assertEqual(([file["id"] for file in page["media"]], page["more"]), (files[:0:-1], True))
            page = self._list(before_id=files[1])
            self.assertEqual(([file["id"] for file in page["media"]], page["more"]), (files[:1], False))

    def test_owner_is_refused(self):
        self._create_media()
        self.assertEqual(self._list(self.owner)["error"]["code"], "access_denied")
