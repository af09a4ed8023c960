import hashlib
import secrets
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq, format_date, format_time
from odoo.tools.intervals import Intervals

from .vet_booking import DRAFT_LIFETIME

NOBODY = frozenset()  # what Intervals carries along: nothing of interest here
HOLD = timedelta(minutes=30)
NOTHING_HELD = {"held_start": False, "held_end": False, "held_vet_id": False, "held_until": False}
MAX_MAILS = 5  # to one address that anybody can type, as long as a booking lasts


class VetBooking(models.Model):
    """The time that somebody without a login has chosen is held for them until they follow a link in their mailbox.

    Whoever only types an address takes nobody's time, and nobody but that address is written to, once, by mail. Of
    somebody with a login, with the clinic's link to book again, or whose address was confirmed, nothing is asked.
    """

    _inherit = "vet.booking"

    # === FIELDS === #

    held_start = fields.Datetime(string="Held Time", readonly=True, copy=False)
    held_end = fields.Datetime(readonly=True, copy=False)
    held_vet_id = fields.Many2one(
        "res.users", string="Held With", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    held_until = fields.Datetime(
        readonly=True, copy=False, help="Until when the time is kept free for an owner who has yet to confirm it."
    )
    confirm_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    confirm_email = fields.Char(
        string="Address to Confirm", readonly=True, copy=False, help="Where the link to confirm was mailed last."
    )
    is_email_confirmed = fields.Boolean(string="Address Confirmed", readonly=True, copy=False)
    confirm_mailed = fields.Json(
        readonly=True, copy=False, groups="base.group_system", help="Each address that was mailed, as often as it was."
    )

    # === BUSINESS METHODS === #

    def _is_verified(self):
        """Say whether whoever books has shown who they are, or that the address they gave is theirs.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        is_confirmed = self.is_email_confirmed and self.owner_email and self.confirm_email == self.owner_email
        return bool(self._is_identified() or is_confirmed)

    def _is_held(self):
        """Say whether a time is kept free until the owner confirms it.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return bool(self._is_unfinished() and self.held_until and self.held_until > fields.Datetime.now())

    def _take_time(self, start):
        """Book a free time, or hold it for somebody who has yet to confirm their address.

        Note: self.ensure_one()

        :param datetime start: UTC, one of those that were offered
        :raises UserError: when something is missing, or the time is no longer free
        """
        self.ensure_one()
        if self._is_verified():
            self._book_time(start)
        else:
            self._hold_time(start)

    def _hold_time(self, start):
        """Keep a time free for a while, and mail the link by which its owner confirms it.

        Note: self.ensure_one()

        :param datetime start: UTC, one of those that were offered
        :raises UserError: when something is missing, the time is no longer free, or the address was mailed too often
        """
        self.ensure_one()
        self._lock()
        if self.consultation_id or self._is_held():
            return
        self._check_complete()
        template = self.env.ref("vet_teleconsult.mail_template_booking_confirm", raise_if_not_found=False)
        if not template or self._count_confirm_mails() + self._count_mails() >= MAX_MAILS:
            raise UserError(
                self.env._("We cannot send another mail to %(email)s. Please call the clinic.", email=self.owner_email)
            )
        consultation_model = self.env["vet.consultation"]
        _company, vet_sudo = consultation_model._choose_vet(self.type_id, start, self.company_id)
        self.write(
            {
                "held_start": start,
                "held_end": start + self.type_id._get_slot_length(),
                "held_vet_id": vet_sudo.id,
                "held_until": fields.Datetime.now() + HOLD,
                "confirm_token": secrets.token_urlsafe(32),
                "confirm_email": self.owner_email,
                "is_email_confirmed": False,
                "confirm_mailed": [*(self.confirm_mailed or []), self.owner_email],
            }
        )
        # The mail belongs to no record, so that the link does not stand among its messages.
        template.send_mail(self.id, email_values={"model": False, "res_id": False})
        # sudo: the queue of mails is to run now, the time is not held for long
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _count_confirm_mails(self):
        domain = Domain("confirm_email", "!=", False)
        domain &= Domain("create_date", ">", fields.Datetime.now() - DRAFT_LIFETIME)
        return sum((booking.confirm_mailed or []).count(self.owner_email) for booking in self.search(domain))

    def _release_hold(self):
        """Give the time back to everybody; the link that was mailed does nothing any more.

        Note: self.ensure_one()
        """
        self.ensure_one()
        self.write({**NOTHING_HELD, "confirm_token": False})

    def _confirm(self):
        """Book the time that was held: its owner has followed the link in their mailbox.

        Where that took too long, the time is booked if it is still free.

        Note: self.ensure_one()

        :raises UserError: when the time is not free any more
        """
        self.ensure_one()
        self._lock()
        if self.consultation_id:
            return
        start = self.held_start
        self._note_confirmation()
        self._book_time(start)

    def _note_confirmation(self):
        """Note that the address is the owner's: the next time that they choose is booked at once.

        Note: self.ensure_one()
        """
        self.ensure_one()
        self.write({**NOTHING_HELD, "is_email_confirmed": True})

    @api.model
    def _find_by_confirmation(self, booking_id, token):
        """Find the booking that a mailed link confirms, or has confirmed.

        The comparison takes the same time whether the booking exists, the token is wrong or right.

        :param int booking_id: identifier in the link
        :param str token: token in the link
        :return: the booking with superuser rights, or none
        :rtype: vet.booking
        """
        # sudo: whoever holds the token is the owner; there is no user to check rights with
        booking_sudo = self.sudo().browse(booking_id).exists()
        expected = booking_sudo.confirm_token or self._generate_token()
        is_right = consteq(hashlib.sha256(expected.encode()).digest(), hashlib.sha256(token.encode()).digest())
        is_current = booking_sudo.confirm_email == booking_sudo.owner_email
        return booking_sudo if booking_sudo and is_right and is_current else self.browse()

    # === BUSINESS METHODS - WORDS === #

    def _get_confirm_url(self):
        """Give the address by which the owner confirms, for their mailbox alone.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: for a mail to the owner
        return f"{self.get_base_url()}/vet/book/confirm/{self.id}/{self.sudo().confirm_token}"

    def _format_held_time(self):
        """Write which time is held, in the owner's zone, which is named.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        zone = self._get_timezone()
        lang = self.env.context.get("lang") or self.lang or "en_US"
        local = pytz.utc.localize(self.held_start).astimezone(pytz.timezone(zone))
        day = format_date(self.env, local.date(), lang_code=lang, date_format="full")
        clock = format_time(self.env, self.held_start, tz=zone, time_format="short", lang_code=lang)
        return f"{day}, {clock} ({zone.replace('_', ' ')})"

    @api.model
    def _get_hold_minutes(self):
        """Give for how long a time is held.

        :rtype: int
        """
        return int(HOLD.total_seconds() // 60)


class ResUsers(models.Model):
    """What is held for somebody is not free for anybody else."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _get_busy_intervals(self, start, end, company):
        busy = super()._get_busy_intervals(start, end, company)
        # sudo: whoever looks for free times may not read bookings
        bookings_sudo = (
            self.env["vet.booking"]
            .sudo()
            .search(
                Domain("held_vet_id", "in", self.ids)
                & Domain("held_until", ">", fields.Datetime.now())
                & Domain("held_start", "<", end)
                & Domain("held_end", ">", start)
            )
        )
        for vet, holds_sudo in bookings_sudo.grouped("held_vet_id").items():
            spans = [(booking.held_start, booking.held_end, NOBODY) for booking in holds_sudo]
            busy[vet.id] |= Intervals(spans)
        return busy
