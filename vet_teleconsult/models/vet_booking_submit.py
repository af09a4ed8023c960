from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.text import text_to_html
from .vet_consultation_workflow import NOT_BEGUN

MAX_SUBJECT_LENGTH = 120
MAX_MAILS = 5  # in a day, to one address that anybody can type
MAIL_KINDS = ("confirmation", "invitation")  # of the notices that lead an owner back to what they have booked


class VetBooking(models.Model):
    """What comes of a booking: contact, patient and chat as soon as files can be sent, and the consultation at its end.

    Somebody without a login is never taken for an owner whom the clinic knows: a contact of their own is made, and
    marked where the clinic may know them. They are told nothing of that.
    """

    _inherit = "vet.booking"

    # === BUSINESS METHODS - CONTACT, PATIENT, CHAT === #

    def _ensure_chat(self):
        """Make the chat that the booking's files go into, with owner and patient where they are new.

        Note: self.ensure_one()

        :rtype: vet.chat
        """
        self.ensure_one()
        if not self.partner_id:
            self.write({"partner_id": self._create_contact().id, "is_partner_new": True})
        if not self.patient_id:
            patient = self.env["vet.patient"].create(self._prepare_patient_vals())
            self.write({"patient_id": patient.id, "is_patient_new": True})
        if not self.chat_id:
            chat = self._create_chat()
            self.write({"chat_id": chat.id, "is_chat_new": chat != self.rebooked_from_id.chat_id})
        return self.chat_id

    def _create_contact(self):
        vals = self._prepare_contact_vals()
        known = self._find_known(vals)
        contact = self.env["res.partner"].create(
            {
                **vals,
                "company_id": self.company_id.id,
                "lang": self.lang,
                "tz": self.tz,
                "vet_possible_duplicate": bool(known),
            }
        )
        self.possible_duplicate = bool(known)
        return contact

    def _prepare_contact_vals(self):
        return {"name": self.owner_name, "email": self.owner_email, "phone": self.owner_phone}

    def _find_known(self, vals):
        """Find whom the clinic knows by the same address or number, for the clinic's eyes alone.

        :param dict vals: of the contact
        :rtype: res.partner
        """
        domain = Domain("email_normalized", "=", vals["email"])
        if vals["phone"]:
            number = self.env["res.partner"]._phone_format(number=vals["phone"], country=self.company_id.country_id)
            domain |= Domain("phone_sanitized", "=", number)
        companies = Domain("company_id", "in", [self.company_id.id, False])
        return self.env["res.partner"].search(domain & companies & Domain("id", "!=", self.partner_id.id), limit=1)

    def _update_contact(self):
        """Bring the new contact in line with what its owner has entered since."""
        if self.is_partner_new:
            vals = self._prepare_contact_vals()
            self.possible_duplicate = bool(self._find_known(vals))
            self.partner_id.write({**vals, "vet_possible_duplicate": self.possible_duplicate})

    def _prepare_patient_vals(self):
        return {
            "name": self.patient_name,
            "species_id": self.species_id.id,
            "sex": self.patient_sex or "unknown",
            "birth_date": self.patient_birth_date,
            "weight": self.patient_weight,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }

    def _update_patient(self):
        """Bring the new patient in line with what its owner has entered since."""
        if self.is_patient_new:
            self.patient_id.write(self._prepare_patient_vals())
        elif self.chat_id:
            patient = self.env["vet.patient"].create(self._prepare_patient_vals())
            self.write({"patient_id": patient.id, "is_patient_new": True})
            self.chat_id.patient_id = patient

    def _take_patient(self, patient):
        """Make the booking about a patient that the clinic knows."""
        unneeded = self.patient_id if self.is_patient_new else self.patient_id.browse()
        self.write({"patient_id": patient.id, "is_patient_new": False, "patient_name": False, "species_id": False})
        if self.chat_id:
            self.chat_id.patient_id = patient
        unneeded.unlink()

    def _create_chat(self):
        earlier = self.rebooked_from_id.chat_id
        if earlier.state == "open" and earlier.partner_id == self.partner_id and earlier.patient_id == self.patient_id:
            return earlier
        return self.env["vet.chat"].create(
            {
                "patient_id": self.patient_id.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "is_draft": True,
            }
        )

    # === BUSINESS METHODS - AGAIN === #

    @api.model
    def _find_rebooking(self, consultation):
        """Find what an owner has booked, or begun to book, instead of a consultation.

        :param vet.consultation consultation: the cancelled or missed one
        :return: with superuser rights; none when there is nothing that still counts
        :rtype: vet.booking
        """
        # sudo: for whoever holds the clinic's signed link
        bookings_sudo = self.sudo().search([("rebooked_from_id", "=", consultation.id)])
        finished_sudo = bookings_sudo.filtered(lambda booking: booking.consultation_id._is_open())
        return (finished_sudo or bookings_sudo.filtered(lambda booking: booking._is_unfinished()))[:1]

    @api.model
    def _prepare_rebooking_vals(self, consultation):
        """Carry over what is known of a consultation that did not take place.

        :param vet.consultation consultation: the cancelled or missed one
        :rtype: dict
        """
        # sudo: for whoever holds the clinic's signed link
        earlier_sudo = self.sudo().search([("consultation_id", "=", consultation.id)], limit=1)
        consultation_type = consultation.type_id
        return {
            "rebooked_from_id": consultation.id,
            "partner_id": consultation.partner_id.id,
            "patient_id": consultation.patient_id.id,
            "type_id": consultation_type.id if consultation_type.is_bookable else False,
            "reason": earlier_sudo.reason or consultation.chat_id.subject,
        }

    # === BUSINESS METHODS - NOW, OR AT A TIME === #

    def _request_now(self):
        """Put the owner into the queue of those who are seen next; pressed twice, it is one consultation.

        Note: self.ensure_one()

        :rtype: vet.consultation
        :raises UserError: when something is missing, or the clinic is closed
        """
        self.ensure_one()
        self._lock()
        if self.consultation_id:
            return self.consultation_id
        self._check_complete()
        if not self._is_open_now():
            raise UserError(self.env._("The clinic is closed right now. Choose a time, please."))
        if not self._has_vet_now():
            raise UserError(self.env._("No vet can see you before the clinic closes. Choose a time, please."))
        vals = self._prepare_consultation_vals()
        consultation = self.env["vet.consultation"].create(
            {**vals, "type_id": self.type_id.id, "scheduled_at": fields.Datetime.now()}
        )
        self._conclude("requested", consultation)
        return consultation

    def _book_time(self, start):
        """Book the owner in at a free time; pressed twice, it is one consultation.

        Note: self.ensure_one()

        :param datetime start: UTC, one of those that were offered
        :rtype: vet.consultation
        :raises UserError: when something is missing, or the time is no longer free
        """
        self.ensure_one()
        self._lock()
        if self.consultation_id:
            return self.consultation_id
        self._check_complete()
        vals = self._prepare_consultation_vals()
        consultation = self.env["vet.consultation"]._book(self.type_id, start, vals)
        self._conclude("booked", consultation)
        return consultation

    def _is_open_now(self):
        """Say whether the clinic is open right now for what this owner wants.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return self.type_id._is_open_at(fields.Datetime.now(), self.company_id)

    def _has_vet_now(self):
        """Say whether a vet can see this owner before the clinic closes: some work now, and are not all taken.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return self.type_id._has_vet_at(fields.Datetime.now(), self.company_id)

    def _is_left_over(self):
        """Say whether the opening hours ended in which this owner asked to be seen, and no vet has taken them.

        Note: self.ensure_one(), with superuser rights

        :rtype: bool
        """
        self.ensure_one()
        consultation, now = self.consultation_id, fields.Datetime.now()
        is_available = consultation.state in NOT_BEGUN and not consultation.vet_id
        if not is_available or not consultation._is_asked_for_now():
            return False
        consultation_type, company = consultation.type_id, consultation.company_id
        closing = consultation_type._get_closing_at(consultation.scheduled_at, company)
        return closing <= now if closing else not consultation_type._is_open_at(now, company)

    def _check_complete(self):
        if self._get_next_step() != "time" or self.type_id not in self._get_types():
            raise UserError(self.env._("Something is still missing. Go through the steps once more, please."))
        if self.rebooked_from_id and self._find_rebooking(self.rebooked_from_id).consultation_id:
            raise UserError(self.env._("You have booked again already: look for the clinic's newest message."))
        if self.rebooked_from_id and self.rebooked_from_id._is_open():
            raise UserError(
                self.env._("Your consultation takes place after all: look for the clinic's newest message.")
            )
        self._ensure_chat()
        # Before there is an appointment, of which the owner is told in their own zone.
        if not self.partner_id.phone and self.owner_phone:
            self.partner_id.phone = self.owner_phone
        if not self.partner_id.tz and self.tz:
            self.partner_id.tz = self.tz

    def _prepare_consultation_vals(self):
        """Prepare the consultation that comes of the booking.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        return {
            "patient_id": self.patient_id.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "chat_id": self.chat_id.id,
        }

    def _conclude(self, state, consultation):
        """End the booking with its consultation: what the owner has said reaches the vet, and the owner a mail.

        :param str state: ``requested`` or ``booked``
        :param vet.consultation consultation: what came of it
        """
        self.write({"state": state, "consultation_id": consultation.id})
        subject = self.reason.splitlines()[0][:MAX_SUBJECT_LENGTH]
        self.chat_id.write({"is_draft": False, "subject": self.chat_id.subject or subject})
        if not self._is_said():
            self.chat_id._post_once(
                self.partner_id,
                text_to_html(self.reason),
                self.chat_id._get_message_id(f"owner-{self.partner_id.id}", f"booking-{self.id}"),
                self.env["vet.media"],
            )
        if self.has_red_flag:
            clinic_env = self.with_context(lang=self.company_id.partner_id.lang)
            consultation.message_post(
                author_id=self.env.ref("base.partner_root").id,
                body=text_to_html(
                    clinic_env.env._(
                        "Red flags at booking, the owner went on after having been told to call:\n%(signs)s",
                        signs=self.red_flags,
                    )
                ),
            )
        if state == "requested":  # an appointment comes with an invitation of its own
            self._mail_confirmation()

    def _is_said(self):
        """Say whether the same words stand in the chat already, from the booking that this one stands in for.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        earlier = self.rebooked_from_id.booking_ids.filtered(lambda booking: booking.chat_id == self.chat_id)
        return self.reason in earlier.mapped("reason")

    def _mail_confirmation(self):
        """Mail the owner where to find what they have asked for, or note on the consultation why there is no mail."""
        template = self.env.ref("vet_teleconsult.mail_template_booking", raise_if_not_found=False)
        problem = self._get_confirmation_problem(template)
        mail_id = False
        if not problem:
            # The mail belongs to no record, so that the link does not stand among its messages.
            mail_id = template.send_mail(self.id, email_values={"model": False, "res_id": False})
        self.consultation_id._create_notice(
            "confirmation", "email", recipient=self.partner_id.email, problem=problem, mail_id=mail_id
        )

    def _get_confirmation_problem(self, template):
        """Say why the owner cannot be mailed what they have asked for.

        Note: self.ensure_one()

        :param mail.template template: of bookings; may be none
        :return: one of the notices' problems, or False
        :rtype: str | bool
        """
        self.ensure_one()
        if not self.partner_id.email:
            return "no_address"
        if not template:
            return "no_template"
        # Whoever books again and again with somebody else's address does not fill their mailbox.
        is_too_many = not self._is_identified() and self._count_mails() >= MAX_MAILS
        return "limit" if is_too_many else False

    def _get_mailed_address(self):
        """Say where the mail went that leads the owner back to what they have booked, if there was one.

        Note: self.ensure_one(), with superuser rights

        :return: an address; False where nothing went out, or not to this owner
        :rtype: str | bool
        """
        self.ensure_one()
        consultation = self.consultation_id
        if consultation.partner_id != self.partner_id:
            return False
        mailed = consultation.notice_ids.filtered(
            lambda notice: (
                notice.kind in MAIL_KINDS and notice.channel == "email" and notice.state in ("outgoing", "sent")
            )
        )
        return mailed[:1].recipient

    def _count_mails(self):
        domain = Domain("owner_email", "=", self.owner_email) & Domain("consultation_id", "!=", False)
        domain &= Domain("id", "!=", self.id) & Domain("user_id", "=", False)
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        return self.search_count(domain & Domain("create_date", ">", since))
