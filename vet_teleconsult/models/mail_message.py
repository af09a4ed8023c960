from collections import defaultdict

from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    vet_media_ids = fields.Many2many(
        "vet.media",
        "vet_media_message_rel",
        "message_id",
        "media_id",
        string="Media",
        readonly=True,
        groups="vet_teleconsult.group_veterinarian",
        help="Files in the media store that the message shows.",
    )
    vet_document_model = fields.Char(
        string="Document Model", readonly=True, groups="vet_teleconsult.group_veterinarian"
    )
    vet_document_id = fields.Many2oneReference(
        string="Document",
        model_field="vet_document_model",
        readonly=True,
        index="btree_not_null",
        groups="vet_teleconsult.group_veterinarian",
        help="The record, such as a quote, that the message shows as a card.",
    )

    # === BUSINESS METHODS === #

    def _get_vet_documents(self):
        """Find the records that messages show as cards, those of one model together.

        :return: for each message that shows one; empty where the record was deleted
        :rtype: dict[mail.message, models.BaseModel]
        """
        ids = defaultdict(set)
        shown = self.filtered("vet_document_model")
        for message in shown:
            ids[message.vet_document_model].add(message.vet_document_id)
        records = {
            (name, record.id): record
            for name, record_ids in ids.items()
            for record in self._browse_vet_documents(name, record_ids)
        }
        return {
            message: records.get((message.vet_document_model, message.vet_document_id), self.browse())
            for message in shown
        }

    def _browse_vet_documents(self, model_name, ids):
        model = self.env.get(model_name)
        # Only what is made to be shown, whatever the column says.
        if model is None or not isinstance(model, self.env.registry["vet.chat.document.mixin"]):
            return self.browse()
        return model.browse(ids).exists()
