from odoo import fields, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    vet_waiting_sound = fields.Boolean(
        string="Ring When an Owner Waits", default=True, help="Play a sound when an owner enters the waiting room."
    )
