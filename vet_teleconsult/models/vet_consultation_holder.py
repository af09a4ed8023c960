from odoo import api, fields, models
from odoo.exceptions import UserError

from .vet_consultation import CLOSED_STATES
from .vet_consultation_workflow import NOT_BEGUN


class VetConsultation(models.Model):
    """Who holds a consultation: one rule, whichever way somebody exchanges the vet.

    The buttons (claim, release, hand over), the form, an import and the calendar all write ``vet_id``: so the lock, the
    rule that a claimed consultation is its holder's, and the word to those concerned stand there.
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    can_assign = fields.Boolean(
        compute="_compute_can_assign",
        help="Whether you may say who holds the consultation: nobody has claimed it, or you have.",
    )

    # === COMPUTE METHODS === #

    @api.depends("vet_id", "state")
    @api.depends_context("uid")
    def _compute_can_assign(self):
        is_manager = self.env.user.has_group("vet_teleconsult.group_manager")
        for consultation in self:
            # What is being chosen in a form does not take the choice away.
            saved = consultation._origin
            is_free = not saved.vet_id or saved.vet_id == self.env.user or is_manager
            consultation.can_assign = is_free and saved.state not in CLOSED_STATES

    # === CRUD METHODS === #

    def write(self, vals):
        if "vet_id" not in vals or not self._is_by_a_person():
            return super().write(vals)
        self.check_access("write")
        self._lock()
        former = {consultation: consultation.vet_id for consultation in self}
        changing = self.filtered(lambda consultation: consultation.vet_id.id != (vals["vet_id"] or False))
        changing._check_holder_change(vals["vet_id"])
        result = super().write(vals)
        for consultation in changing:
            consultation._tell_holders(former[consultation])
        return result

    # === BUSINESS METHODS === #

    def _is_by_a_person(self):
        """Say whether somebody does this, and not the system, which installs data and does what owners cause.

        The context does not count: a client can send any.

        :rtype: bool
        """
        return not self.env.su

    def _check_holder_change(self, vet_id):
        """Refuse to exchange the vet of what is over or another vet's, and to make available what has begun.

        :param int vet_id: who is to hold the consultations; nothing makes them available
        :raises UserError: naming the first that is refused
        """
        self._check_responsible()
        self._check_open()
        if not vet_id:
            self._check_not_begun()

    def _check_not_begun(self):
        for consultation in self:
            if consultation.state not in NOT_BEGUN:
                raise UserError(
                    self.env._(
                        "%(consultation)s has begun or is over: it cannot be made available again.",
                        consultation=consultation.name,
                    )
                )

    def _tell_holders(self, former):
        """Tell who holds the consultation now, and who held it, unless they did it themselves.

        Note: self.ensure_one()

        :param res.users former: who held it until now; may be none
        """
        self.ensure_one()
        self._tell_holder(self.vet_id, is_new=True)
        self._tell_holder(former, is_new=False)

    def _tell_holder(self, user, is_new):
        # sudo: the language of a colleague, who may not work in the clinics that are chosen at present
        user_sudo = user.sudo()
        if not user_sudo or user_sudo == self.env.user:
            return
        # The sentences are read by the colleague, in their language.
        localized = self.with_context(lang=user_sudo.lang)
        words = {
            "vet": self.env.user.name,
            "owner": self.partner_id.name,
            "patient": self.patient_id.name,
        }
        if is_new:
            body = localized.env._(
                "%(vet)s has handed the consultation of %(patient)s (%(owner)s) over to you.", **words
            )
        elif self.vet_id:
            body = localized.env._(
                "%(vet)s has given your consultation of %(patient)s (%(owner)s) to %(successor)s.",
                successor=self.sudo().vet_id.name,
                **words,
            )
        else:
            body = localized.env._(
                "%(vet)s has made your consultation of %(patient)s (%(owner)s) available to every vet again.", **words
            )
        self.message_notify(
            partner_ids=user_sudo.partner_id.ids,
            subject=localized.env._("Consultation of %(patient)s", patient=self.patient_id.name),
            body=body,
        )
