from odoo import models
from odoo.tools.misc import format_date


class VetConsultationSummary(models.Model):
    """The summary's PDF: printed in the owner's language, numbered, kept."""

    _name = "vet.consultation.summary"
    _inherit = ["vet.consultation.summary", "vet.printed"]

    # === BUSINESS METHODS === #

    def _make_pdf(self):
        """Print the summary and keep it.

        Note: self.ensure_one()

        :raises UserError: when it cannot be printed
        """
        self.ensure_one()
        missing = set()
        localized = self._localize()
        self.attachment_id = self.env["ir.attachment"].create(
            {
                "name": localized._get_filename(),
                "raw": localized._render_pdf(missing),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.write({"state": "ready", "problem": self._describe_missing(missing)})

    def _get_report(self):
        return "vet_teleconsult.action_report_consultation_summary"

    def _get_printer_problem(self):
        return self.env._("wkhtmltopdf is not installed on the server. Install it, then press Retry on the summary.")

    def _get_time_zone(self):
        """Name the time zone of the document: the owner's.

        Note: self.ensure_one()

        :return: a name of the IANA database
        :rtype: str
        """
        self.ensure_one()
        return self.company_id._get_owner_timezone(self.partner_id)

    def _describe_missing(self, missing):
        if not missing:
            return False
        return self.env._(
            "The server has no font for: %(characters)s. Install one, such as Noto, and make the summary again.",
            characters=self._list_missing(missing),
        )

    # === BUSINESS METHODS - NAMES === #

    def _get_date(self):
        consultation = self.consultation_id
        return consultation.started_at or consultation.scheduled_at

    def _get_title(self):
        """Name the document in its reader's language.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(patient)s's consultation of %(date)s",
            patient=self.patient_id.name,
            date=format_date(self.env, self._get_date(), date_format="long"),
        )

    def _get_filename(self):
        """Name the file on somebody's disk.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        patient = "".join(character if character.isalnum() else "_" for character in self.patient_id.name).strip("_")
        name = patient or self.patient_id.id
        return f"{self.env._('Summary')}_{name}_{self._get_date():%Y-%m-%d}_v{self.version}.pdf"
