import json
import time
from datetime import datetime

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vet_teleconsult.tools import protocol

from .common import TeleconsultHttpCommon

QUIET = ("odoo.addons.vet_teleconsult.controllers.sidecar", "odoo.http")
STARTED_AT = "2026-05-01T10:00:00.000Z"
ENDED_AT = "2026-05-01T10:05:00.000Z"


@tagged("post_install", "-at_install")
class TestEventDelivery(TeleconsultHttpCommon):
    """Who may deliver, and what happens to deliveries that are wrong or repeated."""

    def _assert_refused(self, status, sentence, event=None, **kwargs):
        event = event or self._make_event("call.started", {"call": "c1"})
        with mute_logger(*QUIET):
            response = self._post_event(event, **kwargs)
        self.assertEqual(response.status_code, status)
        self.assertIn(sentence, response.json()["error"])
        self.env.invalidate_all()
        self.assertFalse(self.consultation.call_ids)
        self.assertFalse(self.env["vet.sidecar.event"].search([("room", "=", self.consultation.room_key)]))

    def test_event_signed_with_another_secret_is_refused(self):
        self._assert_refused(401, "does not match", secret=protocol.generate_secret())

    def test_event_without_signature_is_refused(self):
        self._assert_refused(401, "required", signature="", timestamp="")

    def test_event_with_a_forged_body_is_refused(self):
        event = self._make_event("call.started", {"call": "c1"})
        timestamp = str(int(time.time()))
        signature = protocol._sign(self.secret, timestamp.encode() + b"." + json.dumps(event).encode())
        forged = json.dumps({**event, "data": {"call": "c2"}}).encode()
        self._assert_refused(401, "does not match", body=forged, timestamp=timestamp, signature=signature)

    def test_event_replayed_after_five_minutes_is_refused(self):
        self._assert_refused(401, "five minutes", timestamp=str(int(time.time()) - 301))

    def test_event_of_another_version_is_refused(self):
        self._assert_refused(422, "version 2", self._make_event("call.started", {"call": "c1"}, v=2))

    def test_event_with_wrong_data_leaves_nothing_behind(self):
        self._assert_refused(
            422, "“ended_at”", self._make_event("call.ended", {"call": "c1", "started_at": STARTED_AT})
        )

    def test_database_without_a_secret_asks_to_be_tried_again(self):
        self.env["ir.config_parameter"].set_param("vet_teleconsult.sidecar_secret", False)
        self._assert_refused(503, "no sidecar secret")

    def test_event_is_taken_once_however_often_it_is_delivered(self):
        event = self._make_event("recording.failed", {"recording": "r1", "call": "c1", "reason": "disk full"})
        self.assertEqual(self._post_event(event).json(), {"status": "ok"})
        self.env.invalidate_all()
        messages = self.consultation.message_ids
        again = self._post_event(event)
        self.assertEqual((again.status_code, again.json()["status"]), (200, "ok"))
        self.assertIn("before", again.json()["ignored"])
        self.env.invalidate_all()
        self.assertEqual(self.consultation.message_ids, messages)

    def test_event_of_an_unknown_room_is_done_with(self):
        response = self._deliver("call.started", {"call": "c1"}, room="nobody-knows")
        self.assertIn("No consultation", response["ignored"])


