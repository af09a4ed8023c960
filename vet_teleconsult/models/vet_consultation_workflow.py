from odoo import fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.tools import is_html_empty

from .vet_consultation import CLOSED_STATES

NOBODY_PRESENT = {"owner_present": False, "vet_present": False}
NOT_BEGUN = ("scheduled", "waiting")


class VetConsultation(models.Model):
    """The buttons of a consultation: claim, release, hand over, start, finish, lock, and what to open.

    The consultation is one model in several files, one for each idea.
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === ACTION METHODS - WORKFLOW === #

    def action_claim(self):
        """Take available consultations; of several vets at once, one gets them and the others are told who.

        Of several, all are claimed or none: whoever has ticked them is told which are another vet's.
        """
        consultations = self.sorted("id")
        consultations._lock()
        taken = consultations.filtered(lambda each: each.vet_id and each.vet_id != self.env.user)
        if taken:
            raise UserError("\n".join(consultation._describe_claim() for consultation in taken))
        consultations._check_open()
        consultations.filtered(lambda consultation: not consultation.vet_id).vet_id = self.env.user
        return True

    def _describe_claim(self):
        self.ensure_one()
        return self.env._("%(vet)s has claimed %(consultation)s already.", vet=self.vet_id.name, consultation=self.name)

    def action_release(self):
        """Make a claimed consultation available to every vet again."""
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            consultation._check_not_begun()
            consultation.vet_id = False
        return True

    def action_hand_over(self, user_id=None):
        """Give the consultations to a colleague, who is told; without one, ask to whom first.

        :param int user_id: a vet of the clinic who holds consultations of this type
        """
        if not user_id:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Hand Over"),
                "res_model": "vet.consultation.hand.over",
                "view_mode": "form",
                "target": "new",
                "context": {"default_consultation_ids": [fields.Command.set(self.ids)]},
            }
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            consultation._check_open()
            user = consultation._get_colleagues().filtered(lambda colleague: colleague.id == user_id)
            if not user:
                raise UserError(
                    self.env._(
                        "Choose a vet of the clinic who holds consultations of type “%(type)s”.",
                        type=consultation.type_id.name,
                    )
                )
            if user != consultation.vet_id:
                consultation.vet_id = user
        return True

    def _get_colleagues(self):
        """Give the vets who can hold the consultation.

        Note: self.ensure_one()

        :rtype: res.users
        """
        self.ensure_one()
        colleagues, allowed = self.chat_id._get_colleagues(), self.type_id.vet_ids
        return colleagues & allowed if allowed else colleagues

    def action_start(self):
        """Start the consultation: claim it if nobody has, and open the room, or by phone the form with the number."""
        self.ensure_one()
        self._check_open()
        if not self.vet_id:
            self.action_claim()
        self._check_responsible()
        if self.state in NOT_BEGUN:
            self.write({"state": "in_progress", "started_at": self.started_at or fields.Datetime.now()})
        return self._get_work_action()

    def action_open_room(self):
        """Open the room without starting: to look, or to help a colleague. By phone, the form."""
        self.ensure_one()
        self._check_open()
        return self._get_work_action()

    def _get_room_action(self):
        return {
            "type": "ir.actions.client",
            "tag": "vet_teleconsult.room",
            "name": self.display_name,
            "params": {"consultation_id": self.id},
            "context": {"active_id": self.id},
        }

    def action_finish(self):
        """Finish the consultation and close its room. Hanging up does not do that."""
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            consultation._check_open()
            now = fields.Datetime.now()
            consultation.write(
                {"state": "done", "ended_at": max(now, consultation.started_at or now), **NOBODY_PRESENT}
            )
        self._end_room("finished")
        return True

    def _lock(self):
        """Lock the rows; somebody else holding them makes the whole request start again, with their result in sight.

        :raises ConcurrencyError: when another transaction is changing them
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise ConcurrencyError(str(error)) from error
        self.invalidate_recordset(["vet_id", "state"])

    def _check_open(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for consultation in self:
            if consultation.state in CLOSED_STATES:
                raise UserError(
                    self.env._(
                        "%(consultation)s is “%(state)s”. Reopen it first.",
                        consultation=consultation.name,
                        state=labels[consultation.state],
                    )
                )

    def _check_responsible(self):
        """Refuse when another vet has claimed the consultation; a manager may act for them."""
        if self.env.su or self.env.user.has_group("vet_teleconsult.group_manager"):
            return
        for consultation in self:
            if consultation.vet_id and consultation.vet_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(vet)s has claimed %(consultation)s. Ask them, or a Teleconsult manager.",
                        vet=consultation.vet_id.name,
                        consultation=consultation.name,
                    )
                )

    # === ACTION METHODS - NOTE AND CHAT === #

    def action_insert_note_template(self):
        """Begin the note from the type's template, or add the template below what is there."""
        for consultation in self:
            template = consultation.type_id.note_template
            if not is_html_empty(template):
                consultation.note = template if not consultation.has_note else consultation.note + template
        return True

    def action_lock_chat(self):
        """Stop the owner from writing."""
        self.chat_id.action_lock()
        return True

    def action_unlock_chat(self):
        """Let the owner write again."""
        self.chat_id.action_unlock()
        return True

    # === ACTION METHODS - VIEWS === #

    def action_view_calls(self):
        """Open the consultation's calls."""
        return self._action_view(self.env._("Calls"), "vet.call", "list,form")

    def action_view_recordings(self):
        """Open the consultation's recordings; a single one that is ready, in the player."""
        if len(self.recording_ids) == 1 and self.recording_ids.state == "ready":
            return self.recording_ids.action_view_player()
        return self._action_view(self.env._("Recordings"), "vet.recording", "list,form")

    def _action_view(self, name, model, view_mode):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": view_mode,
            "domain": [("consultation_id", "=", self.id)],
        }

    def action_view_history(self):
        """Open the patient's and the owner's earlier consultations."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Earlier Consultations"),
            "res_model": "vet.consultation",
            "view_mode": "list,form",
            "domain": [("id", "in", self.history_ids.ids)],
        }

    def action_view_chat(self):
        """Open the consultation's chat, where vets write in it."""
        self.ensure_one()
        return self.chat_id.action_open()

    def action_open_patient(self):
        """Open the patient."""
        return self._action_open(self.patient_id)

    def _action_open(self, record):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
