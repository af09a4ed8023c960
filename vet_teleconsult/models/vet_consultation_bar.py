from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import protocol
from ..tools.room_error import get_room_error
from .vet_consultation import CLOSED_STATES
from .vet_consultation_reopen import MISSED_STATES
from .vet_consultation_workflow import NOT_BEGUN


class VetConsultation(models.Model):
    """The control bar of vets: what it shows of the consultation, and what its buttons do."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    may_act = fields.Boolean(compute="_compute_may_act", help="Whether nobody else holds it, or you are a manager.")

    # === COMPUTE METHODS === #

    @api.depends("vet_id")
    @api.depends_context("uid")
    def _compute_may_act(self):
        is_manager = self.env.user.has_group("vet_teleconsult.group_manager")
        for consultation in self:
            consultation.may_act = is_manager or not consultation.vet_id or consultation.vet_id == self.env.user

    # === BUSINESS METHODS === #

    def _get_workflow(self):
        """Tell a vet's control bar how the consultation stands, and what they may do with it at present.

        What they do is checked again; this only keeps buttons from promising too much.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        user = self.env.user
        is_open, may_act = self._is_open(), self.may_act
        is_unheld = is_open and not self._has_met_owner()
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "scheduled_at": protocol.format_time(self.scheduled_at),
            "claimed_by": self._get_claimed_by(),
            "is_mine": self.vet_id == user,
            "chat_state": self.chat_id.state,
            "no_show_proposed": self.no_show_proposed,
            "may": {
                "claim": is_open and not self.vet_id,
                "release": bool(self.vet_id) and may_act and self.state in NOT_BEGUN,
                "hand_over": is_open and may_act,
                "cancel": is_open and may_act,
                "no_show": may_act and is_unheld and not self.owner_present,
                "reschedule": may_act and is_unheld and not self.owner_present,
                "undo_start": may_act and is_unheld and self.state == "in_progress",
                "finish": may_act and self.state == "in_progress",
                "reopen": may_act and self.state in CLOSED_STATES,
            },
        }

    def _run_workflow(self, action=None, user_id=None, reason=None):
        """Do what a button of the bar says.

        Note: self.ensure_one()

        :param str action: ``claim``, ``release``, ``hand_over``, ``lock``, ``unlock``, ``cancel``, ``no_show``,
            ``reschedule``, ``undo_start``, ``finish`` or ``reopen``; None only tells how the consultation stands
        :param int user_id: to whom to hand over
        :param str reason: why it is cancelled, for the owner
        :return: the consultation as the bar shows it
        :rtype: dict
        :raises UserError: when it cannot be done, naming why
        :raises RoomError: when there is no such action
        """
        self.ensure_one()
        if action is not None:
            self.check_access("write")
            self._do(action, user_id, reason)
        return self._get_workflow()

    def _do(self, action, user_id, reason):
        match action:
            case "claim":
                self.action_claim()
            case "release":
                self.action_release()
            case "hand_over":
                # Without anybody the button asks to whom; here that is a refusal.
                self.action_hand_over(user_id or -1)
            case "lock":
                self.action_lock_chat()
            case "unlock":
                self.action_unlock_chat()
            case "cancel":
                if not isinstance(reason, str) or not reason.strip():
                    raise UserError(self.env._("Write why the consultation is cancelled: the owner is told."))
                self.action_cancel(reason)
            case "no_show":
                self.action_no_show()
            case "reschedule":
                # The button asks for a time; here that is a refusal.
                raise UserError(self.env._("Choose when the consultation is to take place."))
            case "undo_start":
                self.action_undo_start()
            case "finish":
                self.action_finish()
            case "reopen":
                # What did not take place needs a time, for which the button asks; here that is a refusal.
                if self.state in MISSED_STATES:
                    raise UserError(self.env._("Choose when the consultation is to take place."))
                self.action_reopen()
            case _:
                raise get_room_error(self.env, "invalid")
