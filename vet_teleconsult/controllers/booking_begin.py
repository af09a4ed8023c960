import pytz

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ..tools.identifier import find_record
from .booking_page import BookingPage

MAX_ANSWERS = 100


class TeleconsultBookingBegin(BookingPage):
    """Where a booking begins: on the clinic's public link, on the portal, and by the link of a cancelled consultation.

    Nothing is kept before the emergency questions are answered, so that looking at a link leaves nothing behind.
    """

    # === ROUTES === #

    @http.route("/vet/book/<int:company_id>", type="http", auth="public", methods=["GET", "POST"])
    def vet_book(self, company_id, **values):
        """Ask the emergency questions of somebody without a login, and begin their booking.

        :param int company_id: the clinic
        """
        company_sudo = find_record(request.env["res.company"].sudo(), company_id)
        if not company_sudo.vet_booking_public:
            return self._render_refusal(
                request.env["res.company"],
                request.env._("Booking by link is not open here."),
                request.env._("Sign in to book, or call your clinic."),
                status=404,
            )
        if request.env.user._is_portal():
            return request.redirect(f"/my/book?company_id={company_id}")
        if request.httprequest.method == "POST" and request.env["vet.booking"]._is_too_many(
            company_sudo, request.httprequest.remote_addr
        ):
            return self._render_refusal(
                company_sudo,
                request.env._("Too many bookings were begun from here in the last hour."),
                request.env._("Please call the clinic, or try again later."),
                status=429,
            )
        return self._ask(company_sudo, values, client=request.httprequest.remote_addr)

    @http.route("/my/book", type="http", auth="user", methods=["GET", "POST"])
    def portal_my_book(self, company_id=None, patient_id=None, **values):
        """Ask the emergency questions of an owner who is signed in, and begin their booking.

        :param str company_id: at which clinic; asked for when there are several
        :param str patient_id: for which of their animals, if that is known
        """
        if not request.env["vet.patient"].has_access("read"):
            return request.redirect("/my")
        user = request.env.user
        domain = Domain("owner_ids", "child_of", user.partner_id.commercial_partner_id.id)
        # sudo: the clinics of one's own animals, and those that anybody can book at
        patients_sudo = request.env["vet.patient"].search(domain).sudo()
        companies_sudo = patients_sudo.company_id or user.sudo().company_id
        chosen_sudo = companies_sudo if len(companies_sudo) == 1 else companies_sudo.browse()
        if company_id:
            asked_sudo = find_record(companies_sudo, request.env["vet.booking"]._to_id(company_id))
            chosen_sudo = asked_sudo if asked_sudo in companies_sudo or asked_sudo.vet_booking_public else chosen_sudo
        if not chosen_sudo:
            return self._render("vet_teleconsult.booking_clinics", user.sudo().company_id, companies=companies_sudo)
        patient = patients_sudo.filtered(
            lambda patient: str(patient.id) == patient_id and patient.company_id == chosen_sudo
        )
        return self._ask(chosen_sudo, values, user=user, patient_id=patient.id)

    @http.route("/vet/book/again/<string:payload>", type="http", auth="public", methods=["GET", "POST"])
    def vet_book_again(self, payload, **values):
        """Let the owner of a cancelled or missed consultation book again, with all that was said already.

        :param str payload: what the clinic has signed
        """
        consultation_sudo = request.env["vet.consultation"]._find_by_rebook(payload)
        if not consultation_sudo:
            return self._render_refusal(
                request.env["res.company"],
                request.env._("This link is not complete, or has expired."),
                request.env._("Sign in to book, or call the clinic."),
                status=410,
            )
        self._speak(consultation_sudo.partner_id.lang)
        consultation_sudo = consultation_sudo.with_context(lang=request.env.lang)
        if consultation_sudo._is_open():
            return self._render_refusal(
                consultation_sudo.company_id,
                request.env._("Your consultation takes place after all."),
                request.env._("Look for the clinic's newest message, which has the link to it."),
                status=410,
            )
        booking_sudo = request.env["vet.booking"]._find_rebooking(consultation_sudo)
        if booking_sudo.is_link_withdrawn:
            return self._render_refusal(
                consultation_sudo.company_id,
                request.env._("You have booked again, and the clinic has sent you a new link since."),
                request.env._("Look for the clinic's newest message, which has the link to it."),
                status=410,
            )
        if booking_sudo:
            return self._no_store(request.redirect(booking_sudo._get_path(), code=303))
        return self._ask(
            consultation_sudo.company_id,
            values,
            patient_name=consultation_sudo.patient_id.name,
            **request.env["vet.booking"]._prepare_rebooking_vals(consultation_sudo),
        )

    # === THE QUESTIONS === #

    def _ask(self, company_sudo, values, user=None, client=None, patient_name=None, **vals):
        """Show the questions, or begin the booking with the answers.

        :param res.company company_sudo: the clinic
        :param dict values: of the form
        :param res.users user: who is signed in, if anybody
        :param str client: network address of who asks, of somebody without a login
        :param str patient_name: for whom, when that is known
        :param vals: of the booking
        """
        questions_sudo = request.env["vet.emergency.question"]._get_for_company(company_sudo)
        error, red_flags = None, []
        if request.httprequest.method == "POST":
            answers = request.httprequest.form.getlist("red_flag")[:MAX_ANSWERS]
            red_flags = [question.id for question in questions_sudo if str(question.id) in answers]
            if red_flags or values.get("none") or not questions_sudo:
                booking_sudo = request.env["vet.booking"]._begin(
                    company_sudo, red_flags, user=user, client=client, tz=self._get_browser_timezone(), **vals
                )
                return self._no_store(request.redirect(booking_sudo._get_path(), code=303))
            error = request.env._("Tick what applies, or that none of it does.")
        return self._render(
            "vet_teleconsult.booking_questions",
            company_sudo,
            questions=questions_sudo,
            patient_name=patient_name,
            error=error,
            is_signed_in=bool(user),
        )

    def _get_browser_timezone(self):
        """Give the time zone that the page has found out from the browser, if it is one.

        :rtype: str | None
        """
        name = request.cookies.get("tz")
        return name if name in pytz.all_timezones_set else None
