from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models

KEEP = timedelta(days=30)  # far longer than a sidecar's outbox is ever kept from delivering


class VetSidecarEvent(models.Model):
    """The events that were taken from sidecars: what makes a repeated delivery harmless."""

    _name = "vet.sidecar.event"
    _description = "Sidecar Event"
    _order = "id desc"
    _rec_name = "event_id"

    event_id = fields.Char(string="Event ID", required=True, readonly=True)
    room = fields.Char(required=True, readonly=True, index=True)
    sequence = fields.Integer(required=True, readonly=True)
    type = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    consultation_id = fields.Many2one("vet.consultation", readonly=True, ondelete="set null", index=True)
    chat_id = fields.Many2one("vet.chat", readonly=True, ondelete="set null", index=True)

    _event_id_uniq = models.Constraint("UNIQUE(event_id)", "This event was taken already.")

    @api.model
    def _receive(self, event):
        """Take an event once, and let what it is about act on it: a consultation, or a file of a chat.

        The identifier is written first, in the transaction of the effects: a second delivery, also a simultaneous one,
        waits for that transaction and then finds the identifier taken.

        :param protocol.Event event: verified
        :return: the answer to the sidecar
        :rtype: dict
        :raises protocol.EventError: when the event's data is not what its type asks for
        """
        seen = {"status": "ok", "ignored": "This event was taken before."}
        if self.search_count([("event_id", "=", event.id)], limit=1):
            return seen
        try:
            with self.env.cr.savepoint():
                received = self.create(
                    {
                        "event_id": event.id,
                        "room": event.room,
                        "sequence": event.sequence,
                        "type": event.type,
                        "at": event.at,
                    }
                )
        except UniqueViolation:
            return seen
        return received._dispatch(event)

    def _dispatch(self, event):
        """Let what the event is about act on it.

        Note: self.ensure_one()

        :param protocol.Event event: verified, taken for the first time
        :return: the answer to the sidecar
        :rtype: dict
        :raises protocol.EventError: when the event's data is not what its type asks for
        """
        self.ensure_one()
        if event.type.startswith("media."):
            media = self.env["vet.media"]._find_for_event(event)
            if not media:
                return {"status": "ok", "ignored": "No chat has this file."}
            self.chat_id = media.chat_id
            media._apply_event(event)
            return {"status": "ok"}
        consultation = self.env["vet.consultation"]._find_for_event(event)
        if not consultation:
            return {"status": "ok", "ignored": "No consultation has this room."}
        self.consultation_id = consultation
        consultation._apply_event(event)
        return {"status": "ok"}

    @api.autovacuum
    def _gc_old(self):
        self.search([("create_date", "<", fields.Datetime.now() - KEEP)], limit=100_000).unlink()
