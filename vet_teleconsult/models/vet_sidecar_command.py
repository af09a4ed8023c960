import logging
from datetime import timedelta

import requests

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

_logger = logging.getLogger(__name__)

FIRST_DELAY = 5  # seconds
MAX_DELAY = 10 * 60  # seconds
GIVE_UP_AFTER = timedelta(hours=24)
KEEP_DONE = timedelta(days=30)


class VetSidecarCommand(models.Model):
    """A command that must reach a sidecar even if it is away when somebody presses the button.

    Sent by a scheduled action after the transaction that asked for it was committed, so that a rolled back button
    sends nothing. Every command may arrive twice without harm.
    """

    _name = "vet.sidecar.command"
    _description = "Sidecar Command"
    _order = "id desc"

    # === FIELDS === #

    sidecar_id = fields.Many2one("vet.sidecar", required=True, readonly=True, ondelete="restrict", index=True)
    consultation_id = fields.Many2one("vet.consultation", readonly=True, ondelete="cascade", index=True)
    chat_id = fields.Many2one("vet.chat", readonly=True, ondelete="cascade", index=True)
    path = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True)
    state = fields.Selection(
        [("pending", "Waiting"), ("done", "Delivered"), ("failed", "Failed")],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    attempts = fields.Integer(readonly=True)
    error = fields.Char(readonly=True)
    next_attempt_at = fields.Datetime(readonly=True, default=fields.Datetime.now, required=True)

    # === CRUD METHODS === #

    @api.depends("path", "sidecar_id")
    def _compute_display_name(self):
        for command in self:
            command.display_name = f"{command.sidecar_id.name}: {command.path}"

    @api.model_create_multi
    def create(self, vals_list):
        commands = super().create(vals_list)
        self._trigger()
        return commands

    # === ACTION METHODS === #

    def action_retry(self):
        """Try failed commands again, now."""
        self.filtered(lambda command: command.state == "failed").write(
            {"state": "pending", "attempts": 0, "next_attempt_at": fields.Datetime.now(), "error": False}
        )
        self._trigger()

    # === BUSINESS METHODS === #

    @api.model
    def _trigger(self, at=None):
        # sudo: a vet's button may schedule the delivery, but not edit scheduled actions
        self.env.ref("vet_teleconsult.ir_cron_send_sidecar_commands").sudo()._trigger(at=at)

    @api.model
    def _cron_send(self):
        """Send what is due, one transaction each."""
        due = self.search([("state", "=", "pending"), ("next_attempt_at", "<=", fields.Datetime.now())], order="id")
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(due))
        for position, command in enumerate(due, start=1):
            # Nothing is begun that the worker's time limit would cut off: Odoo comes back to the rest soon.
            if not seconds_left:
                break
            command._send()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(due) - position)
        waiting = self.search([("state", "=", "pending")], order="next_attempt_at", limit=1)
        if waiting:
            self._trigger(at=waiting.next_attempt_at)

    def _send(self):
        """Send one command; keep it for later when the sidecar is away.

        Note: self.ensure_one()
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError:  # another worker is sending it
            return
        if self._is_overtaken():
            self.write({"state": "done", "error": False})
            return
        try:
            answer = self.sidecar_id._send_command(self.path, self.payload or {})
        except requests.RequestException as error:
            self._postpone(self.sidecar_id._explain_failure(error), error)
        except (UserError, ValueError) as error:
            self._postpone(str(error), error)
        else:
            self.write({"state": "done", "attempts": self.attempts + 1, "error": False})
            if isinstance(answer, dict) and answer.get("retried") is False:
                self.env["vet.media"]._give_up_retry(self.path, is_retryable=False)

    def _is_overtaken(self):
        """Say whether the command would end a room that people have been let into again since.

        A revoked room has another key afterwards, so its command is never overtaken.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        consultation = self.consultation_id
        ends_room = bool(consultation) and self.path.endswith(f"/{consultation.room_key}/end")
        return ends_room and consultation._is_open()

    def _postpone(self, message, error):
        _logger.info("Command %s did not reach its sidecar: %s", self.id, error)
        now = fields.Datetime.now()
        # The exponent is bounded: a command that is never given up has any number of attempts.
        delay = min(FIRST_DELAY * 2 ** min(self.attempts, 10), MAX_DELAY)
        # A file that people are told is deleted has to be, however long the sidecar is away.
        is_given_up = now - self.create_date > GIVE_UP_AFTER and not self.path.endswith("/delete")
        self.write(
            {
                "state": "failed" if is_given_up else "pending",
                "attempts": self.attempts + 1,
                "error": message,
                "next_attempt_at": now + timedelta(seconds=delay),
            }
        )
        if self.state == "failed":
            self.env["vet.media"]._give_up_retry(self.path, is_retryable=True)

    @api.autovacuum
    def _gc_delivered(self):
        self.search([("state", "=", "done"), ("write_date", "<", fields.Datetime.now() - KEEP_DONE)]).unlink()
