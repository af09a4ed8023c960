from odoo import api, fields, models
from odoo.tools import format_time

from .vet_consultation_workflow import NOT_BEGUN


class VetConsultation(models.Model):
    """What else a vet has at the time of a consultation: the clinic may want that, and is told.

    Owners are offered only what is free. Vets move, claim and hand over as they see fit; nothing is refused here.
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    conflict = fields.Char(
        compute="_compute_conflict",
        groups="vet_teleconsult.group_veterinarian",
        help="What else the vet has at the time of an appointment that is to come.",
    )

    # === COMPUTE METHODS === #

    @api.depends("vet_id", "scheduled_at", "scheduled_duration", "state", "company_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_conflict(self):
        for consultation in self:
            is_to_come = consultation.scheduled_at and consultation.scheduled_at > fields.Datetime.now()
            is_planned = is_to_come and consultation.state in NOT_BEGUN
            consultation.conflict = is_planned and consultation._describe_conflict()

    # === BUSINESS METHODS === #

    def _describe_conflict(self, vet=None, start=None):
        """Say what else a vet has while the consultation is to take place.

        Events of others are not named: their calendar shows them as busy, if at all.

        Note: self.ensure_one()

        :param res.users vet: by default whoever holds the consultation
        :param datetime start: UTC, without time zone; by default when it is scheduled, or now if that is over
        :return: such as ``VC/2026/00007 · Otis (9:00 AM - 9:30 AM)``; False when there is nothing, or no vet
        :rtype: str | bool
        """
        self.ensure_one()
        vet = (vet if vet is not None else self.vet_id)._origin
        if not vet or not (start or self.scheduled_at):
            return False
        start = start or max(self.scheduled_at, fields.Datetime.now())
        end = start + self._get_length()
        zone = self.env.tz.zone
        # sudo: what fills a colleague's time counts; it is named only to who may see it
        commitments = vet.sudo()._get_commitments(start, end, self.company_id.sudo())
        return (
            ", ".join(
                self.env._(
                    "%(commitment)s (%(start)s - %(end)s)",
                    commitment=self._name_commitment(record_sudo, vet),
                    start=format_time(self.env, busy_start, tz=zone, time_format="short"),
                    end=format_time(self.env, busy_end, tz=zone, time_format="short"),
                )
                for busy_start, busy_end, record_sudo in commitments
                if not self._is_own(record_sudo, vet)
            )
            or False
        )

    def _is_own(self, record_sudo, vet):
        """Say whether something in a vet's calendar is this consultation, or stands for a consultation of theirs.

        Note: self.ensure_one()
        """
        if record_sudo._name == "calendar.event":
            consultations_sudo = record_sudo.vet_consultation_ids
            return self._origin.id in consultations_sudo.ids or vet.id in consultations_sudo.vet_id.ids
        return record_sudo._name == self._name and record_sudo.id == self._origin.id

    @api.model
    def _name_commitment(self, record_sudo, vet):
        match record_sudo._name:
            case "vet.consultation":
                may_read = record_sudo.sudo(False).has_access("read")
                return record_sudo.display_name if may_read else self.env._("Another consultation")
            case "calendar.event":
                return record_sudo.name if vet == self.env.user else self.env._("An event in the calendar")
            case _:
                return self.env._("A leave")
