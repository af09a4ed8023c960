import uuid
from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.tools.timeline import Place

from .media_common import MediaCommon

NOW = datetime(2026, 5, 1, 10)


class TimelineCommon(MediaCommon):
    """A patient with something of each kind, one day apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultation.unlink()
        cls.visit = cls._create_visit(days=1, note="<p>Fleas. Wash the blanket.</p>", vet_id=cls.vet.id)
        cls.recording = cls._create_recording(cls.visit, started_at=NOW - timedelta(days=2))
        cls.media = cls._create_media()
        cls.chat.last_message_at = NOW - timedelta(days=3)
        cls.observation = cls._create_observation(days=4)

    @classmethod
    def _create_visit(cls, days, patient=None, **values):
        return cls._create_consultation(
            patient, **{"state": "done", "scheduled_at": NOW - timedelta(days=days), **values}
        )

    @classmethod
    def _create_observation(cls, days, **values):
        return cls.env["vet.observation"].create(
            {
                "patient_id": cls.patient.id,
                "kind": "respiratory_rate",
                "value": 24.0,
                "observed_at": NOW - timedelta(days=days),
                **values,
            }
        )

    def _get_page(self, user=None, audience="vet", record=None, **params):
        record = (record or self.patient).with_user(user or self.vet)
        return record._get_timeline(audience, **params)

    def _get_keys(self, *args, **params):
        return [(entry["kind"], entry["id"]) for entry in self._get_page(*args, **params)["entries"]]

    def _get_entry(self, kind, *args, **params):
        (entry,) = [entry for entry in self._get_page(*args, **params)["entries"] if entry["kind"] == kind]
        return entry


class TestTimeline(TimelineCommon):
    """Everything about a patient, the newest first, page by page."""

    def test_timeline_holds_every_kind_the_newest_first(self):
        self.assertEqual(
            self._get_keys(),
            [
                ("consultation", self.visit.id),
                ("recording", self.recording.id),
                ("chat", self.chat.id),
                ("observation", self.observation.id),
            ],
        )

    def test_consultation_says_who_what_and_what_was_noted(self):
        entry = self._get_entry("consultation")
        self.assertEqual((entry["title"], entry["about"]), ("Video Visit", "Dr. Meier"))
        self.assertEqual((entry["state"], entry["state_label"], entry["tone"]), ("done", "Done", "good"))
        self.assertEqual(entry["text"], "<p>Fleas. Wash the blanket.</p>")
        self.assertEqual(entry["date"], "2026-04-30T10:00:00Z")
        self.assertEqual(entry["record"], {"model": "vet.consultation", "id": self.visit.id})

    def test_recording_can_be_viewed_once_it_is_ready(self):
        self.assertEqual(self._get_entry("recording")["recording"], self.recording.id)
        self.recording.state = "processing"
        self.assertIsNone(self._get_entry("recording")["recording"])

    def test_chat_shows_its_last_files_and_its_latest_transcript(self):
        for number in range(8):
            self._create_media(name=f"{number}.mp4")
        transcripts = [self.env["vet.transcript"]._create_for(self.chat) for _number in range(2)]
        transcripts[0].state = transcripts[1].state = "ready"
        files = self._get_entry("chat")["files"]
        self.assertEqual([file["name"] for file in files[:-1]], [f"{number}.mp4" for number in range(2, 8)])
        self.assertEqual((files[-1]["kind"], files[-1]["url"]), ("pdf", f"/vet/transcript/{transcripts[1].id}"))

    def test_chat_without_a_message_is_no_entry(self):
        self.chat.last_message_at = False
        self.assertNotIn(("chat", self.chat.id), self._get_keys())

    def test_observation_leads_to_where_it_was_counted(self):
        self.observation.write({"media_id": self.media.id, "start": 3.5, "end": 8.0})
        (file,) = self._get_entry("observation")["files"]
        self.assertTrue(file["url"].endswith("#t=3.5"), file["url"])

    def test_pages_follow_each_other_without_a_gap_or_a_repetition(self):
        # Several of one moment, of one kind and of two: the order must hold there too.
        for days in (2, 2, 2, 4):
            self._create_visit(days=days)
        everything = self._get_keys()
        seen, before = [], None
        while True:
            page = self._get_page(before=before, limit=2)
            seen += [(entry["kind"], entry["id"]) for entry in page["entries"]]
            before = page["next"]
            if not before:
                break
        self.assertEqual(seen, everything)
        self.assertEqual(len(seen), 8)

    def test_what_comes_while_somebody_reads_does_not_move_the_next_page(self):
        before = self._get_page(limit=2)["next"]
        self._create_visit(days=0)
        self.assertEqual(self._get_keys(before=before), [("chat", self.chat.id), ("observation", self.observation.id)])

    def test_kinds_narrow_the_timeline(self):
        self.assertEqual(self._get_keys(kinds=["chat"]), [("chat", self.chat.id)])

    def test_first_page_says_of_which_kinds_there_is_something(self):
        self.observation.unlink()
        kinds = [kind["kind"] for kind in self._get_page()["kinds"]]
        self.assertEqual(kinds, ["consultation", "chat", "recording"])

    def test_a_place_that_is_none_is_refused_with_what_to_do(self):
        for before in ("yesterday", 5, ["2026"], "2026-05-01T10:00:00/chat/1; drop", "2026-99-01T10:00:00/chat/1"):
            with self.subTest(before=before), self.assertRaisesRegex(UserError, "Reload the page"):
                self._get_page(before=before)

    def test_kinds_that_are_none_are_refused(self):
        for kinds in ("chat", [5], {"chat": 1}):
            with self.subTest(kinds=kinds), self.assertRaises(UserError):
                self._get_page(kinds=kinds)

    def test_place_says_itself_and_reads_itself(self):
        place = Place(datetime(2026, 5, 1, 10, 0, 0, 123), "chat", 7)
        self.assertEqual(Place.parse(str(place)), place)


class TestTimelineOfConsultation(TimelineCommon):
    """What came before a consultation, at the foot of its room."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.present = cls._create_visit(days=0, state="in_progress")

    def test_history_holds_what_came_before_of_the_patient(self):
        self.assertEqual(
            [kind for kind, _id in self._get_keys(record=self.present)],
            ["consultation", "recording", "chat", "observation"],
        )

    def test_history_holds_the_owners_other_animals_and_names_them(self):
        luna = self._create_patient("Luna", self.owner.partner_id)
        visit = self._create_visit(days=9, patient=luna)
        entries = self._get_page(record=self.present)["entries"]
        self.assertEqual((entries[-1]["id"], entries[-1]["patient"]), (visit.id, "Luna"))

    def test_history_holds_nothing_of_the_present_consultation(self):
        self._create_recording(self.present)
        self.present.chat_id.last_message_at = NOW
        self._create_observation(0, chat_id=self.present.chat_id.id)
        self.assertEqual(len(self._get_keys(record=self.present)), 4)

    def test_history_holds_nothing_that_has_yet_to_take_place(self):
        self._create_visit(days=-5, state="scheduled")
        self.assertEqual(len(self._get_keys(record=self.present)), 4)

    def test_patients_timeline_holds_what_has_yet_to_take_place(self):
        planned = self._create_visit(days=-5, state="scheduled")
        self.assertEqual(self._get_keys()[0], ("consultation", planned.id))


