"""The demo's open consultations are today's, on whatever day the demo is opened."""

SCRIPT = """
from datetime import datetime, timedelta

parameters = env["ir.config_parameter"].sudo()
known = env["ir.model.data"].search([("module", "=", "vet_teleconsult"), ("model", "=", "vet.consultation")])
consultations = env["vet.consultation"].browse(known.mapped("res_id")).exists()
now = datetime.now().replace(microsecond=0)
told = parameters.get_param("vet_teleconsult.demo_opened_at")
opened = datetime.fromisoformat(told) if told else min(known.mapped("create_date"), default=now)
passed = now - opened
moved = consultations.browse()
if passed >= timedelta(hours=1):
    moved = consultations.filtered(lambda each: each.state in ("scheduled", "waiting", "in_progress"))
    silent = {"tracking_disable": True, "mail_notrack": True, "mail_create_nosubscribe": True}
    # Nobody is mailed another time: neither owners nor, by the calendar, vets.
    silent |= {"install_mode": True, "skip_attendee_notification": True}
    for each in moved.with_context(**silent):
        # An appointment of the same hours keeps its distance on the clock's quarters, one of another day its hour.
        is_soon = each.scheduled_at - opened < timedelta(hours=4)
        step = timedelta(minutes=15) if is_soon else timedelta(days=1)
        values = {"scheduled_at": each.scheduled_at + passed // step * step}
        values |= {name: each[name] + passed for name in ("waiting_since", "started_at") if each[name]}
        each.write(values)
if moved or not told:
    parameters.set_param("vet_teleconsult.demo_opened_at", (now if moved else opened).isoformat())
result["moved"] = len(moved)
"""
"""For Odoo's shell (:func:`dev.stack.shell`): moves the demo's open consultations by the time since they were made, so
that somebody who waited 12 minutes does so again; ``result["moved"]`` is their number. What people have made in the
demo stays where it is, and so does everything within the first hour."""
