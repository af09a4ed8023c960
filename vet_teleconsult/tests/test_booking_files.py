from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_chat_media
from odoo.addons.vet_teleconsult.tools.room_error import RoomError

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestBookingFiles(BookingCommon):
    """What somebody without a login can put into the chat of a booking that they have only begun has its limits."""

    def _send_file(self, chat, key, size=1000):
        values = {"filename": "cat.mp4", "size": size, "mime": "video/mp4", "client_key": key, "origin": "file"}
        return chat._create_upload(chat._get_owner_participant(), values)

    def _is_refused(self, chat, key, size=1000):
        with self.assertRaises(RoomError) as refusal:
            self._send_file(chat, key, size)
        return refusal.exception.code

    def test_after_some_files_no_more_is_taken_although_all_have_arrived(self):
        chat = self._book_as_stranger().chat_id
        with patch.object(vet_chat_media, "MAX_DRAFT_FILES", 2):
            for number in range(2):
                self._send_file(chat, f"booking-file-{number}")
            chat.media_ids.state = "ready"
            self.assertEqual(self._is_refused(chat, "booking-file-2"), "draft_full")

    def test_all_files_together_are_not_too_large(self):
        chat = self._book_as_stranger().chat_id
        limit = chat.company_id._get_max_upload_bytes()
        with patch.object(vet_chat_media, "MAX_DRAFT_SIZES", 1):
            self._send_file(chat, "booking-file-0", limit - 1000)
            chat.media_ids.state = "ready"
            self.assertEqual(self._is_refused(chat, "booking-file-1", 1001), "draft_full")
            self._send_file(chat, "booking-file-2", 1000)

    def test_once_it_is_booked_more_is_taken(self):
        booking = self._book_as_stranger()
        with patch.object(vet_chat_media, "MAX_DRAFT_FILES", 0):
            self.assertEqual(self._is_refused(booking.chat_id, "booking-file-0"), "draft_full")
            self._send(booking._get_path("time"), when="now")
            self.assertTrue(self._send_file(booking.chat_id, "booking-file-0")["upload"])

    def test_nobody_writes_before_the_booking_is_finished(self):
        booking = self._book_as_stranger()
        chat = booking.chat_id
        owner = chat._get_owner_participant()
        with self.assertRaises(RoomError) as refusal:
            chat._post_message(owner, "Buy this", "message-1")
        self.assertEqual(refusal.exception.code, "draft_chat")
        with self.assertRaisesRegex(UserError, "not finished"):
            chat.message_post(
                body="Buy this", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=chat.partner_id.id
            )
        self.assertFalse(chat._has_content())
        self._send(booking._get_path("time"), when="now")
        self.assertTrue(chat._post_message(owner, "He limps", "message-2"))