class TestTimelineAccess(TimelineCommon):
    """Who sees what."""

    def _get_owner_keys(self, user=None):
        return self._get_keys(user or self.owner, "owner")

    def test_owner_sees_consultations_and_chats_and_nothing_of_the_clinics_own(self):
        self.assertEqual(self._get_owner_keys(), [("consultation", self.visit.id), ("chat", self.chat.id)])

    def test_owner_reads_a_note_only_when_it_is_shared(self):
        self.assertIsNone(self._get_entry("consultation", self.owner, "owner")["text"])
        self.visit.note_shared = True
        self.assertEqual(self._get_entry("consultation", self.owner, "owner")["text"], self.visit.note)

    def test_owner_is_led_to_pages_of_their_own(self):
        for kind, url in (
            ("consultation", f"/my/consultations/{self.visit.id}"),
            ("chat", f"/vet/chat/{self.chat.id}"),
        ):
            entry = self._get_entry(kind, self.owner, "owner")
            self.assertEqual((entry["url"], entry["record"]), (url, None))

    def test_owner_gets_no_file_of_a_vet_and_no_token_of_a_file(self):
        self._create_media(self.as_vet, posted=False)
        self.assertEqual(self._get_entry("chat", self.owner, "owner")["files"], [])

    def test_owner_does_not_get_recordings_by_asking_for_them(self):
        self.assertEqual(
            self._get_keys(self.owner, "owner", kinds=["recording", "observation"]),
            [],
        )

    def test_another_owner_of_the_animal_sees_what_is_theirs_alone(self):
        self.patient.owner_ids |= self.other_owner.partner_id
        theirs = self._create_visit(days=6, partner_id=self.other_owner.partner_id.id)
        self.assertEqual(self._get_owner_keys(self.other_owner), [("consultation", theirs.id)])
        self.assertNotIn(("consultation", theirs.id), self._get_owner_keys())

    def test_a_former_owner_sees_the_animal_no_more(self):
        self.patient.write({"partner_id": self.other_owner.partner_id.id})
        self.patient.owner_ids = self.other_owner.partner_id
        with self.assertRaises(AccessError):
            self.patient.with_user(self.owner).get_timeline()

    def test_an_owner_who_asks_by_remote_call_gets_what_owners_get(self):
        page = self.patient.with_user(self.owner).get_timeline()
        self.assertEqual({entry["kind"] for entry in page["entries"]}, {"consultation", "chat"})
        page = self.visit.with_user(self.owner).get_timeline()
        self.assertNotIn("recording", {entry["kind"] for entry in page["entries"]})

    def test_a_vet_who_looks_as_an_owner_sees_their_own_animals_part(self):
        self.assertEqual(self._get_keys(self.vet, "owner"), [])

    def test_strangers_are_refused(self):
        for user in (self.other_owner, self.receptionist, self.foreign_vet, self.public):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.patient.with_user(user).get_timeline()

    def test_two_clinics_of_one_owner_see_nothing_of_each_other(self):
        patient = self._create_patient("Fern", self.owner.partner_id, self.other_company)
        foreign = self._create_visit(days=3, patient=patient)
        present = self._create_visit(days=0, state="in_progress")
        self.assertNotIn(("consultation", foreign.id), self._get_keys(record=present))
        foreign_present = self._create_visit(days=0, patient=patient, state="in_progress")
        self.assertEqual(self._get_keys(self.foreign_vet, record=foreign_present), [("consultation", foreign.id)])


