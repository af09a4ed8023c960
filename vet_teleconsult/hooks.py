"""What happens once when the addon is installed or removed."""

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .models.vet_consultation_calendar import IN_STEP, IS_IN_STEP


def post_init_hook(env):
    """Give the database its sidecar secret and each company its consultation numbers."""
    env["vet.sidecar"]._ensure_secret()
    env["res.company"].search([])._ensure_consultation_sequence()


def uninstall_hook(env):
    """Remove what was made for each company and database, outside of the data files."""
    env["ir.sequence"].search([("code", "in", ("vet.consultation", "vet.prescription"))]).with_context(
        **{MODULE_UNINSTALL_FLAG: True}
    ).unlink()
    # The appointments of consultations that are no more; the reminders in them could not go otherwise.
    appointments = env["calendar.event"].with_context(active_test=False, **{IN_STEP: IS_IN_STEP})
    appointments.search([("vet_company_id", "!=", False)]).unlink()
    env["ir.config_parameter"].search([("key", "=like", "vet_teleconsult.%")]).unlink()
