from odoo import api, fields, models


class VetConsent(models.Model):
    """What somebody answered when asked whether a call may be recorded, with the text that they were shown."""

    _name = "vet.consent"
    _description = "Recording Consent"
    _inherit = ["vet.append.only"]
    _order = "at desc, id desc"
    _rec_name = "participant_name"

    consultation_id = fields.Many2one("vet.consultation", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    call_key = fields.Char(required=True, readonly=True, index=True, help="The sidecar's identifier of the call.")
    participant = fields.Char(required=True, readonly=True, help="The participant's identifier in the room.")
    participant_name = fields.Char(string="Name", compute="_compute_participant_name")
    role = fields.Selection([("vet", "Vet"), ("owner", "Owner"), ("guest", "Guest")], required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decision = fields.Selection(
        [("granted", "Agreed"), ("refused", "Refused"), ("withdrawn", "Withdrawn")], required=True, readonly=True
    )
    text = fields.Text(string="Text Shown", required=True, readonly=True)
    version = fields.Char(required=True, readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    ip = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)

    @api.depends("partner_id", "user_id", "participant")
    def _compute_participant_name(self):
        for consent in self:
            # sudo: a name only, of somebody whose answer the reader may see
            consent_sudo = consent.sudo()
            consent.participant_name = (
                consent_sudo.user_id.name
                or consent_sudo.partner_id.name
                or consent_sudo.consultation_id._get_participant_name(consent_sudo.participant)
            )