@tagged("post_install", "-at_install")
class TestTimelineRoute(TimelineCommon):
    """The history as the room asks for it."""

    def test_a_vet_gets_the_history_of_a_consultation(self):
        present = self._create_visit(days=0, state="in_progress")
        page = self._ask("timeline", self.second_vet, consultation_id=present.id)
        self.assertEqual((page["entries"][0]["id"], page["entries"][0]["about"]), (self.visit.id, "Dr. Meier"))

    def test_an_owner_with_the_link_is_refused(self):
        present = self._create_visit(days=0, state="in_progress")
        answer = self._ask("timeline", consultation_id=present.id, access_token=present.room_token)
        self.assertEqual(answer["error"]["code"], "access_denied")

    def test_a_page_that_does_not_exist_is_refused_in_words(self):
        answer = self._ask("timeline", self.vet, consultation_id=self.visit.id, before="x")
        self.assertEqual(answer["error"]["code"], "invalid")
        self.assertIn("Reload the page", answer["error"]["message"])


class TestTimelineQueries(TimelineCommon):
    """What a page of a timeline costs."""

    def _fill(self, count):
        """Give the patient this many entries of each kind."""
        quiet = self.env(context={**self.env.context, "tracking_disable": True, "mail_create_nosubscribe": True})
        quiet["vet.consultation"].create(
            [
                {
                    "patient_id": self.patient.id,
                    "partner_id": self.patient.partner_id.id,
                    "type_id": self.consultation_type.id,
                    "company_id": self.company.id,
                    "state": "done",
                    "scheduled_at": NOW - timedelta(hours=number),
                    "chat_id": self.chat.id,
                    "vet_id": self.vet.id,
                    "note": f"<p>Visit {number}</p>",
                }
                for number in range(count)
            ]
        )
        call = self.recording.call_id
        quiet["vet.recording"].create(
            [
                {
                    "call_id": call.id,
                    "sidecar_key": uuid.uuid4().hex,
                    "state": "ready",
                    "started_at": NOW - timedelta(hours=number, minutes=1),
                }
                for number in range(count)
            ]
        )
        chats = quiet["vet.chat"].create(
            [
                {
                    "patient_id": self.patient.id,
                    "partner_id": self.patient.partner_id.id,
                    "company_id": self.company.id,
                    "vet_id": self.vet.id,
                    "last_message_at": NOW - timedelta(hours=number, minutes=2),
                }
                for number in range(count)
            ]
        )
        for chat in chats[:12]:
            self._create_media(chat=chat)
        quiet["vet.observation"].create(
            [
                {
                    "patient_id": self.patient.id,
                    "kind": "heart_rate",
                    "value": 90.0,
                    "observed_at": NOW - timedelta(hours=number, minutes=3),
                }
                for number in range(count)
            ]
        )
        self.env.flush_all()

    def _readers(self):
        return (self.vet, "vet"), (self.owner, "owner")

    def _count(self, user, audience, **params):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        page = self._get_page(user, audience, **params)
        return self.env.cr.sql_log_count - before, page

    def test_a_page_costs_the_same_with_ten_and_with_a_thousand_entries(self):
        self._fill(2)
        for user, audience in self._readers():
            self._count(user, audience, limit=8)  # what is kept for the process is there from now on
        few = {audience: self._count(user, audience, limit=8) for user, audience in self._readers()}
        self._fill(250)
        for user, audience in self._readers():
            with self.subTest(audience=audience):
                queries, page = self._count(user, audience, limit=8)
                self.assertEqual(len(page["entries"]), 8)
                self.assertLessEqual(queries, few[audience][0])

    def test_a_late_page_costs_no_more_than_the_first(self):
        self._fill(250)
        self._count(self.vet, "vet")
        first, page = self._count(self.vet, "vet")
        late, page = self._count(self.vet, "vet", before=self._get_page(limit=100)["next"])
        self.assertEqual(len(page["entries"]), 20)
        self.assertLessEqual(late, first)
