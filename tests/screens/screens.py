"""The list of screens: a new one is one line.

Braces in a path are facts of the clinic that the tests show (:data:`FACTS`).
"""

from __future__ import annotations

from dataclasses import dataclass

BACKEND = ".o_action_manager .o_content"
FORM = ".o_form_view .o_form_sheet"


@dataclass(frozen=True)
class Screen:
    """Something that people look at.

    :param name: the picture's
    :param who: ``vet`` and ``manager`` (in Odoo), ``owner`` (signed in to the portal) or ``link`` (nobody to Odoo)
    :param path: below Odoo's address
    :param ready: selector of what shows when it is complete
    :param press: ``data-test`` hooks to press on the way, in order
    """

    name: str
    who: str
    path: str
    ready: str
    press: tuple[str, ...] = ()

    @property
    def is_owners(self) -> bool:
        """Whether owners see it."""
        return self.who in ("owner", "link")


SCREENS = [
    Screen("queue", "vet", "/odoo/teleconsult-queue", ".o_vet_consultation_queue .o_kanban_record"),
    Screen("consultations", "vet", "/odoo/consultations", f"{BACKEND} :is(.o_data_row, .o_kanban_record)"),
    Screen("consultation-waiting", "vet", "/odoo/vet.consultation/{waiting}", FORM),
    Screen("consultation-done", "vet", "/odoo/vet.consultation/{done}", FORM),
    Screen("room-lobby-vet", "vet", "/odoo/vet.consultation/{waiting}/action-vet_teleconsult.room", "[data-test=join]"),
    Screen("chats", "vet", "/odoo/teleconsult-inbox", "[data-test=inbox-chat]"),
    Screen("chat", "vet", "/odoo/{chat}/action-vet_teleconsult.vet_chat_action_inbox", "[data-test=message]"),
    Screen("patients", "vet", "/odoo/patients", f"{BACKEND} .o_kanban_record"),
    Screen("patient", "vet", "/odoo/patients/{patient}", f"{FORM} [data-test=timeline-entry]"),
    Screen("bookings", "vet", "/odoo/action-vet_teleconsult.vet_booking_action", f"{BACKEND} .o_data_row"),
    Screen("prescriptions", "vet", "/odoo/prescriptions", f"{BACKEND} :is(.o_data_row, .o_kanban_record)"),
    Screen("calendar", "vet", "/odoo/action-calendar.action_calendar_event", ".o_calendar_view"),
    Screen("type", "manager", "/odoo/vet.consultation.type/{type}", FORM),
    Screen("settings", "admin", "/odoo/action-vet_teleconsult.res_config_settings_action", ".app_settings_block"),
    Screen("owner-room-lobby", "link", "{room}", "[data-test=join]"),
    Screen("owner-room-wrong-link", "link", "{room}x", "main, .o_vet_page, body"),
    Screen("owner-room-cancelled", "link", "{room_cancelled}", "body"),
    Screen("guest-room-lobby", "link", "{guest}", "[data-test=join]"),
    Screen("owner-chat", "link", "{chat_link}", "[data-test=message]"),
    Screen("owner-chat-wrong-link", "link", "{chat_link}x", "body"),
    Screen("book-emergency", "link", "/vet/book/{company}", "[data-test=booking-next]"),
    Screen("book-red-flag", "link", "{book_flagged}", "[data-test=booking-emergency]"),
    Screen("book-owner", "link", "{book_owner}", "[data-test=booking-next]"),
    Screen("book-pet", "link", "{book_pet}", "[data-test=booking-next]"),
    Screen("book-reason", "link", "{book_reason}", "[data-test=booking-next]"),
    Screen("book-files", "link", "{book_files}", "[data-test=booking-file]"),
    Screen("book-time", "link", "{book_time}", "main"),
    Screen("book-result", "link", "{book_result}", "main"),
    Screen("book-again", "link", "{book_again}", "[data-test=booking-next]"),
    Screen("my", "owner", "/my/home", ".o_portal_docs:not(:has(.o_portal_doc_spinner))"),
    Screen("my-consultations", "owner", "/my/consultations", "#wrap"),
    Screen("my-consultation-open", "owner", "/my/consultations/{own_open}", "#wrap"),
    Screen("my-consultation-done", "owner", "/my/consultations/{own_done}", "#wrap"),
    Screen("my-pets", "owner", "/my/pets", "#wrap"),
    Screen("my-pet", "owner", "/my/pets/{own_patient}", "#wrap"),
    Screen("my-chats", "owner", "/my/chats", "#wrap"),
    Screen("my-chat-new", "owner", "/my/chats/new", "#wrap"),
    Screen("my-prescriptions", "owner", "/my/prescriptions", "#wrap"),
    Screen("my-book", "owner", "/my/book", "[data-test=booking-next]"),
]

