import base64

from odoo import api, models
from odoo.tools.misc import format_date

from .vet_transcript_report import DEFAULT_COLOR, Printer


class ReportPrescription(models.AbstractModel):
    """What stands on a prescription: all that regulation (EU) 2019/6, article 105, asks for.

    The page holds everything that it needs, pictures too: nothing is fetched while it is printed.
    """

    _name = "report.vet_teleconsult.report_prescription"
    _description = "Prescription Report"

    # === BUSINESS METHODS === #

    @api.model
    def _get_report_values(self, docids, data=None):
        """Gather what the template shows.

        :param list[int] docids: the prescriptions
        :param dict data: nothing of interest
        :rtype: dict
        """
        prescriptions = self.env["vet.prescription"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": prescriptions._name,
            "docs": prescriptions,
            "pages": [self._describe(prescription) for prescription in prescriptions],
        }

    def _describe(self, prescription):
        """Describe one prescription.

        :param vet.prescription prescription: signed, with the language of its reader
        :rtype: dict
        """
        company = prescription.company_id
        printer = Printer(self.env, prescription._get_time_zone(), set())
        is_paper = prescription.kind == "paper"
        return {
            "company": company,
            "color": company.primary_color or DEFAULT_COLOR,
            "font": company.font or "",
            "title": prescription._get_title(),
            "is_paper": is_paper,
            "patient": self._get_patient_facts(prescription, printer),
            "owner": self._get_owner_lines(prescription.partner_id, printer),
            "facts": self._get_facts(prescription, printer),
            "drugs": [] if is_paper else [self._describe_line(line, printer) for line in prescription.line_ids],
            "note": printer.text(prescription.note).split("\n") if prescription.note else [],
            "pictures": [
                "data:image/jpeg;base64," + base64.b64encode(picture).decode()
                for picture in (prescription._get_paper_pictures() if is_paper else [])
            ],
            "signature": prescription.with_context(bin_size=False).signature,
            "signed_name": printer.text(prescription.signed_name),
            "account_name": printer.text(prescription._get_account_name() or ""),
            "license_number": printer.text(prescription.license_number),
            "signed_at": f"{printer.time(prescription.signed_at)} ({printer.name_zone()})",
        }

    def _get_patient_facts(self, prescription, printer):
        sexes = dict(prescription._fields["sex"]._description_selection(self.env))
        kind = ", ".join(filter(None, (prescription.species_id.name, prescription.breed_id.name)))
        unknown = self.env._("not known")
        facts = [
            (self.env._("Patient"), prescription.patient_name),
            (self.env._("Species"), kind),
            (self.env._("Sex"), sexes[prescription.sex] if prescription.sex != "unknown" else None),
            (self.env._("Age"), prescription.age or unknown),
            (
                self.env._("Weight"),
                self.env._("%(weight)s kg", weight=f"{prescription.weight:g}") if prescription.weight else unknown,
            ),
            (self.env._("Microchip"), prescription.microchip),
        ]
        return [(label, printer.text(value)) for label, value in facts if value]

    def _get_owner_lines(self, partner, printer):
        address = partner._display_address(without_company=True)
        lines = [partner.name, *(line.strip() for line in address.splitlines()), partner.phone, partner.email]
        return [printer.text(line) for line in lines if line]

    def _get_facts(self, prescription, printer):
        facts = [
            (
                self.env._("Issued"),
                format_date(self.env, prescription._get_day(prescription.signed_at), date_format="long"),
            ),
            (self.env._("Valid until"), format_date(self.env, prescription.valid_until, date_format="long")),
            (self.env._("Diagnosis"), prescription.diagnosis),
        ]
        return [(label, printer.text(value)) for label, value in facts if value]

    def _describe_line(self, line, printer):
        repeats = str(line.repeats) if line.repeats else self.env._("none")
        facts = [
            (self.env._("Dosage"), line._format_dosage()),
            (self.env._("Route"), line._format_route()),
            (self.env._("Quantity"), line._format_quantity()),
            (self.env._("Repeats"), repeats),
            (self.env._("Instructions"), line.instructions),
            (self.env._("Withdrawal period"), line.withdrawal_period),
            (self.env._("Warnings"), line.warnings),
        ]
        statements = [
            (
                line.is_antimicrobial,
                self.env._("Antimicrobial: use it as long as prescribed, for this animal only."),
            ),
            (
                line.is_off_label,
                self.env._("Prescribed outside of its authorisation (Regulation (EU) 2019/6, articles 112 to 114)."),
            ),
        ]
        return {
            "name": printer.text(line._format_drug()),
            "facts": [(label, printer.text(value)) for label, value in facts if value],
            "statements": [statement for is_so, statement in statements if is_so],
        }
