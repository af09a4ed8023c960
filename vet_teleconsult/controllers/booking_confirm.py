from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.vet_booking import FINISHED_STATES
from .booking_page import BookingPage


class TeleconsultBookingConfirm(BookingPage):
    """Where the link leads that somebody without a login is mailed to confirm the time that they have chosen.

    Opening it does nothing yet: programs that look through mails follow links too.
    """

    @http.route(
        "/vet/book/confirm/<int:booking_id>/<string:token>", type="http", auth="public", methods=["GET", "POST"]
    )
    def vet_book_confirm(self, booking_id, token, **values):
        """Ask whether the time is to be booked, and book it.

        :param int booking_id: the booking
        :param str token: of the mailed link
        """
        booking_sudo = request.env["vet.booking"]._find_by_confirmation(booking_id, token)
        if not booking_sudo:
            return self._render_refusal(
                request.env["res.company"],
                request.env._("This link is not complete, or has been used."),
                request.env._("Look for the clinic's newest message, or begin a new booking."),
                status=404,
            )
        self._speak(booking_sudo.lang)
        booking_sudo = booking_sudo.with_context(lang=request.env.lang)
        is_over = booking_sudo.state in FINISHED_STATES
        if is_over or (booking_sudo._is_unfinished() and not booking_sudo.held_start):
            return self._no_store(request.redirect(booking_sudo._get_path(), code=303))
        if not booking_sudo._is_unfinished():
            return self._render_refusal(
                booking_sudo.company_id,
                request.env._("This booking was not finished in time."),
                request.env._("Nothing was booked. You can begin again."),
                status=410,
                begin_path=booking_sudo._get_begin_path(),
            )
        problem = None
        if request.httprequest.method == "POST":
            problem = self._confirm(booking_sudo)
            if not problem:
                return self._no_store(request.redirect(booking_sudo._get_path("result"), code=303))
        return self._render(
            "vet_teleconsult.booking_confirmation", booking_sudo.company_id, booking=booking_sudo, problem=problem
        )

    def _confirm(self, booking_sudo):
        """Book, or say why that did not work.

        :rtype: str | None
        """
        try:
            booking_sudo._confirm()
        except UserError as refusal:
            # Odoo commits what a route leaves behind; of a refusal only this is to stay.
            request.env.cr.rollback()
            booking_sudo._note_confirmation()
            return str(refusal)
        return None
