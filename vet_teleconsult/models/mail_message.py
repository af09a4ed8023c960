from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

SHOWN_FIELDS = {"vet_media_ids", "vet_document_model", "vet_document_id"}  # of a message, set by our own code alone


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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # Afterwards: default values, such as a context's, stand in no ``vals``. sudo: fields that vets alone read
        is_checked = self.env["vet.chat"]._is_checked()
        if not is_checked and any(message[name] for message in messages.sudo() for name in SHOWN_FIELDS):
            raise self._get_shown_error()
        return messages

    def write(self, vals):
        if SHOWN_FIELDS & vals.keys() and not self.env.su and not self.env["vet.chat"]._is_checked():
            raise self._get_shown_error()
        return super().write(vals)

    def _get_shown_error(self):
        return AccessError(self.env._("Files are put into a message on the chat's own page only."))

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
