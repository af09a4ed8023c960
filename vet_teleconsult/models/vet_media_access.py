from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

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
    link_id = fields.Many2one(
        "vet.media.link",
        string="By Link",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The transcript's link with which it was opened: by somebody who need not have a login.",
    )
    action = fields.Selection([("view", "Viewed"), ("download", "Downloaded")], required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    ip = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)

    @api.depends("action", "user_id", "partner_id", "link_id")
    def _compute_display_name(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for access in self:
            # sudo: a name only, of somebody whose access the reader may see
            access_sudo = access.sudo()
            who = access_sudo.user_id.name or access_sudo.partner_id.name
            if access_sudo.link_id:
                who = self.env._("Link in %(transcript)s", transcript=access_sudo.link_id.transcript_id.display_name)
            access.display_name = f"{who}: {labels.get(access.action, '')}"

    @api.model
    def _log(self, recording, media, action, ip, user_agent, partner=None, link=None):
        """Note that somebody opened something; the ranges of one playback count once.

        :param vet.recording recording: the recording that was opened, if it was one
        :param vet.media media: one file, or none for the whole of a recording
        :param str action: ``view`` or ``download``
        :param str ip: address of the client, or None
        :param str user_agent: browser of the client, or None
        :param res.partner partner: the owner whose page it was; the current user's by default
        :param vet.media.link link: with which it was opened, if with one
        :return: whether this was another opening than the last
        :rtype: bool
        """
        # sudo: people cause entries but have no right to write them
        access_sudo = self.sudo()
        user = self.env["res.users"] if partner or link or self.env.user._is_public() else self.env.user
        values = {
            "recording_id": recording.id,
            "media_id": media.id,
            "user_id": user.id,
            "partner_id": partner.id if partner else user.partner_id.id,
            "link_id": link.id if link else False,
            "action": action,
        }
        if action == "view":
            since = fields.Datetime.now() - SAME_VIEW
            same = Domain([(name, "=", value) for name, value in values.items()]) & Domain("at", ">", since)
            if not user:
                # Without a login, another address or browser may be somebody else.
                same &= Domain("ip", "=", ip) & Domain("user_agent", "=", user_agent)
            if access_sudo.search_count(same, limit=1):
                return False
        company = (recording or media).company_id
        access_sudo.create({**values, "company_id": company.id, "ip": ip, "user_agent": user_agent})
        return True
