import lxml.html
from markupsafe import Markup

from odoo import api, models
from odoo.tools import is_html_empty
from odoo.tools.misc import format_date, format_time

from .vet_transcript_report import DEFAULT_COLOR, Printer


class ReportConsultationSummary(models.AbstractModel):
    """What stands in a consultation's summary, in words ready to be printed. The page holds everything it needs."""

    _name = "report.vet_teleconsult.report_consultation_summary"
    _description = "Consultation Summary Report"

    # === BUSINESS METHODS === #

    @api.model
    def _get_report_values(self, docids, data=None):
        """Gather what the template shows.

        :param list[int] docids: the summaries
        :param dict data: ``missing``: a set that takes up the characters that no font has
        :rtype: dict
        """
        missing = (data or {}).get("missing", set())
        summaries = self.env["vet.consultation.summary"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": summaries._name,
            "docs": summaries,
            "pages": [self._describe(summary, missing) for summary in summaries],
        }

    def _describe(self, summary, missing):
        """Describe one summary.

        :param vet.consultation.summary summary: with the language of its reader
        :param set missing: takes up the characters that no font has
        :rtype: dict
        """
        consultation, company = summary.consultation_id, summary.company_id
        printer = Printer(self.env, summary._get_time_zone(), missing)
        facts = [(label, printer.text(value)) for label, value in self._get_facts(summary, printer) if value]
        return {
            "company": company,
            "color": company.primary_color or DEFAULT_COLOR,
            "font": company.font or "",
            "title": printer.text(summary._get_title()),
            "facts": [*facts, (self.env._("Times in"), printer.name_zone())],
            "note": self._print_html(consultation.owner_note, printer),
            "recommendations": self._split(consultation.recommendations, printer),
            "next_steps": self._split(consultation.next_steps, printer),
            "prescriptions": [
                self._describe_prescription(prescription, printer)
                for prescription in consultation._get_summed_up_prescriptions()
            ],
            "phone": printer.text(company._get_clinic_phone()),
        }

    def _get_facts(self, summary, printer):
        consultation = summary.consultation_id
        vet = consultation.vet_id
        # sudo: colleagues do not read it on the vet's record, but the owner gets it with the summary
        licence = vet.sudo().vet_license_number
        return [
            (self.env._("Patient"), self._describe_patient(summary)),
            (self.env._("Owner"), consultation.partner_id.name),
            (self.env._("When"), self._describe_time(consultation, printer)),
            (
                self.env._("Vet"),
                self.env._("%(vet)s, licence number %(number)s", vet=vet.name, number=licence) if licence else vet.name,
            ),
            (self.env._("Kind"), consultation.type_id.name),
            (self.env._("Reason"), self._get_reason(consultation)),
            (self.env._("Consultation"), consultation.name),
        ]

    def _get_reason(self, consultation):
        """Say what it was about: in the owner's words where they booked it, else the subject of its chat."""
        return " ".join((consultation.booking_id.reason or consultation.chat_id.subject or "").split())

    def _describe_patient(self, summary):
        patient = summary.patient_id
        sexes = dict(patient._fields["sex"]._description_selection(self.env))
        parts = [patient.name, patient.species_id.name, patient.breed_id.name]
        if patient.sex != "unknown":
            parts.append(sexes[patient.sex].lower())
        if patient.birth_date:
            parts.append(patient._format_age(patient.birth_date, summary._get_date().date()))
        return ", ".join(filter(None, parts))

    def _describe_time(self, consultation, printer):
        begun, ended = consultation.started_at, consultation.ended_at
        text = printer.time(begun or consultation.scheduled_at)
        if begun and ended:
            end = format_time(self.env, ended, tz=printer.zone, time_format="short")
            return self.env._("%(begin)s to %(end)s", begin=text, end=end)
        return text

    def _describe_prescription(self, prescription, printer):
        drugs = [
            (printer.text(line._format_drug()), printer.text(line._format_dosage())) for line in prescription.line_ids
        ]
        return {
            "name": printer.text(prescription.name),
            "drugs": drugs or [(printer.text(prescription.drugs), "")],
            "valid_until": format_date(self.env, prescription.valid_until) if prescription.valid_until else None,
        }

    def _split(self, text, printer):
        return printer.text((text or "").strip()).split("\n") if (text or "").strip() else []

    def _print_html(self, html, printer):
        """Write a note as it can be printed: nothing is fetched, and what no font has is named.

        :param str html: sanitized, or a falsy value
        :param Printer printer: of the document
        :rtype: Markup | None
        """
        if is_html_empty(html):
            return None
        tree = lxml.html.fromstring(f"<div>{html}</div>")
        for image in tree.xpath(".//img[not(starts-with(@src, 'data:'))]"):
            image.drop_tree()
        for element in tree.iter():
            element.text = printer.text(element.text) if element.text else element.text
            element.tail = printer.text(element.tail) if element.tail else element.tail
        return Markup(lxml.html.tostring(tree, encoding="unicode"))  # sanitized by the field; only texts were changed
