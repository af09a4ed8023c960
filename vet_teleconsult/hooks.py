"""What happens once when the addon is installed or removed."""

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


def post_init_hook(env):
    """Give the database its sidecar secret and each company its consultation numbers."""
    env["vet.sidecar"]._ensure_secret()
    env["res.company"].search([])._ensure_consultation_sequence()


def uninstall_hook(env):
    """Remove what was made for each company and database, outside of the data files."""
    env["ir.sequence"].search([("code", "in", ("vet.consultation", "vet.prescription"))]).with_context(
        **{MODULE_UNINSTALL_FLAG: True}
    ).unlink()
    env["ir.config_parameter"].search([("key", "=like", "vet_teleconsult.%")]).unlink()