@tagged("post_install", "-at_install")
class TestPresenceEvents(TeleconsultHttpCommon):
    """Who comes and goes."""

    def _join(self, role="owner", sequence=1, **values):
        participant = f"{role}-{self.owner.partner_id.id}"
        return self._deliver(
            "participant.joined", {"participant": participant, "role": role}, sequence=sequence, **values
        )

    def _leave(self, role="owner", sequence=2, **values):
        participant = f"{role}-{self.owner.partner_id.id}"
        return self._deliver(
            "participant.left", {"participant": participant, "reason": "left"}, sequence=sequence, **values
        )

    def test_owner_who_comes_waits_from_then_on(self):
        self._join(at=STARTED_AT)
        self.assertEqual(self.consultation.state, "waiting")
        self.assertEqual(self.consultation.waiting_since, datetime(2026, 5, 1, 10))
        self.assertTrue(self.consultation.owner_present)

    def test_vet_who_comes_makes_nobody_wait(self):
        self._join(role="vet")
        self.assertEqual(self.consultation.state, "scheduled")
        self.assertTrue(self.consultation.vet_present)

    def test_owner_who_leaves_keeps_their_place_for_a_moment(self):
        self._join(at=STARTED_AT)
        self._leave(at=ENDED_AT)
        self.assertEqual((self.consultation.state, self.consultation.owner_present), ("waiting", False))
        self.assertEqual(self.consultation.owner_left_at, datetime(2026, 5, 1, 10, 5))

    def test_owner_who_comes_back_has_not_left(self):
        self._join(at=STARTED_AT)
        self._leave()
        self._join(sequence=3)
        self.assertEqual((self.consultation.state, self.consultation.owner_left_at), ("waiting", False))
        self.assertEqual(self.consultation.waiting_since, datetime(2026, 5, 1, 10))

    def test_arrival_that_comes_after_the_departure_does_not_count(self):
        self._leave(sequence=2)
        self._join(sequence=1)
        self.assertFalse(self.consultation.owner_present)
        self.assertEqual(self.consultation.state, "scheduled")

    def test_arrival_after_the_end_changes_nothing(self):
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        self._join()
        self.assertEqual(self.consultation.state, "done")


@tagged("post_install", "-at_install")
class TestCallEvents(TeleconsultHttpCommon):
    """Calls begin and end; consultations do not end with them."""

    def _start(self, call="c1", **values):
        return self._deliver("call.started", {"call": call, "participants": []}, at=STARTED_AT, **values)

    def _end(self, call="c1", **values):
        data = {"call": call, "started_at": STARTED_AT, "ended_at": ENDED_AT, "reason": "left"}
        return self._deliver("call.ended", data, at=ENDED_AT, **values)

    def test_call_puts_the_consultation_in_progress(self):
        self._start()
        self.assertEqual(self.consultation.state, "in_progress")
        self.assertEqual(self.consultation.started_at, datetime(2026, 5, 1, 10))
        self.assertEqual(self.consultation.call_ids.started_at, datetime(2026, 5, 1, 10))

    def test_hanging_up_does_not_finish_the_consultation(self):
        self._start()
        self._end()
        call = self.consultation.call_ids
        self.assertEqual(self.consultation.state, "in_progress")
        self.assertEqual((call.ended_at, call.end_reason), (datetime(2026, 5, 1, 10, 5), "left"))
        self.assertAlmostEqual(call.duration, 5 / 60)

    def test_beginning_that_comes_after_the_end_is_one_call_with_its_times(self):
        self._end()
        self._start()
        call = self.consultation.call_ids
        self.assertEqual(len(call), 1)
        self.assertEqual((call.started_at, call.ended_at), (datetime(2026, 5, 1, 10), datetime(2026, 5, 1, 10, 5)))

    def test_call_that_is_told_late_does_not_reopen_the_consultation(self):
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        self._start()
        self.assertEqual(self.consultation.state, "done")
        self.assertTrue(self.consultation.call_ids)

    def test_end_of_a_call_arrives_also_after_the_room_has_got_a_new_key(self):
        room = self.consultation.room_key
        self._start(room=room)
        self.consultation.action_revoke_owner_link()
        self._end(room=room)
        self.assertTrue(self.consultation.call_ids.ended_at)

    def _start_between(self, *roles):
        people = [{"participant": f"{role}-1", "role": role} for role in roles]
        self._deliver("call.started", {"call": "c1", "participants": people}, at=STARTED_AT)
        return self.consultation.call_ids

    def test_call_of_vet_and_owner_is_one_with_the_owner(self):
        self.assertTrue(self._start_between("vet", "owner").is_with_owner)

    def test_call_of_vet_and_guest_becomes_one_with_the_owner_when_they_come(self):
        call = self._start_between("vet", "guest")
        self.assertFalse(call.is_with_owner)
        self._deliver("participant.joined", {"participant": "owner-1", "role": "owner"}, sequence=2)
        self.assertTrue(call.is_with_owner)

    def test_call_of_owner_and_guest_begins_no_consultation(self):
        call = self._start_between("owner", "guest")
        self.assertFalse(call.is_with_vet or self.consultation._has_met_owner())
        self._end()
        self.assertEqual((self.consultation.state, self.consultation.started_at), ("scheduled", False))

    def test_call_of_owner_and_guest_whose_end_is_told_first_begins_none_either(self):
        self._end()
        self._start_between("owner", "guest")
        self.assertEqual(self.consultation.state, "scheduled")

    def test_call_with_a_vet_whose_end_is_told_first_begins_the_consultation(self):
        self._end()
        self._start_between("owner", "vet")
        self.assertEqual(self.consultation.state, "in_progress")

    def test_vet_who_comes_into_the_call_of_owner_and_guest_begins_the_consultation(self):
        call = self._start_between("owner", "guest")
        self._deliver("participant.joined", {"participant": "vet-1", "role": "vet"}, sequence=2)
        self.assertEqual(self.consultation.state, "in_progress")
        self.assertTrue(call.is_with_vet and self.consultation._has_met_owner())

    def test_vet_who_is_there_before_the_call_begins_nothing(self):
        self._deliver("participant.joined", {"participant": "vet-1", "role": "vet"}, sequence=2)
        self.assertEqual(self.consultation.state, "scheduled")

    def test_owner_who_talked_with_a_guest_alone_can_still_be_a_no_show(self):
        self._start_between("owner", "guest")
        self._end()
        self.consultation.scheduled_at = "2026-05-01 09:00:00"
        self.consultation.with_user(self.vet).action_no_show()
        self.assertEqual(self.consultation.state, "no_show")

    def test_second_call_of_a_consultation_is_kept_beside_the_first(self):
        self._start("c1")
        self._end("c1")
        self._start("c2")
        self.assertEqual(len(self.consultation.call_ids), 2)


