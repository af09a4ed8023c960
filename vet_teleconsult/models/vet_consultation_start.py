from odoo import fields, models
from odoo.exceptions import UserError

from .vet_consultation_workflow import NOT_BEGUN


class VetConsultation(models.Model):
    """What Start leads to, and how it is taken back while the owner has not been met."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === ACTION METHODS === #

    def action_undo_start(self):
        """Take Start back while no call with the owner has connected: who is in the room waits again."""
        self.check_access("write")
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            consultation._check_open()
            if consultation.state in NOT_BEGUN:
                raise UserError(
                    self.env._(
                        "%(consultation)s has not begun: there is nothing to take back.",
                        consultation=consultation.name,
                    )
                )
            vals = {"state": "scheduled", "started_at": False, "waiting_since": False}
            if consultation.owner_present:
                now = fields.Datetime.now()
                vals |= {"state": "waiting", "waiting_since": consultation.waiting_since or now}
            consultation.write(vals)
        return True

    # === BUSINESS METHODS === #

    def _has_met_owner(self):
        """Say whether a call of the owner with a vet has connected: from then on the consultation has taken place.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        # sudo: whether there was a call, for whoever may see the consultation
        return any(call.is_with_owner and call.is_with_vet for call in self.sudo().call_ids)

    def _check_owner_not_met(self):
        for consultation in self:
            if consultation._has_met_owner():
                raise UserError(
                    self.env._(
                        "There has been a call with the owner in %(consultation)s: finish it instead.",
                        consultation=consultation.name,
                    )
                )

    def _get_work_action(self):
        """Lead the vet to where the consultation is held: its room, or the form with the owner's number.

        Note: self.ensure_one()

        :return: an action; True where the form is what the vet is looking at
        :rtype: dict | bool
        """
        self.ensure_one()
        if self.mode != "phone":
            return self._get_room_action()
        return True if self.env.context.get("vet_form_is_open") else self._action_open(self)
