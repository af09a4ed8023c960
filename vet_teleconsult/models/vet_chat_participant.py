from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

LOOKING_SECONDS = 75  # a page that is looked at says so every 30 seconds; one report may get lost


class VetChatParticipant(models.Model):
    """Somebody in a chat: what they have read, whether they are looking at it, and when they were last told of news."""

    _name = "vet.chat.participant"
    _description = "Chat Participant"
    _order = "id"
    _log_access = False

    # === FIELDS === #

    chat_id = fields.Many2one("vet.chat", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="chat_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", required=True, readonly=True, index=True, ondelete="cascade")
    last_read_message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null", help="Read up to here."
    )
    read_at = fields.Datetime(readonly=True)
    looking_until = fields.Datetime(readonly=True, help="While the page is seen, it keeps this in the future.")
    notified_at = fields.Datetime(readonly=True, help="When a mail last told of news.")
    told_message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null", help="Told by mail up to here."
    )

    _partner_uniq = models.Constraint("UNIQUE(chat_id, partner_id)", "Somebody is in a chat once.")

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for participant in self:
            participant.display_name = participant.partner_id.name

    # === BUSINESS METHODS === #

    @api.model
    def _ensure(self, chat, partner):
        """Give somebody's record in a chat, made when they appear for the first time.

        Two pages that open at once make one record: whoever comes second finds the first one's.

        :param vet.chat chat: one chat
        :param res.partner partner: somebody who may take part
        :rtype: vet.chat.participant
        """
        domain = [("chat_id", "=", chat.id), ("partner_id", "=", partner.id)]
        participant = self.search(domain, limit=1)
        if not participant:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %(table)s (chat_id, company_id, partner_id)"
                    " VALUES (%(chat)s, %(company)s, %(partner)s) ON CONFLICT (chat_id, partner_id) DO NOTHING",
                    table=SQL.identifier(self._table),
                    chat=chat.id,
                    company=chat.company_id.id,
                    partner=partner.id,
                )
            )
            chat.invalidate_recordset(["participant_ids"])
            participant = self.search(domain, limit=1)
        return participant

    def _mark_looking(self, looking):
        """Note that somebody sees the chat right now, or no longer.

        :param bool looking: whether the page is visible and in focus
        """
        now = fields.Datetime.now()
        self.looking_until = now + timedelta(seconds=LOOKING_SECONDS) if looking else now

    def _is_looking(self):
        """Say whether somebody sees the chat right now.

        :rtype: bool
        """
        return any(
            participant.looking_until and participant.looking_until > fields.Datetime.now() for participant in self
        )

    def _has_looked_since(self, moment):
        """Say whether somebody opened the chat after a moment.

        Note: self.ensure_one()

        :param datetime moment: UTC
        :rtype: bool
        """
        self.ensure_one()
        return any(time and time > moment for time in (self.looking_until, self.read_at))
