import binascii
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..tools.identifier import find_record
from .vet_consultation_workflow import NOBODY_PRESENT

REBOOK_SCOPE = "vet_teleconsult.rebook"
REBOOK_VALIDITY_PARAMETER = "vet_teleconsult.rebook_validity_days"
DEFAULT_REBOOK_VALIDITY = 14  # days
REBOOK_KEY_LENGTH = 32  # hexadecimal digits


class VetConsultation(models.Model):
    """Cancelling: the owner is mailed why, with a link by which they find another time without saying all again."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    cancel_mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="vet_teleconsult.group_veterinarian",
        help="The mail that tells the owner, until it has been delivered.",
    )
    cancel_mailed_at = fields.Datetime(readonly=True, copy=False, groups="vet_teleconsult.group_veterinarian")
    cancel_mail_state = fields.Selection(
        [
            ("none", "Not mailed"),
            ("outgoing", "On its way"),
            ("failed", "Not delivered"),
            ("sent", "Mailed"),
        ],
        string="Mail to the Owner",
        compute="_compute_cancel_mail_state",
        compute_sudo=True,
        groups="vet_teleconsult.group_veterinarian",
        help="Whether the owner has been told of the cancellation.",
    )
    rebook_url = fields.Char(
        string="Re-Book Link", compute="_compute_rebook_url", groups="vet_teleconsult.group_veterinarian"
    )

    # === COMPUTE METHODS === #

    @api.depends("cancel_mailed_at", "cancel_mail_id.state")
    def _compute_cancel_mail_state(self):
        states = {"outgoing": "outgoing", "exception": "failed", "cancel": "failed"}
        for consultation in self:
            if not consultation.cancel_mailed_at:
                consultation.cancel_mail_state = "none"
            else:
                # A mail that was delivered is deleted.
                consultation.cancel_mail_state = states.get(consultation.cancel_mail_id.state, "sent")

    @api.depends_context("uid")
    def _compute_rebook_url(self):
        for consultation in self:
            record = consultation._origin
            consultation.rebook_url = record._get_rebook_url() if record.id else False

    # === ACTION METHODS === #

    def action_cancel(self, reason=None):
        """Cancel consultations and tell their owners; without a reason, ask for one first.

        :param str reason: what the owners are told
        """
        reason = (reason or self.env.context.get("cancel_reason") or "").strip()
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Cancel Consultation"),
                "res_model": "vet.consultation.cancel",
                "view_mode": "form",
                "target": "new",
                "context": {"default_consultation_ids": [fields.Command.set(self.ids)]},
            }
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            if consultation.state == "cancelled":
                raise UserError(
                    self.env._("%(consultation)s has been cancelled already.", consultation=consultation.name)
                )
            consultation.write({"state": "cancelled", "cancel_reason": reason, **NOBODY_PRESENT})
        self._release_slot()
        self._end_room("cancelled")
        self._mail_cancellation()
        return True

    def action_mail_cancellation(self):
        """Mail the owner once more that the consultation is cancelled, such as after correcting their address."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "cancelled":
            raise UserError(self.env._("%(consultation)s is not cancelled.", consultation=self.name))
        if not self.partner_id.email:
            raise UserError(
                self.env._("%(owner)s has no e-mail address. Enter one, or call them.", owner=self.partner_id.name)
            )
        self._mail_cancellation()
        return True

    # === BUSINESS METHODS - MAIL === #

    def _get_cancel_template(self):
        """Give the mail that tells an owner of a cancellation: the type's own, or the clinic's.

        Note: self.ensure_one()

        :rtype: mail.template
        """
        self.ensure_one()
        # sudo: vets send the mail, and need no right on templates
        own_sudo = self.sudo().type_id.cancel_template_id
        template = self.env.ref("vet_teleconsult.mail_template_consultation_cancelled", raise_if_not_found=False)
        return own_sudo or (template and template.sudo()) or own_sudo

    def _mail_cancellation(self):
        """Tell the owners, by the queue of mails; or tell the vets that somebody has to call.

        The mails belong to no record, so that the link does not stand among a consultation's messages.
        """
        for consultation in self:
            template_sudo = consultation._get_cancel_template()
            email = consultation.partner_id.email
            if not email or not template_sudo:
                consultation.message_post(
                    body=self.env._(
                        "%(owner)s was not told of the cancellation: there is no e-mail address, or no template. "
                        "Call them.",
                        owner=consultation.partner_id.name,
                    )
                )
                consultation._ask_to_call_owner()
                continue
            calendar_file = consultation.sudo()._attach_cancellation()
            mail_id = template_sudo.send_mail(
                consultation.id,
                email_values={"model": False, "res_id": False, "attachment_ids": calendar_file.ids},
            )
            # sudo: what became of the mail is noted by the system
            consultation.sudo().write({"cancel_mail_id": mail_id, "cancel_mailed_at": fields.Datetime.now()})
            consultation.message_post(body=self.env._("Cancellation sent to %(email)s.", email=email))
        # sudo: a vet's button may have the queue of mails sent, but not edit scheduled actions
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # === BUSINESS METHODS - BOOKING AGAIN === #

    @api.model
    def _get_rebook_validity(self):
        """Return how long a link to book again works.

        :rtype: timedelta
        """
        # sudo: a config parameter that decides about a link which the current user may make
        days = self.env["ir.config_parameter"].sudo().get_param(REBOOK_VALIDITY_PARAMETER)
        return timedelta(days=int(days) if days and days.isdigit() and int(days) else DEFAULT_REBOOK_VALIDITY)

    def _get_rebook_url(self):
        """Make a link by which the owner books again, with the patient, the type and what was said so far.

        Signed (HMAC-SHA256, :func:`odoo.tools.misc.hash_sign`), nothing is stored: it cannot be made up, and expires.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: signed with the database's secret
        values = {"c": self.id, "k": self._get_rebook_key()}
        payload = hash_sign(self.env(su=True), REBOOK_SCOPE, values, expiration=self._get_rebook_validity())
        return f"{self.get_base_url()}/vet/book/again/{payload}"

    def _get_rebook_key(self):
        """Say to whom a link to book again was given, so that it dies with what it leads to.

        Made of the owner and of their links to room and chat: once one of them is another, so is this.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: the key is made of the tokens, and does not give them away
        consultation_sudo = self.sudo()
        parts = (
            consultation_sudo.partner_id.id,
            consultation_sudo.room_token,
            consultation_sudo.room_token_revoked_at,
            consultation_sudo.chat_id.link_token,
        )
        return self._hash_token(parts)[:REBOOK_KEY_LENGTH]

    def _get_rebook_offer(self):
        """Give the link to book again that the owner's page shows once the consultation does not take place.

        Only to a room link that is still good: an old one found again must not make a fresh one.

        Note: self.ensure_one()

        :rtype: str | None
        """
        self.ensure_one()
        is_missed = self.state in ("cancelled", "no_show")
        return self._get_rebook_url() if is_missed and self.link_state == "valid" else None

    @api.model
    def _find_by_rebook(self, payload):
        """Find the consultation that a link to book again stands for.

        :param str payload: the link's last part
        :return: the consultation with superuser rights, or none when the link is forged, damaged, has expired, was
            given to another owner or with links that were renewed, or when the consultation has taken place
        :rtype: vet.consultation
        """
        try:
            # sudo: verified with the database's secret
            values = verify_hash_signed(self.env(su=True), REBOOK_SCOPE, payload)
        except (ValueError, binascii.Error, AttributeError, OverflowError):
            return self.browse()
        number = values.get("c") if isinstance(values, dict) else None
        # sudo: whoever has the link is the owner; there is no user to check rights with
        consultation_sudo = find_record(self.sudo(), number)
        if not consultation_sudo or consultation_sudo.state == "done":
            return self.browse()
        is_present = consteq(consultation_sudo._get_rebook_key(), str(values.get("k")))
        return consultation_sudo if is_present else self.browse()
