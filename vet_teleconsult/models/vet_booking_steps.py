import re
from datetime import date
from ipaddress import IPv6Address, IPv6Network, ip_address

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, hmac

from ..tools.text import drop_controls
from .vet_booking import DRAFT_LIFETIME, STEPS

MAX_NAME_LENGTH = 100
MAX_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3
MAX_PHONE_LENGTH = 40
MAX_REASON_LENGTH = 2_000
MAX_WEIGHT = 5_000  # kg
HOUSEHOLD_PREFIX = 64  # bits
SEXES = ("female", "male", "unknown")
DECIMAL = re.compile(r"\d{1,5}([.,]\d{1,3})?")
LINK = re.compile(r"/|\bwww\.", re.IGNORECASE)  # names stand in mails and SMS, where programs make links of them


class VetBooking(models.Model):
    """The steps of a booking: what each needs, and what is kept of it.

    A step that cannot be kept answers with sentences by the name of the form's field, and changes nothing.
    """

    _inherit = "vet.booking"

    # === BUSINESS METHODS - BEGINNING === #

    @api.model
    def _begin(self, company, red_flags, user=None, client=None, tz=None, **vals):
        """Begin a booking with what was answered to the emergency questions.

        :param res.company company: the clinic
        :param list[int] red_flags: the questions that were answered with yes
        :param res.users user: who is signed in, if anybody
        :param str client: network address of who asks, of somebody without a login
        :param str tz: name of the owner's time zone, if it is known
        :param vals: what is known beforehand
        :return: the booking, with superuser rights
        :rtype: vet.booking
        """
        questions_sudo = self.env["vet.emergency.question"]._get_for_company(company)
        answers = [
            {"question": question_sudo.question, "yes": question_sudo.id in red_flags}
            for question_sudo in questions_sudo
        ]
        has_red_flag = any(answer["yes"] for answer in answers)
        now = fields.Datetime.now()
        # sudo: owners begin bookings, with a login or without, and have no right on them otherwise
        return self.sudo().create(
            {
                "company_id": company.id,
                "lang": self.env.lang or "en_US",
                "tz": tz,
                "user_id": user and user.id,
                "partner_id": user and user.partner_id.id,
                "client_hash": self._hash_client(client) if client else False,
                "expires_at": now + DRAFT_LIFETIME,
                "answers": answers,
                "has_red_flag": has_red_flag,
                "state": "emergency" if has_red_flag else "draft",
                "emergency_shown_at": now if has_red_flag else False,
                **vals,
            }
        )

    @api.model
    def _hash_client(self, client):
        """Give what bookings from one network are counted by.

        :param str client: network address
        :rtype: str
        """
        try:
            address = ip_address(client)
        except ValueError:
            address = None
        if isinstance(address, IPv6Address):
            # A household has a whole network of this size (RFC 6177), and could send from another address each time.
            mapped = address.ipv4_mapped
            client = str(mapped or IPv6Network((address, HOUSEHOLD_PREFIX), strict=False))
        # sudo: keyed with the database's secret, so that nobody finds the address by trying all of them
        return hmac(self.env(su=True), "vet_teleconsult.booking_client", client)[:32]

    def _pass_emergency(self):
        """Note that the owner goes on although they were told to call.

        Note: self.ensure_one()
        """
        self.ensure_one()
        if self.state == "emergency":
            self.write({"state": "draft", "emergency_passed_at": fields.Datetime.now()})

    # === BUSINESS METHODS - WHICH STEP === #

    def _get_next_step(self):
        """Say which step is the first that is not done yet.

        Note: self.ensure_one()

        :return: ``emergency``, one of ``STEPS``, ``confirm`` while a time is held, or ``result``
        :rtype: str
        """
        self.ensure_one()
        if not self._is_unfinished():
            return "result"
        if self.state == "emergency":
            return "emergency"
        if self._is_held():
            return "confirm"
        return next(step for step in STEPS if not self._is_done(step))

    def _is_done(self, step):
        """Say whether a step has all that it needs.

        Note: self.ensure_one()

        :param str step: one of ``STEPS``
        :rtype: bool
        """
        self.ensure_one()
        match step:
            case "owner":
                is_known = self._is_identified() or (self.owner_name and self.owner_email)
                return bool(is_known) and not self._lacks_phone()
            case "pet":
                return bool(self.patient_id or (self.patient_name and self.species_id))
            case "reason":
                return bool(self.type_id and self.reason)
            case "files":
                return self.files_done
            case _:
                return False

    def _get_steps(self):
        """List the steps that this owner takes: what is known is not asked again.

        Note: self.ensure_one()

        :rtype: list[str]
        """
        self.ensure_one()
        asks_owner = not self._is_identified() or self._lacks_phone() or self.owner_phone
        asks_pet = not self.rebooked_from_id
        skipped = {step for step, asked in (("owner", asks_owner), ("pet", asks_pet)) if not asked}
        return [step for step in STEPS if step not in skipped]

    def _lacks_phone(self):
        """Say whether the clinic is to call, and does not know which number.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return self.type_id.mode == "phone" and not (self.owner_phone or self.partner_id.phone)

    # === BUSINESS METHODS - OWNER === #

    def _save_owner(self, values):
        """Keep who books. Nothing here says whether anybody of that name is known.

        Note: self.ensure_one()

        :param dict values: ``name``, ``email`` and ``phone`` as they were typed
        :return: sentences by the name of the field that is wrong; empty when all was kept
        :rtype: dict[str, str]
        """
        self.ensure_one()
        errors, vals = {}, {}
        phone = self._clean(values.get("phone"), MAX_PHONE_LENGTH)
        if phone:
            vals["owner_phone"] = self._format_number(phone)
            if not vals["owner_phone"]:
                errors["phone"] = self.env._("This is not a complete phone number. Begin with the country, like +49.")
        elif self.type_id.mode == "phone" and not self.partner_id.phone:
            errors["phone"] = self.env._("Enter the number at which the clinic calls you.")
        else:
            vals["owner_phone"] = False
        if not self._is_identified():
            vals["owner_name"] = self._clean(values.get("name"), MAX_NAME_LENGTH)
            if not vals["owner_name"]:
                errors["name"] = self.env._("Enter your name.")
            elif LINK.search(vals["owner_name"]):
                errors["name"] = self.env._("Write the name without slashes and addresses.")
            email = self._clean(values.get("email"), MAX_EMAIL_LENGTH)
            vals["owner_email"] = email_normalize(email)
            if not vals["owner_email"]:
                errors["email"] = self.env._("Enter an e-mail address like anna@example.com.")
        if not errors:
            self.write(vals)
            self._update_contact()
        return errors

    def _format_number(self, phone):
        return self.env["res.partner"]._phone_format(
            number=phone, country=self.company_id.country_id, force_format="INTERNATIONAL"
        )

    # === BUSINESS METHODS - PET === #

    def _get_own_patients(self):
        """List the animals of whoever is signed in, at this clinic.

        Note: self.ensure_one()

        :return: with superuser rights; none without a login
        :rtype: vet.patient
        """
        self.ensure_one()
        if not self.user_id:
            return self.patient_id.browse()
        owner = self.user_id.partner_id.commercial_partner_id
        domain = Domain("owner_ids", "child_of", owner.id) & Domain("company_id", "=", self.company_id.id)
        if self.is_patient_new:  # what is being entered right now is no choice of its own
            domain &= Domain("id", "!=", self.patient_id.id)
        return self.env["vet.patient"].search(domain)

    def _save_pet(self, values):
        """Keep which pet it is about: one that the clinic knows, or a new one.

        Note: self.ensure_one()

        :param dict values: ``patient_id``; or ``name``, ``species_id``, ``sex``, ``birth_date`` and ``weight``
        :return: sentences by the name of the field that is wrong; empty when all was kept
        :rtype: dict[str, str]
        """
        self.ensure_one()
        own = self._get_own_patients()
        chosen = own.filtered(lambda patient: str(patient.id) == values.get("patient_id"))
        if chosen:
            self._take_patient(chosen)
            return {}
        if own and values.get("patient_id") != "new":
            return {"patient_id": self.env._("Choose which pet it is about.")}
        errors, vals = self._read_new_pet(values)
        if not errors:
            if not self.is_patient_new:
                vals["patient_id"] = False
            self.write(vals)
            self._update_patient()
        return errors

    def _read_new_pet(self, values):
        errors = {}
        name = self._clean(values.get("name"), MAX_NAME_LENGTH)
        if not name:
            errors["name"] = self.env._("Enter your pet's name.")
        elif LINK.search(name):
            errors["name"] = self.env._("Write the name without slashes and addresses.")
        species = self.env["vet.species"].search([("id", "=", self._to_id(values.get("species_id")))])
        if not species:
            errors["species_id"] = self.env._("Choose what kind of animal it is.")
        birth_date = self._read_date(values.get("birth_date"))
        if birth_date and birth_date > fields.Date.today():
            errors["birth_date"] = self.env._("The birth date is in the future. Check the year.")
        elif values.get("birth_date") and not birth_date:
            errors["birth_date"] = self.env._("Write the date like 2021-05-30, or leave it empty.")
        weight = self._clean(values.get("weight"), 10)
        kilograms = float(weight.replace(",", ".")) if DECIMAL.fullmatch(weight) else 0.0
        if (weight and not DECIMAL.fullmatch(weight)) or kilograms > MAX_WEIGHT:
            errors["weight"] = self.env._("Write the weight in kilograms, like 4.5, or leave it empty.")
        sex = values.get("sex")
        return errors, {
            "patient_name": name,
            "species_id": species.id,
            "patient_sex": sex if sex in SEXES else "unknown",
            "patient_birth_date": birth_date,
            "patient_weight": kilograms,
        }

    # === BUSINESS METHODS - REASON, FILES === #

    def _get_types(self):
        """List what owners can book at this clinic.

        Note: self.ensure_one()

        :return: with superuser rights
        :rtype: vet.consultation.type
        """
        self.ensure_one()
        domain = (
            Domain("is_bookable", "=", True)
            & Domain("mode", "in", ("video", "phone"))
            & Domain("company_id", "in", [self.company_id.id, False])
        )
        return self.env["vet.consultation.type"].search(domain)

    def _save_reason(self, values):
        """Keep what it is about, and which kind of consultation is wanted.

        Note: self.ensure_one()

        :param dict values: ``type_id`` and ``reason``
        :return: sentences by the name of the field that is wrong; empty when all was kept
        :rtype: dict[str, str]
        """
        self.ensure_one()
        errors = {}
        chosen = self._get_types().filtered(lambda offer: str(offer.id) == values.get("type_id"))
        if not chosen:
            errors["type_id"] = self.env._("Choose what you want to book.")
        reason = self._clean(values.get("reason"), MAX_REASON_LENGTH, keep_lines=True)
        if not reason:
            errors["reason"] = self.env._("Say in a few words what it is about, so that the vet can prepare.")
        if not errors:
            self.write({"type_id": chosen.id, "reason": reason})
        return errors

    def _save_files(self):
        """Note that the owner has sent what they want to send for now.

        Note: self.ensure_one()
        """
        self.ensure_one()
        self.files_done = True

    # === BUSINESS METHODS - READING WHAT WAS TYPED === #

    @api.model
    def _clean(self, text, length, keep_lines=False):
        """Take out of a text what nobody types, and what is too much.

        :param text: from outside
        :param int length: characters to keep at most
        :param bool keep_lines: whether line breaks are part of it
        :rtype: str
        """
        text = drop_controls(text) if isinstance(text, str) else ""
        text = text.replace("\r\n", "\n") if keep_lines else " ".join(text.split())
        return text.strip()[:length]

    @api.model
    def _to_id(self, text):
        number = int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else 0
        return number

    @api.model
    def _read_date(self, text):
        try:
            return date.fromisoformat(text) if text else False
        except (TypeError, ValueError):
            return False
