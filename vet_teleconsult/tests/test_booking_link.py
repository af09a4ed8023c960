from odoo.tests import tagged

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestBookingLink(BookingCommon):
    """A booking's link is worth no more than the links to room and chat that it leads to."""

    def _book(self):
        booking = self._book_as_stranger()
        self._book_at(booking)
        return booking

    def _cancel(self, booking):
        booking.consultation_id.with_user(self.manager).action_cancel("The vet is ill.")
        return "/vet/book/again/" + booking.consultation_id._get_rebook_url().rpartition("/")[2]

    def test_it_is_worthless_once_the_rooms_link_is_renewed(self):
        booking = self._book()
        path = booking._get_path("result")
        booking.consultation_id.with_user(self.manager).action_renew_owner_link()
        response = self._open(path)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn(booking.consultation_id.room_token, response.text)

    def test_it_is_worthless_once_the_rooms_link_is_revoked(self):
        booking = self._book()
        path = booking._get_path("result")
        booking.consultation_id.with_user(self.manager).action_revoke_owner_link()
        self.assertEqual(self._open(path).status_code, 404)

    def test_it_is_worthless_once_the_chats_link_is_renewed(self):
        booking = self._book()
        path = booking._get_path("result")
        booking.chat_id.with_user(self.manager).action_renew_link()
        response = self._open(path)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn(booking.chat_id.link_token, response.text)

    def test_once_the_consultation_is_over_it_does_not_lead_to_the_chat(self):
        booking = self._book()
        self._cancel(booking)
        response = self._open(booking._get_path("result"))
        self.assertEqual(response.status_code, 200)
        self.assertNotIn(booking.chat_id.link_token, response.text)

    # === BOOKING AGAIN === #

    def test_the_link_to_book_again_dies_with_the_rooms_link(self):
        booking = self._book()
        path = self._cancel(booking)
        self.assertEqual(self._open(path).status_code, 200)
        booking.consultation_id.room_token = booking._generate_token()
        self.assertEqual(self._open(path).status_code, 410)

    def test_the_link_to_book_again_dies_with_the_chats_link(self):
        booking = self._book()
        path = self._cancel(booking)
        booking.chat_id.with_user(self.manager).action_renew_link()
        self.assertEqual(self._open(path).status_code, 410)

    def test_the_link_to_book_again_is_the_owners_to_whom_it_was_given(self):
        booking = self._book()
        path = self._cancel(booking)
        consultation = booking.consultation_id
        consultation.patient_id.owner_ids |= self.other_owner.partner_id
        consultation.partner_id = self.other_owner.partner_id
        response = self._open(path)
        self.assertEqual(response.status_code, 410)
        self.assertNotIn(self.other_owner.email, response.text)

    def test_the_link_to_book_again_of_what_has_taken_place_opens_nothing(self):
        booking = self._book()
        path = self._cancel(booking)
        self.env.flush_all()
        self.env.cr.execute("UPDATE vet_consultation SET state = 'done' WHERE id = %s", [booking.consultation_id.id])
        self.env.invalidate_all()
        self.assertEqual(self._open(path).status_code, 410)

    def test_it_does_not_lead_to_a_new_room_whose_link_was_renewed(self):
        path = self._cancel(self._book())
        again = self._begin(path)
        self._send(again._get_path("files"))
        self._book_at(again)
        self.assertEqual(again.state, "booked")
        again.consultation_id.with_user(self.manager).action_renew_owner_link()
        response = self._open(path)
        self.assertEqual(response.status_code, 410)
        self.assertNotIn(again.access_token, response.url + response.text)
