import phonenumbers

from odoo import models

MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class ResPartner(models.Model):
    """How to reach an owner."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _get_vet_mobile(self):
        """Give the number, if it may be a mobile telephone's, which alone receives SMS.

        Note: self.ensure_one()

        :return: as in E.164, or False
        :rtype: str | bool
        """
        self.ensure_one()
        number = self._phone_format(fname="phone", force_format="E164")
        if number and phonenumbers.number_type(phonenumbers.parse(number)) in MOBILE_TYPES:
            return number
        return False
