from lxml import html

from odoo.exceptions import UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .chat_common import ChatCommon


@tagged("post_install", "-at_install")
class TestChatLink(ChatCommon):
    """The owner's link: what it opens, and that a withdrawn one opens nothing."""

    def _open_page(self, path, user=None):
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(path, allow_redirects=False)

    def _link(self):
        return f"/vet/chat/{self.chat.id}/{self.chat.link_token}"

    # --- the page

    def test_link_opens_the_chat_without_a_login(self):
        response = self._open_page(self._link())
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.text)
        self.assertIn('"accessToken": "' + self.chat.link_token, page.get_element_by_id("vet_chat").get("data-props"))
        self.assertIn("Rex", page.findtext(".//title"))
        self.assertEqual(page.get("lang"), "en-US")

    def test_page_is_nobodys_to_keep_or_to_tell(self):
        headers = self._open_page(self._link()).headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    def test_wrong_link_is_refused_in_words_and_names_the_clinics_phone(self):
        for path in (f"/vet/chat/{self.chat.id}/wrong", f"/vet/chat/2000000000/{self.chat.link_token}"):
            with self.subTest(path=path):
                response = self._open_page(path)
                self.assertEqual(response.status_code, 404)
                self.assertIn("link is not complete", response.text)
                self.assertNotIn("Rex", response.text)

    def test_link_of_another_chat_is_wrong(self):
        self.assertEqual(self._open_page(f"/vet/chat/{self.other_chat.id}/{self.chat.link_token}").status_code, 404)

    def test_withdrawn_link_is_said_to_be_withdrawn(self):
        links = []
        for _renewal in range(2):
            links.append(self._link())
            self.chat.with_user(self.vet).action_renew_link()
        for link in links:
            response = self._open_page(link)
            self.assertEqual(response.status_code, 410)
            self.assertIn("has withdrawn this link", response.text)
        self.assertEqual(self._open_page(self._link()).status_code, 200)

    def test_owner_with_a_login_opens_the_page_without_a_link(self):
        response = self._open_page(f"/vet/chat/{self.chat.id}", self.owner)
        page = html.fromstring(response.text)
        self.assertIn('"accessToken": null', page.get_element_by_id("vet_chat").get("data-props"))
        self.assertIn('"back": "/my/chats"', page.get_element_by_id("vet_chat").get("data-props"))
        self.assertNotIn(self.chat.link_token, response.text)

    def test_another_owner_is_refused(self):
        self.assertEqual(self._open_page(f"/vet/chat/{self.chat.id}", self.other_owner).status_code, 404)

    def test_visitor_without_a_link_is_asked_to_sign_in(self):
        response = self._open_page(f"/vet/chat/{self.chat.id}")
        self.assertIn("/web/login?redirect=/vet/chat/", response.headers["Location"])

    def test_vet_is_led_to_the_chat_in_odoo_and_a_foreign_one_refused(self):
        response = self._open_page(f"/vet/chat/{self.chat.id}", self.vet)
        self.assertTrue(response.headers["Location"].endswith(self.chat._get_backend_path()))
        for user in (self.foreign_vet, self.receptionist):
            with self.subTest(user=user.login):
                self.assertEqual(self._open_page(f"/vet/chat/{self.chat.id}", user).status_code, 404)

    # --- the routes

    def test_withdrawn_link_asks_in_vain(self):
        token = self.chat.link_token
        self.chat.with_user(self.vet).action_renew_link()
        for route in ("open", "messages", "message", "read", "look", "typing", "upload", "media"):
            with self.subTest(route=route):
                answer = self._ask_chat(route, access_token=token)
                self.assertEqual(answer["error"]["code"], "link_revoked")

    def test_what_is_no_link_asks_in_vain(self):
        for params in (
            {"access_token": "wrong"},
            {"access_token": 7},
            {"access_token": ["x"]},
            {"chat_id": self.other_chat.id, "access_token": self.chat.link_token},
            {"chat_id": "7", "access_token": self.chat.link_token},
            {"chat_id": -1},
            {"chat_id": 10**12},
            {"chat_id": None},
            {"chat_id": True, "access_token": self.chat.link_token},
            {},
        ):
            with self.subTest(params=str(params)):
                self.assertEqual(self._ask_chat("open", **params)["error"]["code"], "access_denied")

    def test_portal_token_of_the_record_opens_nothing(self):
        token = self.chat._portal_ensure_token()
        self.assertEqual(self._ask_chat("open", access_token=token)["error"]["code"], "access_denied")

    def test_portal_token_of_the_record_does_not_write_by_odoos_own_route(self):
        token = self.chat._portal_ensure_token()
        post = {
            "thread_model": "vet.chat",
            "thread_id": self.chat.id,
            "token": token,
            "post_data": {"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
        }
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/mail/message/post", post)
        self.assertFalse(self.chat._get_messages())

    def test_what_odoo_shares_of_a_chat_carries_no_token(self):
        self.assertEqual(self.chat._get_share_url(pid=self.owner.partner_id.id), f"/vet/chat/{self.chat.id}")

    def test_what_odoo_signs_for_people_without_a_login_dies_with_the_link(self):
        signature = self.chat._sign_token(self.owner.partner_id.id)
        self.chat.with_user(self.vet).action_renew_link()
        self.assertNotEqual(self.chat._sign_token(self.owner.partner_id.id), signature)

    # --- sending and renewing

    def _get_mails(self):
        return self.env["mail.mail"].search([("id", ">", self.last_mail)])

    def setUp(self):
        super().setUp()
        self.last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0

    def test_link_is_mailed_to_the_owner_alone_and_stands_in_no_message(self):
        self.chat.with_user(self.vet).action_send_link()
        mail = self._get_mails()
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)
        self.assertIn(self.chat.link_url, mail.body_html)
        self.assertNotIn(self.chat.link_token, "".join(self.chat.message_ids.mapped("body")))
        self.assertFalse(mail.mail_message_id.res_id)

    def test_link_cannot_be_mailed_to_an_owner_without_address(self):
        self.owner.partner_id.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.chat.with_user(self.vet).action_send_link()

    def test_colleague_cannot_renew_the_link_of_a_claimed_chat(self):
        token = self.chat.link_token
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self.chat.with_user(self.second_vet).action_renew_link()
        self.assertEqual(self.chat.link_token, token)

    def test_new_owner_gets_another_link_and_the_former_one_is_left_outside(self):
        token = self.chat.link_token
        self.patient.owner_ids |= self.other_owner.partner_id
        self.chat.partner_id = self.other_owner.partner_id
        self.assertEqual(self._ask_chat("open", access_token=token)["error"]["code"], "link_revoked")
        self.assertNotIn(self.owner.partner_id, self.chat.message_partner_ids)

    def test_chats_of_an_older_version_get_a_link_each(self):
        self.env.cr.execute("ALTER TABLE vet_chat ALTER COLUMN link_token DROP NOT NULL")
        self.env.cr.execute("UPDATE vet_chat SET link_token = NULL")
        self.env["vet.chat"]._init_column("link_token")
        self.env.cr.execute("SELECT COUNT(*), COUNT(DISTINCT link_token), MIN(LENGTH(link_token)) FROM vet_chat")
        count, distinct, length = self.env.cr.fetchone()
        self.assertEqual((distinct, length), (count, 64))

    def test_copy_of_a_chat_has_a_link_of_its_own(self):
        self.assertNotEqual(self.chat.copy().link_token, self.chat.link_token)
