"""The waiting room: owners who have left it are expected again, since their going is noted."""

from odoo import SUPERUSER_ID, api, fields


def migrate(cr, version):
    """Note that those have left who were counted as waiting for ever; the scheduled action does the rest.

    :param Cursor cr: of the upgrade
    :param str version: from which it is upgraded
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False, "tracking_disable": True})
    gone = [("state", "=", "waiting"), ("owner_present", "=", False), ("owner_left_at", "=", False)]
    env["vet.consultation"].search(gone).owner_left_at = fields.Datetime.now()
