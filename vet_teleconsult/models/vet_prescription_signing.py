from odoo import fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ..tools.text import drop_controls

MAX_NAME_LENGTH = 120
MAX_LICENSE_LENGTH = 60


class VetPrescription(models.Model):
    """Signing and voiding: who may, what has to be there, and what is kept of it."""

    _inherit = "vet.prescription"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - SIGNING === #

    def _sign(self, name, license_number, signature=None):
        """Sign the prescription as the current user: give it its number and its PDF, and freeze it.

        All of it or nothing: without a PDF there is no number.

        Note: self.ensure_one()

        :param str name: the vet's name, as they typed it
        :param str license_number: the vet's licence number, where their own record has none: it is kept there
        :param bytes signature: drawn signature (base64 of an image); the one that the vet keeps by default
        :raises UserError: naming everything that is missing
        """
        self.ensure_one()
        self.check_access("write")
        vet = self.env.user
        if not vet.has_group("vet_teleconsult.group_veterinarian"):
            raise AccessError(self.env._("Only vets sign prescriptions."))
        self._lock_row()
        self._check_draft()
        # What follows the patient's record is computed while it still does.
        self.env.flush_all()
        name = self._clean(name, MAX_NAME_LENGTH)
        license_number = self._clean(vet.vet_license_number or license_number, MAX_LICENSE_LENGTH)
        if not name:
            raise UserError(self.env._("Type your name to sign."))
        if not license_number:
            raise UserError(
                self.env._("Enter your licence number: it stands on each prescription. Your preferences keep it.")
            )
        self._check_ready_to_sign()
        if not vet.vet_license_number:
            vet.vet_license_number = license_number
        # First, as long as nothing of it is frozen.
        self._seal({"signature": signature or vet.with_context(bin_size=False).vet_signature})
        now = fields.Datetime.now()
        self._seal(
            {
                "name": self.company_id._next_prescription_name(self._get_day(now)),
                "state": "signed",
                "vet_id": vet.id,
                "signed_at": now,
                "signed_name": name,
                "license_number": license_number,
            }
        )
        # What is stored is compared: a picture that is too large was made smaller.
        vet._check_signature_is_own(self.with_context(bin_size=False).signature)
        self._keep_pdf()
        self._tell_of_signature()

    def _lock_row(self):
        """Keep others from signing or voiding the same at the same time; they start again once this is committed."""
        if not self.try_lock_for_update():
            raise ConcurrencyError(self.env._("Somebody else is changing this prescription."))

    def _clean(self, text, length):
        return " ".join(drop_controls(text if isinstance(text, str) else "").split())[:length]

    def _get_day(self, moment):
        """Give the day that a moment belongs to where the clinic is.

        Note: self.ensure_one()

        :param datetime moment: UTC
        :rtype: date
        """
        self.ensure_one()
        return fields.Datetime.context_timestamp(self.with_context(tz=self._get_time_zone()), moment).date()

    def _get_time_zone(self):
        """Name the time zone of the document: where it is signed, which its day and number go by; never the owner's.

        Note: self.ensure_one()

        :return: a name of the IANA database
        :rtype: str
        """
        self.ensure_one()
        return self.company_id._get_owner_timezone(chosen=self.vet_id.tz)

    def _get_account_name(self):
        """Name whose account it was signed with, where they typed another name.

        Note: self.ensure_one()

        :return: False where it is the name that was typed
        :rtype: str | bool
        """
        self.ensure_one()
        # sudo: an owner may know who signed, without a right to read users
        name = self.sudo().vet_id.name or ""
        is_same = self._clean(name, MAX_NAME_LENGTH).casefold() == (self.signed_name or "").casefold()
        return False if is_same else name

    def _check_ready_to_sign(self):
        """Refuse to sign what leaves a pharmacy or an owner guessing.

        Note: self.ensure_one()

        :raises UserError: with everything that is missing, a line each
        """
        self.ensure_one()
        self._check_draft()
        gaps = self._get_gaps()
        if gaps:
            raise UserError("\n".join([self.env._("Before you sign:"), *gaps]))

    def _get_gaps(self):
        """Say what is missing before a draft can be signed.

        Note: self.ensure_one()

        :return: sentences; none when nothing is
        :rtype: list[str]
        """
        self.ensure_one()
        gaps = self._get_gaps_of_paper() if self.kind == "paper" else self._get_gaps_of_lines()
        today = self._get_day(fields.Datetime.now())
        if not self.valid_until:
            gaps.append(self.env._("Say until when it is valid."))
        elif self.valid_until < today:
            gaps.append(self.env._("Its validity is over already. Choose a later day."))
        elif (latest := self._get_latest_validity(today)) and self.valid_until > latest:
            gaps.append(
                self.env._(
                    "In the European Union a prescription for antimicrobials is valid for 5 days. "
                    "Choose %(date)s or earlier.",
                    date=latest.isoformat(),
                )
            )
        return gaps

    def _get_gaps_of_lines(self):
        gaps = [] if self.line_ids else [self.env._("Prescribe at least one drug.")]
        for line in self.line_ids:
            gaps += line._get_gaps()
        if any(self.line_ids.mapped("is_antimicrobial")) and not (self.diagnosis or "").strip():
            gaps.append(self.env._("Enter the diagnosis: antimicrobials are prescribed for one."))
        return gaps

    def _get_gaps_of_paper(self):
        # sudo: the chat's files are looked at by whoever may write the prescription
        if self.photo_ids or self.sudo().media_ids:
            return []
        return [self.env._("Add a photo of the paper prescription.")]

    def _tell_of_signature(self):
        """Show the prescription to its owner, in the thread, and to the room.

        Note: self.ensure_one()
        """
        self.ensure_one()
        if self.chat_id:
            self.chat_id._post_document(self)
        self.consultation_id._notify_room()

    def _sign_for_demo(self, name, license_number, void_reason=None):
        """Sign, and void, a prescription of the demonstration data; a server that prints no PDF keeps it as a draft.

        Note: self.ensure_one()

        :param str name: the vet's
        :param str license_number: the vet's
        :param str void_reason: why it is void, if it is to be
        """
        self.ensure_one()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() == "install":
            return
        self._sign(name, license_number)
        if void_reason:
            self._void(void_reason)

    # === BUSINESS METHODS - VOIDING === #

    def _check_voidable(self):
        """Refuse to void what is not in force.

        Note: self.ensure_one()

        :raises UserError: saying why
        """
        self.ensure_one()
        if self.state == "draft":
            raise UserError(self.env._("A draft is deleted, not voided: nobody has it yet."))
        if self.state == "voided":
            raise UserError(
                self.env._(
                    "%(vet)s has voided prescription %(number)s already.",
                    vet=self.sudo().voided_by_id.name,  # sudo: a colleague's name, also of another company
                    number=self.name,
                )
            )

    def _void(self, reason):
        """Take a signed prescription out of force: it stays, marked, with the reason.

        Any vet of the clinic may: whoever finds a mistake must not have to wait for whoever made it.

        Note: self.ensure_one()

        :param str reason: for the record; the owner reads it too
        :raises UserError: when there is no reason, or it is not signed, or is void already
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("vet_teleconsult.group_veterinarian"):
            raise AccessError(self.env._("Only vets void prescriptions."))
        self._lock_row()
        self._check_voidable()
        reason = drop_controls(reason if isinstance(reason, str) else "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is void: the owner and the pharmacy ask."))
        self._seal(
            {
                "state": "voided",
                "voided_at": fields.Datetime.now(),
                "voided_by_id": self.env.uid,
                "void_reason": reason,
            }
        )
        self._keep_voided_pdf()
        self._notify_chat_documents()
        self.consultation_id._notify_room()
