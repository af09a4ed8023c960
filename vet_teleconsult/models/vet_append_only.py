from odoo import models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


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

    def unlink(self):
        """Refuse deletion, except when the addon is removed with all of its data."""
        if self and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            raise UserError(
                self.env._("“%(model)s” entries are evidence: they cannot be deleted.", model=self._description)
            )
        return super().unlink()
