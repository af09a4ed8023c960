from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools.identifier import find_record
from ..tools.room_error import RoomError, get_room_error

PAGE_STATUS = {
    "access_denied": 404,
    "link_revoked": 410,
    "media_deleted": 410,
    "media_pending": 409,
    "media_failed": 409,
    "transcript_pending": 409,
}


class TeleconsultMedia(http.Controller):
    """Stored files: the right is checked and the access noted here, the bytes come from the media service."""

    # === ROUTES - FILES === #

    @http.route("/vet/media/<int:media_id>/<string:token>", type="http", auth="public", methods=["GET"])
    def vet_media(self, media_id, token, variant="play", download=None, stream=None):
        """Lead to a stored file.

        :param int media_id: the file
        :param str token: the file's own, which opens nothing without the right to read the file; an owner's page
            token; or the token of a transcript's link
        :param str variant: ``play``, ``original`` or ``poster``
        :param str download: anything, to save the file instead of showing it
        :param str stream: anything, to get the bytes from the media service in any case
        """
        try:
            opening = self._find_opening(media_id, token)
            if opening.needs_login:
                return self._ask_to_log_in()
            url = opening.media._get_opening_url(opening, variant, bool(download), bool(stream))
        except RoomError as error:
            return self._refuse(error, media_id)
        if variant != "poster":
            opening.media._note_opening(opening, "download" if download else "view", *self._get_client())
        return self._lead_to(url)

    @http.route("/vet/clip/<int:media_id>/<string:token>", type="http", auth="public", methods=["GET"])
    def vet_clip(self, media_id, token):
        """Show a file in the viewer: where the links in transcripts lead.

        :param int media_id: the file
        :param str token: as for the file itself
        """
        try:
            opening = self._find_opening(media_id, token)
        except RoomError as error:
            return self._refuse(error, media_id)
        if opening.needs_login:
            return self._ask_to_log_in()
        media_sudo = opening.media
        lang = request.env.context.get("lang") or "en_US"
        return self._render_page(
            200,
            error=None,
            media_name=media_sudo.name,
            company_sudo=media_sudo.company_id,
            props={"media": media_sudo._describe(token), "lang": lang},
        )

    @http.route("/vet/recording/<int:recording_id>/download", type="http", auth="user", methods=["GET"])
    def vet_recording_download(self, recording_id):
        """Lead to all files of a recording in one ZIP.

        :param int recording_id: the recording
        """
        recording = find_record(request.env["vet.recording"], recording_id)
        if not recording or not recording.has_access("read"):
            raise request.not_found()
        try:
            url = recording._get_store_download_url()
        except UserError as error:
            return request.make_response(str(error), [("Content-Type", "text/plain; charset=utf-8")], status=409)
        request.env["vet.media.access"]._log(recording, recording.media_ids.browse(), "download", *self._get_client())
        return self._lead_to(url)

    # === ROUTES - TRANSCRIPTS === #

    @http.route("/vet/transcript/<int:transcript_id>", type="http", auth="public", methods=["GET"])
    def vet_transcript(self, transcript_id, access_token=None):
        """Give a transcript's PDF: to vets and to the owner, by their session or by the chat's link.

        :param int transcript_id: the transcript
        :param str access_token: of an owner's page, or of the chat's link
        """
        # sudo: owners have no right on transcripts; who may have this one is asked of the record itself
        transcript_sudo = find_record(request.env["vet.transcript"].sudo(), transcript_id)
        try:
            if not transcript_sudo or not transcript_sudo._may_download(request.env, access_token):
                raise get_room_error(request.env, "access_denied")
            if transcript_sudo.state != "ready":
                raise get_room_error(request.env, "transcript_pending")
        except RoomError as error:
            if request.env.user._is_public() and not access_token:
                return self._ask_to_log_in()
            return self._refuse(error)
        stream = request.env["ir.binary"]._get_stream_from(transcript_sudo.attachment_id)
        return self._keep_private(stream.get_response(as_attachment=True))

    # === HELPERS === #

    def _find_opening(self, media_id, token):
        """Find the file and set the language of the page that answers.

        :rtype: Opening
        :raises RoomError: with the reason why it stays closed
        """
        opening = request.env["vet.media"]._find_opening(media_id, token)
        if opening.partner or opening.link:
            lang = opening.media.chat_id.partner_id.lang
            if lang:
                request.update_context(lang=lang)
        return opening

    def _ask_to_log_in(self):
        return request.redirect_query("/web/login", {"redirect": request.httprequest.full_path.rstrip("?")})

    def _get_client(self):
        """Say from where somebody asks: address and browser."""
        return request.httprequest.remote_addr, request.httprequest.user_agent.string

    def _refuse(self, error, media_id=None):
        # sudo: the clinic's name and phone number are what such a page is for; whose the file is, only those are told
        # who have come with something of it
        company_sudo = request.env.company.sudo()
        if media_id and error.code != "access_denied":
            company_sudo = request.env["vet.media"].sudo().browse(media_id).company_id
        return self._render_page(
            PAGE_STATUS[error.code], error=error.values, company_sudo=company_sudo, media_name=None, props={}
        )

    def _render_page(self, status, company_sudo, **values):
        lang = request.env.context.get("lang") or "en_US"
        response = request.render(
            "vet_teleconsult.clip_page",
            {
                "clinic": {"name": company_sudo.name, "phone": company_sudo._get_clinic_phone() or None},
                "html_lang": lang.replace("_", "-"),
                **values,
            },
            status=status,
        )
        response.headers["X-Robots-Tag"] = "noindex"
        return self._keep_private(response)

    def _lead_to(self, url):
        """Redirect to the store, by an address that soon expires and is told nobody else."""
        return self._keep_private(request.redirect(url, code=302, local=False))

    def _keep_private(self, response):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
