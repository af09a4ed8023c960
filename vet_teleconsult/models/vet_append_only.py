from odoo import api, models
from odoo.exceptions import UserError


class VetAppendOnly(models.AbstractModel):
    """Records that prove something: once written, nobody changes or deletes them through the ORM.

    Access rights alone do not bind the superuser, so the methods themselves refuse.
    """

    _name = "vet.append.only"
    _description = "Append-only Record"

    def write(self, vals):
        """Refuse every change; the ORM itself stores computed fields by another way."""
        if not self or not vals:
            return super().write(vals)
        raise UserError(
            self.env._("“%(model)s” entries are evidence: they cannot be changed.", model=self._description)
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse deletion, except when the addon is removed with all of its data."""
        raise UserError(
            self.env._("“%(model)s” entries are evidence: they cannot be deleted.", model=self._description)
        )
