from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers import portal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal_timeline import get_timeline_values

OPEN_STATES = ("scheduled", "waiting", "in_progress")
CHAT_MESSAGES = 20  # the last ones; the chat's own page has them all
CLOSED_WITHOUT_VISIT_STATES = ("cancelled", "no_show")


class TeleconsultPortal(portal.CustomerPortal):
    """An owner's own pages: consultations and pets.

    The `access_token` of a page lets its bearer read that page and nothing else: entering the room and writing in the
    chat need the owner's login, or the room link that the clinic mailed.
    """

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "vet_consultation_count" in counters:
            values["vet_consultation_count"] = self._count_readable("vet.consultation", self._get_consultation_domain())
        if "vet_patient_count" in counters:
            values["vet_patient_count"] = self._count_readable("vet.patient", self._get_patient_domain())
        return values

    def _count_readable(self, model_name, domain):
        model = request.env[model_name]
        return model.search_count(domain) if model.has_access("read") else 0

    def _get_consultation_domain(self):
        """Return which consultations belong on the pages of the current user.

        A vet who opens `/my` sees those of their own animals there, not the clinic's.

        :rtype: Domain
        """
        return Domain("partner_id", "child_of", request.env.user.partner_id.commercial_partner_id.id)

    def _get_patient_domain(self):
        """Return which patients belong on the pages of the current user.

        :rtype: Domain
        """
        return Domain("owner_ids", "child_of", request.env.user.partner_id.commercial_partner_id.id)

    # === CONSULTATIONS === #

    def _get_consultation_searchbar_sortings(self):
        return {
            "newest": {"label": request.env._("Newest"), "order": "scheduled_at desc, id desc"},
            "oldest": {"label": request.env._("Oldest"), "order": "scheduled_at, id"},
            "pet": {"label": request.env._("Pet"), "order": "patient_id, scheduled_at desc, id desc"},
        }

    def _get_consultation_searchbar_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "upcoming": {"label": request.env._("Upcoming"), "domain": Domain("state", "in", OPEN_STATES)},
            "done": {"label": request.env._("Done"), "domain": Domain("state", "=", "done")},
            "cancelled": {
                "label": request.env._("Cancelled"),
                "domain": Domain("state", "in", CLOSED_WITHOUT_VISIT_STATES),
            },
        }

    @http.route(
        ["/my/consultations", "/my/consultations/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_consultations(self, page=1, sortby=None, filterby=None, **kw):
        """List the consultations of the current user's animals."""
        consultation_model = request.env["vet.consultation"]
        if not consultation_model.has_access("read"):
            return request.redirect("/my")
        sortings = self._get_consultation_searchbar_sortings()
        filters = self._get_consultation_searchbar_filters()
        # An address typed or kept from an older version must still open the list.
        sortby = sortby if sortby in sortings else "newest"
        filterby = filterby if filterby in filters else "all"
        domain = self._get_consultation_domain() & filters[filterby]["domain"]
        pager = portal_pager(
            url="/my/consultations",
            url_args={"sortby": sortby, "filterby": filterby},
            total=consultation_model.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        consultations = consultation_model.search(
            domain, order=sortings[sortby]["order"], limit=self._items_per_page, offset=pager["offset"]
        )
        request.session["my_consultations_history"] = consultations.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            # The rows show the vet's name and the pet's photo, whose records an owner may not read.
            "consultations": consultations.sudo(),
            "timezone": self._get_timezone(consultations),
            "page_name": "consultations",
            "default_url": "/my/consultations",
            "pager": pager,
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
        }
        return request.render("vet_teleconsult.portal_my_consultations", values)

    @http.route("/my/consultations/<int:consultation_id>", type="http", auth="public", website=True)
    def portal_my_consultation(self, consultation_id, access_token=None, **kw):
        """Show one consultation to its owner, or to the bearer of its token."""
        try:
            consultation_sudo = self._document_check_access("vet.consultation", consultation_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._get_consultation_page_values(consultation_sudo, access_token, **kw)
        return request.render("vet_teleconsult.portal_my_consultation", values)

    def _get_consultation_page_values(self, consultation_sudo, access_token, **kw):
        """Prepare what a consultation's page shows.

        :param recordset consultation_sudo: the consultation, access checked
        :param str access_token: the token with which the page was opened, if any
        :return: the rendering values
        :rtype: dict
        """
        is_identified = self._is_identified_for(consultation_sudo)
        chat_sudo = consultation_sudo.chat_id
        is_open = consultation_sudo.state in OPEN_STATES
        summary_sudo = consultation_sudo._get_shared_summary()
        values = {
            "page_name": "consultations",
            "consultation": consultation_sudo,
            "timezone": consultation_sudo._get_owner_timezone(),
            "chat": chat_sudo,
            "chat_messages": chat_sudo._get_messages(limit=CHAT_MESSAGES),
            "is_identified": is_identified,
            "summary_url": summary_sudo._get_path() if summary_sudo and is_identified else None,
            "rebook_url": consultation_sudo._get_rebook_offer() if is_identified else None,
            "is_joinable": is_open and consultation_sudo.mode == "video" and consultation_sudo.link_state == "valid",
            "is_link_out_of_order": is_open and consultation_sudo.link_state != "valid",
            "link_was_sent": kw.get("link") == "sent",
            "link_was_not_sent": kw.get("link") == "failed",
        }
        return self._get_page_view_values(
            consultation_sudo, access_token, values, "my_consultations_history", False, **kw
        )

    def _is_identified_for(self, record_sudo):
        """Say whether the current user may read a record by themselves, without its token."""
        return record_sudo.with_user(request.env.user).has_access("read")

    def _get_timezone(self, records):
        """Return the time zone in which a list tells its owner times.

        :param recordset records: what is listed, of the current user's animals
        :return: the name of a time zone
        :rtype: str
        """
        user = request.env.user
        # sudo: the clinic's time zone; owners may not read the clinic itself
        company_sudo = records.sudo().company_id[:1] or user.sudo().company_id
        return company_sudo._get_owner_timezone(user.partner_id)

    @http.route(
        "/my/consultations/<int:consultation_id>/send_link",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_my_consultation_send_link(self, consultation_id, access_token=None, **kw):
        """Mail the room link to the owner's own address, whoever asks for it."""
        try:
            consultation_sudo = self._document_check_access("vet.consultation", consultation_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        outcome = "failed"
        if consultation_sudo.state in OPEN_STATES and consultation_sudo.link_state == "valid":
            try:
                consultation_sudo.action_send_owner_link()
                outcome = "sent"
            except UserError:
                # Without an address there is nothing to send to: the page names the clinic's phone instead.
                outcome = "failed"
        return request.redirect(consultation_sudo.get_portal_url(query_string=f"&link={outcome}"))

    # === PETS === #

    @http.route(["/my/pets", "/my/pets/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_pets(self, page=1, **kw):
        """Show the current user's animals."""
        patient_model = request.env["vet.patient"]
        if not patient_model.has_access("read"):
            return request.redirect("/my")
        domain = self._get_patient_domain()
        pager = portal_pager(
            url="/my/pets", total=patient_model.search_count(domain), page=page, step=self._items_per_page
        )
        patients = patient_model.search(domain, limit=self._items_per_page, offset=pager["offset"])
        request.session["my_pets_history"] = patients.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            "patients": patients,
            "page_name": "pets",
            "default_url": "/my/pets",
            "pager": pager,
        }
        return request.render("vet_teleconsult.portal_my_pets", values)

    @http.route("/my/pets/<int:patient_id>", type="http", auth="public", website=True)
    def portal_my_pet(self, patient_id, access_token=None, before=None, **kw):
        """Show one animal to an owner, or to the bearer of its token; its history only to an owner.

        :param int patient_id: the animal
        :param str access_token: of the page
        :param str before: where the page of the history before ended
        """
        try:
            patient_sudo = self._document_check_access("vet.patient", patient_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        is_identified = self._is_identified_for(patient_sudo)
        timeline = {"entries": []}
        if is_identified:
            # Each owner finds what they may open, not what a former owner could.
            patient = patient_sudo.with_user(request.env.user)
            timeline = get_timeline_values(patient, patient_sudo.access_url, before)
        values = {
            "page_name": "pets",
            "patient": patient_sudo,
            **timeline,
            "is_identified": is_identified,
            "timezone": patient_sudo.company_id._get_owner_timezone(patient_sudo.partner_id),
        }
        values = self._get_page_view_values(patient_sudo, access_token, values, "my_pets_history", False, **kw)
        return request.render("vet_teleconsult.portal_my_pet", values)
