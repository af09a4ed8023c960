from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError


class VetConsultation(models.Model):
    """What the owner takes home from a consultation, and the summaries that say it."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    recommendations = fields.Text(
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="What the owner shall do: stands in the summary.",
    )
    next_steps = fields.Text(
        copy=False, groups="vet_teleconsult.group_veterinarian", help="What comes next: stands in the summary."
    )
    summary_ids = fields.One2many(
        "vet.consultation.summary",
        "consultation_id",
        string="Summaries",
        readonly=True,
        groups="vet_teleconsult.group_veterinarian",
    )
    summary_alert = fields.Char(
        compute="_compute_summary_alert",
        groups="vet_teleconsult.group_veterinarian",
        help="What went wrong with the latest summary or its mail.",
    )

    # === COMPUTE METHODS === #

    @api.depends("summary_ids.state", "summary_ids.mail_state")
    def _compute_summary_alert(self):
        for consultation in self:
            latest = consultation.summary_ids[:1]
            if latest.state == "failed":
                consultation.summary_alert = latest.problem
            else:
                consultation.summary_alert = latest.mail_state == "failed" and latest.mail_failure

    # === ACTION METHODS === #

    def action_make_summary(self):
        """Make a new version of the summary, to be looked at before it is sent."""
        self.ensure_one()
        self.check_access("write")
        if not self.started_at:
            raise UserError(self.env._("The consultation has not begun: there is nothing to sum up yet."))
        try:
            self.lock_for_update()
        except LockError as error:
            raise ConcurrencyError(str(error)) from error
        if any(summary.state == "pending" for summary in self.summary_ids):
            raise UserError(self.env._("A summary is being made already. It will be here in a minute."))
        self._make_summary()
        return True

    # === BUSINESS METHODS === #

    def _make_summary(self, mail_to_owner=False):
        """Have a new version of the summary made, once the present transaction is committed.

        Note: self.ensure_one()

        :param bool mail_to_owner: whether the owner gets it by mail, unless an earlier version went to them
        :rtype: vet.consultation.summary
        """
        self.ensure_one()
        # sudo: vets finish consultations; summaries are the system's
        return self.env["vet.consultation.summary"].sudo()._create_for(self.sudo(), mail_to_owner)

    def _get_shared_summary(self):
        """Give the latest summary that went to the owner.

        Note: self.ensure_one(), with superuser rights

        :rtype: vet.consultation.summary
        """
        self.ensure_one()
        return self.summary_ids.filtered(lambda summary: summary._is_shared())[:1]

    def _get_summary_info(self):
        """Tell a vet in the room how the latest summary stands.

        Note: self.ensure_one()

        :return: ``label``, ``tone``, ``problem`` (or None) and ``url`` (of the PDF, or None); None without a summary
        :rtype: dict | None
        """
        self.ensure_one()
        latest = self.summary_ids[:1]
        if not latest:
            return None
        name = "state" if latest.state != "ready" else "mail_state"
        labels = dict(latest._fields[name]._description_selection(self.env))
        problem = self.summary_alert or None
        return {
            "label": labels[latest[name]],
            "tone": "danger" if problem else "good" if latest[name] == "sent" else "neutral",
            "problem": problem,
            "url": latest._get_path() if latest.state == "ready" else None,
        }
