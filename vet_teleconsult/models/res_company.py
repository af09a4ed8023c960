import pytz

from odoo import api, fields, models

from .ir_websocket import LINE_CHANNEL, QUEUE_CHANNEL

SEQUENCE_CODE = "vet.consultation"


class ResCompany(models.Model):
    _inherit = "res.company"

    vet_emergency_phone = fields.Char(
        string="Emergency Phone", help="The number that owners are told to call when something does not work."
    )

    vet_chat_max_upload = fields.Integer(
        string="Largest File in Chats (MB)", default=200, required=True, help="Of 1024² bytes each."
    )
    vet_chat_sms = fields.Boolean(
        string="Chats: SMS to Owners", help="Tell owners of news by SMS too, when they are not looking at the chat."
    )

    _vet_chat_max_upload_positive = models.Constraint(
        "CHECK (vet_chat_max_upload > 0)", "The largest file in chats must be at least 1 MB."
    )

    @api.onchange("vet_emergency_phone", "country_id")
    def _onchange_vet_emergency_phone(self):
        if self.vet_emergency_phone:
            self.vet_emergency_phone = (
                self._phone_format(fname="vet_emergency_phone", force_format="INTERNATIONAL")
                or self.vet_emergency_phone
            )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._ensure_consultation_sequence()
        return companies

    def _ensure_consultation_sequence(self):
        """Give each company its own consultation numbers, which begin anew each year."""
        # sudo: whoever makes a company need not have a right to make sequences
        sequences_sudo = self.env["ir.sequence"].sudo()
        having = sequences_sudo.search([("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]).company_id
        sequences_sudo.create(
            [
                {
                    "name": f"Consultations ({company.name})",
                    "code": SEQUENCE_CODE,
                    "company_id": company.id,
                    "prefix": "VC/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                }
                for company in self - having
            ]
        )

    def _next_consultation_name(self):
        """Take the next consultation number of the company.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        sequence = self.env["ir.sequence"].with_company(self)
        name = sequence.next_by_code(SEQUENCE_CODE)
        if not name:  # before the installation is complete, and where somebody deleted the sequence
            self._ensure_consultation_sequence()
            name = sequence.next_by_code(SEQUENCE_CODE)
        return name

    def _get_clinic_phone(self):
        """Give the number that owners are told to call.

        :rtype: str
        """
        return self.vet_emergency_phone or self.phone

    def _get_owner_timezone(self, partner=None, chosen=None):
        """Give the time zone in which an owner reads times: in every mail, on every page, in every PDF.

        An owner without one reads the clinic's, whose opening hours always have one; never a vet's own.

        Note: self.ensure_one()

        :param res.partner partner: the owner; without one, the clinic's time zone is given
        :param str chosen: what the owner has chosen right there, such as while booking
        :return: a name of the IANA database
        :rtype: str
        """
        self.ensure_one()
        # sudo: the clock on the clinic's wall is no secret, and owners may not read opening hours
        company_sudo = self.sudo()
        own = partner.sudo().tz if partner else None
        candidates = (chosen, own, company_sudo.partner_id.tz, company_sudo.resource_calendar_id.tz)
        return next((name for name in candidates if name in pytz.all_timezones_set), "UTC")

    def _get_max_upload_bytes(self):
        """Give how large a file in a chat may be.

        Note: self.ensure_one()

        :return: bytes
        :rtype: int
        """
        self.ensure_one()
        return self.vet_chat_max_upload * 1024**2

    def _get_emergency_text(self):
        """Tell owners what to do when it cannot wait for an answer.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        phone = self._get_clinic_phone()
        if phone:
            return self.env._(
                "In an emergency do not wait for an answer here: call %(clinic)s at %(phone)s.",
                clinic=self.name,
                phone=phone,
            )
        return self.env._("In an emergency do not wait for an answer here: call a veterinary emergency service.")

    def _notify_vet_queue(self, consultation_id):
        """Tell the company's vets that its queue has changed; their pages read it again.

        :param int consultation_id: which consultation changed, or None
        """
        for company in self:
            # The channel is a record with a name: nobody can subscribe to it by guessing.
            self.env["bus.bus"]._sendone(
                (company, QUEUE_CHANNEL),
                "vet_teleconsult/queue",
                {"company_id": company.id, "consultation_id": consultation_id},
            )
        self._notify_vet_line()

    def _notify_vet_line(self):
        """Have the pages of those who wait ask anew how things stand: what has moved is not said."""
        for company in self:
            # The channel is a record with a name: nobody can subscribe to it by guessing.
            self.env["bus.bus"]._sendone((company, LINE_CHANNEL), "vet_teleconsult/line", {})

    def _notify_vet_inbox(self, chat_id):
        """Tell the company's vets that a chat has changed; their inboxes read it again.

        :param int chat_id: which chat changed
        """
        for company in self:
            # The channel is a record with a name: nobody can subscribe to it by guessing.
            self.env["bus.bus"]._sendone((company, QUEUE_CHANNEL), "vet_teleconsult/inbox", {"chat_id": chat_id})
