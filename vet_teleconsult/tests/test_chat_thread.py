from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vet_teleconsult.models.vet_chat_thread import PAGE_LIMIT

from .chat_common import ChatCommon
from .media_common import MediaCommon


@tagged("post_install", "-at_install")
class TestChatThread(ChatCommon):
    """Writing, reading and paging, by the routes of a chat's page."""

    def test_page_opens_with_everything_it_shows(self):
        self._write(self.as_owner, "He limps.")
        info = self._ask_by_link("open")
        self.assertEqual(info["patient"]["name"], "Rex")
        self.assertEqual(info["owner"], {"id": self.owner.partner_id.id, "name": "Anna Keller"})
        self.assertEqual(info["clinic"], {"name": "Linden Clinic", "phone": "+49 30 5550142"})
        self.assertEqual(info["vet"], {"id": self.vet.id, "name": "Dr. Meier", "participant": f"vet-{self.vet.id}"})
        self.assertEqual(info["type"], {"name": "Ask by Chat", "reply_hours": 4.0, "price": None})
        self.assertEqual([message["body"] for message in info["messages"]], ["He limps."])
        self.assertEqual(info["participant"]["id"], f"owner-{self.owner.partner_id.id}")
        self.assertEqual(info["may"], {"write": True, "claim": False, "end": False, "upload": True})
        self.assertIn("+49 30 5550142", info["emergency"]["text"])
        self.assertTrue(info["waiting_since"].endswith("Z"))

    def test_vet_has_buttons_and_no_advice_for_emergencies(self):
        info = self._ask_chat("open", self.vet)
        self.assertEqual(info["may"], {"write": True, "claim": False, "end": True, "upload": True})
        self.assertIsNone(info["emergency"])

    def test_vet_may_claim_what_nobody_has_and_not_end_what_a_colleague_has(self):
        self.assertTrue(self._ask_chat("open", self.vet, chat_id=self.other_chat.id)["may"]["claim"])
        self.assertFalse(self._ask_chat("open", self.second_vet)["may"]["end"])
        self.assertTrue(self._ask_chat("open", self.manager)["may"]["end"])

    def test_owner_is_told_that_a_locked_chat_is_to_read(self):
        self.chat.action_lock()
        info = self._ask_by_link("open")
        self.assertEqual((info["state"], info["may"]["write"], info["may"]["upload"]), ("locked", False, False))
        self.assertEqual(self._ask_by_link("message", body="Hello", client_key="k")["error"]["code"], "chat_locked")
        self.assertNotIn("error", self._ask_chat("message", self.vet, body="Bye", client_key="k"))

    def test_owner_with_a_login_cannot_talk_their_way_into_a_locked_chat(self):
        self.chat.action_lock()
        chat = self.chat.with_user(self.owner).with_context(vet_chat_author_is_checked=True)
        with self.assertRaisesRegex(UserError, "has closed this chat"):
            chat.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")

    def test_owner_with_a_login_cannot_write_in_another_name(self):
        self.chat.action_lock()
        chat = self.chat.with_user(self.owner)
        for author in (self.other_owner, self.vet):
            with self.subTest(author=author.login), self.assertRaises(UserError), mute_logger("odoo.addons.base"):
                chat.message_post(
                    body="Hello",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    author_id=author.partner_id.id,
                )
        self.assertFalse(self.chat._get_messages())

    def test_each_way_in_writes_in_the_right_name(self):
        room = {"consultation_id": self.consultation.id}
        for answer, author, role in (
            (self._ask_by_link("message", body="a", client_key="a"), "Anna Keller", "owner"),
            (self._ask_chat("message", self.owner, body="b", client_key="b"), "Anna Keller", "owner"),
            (self._ask_chat("message", self.vet, body="c", client_key="c"), "Dr. Meier", "vet"),
            (
                self._ask_chat("message", body="d", client_key="d", access_token=self.consultation.room_token, **room),
                "Anna Keller",
                "owner",
            ),
            (self._ask_chat("message", self.vet, body="e", client_key="e", **room), "Dr. Meier", "vet"),
        ):
            with self.subTest(body=answer.get("body")):
                self.assertEqual((answer["author"], answer["role"], answer["mine"]), (author, role, True))

    def test_room_link_reads_on_after_the_end_and_no_longer_when_it_is_revoked(self):
        params = {"consultation_id": self.consultation.id, "access_token": self.consultation.room_token}
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        self.assertNotIn("error", self._ask_chat("open", **params))
        self.consultation.action_revoke_owner_link()
        self.assertEqual(self._ask_chat("open", **params)["error"]["code"], "link_revoked")

    def test_message_sent_again_with_its_key_is_the_same_message(self):
        answers = [self._ask_by_link("message", body="Hello", client_key="one") for _attempt in range(2)]
        self.assertEqual(answers[0]["id"], answers[1]["id"])
        self.assertEqual(answers[0]["client_key"], "one")
        self.assertEqual(len(self.chat._get_messages()), 1)

    def test_key_of_somebody_else_hides_nothing(self):
        self._ask_by_link("message", body="He limps.", client_key="one")
        self._ask_chat("message", self.vet, body="Since when?", client_key="one")
        self.assertEqual(len(self.chat._get_messages()), 2)

    def test_what_is_no_message_is_refused(self):
        for params in (
            {"body": " \n "},
            {"body": None},
            {"body": ["x"]},
            {"body": "x" * 10_001},
            {"body": "x", "client_key": ""},
            {"body": "x", "client_key": "k" * 65},
            {"body": "x", "client_key": 7},
        ):
            with self.subTest(params=str(params)[:40]):
                answer = self._ask_by_link("message", **{"client_key": "key", **params})
                self.assertEqual(answer["error"]["code"], "invalid")
        self.assertFalse(self.chat._get_messages())

    def test_message_of_a_vet_who_has_left_stays_a_vets(self):
        self._write(self.as_vet, "Rest.")
        self.vet.active = False
        (message,) = self._ask_by_link("open")["messages"]
        self.assertEqual(message["role"], "vet")

    # --- paging

    def test_thread_is_read_page_by_page_without_gap_or_repetition(self):
        ids = self._write_many(7).ids
        page = self._ask_by_link("messages", limit=3)
        self.assertEqual([message["id"] for message in page["messages"]], ids[4:])
        self.assertTrue(page["more"])
        page = self._ask_by_link("messages", before_id=ids[4], limit=3)
        self.assertEqual(([message["id"] for message in page["messages"]], page["more"]), (ids[1:4], True))
        page = self._ask_by_link("messages", before_id=ids[1], limit=3)
        self.assertEqual(([message["id"] for message in page["messages"]], page["more"]), (ids[:1], False))

    def test_page_that_was_away_gets_what_came_since_from_the_oldest_on(self):
        ids = self._write_many(5).ids
        page = self._ask_by_link("messages", after_id=ids[0], limit=2)
        self.assertEqual(([message["id"] for message in page["messages"]], page["more"]), (ids[1:3], True))
        page = self._ask_by_link("messages", after_id=ids[2], limit=2)
        self.assertEqual(([message["id"] for message in page["messages"]], page["more"]), (ids[3:], False))

    def test_page_is_never_larger_than_its_limit(self):
        self._write_many(PAGE_LIMIT + 20)
        for limit in (PAGE_LIMIT + 10, 10**12, -1, "many", True, None):
            with self.subTest(limit=limit):
                self.assertLessEqual(len(self._ask_by_link("messages", limit=limit)["messages"]), PAGE_LIMIT)

    def test_page_costs_the_same_in_a_chat_of_ten_thousand_messages(self):
        def count_queries(chat):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page = chat._get_page(None, None, 50, self.as_owner)
            self.assertEqual((len(page["messages"]), page["more"]), (50, True))
            return self.env.cr.sql_log_count - before

        self._write_many(60, self.other_chat)
        self._write_many(10_000)
        count_queries(self.other_chat)  # what is cached once, is cached
        self.assertEqual(count_queries(self.chat), count_queries(self.other_chat))

    def test_page_is_found_by_the_index_and_not_by_sorting_the_thread(self):
        messages = self._write_many(2_000)
        self.env.flush_all()
        self.env.cr.execute("ANALYZE mail_message")
        query = (
            self.env["mail.message"]
            .sudo()
            ._search(self.chat._get_visible_domain() & Domain("id", "<", messages[1_000].id), order="id desc", limit=51)
        )
        self.env.cr.execute("EXPLAIN " + query.select().code, query.select().params)
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotIn("Sort", plan)
        self.assertNotIn("Seq Scan", plan)

    # --- read marks

    def test_both_sides_see_what_the_other_has_read(self):
        message = self._write(self.as_owner)
        self._ask_chat("read", self.vet, message_id=message["id"])
        marks = {mark["participant"]: mark for mark in self._ask_by_link("open")["reads"]}
        mark = marks[f"vet-{self.vet.id}"]
        self.assertEqual((mark["message_id"], mark["role"], mark["name"]), (message["id"], "vet", "Dr. Meier"))
        self.assertTrue(mark["at"])

    def test_whoever_writes_has_read(self):
        message = self._write(self.as_owner)
        (mark,) = self._ask_by_link("open")["reads"]
        self.assertEqual((mark["participant"], mark["message_id"]), (self.as_owner["id"], message["id"]))

    def test_read_mark_never_goes_back(self):
        first, second = (self._write(self.as_owner, body) for body in ("a", "b"))
        for message in (second, first):
            self._ask_chat("read", self.vet, message_id=message["id"])
        record = self.chat.participant_ids.filtered(lambda record: record.partner_id == self.vet.partner_id)
        self.assertEqual(record.last_read_message_id.id, second["id"])

    def test_message_of_another_chat_is_no_read_mark(self):
        other = self._write(self.other_chat._get_owner_participant(), chat=self.other_chat)
        for message_id in (other["id"], 2**31 - 1, 0, None, "7", 10**15):
            with self.subTest(message_id=message_id):
                self.assertEqual(self._ask_chat("read", self.vet, message_id=message_id), {})
        self.assertFalse(self.chat.participant_ids)

    def test_reading_takes_the_messages_out_of_odoos_inbox(self):
        self.vet.notification_type = "inbox"
        message = self._write(self.as_owner)
        self.assertTrue(self._get_inbox_notification(message))
        self._ask_chat("read", self.vet, message_id=message["id"])
        self.assertFalse(self._get_inbox_notification(message))

    def _get_inbox_notification(self, message):
        return self.env["mail.notification"].search(
            [
                ("mail_message_id", "=", message["id"]),
                ("res_partner_id", "=", self.vet.partner_id.id),
                ("is_read", "=", False),
            ]
        )

    def test_two_pages_of_one_person_are_one_participant(self):
        for _page in range(2):
            self._ask_by_link("look", looking=True)
        self.assertEqual(self.chat.participant_ids.partner_id, self.owner.partner_id)


