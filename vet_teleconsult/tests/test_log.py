import logging

from odoo.tests import BaseCase, tagged

SECRET = "kept-out-of-the-log-0123456789"
ADDRESSES = (
    f"/vet/room/1/{SECRET}",
    f"/vet/chat/1/{SECRET}",
    f"/vet/clip/1/{SECRET}",
    f"/vet/booking/1/{SECRET}/owner",
    f"/vet/book/again/{SECRET}",
    f"/vet/book/confirm/1/{SECRET}",
    f"/vet/media/1/{SECRET}?variant=play",
    f"/my/consultations/1?access_token={SECRET}",
    f"/vet/transcript/1?download=1&access_token={SECRET}",
)


@tagged("-at_install", "post_install")
class TestLog(BaseCase):
    def test_no_token_of_an_address_is_in_the_log_of_requests(self):
        for address in ADDRESSES:
            with self.subTest(address), self.assertLogs("werkzeug", "WARNING") as log:
                logging.getLogger("werkzeug").warning('127.0.0.1 - - [now] "%s" %s -', f"GET {address} HTTP/1.1", 200)
            [told] = log.output
            self.assertIn(address.partition(SECRET)[0] + "[token]", told)
            self.assertNotIn(SECRET, told)
            self.assertIn("HTTP/1.1", told)

    def test_other_addresses_are_logged_as_they_are(self):
        with self.assertLogs("werkzeug", "WARNING") as log:
            logging.getLogger("werkzeug").warning('"%s" %s -', "GET /my/chats/12?sortby=newest HTTP/1.1", 200)
        self.assertIn("/my/chats/12?sortby=newest", log.output[0])
