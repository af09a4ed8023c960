from datetime import timedelta

from odoo import api, fields, models

# A player fetches a file in many ranges, and its browser comes back to our address for some of them.
SAME_VIEW = timedelta(minutes=10)


class VetMediaAccess(models.Model):
    """Who opened what, when."""

    _name = "vet.media.access"
    _description = "Media Access"
    _inherit = ["vet.append.only"]
    _order = "at desc, id desc"

    recording_id = fields.Many2one("vet.recording", readonly=True, index=True, ondelete="restrict")
    media_id = fields.Many2one("vet.media", readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    action = fields.Selection([("view", "Viewed"), ("download", "Downloaded")], required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    ip = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)

    @api.depends("action", "user_id", "partner_id")
    def _compute_display_name(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for access in self:
            # sudo: a name only, of somebody whose access the reader may see
            access_sudo = access.sudo()
            who = access_sudo.user_id.name or access_sudo.partner_id.name or ""
            access.display_name = f"{who}: {labels.get(access.action, '')}"

    @api.model
    def _log(self, recording, media, action, ip, user_agent):
        """Note that the current user opened something; the ranges of one playback count once.

        :param vet.recording recording: the recording that was opened
        :param vet.media media: one file of it, or none for the whole
        :param str action: ``view`` or ``download``
        :param str ip: address of the client, or None
        :param str user_agent: browser of the client, or None
        """
        # sudo: people cause entries but have no right to write them
        access_sudo = self.sudo()
        is_same_view = action == "view" and access_sudo.search_count(
            [
                ("recording_id", "=", recording.id),
                ("media_id", "=", media.id),
                ("user_id", "=", self.env.uid),
                ("action", "=", action),
                ("at", ">", fields.Datetime.now() - SAME_VIEW),
            ],
            limit=1,
        )
        if not is_same_view:
            access_sudo.create(
                {
                    "recording_id": recording.id,
                    "media_id": media.id,
                    "company_id": (recording or media).company_id.id,
                    "user_id": self.env.uid,
                    "partner_id": self.env.user.partner_id.id,
                    "action": action,
                    "ip": ip,
                    "user_agent": user_agent,
                }
            )
