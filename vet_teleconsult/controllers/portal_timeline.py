import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from odoo.exceptions import UserError

BADGES = {
    "good": "bg-success-subtle text-success-emphasis",
    "warning": "text-bg-warning",
    "danger": "text-bg-danger",
    "neutral": "text-bg-light",
}


def get_timeline_values(patient, url, before=None):
    """Prepare what an owner's page shows of a patient's timeline.

    :param vet.patient patient: with the rights of the owner who reads
    :param str url: of the page
    :param str before: where the page before ended, from the address; nonsense gives the first page
    :return: the rendering values
    :rtype: dict
    """
    try:
        page = patient._get_timeline("owner", before)
    except UserError:
        before = None
        page = patient._get_timeline("owner")
    for entry in page["entries"]:
        entry["moment"] = datetime.datetime.fromisoformat(entry["date"]).replace(tzinfo=None)
        # Odoo sanitizes notes when they are written.
        entry["text"] = entry["text"] and Markup(entry["text"])
    earlier = page["next"] and f"{url}?{urlencode({'before': page['next']})}#history"
    return {
        "entries": page["entries"],
        "badges": BADGES,
        "earlier_url": earlier,
        "newest_url": f"{url}#history" if before else None,
    }
