from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    vet_media_ids = fields.Many2many(
        "vet.media",
        "vet_media_message_rel",
        "message_id",
        "media_id",
        string="Media",
        readonly=True,
        groups="vet_teleconsult.group_veterinarian",
        help="Files in the media store that the message shows.",
    )
