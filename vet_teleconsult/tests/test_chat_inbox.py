from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .chat_common import ChatCommon


@tagged("post_install", "-at_install")
class TestChatInbox(ChatCommon):
    """The vets' list of conversations."""

    def _get(self, user=None, **params):
        answer = self._ask_chat("inbox", user or self.vet, chat_id=self.chat.id, **params)
        return answer if "error" in answer else {**answer, "ids": [row["id"] for row in answer["chats"]]}

    def test_filters_show_mine_unassigned_and_all(self):
        for inbox_filter, expected in (
            ("mine", self.chat),
            ("unassigned", self.other_chat),
            ("all", self.chat | self.other_chat),
        ):
            with self.subTest(filter=inbox_filter):
                answer = self._get(filter=inbox_filter)
                self.assertEqual(set(answer["ids"]), set(expected.ids))
                self.assertEqual(answer["counts"], {"mine": 1, "unassigned": 1, "all": 2})

    def test_row_says_who_writes_what_and_who_waits_since_when(self):
        self._write(self.as_owner, "He limps\n\non the left.")
        row = next(row for row in self._get()["chats"] if row["id"] == self.chat.id)
        self.assertEqual(row["preview"], "He limps on the left.")
        self.assertEqual((row["last_role"], row["unread"], row["overdue"]), ("owner", 1, False))
        self.assertEqual(row["patient"]["species"], "Test Ferret")
        self.assertEqual(row["owner"]["name"], "Anna Keller")
        self.assertEqual(row["vet"]["id"], self.vet.id)
        self.assertTrue(row["waiting_since"] and row["reply_due_at"] and row["last_message_at"])

    def test_who_waits_longest_comes_first(self):
        later = self._create_chat(vet_id=self.vet.id)
        self._write(self.as_owner, chat=later)
        self._write(self.other_chat._get_owner_participant(), chat=self.other_chat)
        later.waiting_since = fields.Datetime.now() - timedelta(hours=9)
        self.assertEqual(self._get()["ids"], [later.id, self.other_chat.id, self.chat.id])
        self.assertTrue(self._get()["chats"][0]["overdue"])

    def test_unread_are_the_owners_messages_since_the_vets_mark(self):
        first = self._write(self.as_owner, "a")
        self._write(self.as_owner, "b")
        self._write(self.as_second_vet, "c")
        self._ask_chat("read", self.vet, message_id=first["id"])
        rows = {row["id"]: row["unread"] for row in self._get()["chats"]}
        self.assertEqual(rows[self.chat.id], 1)

    def test_ended_chats_are_listed_apart(self):
        self.chat.with_user(self.vet)._end()
        self.assertNotIn(self.chat.id, self._get()["ids"])
        self.assertEqual(self._get(ended=True)["ids"], [self.chat.id])

    def test_consultations_message_box_is_no_conversation_until_somebody_writes(self):
        chat = self.consultation.chat_id
        self.assertNotIn(chat.id, self._get()["ids"])
        self._write(chat._get_owner_participant(), chat=chat)
        self.assertIn(chat.id, self._get()["ids"])

    def test_search_finds_patient_owner_and_subject(self):
        self.chat.subject = "Limps since Monday"
        for text, expected in (
            ("rex", self.chat),
            ("keller", self.chat),
            ("LIMPS", self.chat),
            ("otis", self.other_chat),
            ("nobody", self.chat.browse()),
        ):
            with self.subTest(text=text):
                answer = self._get(search=text)
                self.assertEqual(answer["ids"], expected.ids)
                self.assertEqual(answer["counts"]["all"], len(expected))

    def test_inbox_is_read_in_pages(self):
        chats = self.chat | self.other_chat | self._create_chat() | self._create_chat()
        first, second = self._get(limit=3), self._get(limit=3, offset=3)
        self.assertEqual((len(first["ids"]), first["more"]), (3, True))
        self.assertEqual((len(second["ids"]), second["more"]), (1, False))
        self.assertEqual(set(first["ids"] + second["ids"]), set(chats.ids))

    def test_senseless_parameters_give_the_whole_inbox(self):
        for params in ({"filter": "theirs"}, {"limit": "x", "offset": -3}, {"search": ["x"]}, {"limit": 10**12}):
            with self.subTest(params=str(params)):
                self.assertEqual(len(self._get(**params)["ids"]), 2)

    def test_inbox_is_the_vets_of_the_clinic(self):
        for user in (self.owner, self.receptionist):
            with self.subTest(user=user.login):
                self.assertEqual(self._get(user)["error"]["code"], "access_denied")
        self.assertEqual(self._ask_chat("inbox")["error"]["code"], "access_denied")
        self.assertFalse(self._get(self.foreign_vet)["ids"])

    def test_inbox_of_five_hundred_chats_takes_as_many_queries_as_one_of_five(self):
        def count_queries(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.env["vet.chat"].with_user(self.vet)._get_inbox("all", limit=limit)["chats"]
            self.assertEqual(len(rows), limit)
            self.assertTrue(all(row["preview"] for row in rows))
            return self.env.cr.sql_log_count - before

        owners = self.env["res.partner"].create([{"name": f"Owner {number}"} for number in range(500)])
        patients = self.env["vet.patient"].create(
            [
                {
                    "name": f"Pet {number}",
                    "partner_id": owner.id,
                    "species_id": self.species.id,
                    "company_id": self.company.id,
                }
                for number, owner in enumerate(owners)
            ]
        )
        for patient in patients:
            chat = self._create_chat(patient, vet_id=self.vet.id)
            self._write_many(1, chat, patient.partner_id)
            chat.waiting_since = fields.Datetime.now()
        count_queries(5)  # what is cached once, is cached
        self.assertEqual(count_queries(100), count_queries(5))
