from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.media_types import format_duration
from ..tools.timeline import Source
from .vet_timeline import MAX_FILES

CONSULTATION_TONES = {
    "waiting": "warning",
    "in_progress": "warning",
    "done": "good",
    "cancelled": "danger",
    "no_show": "danger",
}
RECORDING_TONES = {"recording": "danger", "processing": "warning", "ready": "good", "failed": "danger"}


class VetTimeline(models.AbstractModel):
    """What was done for a patient: consultations, chats, recordings, observations."""

    _inherit = "vet.timeline"

    # === BUSINESS METHODS === #

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            Source(
                "consultation",
                self.env._("Consultations"),
                "vet.consultation",
                "scheduled_at",
                self._describe_consultations,
                past=Domain("state", "not in", ("scheduled", "waiting")),
                without=lambda consultation: Domain("id", "not in", consultation.ids),
                is_for_owners=True,
            ),
            Source(
                "chat",
                self.env._("Chats"),
                "vet.chat",
                "last_message_at",
                self._describe_chats,
                without=lambda consultation: Domain("id", "not in", consultation.chat_id.ids),
                is_for_owners=True,
            ),
            # Recordings and observations are the clinic's: no audience but vets.
            Source(
                "recording",
                self.env._("Recordings"),
                "vet.recording",
                "started_at",
                self._describe_recordings,
                without=lambda consultation: Domain("consultation_id", "not in", consultation.ids),
            ),
            Source(
                "observation",
                self.env._("Observations"),
                "vet.observation",
                "observed_at",
                self._describe_observations,
                partner="chat_id.partner_id",
                without=lambda consultation: Domain("chat_id", "not in", consultation.chat_id.ids),
            ),
        ]

    # === BUSINESS METHODS - CONSULTATIONS === #

    def _describe_consultations(self, consultations, scope):
        """Describe consultations with their notes: for owners, what was shared with them.

        :param vet.consultation consultations: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        summaries = consultations.summary_ids.filtered(
            lambda summary: summary.state == "ready" if scope.is_for_vets else summary._is_shared()
        )
        entries = {}
        for consultation in consultations:
            latest = summaries.filtered(lambda summary, of=consultation: summary.consultation_id == of)[:1]
            note = consultation.note if scope.is_for_vets else consultation.owner_note
            entries[consultation] = {
                "title": consultation.type_id.name,
                "about": consultation.vet_id.name or None,
                "detail": consultation.name if scope.is_for_vets else None,
                "patient": self._name_patient(consultation.patient_id, scope),
                "files": [self._describe_pdf(self.env._("Summary"), summary._get_path()) for summary in latest],
                **self._describe_text(note),
                **self._describe_state(consultation, CONSULTATION_TONES),
                **self._describe_place_in_odoo(consultation, scope, f"/my/consultations/{consultation.id}"),
            }
        return entries

    # === BUSINESS METHODS - CHATS === #

    def _describe_chats(self, chats, scope):
        """Describe chats with their latest files (vets) and the transcripts that both sides have.

        :param vet.chat chats: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        media = self._get_latest_media(chats) if scope.is_for_vets else {}
        role = {"role": "vet" if scope.is_for_vets else "owner"}
        transcripts = chats.transcript_ids.filtered(lambda transcript: transcript.state == "ready")
        entries = {}
        for chat in chats:
            consultation = chat.consultation_ids[:1]
            of_chat = transcripts.filtered(lambda transcript, chat=chat: transcript.chat_id == chat)
            entries[chat] = {
                "title": chat.subject or (consultation and self.env._("Messages")) or self.env._("Chat"),
                "about": chat.vet_id.name or None,
                "detail": consultation.name if consultation and scope.is_for_vets else None,
                "patient": self._name_patient(chat.patient_id, scope),
                "files": [
                    *(self._describe_media(file) for file in media.get(chat, ())),
                    *(
                        self._describe_pdf(
                            self.env._("Transcript, version %(version)s", version=transcript.version),
                            transcript._format(role)["url"],
                        )
                        for transcript in of_chat.sorted("version", reverse=True)[:1]
                    ),
                ],
                **self._describe_chat_state(chat),
                **self._describe_place_in_odoo(chat, scope, f"/vet/chat/{chat.id}"),
            }
        return entries

    def _describe_chat_state(self, chat):
        if chat.ended_at:
            return {"state": "ended", "state_label": self.env._("Ended"), "tone": "neutral"}
        return self._describe_state(chat, {"open": "good"})

    def _get_latest_media(self, chats):
        """Find the last files of each chat, a few of each, in one query for all chats.

        :param vet.chat chats: readable by whoever asks
        :return: the files by chat, the oldest first
        :rtype: dict[vet.chat, vet.media]
        """
        media_model = self.env["vet.media"]
        query = media_model._search([("chat_id", "in", chats.ids), ("state", "=", "ready")])
        ranked = query.select(
            SQL.identifier(query.table, "id"),
            SQL(
                "row_number() OVER (PARTITION BY %s ORDER BY %s DESC) AS position",
                SQL.identifier(query.table, "chat_id"),
                SQL.identifier(query.table, "id"),
            ),
        )
        rows = self.env.execute_query(
            SQL("SELECT id FROM (%s) AS ranked WHERE position <= %s ORDER BY id", ranked, MAX_FILES)
        )
        # sudo: found with the rights of whoever asks; their tokens are in their addresses
        latest_sudo = media_model.sudo().browse([key for (key,) in rows])
        return latest_sudo.grouped(lambda file: file.chat_id.sudo())

    def _describe_media(self, media):
        facts = [format_duration(media.duration)] if media.duration and media.kind in ("video", "audio") else []
        is_viewed = media.kind in ("video", "photo", "still", "audio")
        return {
            "key": f"media-{media.id}",
            "kind": media.kind or "document",
            "name": media.name,
            "facts": " · ".join(facts) or None,
            "url": media._get_clip_path() if is_viewed else media._get_access_path(download=True, variant="original"),
            "poster_url": media.poster_url or None,
        }

    def _describe_pdf(self, name, url):
        return {"key": url, "kind": "pdf", "name": name, "facts": None, "url": url, "poster_url": None}

    # === BUSINESS METHODS - RECORDINGS AND OBSERVATIONS === #

    def _describe_recordings(self, recordings, scope):
        """Describe recordings; the ready ones can be viewed.

        :param vet.recording recordings: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        return {
            recording: {
                "title": self.env._("Recording"),
                "about": recording.vet_id.name or None,
                "detail": " · ".join(
                    filter(
                        None,
                        (recording.consultation_id.name, recording.duration and format_duration(recording.duration)),
                    )
                ),
                "patient": self._name_patient(recording.patient_id, scope),
                "recording": recording.id if recording.state == "ready" else None,
                **self._describe_state(recording, RECORDING_TONES),
                **self._describe_place_in_odoo(recording, scope),
            }
            for recording in recordings
        }

    def _describe_observations(self, observations, scope):
        """Describe what was measured, with the clip where it was counted.

        :param vet.observation observations: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        return {
            observation: {
                "title": observation.display_name,
                "about": observation.user_id.name or None,
                "detail": observation.method or None,
                "patient": self._name_patient(observation.patient_id, scope),
                "files": [
                    {
                        **self._describe_media(media),
                        "url": media._get_clip_path(start=observation.start),
                    }
                    for media in observation.media_id.filtered(lambda file: file.state == "ready")
                ],
                **self._describe_place_in_odoo(observation, scope),
            }
            for observation in observations
        }
