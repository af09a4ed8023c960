import textwrap

from odoo import models
from odoo.tools import is_html_empty

from ..tools.text import html_to_text

MAX_EXCERPT = 120  # characters: a line or two of a dialog


class VetConsultation(models.Model):
    """What finishing sends to the owner: told to the vet before it is done."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === ACTION METHODS === #

    def action_finish(self):
        result = super().action_finish()
        if not self.env.context.get("vet_without_summary"):
            for consultation in self.filtered(lambda consultation: consultation._is_summary_mailed_on_finishing()):
                consultation._make_summary(mail_to_owner=True)
        return result

    def action_finish_without_summary(self):
        """Finish, and let the vet send the summary later, such as when it is not written yet."""
        return self.with_context(vet_without_summary=True).action_finish()

    # === BUSINESS METHODS - THE BAR === #

    def _get_workflow(self):
        preview = self._get_finish_preview() if self.state == "in_progress" else None
        return {**super()._get_workflow(), "finish": preview}

    def _do(self, action, user_id, reason):
        if action == "finish_without_summary":
            self.action_finish_without_summary()
        else:
            super()._do(action, user_id, reason)

    # === BUSINESS METHODS === #

    def _is_summary_mailed_on_finishing(self):
        """Say whether the type has a summary made and mailed on finishing.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        # sudo: whoever finishes it, the type says whether the owner gets a summary
        return self.sudo().type_id.mail_summary

    def _get_finish_preview(self):
        """Tell a vet what the owner gets by mail on finishing, in a line or two.

        Note: self.ensure_one()

        :return: ``owner``, ``email`` (None without an address) and ``contents``: a list of {label, text} with what was
            written for the owner; None when finishing mails nothing
        :rtype: dict | None
        """
        self.ensure_one()
        # sudo: what went to the owner is noted by the system
        is_mailed = any(summary._is_mailed_or_will_be() for summary in self.sudo().summary_ids)
        if is_mailed or not self._is_summary_mailed_on_finishing():
            return None
        note = None if is_html_empty(self.owner_note) else html_to_text(self.owner_note)
        prescriptions = self._get_summed_up_prescriptions()
        contents = [
            (self.env._("Recommendations"), self.recommendations),
            (self.env._("Next steps"), self.next_steps),
            (self.env._("Note"), note),
            (self.env._("Prescriptions"), ", ".join(prescriptions.mapped("name"))),
        ]
        return {
            "owner": self.partner_id.name,
            "email": self.partner_id.email or None,
            "contents": [
                {"label": label, "text": textwrap.shorten(text, MAX_EXCERPT, placeholder="…")}
                for label, text in contents
                if text and text.strip()
            ],
        }

    def _get_summed_up_prescriptions(self):
        """Give the prescriptions that stand in the summary: what is signed and not void.

        Note: self.ensure_one()

        :rtype: vet.prescription
        """
        self.ensure_one()
        return self.env["vet.prescription"].search(
            [("consultation_id", "=", self.id), ("state", "=", "signed")], order="signed_at, id"
        )
