import re
from datetime import timedelta

from lxml import html

from odoo import fields

from .common import TeleconsultHttpCommon

STEP = re.compile(r"/vet/booking/(?P<id>\d+)/(?P<token>[\w-]+)(?:/(?P<step>\w+))?$")


class BookingCommon(TeleconsultHttpCommon):
    """A clinic that can be booked at by link, always open, with two vets; and somebody who goes through its pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.env["resource.calendar"].create(
            {
                "name": "Always",
                "tz": "Europe/Berlin",
                "company_id": cls.company.id,
                "attendance_ids": [fields.Command.clear()]
                + [
                    fields.Command.create({"name": "Day", "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
                    for day in range(7)
                ],
            }
        )
        cls.company.vet_booking_public = True
        cls.company.partner_id.tz = "Europe/Berlin"
        cls.env["vet.consultation.type"].search([("is_bookable", "=", True)]).is_bookable = False
        cls.offer = cls.env["vet.consultation.type"].create(
            {
                "name": "Skin Video",
                "company_id": cls.company.id,
                "duration": 0.5,
                "is_bookable": True,
                "booking_notice_hours": 1,
                "booking_horizon_days": 3,
                "vet_ids": [fields.Command.set((cls.vet | cls.second_vet).ids)],
                "resource_calendar_id": cls.hours.id,
            }
        )
        cls.env["vet.emergency.question"].search([]).action_archive()
        cls.question = cls.env["vet.emergency.question"].create({"question": "It cannot get up"})
        cls.cat = cls.species

    # === GOING THROUGH THE PAGES === #

    def _log_in(self, user):
        self.authenticate(user and user.login, user and user.login)

    def _open(self, path):
        """Open a page.

        :return: the answer, with its parsed page in ``page``
        """
        response = self.url_open(path)
        response.page = html.fromstring(response.text)
        return response

    def _send(self, path, **values):
        """Fill in the form of a page and send it.

        :return: the answer after redirections, with its parsed page in ``page``
        """
        token = self._open(path).page.xpath("//input[@name='csrf_token']/@value")
        response = self.url_open(path, data={"csrf_token": token[0] if token else "", **values})
        response.page = html.fromstring(response.text)
        self.env.invalidate_all()
        return response

    def _begin(self, path=None, **values):
        """Answer the emergency questions, with none of them by default.

        :return: the booking
        """
        response = self._send(path or f"/vet/book/{self.company.id}", **(values or {"none": "1"}))
        return self._booking_of(response)

    def _booking_of(self, response):
        match = STEP.search(response.url.partition("?")[0])
        self.assertTrue(match, response.url)
        return self.env["vet.booking"].browse(int(match["id"]))

    def _step_of(self, response):
        match = STEP.search(response.url.partition("?")[0])
        return match and match["step"]

    def _fill(self, booking, until="time", **typed):
        """Go through the steps before one, as somebody without a login.

        :param str until: the step that is shown at the end
        :return: its page
        """
        values = {
            "owner": {"name": "Nora New", "email": "nora@example.com", "phone": "+49 30 5550199"},
            "pet": {"name": "Minka", "species_id": str(self.species.id)},
            "reason": {"type_id": str(self.offer.id), "reason": "Scratches since Monday"},
            "files": {},
        }
        response = None
        for step, fields_of_step in values.items():
            if step == until:
                break
            if step in booking._get_steps():
                response = self._send(booking._get_path(step), **{**fields_of_step, **typed.get(step, {})})
        return response

    def _book_as_stranger(self, **typed):
        booking = self._begin()
        self._fill(booking, **typed)
        return booking

    def _get_free(self, booking, number=0):
        """Give one of the times that a booking's page offers, as the page sends it."""
        page = self._open(booking._get_path("time")).page
        return page.xpath("//input[@name='start']/@value")[number]

    def _book_at(self, booking, start=None):
        """Choose a time, and confirm it by the mailed link where that is asked for.

        :return: the page at the end
        """
        response = self._send(booking._get_path("time"), start=start or self._get_free(booking))
        return self._confirm(booking) if booking._is_held() else response

    def _get_confirm_path(self, booking):
        return f"/vet/book/confirm/{booking.id}/{booking.confirm_token}"

    def _confirm(self, booking):
        return self._send(self._get_confirm_path(booking))

    def _get_text(self, response, hook):
        """Give what the page says where it is marked with this ``data-test``."""
        found = response.page.xpath(f"//*[@data-test='{hook}']")
        return " ".join(" ".join(element.text_content().split()) for element in found)

    def _let_expire(self, booking):
        booking.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
