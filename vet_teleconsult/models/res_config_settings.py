from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import protocol
from .vet_consultation_cancel import DEFAULT_REBOOK_VALIDITY, REBOOK_VALIDITY_PARAMETER
from .vet_consultation_link import DEFAULT_VALIDITY, VALIDITY_PARAMETER
from .vet_sidecar import SECRET_PARAMETER

TURN_SCHEMES = ("stun:", "stuns:", "turn:", "turns:")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vet_sidecar_url = fields.Char(
        string="Sidecar Address", help="What browsers use, such as https://clinic.example/media-sidecar"
    )
    vet_sidecar_command_url = fields.Char(
        string="Internal Address", help="What Odoo itself uses, when that is another."
    )
    vet_sidecar_secret = fields.Char(string="Sidecar Secret", config_parameter=SECRET_PARAMETER)
    vet_sidecar_check_state = fields.Selection(
        selection=lambda self: self.env["vet.sidecar"]._fields["check_state"]._description_selection(self.env),
        readonly=True,
    )
    vet_sidecar_check_message = fields.Text(readonly=True)
    vet_turn_urls = fields.Char(
        string="TURN Servers",
        config_parameter="vet_teleconsult.turn_urls",
        help="Separated by commas, such as turn:turn.clinic.example:3478?transport=udp",
    )
    vet_turn_secret = fields.Char(
        string="TURN Secret",
        config_parameter="vet_teleconsult.turn_secret",
        help="The TURN server's shared secret (coturn: static-auth-secret).",
    )
    vet_link_validity_days = fields.Integer(
        string="Links Expire After (days)", config_parameter=VALIDITY_PARAMETER, default=DEFAULT_VALIDITY
    )
    vet_rebook_validity_days = fields.Integer(
        string="Links to Book Again Expire After (days)",
        config_parameter=REBOOK_VALIDITY_PARAMETER,
        default=DEFAULT_REBOOK_VALIDITY,
    )
    vet_emergency_phone = fields.Char(related="company_id.vet_emergency_phone", readonly=False)
    vet_booking_public = fields.Boolean(related="company_id.vet_booking_public", readonly=False)
    vet_booking_url = fields.Char(related="company_id.vet_booking_url")
    vet_prescription_validity = fields.Integer(related="company_id.vet_prescription_validity", readonly=False)
    vet_chat_max_upload = fields.Integer(related="company_id.vet_chat_max_upload", readonly=False)
    vet_chat_sms = fields.Boolean(related="company_id.vet_chat_sms", readonly=False)

    @api.constrains("vet_link_validity_days")
    def _check_vet_link_validity_days(self):
        if any(settings.vet_link_validity_days < 1 for settings in self):
            raise ValidationError(self.env._("An owner's link must be valid for at least one day."))

    @api.constrains("vet_rebook_validity_days")
    def _check_vet_rebook_validity_days(self):
        if any(settings.vet_rebook_validity_days < 1 for settings in self):
            raise ValidationError(self.env._("A link to book again must be valid for at least one day."))

    @api.constrains("vet_sidecar_secret")
    def _check_vet_sidecar_secret(self):
        for settings in self.filtered("vet_sidecar_secret"):
            try:
                protocol.decode_secret(settings.vet_sidecar_secret)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The sidecar secret must be base64url of at least 32 random bytes. "
                        "Press “New Secret” to make one, and give the same to the sidecar."
                    )
                ) from error

    @api.constrains("vet_turn_urls")
    def _check_vet_turn_urls(self):
        for settings in self:
            for url in filter(None, map(str.strip, (settings.vet_turn_urls or "").split(","))):
                if not url.startswith(TURN_SCHEMES):
                    raise ValidationError(
                        self.env._(
                            "“%(url)s” is not the address of a TURN server. "
                            "Write it like turn:turn.clinic.example:3478?transport=udp",
                            url=url,
                        )
                    )

    @api.model
    def get_values(self):
        values = super().get_values()
        sidecar = self._get_vet_sidecar()
        values.update(
            vet_sidecar_url=sidecar.url,
            vet_sidecar_command_url=sidecar.command_url,
            vet_sidecar_check_state=sidecar.check_state,
            vet_sidecar_check_message=sidecar.check_message,
        )
        return values

    def set_values(self):
        result = super().set_values()
        sidecar = self._get_vet_sidecar()
        values = {
            "url": (self.vet_sidecar_url or "").strip().rstrip("/"),
            "command_url": (self.vet_sidecar_command_url or "").strip().rstrip("/") or False,
        }
        if not sidecar and values["url"]:
            sidecar.create({"name": self.env._("Media sidecar"), **values})
        elif sidecar and not values["url"]:
            sidecar.action_archive()
        elif any(sidecar[name] != value for name, value in values.items()):
            sidecar.write(values)
        return result

    @api.model
    def _get_vet_sidecar(self):
        """Give the sidecar that these settings show; a clinic with several finds them all in their own list.

        :rtype: vet.sidecar
        """
        # Settings are applied in a context that also finds what is archived.
        return self.env["vet.sidecar"].with_context(active_test=True).search([("active", "=", True)], limit=1)

    def action_test_vet_sidecar(self):
        """Ask the sidecars how they are. The settings were saved before, as with every button here."""
        self._check_is_administrator()
        self.set_values()
        sidecars = self.env["vet.sidecar"].search([("active", "=", True)])
        if not sidecars:
            raise UserError(self.env._("Enter the sidecar's address first."))
        return sidecars.action_test_connection()

    def action_generate_vet_sidecar_secret(self):
        """Make a new shared secret; the sidecar needs the same one afterwards."""
        self._check_is_administrator()
        # sudo: config parameters, changed by somebody who may change settings
        self.env["ir.config_parameter"].sudo().set_param(SECRET_PARAMETER, protocol.generate_secret())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_edit_vet_chat_sms(self):
        """Open the text of the SMS that tells owners of news in a chat."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "sms.template",
            "res_id": self.env.ref("vet_teleconsult.sms_template_chat_message").id,
            "view_mode": "form",
        }

    def action_edit_vet_cancel_mail(self):
        """Open the mail that tells owners of a cancelled consultation."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.template",
            "res_id": self.env.ref("vet_teleconsult.mail_template_consultation_cancelled").id,
            "view_mode": "form",
        }

    def _check_is_administrator(self):
        """Refuse everyone else: a method called on no record passes no access right by itself.

        :raises AccessError: unless the user may change settings
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can change the settings."))

    def action_open_vet_sidecars(self):
        """Open the list of sidecars."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Media Sidecars"),
            "res_model": "vet.sidecar",
            "view_mode": "list,form",
        }
