import logging

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools import protocol

_logger = logging.getLogger(__name__)

MAX_EVENT_BYTES = 1024 * 1024


class TeleconsultSidecar(http.Controller):
    """Where the media sidecar delivers its events."""

    _events_url = "/vet_teleconsult/sidecar/events"

    @http.route(
        _events_url,
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_EVENT_BYTES,
    )
    def vet_sidecar_event(self):
        """Take one signed event.

        :return: 200 when it was taken or may be forgotten, 401 unsigned, 422 not an event, 503 not set up yet
        """
        # The sidecar has no user in Odoo. Its signature is checked before anything else happens.
        request.update_env(user=SUPERUSER_ID)
        body = request.httprequest.get_data()
        headers = request.httprequest.headers
        try:
            secret = request.env["vet.sidecar"]._get_secret_sudo()
            protocol.verify_event(
                secret, headers.get(protocol.TIMESTAMP_HEADER), headers.get(protocol.SIGNATURE_HEADER), body
            )
        except UserError as error:
            return self._answer({"error": str(error)}, 503)
        except protocol.SignatureError as error:
            _logger.warning("An event was refused: %s", error)
            return self._answer({"error": str(error)}, 401)
        try:
            return self._answer(request.env["vet.sidecar.event"]._receive(protocol.Event.parse(body)), 200)
        except protocol.EventError as error:
            # Nothing of an event that is not understood may stay, not even its identifier.
            request.env.cr.rollback()
            _logger.error("A signed event was not understood: %s", error)
            return self._answer({"error": str(error)}, 422)

    def _answer(self, values, status):
        return request.make_json_response(values, status=status)
