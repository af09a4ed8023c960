import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError
from odoo.tools import consteq

STATES = [
    ("draft", "Unfinished"),
    ("emergency", "Emergency"),
    ("requested", "Requested"),
    ("booked", "Booked"),
    ("expired", "Expired"),
]
UNFINISHED_STATES = ("draft", "emergency")
FINISHED_STATES = ("requested", "booked")
DRAFT_LIFETIME = timedelta(days=2)
STEPS = ("owner", "pet", "reason", "files", "time")


class VetBooking(models.Model):
    """What an owner enters on the way to a consultation: each step is kept, so that a reload loses nothing.

    It begins with the emergency questions, and ends in a consultation: one for now, which stands in the queue, or one
    at a time. Whoever has its link goes on with it; nobody else finds it. The booking is one model in several files,
    one for each idea.
    """

    _name = "vet.booking"
    _description = "Booking"
    _order = "id desc"
    _check_company_auto = True

    # === FIELDS === #

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        index=True,
        help="Emergency: its owner was told to call, and has not gone on since.",
    )
    access_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._generate_token(),
        groups="base.group_system",
    )
    expires_at = fields.Datetime(readonly=True, help="When an unfinished booking is forgotten.")
    lang = fields.Char(string="Language", readonly=True)
    tz = fields.Char(string="Time Zone", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Signed In", readonly=True, ondelete="restrict", help="Empty: booked without a login."
    )
    client_hash = fields.Char(
        readonly=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_system",
        help="By which bookings from one network address are counted. The address itself is not kept.",
    )

    has_red_flag = fields.Boolean(string="Red Flag", readonly=True, index=True)
    answers = fields.Json(
        readonly=True,
        help="The emergency questions as they were asked, and what was answered: a list of {question, yes}.",
    )
    red_flags = fields.Text(compute="_compute_red_flags", help="The questions that were answered with yes.")
    emergency_shown_at = fields.Datetime(string="Told to Call", readonly=True)
    emergency_passed_at = fields.Datetime(
        string="Went on All the Same", readonly=True, help="When the owner went on after having been told to call."
    )

    partner_id = fields.Many2one(
        "res.partner", string="Owner", readonly=True, index="btree_not_null", check_company=True, ondelete="restrict"
    )
    owner_name = fields.Char(string="Name Given", readonly=True)
    owner_email = fields.Char(string="E-mail Given", readonly=True)
    owner_phone = fields.Char(string="Phone Given", readonly=True)
    possible_duplicate = fields.Boolean(
        readonly=True, help="Somebody else with this e-mail address or phone number was known already."
    )
    patient_id = fields.Many2one(
        "vet.patient", readonly=True, index="btree_not_null", check_company=True, ondelete="restrict"
    )
    patient_name = fields.Char(string="Pet's Name", readonly=True)
    species_id = fields.Many2one("vet.species", readonly=True, ondelete="restrict")
    patient_sex = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("unknown", "Unknown")], string="Pet's Sex", readonly=True
    )
    patient_birth_date = fields.Date(string="Pet's Birth Date", readonly=True)
    patient_weight = fields.Float(string="Pet's Weight (kg)", digits=(10, 3), readonly=True)

    type_id = fields.Many2one("vet.consultation.type", readonly=True, check_company=True, ondelete="restrict")
    reason = fields.Text(readonly=True, help="What it is about, in the owner's words.")
    files_done = fields.Boolean(readonly=True, help="Whether the owner has passed the step of photos and videos.")
    chat_id = fields.Many2one(
        "vet.chat", readonly=True, index="btree_not_null", check_company=True, ondelete="restrict"
    )
    consultation_id = fields.Many2one(
        "vet.consultation", readonly=True, index="btree_not_null", check_company=True, ondelete="cascade"
    )
    rebooked_from_id = fields.Many2one(
        "vet.consultation",
        string="Instead of",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    # What the booking itself has made, and takes away again when it expires.
    is_partner_new = fields.Boolean(string="New Contact", readonly=True)
    is_patient_new = fields.Boolean(string="New Patient", readonly=True)
    is_chat_new = fields.Boolean(readonly=True)

    _finished_with_consultation = models.Constraint(
        "CHECK (state NOT IN ('requested', 'booked') OR consultation_id IS NOT NULL)",
        "A booking that is finished has a consultation.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _generate_token(self):
        return secrets.token_urlsafe(32)

    @api.depends("answers")
    def _compute_red_flags(self):
        for booking in self:
            booking.red_flags = "\n".join(answer["question"] for answer in booking.answers or [] if answer["yes"])

    @api.depends("patient_id.name", "patient_name", "partner_id.name", "owner_name")
    def _compute_display_name(self):
        for booking in self:
            names = (booking.patient_id.name or booking.patient_name, booking.partner_id.name or booking.owner_name)
            number = self.env._("Booking %(number)s", number=booking.id)
            booking.display_name = " · ".join(filter(None, names)) or number

    # === BUSINESS METHODS - LINK === #

    @api.model
    def _find_by_token(self, booking_id, token):
        """Find the booking that a link opens.

        The comparison takes the same time whether the booking exists, the token is wrong or right.

        :param int booking_id: identifier in the link
        :param str token: token in the link
        :return: the booking with superuser rights, or none
        :rtype: vet.booking
        """
        # sudo: whoever holds the token is the owner; there is no user to check rights with
        booking_sudo = self.sudo().browse(booking_id).exists()
        expected = booking_sudo.access_token or self._generate_token()
        is_right = consteq(self._hash_token(expected), self._hash_token(token))
        return booking_sudo if booking_sudo and is_right else booking_sudo.browse()

    @api.model
    def _hash_token(self, token):
        return hashlib.sha256(str(token).encode()).hexdigest()

    def _get_path(self, step=None):
        """Give the path of the booking's page.

        Note: self.ensure_one()

        :param str step: which of its steps; by default the one that comes next
        :rtype: str
        """
        self.ensure_one()
        # sudo: the path is for whoever holds the link already, or for a mail to the owner
        path = f"/vet/booking/{self.id}/{self.sudo().access_token}"
        return f"{path}/{step}" if step else path

    def _get_url(self):
        """Give the whole address of the booking's page.

        Note: self.ensure_one()

        :rtype: str
        """
        return self.get_base_url() + self._get_path()

    def _get_begin_path(self):
        """Give the path where another booking like this one begins, if there is one for this owner.

        Note: self.ensure_one()

        :rtype: str | None
        """
        self.ensure_one()
        if self.user_id:
            return f"/my/book?company_id={self.company_id.id}"
        return f"/vet/book/{self.company_id.id}" if self.company_id.vet_booking_public else None

    def _get_room_path(self):
        """Give the path of the consultation's room, while its link is the owner's and opens it.

        Note: self.ensure_one()

        :rtype: str | None
        """
        self.ensure_one()
        consultation = self.consultation_id
        is_theirs = consultation.partner_id == self.partner_id and consultation.link_state == "valid"
        if consultation.mode == "video" and is_theirs and consultation._is_open():
            return consultation._get_room_path()
        return None

    def _get_rebook_offer(self):
        """Give the link to book another time, where the consultation that came of this does not take place.

        Note: self.ensure_one()

        :rtype: str | None
        """
        self.ensure_one()
        consultation = self.consultation_id
        return consultation._get_rebook_offer() if consultation.partner_id == self.partner_id else None

    def _get_calendar_file(self):
        """Give the appointment for the owner's own calendar.

        Note: self.ensure_one()

        :return: iCalendar (RFC 5545), or None where there is no appointment
        :rtype: bytes | None
        """
        self.ensure_one()
        consultation = self.consultation_id
        is_theirs = consultation.partner_id == self.partner_id and consultation.link_state == "valid"
        if self.state != "booked" or not consultation._is_open() or not is_theirs:
            return None
        return consultation._get_owner_calendar_file()

    # === BUSINESS METHODS - STATE === #

    def _is_unfinished(self):
        """Say whether the owner can still enter something.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return self.state in UNFINISHED_STATES and self.expires_at > fields.Datetime.now()

    def _is_identified(self):
        """Say whether the clinic knows who books: by a login, or by a link of the clinic's own.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.user_id or self.rebooked_from_id)

    def _lock(self):
        """Let one request change the booking at a time, so that what is pressed twice is found the second time.

        Note: self.ensure_one()

        :raises ConcurrencyError: when another transaction does; the request starts again by itself
        """
        self.ensure_one()
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise ConcurrencyError(str(error)) from error
        self.invalidate_recordset()

    # === ACTION METHODS === #

    def action_open_consultation(self):
        """Open the consultation that came of the booking."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "vet.consultation",
            "res_id": self.consultation_id.id,
            "view_mode": "form",
        }
