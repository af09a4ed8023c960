import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import consteq, email_normalize

MAX_GUESTS = 2  # a room holds four people, the vet and the owner among them
FIXED_FIELDS = {"consultation_id", "name", "kind", "token", "invited_by_id"}
# What coming and being removed alone write.
RECORDED_FIELDS = {"is_present", "joined_at", "revoked_at", "revoked_by_id"}


class VetConsultationGuest(models.Model):
    """Somebody whom a vet has invited into a consultation's room: a colleague, or a second person of the family.

    A guest has a link of their own, which opens this room and nothing else, until the vet removes them or the
    consultation is over. They see and hear; what is written in the room is between the clinic and the owner.
    """

    _name = "vet.consultation.guest"
    _description = "Guest of a Consultation"
    _order = "id"

    # === FIELDS === #

    consultation_id = fields.Many2one("vet.consultation", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="consultation_id.company_id", store=True, index=True)
    name = fields.Char(required=True)
    kind = fields.Selection([("family", "Family"), ("colleague", "Colleague")], required=True, default="family")
    email = fields.Char(string="E-mail")
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._generate_token(),
        groups="vet_teleconsult.group_veterinarian",
    )
    url = fields.Char(string="Guest's Link", compute="_compute_url", groups="vet_teleconsult.group_veterinarian")
    invited_by_id = fields.Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.user)
    is_present = fields.Boolean(string="In the Room", readonly=True, copy=False)
    joined_at = fields.Datetime(string="Came", readonly=True, copy=False)
    revoked_at = fields.Datetime(string="Removed", readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", string="Removed By", readonly=True, copy=False)
    state = fields.Selection(
        [("invited", "Invited"), ("present", "In the Room"), ("removed", "Removed")], compute="_compute_state"
    )

    # === COMPUTE METHODS === #

    @api.depends("token", "revoked_at")
    def _compute_url(self):
        for guest in self:
            record = guest._origin
            is_good = record.id and record.token and not record.revoked_at
            guest.url = record.get_base_url() + record._get_path() if is_good else False

    def _get_path(self):
        """Give the path of the guest's page.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return f"/vet/room/{self.consultation_id.id}/{self.token}"

    @api.depends("is_present", "revoked_at")
    def _compute_state(self):
        for guest in self:
            if guest.revoked_at:
                guest.state = "removed"
            else:
                guest.state = "present" if guest.is_present else "invited"

    # === CONSTRAINT METHODS === #

    @api.constrains("email")
    def _check_email(self):
        for guest in self.filtered("email"):
            if not email_normalize(guest.email):
                raise ValidationError(self.env._("“%(email)s” is not an e-mail address.", email=guest.email))

    @api.constrains("name")
    def _check_name(self):
        if any(not (guest.name or "").strip() for guest in self):
            raise ValidationError(self.env._("Give the guest a name: everyone in the room sees it."))

    @api.constrains("consultation_id", "revoked_at")
    def _check_count(self):
        for consultation in self.consultation_id:
            # sudo: a room holds so many, whoever may see them
            guests_sudo = self.sudo().search([("consultation_id", "=", consultation.id), ("revoked_at", "=", False)])
            if len(guests_sudo) > MAX_GUESTS:
                raise ValidationError(
                    self.env._(
                        "A room holds %(count)s guests beside the vet and the owner. Remove one of them first.",
                        count=MAX_GUESTS,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # Named, and not left to default values: those come from a caller's context.
        fresh = {"invited_by_id": self.env.uid, **dict.fromkeys(RECORDED_FIELDS, False)}
        guests = super().create(
            [
                {
                    **vals,
                    **fresh,
                    "name": (vals.get("name") or "").strip(),
                    "token": self._generate_token(),
                }
                for vals in vals_list
            ]
        )
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for guest in guests:
            guest.consultation_id._check_responsible()
            guest.consultation_id._check_open()
            guest.consultation_id.message_post(
                body=self.env._("Guest invited: %(name)s (%(kind)s).", name=guest.name, kind=kinds[guest.kind])
            )
        guests.consultation_id._notify_room()
        return guests

    def write(self, vals):
        if FIXED_FIELDS & vals.keys() and any(
            guest._fields[name].convert_to_write(guest[name], guest) != vals[name]
            for guest in self
            for name in FIXED_FIELDS & vals.keys()
        ):
            raise UserError(self.env._("Who was invited stays on record. Remove this guest and invite another."))
        if RECORDED_FIELDS & vals.keys() and not self.env.su:
            raise UserError(self.env._("Guests are removed by the button “Remove”. Who was removed is invited anew."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_remove(self):
        """Send guests out of the room at once; their links are worthless from now on."""
        guests = self.filtered(lambda guest: not guest.revoked_at)
        guests.consultation_id._check_responsible()
        guests._revoke()
        return True

    def action_send_link(self):
        """Mail guests their links, to the address that the vet has entered."""
        self.check_access("read")
        template = self.env.ref("vet_teleconsult.mail_template_guest_link")
        for guest in self:
            guest.consultation_id._check_open()
            if guest.revoked_at:
                raise UserError(self.env._("%(name)s was removed. Invite them again.", name=guest.name))
            if not guest.email:
                raise UserError(
                    self.env._("%(name)s has no e-mail address. Enter one, or copy the link.", name=guest.name)
                )
            # sudo: the template reads the link for whoever sends it. The mail belongs to no record, so that the link
            # does not stand among its messages.
            template.sudo().send_mail(guest.id, email_values={"model": False, "res_id": False})
            guest.consultation_id.message_post(
                body=self.env._("Room link sent to the guest %(email)s.", email=guest.email)
            )
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_token(self, consultation_id, token):
        """Find the guest whom a link stands for, whatever state the link is in.

        :param int consultation_id: identifier in the link
        :param str token: token in the link
        :return: the guest with superuser rights, or none
        :rtype: vet.consultation.guest
        """
        # sudo: whoever holds the token is the guest; there is no user to check rights with
        guests_sudo = self.sudo().search([("consultation_id", "=", consultation_id)])
        digest = self._hash_token(token)
        return guests_sudo.filtered(lambda guest_sudo: consteq(self._hash_token(guest_sudo.token), digest))[:1]

    @api.model
    def _generate_token(self):
        return secrets.token_urlsafe(32)

    @api.model
    def _hash_token(self, token):
        return hashlib.sha256(str(token).encode()).hexdigest()

    def _get_participant(self):
        """Describe the guest as a participant of the room; as those of a consultation.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": f"guest-{self.id}",
            "role": "guest",
            "name": self.name,
            "partner": self.env["res.partner"],
            "user": self.env["res.users"],
        }

    def _get_lang(self):
        """Give the language of the guest's page: of whom they belong to.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        host = self.invited_by_id if self.kind == "colleague" else self.consultation_id.partner_id
        return host.lang or self.env.lang or "en_US"

    def _get_link_problem(self):
        """Say why the guest's link does not open the room at present.

        Note: self.ensure_one()

        :return: ``link_revoked``, ``link_expired``, ``cancelled``, ``finished``, or None
        :rtype: str | None
        """
        self.ensure_one()
        consultation = self.consultation_id
        if self.revoked_at:
            return "link_revoked"
        if consultation.state in ("cancelled", "no_show"):
            return "cancelled"
        expiration = consultation.room_token_expiration
        if expiration and expiration <= fields.Datetime.now() and not consultation._is_under_way():
            return "link_expired"
        return "finished" if consultation.state == "done" else None

    def _get_channel(self):
        """Name the part of the consultation's bus channel that the guest's page listens to.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: the name is made of the token, and does not give it away
        return "guest_" + self._hash_token(self.sudo().token)[:32]

    def _get_info(self):
        """Tell vets of the guests who may come in.

        :rtype: list[dict]
        """
        return [
            {
                "id": guest.id,
                "participant": f"guest-{guest.id}",
                "name": guest.name,
                "kind": guest.kind,
                "email": guest.email or None,
                "url": guest.url,
                "state": guest.state,
            }
            for guest in self
            if not guest.revoked_at
        ]

    def _revoke(self):
        """Make the links worthless and have everyone leave the guests: the sidecar, and the pages by themselves."""
        for guest in self.filtered(lambda guest: not guest.revoked_at):
            consultation = guest.consultation_id
            # sudo: vets remove guests by this method alone, which closes the room to them too
            guest.sudo().write(
                {"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid, "is_present": False}
            )
            consultation._remove_from_room(f"guest-{guest.id}")
            removed = {"participant": f"guest-{guest.id}"}
            consultation._send_to_room("vet_teleconsult/guest_removed", removed)
            (consultation.guest_ids.filtered(lambda other: not other.revoked_at) | guest)._send(
                "vet_teleconsult/guest_removed", removed
            )
            consultation.message_post(body=self.env._("Guest removed: %(name)s.", name=guest.name))
        self.consultation_id._notify_room()

    def _send(self, notification_type, payload):
        """Send a notification to the guests' pages.

        :param str notification_type: such as ``vet_teleconsult/consultation``
        :param dict payload: what guests may see
        """
        for guest in self:
            guest.consultation_id._bus_send(notification_type, payload, subchannel=guest._get_channel())
