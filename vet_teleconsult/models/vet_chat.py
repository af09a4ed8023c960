import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

LIVE_FIELDS = {"state", "ended_at", "vet_id", "waiting_since", "reply_due_at"}


class VetChat(models.Model):
    """A conversation about a patient, which lasts as long as it takes: nobody has an appointment.

    Four facts, each in its own field: who has claimed it, whether the owner may write, whether it has ended, and since
    when the owner waits. The messages are ``mail.message`` records; what they show is ``vet.media``. The chat is one
    model in several files, one for each idea.
    """

    _name = "vet.chat"
    _description = "Chat"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "bus.listener.mixin"]
    _order = "last_message_at desc nulls last, id desc"
    _rec_names_search = ["subject", "patient_id.name", "partner_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"

    # === FIELDS === #

    name = fields.Char(compute="_compute_name")
    subject = fields.Char(tracking=True, help="What it is about, in a few words.")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    patient_id = fields.Many2one(
        "vet.patient", required=True, index=True, check_company=True, ondelete="restrict", tracking=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    vet_id = fields.Many2one(
        "res.users",
        string="Responsible Vet",
        index=True,
        check_company=True,
        ondelete="restrict",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("vet_teleconsult.group_veterinarian").ids)],
        copy=False,
        tracking=True,
        help="Empty: every vet may claim the chat.",
    )
    type_id = fields.Many2one(
        "vet.consultation.type",
        domain="[('mode', '=', 'chat')]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="By when the clinic answers, and what it costs. Empty for the chat of a consultation.",
    )
    state = fields.Selection(
        [("open", "Open"), ("locked", "Locked")],
        required=True,
        default="open",
        copy=False,
        tracking=True,
        help="Locked: the owner can read, and not write.",
    )
    ended_at = fields.Datetime(readonly=True, copy=False, tracking=True)
    consultation_ids = fields.One2many("vet.consultation", "chat_id", string="Consultations")
    participant_ids = fields.One2many(
        "vet.chat.participant", "chat_id", string="Participants", groups="vet_teleconsult.group_veterinarian"
    )

    waiting_since = fields.Datetime(
        readonly=True, copy=False, help="Since when the owner's first unanswered message is there."
    )
    reply_due_at = fields.Datetime(
        string="Reply Due",
        compute="_compute_reply_due_at",
        store=True,
        help="By when the clinic has promised to answer.",
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue")
    last_message_at = fields.Datetime(readonly=True, copy=False)
    last_message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="vet_teleconsult.group_veterinarian",
    )

    # === COMPUTE METHODS === #

    @api.depends("patient_id")
    def _compute_partner_id(self):
        for chat in self:
            if chat.patient_id and chat.partner_id not in chat.patient_id.owner_ids:
                chat.partner_id = chat.patient_id.partner_id

    @api.depends("patient_id.name", "partner_id.name")
    def _compute_name(self):
        for chat in self:
            # sudo: the owner's name, of a chat that the reader may see
            names = (chat.patient_id.sudo().name, chat.partner_id.sudo().name)
            chat.name = " · ".join(filter(None, names))

    @api.depends("waiting_since", "type_id")
    def _compute_reply_due_at(self):
        for chat in self:
            promises = chat.waiting_since and chat.type_id
            chat.reply_due_at = chat.type_id._get_reply_due(chat.waiting_since) if promises else False

    @api.depends("reply_due_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for chat in self:
            chat.is_overdue = bool(chat.reply_due_at and chat.reply_due_at < now)

    # === CONSTRAINT METHODS === #

    @api.constrains("vet_id")
    def _check_vet(self):
        for chat in self.filtered("vet_id"):
            if not chat.vet_id.has_group("vet_teleconsult.group_veterinarian"):
                raise ValidationError(
                    self.env._(
                        "%(user)s is not in the group Veterinarian and cannot hold a chat.", user=chat.vet_id.name
                    )
                )

    @api.constrains("type_id")
    def _check_type_is_for_chats(self):
        for chat in self.filtered("type_id"):
            if chat.type_id.mode != "chat":
                raise ValidationError(
                    self.env._(
                        "“%(type)s” is not a type for chats. Choose another, or leave it empty.",
                        type=chat.type_id.name,
                    )
                )

    @api.constrains("partner_id", "patient_id")
    def _check_owner_of_patient(self):
        for chat in self.filtered(lambda chat: not chat.ended_at and not chat.consultation_ids):
            if chat.partner_id.commercial_partner_id not in chat.patient_id.owner_ids.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(owner)s is not an owner of %(patient)s. Add them to the patient's owners first.",
                        owner=chat.partner_id.name,
                        patient=chat.patient_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        patient = self.env["vet.patient"].browse(values.get("patient_id"))
        if "partner_id" in fields_list and patient and not values.get("partner_id"):
            values["partner_id"] = patient.partner_id.id
        return values

    @api.model_create_multi
    def create(self, vals_list):
        # Who opens a chat for a colleague, or writes in one, need not be mailed what is said there: its vet is.
        chats = super(VetChat, self.with_context(mail_create_nosubscribe=True)).create(vals_list)
        chats = chats.with_env(self.env)
        for chat in chats:
            chat.message_subscribe(partner_ids=(chat.partner_id | chat.vet_id.partner_id).ids)
        chats._notify_inbox()
        return chats

    def write(self, vals):
        former = {chat: (chat.partner_id, chat.vet_id.partner_id) for chat in self}
        result = super().write(vals)
        if "partner_id" in vals or "vet_id" in vals:
            for chat, (former_owner, former_vet) in former.items():
                present = chat.partner_id | chat.vet_id.partner_id
                chat.message_unsubscribe(partner_ids=((former_owner | former_vet) - present).ids)
                chat.message_subscribe(partner_ids=present.ids)
                if former_owner != chat.partner_id:
                    chat._rotate_link()
        if "state" in vals:
            self.consultation_ids._notify_room()
            self.consultation_ids._notify_queue()
        if LIVE_FIELDS & vals.keys():
            self._notify_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(chat._has_content() for chat in self):
            raise UserError(
                self.env._("A chat with messages or files belongs to the patient's record: it cannot be deleted.")
            )

    def _has_content(self):
        """Say whether somebody wrote or put something here.

        :rtype: bool
        """
        # Messages go before their chat when it is deleted; the time of the last one stays.
        return bool(
            self.last_message_at
            or self._get_messages(limit=1)
            # sudo: nothing of the files, only whether there are some
            or self.env["vet.media"].sudo().search_count([("chat_id", "=", self.id)], limit=1)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _generate_key(self):
        return secrets.token_hex(16)
