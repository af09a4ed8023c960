from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger


class PortalCase(HttpCase):
    """Two owners, each with an animal and a consultation; a vet of the clinic."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vet = new_test_user(cls.env, "portal_vet", "base.group_user,vet_teleconsult.group_veterinarian")
        cls.owner = new_test_user(cls.env, "portal_owner", "base.group_portal", name="Olga Owner", tz="Europe/Berlin")
        cls.other_owner = new_test_user(cls.env, "portal_other_owner", "base.group_portal", name="Otto Other")
        cls.species = cls.env["vet.species"].create({"name": "Test Ferret", "code": "test_ferret"})
        cls.consultation_type = cls.env["vet.consultation.type"].create(
            {"name": "Test Video Visit", "mode": "video", "duration": 0.5}
        )
        cls.patient = cls._create_patient("Fenja", cls.owner.partner_id)
        cls.other_patient = cls._create_patient("Otis", cls.other_owner.partner_id)
        cls.consultation = cls._create_consultation(cls.patient)
        cls.other_consultation = cls._create_consultation(cls.other_patient)

    @classmethod
    def _create_patient(cls, name, partner):
        return cls.env["vet.patient"].create(
            {"name": name, "species_id": cls.species.id, "partner_id": partner.id, "allergies": False}
        )

    @classmethod
    def _create_consultation(cls, patient, **values):
        return cls.env["vet.consultation"].create(
            {
                "patient_id": patient.id,
                "partner_id": patient.partner_id.id,
                "type_id": cls.consultation_type.id,
                "mode": "video",
                "vet_id": cls.vet.id,
                "scheduled_at": fields.Datetime.now() + timedelta(hours=1),
                **values,
            }
        )

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _open(self, url, **kwargs):
        """Open a page and return it parsed; a redirection to another page fails the caller's assertions."""
        response = self.url_open(url, **kwargs)
        self.assertEqual(response.status_code, 200, url)
        return html.fromstring(response.text)

    def _assert_goes_home(self, url):
        """The address must lead to the owner's home, showing nothing of the record."""
        response = self.url_open(url, allow_redirects=False)
        self.assertIn(response.status_code, (302, 303), url)
        self.assertTrue(response.headers["Location"].rstrip("/").endswith("/my"), response.headers["Location"])

    def _links(self, page):
        return [link.get("href") for link in page.iter("a")]


@tagged("post_install", "-at_install")
class TestPortalLists(PortalCase):
    def test_home_counts_own_consultations_and_pets(self):
        self._log_in(self.owner)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["vet_consultation_count", "vet_patient_count"]}
        )
        self.assertEqual(counters, {"vet_consultation_count": 1, "vet_patient_count": 1})

    def test_home_has_a_card_for_consultations_and_one_for_pets(self):
        self._log_in(self.owner)
        links = self._links(self._open("/my"))
        self.assertIn("/my/consultations", links)
        self.assertIn("/my/pets", links)

    def test_a_vet_finds_no_clinic_consultations_on_the_own_pages(self):
        self._log_in(self.vet)
        self.assertNotIn("Fenja", self._open("/my/consultations").text_content())

    def test_the_list_shows_own_consultations_only(self):
        self._log_in(self.owner)
        text = self._open("/my/consultations").text_content()
        self.assertIn("Fenja", text)
        self.assertNotIn("Otis", text)

    def test_filtering_done_leaves_the_upcoming_out(self):
        self._log_in(self.owner)
        self.assertNotIn("Fenja", self._open("/my/consultations?filterby=done").text_content())
        self.assertIn("Fenja", self._open("/my/consultations?filterby=upcoming").text_content())

    def test_unknown_sorting_and_filter_open_the_whole_list(self):
        self._log_in(self.owner)
        page = self._open("/my/consultations?sortby=colour&filterby=weather")
        self.assertIn("Fenja", page.text_content())

    def test_sorting_oldest_turns_the_list_round(self):
        early = self._create_consultation(self.patient, scheduled_at=fields.Datetime.now() - timedelta(days=400))
        self._log_in(self.owner)
        for sortby, first in (("oldest", early), ("newest", self.consultation)):
            rows = self._open(f"/my/consultations?sortby={sortby}").find_class("o_vet_portal_consultation")
            self.assertEqual(rows[0].get("href"), f"/my/consultations/{first.id}", sortby)

    def test_more_consultations_than_fit_are_paged(self):
        for days in range(85):
            self._create_consultation(self.patient, scheduled_at=fields.Datetime.now() - timedelta(days=days))
        self._log_in(self.owner)
        page = self._open("/my/consultations")
        rows = len(page.find_class("o_vet_portal_consultation"))
        self.assertTrue(any("/my/consultations/page/2" in (link or "") for link in self._links(page)))
        rows += len(self._open("/my/consultations/page/2").find_class("o_vet_portal_consultation"))
        self.assertEqual(rows, 86)

    def test_pets_shows_own_animals_only(self):
        self._log_in(self.owner)
        text = self._open("/my/pets").text_content()
        self.assertIn("Fenja", text)
        self.assertNotIn("Otis", text)

    def test_a_second_owner_finds_the_shared_animal(self):
        self.patient.owner_ids |= self.other_owner.partner_id
        self._log_in(self.other_owner)
        self.assertIn("Fenja", self._open("/my/pets").text_content())

    def test_lists_ask_visitors_to_sign_in(self):
        for url in ("/my/consultations", "/my/pets"):
            response = self.url_open(url, allow_redirects=False)
            self.assertIn(response.status_code, (302, 303))
            self.assertIn("/web/login", response.headers["Location"])


