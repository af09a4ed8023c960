import pytz

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import format_time

from ..models.vet_booking import FINISHED_STATES, STEPS
from .booking_page import BookingPage


class TeleconsultBooking(BookingPage):
    """The steps of a booking, one page each: a form that is kept, and leads to the next.

    Whoever has the link goes on with the booking. One that was begun with a login shows its owner's animals, and so
    asks for that login until it is finished.
    """

    # === ROUTES === #

    @http.route("/vet/booking/<int:booking_id>/<string:token>", type="http", auth="public", methods=["GET"])
    def vet_booking(self, booking_id, token):
        """Lead to the step that comes next.

        :param int booking_id: the booking
        :param str token: the link's token
        """
        booking_sudo, refusal = self._find(booking_id, token)
        return refusal or self._lead_on(booking_sudo)

    @http.route(
        "/vet/booking/<int:booking_id>/<string:token>/<string:step>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
    )
    def vet_booking_step(self, booking_id, token, step, **values):
        """Show a step, or keep what was entered in it.

        :param int booking_id: the booking
        :param str token: the link's token
        :param str step: one of ``STEPS``, ``emergency``, ``confirm`` or ``result``
        """
        booking_sudo, refusal = self._find(booking_id, token)
        if refusal:
            return refusal
        next_step = booking_sudo._get_next_step()
        if not self._is_reachable(booking_sudo, step, next_step):
            return self._lead_on(booking_sudo)
        if request.httprequest.method == "POST":
            return self._keep(booking_sudo, step, values)
        if values.get("tz") in pytz.all_timezones_set:
            booking_sudo.tz = values["tz"]
        return self._show(booking_sudo, step, values)

    @http.route(
        "/vet/booking/<int:booking_id>/<string:token>/calendar.ics", type="http", auth="public", methods=["GET"]
    )
    def vet_booking_calendar(self, booking_id, token):
        """Give the appointment for the owner's own calendar (RFC 5545).

        :param int booking_id: the booking
        :param str token: the link's token
        """
        booking_sudo, refusal = self._find(booking_id, token)
        if refusal:
            return refusal
        content = booking_sudo._get_calendar_file()
        if not content:
            return self._lead_on(booking_sudo)
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", http.content_disposition("consultation.ics")),
        ]
        return self._no_store(request.make_response(content, headers))

    # === WHOSE BOOKING, AND WHERE IT STANDS === #

    def _find(self, booking_id, token):
        """Find the booking that a link opens.

        :return: the booking with superuser rights and in its owner's language, and None; or none and a page that says
            why not
        """
        booking_sudo = request.env["vet.booking"]._find_by_token(booking_id, token)
        if not booking_sudo:
            return booking_sudo, self._render_refusal(
                request.env["res.company"],
                request.env._("This link is not complete."),
                request.env._("Open it from the clinic's message once more, or begin a new booking."),
                status=404,
            )
        self._speak(booking_sudo.lang)
        booking_sudo = booking_sudo.with_context(lang=request.env.lang)
        if booking_sudo.state not in FINISHED_STATES and not booking_sudo._is_unfinished():
            return booking_sudo, self._render_refusal(
                booking_sudo.company_id,
                request.env._("This booking was not finished in time."),
                request.env._("Nothing was booked. You can begin again."),
                status=410,
                begin_path=booking_sudo._get_begin_path(),
            )
        user = request.env.user
        if booking_sudo._is_unfinished() and booking_sudo.user_id not in (user, user.browse()):
            if user._is_public():
                return booking_sudo, request.redirect(f"/web/login?redirect={booking_sudo._get_path()}")
            return booking_sudo, self._render_refusal(
                booking_sudo.company_id,
                request.env._("This booking was begun by somebody else."),
                request.env._("Begin one of your own, or sign in as the one who has begun it."),
                status=403,
            )
        return booking_sudo, None

    def _lead_on(self, booking_sudo):
        return self._no_store(request.redirect(booking_sudo._get_path(booking_sudo._get_next_step()), code=303))

    def _is_reachable(self, booking_sudo, step, next_step):
        """Say whether a page can be shown: the step that comes next, or one that was passed and can be changed."""
        if step == next_step:
            return True
        steps = booking_sudo._get_steps()
        return step in steps and next_step in STEPS and STEPS.index(step) < STEPS.index(next_step)

    # === KEEPING === #

    def _keep(self, booking_sudo, step, values):
        booking_sudo._note_timezone(request.cookies.get("tz"))
        errors = {}
        match step:
            case "emergency":
                booking_sudo._pass_emergency()
            case "owner":
                errors = booking_sudo._save_owner(values)
            case "pet":
                errors = booking_sudo._save_pet(values)
            case "reason":
                errors = booking_sudo._save_reason(values)
            case "files":
                booking_sudo._save_files()
            case "confirm":
                booking_sudo._release_hold()
            case "time":
                errors = self._submit(booking_sudo, values)
        if errors:
            return self._show(booking_sudo, step, values, errors=errors)
        return self._lead_on(booking_sudo)

    def _submit(self, booking_sudo, values):
        """Book, or say why that did not work: nothing that was entered is lost.

        :rtype: dict[str, str]
        """
        start = booking_sudo._read_start(values.get("start"))
        try:
            if values.get("when") == "now":
                booking_sudo._request_now()
            elif start:
                booking_sudo._take_time(start)
            else:
                return {"start": request.env._("Choose a time.")}
        except UserError as problem:
            # Odoo commits what a route leaves behind; a refusal must leave nothing.
            request.env.cr.rollback()
            return {"start": str(problem)}
        return {}

    # === SHOWING === #

    def _show(self, booking_sudo, step, values, errors=None):
        if step == "time" and not booking_sudo._may_search():
            return self._render_refusal(
                booking_sudo.company_id,
                request.env._("You have looked for times very often in the last minute."),
                request.env._("Wait a minute, and reload the page. Nothing that you have entered is lost."),
                status=429,
            )
        prepare = getattr(self, f"_prepare_{step}")
        return self._render(
            f"vet_teleconsult.booking_{step}",
            booking_sudo.company_id,
            booking=booking_sudo,
            step=step,
            steps=self._describe_steps(booking_sudo, step),
            values=values if request.httprequest.method == "POST" else {},
            errors=errors or {},
            **prepare(booking_sudo, values),
        )

    def _describe_steps(self, booking_sudo, current):
        """List the steps for the line of them above the page.

        :rtype: list[dict]
        """
        labels = {
            "owner": request.env._("You"),
            "pet": request.env._("Your pet"),
            "reason": request.env._("What for"),
            "files": request.env._("Photos"),
            "time": request.env._("When"),
        }
        next_step = booking_sudo._get_next_step()
        return [
            {
                "label": labels[step],
                "is_current": step == current,
                "path": booking_sudo._get_path(step)
                if step != current and self._is_reachable(booking_sudo, step, next_step)
                else None,
            }
            for step in booking_sudo._get_steps()
        ]

    def _prepare_emergency(self, booking_sudo, values):
        return {}

    def _prepare_confirm(self, booking_sudo, values):
        return {}

    def _prepare_owner(self, booking_sudo, values):
        return {"asks_name": not booking_sudo._is_identified(), "needs_phone": booking_sudo.type_id.mode == "phone"}

    def _prepare_pet(self, booking_sudo, values):
        return {
            "own_patients": booking_sudo._get_own_patients(),
            "all_species": request.env["vet.species"].sudo().search([]),  # sudo: choices of a public form
            "today": fields.Date.today(),
        }

    def _prepare_reason(self, booking_sudo, values):
        partner_sudo = booking_sudo.partner_id or request.env.user.partner_id.sudo()
        return {
            "offers": [
                {"type": type_sudo, "price": type_sudo._format_price(partner_sudo, booking_sudo.company_id)}
                for type_sudo in booking_sudo._get_types()
            ]
        }

    def _prepare_files(self, booking_sudo, values):
        booking_sudo._ensure_chat()
        return {"files_props": self._get_files_props(booking_sudo)}

    def _prepare_time(self, booking_sudo, values):
        day = booking_sudo._read_date(values.get("day"))
        return {
            **booking_sudo._get_days(day or None),
            "is_open_now": booking_sudo._is_open_now(),
            "has_vet_now": booking_sudo._has_vet_now(),
            "timezones": pytz.common_timezones,
            "format_local_time": self._format_local_time,
            "files_props": self._get_files_props(booking_sudo),
        }

    def _prepare_result(self, booking_sudo, values):
        timezone = booking_sudo._get_timezone()
        scheduled_at = pytz.utc.localize(booking_sudo.consultation_id.scheduled_at)
        return {
            "consultation": booking_sudo.consultation_id,
            "timezone": timezone,
            "scheduled_at": scheduled_at.astimezone(pytz.timezone(timezone)),
            "format_local_time": self._format_local_time,
            "is_left_over": booking_sudo._is_left_over(),
            "place": booking_sudo.consultation_id._get_place_in_line(),
            "room_path": booking_sudo._get_room_path(),
            "rebook_url": booking_sudo._get_rebook_offer(),
            "has_calendar_file": bool(booking_sudo._get_calendar_file()),
            "files_props": self._get_files_props(booking_sudo),
        }

    def _format_local_time(self, moment):
        """Write a time of day, in the owner's zone already, as their language does."""
        return format_time(request.env, moment.time(), time_format="short")

    def _get_files_props(self, booking_sudo):
        """Prepare what the uploader needs: the chat's link.

        :rtype: dict | None
        """
        chat_sudo, consultation_sudo = booking_sudo.chat_id, booking_sudo.consultation_id
        if not chat_sudo or chat_sudo.partner_id != booking_sudo.partner_id:
            return None
        if consultation_sudo and not consultation_sudo._is_open():
            return None
        return {"chatId": chat_sudo.id, "accessToken": chat_sudo.link_token, "lang": request.env.lang or "en_US"}
