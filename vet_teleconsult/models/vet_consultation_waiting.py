from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import protocol

LINE_STATES = ("scheduled", "waiting")
LINE_BEFORE = timedelta(minutes=15)
LINE_AFTER = timedelta(hours=4)
WAITING_LIMIT = 50


class VetConsultation(models.Model):
    """The waiting room: who is expected, who is here, and who is before whom."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - LINE === #

    def _get_place_in_line(self):
        """Count the owners who are to be seen before this one by whichever vet is free next.

        The line is that of the company's consultations which no vet has claimed, and which vets of this one's type can
        hold: those whose owner is here, and those whose time has come. Whoever has a vet of their own stands in no
        line, nor does anybody whose time is more than a quarter of an hour away, or long past without them.

        Note: self.ensure_one()

        :return: how many are before, or None when the consultation stands in no line
        :rtype: int | None
        """
        self.ensure_one()
        # sudo: an owner may know how many there are, not who
        consultations_sudo = self.sudo().with_context(active_test=False)
        in_line = consultations_sudo._get_line_domain()
        if not self.sudo().filtered_domain(in_line):
            return None
        before = Domain("scheduled_at", "<", self.scheduled_at) | (
            Domain("scheduled_at", "=", self.scheduled_at) & Domain("id", "<", self.id)
        )
        return consultations_sudo.search_count(in_line & before)

    def _get_line_domain(self):
        """Say which consultations wait for any of the vets who can hold this one.

        Note: self.ensure_one()

        :rtype: Domain
        """
        self.ensure_one()
        now = fields.Datetime.now()
        is_due = Domain("scheduled_at", ">=", now - LINE_AFTER) & Domain("scheduled_at", "<=", now + LINE_BEFORE)
        vets = self.type_id.vet_ids
        # A type without vets of its own is held by every vet.
        is_for_them = Domain("type_id.vet_ids", "=", False) | Domain("type_id.vet_ids", "in", vets.ids)
        return (
            Domain("company_id", "=", self.company_id.id)
            & (is_for_them if vets else Domain.TRUE)
            & Domain("vet_id", "=", False)
            & Domain("state", "in", LINE_STATES)
            & (Domain("owner_present", "=", True) | is_due)
        )

    # === BUSINESS METHODS - WHAT THE OWNER SEES === #

    def _get_waiting_room(self):
        """Tell an owner how things stand until the vet comes: never who else is there.

        Note: self.ensure_one()

        :return: ``state``, ``scheduled_at``, ``place`` (how many are before, or None), ``vet`` (name, or None),
            ``vet_here`` (a vet is in the room), ``vet_busy`` (their vet is in another room) and ``now``, by which the
            page reckons how late it is
        :rtype: dict
        """
        self.ensure_one()
        claimed_by = self._get_claimed_by()
        return {
            "state": self.state,
            "scheduled_at": protocol.format_time(self.scheduled_at),
            "place": self._get_place_in_line(),
            "vet": {"name": claimed_by["name"]} if claimed_by else None,
            "vet_here": self.vet_present,
            "vet_busy": not self.vet_present and self._is_vet_busy(),
            "now": protocol.format_time(fields.Datetime.now()),
        }

    def _is_vet_busy(self):
        """Say whether the consultation's vet is in the room of another one, in whichever clinic.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        # sudo: an owner may know that their vet is busy, not with whom
        consultations_sudo = self.sudo()
        return bool(consultations_sudo.vet_id) and bool(
            consultations_sudo.search_count(
                [
                    ("vet_id", "=", consultations_sudo.vet_id.id),
                    ("state", "=", "in_progress"),
                    ("vet_present", "=", True),
                    ("id", "!=", self.id),
                ],
                limit=1,
            )
        )

    # === BUSINESS METHODS - WHAT VETS SEE === #

    @api.model
    def get_waiting_list(self):
        """List the owners who wait for the current vet: theirs, and those whom nobody has claimed.

        :return: who waits longest first; see :meth:`_get_waiting_entry`
        :rtype: list[dict]
        """
        user = self.env.user
        domain = self._get_calling_domain() & Domain("vet_id", "in", (False, user.id))
        consultations = self.with_context(allowed_company_ids=user.company_ids.ids)
        waiting = consultations.search(domain, order="scheduled_at, id", limit=WAITING_LIMIT)
        waiting = waiting.sorted(lambda consultation: (consultation._get_waits_since(), consultation.id))
        return [consultation._get_waiting_entry() for consultation in waiting]

    @api.model
    def _get_calling_domain(self):
        """Say to which consultations vets are called at present.

        An owner in the waiting room calls from a quarter of an hour before the appointment on. Who is to be called by
        phone, and who asked to be seen now, waits wherever they are: from their time on, for as long as the line holds.

        :rtype: Domain
        """
        now = fields.Datetime.now()
        is_here = Domain("state", "=", "waiting") & Domain("scheduled_at", "<=", now + LINE_BEFORE)
        is_due = (
            Domain("state", "in", LINE_STATES)
            & Domain("scheduled_at", "<=", now)
            & Domain("scheduled_at", ">=", now - LINE_AFTER)
        )
        is_requested = Domain("vet_id", "=", False) & Domain("booking_ids.state", "=", "requested")
        return is_here | (is_due & (Domain("mode", "=", "phone") | is_requested))

    def _get_waits_since(self):
        """Say since when the owner waits: who asked to be seen now, since then, wherever they wait.

        Note: self.ensure_one()

        :rtype: datetime
        """
        self.ensure_one()
        is_requested = self.booking_id.state == "requested"
        return self.scheduled_at if is_requested else self.waiting_since or self.scheduled_at

    def _get_waiting_entry(self):
        """Tell a vet who waits.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "patient": self.patient_id.name,
            "species": self.species_id.name,
            "owner": self.partner_id.name,
            "type": self.type_id.name,
            "company": self.company_id.name if len(self.env.user.company_ids) > 1 else None,
            "mode": self.mode,
            "waiting_since": protocol.format_time(self._get_waits_since()),
            "is_mine": self.vet_id == self.env.user,
            "has_come": self.state == "waiting",
            "owner_present": self.owner_present,
            "red_flags": self._get_red_flags(),
            "device_check": {"state": self.device_check_state, "summary": self.device_check_summary}
            if self.device_check_state
            else None,
        }
