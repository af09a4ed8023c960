from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal import TeleconsultPortal
from .room import TeleconsultRoom


class TeleconsultPrescription(TeleconsultRoom):
    """What vets prescribe in the room."""

    # === ROUTES - VETS === #

    @http.route("/vet_teleconsult/prescription/save", type="jsonrpc", auth="public", methods=["POST"])
    def vet_prescription_save(self, consultation_id, values=None, access_token=None):
        """Keep a draft."""
        return self._answer_vet(
            consultation_id,
            access_token,
            lambda consultation: request.env["vet.prescription"]._save_from_room(consultation, values),
        )

    @http.route("/vet_teleconsult/prescription/sign", type="jsonrpc", auth="public", methods=["POST"])
    def vet_prescription_sign(
        self, consultation_id, prescription_id=None, name=None, license_number=None, access_token=None
    ):
        """Sign a draft as the current user."""
        return self._answer_vet(
            consultation_id,
            access_token,
            lambda consultation: self._find(consultation, prescription_id)._sign(name, license_number),
        )

    @http.route("/vet_teleconsult/prescription/void", type="jsonrpc", auth="public", methods=["POST"])
    def vet_prescription_void(self, consultation_id, prescription_id=None, reason=None, access_token=None):
        """Take what is signed out of force."""
        return self._answer_vet(
            consultation_id,
            access_token,
            lambda consultation: self._find(consultation, prescription_id)._void(reason),
        )

    @http.route("/vet_teleconsult/prescription/discard", type="jsonrpc", auth="public", methods=["POST"])
    def vet_prescription_discard(self, consultation_id, prescription_id=None, access_token=None):
        """Throw a draft away."""
        return self._answer_vet(
            consultation_id,
            access_token,
            lambda consultation: self._find(consultation, prescription_id).unlink(),
        )

    @http.route("/vet_teleconsult/prescription/photo", type="jsonrpc", auth="public", methods=["POST"])
    def vet_prescription_photo(self, consultation_id, prescription_id=None, name=None, content=None, access_token=None):
        """Put a photo of the paper on a draft; ``content`` is base64."""
        return self._answer_vet(
            consultation_id,
            access_token,
            lambda consultation: self._find(consultation, prescription_id)._add_encoded_photo(name, content),
        )

    @http.route("/vet_teleconsult/prescription/products", type="jsonrpc", auth="public", methods=["POST"])
    def vet_prescription_products(self, consultation_id, term=None, access_token=None):
        """Find products for a drug's name."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: {"products": request.env["vet.prescription"]._find_products(term)},
            vets_only=True,
        )

    # === HELPERS === #

    def _answer_vet(self, consultation_id, access_token, method):
        """Do what a vet asks, and tell what was prescribed in the consultation.

        :param method: called with the consultation; may give the prescription that it is about
        :return: ``prescribing``, and the ``id`` of the prescription; or a dict with the key ``error``
        """

        def ask(consultation, participant):
            prescription = method(consultation)
            return {
                "id": getattr(prescription, "id", None),
                "prescribing": consultation._get_prescribing(),
            }

        return self._answer(consultation_id, access_token, ask, vets_only=True)

    def _find(self, consultation, prescription_id):
        # Numbers begin at 1: nothing is not taken for a new one.
        return consultation.env["vet.prescription"]._find_in_room(consultation, {"id": prescription_id or -1})


class PrescriptionPortal(TeleconsultPortal):
    """An owner's prescriptions: signed and void ones, never drafts."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "vet_prescription_count" in counters:
            values["vet_prescription_count"] = self._count_readable("vet.prescription", self._get_prescription_domain())
        return values

    def _get_prescription_domain(self):
        """Return which prescriptions belong on the pages of the current user.

        :rtype: Domain
        """
        owner = request.env.user.partner_id.commercial_partner_id
        return Domain("partner_id", "child_of", owner.id) & Domain("state", "!=", "draft")

    def _get_consultation_page_values(self, consultation_sudo, access_token, **kw):
        values = super()._get_consultation_page_values(consultation_sudo, access_token, **kw)
        prescriptions_sudo = consultation_sudo.prescription_ids
        values["prescriptions"] = prescriptions_sudo.filtered(
            lambda prescription: (
                prescription.state != "draft" and prescription.partner_id == consultation_sudo.partner_id
            )
        )
        return values

    @http.route(
        ["/my/prescriptions", "/my/prescriptions/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_prescriptions(self, page=1, **kw):
        """List the prescriptions for the current user's animals."""
        prescription_model = request.env["vet.prescription"]
        if not prescription_model.has_access("read"):
            return request.redirect("/my")
        domain = self._get_prescription_domain()
        pager = portal_pager(
            url="/my/prescriptions",
            total=prescription_model.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        prescriptions = prescription_model.search(domain, limit=self._items_per_page, offset=pager["offset"])
        request.session["my_prescriptions_history"] = prescriptions.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            # The rows show the vet's name and the pet's photo, whose records an owner may not read.
            "prescriptions": prescriptions.sudo(),
            "timezone": self._get_timezone(prescriptions),
            "page_name": "prescriptions",
            "default_url": "/my/prescriptions",
            "pager": pager,
        }
        return request.render("vet_teleconsult.portal_my_prescriptions", values)

    @http.route("/my/prescriptions/<int:prescription_id>", type="http", auth="public", website=True)
    def portal_my_prescription(self, prescription_id, access_token=None, **kw):
        """Show one prescription to its owner, or to the bearer of its token."""
        prescription_sudo = self._find_prescription(prescription_id, access_token)
        if not prescription_sudo:
            return request.redirect("/my")
        values = {
            "page_name": "prescriptions",
            "prescription": prescription_sudo,
            # as on its PDF
            "timezone": prescription_sudo._get_time_zone(),
            "pdf_url": prescription_sudo._get_pdf_path(token=bool(access_token)),
        }
        values = self._get_page_view_values(
            prescription_sudo, access_token, values, "my_prescriptions_history", False, **kw
        )
        return request.render("vet_teleconsult.portal_my_prescription", values)

    @http.route("/my/prescriptions/<int:prescription_id>/pdf", type="http", auth="public", website=True)
    def portal_my_prescription_pdf(self, prescription_id, access_token=None, download=None, **kw):
        """Give the PDF: the signed one, or the one that is marked as void."""
        prescription_sudo = self._find_prescription(prescription_id, access_token)
        pdf_sudo = prescription_sudo and prescription_sudo._get_pdf()
        if not pdf_sudo:
            return request.redirect("/my")
        stream = request.env["ir.binary"]._get_stream_from(pdf_sudo)
        response = stream.get_response(as_attachment=bool(download))
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _find_prescription(self, prescription_id, access_token):
        """Find a prescription that whoever asks may see, with superuser rights.

        :return: it; none when there is none, it is not theirs, or it is a draft
        :rtype: vet.prescription
        """
        try:
            prescription_sudo = self._document_check_access("vet.prescription", prescription_id, access_token)
        except (AccessError, MissingError):
            return request.env["vet.prescription"]
        return prescription_sudo.filtered(lambda prescription: prescription.state != "draft")
