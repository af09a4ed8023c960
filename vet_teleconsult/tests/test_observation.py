from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.tools.room_error import RoomError

from .media_common import MediaCommon


@tagged("post_install", "-at_install")
class TestObservation(MediaCommon):
    """What a vet counts in a clip is kept on the patient."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clip = cls._create_media()

    def _save(self, user=None, **values):
        return self.chat.with_user(user or self.vet)._save_observation(
            {
                "media_id": self.clip.id,
                "kind": "respiratory_rate",
                "value": 32.4,
                "unit": "1/min",
                "method": "12 taps in 22.2 s",
                "count": 12,
                "start": 1.5,
                "end": 23.7,
                **values,
            }
        )

    def test_count_is_kept_with_clip_stretch_and_method(self):
        answer = self._save()
        observation = self.env["vet.observation"].browse(answer["id"])
        self.assertEqual((observation.patient_id, observation.media_id), (self.patient, self.clip))
        self.assertEqual((observation.chat_id, observation.user_id), (self.chat, self.vet))
        self.assertEqual((observation.value, observation.unit, observation.count), (32.4, "1/min", 12))
        self.assertEqual((observation.start, observation.end), (1.5, 23.7))
        self.assertEqual(observation.method, "12 taps in 22.2 s")
        self.assertEqual(observation.display_name, "Respiratory rate: 32.4 1/min")

    def test_observation_need_not_be_of_a_clip(self):
        answer = self._save(media_id=None, start=None, end=None)
        self.assertIsNone(answer["media_id"])

    def test_patient_shows_how_many_there_are_and_opens_them_over_time(self):
        self._save()
        self.assertEqual(self.patient.observation_count, 1)
        action = self.patient.with_user(self.vet).action_view_observations()
        self.assertTrue(action["view_mode"].startswith("graph"))
        found = self.env["vet.observation"].with_user(self.vet).search(action["domain"])
        self.assertEqual(found, self.patient.observation_ids)

    def test_clip_opens_where_it_was_counted(self):
        observation = self.env["vet.observation"].browse(self._save()["id"])
        self.assertTrue(observation.with_user(self.vet).action_view_clip()["url"].endswith("#t=1.5"))

    def test_values_that_make_no_sense_are_refused(self):
        for values in (
            {"value": None},
            {"value": "32"},
            {"value": float("nan")},
            {"value": -1},
            {"value": 5000},
            {"kind": "temperature"},
            {"kind": None},
            {"start": 5, "end": 4},
            {"start": -1},
            {"count": -1},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._save(**values)
        self.assertFalse(self.patient.observation_ids)

    def test_clip_of_another_chat_is_refused(self):
        foreign = self.env["vet.chat"].create(
            {
                "patient_id": self.other_patient.id,
                "partner_id": self.other_owner.partner_id.id,
                "company_id": self.company.id,
            }
        )
        with self.assertRaises(RoomError):
            self._save(media_id=self._create_media(chat=foreign).id)

    def test_owners_cannot_save_or_read_any(self):
        self._save()
        with self.assertRaises(AccessError):
            self._save(user=self.owner)
        with self.assertRaises(AccessError):
            self.env["vet.observation"].with_user(self.owner).search([])

    def test_something_else_has_its_own_name(self):
        observation = self.env["vet.observation"].browse(
            self._save(kind="other", name="Tail wagging", unit="1/min")["id"]
        )
        self.assertEqual(observation.display_name, "Tail wagging: 32.4 1/min")
