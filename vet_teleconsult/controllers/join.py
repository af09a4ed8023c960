from odoo import http
from odoo.http import request

from .booking_page import BookingPage

MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3


class TeleconsultJoin(BookingPage):
    """The link that stands in calendars: it opens nothing by itself, so that it may stand where others read it."""

    @http.route("/vet/join/<int:consultation_id>", type="http", auth="public", methods=["GET", "POST"])
    def vet_join(self, consultation_id, email=None, **values):
        """Lead a vet to the room in Odoo and an owner to theirs; offer everybody else to mail the owner their link.

        The page is the same whether there is such a consultation or not, and whoever the address belongs to.

        :param int consultation_id: the consultation
        :param str email: what somebody says is the owner's address
        """
        consultations = request.env["vet.consultation"]
        path = consultations._get_join_path(consultation_id)
        if path:
            return self._no_store(request.redirect(path, code=303))
        is_asked = request.httprequest.method == "POST"
        email = (email or "").strip()[:MAX_EMAIL_LENGTH]
        if email and is_asked:
            request.env["vet.link.request"]._note(consultation_id, email, request.httprequest.remote_addr)
        # sudo: the name and number of the only clinic; of several, the page must not say whose consultation this is
        companies_sudo = request.env["res.company"].sudo().search([], limit=2)
        return self._render(
            "vet_teleconsult.join_page",
            companies_sudo if len(companies_sudo) == 1 else companies_sudo.browse(),
            is_sent=bool(email and is_asked),
            is_signed_in=not request.env.user._is_public(),
            login_path=f"/web/login?redirect=/vet/join/{consultation_id}",
        )
