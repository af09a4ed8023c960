from odoo.http import _generate_routing_rules
from odoo.tests import tagged
from odoo.tools import mute_logger

from .media_common import MediaCommon

ADDON = "vet_teleconsult"
YES, NO = "yes", "no"
LOGIN, PAGE, AWAY, WRONG, DENIED = "login", "page", "away", "wrong", "denied"

# Who gets what at each route: nobody, the owner by their link, the owner by their login, another owner, somebody of the
# clinic who is no vet, a vet, a vet of another clinic.
BOTH_SIDES = (NO, YES, YES, NO, NO, YES, NO)
VETS = (NO, NO, NO, NO, NO, YES, NO)
ROOM = (NO, YES, NO, NO, NO, YES, NO)
OWN_PAGES = (LOGIN, LOGIN, PAGE, PAGE, AWAY, PAGE, PAGE)
LINK_PAGE = (PAGE,) * 7
JSON_ROUTES = {
    **{
        f"/vet_teleconsult/chat/{name}": BOTH_SIDES
        for name in (
            "open",
            "messages",
            "message",
            "read",
            "look",
            "typing",
            "upload",
            "upload_ticket",
            "upload_cancel",
            "media",
            "media_retry",
        )
    },
    **{f"/vet_teleconsult/chat/{name}": VETS for name in ("workflow", "observation", "colleagues", "patient_media")},
    "/vet_teleconsult/chat/inbox": (NO, NO, NO, NO, NO, YES, YES),
    "/vet_teleconsult/consultation/workflow": VETS,
    **{f"/vet_teleconsult/room/{name}": ROOM for name in ("join", "ticket", "consent", "waiting")},
    "/vet_teleconsult/room/device_check": (NO, YES, NO, NO, NO, NO, NO),
    **{
        f"/vet_teleconsult/prescription/{name}": VETS
        for name in ("save", "sign", "void", "discard", "photo", "products")
    },
    **{f"/vet_teleconsult/room/{name}": VETS for name in ("workspace", "timeline", "note", "recording", "guest")},
}
# Pages of Odoo's portal lead elsewhere (away) whoever may not see them; our own refuse in words (wrong).
HTTP_ROUTES = {
    "/vet/room/<int:consultation_id>/<string:token>": LINK_PAGE,
    "/vet/chat/<int:chat_id>/<string:token>": LINK_PAGE,
    "/vet/join/<int:consultation_id>": (PAGE, PAGE, AWAY, PAGE, PAGE, AWAY, PAGE),
    "/vet/chat/<int:chat_id>": (LOGIN, LOGIN, PAGE, WRONG, WRONG, AWAY, WRONG),
    "/vet/media/<int:media_id>/<string:token>": (LOGIN, LOGIN, WRONG, WRONG, WRONG, AWAY, WRONG),
    "/vet/clip/<int:media_id>/<string:token>": (LOGIN, LOGIN, WRONG, WRONG, WRONG, PAGE, WRONG),
    "/vet/recording/<int:recording_id>/download": (LOGIN, LOGIN, WRONG, WRONG, WRONG, AWAY, WRONG),
    "/vet/summary/<int:summary_id>": (LOGIN, LOGIN, PAGE, WRONG, WRONG, PAGE, WRONG),
    "/vet/transcript/<int:transcript_id>": (LOGIN, LOGIN, PAGE, WRONG, WRONG, PAGE, WRONG),
    "/vet/book/<int:company_id>": (PAGE, PAGE, AWAY, AWAY, PAGE, PAGE, PAGE),  # owners are led to their own page
    "/vet/book/again/<string:payload>": LINK_PAGE,
    "/vet/book/confirm/<int:booking_id>/<string:token>": (WRONG,) * 7,  # nothing is to be confirmed yet
    "/vet/booking/<int:booking_id>/<string:token>": (AWAY,) * 7,  # to the step that comes next
    "/vet/booking/<int:booking_id>/<string:token>/<string:step>": LINK_PAGE,
    "/vet/booking/<int:booking_id>/<string:token>/calendar.ics": (AWAY,) * 7,  # nothing is booked yet
    "/my/book": (LOGIN, LOGIN, PAGE, PAGE, AWAY, PAGE, PAGE),
    "/my/chats": OWN_PAGES,
    "/my/chats/page/<int:page>": OWN_PAGES,
    "/my/chats/new": (LOGIN, LOGIN, PAGE, PAGE, PAGE, PAGE, PAGE),
    "/my/chats/<int:chat_id>": (LOGIN, LOGIN, AWAY, AWAY, AWAY, AWAY, AWAY),
    "/my/consultations": OWN_PAGES,
    "/my/consultations/page/<int:page>": OWN_PAGES,
    "/my/consultations/<int:consultation_id>": (AWAY, AWAY, PAGE, AWAY, AWAY, PAGE, AWAY),
    "/my/consultations/<int:consultation_id>/send_link": (DENIED,) * 7,  # a form's token is asked of everybody
    "/my/prescriptions": OWN_PAGES,
    "/my/prescriptions/page/<int:page>": OWN_PAGES,
    "/my/prescriptions/<int:prescription_id>": (AWAY, AWAY, PAGE, AWAY, AWAY, PAGE, AWAY),
    "/my/prescriptions/<int:prescription_id>/pdf": (AWAY, AWAY, PAGE, AWAY, AWAY, PAGE, AWAY),
    "/my/pets": OWN_PAGES,
    "/my/pets/page/<int:page>": OWN_PAGES,
    "/my/pets/<int:patient_id>": (AWAY, AWAY, PAGE, AWAY, AWAY, PAGE, AWAY),
    "/vet_teleconsult/sidecar/events": (DENIED,) * 7,  # the media service alone, by its signature
}