@tagged("post_install", "-at_install")
class TestPortalConsultationPage(PortalCase):
    def test_owner_can_join_from_the_page(self):
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        join = page.xpath("//a[@data-test='portal-join']")
        self.assertEqual([link.get("href") for link in join], [self.consultation.room_url])

    def test_page_says_when_in_the_owners_time_zone(self):
        self.consultation.scheduled_at = "2030-01-15 08:30:00"
        self._log_in(self.owner)
        text = self._open(f"/my/consultations/{self.consultation.id}").text_content()
        self.assertIn("09:30", text)
        self.assertIn("Europe/Berlin", text)

    def test_owner_without_a_time_zone_reads_the_clinics_as_in_the_mails(self):
        self.consultation.scheduled_at = "2030-01-15 08:30:00"
        self.owner.tz = False
        self.vet.tz = "America/New_York"
        self.consultation.company_id.partner_id.tz = "Asia/Tokyo"
        self._log_in(self.owner)
        for address in ("/my/consultations", f"/my/consultations/{self.consultation.id}"):
            with self.subTest(address=address):
                self.assertIn("17:30", self._open(address).text_content())

    def test_breadcrumbs_lead_back_to_the_list(self):
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        crumbs = page.find_class("o_portal_submenu")[0]
        self.assertIn("/my/consultations?", self._links(crumbs))
        self.assertIn(self.consultation.name, crumbs.text_content())

    def test_another_owner_is_sent_home(self):
        self._log_in(self.other_owner)
        self._assert_goes_home(f"/my/consultations/{self.consultation.id}")

    def test_visitor_without_token_is_sent_home(self):
        self._assert_goes_home(f"/my/consultations/{self.consultation.id}")

    def test_wrong_token_is_sent_home(self):
        self.consultation._portal_ensure_token()
        self._assert_goes_home(f"/my/consultations/{self.consultation.id}?access_token=wrong")

    def test_token_of_another_consultation_is_sent_home(self):
        token = self.other_consultation._portal_ensure_token()
        self._assert_goes_home(f"/my/consultations/{self.consultation.id}?access_token={token}")

    def test_missing_consultation_is_sent_home(self):
        self._log_in(self.owner)
        self._assert_goes_home("/my/consultations/2000000000")

    def test_token_shows_the_page_but_gives_no_way_into_the_room(self):
        token = self.consultation._portal_ensure_token()
        response = self.url_open(f"/my/consultations/{self.consultation.id}?access_token={token}")
        self.assertIn("Fenja", response.text)
        self.assertNotIn(self.consultation.room_token, response.text)
        self.assertIn("Send me the link to the room", response.text)

    def test_token_page_carries_no_token_of_the_chat(self):
        token = self.consultation._portal_ensure_token()
        chat_token = self.consultation.chat_id._portal_ensure_token()
        response = self.url_open(f"/my/consultations/{self.consultation.id}?access_token={token}")
        self.assertNotIn(chat_token, response.text)

    def test_token_page_shows_messages_but_no_internal_note(self):
        chat = self.consultation.chat_id
        chat.message_post(body="Please bring a lamp.", message_type="comment", subtype_xmlid="mail.mt_comment")
        chat.message_post(body="Owner seems worried.", message_type="comment", subtype_xmlid="mail.mt_note")
        token = self.consultation._portal_ensure_token()
        text = self._open(f"/my/consultations/{self.consultation.id}?access_token={token}").text_content()
        self.assertIn("Please bring a lamp.", text)
        self.assertNotIn("Owner seems worried.", text)

    def _post_in_portal_chatter(self, body):
        chat = self.consultation.chat_id
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "vet.chat",
                "thread_id": chat.id,
                "post_data": {"body": body, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
            },
        )

    def test_owner_writes_in_an_open_chat(self):
        self._log_in(self.owner)
        self._post_in_portal_chatter("She is much better.")
        message = self.consultation.chat_id._get_messages()[-1]
        self.assertEqual(message.author_id, self.owner.partner_id)
        self.assertIn("She is much better.", message.body)

    def test_page_leads_to_the_consultations_chat(self):
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        (link,) = page.xpath("//a[@data-test='portal-chat']/@href")
        self.assertEqual(link, f"/vet/chat/{self.consultation.chat_id.id}")

    def test_locked_chat_says_so_and_takes_no_message(self):
        self.consultation.chat_id.action_lock()
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        self.assertIn("Closed by the clinic", page.text_content())
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._post_in_portal_chatter("One more question")
        self.assertFalse(self.consultation.chat_id._get_messages())

    def test_another_owner_cannot_write_in_the_chat(self):
        self._log_in(self.other_owner)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._post_in_portal_chatter("Hello?")
        self.assertFalse(self.consultation.chat_id._get_messages())

    def test_note_is_hidden_until_the_vet_shares_it(self):
        self.consultation.write({"note": "<p>Suspected mites</p>", "note_shared": False})
        self._log_in(self.owner)
        url = f"/my/consultations/{self.consultation.id}"
        self.assertNotIn("Suspected mites", self.url_open(url).text)
        self.consultation.note_shared = True
        self.assertIn("Suspected mites", self.url_open(url).text)

    def test_done_consultation_has_no_join_button(self):
        self.consultation.action_start()
        self.consultation.action_finish()
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        self.assertFalse(page.xpath("//a[@data-test='portal-join']"))
        self.assertIn("has ended", page.text_content())

    def test_cancelled_consultation_names_the_clinics_phone(self):
        self.consultation.company_id.vet_emergency_phone = "+49 30 5550142"
        self.consultation.action_cancel("The vet is ill.")
        self._log_in(self.owner)
        text = self._open(f"/my/consultations/{self.consultation.id}").text_content()
        self.assertIn("was cancelled", text)
        self.assertIn("+49 30 5550142", text)

    def _get_rebook_offer(self, consultation, query=""):
        page = self._open(f"/my/consultations/{consultation.id}{query}")
        return page.xpath("//a[@data-test='book-again']/@href")

    def test_owner_of_a_cancelled_or_missed_consultation_is_offered_another_time(self):
        self._log_in(self.owner)
        self.assertFalse(self._get_rebook_offer(self.consultation))
        for state in ("cancelled", "no_show"):
            with self.subTest(state=state):
                consultation = self._create_consultation(self.patient)
                consultation.state = state
                [offer] = self._get_rebook_offer(consultation)
                page = self._open("/vet/book/again/" + offer.rpartition("/")[2])
                self.assertIn(self.patient.name, page.text_content())

    def test_bearer_of_the_pages_token_books_nothing_in_the_owners_name(self):
        self.consultation.action_cancel("The vet is ill.")
        token = self.consultation._portal_ensure_token()
        self.authenticate(None, None)
        self.assertFalse(self._get_rebook_offer(self.consultation, f"?access_token={token}"))

    def test_where_the_link_was_withdrawn_the_clinic_is_to_be_called(self):
        self.consultation.company_id.vet_emergency_phone = "+49 30 5550142"
        self.consultation.action_cancel("The vet is ill.")
        self.consultation.action_revoke_owner_link()
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        self.assertFalse(page.xpath("//a[@data-test='book-again']"))
        self.assertIn("Please call us", page.text_content())

    def test_revoked_link_is_explained_instead_of_offered(self):
        self.consultation.action_revoke_owner_link()
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        self.assertFalse(page.xpath("//a[@data-test='portal-join']"))
        self.assertIn("expired or was withdrawn", page.text_content())

    def test_phone_consultation_says_that_the_clinic_calls(self):
        self.consultation.mode = "phone"
        self._log_in(self.owner)
        page = self._open(f"/my/consultations/{self.consultation.id}")
        self.assertFalse(page.xpath("//a[@data-test='portal-join']"))
        self.assertIn("We call you", page.text_content())

    def test_asking_for_the_link_mails_it_to_the_owner(self):
        self.owner.partner_id.email = "olga@owner.example"
        token = self.consultation._portal_ensure_token()
        url = f"/my/consultations/{self.consultation.id}"
        csrf_token = self._open(f"{url}?access_token={token}").xpath("//input[@name='csrf_token']/@value")[0]
        last_mail_id = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        response = self.url_open(f"{url}/send_link", data={"access_token": token, "csrf_token": csrf_token})
        self.assertIn("on its way", response.text)
        mails = self.env["mail.mail"].search([("id", ">", last_mail_id)])
        self.assertIn(self.consultation.room_url, "".join(mails.mapped("body_html")))
        self.assertEqual(mails.recipient_ids, self.owner.partner_id)

    def test_asking_for_the_link_of_another_owner_sends_nothing(self):
        self._log_in(self.other_owner)
        last_mail_id = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        csrf_token = self._open("/my/security").xpath("//input[@name='csrf_token']/@value")[0]
        self.url_open(f"/my/consultations/{self.consultation.id}/send_link", data={"csrf_token": csrf_token})
        self.assertFalse(self.env["mail.mail"].search([("id", ">", last_mail_id)]))


