import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .vet_booking import UNFINISHED_STATES

_logger = logging.getLogger(__name__)

WINDOW = timedelta(hours=1)
MAX_FROM_CLIENT = (
    10  # begun in an hour from one network address without a login: a household, or a waiting room's network
)
MAX_AT_COMPANY = 200  # in an hour at one clinic without a login, from wherever: those that say who books


class VetBooking(models.Model):
    """How many bookings people without a login may begin, and what becomes of those that nobody finishes."""

    _inherit = "vet.booking"

    # === BUSINESS METHODS - LIMITS === #

    @api.model
    def _is_too_many(self, company, client):
        """Say whether somebody without a login has to wait before they begin another booking.

        :param res.company company: the clinic
        :param str client: their network address
        :rtype: bool
        """
        # sudo: nothing of the bookings, only how many there are
        bookings_sudo = self.sudo()
        recent = Domain("create_date", ">", fields.Datetime.now() - WINDOW) & Domain("client_hash", "!=", False)
        from_client = recent & Domain("client_hash", "=", self._hash_client(client))
        # What was only begun costs nothing: whoever begins many must not shut the page for everybody.
        at_company = recent & Domain("company_id", "=", company.id) & Domain("owner_email", "!=", False)
        return (
            bookings_sudo.search_count(from_client, limit=MAX_FROM_CLIENT) >= MAX_FROM_CLIENT
            or bookings_sudo.search_count(at_company, limit=MAX_AT_COMPANY) >= MAX_AT_COMPANY
        )

    # === BUSINESS METHODS - HOUSEKEEPING === #

    @api.model
    def _cron_expire(self):
        """Forget unfinished bookings that nobody has gone on with, one transaction each."""
        domain = Domain("state", "in", UNFINISHED_STATES) & Domain("expires_at", "<=", fields.Datetime.now())
        due = self.search(domain, order="id")
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(due))
        for position, booking in enumerate(due, start=1):
            # Nothing is begun that the worker's time limit would cut off: Odoo comes back to the rest soon.
            if not seconds_left:
                break
            booking._try_to_expire()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(due) - position)

    def _try_to_expire(self):
        """Forget a booking; one that cannot be forgotten is told in the log, and holds up no other.

        Note: self.ensure_one()
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._expire()
        except Exception:  # whatever it is, those after it are forgotten all the same
            _logger.exception("Booking %s could not be forgotten", self.id)

    def _expire(self):
        """Take away what the booking has made and nobody needs: chat and files, patient, contact, and what was typed.

        The answers to the emergency questions stay: that somebody was told to call is worth knowing afterwards.

        Note: self.ensure_one()
        """
        self.ensure_one()
        # A chat in which a consultation takes place is more than this booking's.
        chat = self.chat_id.filtered("is_draft") if self.is_chat_new else self.chat_id.browse()
        patient = self.patient_id if self.is_patient_new else self.patient_id.browse()
        partner = self.partner_id if self.is_partner_new else self.partner_id.browse()
        self.write(
            {
                "state": "expired",
                "chat_id": False,
                "owner_name": False,
                "owner_email": False,
                "owner_phone": False,
                "client_hash": False,
                "reason": False,
                "patient_name": False,
                "species_id": False,
                "patient_sex": False,
                "patient_birth_date": False,
                "patient_weight": 0.0,
                "held_start": False,
                "held_end": False,
                "held_vet_id": False,
                "held_until": False,
                "confirm_token": False,
                "confirm_email": False,
                "confirm_mailed": False,
                "lang": False,
                "tz": False,
                **({"patient_id": False} if patient else {}),
                **({"partner_id": False} if partner else {}),
            }
        )
        # A file's evidence outlives the file: who has opened it is never deleted.
        media = chat.media_ids
        media.filtered(lambda file: file.state != "deleted")._delete_from_store()
        if media or (chat and chat._has_content()):
            chat.write({"ended_at": fields.Datetime.now(), "state": "locked"})
            chat._rotate_link()
            patient.action_archive()
            partner._forget_person()
        else:
            chat.unlink()
            patient.unlink()
            partner.unlink()
