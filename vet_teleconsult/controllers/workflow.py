from odoo import http

from .identity import find_for_vet
from .refusal import answer


class TeleconsultWorkflow(http.Controller):
    """What the vets' control bar asks of Odoo, in the room and wherever else a consultation is shown."""

    @http.route("/vet_teleconsult/consultation/workflow", type="jsonrpc", auth="public", methods=["POST"])
    def vet_consultation_workflow(self, consultation_id, action=None, user_id=None, reason=None):
        """Do what a button of the bar says, and tell how the consultation stands.

        :param int consultation_id: the consultation
        :param str action: see :meth:`vet.consultation._run_workflow`; nothing only tells how it stands
        :param int user_id: to whom to hand over
        :param str reason: why it is cancelled, for the owner
        """
        return answer(lambda: find_for_vet(consultation_id)._run_workflow(action, user_id, reason))