@tagged("post_install", "-at_install")
class TestRecordingEvents(TeleconsultHttpCommon):
    """Recordings land on the consultation."""

    def setUp(self):
        super().setUp()
        self.consultation.write({"sidecar_id": self.sidecar.id, "vet_id": self.vet.id})

    def _file(self, **values):
        return {
            "key": "recordings/r1/owner-camera-1.webm",
            "mime": "video/webm",
            "size": 3_000_000_000,
            "sha256": "ab" * 32,
            "participant": f"owner-{self.owner.partner_id.id}",
            "role": "owner",
            "source": "camera",
            "offset": 0.25,
            "duration": 299.5,
            "width": 640,
            "height": 480,
            "audio_codec": "opus",
            "video_codec": "vp8",
            **values,
        }

    def _start(self):
        return self._deliver("recording.started", {"recording": "r1", "call": "c1"}, at=STARTED_AT)

    def _stop(self):
        return self._deliver(
            "recording.stopped", {"recording": "r1", "call": "c1", "reason": "call_ended"}, at=ENDED_AT
        )

    def _ready(self, files=None, **data):
        return self._deliver(
            "recording.ready",
            {
                "recording": "r1",
                "call": "c1",
                "started_at": STARTED_AT,
                "ended_at": ENDED_AT,
                "problems": [],
                "folder": "recordings/r1/",
                "files": [self._file()] if files is None else files,
                **data,
            },
        )

    def test_recording_goes_from_running_to_ready_with_its_files(self):
        self._start()
        recording = self.consultation.recording_ids
        self.assertEqual((recording.state, recording.started_at), ("recording", datetime(2026, 5, 1, 10)))
        self._stop()
        self.assertEqual(recording.state, "processing")
        self._ready()
        self.assertEqual((recording.state, recording.duration), ("ready", 299.75))
        self.assertEqual(recording.call_id.sidecar_key, "c1")
        media = recording.media_ids
        self.assertEqual(media.store_key, "recordings/r1/owner-camera-1.webm")
        self.assertEqual((media.size, media.sha256), (3_000_000_000, "ab" * 32))
        self.assertEqual((media.role, media.source, media.offset), ("owner", "camera", 0.25))
        self.assertEqual((media.sidecar_id, media.company_id), (self.sidecar, self.company))

    def test_late_events_do_not_take_a_recording_back(self):
        self._ready()
        self._stop()
        self._start()
        self._deliver("recording.failed", {"recording": "r1", "call": "c1", "reason": "late"})
        recording = self.consultation.recording_ids
        self.assertEqual((len(recording), recording.state), (1, "ready"))
        self.assertEqual(recording.started_at, datetime(2026, 5, 1, 10))

    def test_files_that_are_told_twice_are_kept_once(self):
        self._ready()
        self._ready([self._file(), self._file(key="recordings/r1/vet-camera-1.webm", role="vet")])
        self.assertEqual(len(self.consultation.recording_ids.media_ids), 2)

    def test_recording_that_failed_is_on_the_record_and_on_the_vets_list(self):
        self._deliver("recording.failed", {"recording": "r1", "call": "c1", "reason": "The disk is full."})
        recording = self.consultation.recording_ids
        self.assertEqual(recording.state, "failed")
        self.assertIn("The disk is full.", recording.message)
        self.assertIn("The disk is full.", self.consultation.message_ids[:2].mapped("preview")[0] or "")
        activity = self.consultation.activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.vet, "A recording failed"))

    def test_recording_that_failed_and_arrives_after_all_is_ready(self):
        self._deliver("recording.failed", {"recording": "r1", "call": "c1", "reason": "The disk is full."})
        self._ready()
        self.assertEqual(self.consultation.recording_ids.state, "ready")

    def test_gaps_of_a_recording_are_told(self):
        self._ready(problems=["12 s of the owner's sound are missing."])
        self.assertEqual(self.consultation.recording_ids.message, "12 s of the owner's sound are missing.")
        self.assertEqual(self.consultation.activity_ids.summary, "A recording has gaps")

    def test_file_outside_of_the_recordings_folder_is_refused(self):
        for key in ("recordings/r2/x.webm", "recordings/r1/../r2/x.webm"):
            event = self._make_event(
                "recording.ready",
                {
                    "recording": "r1",
                    "call": "c1",
                    "started_at": STARTED_AT,
                    "ended_at": ENDED_AT,
                    "folder": "recordings/r1/",
                    "files": [self._file(key=key)],
                },
            )
            with self.subTest(key=key), mute_logger(*QUIET):
                self.assertEqual(self._post_event(event).status_code, 422)
        self.env.invalidate_all()
        self.assertFalse(self.consultation.recording_ids)

    def test_withdrawn_consent_is_kept_as_evidence(self):
        participant = f"owner-{self.owner.partner_id.id}"
        self._deliver("consent.withdrawn", {"call": "c1", "participant": participant}, at=ENDED_AT)
        consent = self.consultation.consent_ids
        self.assertEqual((consent.decision, consent.partner_id), ("withdrawn", self.owner.partner_id))
        self.assertEqual(consent.at, datetime(2026, 5, 1, 10, 5))


@tagged("post_install", "-at_install")
class TestEventHousekeeping(TeleconsultHttpCommon):
    """Events are forgotten after a month."""

    def test_old_events_are_deleted_and_recent_ones_kept(self):
        self._deliver("call.started", {"call": "c1"})
        self._deliver("call.started", {"call": "c2"}, sequence=2)
        old, recent = self.env["vet.sidecar.event"].search(
            [("room", "=", self.consultation.room_key)], order="sequence"
        )
        self.env.cr.execute(
            "UPDATE vet_sidecar_event SET create_date = create_date - interval '31 days' WHERE id = %s", (old.id,)
        )
        self.env.invalidate_all()
        self.env["vet.sidecar.event"]._gc_old()
        self.assertFalse(old.exists())
        self.assertTrue(recent.exists())
