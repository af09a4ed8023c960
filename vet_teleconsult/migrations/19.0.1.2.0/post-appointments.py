"""Appointments: known to calendars, and their owners reminded, since consultations are booked."""

from odoo import SUPERUSER_ID, api, fields


def migrate(cr, version):
    """Give types the reminders of new ones, and put what is to come into the calendars, without mailing anybody.

    :param Cursor cr: of the upgrade
    :param str version: from which it is upgraded
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False, "tracking_disable": True, "install_mode": True})
    types = env["vet.consultation.type"].search([("reminder_ids", "=", False)])
    types.reminder_ids = types._get_default_reminders()
    to_come = [("state", "in", ("scheduled", "waiting")), ("scheduled_at", ">", fields.Datetime.now())]
    env["vet.consultation"].search(to_come)._sync_events()
