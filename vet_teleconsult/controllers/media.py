from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq


class TeleconsultMedia(http.Controller):
    """Stored files: the right is checked and the access noted here, the bytes come from the sidecar."""

    @http.route("/vet/media/<int:media_id>/<string:access_token>", type="http", auth="user", methods=["GET"])
    def vet_media(self, media_id, access_token, download=None):
        """Lead to a stored file.

        :param int media_id: the file
        :param str access_token: the file's own; it opens nothing without the right to read the file
        :param str download: anything, to save the file instead of playing it
        """
        media = request.env["vet.media"].browse(media_id).exists()
        if not media or not media.has_access("read") or not consteq(media.access_token, access_token):
            raise request.not_found()
        return self._lead_to(
            lambda: media._get_store_url(download=bool(download)),
            media.recording_id,
            media,
            "download" if download else "view",
        )

    @http.route("/vet/recording/<int:recording_id>/download", type="http", auth="user", methods=["GET"])
    def vet_recording_download(self, recording_id):
        """Lead to all files of a recording in one ZIP.

        :param int recording_id: the recording
        """
        recording = request.env["vet.recording"].browse(recording_id).exists()
        if not recording or not recording.has_access("read"):
            raise request.not_found()
        return self._lead_to(recording._get_store_download_url, recording, recording.media_ids.browse(), "download")

    def _lead_to(self, get_url, recording, media, action):
        """Note the access and redirect to the store, by an address that soon expires and is told nobody else."""
        try:
            url = get_url()
        except UserError as error:
            return request.make_response(str(error), [("Content-Type", "text/plain; charset=utf-8")], status=409)
        httprequest = request.httprequest
        request.env["vet.media.access"]._log(
            recording, media, action, httprequest.remote_addr, httprequest.user_agent.string
        )
        response = request.redirect(url, code=302, local=False)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
