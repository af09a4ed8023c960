import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac

from ..tools import protocol

_logger = logging.getLogger(__name__)

PAGE_TOKEN_SCOPE = "vet_teleconsult-transcript"
MAX_ATTEMPTS = 3
# After that a file is printed as being prepared still: a media service that is away keeps no transcript for ever.
FILES_WAITED_FOR = timedelta(minutes=15)


class VetTranscript(models.Model):
    """What was said and shown in a chat, as a PDF for the patient's record: a new version each time the chat ends.

    Made by a scheduled action after the chat has ended, so that nothing that goes wrong with a PDF keeps a chat from
    ending.
    """

    _name = "vet.transcript"
    _description = "Transcript"
    _inherit = ["mail.thread"]
    _order = "chat_id, version desc, id desc"
    _check_company_auto = True
    # Vets mail it, and change nothing of it.
    _mail_post_access = "read"

    # === FIELDS === #

    chat_id = fields.Many2one(
        "vet.chat", required=True, readonly=True, index=True, check_company=True, ondelete="restrict"
    )
    patient_id = fields.Many2one(related="chat_id.patient_id", store=True, index=True)
    partner_id = fields.Many2one(related="chat_id.partner_id", string="Owner", store=True, index=True)
    company_id = fields.Many2one(related="chat_id.company_id", store=True, index=True)
    version = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    state = fields.Selection(
        [("pending", "Being made"), ("ready", "Ready"), ("failed", "Failed")],
        required=True,
        readonly=True,
        index=True,
        default="pending",
        tracking=True,
    )
    problem = fields.Char(readonly=True, help="Why it could not be made, or what is missing in it.")
    attempts = fields.Integer(readonly=True, aggregator=None)
    attachment_id = fields.Many2one("ir.attachment", string="PDF", readonly=True, ondelete="restrict")
    patient_attachment_id = fields.Many2one(
        "ir.attachment", string="PDF on the Patient", readonly=True, index="btree_not_null", ondelete="set null"
    )
    made_by_id = fields.Many2one(
        "res.users", string="Made by", readonly=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    made_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    mail_to_owner = fields.Boolean(readonly=True, help="Whether the owner gets it by mail as soon as it is ready.")
    link_ids = fields.One2many("vet.media.link", "transcript_id", string="Links", readonly=True)

    _version_uniq = models.Constraint("UNIQUE(chat_id, version)", "The chat has this version already.")

    # === COMPUTE METHODS === #

    @api.depends("chat_id.name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for transcript in self:
            # sudo: names of patient and owner, of a transcript that the reader may see
            transcript.display_name = self.env._(
                "Transcript %(chat)s, version %(version)s",
                chat=transcript.sudo().chat_id.name or "",
                version=transcript.version,
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A transcript belongs to the patient's record: it cannot be deleted."))

    # === ACTION METHODS === #

    def action_download(self):
        """Download the PDF."""
        self.ensure_one()
        self._check_ready()
        return {"type": "ir.actions.act_url", "url": self._get_path(), "target": "download"}

    def action_retry(self):
        """Make what has failed again."""
        self.check_access("read")
        # sudo: vets read transcripts; what becomes of them is the system's
        failed_sudo = self.sudo().filtered(lambda transcript: transcript.state == "failed")
        failed_sudo.write({"state": "pending", "problem": False, "attempts": 0})
        self._trigger()
        return True

    def action_send(self):
        """Write a mail to the owner with the PDF, to be edited before it is sent."""
        self.ensure_one()
        self._check_ready()
        template = self.env.ref("vet_teleconsult.mail_template_transcript", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Transcript"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_attachment_ids": self.attachment_id.ids,
                "default_partner_ids": self.partner_id.ids,
                "force_email": True,
            },
        }

    def action_revoke_links(self):
        """Stop every link of the transcript; links of other transcripts go on."""
        self.check_access("read")
        return self.link_ids.action_revoke()

    def _check_ready(self):
        if self.state == "failed":
            raise UserError(self.problem)
        if self.state != "ready":
            raise UserError(self.env._("The transcript is still being made. Try again in a minute."))

    # === BUSINESS METHODS - MAKING === #

    @api.model
    def _create_for(self, chat, mail_to_owner=False):
        """Begin a new version of a chat's transcript; the scheduled action makes it once this is committed.

        :param vet.chat chat: which has ended, locked for the present transaction
        :param bool mail_to_owner: whether the owner gets it by mail
        :rtype: vet.transcript
        """
        latest = self.search([("chat_id", "=", chat.id)], order="version desc", limit=1)
        # Whoever ends a chat is not mailed what goes to its owner.
        transcript = self.with_context(mail_create_nosubscribe=True).create(
            {
                "chat_id": chat.id,
                "version": latest.version + 1,
                "mail_to_owner": mail_to_owner,
                "made_by_id": self.env.uid,
            }
        )
        self._trigger()
        return transcript.with_env(self.env)

    @api.model
    def _trigger(self):
        # sudo: a vet's button may schedule the work, but not edit scheduled actions
        self.env.ref("vet_teleconsult.ir_cron_make_transcripts").sudo()._trigger()

    @api.model
    def _cron_make(self):
        """Make what is waiting, one transaction each; for files that are being prepared it goes on waiting a while."""
        pending = self.search([("state", "=", "pending")], order="id")
        waiting = pending.filtered(lambda transcript: not transcript._is_waiting_for_files())
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for position, transcript in enumerate(waiting, start=1):
            # Nothing is begun that the worker's time limit would cut off: Odoo comes back to the rest soon.
            if not seconds_left:
                break
            transcript.attempts += 1
            # Kept whatever happens next: one that brings the worker down does so a few times, not for ever.
            self.env["ir.cron"]._commit_progress(remaining=len(waiting) - position + 1)
            if transcript.try_lock_for_update():
                transcript._make()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(waiting) - position)

    def _is_waiting_for_files(self):
        """Say whether files have come so lately that the media service may still be preparing them.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        domain = [
            ("chat_id", "=", self.chat_id.id),
            ("state", "=", "processing"),
            ("message_id.date", ">", fields.Datetime.now() - FILES_WAITED_FOR),
        ]
        return bool(self.env["vet.media"].search_count(domain, limit=1))

    def _make(self):
        """Make the PDF, put it on the record, and mail it where that was asked for; or say why not.

        Note: self.ensure_one()
        """
        self.ensure_one()
        if self.attempts > MAX_ATTEMPTS:
            self._fail(self.env._("It was begun several times and never finished. The server's log may say why."))
            return
        try:
            with self.env.cr.savepoint():
                self._make_pdf()
        except psycopg2.OperationalError:  # somebody else changed the same: the scheduled action starts again
            raise
        except UserError as error:
            _logger.warning("Transcript %s was not made: %s", self.id, error)
            self._fail(str(error))
        except Exception:  # whatever it is, a person has to see that there is no transcript
            _logger.exception("Transcript %s was not made", self.id)
            self._fail(self.env._("Something unexpected went wrong; the server's log says what."))
        self._notify()

    def _fail(self, problem):
        self.write({"state": "failed", "problem": problem})

    def _notify(self):
        """Tell the chat's pages which transcripts there are.

        Note: self.ensure_one()
        """
        chat = self.chat_id
        state = chat._get_live_state()
        chat._send_live(
            "vet_teleconsult/chat",
            {**state, "transcripts": chat._get_transcripts({"role": "owner"})},
            vet_payload={**state, "transcripts": chat._get_transcripts({"role": "vet"})},
        )

    # === BUSINESS METHODS - WHO MAY HAVE IT === #

    def _get_page_token(self):
        """Give the token with which the owner's page of the chat downloads the transcript.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: owners do not know the chat's token; what they get cannot be turned back
        chat_sudo = self.sudo().chat_id
        return hmac(self.env(su=True), PAGE_TOKEN_SCOPE, (self.id, chat_sudo.id, chat_sudo.link_token or ""))

    def _is_opened_by(self, token):
        """Say whether a token opens the transcript: its page token, or the chat's own link token.

        Note: self.ensure_one()

        :param str token: from an address
        :rtype: bool
        """
        self.ensure_one()
        # sudo: whoever holds the token is the owner; there is no user to check rights with
        link_token = self.sudo().chat_id.link_token
        matches = [consteq(self._get_page_token(), token), bool(link_token) and consteq(link_token, token)]
        return any(matches)

    def _may_download(self, env, token):
        """Say whether somebody may have the PDF.

        Note: self.ensure_one()

        :param Environment env: of whoever asks
        :param str token: from the address, or None
        :rtype: bool
        """
        self.ensure_one()
        if token and token.isascii() and self._is_opened_by(token):
            return True
        if env.user._is_public():
            return False
        if env.user.has_group("vet_teleconsult.group_veterinarian"):
            return self.with_env(env).has_access("read")
        # An owner with a login has what the chat holds.
        return self.chat_id.with_env(env).has_access("read")

    def _get_path(self, token=None):
        """Give the address at which the PDF is downloaded.

        Note: self.ensure_one()

        :param str token: for an owner's page
        :rtype: str
        """
        self.ensure_one()
        return f"/vet/transcript/{self.id}" + (f"?access_token={token}" if token else "")

    def _format(self, participant):
        """Describe the transcript for a page.

        Note: self.ensure_one()

        :param dict participant: who reads
        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "version": self.version,
            "date": protocol.format_time(self.made_at),
            "url": self._get_path(None if participant["role"] == "vet" else self._get_page_token()),
        }
