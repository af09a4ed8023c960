import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3


class VetConsultationSummary(models.Model):
    """What an owner takes home from a consultation, as a PDF: a new version each time it is made.

    Made by a scheduled action once the consultation is finished, so that nothing that goes wrong with a PDF or a mail
    keeps a consultation from finishing.
    """

    _name = "vet.consultation.summary"
    _description = "Consultation Summary"
    _inherit = ["mail.thread"]
    _order = "consultation_id, version desc, id desc"
    _check_company_auto = True
    # Vets mail it, and change nothing of it.
    _mail_post_access = "read"

    # === FIELDS === #

    consultation_id = fields.Many2one(
        "vet.consultation", required=True, readonly=True, index=True, check_company=True, ondelete="restrict"
    )
    patient_id = fields.Many2one(related="consultation_id.patient_id", store=True, index=True)
    partner_id = fields.Many2one(related="consultation_id.partner_id", string="Owner", store=True, index=True)
    company_id = fields.Many2one(related="consultation_id.company_id", store=True, index=True)
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
    made_by_id = fields.Many2one(
        "res.users", string="Made by", readonly=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    made_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)

    _version_uniq = models.Constraint("UNIQUE(consultation_id, version)", "The consultation has this version already.")

    # === COMPUTE METHODS === #

    @api.depends("consultation_id.name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for summary in self:
            summary.display_name = self.env._(
                "Summary %(consultation)s, version %(version)s",
                consultation=summary.consultation_id.name,
                version=summary.version,
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A summary belongs to the patient's record: it cannot be deleted."))

    # === ACTION METHODS === #

    def action_download(self):
        """Download the PDF."""
        self.ensure_one()
        self._check_ready()
        return {"type": "ir.actions.act_url", "url": self._get_path(), "target": "download"}

    def action_retry(self):
        """Make what has failed again."""
        self.check_access("read")
        # sudo: vets read summaries; what becomes of them is the system's
        failed_sudo = self.sudo().filtered(lambda summary: summary.state == "failed")
        failed_sudo.write({"state": "pending", "problem": False, "attempts": 0})
        self._trigger()
        return True

    def _check_ready(self):
        if self.state == "failed":
            raise UserError(self.problem)
        if self.state != "ready":
            raise UserError(self.env._("The summary is still being made. Try again in a minute."))

    # === BUSINESS METHODS - MAKING === #

    @api.model
    def _create_for(self, consultation, mail_to_owner=False):
        """Begin a new version of a consultation's summary; the scheduled action makes it once this is committed.

        :param vet.consultation consultation: locked for the present transaction
        :param bool mail_to_owner: whether the owner gets it by mail, unless an earlier version went to them
        :rtype: vet.consultation.summary
        """
        earlier = self.search([("consultation_id", "=", consultation.id)])
        # Whoever finishes a consultation is not mailed what goes to its owner.
        summary = self.with_context(mail_create_nosubscribe=True).create(
            {
                "consultation_id": consultation.id,
                "version": max(earlier.mapped("version"), default=0) + 1,
                "mail_to_owner": mail_to_owner and not any(other._is_mailed_or_will_be() for other in earlier),
                "made_by_id": self.env.uid,
            }
        )
        self._trigger()
        return summary.with_env(self.env)

    @api.model
    def _trigger(self):
        # sudo: a vet's button may schedule the work, but not edit scheduled actions
        self.env.ref("vet_teleconsult.ir_cron_make_summaries").sudo()._trigger()

    @api.model
    def _cron_make(self):
        """Make what is waiting, one transaction each: the PDF, and the mail that carries it, together or not at all."""
        waiting = self.search([("state", "=", "pending")], order="id")
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for position, summary in enumerate(waiting, start=1):
            # Nothing is begun that the worker's time limit would cut off: Odoo comes back to the rest soon.
            if not seconds_left:
                break
            summary.attempts += 1
            # Kept whatever happens next: one that brings the worker down does so a few times, not for ever.
            self.env["ir.cron"]._commit_progress(remaining=len(waiting) - position + 1)
            if summary.try_lock_for_update():
                summary._make()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(waiting) - position)

    def _make(self):
        """Make the PDF and mail it where that was asked for; or say why not.

        Note: self.ensure_one()
        """
        self.ensure_one()
        if self.state != "pending":
            return
        if self.attempts > MAX_ATTEMPTS:
            self._fail(self.env._("It was begun several times and never finished. The server's log may say why."))
            return
        try:
            with self.env.cr.savepoint():
                self._make_pdf()
                if self.mail_to_owner:
                    self._mail_to_owner()
        except psycopg2.OperationalError:  # somebody else changed the same: the scheduled action starts again
            raise
        except UserError as error:
            _logger.warning("Summary %s was not made: %s", self.id, error)
            self._fail(str(error))
        except Exception:  # whatever it is, a person has to see that there is no summary
            _logger.exception("Summary %s was not made", self.id)
            self._fail(self.env._("Something unexpected went wrong; the server's log says what."))
        self.consultation_id._notify_room()

    def _fail(self, problem):
        self.write({"state": "failed", "problem": problem})

    # === BUSINESS METHODS - WHO MAY HAVE IT === #

    def _may_download(self, env):
        """Say whether somebody may have the PDF: vets who read it, and its owner once it was sent to them.

        Note: self.ensure_one()

        :param Environment env: of whoever asks
        :rtype: bool
        """
        self.ensure_one()
        if env.user._is_public():
            return False
        if env.user.has_group("vet_teleconsult.group_veterinarian"):
            return self.with_env(env).has_access("read")
        # sudo: owners have no right on summaries; theirs is the consultation
        return self.sudo()._is_shared() and self.consultation_id.with_env(env).has_access("read")

    def _is_shared(self):
        """Say whether the owner finds it on their pages: once it was sent to them, and not to a former owner.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "ready" and self._went_to_owner()

    def _get_path(self):
        """Give the address at which the PDF is downloaded.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return f"/vet/summary/{self.id}"
