from odoo import fields, models

ROOM_LINK_FIELDS = {"room_token", "room_token_revoked_at"}


class VetBooking(models.Model):
    """The link of a booking leads on to room and chat: it is worth no more than their links."""

    _inherit = "vet.booking"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    is_link_withdrawn = fields.Boolean(
        readonly=True, copy=False, help="The clinic has renewed a link to which the one of the booking had led."
    )

    # === BUSINESS METHODS === #

    def _withdraw_links(self):
        """Make the links of bookings worthless at once."""
        # sudo: whoever renews a link may not write bookings
        for booking_sudo in self.sudo():
            token = self._generate_token()
            booking_sudo.write({"access_token": token, "confirm_token": False, "is_link_withdrawn": True})


class VetConsultation(models.Model):
    """Where the link to a room is revoked or renewed, what leads there goes with it."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if ROOM_LINK_FIELDS & vals.keys():
            # sudo: whoever renews a link may not read bookings' tokens
            self.sudo().booking_ids._withdraw_links()
        return result


class VetChat(models.Model):
    """Where the link to a chat is withdrawn, what leads there goes with it."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _rotate_link(self):
        super()._rotate_link()
        # sudo: as above
        self.env["vet.booking"].sudo().search([("chat_id", "in", self.ids)])._withdraw_links()
