from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .vet_consultation_workflow import NOT_BEGUN

TIME_FIELDS = {"scheduled_at", "scheduled_end", "scheduled_duration"}


class VetConsultation(models.Model):
    """When a consultation takes place, and until when, and by whom, that can be changed."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    scheduled_end = fields.Datetime(inverse="_inverse_scheduled_end")

    # === COMPUTE METHODS === #

    def _inverse_scheduled_end(self):
        # Odoo's calendar view knows a beginning and an end; the consultation, a beginning and a length.
        for consultation in self.filtered("scheduled_end"):
            length = (consultation.scheduled_end - consultation.scheduled_at).total_seconds()
            consultation.scheduled_duration = length / 3600

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        # Who clicks on a day of the calendar has not chosen a length: that is the type's.
        return super().default_get([name for name in fields_list if name != "scheduled_end"])

    def write(self, vals):
        if TIME_FIELDS & vals.keys() and self._is_by_a_person():
            for consultation in self:
                consultation._check_movable(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _get_length(self):
        """Give how long the consultation is planned to take, in whole minutes.

        Note: self.ensure_one()

        :rtype: timedelta
        """
        self.ensure_one()
        return timedelta(minutes=round(self.scheduled_duration * 60))

    def _check_movable(self, vals):
        """Refuse another time for what has begun or is over, and for what another vet holds.

        What is scheduled again in the same step is to take place: that may be at another time.

        Note: self.ensure_one()

        :param dict vals: what is to be written
        :raises UserError: when the time would change and may not
        """
        self.ensure_one()
        if not self._is_moved_by(vals):
            return
        if vals.get("state", self.state) not in NOT_BEGUN:
            raise UserError(
                self.env._("%(consultation)s has begun or is over: it cannot be moved.", consultation=self.name)
            )
        self._check_responsible()

    def _is_moved_by(self, vals):
        is_moved = any(
            fields.Datetime.to_datetime(vals[name]) != self[name]
            for name in ("scheduled_at", "scheduled_end")
            if name in vals
        )
        duration = vals.get("scheduled_duration", self.scheduled_duration)
        return is_moved or bool(float_compare(duration or 0.0, self.scheduled_duration, precision_digits=4))