@tagged("post_install", "-at_install")
class TestAccessOfRoutes(MediaCommon):
    """Who gets what at each route of the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recording = cls._create_recording()
        cls.media = cls._create_media()
        cls.vet_media = cls._create_media(cls.as_vet)
        cls.transcript = cls.env["vet.transcript"]._create_for(cls.chat, False)
        cls.summary = cls._create_sent_summary()
        cls.prescription = cls._create_signed_prescription()
        cls.company.vet_booking_public = True
        cls.booking = cls.env["vet.booking"]._begin(cls.company, [], client="203.0.113.7")
        cls.cancelled = cls._create_consultation(state="cancelled")
        cls.people = (None, None, cls.owner, cls.other_owner, cls.receptionist, cls.vet, cls.foreign_vet)

    @classmethod
    def _create_sent_summary(cls):
        """A summary that went to the owner."""
        summary = cls.env["vet.consultation.summary"]._create_for(cls.consultation)
        summary.attachment_id = cls.env["ir.attachment"].create({"name": "Summary.pdf", "raw": b"%PDF-"})
        message = summary.message_post(body="Sent", partner_ids=cls.consultation.partner_id.ids)
        summary.write({"state": "ready", "mail_message_id": message.id})
        return summary

    def _get_routes(self):
        """Give the addresses of all routes that this addon brings."""
        routes = set()
        for url, endpoint in _generate_routing_rules(sorted(self.env.registry._init_modules), nodb_only=False):
            if endpoint.func.__module__.startswith(f"odoo.addons.{ADDON}."):
                routes.add(url)
        return routes

    def test_every_route_has_a_row(self):
        self.assertEqual(self._get_routes(), {*JSON_ROUTES, *HTTP_ROUTES})

    def test_everybody_gets_exactly_what_the_rows_say_of_a_page(self):
        parts = {
            "<int:consultation_id>/<string:token>": f"{self.consultation.id}/{self.consultation.room_token}",
            "<int:chat_id>/<string:token>": f"{self.chat.id}/{self.chat.link_token}",
            "<int:media_id>/<string:token>": f"{self.media.id}/{self.media.access_token}",
            "<int:booking_id>/<string:token>": f"{self.booking.id}/{self.booking.access_token}",
            "<string:step>": "owner",
            "<string:payload>": self.cancelled._get_rebook_url().rpartition("/")[2],
            "<int:company_id>": self.company.id,
            "<int:consultation_id>": self.consultation.id,
            "<int:chat_id>": self.chat.id,
            "<int:recording_id>": self.recording.id,
            "<int:transcript_id>": self.transcript.id,
            "<int:summary_id>": self.summary.id,
            "<int:patient_id>": self.patient.id,
            "<int:prescription_id>": self.prescription.id,
            "<int:page>": 1,
        }
        for route, expected in HTTP_ROUTES.items():
            path = route
            for part, value in parts.items():
                path = path.replace(part, str(value))
            for number, user in enumerate(self.people):
                with self.subTest(route=route, user=user and user.login, number=number):
                    self.assertEqual(self._visit(route, path, user), expected[number])

    def _visit(self, route, path, user):
        self.authenticate(user and user.login, user and user.login)
        is_post = route.endswith(("/send_link", "/events"))
        with mute_logger("odoo.http", "odoo.addons.vet_teleconsult.controllers.sidecar"):
            response = self.url_open(path, data={"nothing": "1"} if is_post else None, allow_redirects=False)
        if response.status_code in (302, 303):
            return LOGIN if "/web/login" in response.headers["Location"] else AWAY
        # What is right and only not ready yet is told to those alone who may have it.
        outcomes = {200: PAGE, 409: PAGE, 404: WRONG, 400: DENIED, 401: DENIED, 403: DENIED}
        return outcomes[response.status_code]

    def test_everybody_gets_exactly_what_the_rows_say_of_an_answer(self):
        for route, expected in JSON_ROUTES.items():
            for number, user in enumerate(self.people):
                with self.subTest(route=route, user=user and user.login, number=number):
                    self.authenticate(user and user.login, user and user.login)
                    params = self._prepare_params(route, user, by_link=number == 1)
                    # What a route does not take is left out, with a warning.
                    with mute_logger("odoo.http"):
                        answer = self.make_jsonrpc_request(route, params)
                    # Let in is whoever is told something, if only that what they ask makes no sense.
                    refused = isinstance(answer, dict) and answer.get("error", {}).get("code") == "access_denied"
                    self.assertEqual(NO if refused else YES, expected[number])

    def _prepare_params(self, route, user, by_link):
        if any(part in route for part in ("/room/", "/prescription/", "/consultation/")):
            params = {"consultation_id": self.consultation.id, "recording_id": self.recording.id}
            token = self.consultation.room_token
        else:
            media = self.vet_media if user == self.vet else self.media
            params = {"chat_id": self.chat.id, "media_id": media.id}
            token = self.chat.link_token
        return {**params, "access_token": token} if by_link else params