FACTS = """
owner = env["res.users"].search([("login", "=", "owner")]).partner_id
company = owner.company_id or env["res.company"].search([], order="id", limit=1)
company.vet_booking_public = True
always = env["resource.calendar"].create({
    "name": "Day and Night",
    "company_id": False,
    "tz": "Europe/Berlin",
    "attendance_ids": [(5, 0, 0)] + [
        (0, 0, {"name": "Open", "dayofweek": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)
    ],
})
types = env["vet.consultation.type"].search([("mode", "in", ("video", "phone"))])
types.write({"is_bookable": True, "resource_calendar_id": always.id})
Consultation, Booking = env["vet.consultation"], env["vet.booking"]

def find(*domain):
    return Consultation.search([("company_id", "=", company.id), *domain], order="id", limit=1)

def path(address):
    return "/" + address.split("/", 3)[3]

waiting = find(("state", "=", "waiting"), ("mode", "=", "video"))
cancelled = find(("state", "=", "cancelled"))
own = ("partner_id", "=", owner.id)
chat = env["vet.chat"].search(
    [("ended_at", "=", False), ("state", "=", "open"), ("vet_id", "!=", False), ("consultation_ids", "=", False)],
    order="id", limit=1,
)
for consultation in waiting | cancelled:
    if consultation.link_state != "valid":
        consultation.action_renew_owner_link()
guest = env["vet.consultation.guest"].create({"consultation_id": waiting.id, "name": "Ruth Keller"})

def book(*done, **known):
    booking = Booking._begin(company, known.pop("flags", []))
    offer, species = booking._get_types()[:1], env["vet.species"].search([], limit=1)
    steps = {
        "owner": lambda: booking._save_owner(
            {"name": "Anna Keller", "email": "anna.keller@owner.example", "phone": "+49 151 55500188"}
        ),
        "pet": lambda: booking._save_pet({"name": "Minka", "species_id": str(species.id)}),
        "reason": lambda: booking._save_reason({"type_id": str(offer.id), "reason": "Minka coughs since Monday."}),
        "files": booking._save_files,
        "now": booking._request_now,
    }
    for step in done:
        problem = steps[step]()
        assert not isinstance(problem, dict) or not problem, problem
    return f"/vet/booking/{booking.id}/{booking.access_token}"

flags = env["vet.emergency.question"]._get_for_company(company)[:1].ids
result |= {
    "company": company.id,
    "waiting": waiting.id,
    "done": (find(("state", "=", "done"), ("recording_ids", "!=", False)) or find(("state", "=", "done"))).id,
    "room": path(waiting.room_url),
    "room_cancelled": path(cancelled.room_url),
    "guest": path(guest.url),
    "type": waiting.type_id.id,
    "patient": find(("state", "=", "done")).patient_id.id,
    "chat": chat.id,
    "chat_token": chat.link_token,
    "chat_link": path(chat.link_url),
    "own_open": (find(own, ("state", "in", ("waiting", "scheduled"))) or find(own)).id,
    "own_done": find(own, ("state", "=", "done")).id,
    "own_patient": find(own, ("state", "=", "done")).patient_id.id,
    "book_flagged": book(flags=flags),
    "book_owner": book(),
    "book_pet": book("owner"),
    "book_reason": book("owner", "pet"),
    "book_files": book("owner", "pet", "reason"),
    "book_time": book("owner", "pet", "reason", "files"),
    "book_result": book("owner", "pet", "reason", "files", "now"),
    "book_again": path(cancelled._get_rebook_url()),
}
"""
"""For Odoo's shell: the records of the demo data that the screens show, and bookings in each step."""
