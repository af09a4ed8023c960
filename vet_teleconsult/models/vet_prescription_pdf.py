from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..tools.prescription_pages import append_scans, mark_void
from .vet_media_picture import Fetcher, shrink

# Handwriting has to be read by a pharmacist: pixels of the longer side.
PHOTO_SIDE = 2000
PDF_TYPE = "application/pdf"


class VetPrescription(models.Model):
    """The prescription's PDF: printed once, when it is signed, and kept; marked when it is void."""

    _name = "vet.prescription"
    _inherit = ["vet.prescription", "vet.printed"]

    # === BUSINESS METHODS - KEEPING === #

    def _keep_pdf(self):
        """Print what was just signed, and keep it.

        Note: self.ensure_one()

        :raises UserError: when it cannot be printed
        """
        self.ensure_one()
        content = self._localize()._render_pdf()
        self._seal({"attachment_id": self._create_pdf_attachment(self._get_filename(), content).id})

    def _keep_voided_pdf(self):
        """Keep a second PDF, marked on each page; the signed one stays as it was.

        Note: self.ensure_one()
        """
        self.ensure_one()
        localized = self._localize()
        sentence = localized.env._(
            "Voided on %(date)s by %(vet)s: %(reason)s",
            date=format_datetime(localized.env, self.voided_at, tz=self._get_time_zone(), dt_format="short"),
            vet=self.voided_by_id.name,
            reason=" ".join(self.void_reason.split()),
        )
        content = mark_void(self.attachment_id.raw, localized.env._("VOID"), sentence)
        attachment = self._create_pdf_attachment(localized._get_filename(), content)
        self._seal({"voided_attachment_id": attachment.id})

    def _create_pdf_attachment(self, name, content):
        # sudo: the document is the system's; its readers are those of the prescription
        return (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": name, "raw": content, "mimetype": PDF_TYPE, "res_model": self._name, "res_id": self.id})
        )

    def _get_pdf(self):
        """Give the PDF as it is handed out: the marked one, when it is void.

        Note: self.ensure_one()

        :rtype: ir.attachment
        """
        self.ensure_one()
        pdf = self.voided_attachment_id or self.attachment_id
        # sudo: a link alone asks for no right on the file; what is another record's is never handed out
        return pdf if (pdf.sudo().res_model, pdf.sudo().res_id) == (self._name, self.id) else pdf.browse()

    def _check_has_pdf(self):
        if not self._get_pdf():
            raise UserError(self.env._("A draft has no PDF. Sign the prescription first."))

    def _get_kept_attachments(self):
        """Give everything that was signed and stays as it was.

        Note: self.ensure_one()

        :rtype: ir.attachment
        """
        self.ensure_one()
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "!=", False)]
        # sudo: the files of fields have no readers of their own
        of_fields_sudo = self.env["ir.attachment"].sudo().search(domain)
        return self.sudo().attachment_id | self.sudo().voided_attachment_id | self.sudo().photo_ids | of_fields_sudo

    # === BUSINESS METHODS - PRINTING === #

    def _get_report(self):
        return "vet_teleconsult.action_report_prescription"

    def _get_printer_problem(self):
        return self.env._(
            "wkhtmltopdf is not installed on the server: without it there is no PDF, and nothing is signed. "
            "Install it, then sign again."
        )

    def _complete_pdf(self, content):
        """Put the paper's scans behind the printed pages.

        :raises UserError: when one of them cannot be read
        """
        content = super()._complete_pdf(content)
        # sudo: attachments of a prescription that is being signed by whoever may write it
        scans_sudo = self.sudo().photo_ids.filtered(lambda photo: photo.mimetype == PDF_TYPE)
        if self.kind == "paper" and scans_sudo:
            content = self._append_scans(content, scans_sudo)
        return content

    def _append_scans(self, content, scans):
        try:
            return append_scans(content, [scan.raw for scan in scans])
        except ValueError as error:
            raise UserError(
                self.env._("A scan of the paper cannot be read. Remove it, and add a photo or another PDF.")
            ) from error

    def _get_paper_pictures(self):
        """Give the photos of the paper, upright and large enough to be read.

        Note: self.ensure_one()

        :return: a JPEG each
        :rtype: list[bytes]
        :raises UserError: when one of them cannot be had or read: nothing is signed with a page missing
        """
        self.ensure_one()
        pictures = []
        # sudo: files of a prescription that is being signed by whoever may write it
        for photo_sudo in self.sudo().photo_ids.filtered(lambda photo: photo.mimetype != PDF_TYPE):
            pictures.append((photo_sudo.name, shrink(photo_sudo.raw, PHOTO_SIDE)))
        fetcher = Fetcher()
        for media_sudo in self.sudo().media_ids:
            address = media_sudo._get_picture_address()
            pictures.append((media_sudo.name, fetcher.fetch(address, PHOTO_SIDE) if address else None))
        for name, picture in pictures:
            if not picture:
                raise UserError(
                    self.env._(
                        "The photo “%(name)s” cannot be read. Take it again as JPEG or PNG, or try again later.",
                        name=name,
                    )
                )
        return [picture for _name, picture in pictures]

    # === BUSINESS METHODS - NAMES === #

    def _get_title(self):
        """Name the document in its reader's language.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return self.env._("Prescription %(number)s", number=self.name)

    def _get_filename(self):
        """Name the file on somebody's disk.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        parts = (self.env._("Prescription"), self.name, self.patient_name or "")
        name = "_".join("".join(c if c.isalnum() else "-" for c in part).strip("-") for part in parts)
        return f"{name}.pdf"
