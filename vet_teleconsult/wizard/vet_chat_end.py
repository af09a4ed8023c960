from odoo import api, fields, models


class VetChatEnd(models.TransientModel):
    """Ask how to end a chat."""

    _name = "vet.chat.end"
    _description = "End Chat"

    chat_id = fields.Many2one("vet.chat", required=True, readonly=True)
    owner_email = fields.Char(related="chat_id.partner_id.email")
    lock = fields.Boolean(
        string="Lock the Chat",
        default=True,
        help="The owner can read and no longer write. Otherwise, if they write, the chat goes on.",
    )
    mail_transcript = fields.Boolean(string="Mail the Transcript to the Owner")
    coming_count = fields.Integer(string="Files on Their Way", compute="_compute_coming_count")

    @api.depends("chat_id.media_ids.state")
    def _compute_coming_count(self):
        for wizard in self:
            media = wizard.chat_id.media_ids
            wizard.coming_count = len(
                media.filtered(lambda file: file.posted and file.state in ("uploading", "processing"))
            )

    def action_confirm(self):
        """End the chat."""
        self.ensure_one()
        self.chat_id._end(lock=self.lock, mail_transcript=self.mail_transcript)
        return {"type": "ir.actions.act_window_close"}
