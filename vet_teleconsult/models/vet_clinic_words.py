from odoo import api, fields, models
from odoo.fields import Domain


class VetClinicWords(models.AbstractModel):
    """A record of Odoo that one clinic may keep to itself; without a clinic it is everybody's, as Odoo made it.

    Odoo's templates and reminders know no company, and the field is not called ``company_id`` because nothing of Odoo
    asks for one there.
    """

    _name = "vet.clinic.words"
    _description = "Words of a Clinic"

    # === FIELDS === #

    vet_company_id = fields.Many2one(
        "res.company",
        string="Clinic",
        index="btree_not_null",
        ondelete="cascade",
        help="Only this clinic sees and uses it. Empty: all clinics.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _check_company_domain(self, companies):
        """Let records of a clinic use its own and those of nobody (`check_company`)."""
        domain = Domain(super()._check_company_domain(companies))
        return domain.map_conditions(_name_clinic)


def _name_clinic(condition):
    return Domain("vet_company_id", condition.operator, condition.value)


class MailTemplate(models.Model):
    _name = "mail.template"
    _inherit = ["mail.template", "vet.clinic.words"]


class SmsTemplate(models.Model):
    _name = "sms.template"
    _inherit = ["sms.template", "vet.clinic.words"]


class CalendarAlarm(models.Model):
    _name = "calendar.alarm"
    _inherit = ["calendar.alarm", "vet.clinic.words"]
