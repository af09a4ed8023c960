from lxml import html

from odoo import fields
from odoo.tests import tagged

from .chat_common import ChatCommon


@tagged("post_install", "-at_install")
class TestChatPortal(ChatCommon):
    """The owner's own pages: their chats, and how they begin one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What this database holds besides is not what these tests are about.
        (cls.env["vet.consultation.type"].search([("mode", "=", "chat")]) - cls.chat_type).action_archive()
        cls.owner.tz = "Europe/Berlin"
        cls.product = cls.env["product.product"].create({"name": "Advice", "list_price": 39.0})

    def _get(self, path, user=None):
        user = user or self.owner
        self.authenticate(user.login, user.login)
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200, path)
        return html.fromstring(response.text)

    def _text(self, page):
        return " ".join(page.text_content().split())

    def _begin(self, user=None, **values):
        page = self._get("/my/chats/new", user)
        data = {"csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0], **values}
        response = self.url_open("/my/chats/new", data=data, allow_redirects=False)
        self.env.invalidate_all()
        return response

    # --- the home and the list

    def test_home_leads_to_the_chats_and_counts_what_is_new(self):
        for participant, text in ((self.as_vet, "a"), (self.as_vet, "b"), (self.as_owner, "c")):
            self._write(participant, text)
        page = self._get("/my")
        self.assertIn("/my/chats", page.xpath("//a/@href"))
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["vet_chat_unread_count"]})
        self.assertEqual(counters, {"vet_chat_unread_count": 0})
        self._write(self.as_vet, "d")
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["vet_chat_unread_count"]})
        self.assertEqual(counters, {"vet_chat_unread_count": 1})

    def test_list_shows_own_chats_with_what_is_new(self):
        self._write(self.as_vet, "How is he?")
        page = self._get("/my/chats")
        rows = page.find_class("o_vet_portal_chat")
        self.assertEqual([row.get("href") for row in rows], [f"/vet/chat/{self.chat.id}"])
        self.assertIn("How is he?", self._text(rows[0]))
        self.assertIn("1 new", self._text(rows[0]))

    def test_list_says_in_which_state_a_chat_is(self):
        for change, words in (
            ({"waiting_since": fields.Datetime.now()}, "The clinic will answer"),
            ({"state": "locked"}, "Closed by the clinic"),
            ({"ended_at": fields.Datetime.now()}, "Ended"),
        ):
            with self.subTest(words=words):
                self.chat.write(change)
                self.assertIn(words, self._text(self._get("/my/chats").find_class("o_vet_portal_chat")[0]))

    def test_owner_without_chats_is_invited_to_ask(self):
        self.chat.unlink()
        page = self._get("/my/chats")
        self.assertIn("You have no chats with us yet", self._text(page))
        self.assertTrue(page.xpath("//a[@data-test='portal-ask'][@href='/my/chats/new']"))

    def test_list_is_paged(self):
        for _chat in range(85):
            self._create_chat()
        rows = len(self._get("/my/chats").find_class("o_vet_portal_chat"))
        rows += len(self._get("/my/chats/page/2").find_class("o_vet_portal_chat"))
        self.assertEqual(rows, 86)

    def test_address_of_a_chat_among_the_own_pages_leads_to_its_page(self):
        self.authenticate(self.owner.login, self.owner.login)
        response = self.url_open(f"/my/chats/{self.chat.id}", allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith(f"/vet/chat/{self.chat.id}"))

    def test_pages_ask_visitors_to_sign_in(self):
        self.authenticate(None, None)
        for path in ("/my/chats", "/my/chats/new", f"/my/chats/{self.chat.id}"):
            with self.subTest(path=path):
                self.assertIn("/web/login", self.url_open(path, allow_redirects=False).headers["Location"])

    # --- beginning

    def test_price_and_time_to_reply_are_told_before_the_chat_begins(self):
        self.chat_type.product_id = self.product
        (offer,) = self._get("/my/chats/new").xpath("//*[@data-test='portal-offer']")
        text = self._text(offer)
        self.assertIn("Ask by Chat", text)
        self.assertIn("Reply within 4 hours", text)
        self.assertIn("If you write now: by", text)
        price = self.chat_type._format_price(self.owner.partner_id, self.company)
        self.assertIn("39.00", price)
        self.assertIn(" ".join(price.split()), text)

    def test_what_costs_nothing_says_so(self):
        (offer,) = self._get("/my/chats/new").xpath("//*[@data-test='portal-offer']")
        self.assertIn("No charge", self._text(offer))

    def test_price_is_that_of_the_owners_price_list(self):
        self.chat_type.product_id = self.product
        self.owner.partner_id.with_company(self.company).property_product_pricelist = self.env[
            "product.pricelist"
        ].create(
            {
                "name": "Shelter",
                "item_ids": [
                    fields.Command.create(
                        {"compute_price": "percentage", "percent_price": 50, "applied_on": "3_global"}
                    )
                ],
            }
        )
        self.assertIn("19.50", self.chat_type._format_price(self.owner.partner_id, self.company))

    def test_page_says_whom_to_call_in_an_emergency(self):
        page = self._get("/my/chats/new")
        self.assertIn("In an emergency do not wait", self._text(page))
        self.assertIn("tel:+49305550142", page.xpath("//a/@href"))

    def test_opening_hours_are_named(self):
        self.chat_type.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Hours", "company_id": False}
        )
        self.assertIn("Reply within 4 opening hours", self._text(self._get("/my/chats/new")))

    def test_owner_begins_a_chat_and_is_led_to_its_page(self):
        response = self._begin(patient_id=self.patient.id, type_id=self.chat_type.id, subject="  He limps ")
        chat = self.env["vet.chat"].search([("partner_id", "=", self.owner.partner_id.id)], order="id desc", limit=1)
        self.assertTrue(response.headers["Location"].endswith(f"/vet/chat/{chat.id}"))
        self.assertEqual(
            (chat.patient_id, chat.type_id, chat.subject, chat.vet_id, chat.company_id),
            (self.patient, self.chat_type, "He limps", self.env["res.users"], self.company),
        )
        self.assertNotEqual(chat, self.chat)

    def test_page_of_a_pet_offers_to_ask_about_it(self):
        luna = self._create_patient("Luna", self.owner.partner_id)
        page = self._get(f"/my/pets/{luna.id}")
        (link,) = page.xpath("//a[@data-test='portal-ask']/@href")
        chosen = self._get(link).xpath("//input[@name='patient_id'][@checked]/@value")
        self.assertEqual(chosen, [str(luna.id)])

    def test_bearer_of_a_pets_token_is_not_offered_to_ask(self):
        token = self.patient._portal_ensure_token()
        self.authenticate(None, None)
        response = self.url_open(f"/my/pets/{self.patient.id}?access_token={token}")
        self.assertNotIn("portal-ask", response.text)

    def test_what_is_not_theirs_begins_nothing(self):
        count = self.env["vet.chat"].search_count([])
        for values in (
            {"patient_id": self.other_patient.id, "type_id": self.chat_type.id},
            {"patient_id": self.patient.id, "type_id": self.consultation_type.id},
            {"patient_id": self.patient.id},
            {"patient_id": "x", "type_id": "y"},
            {},
        ):
            with self.subTest(values=values):
                response = self._begin(**values)
                self.assertEqual(response.status_code, 200)
                self.assertIn("Choose which pet it is about", response.text)
        self.assertEqual(self.env["vet.chat"].search_count([]), count)

    def test_clinic_offers_its_own_types_to_its_own_patients(self):
        birch_type = self.chat_type.copy({"name": "Birch Chat", "company_id": self.other_company.id})
        self.assertNotIn("Birch Chat", self._text(self._get("/my/chats/new")))
        self.owner.company_ids |= self.other_company
        self._create_patient("Luna", self.owner.partner_id, self.other_company)
        page = self._get("/my/chats/new")
        self.assertIn("Birch Chat", self._text(page))
        response = self._begin(patient_id=self.patient.id, type_id=birch_type.id)
        self.assertIn("does not offer", response.text)

    def test_clinic_without_chats_says_to_call(self):
        self.chat_type.active = False
        self.assertIn("does not answer questions by chat", self._text(self._get("/my/chats/new")))

    def test_owner_without_pets_is_told_to_call(self):
        stranger = self._create_user("test_stranger", "base.group_portal", name="Nora New")
        self.assertIn("We know of no pet of yours", self._text(self._get("/my/chats/new", stranger)))

    def test_long_subject_is_cut_and_not_refused(self):
        self._begin(patient_id=self.patient.id, type_id=self.chat_type.id, subject="x" * 500)
        chat = self.env["vet.chat"].search([("partner_id", "=", self.owner.partner_id.id)], order="id desc", limit=1)
        self.assertEqual(len(chat.subject), 120)
