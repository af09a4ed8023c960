from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts that somebody without a login has made by booking."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    vet_possible_duplicate = fields.Boolean(
        string="Possible Duplicate",
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="Made by a booking without a login, with the e-mail address or phone number of somebody who was known.",
    )

    def action_view_possible_duplicates(self):
        """List the contacts with this one's e-mail address or phone number, to be merged or told apart."""
        self.ensure_one()
        domain = Domain("id", "=", self.id)
        if self.email_normalized:
            domain |= Domain("email_normalized", "=", self.email_normalized)
        if self.phone_sanitized:
            domain |= Domain("phone_sanitized", "=", self.phone_sanitized)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Possibly the Same Owner"),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": list(domain),
        }

    def action_not_a_duplicate(self):
        """Note that somebody has looked: this contact is a person of their own."""
        self.write({"vet_possible_duplicate": False})
        return True

    def _forget_person(self):
        """Take out of contacts what tells who they were, where the record itself has to stay."""
        # What changes is not told in the chatter, which would keep what is taken out.
        for partner in self.with_context(tracking_disable=True):
            partner.write(
                {
                    "name": self.env._("Unfinished booking"),
                    "email": False,
                    "phone": False,
                    "vet_possible_duplicate": False,
                    "active": False,
                }
            )
        self.message_ids.unlink()
