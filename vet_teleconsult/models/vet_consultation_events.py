from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ..tools import protocol
from .vet_consultation_workflow import NOT_BEGUN

FILE_FIELDS = {"key": str, "mime": str, "participant": str, "role": str, "source": str}
ROLES = ("vet", "owner", "guest")
SOURCES = ("camera", "screen")


class VetConsultation(models.Model):
    """What the sidecar reports of a room, and what follows from it.

    Each effect holds whatever the order of arrival: an event that comes late adds what it knows and takes back nothing
    of what a later one has said.
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    owner_present = fields.Boolean(readonly=True, copy=False, help="Whether the owner is in the room right now.")
    vet_present = fields.Boolean(readonly=True, copy=False, help="Whether a vet is in the room right now.")
    presence_sequence = fields.Integer(
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="Position of the latest event about presence, so that a late one does not count.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _find_for_event(self, event):
        """Find the consultation whose room an event is about, also when the room has got a new key since.

        :param protocol.Event event: verified
        :rtype: vet.consultation
        """
        consultation = self.search([("room_key", "=", event.room)], limit=1)
        if not consultation:
            earlier = self.env["vet.sidecar.event"].search(
                [("room", "=", event.room), ("consultation_id", "!=", False)], limit=1
            )
            consultation = earlier.consultation_id
        if not consultation and isinstance(event.data.get("call"), str):
            call = self.env["vet.call"].search([("sidecar_key", "=", event.data["call"])], limit=1)
            consultation = call.consultation_id
        return consultation

    def _apply_event(self, event):
        """Do what follows from an event.

        Note: self.ensure_one()

        :param protocol.Event event: verified, not seen before
        :raises protocol.EventError: when its data is not what its type asks for
        """
        self.ensure_one()
        handlers = {
            "participant.joined": partial(self._apply_presence, is_present=True),
            "participant.left": partial(self._apply_presence, is_present=False),
            "call.started": self._apply_call_started,
            "call.ended": self._apply_call_ended,
            "consent.withdrawn": self._apply_consent_withdrawn,
            "recording.started": self._apply_recording_started,
            "recording.stopped": self._apply_recording_stopped,
            "recording.ready": self._apply_recording_ready,
            "recording.failed": self._apply_recording_failed,
        }
        handlers[event.type](event)

    # === BUSINESS METHODS - PRESENCE === #

    def _apply_presence(self, event, is_present):
        protocol.require(event.data, participant=str)
        role = event.data.get("role") or event.data["participant"].partition("-")[0]
        is_current = event.room == self.room_key and event.sequence > self.presence_sequence
        if is_current:
            vals = {"presence_sequence": event.sequence}
            if role in ("owner", "vet"):
                vals[f"{role}_present"] = is_present
            if role == "owner":
                vals |= self._prepare_owner_presence(is_present, event.at)
            self.write(vals)
            if role == "vet" and is_present:
                self._take_up_calls(event.at)
            if role == "owner":
                self._notify_room()
            elif role == "guest":
                self._note_guest_presence(event.data["participant"], is_present, event.at)

    # === BUSINESS METHODS - CALLS === #

    def _apply_call_started(self, event):
        protocol.require(event.data, call=str)
        call = self.env["vet.call"]._find_or_create(self, event.data["call"])
        if not call.started_at:
            call.started_at = min(event.at, call.ended_at or event.at)
        people = event.data.get("participants") or []
        roles = {person.get("role") for person in people if isinstance(person, dict)}
        if roles and "owner" not in roles and not self.owner_present:
            call.is_with_owner = False
        if roles and "vet" not in roles and not self.vet_present:
            call.is_with_vet = False
        else:
            self._begin(event.at)
        self._withdraw_no_show()

    def _take_up_calls(self, at):
        """Note that a vet has come into a call of the owner with a guest: from now on it is a consultation.

        Note: self.ensure_one()

        :param datetime at: when
        """
        self.ensure_one()
        running = self.call_ids.filtered(lambda call: call.started_at and not call.ended_at)
        if running:
            running.is_with_vet = True
            self._begin(at)

    def _begin(self, at):
        if self.state in NOT_BEGUN:
            self.write({"state": "in_progress", "started_at": self.started_at or at})

    def _apply_call_ended(self, event):
        protocol.require(event.data, call=str, started_at=str, ended_at=str)
        started_at = protocol.parse_time(event.data["started_at"])
        ended_at = protocol.parse_time(event.data["ended_at"])
        call = self.env["vet.call"]._find_or_create(self, event.data["call"])
        # Who took part is told by its beginning, which may come later.
        is_known = bool(call.started_at)
        call.write(
            {
                "started_at": started_at,
                "ended_at": max(ended_at, started_at),
                "end_reason": event.data.get("reason"),
            }
        )
        if is_known and call.is_with_vet:
            self._begin(started_at)
        self._withdraw_no_show()
        self._notify_room()

    # === BUSINESS METHODS - CONSENT === #

    def _apply_consent_withdrawn(self, event):
        protocol.require(event.data, call=str, participant=str)
        _role, partner, _user = self._resolve_participant(event.data["participant"])
        consultation = self.with_context(lang=partner.lang) if partner.lang else self
        self.env["vet.consent"].create(
            {
                **consultation._prepare_consent_vals(event.data["participant"], event.data["call"], "withdrawn"),
                "at": event.at,
            }
        )

    # === BUSINESS METHODS - RECORDINGS === #

    def _apply_recording_started(self, event):
        protocol.require(event.data, recording=str, call=str)
        recording = self.env["vet.recording"]._find_or_create(self, event.data)
        if not recording.started_at:
            recording.started_at = event.at
        self._notify_room()

    def _apply_recording_stopped(self, event):
        protocol.require(event.data, recording=str, call=str)
        recording = self.env["vet.recording"]._find_or_create(self, event.data)
        if recording.state == "recording":
            recording.write({"state": "processing", "ended_at": event.at})
        self._notify_room()

    def _apply_recording_ready(self, event):
        protocol.require(event.data, recording=str, call=str, started_at=str, ended_at=str, folder=str, files=list)
        for values in event.data["files"]:
            self._check_file(values, event.data["folder"])
        started_at = protocol.parse_time(event.data["started_at"])
        ended_at = protocol.parse_time(event.data["ended_at"])
        recording = self.env["vet.recording"]._find_or_create(self, event.data)
        recording.write(
            {
                "state": "ready",
                "started_at": started_at,
                "ended_at": max(ended_at, started_at),
                "duration": self._get_recorded_duration(event.data["files"], started_at, ended_at),
                "folder_key": event.data["folder"],
                "problems": "\n".join(str(problem) for problem in event.data.get("problems") or ()),
            }
        )
        recording._store_files(event.data["files"])
        if recording.problems:
            self._report_recording_problem(recording)
        self._notify_room()

    @api.model
    def _check_file(self, values, folder):
        """Make sure that a reported file can be kept as it was said.

        :param dict values: one of the event's files
        :param str folder: the recording's folder in the store
        :raises protocol.EventError: naming what is wrong
        """
        if not isinstance(values, dict):
            raise protocol.EventError("A file in the event's data is not an object.")
        protocol.require(values, **FILE_FIELDS)
        if not values["key"].startswith(folder) or ".." in values["key"].split("/"):
            raise protocol.EventError("A file in the event's data is outside of the recording's folder.")
        if values["role"] not in ROLES or values["source"] not in SOURCES:
            raise protocol.EventError("A file in the event's data has an unknown role or source.")

    @api.model
    def _get_recorded_duration(self, files, started_at, ended_at):
        """Measure a recording by its files, which know more exactly than the clock.

        :rtype: float
        """
        ends = [(values.get("offset") or 0.0) + (values.get("duration") or 0.0) for values in files]
        return max(ends, default=0.0) or max(ended_at - started_at, timedelta()).total_seconds()

    def _apply_recording_failed(self, event):
        protocol.require(event.data, recording=str, call=str)
        recording = self.env["vet.recording"]._find_or_create(self, event.data)
        if recording.state != "ready":
            recording.write(
                {
                    "state": "failed",
                    "problems": event.data.get("reason") or self.env._("The sidecar gave no reason."),
                    "started_at": recording.started_at or event.at,
                    "ended_at": recording.ended_at or event.at,
                }
            )
            self._report_recording_problem(recording)
        self._notify_room()

    def _report_recording_problem(self, recording):
        """Bring a recording that is not as it should be to the attention of who is responsible.

        :param vet.recording recording: failed, or ready with problems
        """
        user = self.vet_id or self._get_managers()[:1]
        # The media service has no language: whoever is responsible reads theirs.
        localized = self.with_context(lang=user.lang or self.env.lang)
        if recording.state == "failed":
            summary = localized.env._("A recording failed")
            body = localized.env._("A recording failed: %(problems)s", problems=recording.problems)
        else:
            summary = localized.env._("A recording has gaps")
            body = localized.env._("A recording has gaps: %(problems)s", problems=recording.problems)
        self.message_post(body=body)
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=summary, note=recording.problems
            )

    def _get_managers(self):
        managers = self.env.ref("vet_teleconsult.group_manager").all_user_ids
        return managers.filtered(lambda user: self.company_id in user.company_ids and user.active)
