from odoo import fields, http
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal import TeleconsultPortal

MAX_SUBJECT_LENGTH = 120


class TeleconsultChatPortal(TeleconsultPortal):
    """An owner's own pages: their chats, and how they begin one."""

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "vet_chat_unread_count" in counters:
            chat_model = request.env["vet.chat"]
            chats = chat_model.search(self._get_chat_domain()) if chat_model.has_access("read") else chat_model
            values["vet_chat_unread_count"] = sum(chats._count_unread(request.env.user.partner_id).values())
        return values

    def _get_chat_domain(self):
        """Return which chats belong on the pages of the current user: their own that somebody has begun.

        :rtype: Domain
        """
        own = Domain("partner_id", "child_of", request.env.user.partner_id.commercial_partner_id.id)
        return own & request.env["vet.chat"]._get_begun_domain()

    # === CHATS === #

    @http.route(["/my/chats", "/my/chats/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_chats(self, page=1, **kw):
        """List the current user's chats, those with news first."""
        chat_model = request.env["vet.chat"]
        if not chat_model.has_access("read"):
            return request.redirect("/my")
        domain = self._get_chat_domain()
        pager = portal_pager(
            url="/my/chats", total=chat_model.search_count(domain), page=page, step=self._items_per_page
        )
        chats = chat_model.search(domain, limit=self._items_per_page, offset=pager["offset"])
        values = {
            **self._prepare_portal_layout_values(),
            # The rows show the vet's name and the pet's photo, whose records an owner may not read.
            "chats": chats.sudo(),
            "unread": chats._count_unread(request.env.user.partner_id),
            "timezone": self._get_timezone(chats),
            "page_name": "chats",
            "default_url": "/my/chats",
            "pager": pager,
        }
        return request.render("vet_teleconsult.portal_my_chats", values)

    @http.route("/my/chats/<int:chat_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_chat(self, chat_id, **kw):
        """Lead to the page of one chat, which checks access itself."""
        return request.redirect(f"/vet/chat/{chat_id}")

    @http.route("/my/chats/new", type="http", auth="user", methods=["GET", "POST"], website=True)
    def portal_my_chat_new(self, patient_id=None, type_id=None, subject="", **kw):
        """Say by when the clinic answers and what it costs, and begin the chat when the owner wants that."""
        patient_model = request.env["vet.patient"]
        patients = (
            patient_model.search(self._get_patient_domain()) if patient_model.has_access("read") else patient_model
        )
        types_sudo = self._get_chat_types(patients.sudo().company_id)
        patient = patients.filtered(lambda patient: str(patient.id) == patient_id)
        type_sudo = types_sudo.filtered(lambda chat_type: str(chat_type.id) == type_id)
        error = None
        if request.httprequest.method == "POST":
            subject = subject.strip()[:MAX_SUBJECT_LENGTH]
            try:
                chat = request.env["vet.chat"]._begin_by_owner(patient, type_sudo, subject)
                return request.redirect(f"/vet/chat/{chat.id}")
            except (UserError, ValidationError) as problem:
                request.env.cr.rollback()
                error = str(problem)
        values = {
            **self._prepare_portal_layout_values(),
            "patients": patients,
            "companies": patients.sudo().company_id,
            "offers": [self._describe_offer(chat_type, patients) for chat_type in types_sudo],
            "patient": patient or patients[:1],
            "type": type_sudo or types_sudo[:1],
            "subject": subject,
            "max_subject_length": MAX_SUBJECT_LENGTH,
            "error": error,
            "timezone": self._get_timezone(patients),
            "page_name": "chats",
            "is_new_chat": True,
        }
        return request.render("vet_teleconsult.portal_my_chat_new", values)

    def _get_chat_types(self, companies):
        """Give how owners can ask by chat.

        :param res.company companies: the clinics of their animals
        :return: types, with superuser rights
        :rtype: vet.consultation.type
        """
        # sudo: an owner sees what the clinics of their own animals offer, of whichever company they are
        domain = Domain("mode", "=", "chat") & Domain("company_id", "in", [*companies.ids, False])
        return request.env["vet.consultation.type"].sudo().search(domain)

    def _describe_offer(self, type_sudo, patients):
        """Prepare what an owner is told about a type before they begin.

        :param vet.consultation.type type_sudo: a type for chats
        :param vet.patient patients: the owner's animals
        :rtype: dict
        """
        company_sudo = type_sudo.company_id or patients[:1].sudo().company_id or request.env.company.sudo()
        return {
            "type": type_sudo,
            "company": type_sudo.company_id,
            "reply": type_sudo._format_reply_hours(),
            "reply_due_at": type_sudo._get_reply_due(fields.Datetime.now()),
            "price": type_sudo._format_price(request.env.user.partner_id, company_sudo),
        }
