from odoo import fields, models
from odoo.exceptions import UserError

from .vet_consultation import OPEN_STATES

MISSED_STATES = ("cancelled", "no_show")


class VetConsultation(models.Model):
    """Reopening, and choosing another time: the owner is told.

    What is finished goes on; what did not take place, or whose owner has not come, gets another time.
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === ACTION METHODS === #

    def action_reopen(self, scheduled_at=None):
        """Go on with a finished consultation, or schedule a cancelled or missed one again.

        The time of what did not take place was given back when it was cancelled, or is over: without another one, ask
        for it first.

        :param datetime scheduled_at: UTC, without time zone; when what did not take place is to, from now on
        :raises UserError: when it is not over, is another vet's, the time is over, or the owner has booked again
        """
        self.check_access("write")
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            if consultation.state in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(consultation)s is not over: there is nothing to reopen.", consultation=consultation.name
                    )
                )
        missed = self.filtered(lambda consultation: consultation.state in MISSED_STATES)
        missed._check_not_booked_again()
        if missed and not scheduled_at:
            return missed._ask_for_time(self.env._("Schedule Again"))
        (self - missed).write({"state": "in_progress", "ended_at": False})
        for consultation in missed:
            consultation._schedule_again(scheduled_at)
        self._extend_links()
        return True

    def action_reschedule(self, scheduled_at=None):
        """Choose another time for what is to take place and whose owner has not come; without one, ask for it first.

        :param datetime scheduled_at: UTC, without time zone
        :raises UserError: when it is over or another vet's, the owner is there or was met, or the time is over
        """
        self.check_access("write")
        self._lock()
        self._check_responsible()
        self._check_open()
        self._check_owner_not_met()
        self._check_owner_absent()
        if not scheduled_at:
            return self._ask_for_time(self.env._("Choose Another Time"), is_move=True)
        for consultation in self:
            consultation._schedule_again(scheduled_at)
        self._extend_links()
        return True

    # === BUSINESS METHODS === #

    def _check_not_booked_again(self):
        """Refuse what the owner has booked again already: there would be two.

        :raises UserError: naming what they have booked
        """
        for consultation in self:
            booked = self.env["vet.booking"]._find_rebooking(consultation).consultation_id
            if booked and booked._is_open():
                raise UserError(
                    self.env._(
                        "%(owner)s has booked again already, instead of %(consultation)s: %(booked)s. Go on with that "
                        "one, or cancel it first.",
                        owner=consultation.partner_id.name,
                        consultation=consultation.name,
                        booked=booked.name,
                    )
                )

    def _ask_for_time(self, title, is_move=False):
        """Open the dialog that asks when the consultation is to take place.

        :param str title: of the dialog
        :param bool is_move: whether it is to take place anyway, at another time
        :rtype: dict
        """
        if len(self) > 1:
            raise UserError(self.env._("Take one consultation after the other: each needs a time of its own."))
        dialog = self.env["vet.consultation.reopen"].create({"consultation_id": self.id, "is_move": is_move})
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": dialog._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "target": "new",
        }

    def _schedule_again(self, scheduled_at):
        """Have what did not take place take place, as if it had never begun; the owner is told.

        Note: self.ensure_one()

        :param datetime scheduled_at: UTC, without time zone
        :raises UserError: when that time is over
        """
        self.ensure_one()
        if scheduled_at <= fields.Datetime.now():
            raise UserError(self.env._("This time is over. Choose one that is to come: the owner is told of it."))
        self.write(
            {
                "state": "scheduled",
                "scheduled_at": scheduled_at,
                "started_at": False,
                "ended_at": False,
                "waiting_since": False,
                "owner_left_at": False,
                "cancel_reason": False,
                "cancel_mail_id": False,
                "cancel_mailed_at": False,
            }
        )
