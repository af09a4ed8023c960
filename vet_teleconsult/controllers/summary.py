from odoo import http
from odoo.http import request

from ..tools.identifier import find_record


class TeleconsultSummary(http.Controller):
    """The PDF that an owner takes home from a consultation."""

    @http.route("/vet/summary/<int:summary_id>", type="http", auth="user", methods=["GET"])
    def vet_summary(self, summary_id):
        """Give a summary's PDF: to vets, and to its owner once it was sent to them.

        :param int summary_id: the summary
        """
        # sudo: owners have no right on summaries; who may have this one is asked of the record itself
        summary_sudo = find_record(request.env["vet.consultation.summary"].sudo(), summary_id)
        if not summary_sudo or not summary_sudo._may_download(request.env) or summary_sudo.state != "ready":
            raise request.not_found()
        response = (
            request.env["ir.binary"]._get_stream_from(summary_sudo.attachment_id).get_response(as_attachment=True)
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