@tagged("post_install", "-at_install")
class TestPortalPetPage(PortalCase):
    def test_owner_sees_the_animal_and_its_consultations(self):
        self.patient.allergies = "Penicillin"
        self._log_in(self.owner)
        page = self._open(f"/my/pets/{self.patient.id}")
        self.assertIn("Penicillin", page.text_content())
        self.assertIn(f"/my/consultations/{self.consultation.id}", self._links(page))

    def test_another_owner_is_sent_home(self):
        self._log_in(self.other_owner)
        self._assert_goes_home(f"/my/pets/{self.patient.id}")

    def test_token_shows_the_animal_without_its_consultations(self):
        token = self.patient._portal_ensure_token()
        page = self._open(f"/my/pets/{self.patient.id}?access_token={token}")
        self.assertIn("Fenja", page.text_content())
        self.assertFalse(page.find_class("o_vet_portal_timeline"))

    def test_a_new_owner_does_not_see_the_former_owners_consultations(self):
        self.patient.write({"partner_id": self.other_owner.partner_id.id})
        self.patient.owner_ids = self.other_owner.partner_id
        self._log_in(self.other_owner)
        page = self._open(f"/my/pets/{self.patient.id}")
        self.assertIn("Fenja", page.text_content())
        self.assertFalse(page.find_class("o_vet_portal_timeline"))

    def test_owner_pages_back_through_a_long_history(self):
        now = fields.Datetime.now()
        for days in range(25):
            self._create_consultation(self.patient, scheduled_at=now - timedelta(days=days + 1), state="done")
        self._log_in(self.owner)
        page = self._open(f"/my/pets/{self.patient.id}")
        (history,) = page.find_class("o_vet_portal_timeline")
        self.assertEqual(len(history), 20)
        (earlier,) = page.xpath("//a[@data-test='portal-timeline-earlier']/@href")
        page = self._open(earlier.partition("#")[0])
        (history,) = page.find_class("o_vet_portal_timeline")
        self.assertEqual(len(history), 6)
        self.assertFalse(page.xpath("//a[@data-test='portal-timeline-earlier']"))

    def test_an_address_of_the_history_that_is_none_shows_the_newest(self):
        self._log_in(self.owner)
        page = self._open(f"/my/pets/{self.patient.id}?before=nonsense")
        self.assertIn(f"/my/consultations/{self.consultation.id}", self._links(page))

    def test_history_tells_an_owner_of_a_note_once_it_is_shared(self):
        self.consultation.note = "<p>Allergic to fleas. " + "Wash the blanket. " * 20 + "</p>"
        self._log_in(self.owner)
        self.assertNotIn("fleas", self._open(f"/my/pets/{self.patient.id}").text_content())
        self.consultation.note_shared = True
        page = self._open(f"/my/pets/{self.patient.id}")
        self.assertIn("Allergic to fleas", page.xpath("//details/summary")[0].text_content())

    def test_an_animal_without_photo_shows_a_paw(self):
        self._log_in(self.owner)
        self.assertIn("patient_placeholder.svg", self.url_open(f"/my/pets/{self.patient.id}").text)

    def test_access_url_leads_to_the_page(self):
        self.assertEqual(self.patient.access_url, f"/my/pets/{self.patient.id}")
