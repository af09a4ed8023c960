from odoo import api, fields, models


class VetChat(models.Model):
    """The transcripts of a chat."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    transcript_ids = fields.One2many(
        "vet.transcript",
        "chat_id",
        string="Transcripts",
        readonly=True,
        groups="vet_teleconsult.group_veterinarian",
    )
    observation_ids = fields.One2many(
        "vet.observation",
        "chat_id",
        string="Observations",
        readonly=True,
        groups="vet_teleconsult.group_veterinarian",
    )
    media_count = fields.Integer(compute="_compute_media_count", groups="vet_teleconsult.group_veterinarian")

    # === COMPUTE METHODS === #

    @api.depends("media_ids.state")
    def _compute_media_count(self):
        counts = dict(
            self.env["vet.media"]._read_group(
                [("chat_id", "in", self.ids), ("state", "=", "ready")], ["chat_id"], ["__count"]
            )
        )
        for chat in self:
            chat.media_count = counts.get(chat, 0)

    # === ACTION METHODS === #

    def action_view_media(self):
        """Open the files of the chat."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("vet_teleconsult.vet_media_action"),
            "domain": [("chat_id", "=", self.id)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _make_transcript(self, mail_to_owner=False):
        """Have a new version of the transcript made, once the present transaction is committed.

        Note: self.ensure_one()

        :param bool mail_to_owner: whether the owner gets it by mail
        :rtype: vet.transcript
        """
        self.ensure_one()
        # sudo: vets end chats; transcripts are the system's
        return self.env["vet.transcript"].sudo()._create_for(self.sudo(), mail_to_owner)

    def _go_on_with_transcripts(self):
        """Have the transcripts made that were waiting for files of the chat, as far as nothing else is missing.

        Note: self.ensure_one()
        """
        self.ensure_one()
        # sudo: the media service's news move on what is the system's
        if self.sudo().transcript_ids.filtered(lambda transcript: transcript.state == "pending"):
            self.env["vet.transcript"]._trigger()

    def _get_transcripts(self, participant):
        """List the transcripts that can be downloaded, the newest first.

        Note: self.ensure_one()

        :param dict participant: who asks
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: both sides have the transcript; who may read the chat was checked by the link or the session
        transcripts_sudo = self.sudo().transcript_ids.filtered(lambda transcript: transcript.state == "ready")
        return [transcript_sudo._format(participant) for transcript_sudo in transcripts_sudo.sorted("version", True)]
