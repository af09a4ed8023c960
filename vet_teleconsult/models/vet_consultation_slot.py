from odoo import api, models
from odoo.exceptions import UserError


class VetConsultation(models.Model):
    """Booking a free time: it becomes a consultation, and nobody else's."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    def _book(self, consultation_type, start, vals, vet=None):
        """Make a consultation at a free time, with a vet who is free.

        Two bookings of one vet's time at once: the second starts again by itself, and finds it taken.

        :param vet.consultation.type consultation_type: what for
        :param datetime start: UTC, without time zone; the beginning of one of the type's slots
        :param dict vals: further values of the consultation, with ``patient_id`` at least
        :param res.users vet: with whom; by default with the one who has least to do around that time
        :return: the consultation, scheduled, with its event
        :rtype: vet.consultation
        :raises UserError: when the time is not free (any more)
        """
        company = self.env["res.company"].browse(vals.get("company_id"))
        company, vet_sudo = self._choose_vet(consultation_type, start, company, vet)
        return self.create(
            {
                **vals,
                "company_id": company.id,
                "type_id": consultation_type.id,
                "scheduled_at": start,
                "state": "scheduled",
                "vet_id": vet_sudo.id,
            }
        )

    @api.model
    def _choose_vet(self, consultation_type, start, company, vet=None):
        """Choose who is free at a time, and note that something is about to be booked with them.

        :param vet.consultation.type consultation_type: what for
        :param datetime start: UTC, without time zone; the beginning of one of the type's slots
        :param res.company company: the clinic; by default the type's, or else the current one
        :param res.users vet: with whom; by default with the one who has least to do around that time
        :return: the clinic and the vet, with superuser rights
        :rtype: tuple[res.company, res.users]
        :raises UserError: when the time is not free (any more)
        """
        company = company or consultation_type.company_id
        if company:
            consultation_type = consultation_type.with_company(company)
        company = consultation_type._get_schedule_company()
        slots = consultation_type._find_slots(start, start + consultation_type._get_slot_length(), vet=vet)
        slot = next((slot for slot in slots if slot["start"] == start), None)
        if slot is None:
            raise UserError(self.env._("This time has just been taken, or is not free. Please choose another."))
        # sudo: an owner books with a vet whose calendar they may not read
        vet_sudo = self.env["res.users"].sudo().browse(slot["vet_ids"])._get_least_busy(start)
        vet_sudo._note_booking()
        return company, vet_sudo
