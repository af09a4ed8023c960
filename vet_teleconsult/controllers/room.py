import logging

from odoo import http
from odoo.http import request

from ..models.vet_consultation_workspace import WRITING
from ..tools.room_error import RoomError, get_room_error
from .identity import find_for_vet
from .refusal import answer

_logger = logging.getLogger(__name__)

PAGE_STATUS = {"access_denied": 404, "link_expired": 410, "link_revoked": 410, "cancelled": 410, "finished": 410}


class TeleconsultRoom(http.Controller):
    """The page of owners and guests, and what the rooms of all sides ask of Odoo.

    An owner is known by the consultation's room token, a guest by their own, a vet by their session. What follows is
    one method of the consultation. What is written in the room goes by the routes of its chat.
    """

    # === PAGE === #

    @http.route("/vet/room/<int:consultation_id>/<string:token>", type="http", auth="public", methods=["GET"])
    def vet_room_page(self, consultation_id, token):
        """Show the room to its owner or a guest, or say in their words why not.

        :param int consultation_id: the consultation
        :param str token: the room token, or the guest's
        """
        error = None
        consultation_sudo, guest_sudo = self._find_by_link(consultation_id, token)
        lang = (guest_sudo and guest_sudo._get_lang()) or consultation_sudo.partner_id.lang
        lang = lang or request.env.lang or "en_US"
        request.update_context(lang=lang)
        consultation_sudo = consultation_sudo.with_context(lang=lang)
        try:
            self._check_link(consultation_sudo, guest_sudo)
        except RoomError as room_error:
            error = room_error.values
        is_offered = error and error["code"] == "cancelled" and not guest_sudo
        # sudo: the clinic's name and phone number are what an error page is for
        company_sudo = consultation_sudo.company_id or request.env.company.sudo()
        clinic = {"name": company_sudo.name, "phone": company_sudo._get_clinic_phone() or None}
        response = request.render(
            "vet_teleconsult.room_page",
            {
                "clinic": clinic,
                "error": error,
                "rebook_url": consultation_sudo._get_rebook_offer() if is_offered else None,
                "html_lang": lang.replace("_", "-"),
                "props": {"consultationId": consultation_id, "accessToken": token, "lang": lang},
            },
            status=PAGE_STATUS[error["code"]] if error else 200,
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    # === ROUTES - BOTH SIDES === #

    @http.route("/vet_teleconsult/room/join", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_join(self, consultation_id, access_token=None):
        """Give the page everything that it needs to enter the room."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._get_bootstrap(participant, access_token),
            open_only=True,
        )

    @http.route("/vet_teleconsult/room/ticket", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_ticket(self, consultation_id, access_token=None):
        """Give a fresh ticket for the sidecar."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._get_ticket(participant),
            open_only=True,
        )

    @http.route("/vet_teleconsult/room/consent", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_consent(self, consultation_id, decision=None, call=None, consent_version=None, access_token=None):
        """Keep an answer to being recorded, and sign it for the sidecar."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: {
                "grant": consultation._record_consent(participant, decision, call, consent_version, *self._get_client())
            },
            open_only=True,
        )

    @http.route("/vet_teleconsult/room/waiting", type="jsonrpc", auth="public", methods=["POST"], readonly=True)
    def vet_room_waiting(self, consultation_id, access_token=None):
        """Tell who waits how things stand."""
        return self._answer(
            consultation_id, access_token, lambda consultation, participant: consultation._get_waiting_room()
        )

    # === ROUTES - OWNERS === #

    @http.route("/vet_teleconsult/room/device_check", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_device_check(self, consultation_id, result=None, access_token=None):
        """Keep what the owner's page found out about camera, microphone, speaker and network."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._store_device_check(result),
            open_only=True,
            roles=("owner",),
        )

    # === ROUTES - VETS === #

    @http.route("/vet_teleconsult/room/guest", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_guest(self, consultation_id, action=None, access_token=None, **values):
        """Invite a guest, mail them the link, or remove them."""
        allowed = {name: values[name] for name in ("guest_id", "name", "kind", "email", "send") if name in values}
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._change_guests(action, **allowed),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/room/workspace", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_workspace(self, consultation_id, access_token=None):
        """Give what only vets may know."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._get_workspace(),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/room/timeline", type="jsonrpc", auth="public", methods=["POST"], readonly=True)
    def vet_room_timeline(self, consultation_id, before=None, kinds=None, access_token=None):
        """Give a page of what came before, of the patient and of the owner."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._get_timeline("vet", before, kinds=kinds),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/room/note", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_note(self, consultation_id, access_token=None, **values):
        """Save what the vet wrote: the note, whether the owner sees it, recommendations, next steps."""
        written = {name: values[name] for name in WRITING if name in values}
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._save_writing(**written),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/room/recording", type="jsonrpc", auth="public", methods=["POST"])
    def vet_room_recording(self, consultation_id, recording_id=None, access_token=None):
        """Give the player what it needs, and note the access."""
        return self._answer(
            consultation_id,
            access_token,
            lambda consultation, participant: consultation._get_recording(recording_id)._get_player(
                *self._get_client()
            ),
            vets_only=True,
        )

    # === WHO ASKS, AND WHAT THEY ARE TOLD === #

    def _answer(self, consultation_id, access_token, method, open_only=False, vets_only=False, roles=None):
        """Find out who asks, let the consultation do it, and put a refusal into words.

        :param int consultation_id: the consultation
        :param str access_token: the owner's room token, a guest's token, or None for a vet
        :param method: called with the consultation and the participant
        :param bool open_only: whether a consultation that is over refuses
        :param bool vets_only: whether owners and guests are refused
        :param tuple roles: whose roles alone are served; everyone's by default
        :return: what the method gives, or a dict with the key ``error``
        """

        def ask():
            consultation, participant = self._identify(consultation_id, access_token, open_only)
            allowed = ("vet",) if vets_only else roles
            if allowed and participant["role"] not in allowed:
                raise get_room_error(request.env, "access_denied")
            return method(consultation, participant)

        return answer(ask)

    def _identify(self, consultation_id, access_token, open_only):
        """Find out who asks.

        :return: the consultation, with superuser rights for an owner or a guest, and the participant
        :rtype: tuple[vet.consultation, dict]
        :raises RoomError: when it is nobody who may, or the consultation is over
        """
        if not isinstance(consultation_id, int) or not 0 < consultation_id < 2**31:
            raise get_room_error(request.env, "access_denied")
        if access_token:
            consultation_sudo, guest_sudo = self._find_by_link(consultation_id, access_token)
            if lang := (guest_sudo and guest_sudo._get_lang()) or consultation_sudo.partner_id.lang:
                request.update_context(lang=lang)
                consultation_sudo = consultation_sudo.with_context(lang=lang)
            self._check_link(consultation_sudo, guest_sudo, open_only)
            if guest_sudo:
                return consultation_sudo, guest_sudo._get_participant()
            return consultation_sudo, consultation_sudo._get_owner_participant()
        consultation = find_for_vet(consultation_id)
        if open_only and not consultation._is_open():
            raise self._get_over_error(consultation)
        return consultation, consultation._get_vet_participant()

    def _find_by_link(self, consultation_id, token):
        """Find what a link opens, and for which guest, if it is one's.

        :return: the consultation and the guest with superuser rights, or none of both
        :rtype: tuple[vet.consultation, vet.consultation.guest]
        """
        consultation_sudo = request.env["vet.consultation"]._find_by_room_token(consultation_id, token)
        guest_sudo = request.env["vet.consultation.guest"]._find_by_token(consultation_id, token)
        return consultation_sudo or guest_sudo.consultation_id, guest_sudo

    def _check_link(self, consultation_sudo, guest_sudo, open_only=True):
        if not consultation_sudo:
            raise get_room_error(request.env, "access_denied")
        problem = guest_sudo._get_link_problem() if guest_sudo else consultation_sudo._get_link_problem()
        if problem == "cancelled" and guest_sudo:
            # The reason is for the owner.
            raise get_room_error(consultation_sudo.env, "cancelled")
        if problem == "finished" and not open_only:
            return
        if problem in ("cancelled", "finished"):
            raise self._get_over_error(consultation_sudo)
        if problem:
            raise get_room_error(consultation_sudo.env, problem)

    def _get_over_error(self, consultation):
        if consultation.state == "done":
            return get_room_error(consultation.env, "finished")
        return get_room_error(consultation.env, "cancelled", consultation.cancel_reason)

    def _get_client(self):
        """Say from where somebody asks: address and browser."""
        return request.httprequest.remote_addr, request.httprequest.user_agent.string
