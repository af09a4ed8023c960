from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date, get_lang

from ..tools.page_stamp import stamp

REPORT = "vet_teleconsult.action_report_consultation_summary"
# As for transcripts: the letterhead stands in the page, page numbers are put on afterwards. Millimetres.
MARGINS = {"data-report-margin-top": 14, "data-report-margin-bottom": 20, "data-report-dpi": 96}
MAX_MISSING_SHOWN = 20


class VetConsultationSummary(models.Model):
    """The summary's PDF: printed in the owner's language, numbered, kept."""

    _inherit = "vet.consultation.summary"

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

    def _localize(self):
        """Give the summary with its reader's language and time zone and the clinic's company.

        Note: self.ensure_one()

        :rtype: vet.consultation.summary
        """
        self.ensure_one()
        # A language that the clinic has switched off since is not spoken any more.
        lang = get_lang(self.env, self.partner_id.lang or self.company_id.partner_id.lang).code
        return self.with_company(self.company_id).with_context(lang=lang, tz=self._get_time_zone())

    def _get_time_zone(self):
        """Name the time zone of the document: the owner's, else the clinic's.

        Note: self.ensure_one()

        :return: a name of the IANA database
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        return self.partner_id.tz or company.partner_id.tz or self.consultation_id.vet_id.tz or "UTC"

    def _render_pdf(self, missing):
        """Print the summary, with footers.

        Note: self.ensure_one()

        :param set missing: takes up the characters that no font has
        :rtype: bytes
        :raises UserError: when wkhtmltopdf is missing or fails
        """
        self.ensure_one()
        report = self.env["ir.actions.report"]
        if report.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._("wkhtmltopdf is not installed on the server. Install it, then press Retry on the summary.")
            )
        html, _type = report._render_qweb_html(REPORT, self.ids, data={"missing": missing, "report_type": "pdf"})
        content = report._run_wkhtmltopdf(
            [html.decode()], report_ref=REPORT, landscape=False, specific_paperformat_args=MARGINS
        )
        title = self._get_title()
        return stamp(
            content,
            running=f"{self.company_id.name} · {title}",
            number_pages=lambda number, total: self.env._("Page %(number)s of %(total)s", number=number, total=total),
            title=title,
            author=self.company_id.name,
        )

    def _describe_missing(self, missing):
        if not missing:
            return False
        return self.env._(
            "The server has no font for: %(characters)s. Install one, such as Noto, and make the summary again.",
            characters=" ".join(sorted(missing)[:MAX_MISSING_SHOWN]),
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
