from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html_sanitize

from ..tools.text import drop_controls

# What a vet writes beside the picture.
WRITING = ("note", "note_shared", "recommendations", "next_steps")


class VetConsultation(models.Model):
    """What only vets see and do in the room: history, notes, recordings."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _get_history_domain(self):
        """Say which consultations a vet wants to know of in this one: earlier, of the same patient or owner.

        Note: self.ensure_one()

        :rtype: Domain
        """
        self.ensure_one()
        before = self.scheduled_at or fields.Datetime.now()
        same_patient_or_owner = Domain("patient_id", "=", self.patient_id.id) | Domain(
            "partner_id", "=", self.partner_id.id
        )
        return (
            same_patient_or_owner
            & Domain("id", "!=", self._origin.id or self.id or 0)
            & Domain("state", "not in", ("scheduled", "waiting"))
            & Domain("scheduled_at", "<=", before)
        )

    def _get_workspace(self):
        """Tell a vet what only vets may know: notes, recordings, who has claimed.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "red_flags": self._get_red_flags(),
            **self._get_writing(),
            "note_template": self.type_id.note_template or "",
            "claimed_by": self._get_claimed_by(),
            "is_mine": self.is_mine,
            "workflow": self._get_workflow(),
            "recordings": self.recording_ids._get_info(),
            "summary": self._get_summary_info(),
            "guests": self.guest_ids._get_info(),
            "prescribing": self._get_prescribing(),
        }

    def _get_writing(self):
        """Give what a vet writes in the room, as it is kept.

        Note: self.ensure_one()

        :return: ``note`` (HTML), ``note_shared`` (bool), ``recommendations`` and ``next_steps`` (text)
        :rtype: dict
        """
        self.ensure_one()
        return {
            "note": self.note or "",
            "note_shared": self.note_shared,
            "recommendations": self.recommendations or "",
            "next_steps": self.next_steps or "",
        }

    def _save_writing(self, **values):
        """Save what a vet wrote in the room, also after the consultation is over.

        Note: self.ensure_one()

        :param values: of :meth:`_get_writing`, those that were changed: the others stay as a colleague left them
        :return: all of them, as they were kept
        :rtype: dict
        :raises UserError: when one of them is not what it has to be
        """
        self.ensure_one()
        self.write({name: self._read_writing(name, value) for name, value in values.items()})
        return self._get_writing()

    def _read_writing(self, name, value):
        if name == "note_shared":
            if not isinstance(value, bool):
                raise UserError(self.env._("Whether the owner sees the note is neither yes nor no."))
            return value
        if not isinstance(value, str):
            raise UserError(self.env._("The note is not text."))
        return html_sanitize(value) if name == "note" else drop_controls(value).strip()

    def _get_recording(self, recording_id):
        """Find a recording that a vet asks for in the room: of this consultation, or of an earlier one.

        :param int recording_id: from the page
        :rtype: vet.recording
        :raises UserError: when there is none
        """
        recording = self.env["vet.recording"].browse(recording_id if isinstance(recording_id, int) else [])
        if not recording.exists():
            raise UserError(self.env._("This recording does not exist."))
        return recording
