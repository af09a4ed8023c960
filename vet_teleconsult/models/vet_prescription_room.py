import base64
import math
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from ..tools import protocol
from ..tools.identifier import find_record
from ..tools.text import drop_controls, is_client_key

LINE_TEXTS = (
    "name",
    "substance",
    "form",
    "strength",
    "dose",
    "frequency",
    "duration",
    "instructions",
    "unit",
    "withdrawal_period",
    "warnings",
)
LINE_FLAGS = ("is_antimicrobial", "is_off_label")
MAX_TEXT_LENGTH = 500
MAX_NOTE_LENGTH = 5000
MAX_LINES = 50
MAX_QUANTITY = 1_000_000
MAX_REPEATS = 100
MAX_PHOTO_BYTES = 20 * 1024**2
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
PRODUCT_LIMIT = 8


class VetPrescription(models.Model):
    """Prescriptions as pages write and show them: in the room, as a card in the thread, on the portal."""

    _inherit = "vet.prescription"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - SHOWING === #

    def _get_chat_document(self, audience):
        """Describe the prescription as a card of the thread."""
        self.ensure_one()
        is_owner = audience == "owner"
        is_hidden = is_owner and self.state == "draft"
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "kind": "prescription",
            "id": self.id,
            "title": self.env._("Draft of a prescription") if self.state == "draft" else self._get_title(),
            "subtitle": None if is_hidden else self.drugs or None,
            "state": self.state,
            "state_label": states[self.state],
            "amount": None,
            "url": None if is_hidden else self.get_portal_url() if is_owner else self._get_backend_path(),
            "pdf_url": self._get_pdf_path(token=is_owner) if self._get_pdf() else None,
            "is_void": self.state == "voided",
        }

    def _get_backend_path(self):
        """Give the address of the form.

        :rtype: str
        """
        return f"/odoo/prescriptions/{self.id}"

    def _get_pdf_path(self, download=False, token=False):
        """Give the address of the PDF.

        Note: self.ensure_one()

        :param bool download: save it, instead of showing it
        :param bool token: with the token that stands for the owner's login
        :rtype: str
        """
        self.ensure_one()
        parameters = [f"access_token={self.access_token}"] if token else []
        parameters += ["download=1"] if download else []
        return f"/my/prescriptions/{self.id}/pdf" + ("?" + "&".join(parameters) if parameters else "")

    def _describe_for_room(self):
        """Describe the prescription for a vet's page.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.display_name,
            "kind": self.kind,
            "state": self.state,
            "state_label": states[self.state],
            "drugs": self.drugs or "",
            "vet": self.vet_id.name,
            "signed_at": protocol.format_time(self.signed_at) if self.signed_at else None,
            "void_reason": self.void_reason or "",
            "url": self._get_backend_path(),
            "pdf_url": self._get_pdf_path() if self._get_pdf() else None,
            "diagnosis": self.diagnosis or "",
            "note": self.note or "",
            "weight": self.weight,
            "valid_until": self.valid_until.isoformat() if self.valid_until else "",
            "lines": [self._describe_line(line) for line in self.line_ids],
            "gaps": self._get_gaps() if self.state == "draft" else [],
            "photos": [{"id": photo.id, "name": photo.name} for photo in self.photo_ids],
        }

    def _describe_line(self, line):
        return {
            **{name: line[name] or "" for name in LINE_TEXTS},
            **{name: line[name] for name in LINE_FLAGS},
            "product_id": line.product_id.id or None,
            "route": line.route or "",
            "quantity": line.quantity,
            "repeats": line.repeats,
        }

    # === BUSINESS METHODS - WRITING === #

    @api.model
    def _save_from_room(self, consultation, values):
        """Keep what a vet has written in the room as a draft: a new one, or one of the consultation's.

        :param vet.consultation consultation: whose room it is; the current user may read it
        :param dict values: ``id`` or ``client_key``; ``kind``, ``diagnosis``, ``note``, ``weight``, ``valid_until``,
            ``lines``: as `_describe_for_room` gives them
        :rtype: vet.prescription
        :raises UserError: when a value makes no sense
        """
        if not isinstance(values, dict):
            raise UserError(self.env._("The prescription is not complete. Reload the page."))
        prescription = self._find_in_room(consultation, values)
        lines = self._read_lines(values.get("lines"))
        vals = {
            "kind": values.get("kind") if values.get("kind") in ("structured", "paper") else "structured",
            "diagnosis": self._read_text(values.get("diagnosis"), MAX_TEXT_LENGTH),
            "note": self._read_text(values.get("note"), MAX_NOTE_LENGTH),
            "weight": self._read_number(values.get("weight"), self.env._("The weight"), 100_000),
        }
        if prescription:
            prescription.write(vals)
        else:
            key = values.get("client_key")
            prescription = self.create(
                {
                    **vals,
                    "consultation_id": consultation.id,
                    "patient_id": consultation.patient_id.id,
                    "company_id": consultation.company_id.id,
                    "client_key": key if is_client_key(key) else False,
                }
            )
        prescription._set_lines(lines)
        if valid_until := self._read_day(values.get("valid_until")):
            prescription.valid_until = valid_until
        return prescription

    @api.model
    def _find_in_room(self, consultation, values):
        """Find the prescription that a page of the room means.

        :param vet.consultation consultation: whose room it is
        :param dict values: ``id`` or ``client_key``
        :return: it, or none when it is a new one
        :rtype: vet.prescription
        :raises UserError: when it is not one of the consultation's
        """
        domain = [("consultation_id", "=", consultation.id)]
        if values.get("id"):
            found = self.search([*domain, ("id", "=", find_record(self, values["id"]).id)])
            if not found:
                raise UserError(self.env._("This prescription does not exist any more. Reload the page."))
            return found
        key = values.get("client_key")
        return self.search([*domain, ("client_key", "=", key)]) if is_client_key(key) else self.browse()

    def _add_photo(self, name, content):
        """Put a photo or scan of the paper on a draft.

        Note: self.ensure_one()

        :param str name: of the file
        :param bytes content: its bytes
        :rtype: ir.attachment
        :raises UserError: when it is too large or neither a picture nor a PDF
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        if not content:
            raise UserError(self.env._("The file is empty. Choose another one."))
        if len(content) > MAX_PHOTO_BYTES:
            raise UserError(
                self.env._(
                    "The file is larger than %(limit)s MB. Take the photo again with a lower resolution.",
                    limit=MAX_PHOTO_BYTES // 1024**2,
                )
            )
        # By its bytes: what a page says of a file, and what it is called, proves nothing.
        mimetype = guess_mimetype(content)
        if mimetype not in PHOTO_TYPES:
            raise UserError(self.env._("The file is neither a picture (JPEG, PNG, WebP) nor a PDF. Choose another."))
        attachment = self.env["ir.attachment"].create(
            {
                "name": self._read_text(name, MAX_TEXT_LENGTH) or self.env._("Paper"),
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.photo_ids |= attachment
        return attachment

    def _add_encoded_photo(self, name, content):
        """Put a photo on a draft that a page has sent as text.

        Note: self.ensure_one()

        :param str name: of the file
        :param str content: base64
        :return: the prescription
        :rtype: vet.prescription
        :raises UserError: when it is no base64, or as `_add_photo`
        """
        self.ensure_one()
        try:
            decoded = base64.b64decode(content or "", validate=True)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The file did not arrive whole. Send it again.")) from error
        self._add_photo(name, decoded)
        return self

    @api.model
    def _find_products(self, term):
        """Find products for the drug that a vet is typing.

        :param str term: the beginning or a part of the name
        :return: ``id`` and ``name`` each
        :rtype: list[dict]
        """
        term = self._read_text(term, MAX_TEXT_LENGTH)
        if len(term) < 2:
            return []
        products = self.env["product.product"].search(
            ["|", ("name", "ilike", term), ("default_code", "ilike", term), ("type", "=", "consu")], limit=PRODUCT_LIMIT
        )
        return [
            {"id": product.id, "name": product.with_context(display_default_code=False).display_name}
            for product in products
        ]

    # === BUSINESS METHODS - READING WHAT A PAGE SENDS === #

    @api.model
    def _read_lines(self, lines):
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise UserError(self.env._("The prescription is not complete. Reload the page."))
        if len(lines) > MAX_LINES:
            raise UserError(self.env._("A prescription has %(limit)s drugs at most.", limit=MAX_LINES))
        return [vals for vals in map(self._read_line, lines) if vals["name"]]

    def _read_line(self, line):
        route_names = dict(self.env["vet.prescription.line"]._fields["route"].selection)
        product = find_record(self.env["product.product"], line.get("product_id"))
        product = product if product.has_access("read") else product.browse()
        repeats = self._read_number(line.get("repeats"), self.env._("The number of repeats"), MAX_REPEATS)
        return {
            **{name: self._read_text(line.get(name), MAX_TEXT_LENGTH) for name in LINE_TEXTS},
            **{name: line.get(name) is True for name in LINE_FLAGS},
            "product_id": product.id,
            "route": line.get("route") if line.get("route") in route_names else False,
            "quantity": self._read_number(line.get("quantity"), self.env._("The quantity"), MAX_QUANTITY),
            "repeats": int(repeats),
        }

    @api.model
    def _read_text(self, value, length):
        return drop_controls(value).strip()[:length] if isinstance(value, str) else ""

    @api.model
    def _read_number(self, value, label, largest):
        if value in (None, ""):
            return 0
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or not 0 <= value <= largest:
            raise UserError(
                self.env._("%(what)s is not a number between 0 and %(largest)s.", what=label, largest=largest)
            )
        return value

    @api.model
    def _read_day(self, value):
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The day until which it is valid makes no sense. Choose it again.")) from error
