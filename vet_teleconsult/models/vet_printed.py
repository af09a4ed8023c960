from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import get_lang

from ..tools.page_stamp import stamp

# The letterhead stands in the page, so that little room is needed above it; the stamp needs some below. Millimetres.
MARGINS = {"data-report-margin-top": 14, "data-report-margin-bottom": 20, "data-report-dpi": 96}
MAX_MISSING_SHOWN = 20


class VetPrinted(models.AbstractModel):
    """A record that is printed once and kept: in its reader's language, with the clinic's name and page numbers.

    Its fields ``company_id`` and ``partner_id`` say whose it is.
    """

    _name = "vet.printed"
    _description = "Printed Document"

    # === BUSINESS METHODS - WHAT EACH DOCUMENT SAYS OF ITSELF === #

    def _get_report(self):
        """Name the report that it is printed with.

        :return: the report's external identifier
        :rtype: str
        """
        raise NotImplementedError

    def _get_title(self):
        """Name the document in its reader's language.

        Note: self.ensure_one()

        :rtype: str
        """
        raise NotImplementedError

    def _get_time_zone(self):
        """Name the time zone in which the document tells times.

        Note: self.ensure_one()

        :return: a name of the IANA database
        :rtype: str
        """
        raise NotImplementedError

    def _get_printer_problem(self):
        """Say what to do where wkhtmltopdf is missing.

        :rtype: str
        """
        raise NotImplementedError

    def _complete_pdf(self, content):
        """Put behind the printed pages what belongs to the document and was never HTML.

        Note: self.ensure_one()

        :param bytes content: the printed pages
        :return: all pages, before they are numbered
        :rtype: bytes
        """
        return content

    # === BUSINESS METHODS === #

    def _localize(self):
        """Give the document with its reader's language and time zone and the clinic's company.

        Note: self.ensure_one()

        :rtype: vet.printed
        """
        self.ensure_one()
        # A language that the clinic has switched off since is not spoken any more.
        lang = get_lang(self.env, self.partner_id.lang or self.company_id.partner_id.lang).code
        return self.with_company(self.company_id).with_context(lang=lang, tz=self._get_time_zone())

    def _render_pdf(self, missing=None):
        """Print the document, with footers.

        Note: self.ensure_one()

        :param set missing: takes up the characters that no font has
        :rtype: bytes
        :raises UserError: when wkhtmltopdf is missing or fails
        """
        self.ensure_one()
        report, name = self.env["ir.actions.report"], self._get_report()
        if report.get_wkhtmltopdf_state() == "install":
            raise UserError(self._get_printer_problem())
        data = {"report_type": "pdf", "missing": set() if missing is None else missing}
        html, _type = report._render_qweb_html(name, self.ids, data=data)
        content = report._run_wkhtmltopdf(
            [html.decode()], report_ref=name, landscape=False, specific_paperformat_args=MARGINS
        )
        title = self._get_title()
        return stamp(
            self._complete_pdf(content),
            running=f"{self.company_id.name} · {title}",
            number_pages=lambda number, total: self.env._("Page %(number)s of %(total)s", number=number, total=total),
            title=title,
            author=self.company_id.name,
        )

    def _list_missing(self, missing):
        """List characters that no font of the server has, as a sentence can name them.

        :param set missing: the characters
        :rtype: str
        """
        return " ".join(sorted(missing)[:MAX_MISSING_SHOWN])
