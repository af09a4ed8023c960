import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_booking_limits

from .booking_common import BookingCommon

KNOWN = {"name": "Anna Keller", "email": "anna.known@example.com", "phone": "+49 30 5550177"}


@tagged("post_install", "-at_install")
class TestBookingPrivacy(BookingCommon):
    """Without a login nobody is taken for somebody else, and nobody learns who is known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["res.partner"].create({**KNOWN, "company_id": cls.company.id})

    # === NEVER MATCHED === #

    def test_somebody_with_a_known_address_gets_a_contact_of_their_own_which_is_marked(self):
        booking = self._book_as_stranger(owner=KNOWN)
        self._send(booking._get_path("time"), when="now")
        self.assertNotEqual(booking.partner_id, self.known)
        self.assertEqual(booking.consultation_id.partner_id, booking.partner_id)
        self.assertTrue(booking.possible_duplicate)
        self.assertTrue(booking.partner_id.vet_possible_duplicate)
        self.assertFalse(self.known.vet_possible_duplicate)
        self.assertEqual(booking.partner_id.company_id, self.company)

    def test_a_known_number_marks_it_too(self):
        booking = self._book_as_stranger(owner={**KNOWN, "email": "somebody@example.com"})
        self.assertTrue(booking.possible_duplicate)

    def test_somebody_unknown_is_not_marked(self):
        booking = self._book_as_stranger()
        self.assertFalse(booking.possible_duplicate)

    def test_who_is_known_to_another_clinic_is_not_marked_here(self):
        self.known.company_id = self.other_company
        self.assertFalse(self._book_as_stranger(owner=KNOWN).possible_duplicate)

    def test_the_pages_are_the_same_whether_somebody_is_known_or_not(self):
        pages = []
        for email in (KNOWN["email"], "unknown.one@example.com"):
            booking = self._begin()
            seen = [
                self._fill(booking, until="reason", owner={**KNOWN, "email": email}).text,
                self._fill(booking, owner={**KNOWN, "email": email}).text,
                self._send(booking._get_path("time"), when="now").text,
            ]
            pages.append([self._without_identity(text, booking, email) for text in seen])
        self.assertEqual(pages[0][:2], pages[1][:2])
        # The second stands one place further back.
        self.assertEqual(*(re.sub(r"data-place.*?</p>", "", page[2], flags=re.DOTALL) for page in pages))

    def _without_identity(self, text, booking, email):
        """Take out what differs between any two bookings: keys, numbers, addresses."""
        chat, consultation = booking.chat_id, booking.consultation_id
        for secret in (booking.access_token, chat.link_token, consultation.room_token, email):
            text = text.replace(secret, "·") if secret else text
        text = re.sub(r'name="csrf_token" value="\w+"', "", text)
        for path, number in (("/vet/booking/", booking.id), ("/vet/room/", consultation.id)):
            text = text.replace(f"{path}{number}/", path)
        return re.sub(r"&#34;chatId&#34;: \d+", "", text).replace(f'"chatId": {chat.id}', "")

    def test_the_mail_goes_to_the_address_given_with_the_bookings_own_link(self):
        booking = self._book_as_stranger()
        before = self.env["mail.mail"].search([])
        self._send(booking._get_path("time"), when="now")
        mails = (self.env["mail.mail"].search([]) - before).filtered(
            lambda mail: booking.partner_id in mail.recipient_ids
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(booking._get_path(), mails.body_html)
        self.assertIn("Minka", mails.subject)
        self.assertEqual(booking.partner_id.email, "nora@example.com")
        self.assertFalse(mails.model)

    def test_one_address_is_not_mailed_again_and_again(self):
        bookings = [self._book_as_stranger() for _number in range(7)]
        before = self.env["mail.mail"].search([])
        for booking in bookings:
            self._send(booking._get_path("time"), when="now")
        mails = self.env["mail.mail"].search([]) - before
        told = mails.filtered(lambda mail: "nora@example.com" in mail.recipient_ids.mapped("email"))
        self.assertEqual(len(told), 5)
        self.assertEqual({booking.state for booking in bookings}, {"requested"})

    # === LINKS === #

    def test_a_wrong_link_opens_nothing_and_says_the_same_as_one_that_never_was(self):
        booking = self._begin()
        wrong = self._open(f"/vet/booking/{booking.id}/wrong/owner")
        none = self._open("/vet/booking/999999/wrong/owner")
        self.assertEqual((wrong.status_code, none.status_code), (404, 404))
        self.assertEqual(wrong.text, none.text)
        self.assertNotIn(self.company.name, wrong.text)

    def test_a_booking_with_a_login_asks_for_that_login(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}")
        path = booking._get_path("pet")
        self._log_in(None)
        self.assertIn("/web/login", self.url_open(path, allow_redirects=False).headers["Location"])
        self._log_in(self.other_owner)
        response = self._open(path)
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("Rex", response.text)

    def test_the_result_shows_no_room_of_an_owner_who_is_another_by_now(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        consultation = booking.consultation_id
        consultation.patient_id.owner_ids |= self.other_owner.partner_id
        consultation.partner_id = self.other_owner.partner_id
        response = self._open(booking._get_path("result"))
        self.assertFalse(response.page.xpath("//a[@data-test='booking-room']"))
        self.assertNotIn(consultation.room_token, response.text)
        self.assertNotIn(self.other_owner.email, response.text)

    def test_pages_are_kept_out_of_caches_and_search_engines(self):
        booking = self._begin()
        response = self._open(booking._get_path("owner"))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")

    def test_no_page_tells_its_address_to_what_it_leads_to(self):
        booking = self._begin()
        response = self._open(booking._get_path("owner"))
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.page.xpath("//meta[@name='referrer']/@content"), ["no-referrer"])

    # === WHERE BOOKING IS OPEN === #

    def test_a_clinic_that_has_not_opened_its_link_says_the_same_as_one_that_does_not_exist(self):
        self.company.vet_booking_public = False
        closed = self._open(f"/vet/book/{self.company.id}")
        none = self._open("/vet/book/999999")
        self.assertEqual((closed.status_code, none.status_code), (404, 404))
        self.assertEqual(closed.text, none.text)

    def test_an_owner_with_a_login_can_always_book_at_their_clinic(self):
        self.company.vet_booking_public = False
        self._log_in(self.owner)
        self.assertEqual(self._begin("/my/book").company_id, self.company)

    def test_the_public_link_leads_an_owner_with_a_login_to_their_own_page(self):
        self._log_in(self.owner)
        response = self.url_open(f"/vet/book/{self.company.id}", allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith(f"/my/book?company_id={self.company.id}"))

    def test_what_another_clinic_offers_is_not_offered_here(self):
        self.env["vet.consultation.type"].create(
            {"name": "Foreign", "company_id": self.other_company.id, "is_bookable": True}
        )
        booking = self._begin()
        response = self._fill(booking, until="reason")
        self.assertNotIn("Foreign", response.text)

    # === LIMITS === #

    def test_too_many_begun_from_one_address_wait_and_are_told_the_number(self):
        with patch.object(vet_booking_limits, "MAX_FROM_CLIENT", 2):
            for _number in range(2):
                self._begin()
            before = self.env["vet.booking"].search_count([])
            response = self._send(f"/vet/book/{self.company.id}", none="1")
        self.assertEqual(response.status_code, 429)
        self.assertEqual(response.page.xpath("//a[@data-test='booking-call']/@href"), ["tel:+49305550142"])
        self.assertEqual(self.env["vet.booking"].search_count([]), before)

    def test_a_clinic_is_not_flooded_from_many_addresses(self):
        with patch.object(vet_booking_limits, "MAX_AT_COMPANY", 1):
            booking = self._begin()
            self.assertFalse(self.env["vet.booking"]._is_too_many(self.company, "203.0.113.7"))
            self._fill(booking, until="pet")
            self.assertTrue(self.env["vet.booking"]._is_too_many(self.company, "203.0.113.7"))
            self.assertFalse(self.env["vet.booking"]._is_too_many(self.other_company, "203.0.113.7"))

    def test_a_household_with_many_addresses_counts_as_one(self):
        booking_model = self.env["vet.booking"]
        one = booking_model._hash_client("2001:db8:1:2::1")
        self.assertEqual(booking_model._hash_client("2001:db8:1:2:ffff::9"), one)
        self.assertNotEqual(booking_model._hash_client("2001:db8:1:3::1"), one)
        self.assertEqual(booking_model._hash_client("::ffff:203.0.113.7"), booking_model._hash_client("203.0.113.7"))
        self.assertNotEqual(booking_model._hash_client("203.0.113.8"), booking_model._hash_client("203.0.113.7"))

    def test_names_hold_no_links(self):
        booking = self._begin()
        for name in ("win.example/x", "https://win.example", "WWW.win.example"):
            with self.subTest(name):
                response = self._send(booking._get_path("owner"), name=name, email="nora@example.com")
                self.assertIn("without slashes", self._get_text(response, "booking-problem"))
                self.assertFalse(booking.owner_name)
        self._fill(booking, until="pet")
        response = self._send(booking._get_path("pet"), name="win.example/x", species_id=str(self.species.id))
        self.assertIn("without slashes", self._get_text(response, "booking-problem"))
        self.assertFalse(booking.patient_name)

    def test_owners_with_a_login_do_not_count(self):
        self._log_in(self.owner)
        with patch.object(vet_booking_limits, "MAX_FROM_CLIENT", 1):
            self._begin(f"/my/book?company_id={self.company.id}")
            self.assertFalse(self.env["vet.booking"]._is_too_many(self.company, "127.0.0.1"))

    def test_the_network_address_itself_is_not_kept(self):
        booking = self._begin()
        self.assertTrue(booking.client_hash)
        self.assertNotIn("127.0.0.1", str(booking.read()))

    # === RIGHTS === #

    def test_vets_read_the_bookings_of_their_clinic_and_change_none(self):
        booking = self._begin()
        self.assertIn(booking, self.env["vet.booking"].with_user(self.vet).search([]))
        self.assertNotIn(booking, self.env["vet.booking"].with_user(self.foreign_vet).search([]))
        with self.assertRaises(AccessError):
            booking.with_user(self.manager).write({"reason": "x"})
        with self.assertRaises(AccessError):
            booking.with_user(self.vet).read(["access_token"])

    def test_owners_and_the_public_read_no_booking(self):
        booking = self._begin()
        for user in (self.owner, self.public, self.receptionist):
            with self.subTest(user.login), self.assertRaises(AccessError):
                booking.with_user(user).read(["state"])
