import secrets

from odoo import api, fields, models
from odoo.tools import consteq


class VetMediaLink(models.Model):
    """A link to a file that stands in one transcript: whoever holds the paper opens it, until the clinic revokes it."""

    _name = "vet.media.link"
    _description = "Media Link"
    _order = "id desc"
    _rec_name = "media_id"

    # === FIELDS === #

    media_id = fields.Many2one("vet.media", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="media_id.company_id", store=True, index=True)
    transcript_id = fields.Many2one("vet.transcript", readonly=True, index=True, ondelete="restrict")
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(32),
        groups="base.group_system",
    )
    revoked_at = fields.Datetime(readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", string="Revoked by", readonly=True, copy=False, ondelete="restrict")
    opened_count = fields.Integer(string="Times Opened", readonly=True, copy=False)
    last_opened_at = fields.Datetime(string="Last Opened", readonly=True, copy=False)

    _token_uniq = models.Constraint("UNIQUE(token)", "This link is known already.")
    _one_per_transcript = models.UniqueIndex(
        "(media_id, transcript_id) WHERE transcript_id IS NOT NULL", "The transcript has a link to this file already."
    )

    # === ACTION METHODS === #

    def action_revoke(self):
        """Stop these links: from now on they show a page that says so. Other links to the same file go on."""
        self.check_access("read")
        # sudo: vets revoke, but write nothing else of a link
        for link_sudo in self.sudo().filtered(lambda link: not link.revoked_at):
            link_sudo.write({"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid})
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _ensure(self, media, transcript):
        """Give the links of a transcript, one for each file, made where they are missing.

        :param vet.media media: the files
        :param vet.transcript transcript: in which the links stand
        :rtype: vet.media.link
        """
        known = self.search([("transcript_id", "=", transcript.id), ("media_id", "in", media.ids)])
        missing = media - known.media_id
        return known | self.create([{"media_id": file.id, "transcript_id": transcript.id} for file in missing])

    @api.model
    def _find(self, media, token):
        """Find the link to a file that a token belongs to, revoked or not.

        :param vet.media media: the file
        :param str token: from an address
        :return: the link, or none
        :rtype: vet.media.link
        """
        # Every link is compared, in constant time.
        return self.search([("media_id", "=", media.id)]).filtered(lambda link: consteq(link.token, token))[:1]

    def _note_opening(self):
        """Count an opening.

        Note: self.ensure_one()
        """
        self.ensure_one()
        self.write({"opened_count": self.opened_count + 1, "last_opened_at": fields.Datetime.now()})

    def _get_url(self):
        """Give the address that stands in the transcript.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return self.get_base_url() + self.media_id._get_clip_path(token=self.token)
