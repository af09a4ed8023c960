from odoo import models


class VetConsultation(models.Model):
    """Who is told at once when something changes."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _notify_queue(self):
        """Tell the company's vets that the queue has changed."""
        for consultation in self:
            consultation.company_id._notify_vet_queue(consultation.id)
            # sudo: a vet who is busy in one clinic lets those wait who expect them in another
            (consultation.sudo().vet_id.company_ids - consultation.company_id)._notify_vet_line()

    def _notify_room(self):
        """Tell everyone in the room what has changed. Recordings are the vets' alone."""
        for consultation in self:
            payload = {
                "consultation_id": consultation.id,
                "state": consultation.state,
                "claimed_by": consultation._get_claimed_by(),
                "chat_state": consultation.chat_id.state,
                "cancel_reason": consultation.cancel_reason or None,
                "rebook_url": consultation._get_rebook_offer(),
                "recordings": [],
            }
            # sudo: sent to vets who may read the consultation, whoever causes the change
            recordings = consultation.sudo().recording_ids._get_info()
            # The link to book again is the owner's alone.
            vet_payload = {**payload, "recordings": recordings, "rebook_url": None}
            consultation._send_to_room("vet_teleconsult/consultation", payload, vet_payload=vet_payload)
        self._notify_guests()

    def _send_to_room(self, notification_type, payload, vet_payload=None):
        """Send a notification to everyone who listens to the room, by the channels of vets and of the owner.

        :param str notification_type: such as ``vet_teleconsult/message``
        :param dict payload: what owner and vets may both see; None for what is the vets' alone
        :param dict vet_payload: what vets see instead
        """
        for consultation in self:
            consultation._bus_send(notification_type, vet_payload or payload)
            if payload is not None:
                consultation._bus_send(notification_type, payload, subchannel=consultation._get_owner_channel())
