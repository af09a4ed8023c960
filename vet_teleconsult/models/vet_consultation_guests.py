from odoo import api, fields, models
from odoo.exceptions import UserError


class VetConsultation(models.Model):
    """The guests in a consultation's room."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    guest_ids = fields.One2many(
        "vet.consultation.guest",
        "consultation_id",
        string="Guests",
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
    )
    guest_count = fields.Integer(
        compute="_compute_guest_count",
        groups="vet_teleconsult.group_veterinarian",
        help="Guests who may come in, or are here.",
    )

    # === COMPUTE METHODS === #

    @api.depends("guest_ids.revoked_at")
    def _compute_guest_count(self):
        for consultation in self:
            consultation.guest_count = len(consultation.guest_ids.filtered(lambda guest: not guest.revoked_at))

    # === BUSINESS METHODS === #

    @api.model
    def _resolve_guest(self, participant):
        """Find the guest whom a participant's identifier stands for.

        :param str participant: such as ``guest-7``
        :return: the guest with superuser rights, or none
        :rtype: vet.consultation.guest
        """
        role, _separator, number = (participant or "").partition("-")
        # sudo: whom an identifier of our own tickets stands for, for records that the system itself makes
        guests_sudo = self.env["vet.consultation.guest"].sudo()
        return guests_sudo.browse(int(number) if role == "guest" and number.isdecimal() else []).exists()

    def _change_guests(self, action, guest_id=None, name=None, kind=None, email=None, send=False):
        """Do what a vet asks for in the room: invite somebody, mail the link, or remove them.

        Note: self.ensure_one()

        :param str action: ``invite``, ``send`` or ``remove``
        :param int guest_id: whom to mail or to remove
        :param str name: whom to invite
        :param str kind: ``family`` or ``colleague``
        :param str email: where to mail the link to, may be empty
        :param bool send: whether to mail the link at once
        :return: the guests, as :meth:`vet.consultation.guest._get_info`
        :rtype: dict
        :raises UserError: when it makes no sense
        """
        self.ensure_one()
        guest_model = self.env["vet.consultation.guest"]
        if action == "invite":
            if not isinstance(name, str) or not name.strip() or len(name) > 100:
                raise UserError(self.env._("Give the guest a name: everyone in the room sees it."))
            if kind not in dict(guest_model._fields["kind"].selection):
                raise UserError(self.env._("Choose whether the guest is of the family or a colleague."))
            if email and not isinstance(email, str):
                raise UserError(self.env._("This is not an e-mail address."))
            guest = guest_model.create(
                {"consultation_id": self.id, "name": name, "kind": kind, "email": email if email else False}
            )
            if send:
                guest.action_send_link()
        elif action in ("send", "remove"):
            guest = self.guest_ids.filtered(lambda guest: guest.id == guest_id)
            if not guest:
                raise UserError(self.env._("This guest was not invited to this consultation."))
            if action == "send":
                guest.action_send_link()
            else:
                guest.action_remove()
        else:
            raise UserError(self.env._("Choose what to do: invite a guest, mail the link, or remove the guest."))
        return {"guests": self.guest_ids._get_info()}

    def _note_guest_presence(self, participant, is_present, at):
        """Keep whether a guest is in the room.

        :param str participant: such as ``guest-7``
        :param bool is_present: whether they came or went
        :param datetime at: when
        """
        guest = self._resolve_guest(participant) & self.sudo().guest_ids
        if guest and not guest.revoked_at:
            guest.write({"is_present": is_present, "joined_at": guest.joined_at or (is_present and at)})
            self._notify_room()

    def _notify_guests(self):
        """Tell the guests whether the consultation still goes on: nothing else of it is theirs."""
        for consultation in self:
            # sudo: their pages follow, whoever causes the change
            consultation.sudo().guest_ids.filtered(lambda guest: not guest.revoked_at)._send(
                "vet_teleconsult/consultation", {"state": consultation.state}
            )

    def _remove_from_room(self, participant):
        """Have the sidecar send one participant out, also if it is away right now.

        :param str participant: such as ``guest-7``
        """
        # sudo: vets press the buttons; the queue is the system's
        for consultation_sudo in self.sudo().filtered("sidecar_id"):
            consultation_sudo.env["vet.sidecar.command"].create(
                {
                    "sidecar_id": consultation_sudo.sidecar_id.id,
                    "consultation_id": consultation_sudo.id,
                    "path": f"/commands/rooms/{consultation_sudo.room_key}/participants/{participant}/remove",
                    "payload": {},
                }
            )