class TestChatMedia(MediaCommon):
    """Files in messages."""

    def _share(self, participant, media_ids, body="", key="key"):
        return self.chat.with_user(participant["user"] or self.env.user)._post_message(
            participant, body, key, media_ids
        )

    def test_vet_puts_a_file_of_the_patient_into_the_thread_again(self):
        other_chat = self.env["vet.chat"].create(
            {"patient_id": self.patient.id, "partner_id": self.owner.partner_id.id, "company_id": self.company.id}
        )
        media = self._create_media(chat=other_chat)
        message = self._share(self.as_vet, [media.id], "Compare with last year.")
        self.assertEqual([file["id"] for file in message["media"]], [media.id])

    def test_file_without_a_word_is_a_message(self):
        media = self._create_media()
        message = self._share(self.as_vet, [media.id])
        self.assertEqual((message["body"], len(message["media"])), ("", 1))
        self.assertEqual(media.message_id.id, message["id"])

    def test_files_that_a_vet_cannot_send_are_refused(self):
        foreign = self._create_media(
            chat=self.env["vet.chat"].create(
                {
                    "patient_id": self.other_patient.id,
                    "partner_id": self.other_owner.partner_id.id,
                    "company_id": self.company.id,
                }
            )
        )
        arriving = self._create_media(state="uploading")
        for media_ids in ([foreign.id], [arriving.id], [2**31 - 1], ["1"], "all", [0], [True], {"id": 1}):
            with self.subTest(media_ids=media_ids), self.assertRaisesRegex(UserError, "cannot be sent"):
                self._share(self.as_vet, media_ids, "Look")

    def test_owner_sends_files_by_uploading_them_only(self):
        media = self._create_media()
        with self.assertRaisesRegex(UserError, "cannot be sent"):
            self._share(self.as_owner, [media.id], "Look")

    def test_addresses_are_those_of_the_side_that_reads(self):
        media = self._create_media()
        self._share(self.as_vet, [media.id])
        urls = {
            participant["role"]: self.chat._get_page(None, None, None, participant)["messages"][0]["media"][0]["url"]
            for participant in (self.as_owner, self.as_vet)
        }
        self.assertIn(media.access_token, urls["vet"])
        self.assertNotIn(media.access_token, urls["owner"])
        self.assertIn(media._get_page_token(self.chat), urls["owner"])

    def test_thread_with_files_costs_the_same_however_many_there_are(self):
        def count_queries(number):
            chat = self.env["vet.chat"].create(
                {"patient_id": self.patient.id, "partner_id": self.owner.partner_id.id, "company_id": self.company.id}
            )
            for _file in range(number):
                media = self._create_media(chat=chat)
                chat._post_media(media, "", self.owner.partner_id, f"<{media.media_key}@test>")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chat._get_page(None, None, 50, self.as_vet)
            return self.env.cr.sql_log_count - before

        count_queries(1)  # what is cached once, is cached
        self.assertEqual(count_queries(2), count_queries(12))
