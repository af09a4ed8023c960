from odoo import http
from odoo.http import request

from ..tools.identifier import find_record
from ..tools.room_error import RoomError, get_room_error
from .refusal import answer

PAGE_STATUS = {"access_denied": 404, "link_revoked": 410}
OVER = "finished"


class TeleconsultChat(http.Controller):
    """The owner's page of a chat, and what the chats of both sides ask of Odoo.

    An owner is known by the chat's link, the room's link or their login, a vet by their session. What follows is one
    method of the chat.
    """

    # === PAGE === #

    @http.route("/vet/chat/<int:chat_id>", type="http", auth="public", methods=["GET"])
    def vet_chat_page(self, chat_id):
        """Show a chat to the owner who is signed in; lead vets to it in Odoo."""
        user = request.env.user
        if user._is_public():
            return request.redirect(f"/web/login?redirect=/vet/chat/{chat_id}")
        chat = find_record(request.env["vet.chat"], chat_id)
        if user._is_internal() and chat and chat.with_context(**self._get_companies()).has_access("read"):
            return request.redirect(chat._get_backend_path())
        return self._render_page(chat_id, None, back="/my/chats")

    @http.route("/vet/chat/<int:chat_id>/<string:token>", type="http", auth="public", methods=["GET"])
    def vet_chat_link_page(self, chat_id, token):
        """Show the owner's chat to whoever has its link, or say in an owner's words why not.

        :param int chat_id: the chat
        :param str token: the link's token
        """
        return self._render_page(chat_id, token)

    def _render_page(self, chat_id, token, back=None):
        error, chat_sudo = None, request.env["vet.chat"].sudo()
        try:
            chat_sudo = self._identify(chat_id, None, token)[0].sudo()
        except RoomError as room_error:
            error = room_error.values
        # sudo: the clinic's name and phone number are what an error page is for
        company_sudo = chat_sudo.company_id or request.env.company.sudo()
        lang = request.env.lang or "en_US"
        response = request.render(
            "vet_teleconsult.chat_page",
            {
                "clinic": {"name": company_sudo.name, "phone": company_sudo._get_clinic_phone() or None},
                "error": error,
                "html_lang": lang.replace("_", "-"),
                "patient_name": chat_sudo.patient_id.name,
                "props": {"chatId": chat_id, "accessToken": token, "lang": lang, "back": back},
            },
            status=PAGE_STATUS[error["code"]] if error else 200,
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    # === ROUTES - BOTH SIDES === #

    @http.route("/vet_teleconsult/chat/open", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_open(self, chat_id=None, consultation_id=None, access_token=None):
        """Give the page everything that it needs to show the chat."""
        channel = None
        if consultation_id:
            channel = f"vet_consultation_{consultation_id}" + (f"_{access_token}" if access_token else "")
        elif access_token:
            channel = f"vet_chat_{chat_id}_{access_token}"
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._get_info(participant, channel),
        )

    @http.route("/vet_teleconsult/chat/messages", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_messages(
        self, chat_id=None, consultation_id=None, access_token=None, before_id=None, after_id=None, limit=None
    ):
        """Give a page of the thread."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._get_page(before_id, after_id, limit, participant),
        )

    @http.route("/vet_teleconsult/chat/message", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_message(
        self, chat_id=None, consultation_id=None, access_token=None, body=None, client_key=None, media_ids=None
    ):
        """Post a message; the same key again posts nothing new."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._post_message(participant, body, client_key, media_ids),
        )

    @http.route("/vet_teleconsult/chat/read", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_read(self, chat_id=None, consultation_id=None, access_token=None, message_id=None):
        """Note up to where the participant has read."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._mark_read(participant, message_id),
        )

    @http.route("/vet_teleconsult/chat/look", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_look(self, chat_id=None, consultation_id=None, access_token=None, looking=False):
        """Note that the participant sees the chat, or no longer."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._mark_looking(participant, looking),
        )

    @http.route("/vet_teleconsult/chat/typing", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_typing(self, chat_id=None, consultation_id=None, access_token=None, typing=False):
        """Tell the others that the participant is writing, or has stopped."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._notify_typing(participant, typing),
        )

    # === ROUTES - FILES === #

    @http.route("/vet_teleconsult/chat/upload", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_upload(self, chat_id=None, consultation_id=None, access_token=None, **values):
        """Let the participant send a file; the same key again is the same file with a fresh ticket."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._create_upload(participant, values),
        )

    @http.route("/vet_teleconsult/chat/upload_ticket", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_upload_ticket(self, chat_id=None, consultation_id=None, access_token=None, media_id=None):
        """Give a fresh ticket for a file that is on its way."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._renew_upload(participant, media_id),
        )

    @http.route("/vet_teleconsult/chat/upload_cancel", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_upload_cancel(self, chat_id=None, consultation_id=None, access_token=None, media_id=None):
        """Give up sending a file."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._cancel_upload(participant, media_id),
        )

    @http.route("/vet_teleconsult/chat/media", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_media(self, chat_id=None, consultation_id=None, access_token=None, media_id=None):
        """Give a file's fresh addresses."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._find_media(participant, media_id)._format(participant, chat),
        )

    @http.route("/vet_teleconsult/chat/media_retry", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_media_retry(self, chat_id=None, consultation_id=None, access_token=None, media_id=None):
        """Have a file tried again."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._retry_media(participant, media_id),
        )

    # === ROUTES - VETS === #

    @http.route("/vet_teleconsult/chat/patient_media", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_patient_media(self, chat_id=None, consultation_id=None, access_token=None, before_id=None):
        """List files of the patient that can be put into the chat."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._get_patient_media(participant, before_id),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/chat/observation", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_observation(self, chat_id=None, consultation_id=None, access_token=None, **values):
        """Keep what the vet has counted."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._save_observation(values),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/chat/workflow", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_workflow(self, chat_id=None, consultation_id=None, access_token=None, action=None, **values):
        """Do what the vet's button says."""
        values = {name: value for name, value in values.items() if name in ("user_id", "lock", "mail_transcript")}
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._run_workflow(participant, action, **values),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/chat/colleagues", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_colleagues(self, chat_id=None, consultation_id=None, access_token=None):
        """List to whom the vet can hand the chat over."""
        return self._answer(
            (chat_id, consultation_id, access_token),
            lambda chat, participant: chat._list_colleagues(),
            vets_only=True,
        )

    @http.route("/vet_teleconsult/chat/inbox", type="jsonrpc", auth="public", methods=["POST"])
    def vet_chat_inbox(self, filter="all", search=None, ended=False, limit=None, offset=0):
        """List the clinic's conversations."""

        def get_inbox():
            if not self._is_vet():
                raise get_room_error(request.env, "access_denied")
            return request.env["vet.chat"]._get_inbox(filter, search, ended, limit, offset)

        return answer(get_inbox)

    # === WHO ASKS, AND WHAT THEY ARE TOLD === #

    def _answer(self, address, method, vets_only=False):
        """Find out who asks, let the chat do it, and put a refusal into words.

        :param tuple address: identifier of the chat or else of a consultation, and the owner's token
        :param method: called with the chat and the participant
        :param bool vets_only: whether owners are refused
        :return: what the method gives, or a dict with the key ``error``
        """

        def ask():
            chat, participant = self._identify(*address)
            if vets_only and participant["role"] != "vet":
                raise get_room_error(request.env, "access_denied")
            return method(chat, participant)

        return answer(ask)

    def _identify(self, chat_id, consultation_id, access_token):
        """Find out who asks about which chat.

        :return: the chat, with superuser rights for an owner, and the participant
        :rtype: tuple[vet.chat, dict]
        :raises RoomError: when it is nobody who may
        """
        number = consultation_id or chat_id
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
            raise get_room_error(request.env, "access_denied")
        if access_token:
            find = self._find_by_room_link if consultation_id else self._find_by_chat_link
            chat_sudo = find(number, access_token)
            return chat_sudo, chat_sudo._get_owner_participant()
        record = request.env["vet.consultation" if consultation_id else "vet.chat"].browse(number).exists()
        record = record.with_context(**self._get_companies())
        user = request.env.user
        if not record or not (self._is_vet() or user._is_portal()) or not record.has_access("read"):
            raise get_room_error(request.env, "access_denied")
        chat = record.chat_id if consultation_id else record
        if self._is_vet():
            return chat, chat._get_vet_participant()
        # sudo: the owner may read the chat; what else its pages show and do is for the chat to decide
        return chat.sudo(), chat._get_owner_participant(user.partner_id)

    def _find_by_chat_link(self, chat_id, token):
        chat_model = request.env["vet.chat"]
        chat_sudo = self._speak_to_owner(chat_model._find_by_link(chat_id, token))
        if not chat_sudo:
            withdrawn = chat_model._is_withdrawn_link(chat_id, token)
            raise get_room_error(request.env, "link_revoked" if withdrawn else "access_denied")
        return chat_sudo

    def _find_by_room_link(self, consultation_id, token):
        consultation_sudo = request.env["vet.consultation"]._find_by_room_token(consultation_id, token)
        consultation_sudo = self._speak_to_owner(consultation_sudo)
        problem = consultation_sudo._get_link_problem() if consultation_sudo else "access_denied"
        if problem and problem != OVER:
            raise get_room_error(request.env, problem, consultation_sudo.cancel_reason)
        return consultation_sudo.chat_id

    def _speak_to_owner(self, record_sudo):
        """Answer in the owner's language, who is not signed in."""
        if lang := record_sudo.partner_id.lang:
            request.update_context(lang=lang)
            return record_sudo.with_context(lang=lang)
        return record_sudo

    def _is_vet(self):
        return request.env.user.has_group("vet_teleconsult.group_veterinarian")

    def _get_companies(self):
        # Whoever works in one of their companies may be shown a chat of another of them.
        return {"allowed_company_ids": request.env.user.company_ids.ids}
