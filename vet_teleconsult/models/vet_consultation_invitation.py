import babel.dates
import pytz
import vobject

from odoo import fields, models
from odoo.tools import format_date, format_time
from odoo.tools.misc import babel_locale_parse

NARROW_SPACE = "\u202f"
PRODUCT_ID = "-//vet_teleconsult//Appointments//EN"


class VetConsultation(models.Model):
    """What an owner is told of their appointment: when, in their own language and time zone, with their own link."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    invitation_sequence = fields.Integer(
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="Counts the moves, so that the owner's calendar knows the latest (SEQUENCE in RFC 5545).",
    )
    notice_ids = fields.One2many(
        "vet.consultation.notice",
        "consultation_id",
        string="Sent to the Owner",
        groups="vet_teleconsult.group_veterinarian",
    )

    # === ACTION METHODS === #

    def action_invite_owner(self):
        """Send the owner the invitation once more, such as after correcting their address."""
        self.check_access("write")
        for consultation in self:
            consultation._check_open()
            # sudo: the owner's link, for the owner
            consultation.sudo()._send_notice_mail("invitation", consultation._get_invitation_template())
        return True

    # === BUSINESS METHODS - TELLING === #

    def _invite_owner(self):
        """Tell the owner of a new appointment, if the clinic does that.

        Note: self.ensure_one()
        """
        self.ensure_one()
        # sudo: whoever makes the appointment has the owner told of it
        consultation_sudo = self.sudo()
        if consultation_sudo._is_worth_telling():
            consultation_sudo._send_notice_mail("invitation", consultation_sudo._get_invitation_template())

    def _tell_owner_of_move(self, former):
        """Tell the owner that the appointment has another time.

        Note: self.ensure_one()

        :param datetime former: the time until now, UTC without time zone
        """
        self.ensure_one()
        # sudo: as above
        consultation_sudo = self.sudo()
        if consultation_sudo._is_worth_telling():
            consultation_sudo.invitation_sequence += 1
            template = consultation_sudo._get_move_template()
            consultation_sudo.with_context(vet_former_time=former)._send_notice_mail("move", template)

    def _is_worth_telling(self):
        """Say whether the owner is to be told of the appointment: not of what is over, nor while data is installed.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.event_id.active
            and self._is_open()
            and self.scheduled_at > fields.Datetime.now()
            and self.type_id.invites_owners
            and not self.env.context.get("install_mode")
        )

    def _get_invitation_template(self):
        """Give the mail that invites: the type's own, or the clinic's usual one.

        Note: self.ensure_one()

        :rtype: mail.template
        """
        return self._get_template("invitation_template_id", "vet_teleconsult.mail_template_consultation_invitation")

    def _get_move_template(self):
        """Give the mail that tells of another time: the type's own, or the clinic's usual one.

        Note: self.ensure_one()

        :rtype: mail.template
        """
        return self._get_template("move_template_id", "vet_teleconsult.mail_template_consultation_moved")

    def _get_template(self, field_name, xml_id):
        self.ensure_one()
        # sudo: whoever has the mail sent needs no right on templates
        own_sudo = self.type_id.sudo()[field_name]
        usual = self.env.ref(xml_id, raise_if_not_found=False)
        return own_sudo or (usual.sudo() if usual else own_sudo)

    # === BUSINESS METHODS - WORDS === #

    def _get_owner_timezone(self):
        """Give the time zone in which the owner reads times: their own, or the clinic's.

        Note: self.ensure_one()

        :return: name of a time zone
        :rtype: str
        """
        self.ensure_one()
        return self.company_id._get_owner_timezone(self.partner_id)

    def _format_appointment(self, moment=None, is_short=False):
        """Write when the appointment is, for the owner.

        Note: self.ensure_one()

        :param datetime moment: another time instead, UTC without time zone
        :param bool is_short: for an SMS
        :return: such as ``Tuesday, March 17, 2026, 9:00 AM (Central European Standard Time)``, in the language of
            the context
        :rtype: str
        """
        self.ensure_one()
        moment = moment or self.scheduled_at
        zone = self._get_owner_timezone()
        local = pytz.utc.localize(moment).astimezone(pytz.timezone(zone))
        lang = self.env.context.get("lang") or self.partner_id.lang or "en_US"
        day = format_date(self.env, local.date(), lang_code=lang, date_format="EEE d MMM" if is_short else "full")
        clock = format_time(self.env, moment, tz=zone, time_format="short", lang_code=lang)
        # The narrow space before AM and PM is no letter of an SMS: it would make three of one.
        clock = clock.replace(NARROW_SPACE, " ")
        if is_short:
            return f"{day}, {clock}"
        zone_name = babel.dates.get_timezone_name(local, locale=babel_locale_parse(lang))
        return f"{day}, {clock} ({zone_name})"

    def _get_appointment_place(self):
        """Say where the appointment is: the owner's own link, or the number that the clinic calls.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        if self.mode == "video":
            # sudo: for the owner, whoever has it written
            return self.sudo().room_url
        phone = self.partner_id.phone
        return self.env._("By phone: we call you at %(phone)s", phone=phone) if phone else self.env._("By phone")

    # === BUSINESS METHODS - CALENDAR FILE === #

    def _get_owner_calendar_file(self, method="REQUEST"):
        """Write the appointment for the owner's own calendar (RFC 5545, RFC 5546).

        It holds the owner's link: for nobody but them. A later file of the same appointment replaces an earlier one.

        Note: self.ensure_one()

        :param str method: ``REQUEST``, or ``CANCEL`` to take it out of the calendar again
        :return: iCalendar, in UTF-8
        :rtype: bytes
        """
        self.ensure_one()
        # sudo: the owner's link, for the owner, whoever has it sent
        consultation = self.sudo().with_context(lang=self.partner_id.lang or self.env.lang)
        company, partner = consultation.company_id, consultation.partner_id
        place = consultation._get_appointment_place()
        calendar = vobject.iCalendar()
        calendar.add("prodid").value = PRODUCT_ID
        calendar.add("method").value = method
        event = calendar.add("vevent")
        event.add("uid").value = consultation._get_calendar_uid()
        event.add("sequence").value = str(consultation.invitation_sequence)
        event.add("dtstamp").value = pytz.utc.localize(fields.Datetime.now())
        event.add("dtstart").value = pytz.utc.localize(consultation.scheduled_at)
        event.add("dtend").value = pytz.utc.localize(consultation.scheduled_end)
        event.add("summary").value = consultation.env._(
            "%(clinic)s: %(type)s for %(patient)s",
            clinic=company.name,
            type=consultation.type_id.name,
            patient=consultation.patient_id.name,
        )
        event.add("location").value = place
        event.add("description").value = consultation._get_calendar_description(place)
        event.add("status").value = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
        if consultation.mode == "video":
            event.add("url").value = place
        if company.partner_id.email_normalized:
            organizer = event.add("organizer")
            organizer.value = f"mailto:{company.partner_id.email_normalized}"
            organizer.params["CN"] = [company.name.replace('"', "'")]
        if partner.email_normalized:
            attendee = event.add("attendee")
            attendee.value = f"mailto:{partner.email_normalized}"
            attendee.params.update(
                {"CN": [partner.name.replace('"', "'")], "PARTSTAT": ["ACCEPTED"], "RSVP": ["FALSE"]}
            )
        return calendar.serialize().encode()

    def _get_calendar_uid(self):
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"vet-consultation-{self.id}@{database}"

    def _get_calendar_description(self, place):
        """Say in the owner's calendar what to do.

        Note: self.ensure_one()

        :param str place: their link, or the number that the clinic calls
        :rtype: str
        """
        self.ensure_one()
        lines = [place]
        if self.mode == "video":
            lines = [self.env._("Enter the room: %(link)s", link=place)]
        if self.vet_id:
            lines.append(self.env._("With %(vet)s", vet=self.vet_id.name))
        phone = self.company_id._get_clinic_phone()
        if phone:
            lines.append(self.env._("If something does not work, call us: %(phone)s", phone=phone))
        return "\n".join(lines)
