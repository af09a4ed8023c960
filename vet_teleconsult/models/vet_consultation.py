import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..tools.text import html_to_text

STATES = [
    ("scheduled", "Scheduled"),
    ("waiting", "Waiting"),
    ("in_progress", "In Progress"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
    ("no_show", "No Show"),
]
QUEUE_STATES = [
    ("available", "Available"),
    ("claimed", "Claimed"),
    ("waiting", "Waiting"),
    ("in_progress", "In Progress"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
    ("no_show", "No Show"),
]
QUEUE_COLUMNS = ("available", "claimed", "waiting", "in_progress", "done")
TRANSITIONS = {
    "scheduled": {"waiting", "in_progress", "cancelled", "no_show"},
    "waiting": {"scheduled", "in_progress", "cancelled", "no_show"},
    "in_progress": {"scheduled", "waiting", "done", "cancelled", "no_show"},
    "done": {"in_progress"},
    "cancelled": {"scheduled"},
    "no_show": {"scheduled"},
}
UNHELD_STATES = ("scheduled", "waiting", "no_show")  # of what has not taken place, though perhaps started
MODES = ("video", "phone")
OPEN_STATES = ("scheduled", "waiting", "in_progress")
CLOSED_STATES = ("done", "cancelled", "no_show")
QUEUE_FIELDS = {
    "state",
    "vet_id",
    "waiting_since",
    "scheduled_at",
    "owner_present",
    "vet_present",
    "device_check_state",
    "patient_id",
    "type_id",
}
SUMMARY_LENGTH = 120


class VetConsultation(models.Model):
    """One encounter of a vet with an owner about a patient: who, when, in which state, and what came of it."""

    _name = "vet.consultation"
    _description = "Consultation"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "bus.listener.mixin"]
    _order = "scheduled_at desc, id desc"
    _rec_names_search = ["name", "patient_id.name", "partner_id.name"]
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
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
    partner_phone = fields.Char(related="partner_id.phone", string="Owner's Phone")
    vet_id = fields.Many2one(
        "res.users",
        index=True,
        check_company=True,
        ondelete="restrict",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("vet_teleconsult.group_veterinarian").ids)],
        copy=False,
        tracking=True,
        help="Empty: the consultation is available to every vet.",
    )
    type_id = fields.Many2one(
        "vet.consultation.type",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('mode', '!=', 'chat')]",
        default=lambda self: self._get_default_type(),
        tracking=True,
    )
    mode = fields.Selection(
        [("video", "Video"), ("phone", "Phone")],
        required=True,
        compute="_compute_mode",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    state = fields.Selection(STATES, required=True, default="scheduled", index=True, copy=False, tracking=True)
    queue_state = fields.Selection(
        QUEUE_STATES,
        compute="_compute_queue_state",
        store=True,
        index=True,
        group_expand="_group_expand_queue_state",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    scheduled_at = fields.Datetime(required=True, index=True, default=fields.Datetime.now, copy=False, tracking=True)
    scheduled_end = fields.Datetime(compute="_compute_scheduled_end", store=True)
    waiting_since = fields.Datetime(readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    waiting_minutes = fields.Integer(compute="_compute_waiting_minutes", help="How long the owner waits by now.")
    waiting_duration = fields.Float(string="Waited (h)", compute="_compute_durations", store=True, aggregator="avg")
    duration = fields.Float(string="Duration (h)", compute="_compute_durations", store=True, aggregator="avg")

    note = fields.Html(copy=False, groups="vet_teleconsult.group_veterinarian")
    note_shared = fields.Boolean(
        string="Share Note with the Owner", copy=False, tracking=True, groups="vet_teleconsult.group_veterinarian"
    )
    owner_note = fields.Html(
        compute="_compute_owner_note", compute_sudo=True, help="The note, when it is shared with the owner."
    )
    has_note = fields.Boolean(compute="_compute_note_summary", groups="vet_teleconsult.group_veterinarian")
    note_summary = fields.Char(compute="_compute_note_summary", groups="vet_teleconsult.group_veterinarian")
    cancel_reason = fields.Text(readonly=True, copy=False, tracking=True)

    chat_id = fields.Many2one(
        "vet.chat", required=True, readonly=True, index=True, check_company=True, ondelete="restrict", copy=False
    )
    chat_state = fields.Selection(related="chat_id.state", string="Chat State")
    call_ids = fields.One2many("vet.call", "consultation_id", string="Calls")
    call_count = fields.Integer(compute="_compute_call_count", groups="vet_teleconsult.group_veterinarian")
    recording_ids = fields.One2many(
        "vet.recording", "consultation_id", string="Recordings", groups="vet_teleconsult.group_veterinarian"
    )
    recording_count = fields.Integer(compute="_compute_recording_count", groups="vet_teleconsult.group_veterinarian")
    consent_ids = fields.One2many(
        "vet.consent", "consultation_id", string="Consents", groups="vet_teleconsult.group_veterinarian"
    )
    history_ids = fields.Many2many(
        "vet.consultation",
        string="Earlier Consultations",
        compute="_compute_history",
        groups="vet_teleconsult.group_veterinarian",
    )
    history_count = fields.Integer(compute="_compute_history", groups="vet_teleconsult.group_veterinarian")

    species_id = fields.Many2one(related="patient_id.species_id", store=True)
    breed_id = fields.Many2one(related="patient_id.breed_id")
    patient_image = fields.Image(related="patient_id.image_256")
    patient_allergies = fields.Text(related="patient_id.allergies")

    _name_uniq = models.Constraint("UNIQUE(name, company_id)", "Another consultation has this number already.")
    _times_ordered = models.Constraint(
        "CHECK (ended_at IS NULL OR started_at IS NULL OR ended_at >= started_at)",
        "A consultation cannot end before it started.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_default_type(self):
        domain = Domain(self.env["vet.consultation.type"]._check_company_domain(self.env.company))
        return self.env["vet.consultation.type"].search(domain & Domain("mode", "!=", "chat"), limit=1)

    @api.depends("patient_id")
    def _compute_partner_id(self):
        for consultation in self:
            if consultation.patient_id and consultation.partner_id not in consultation.patient_id.owner_ids:
                consultation.partner_id = consultation.patient_id.partner_id

    @api.depends("type_id")
    def _compute_mode(self):
        for consultation in self:
            type_mode = consultation.type_id.mode
            consultation.mode = type_mode if type_mode in MODES else "video"

    @api.depends("state", "vet_id")
    def _compute_queue_state(self):
        for consultation in self:
            if consultation.state == "scheduled":
                consultation.queue_state = "claimed" if consultation.vet_id else "available"
            else:
                consultation.queue_state = consultation.state

    @api.model
    def _group_expand_queue_state(self, states, domain):
        return [*QUEUE_COLUMNS, *(state for state in states if state not in QUEUE_COLUMNS)]

    @api.depends("vet_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for consultation in self:
            consultation.is_mine = consultation.vet_id == self.env.user

    @api.depends("scheduled_at", "scheduled_duration")
    def _compute_scheduled_end(self):
        for consultation in self:
            start, length = consultation.scheduled_at, round(consultation.scheduled_duration * 60)
            consultation.scheduled_end = start and start + timedelta(minutes=length)

    @api.depends("state", "waiting_since")
    def _compute_waiting_minutes(self):
        now = fields.Datetime.now()
        for consultation in self:
            waits = consultation.state == "waiting" and consultation.waiting_since
            consultation.waiting_minutes = (now - consultation.waiting_since).total_seconds() // 60 if waits else 0

    @api.depends("waiting_since", "started_at", "ended_at")
    def _compute_durations(self):
        for consultation in self:
            consultation.waiting_duration = self._hours_between(consultation.waiting_since, consultation.started_at)
            consultation.duration = self._hours_between(consultation.started_at, consultation.ended_at)

    @api.model
    def _hours_between(self, start, end):
        return max((end - start).total_seconds(), 0) / 3600 if start and end else 0.0

    @api.depends("note", "note_shared")
    def _compute_owner_note(self):
        for consultation in self:
            consultation.owner_note = consultation.note if consultation.note_shared else False

    @api.depends("note")
    def _compute_note_summary(self):
        for consultation in self:
            text = " ".join(html_to_text(consultation.note).split())
            consultation.has_note = not is_html_empty(consultation.note)
            consultation.note_summary = (
                text if len(text) <= SUMMARY_LENGTH else text[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + "…"
            )

    @api.depends("call_ids")
    def _compute_call_count(self):
        for consultation in self:
            consultation.call_count = len(consultation.call_ids)

    @api.depends("recording_ids")
    def _compute_recording_count(self):
        for consultation in self:
            consultation.recording_count = len(consultation.recording_ids)

    @api.depends("patient_id", "partner_id", "scheduled_at")
    def _compute_history(self):
        for consultation in self:
            history = self.search(consultation._get_history_domain())
            consultation.history_ids = history
            consultation.history_count = len(history)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for consultation in self:
            consultation.access_url = f"/my/consultations/{consultation.id}"
        return result

    @api.depends("name", "patient_id.name")
    def _compute_display_name(self):
        for consultation in self:
            consultation.display_name = " · ".join(filter(None, (consultation.name, consultation.patient_id.name)))

    # === CONSTRAINT METHODS === #

    @api.constrains("vet_id", "type_id", "company_id")
    def _check_vet(self):
        for consultation in self.filtered("vet_id"):
            vet = consultation.vet_id
            if not vet.has_group("vet_teleconsult.group_veterinarian"):
                raise ValidationError(
                    self.env._(
                        "%(user)s is not in the group Veterinarian and cannot hold a consultation.", user=vet.name
                    )
                )
            allowed_vets = consultation.type_id.vet_ids
            if allowed_vets and vet not in allowed_vets:
                raise ValidationError(
                    self.env._(
                        "%(vet)s does not hold consultations of type “%(type)s”. "
                        "Choose another vet or another type, or add the vet to that type.",
                        vet=vet.name,
                        type=consultation.type_id.name,
                    )
                )

    @api.constrains("type_id")
    def _check_type_is_for_consultations(self):
        for consultation in self:
            if consultation.type_id.mode not in MODES:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” is a type for chats. Choose one for video or phone.",
                        type=consultation.type_id.name,
                    )
                )

    @api.constrains("partner_id", "patient_id")
    def _check_owner_of_patient(self):
        for consultation in self.filtered(lambda consultation: consultation.state in OPEN_STATES):
            owners = consultation.patient_id.owner_ids.commercial_partner_id
            if consultation.partner_id.commercial_partner_id not in owners:
                raise ValidationError(
                    self.env._(
                        "%(owner)s is not an owner of %(patient)s. Add them to the patient's owners first.",
                        owner=consultation.partner_id.name,
                        patient=consultation.patient_id.name,
                    )
                )

    @api.constrains("chat_id", "patient_id")
    def _check_chat_of_patient(self):
        for consultation in self:
            if consultation.chat_id.patient_id != consultation.patient_id:
                raise ValidationError(self.env._("The chat of a consultation must be about its patient."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            if vals.get("name", "/") == "/":
                vals["name"] = company._next_consultation_name()
            if not vals.get("chat_id"):
                vals["chat_id"] = self.env["vet.chat"].create(self._prepare_chat_vals(vals, company)).id
        consultations = super().create(vals_list)
        consultations._notify_queue()
        return consultations

    @api.model
    def _prepare_chat_vals(self, vals, company):
        """Prepare the chat that is made with a consultation.

        :param dict vals: values of the consultation
        :param res.company company: its company
        :rtype: dict
        """
        patient = self.env["vet.patient"].browse(vals.get("patient_id"))
        return {
            "patient_id": patient.id,
            "partner_id": vals.get("partner_id") or patient.partner_id.id,
            "vet_id": vals.get("vet_id"),
            "company_id": company.id,
        }

    def write(self, vals):
        if "state" in vals:
            self._check_transition(vals["state"])
        if {"patient_id", "company_id"} & vals.keys():
            self._check_not_started()
        if "patient_id" in vals:
            self._get_own_chats().write({"patient_id": vals["patient_id"]})
        owners = {consultation: consultation.partner_id for consultation in self}
        result = super().write(vals)
        self.filtered(lambda consultation: consultation.partner_id != owners[consultation])._change_owner()
        if {"patient_id", "partner_id", "vet_id"} & vals.keys():
            self._update_chats()
        if QUEUE_FIELDS & vals.keys():
            self._notify_queue()
        if {"state", "vet_id"} & vals.keys():
            self._notify_room()
        return result

    def _check_transition(self, new_state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for consultation in self:
            if new_state != consultation.state and new_state not in TRANSITIONS[consultation.state]:
                raise UserError(
                    self.env._(
                        "%(consultation)s is “%(state)s”: it cannot become “%(new_state)s”.",
                        consultation=consultation.name,
                        state=labels[consultation.state],
                        new_state=labels.get(new_state, new_state),
                    )
                )
            if consultation.state == "in_progress" and new_state in UNHELD_STATES:
                consultation._check_owner_not_met()

    def _check_not_started(self):
        if any(consultation.started_at or consultation.call_ids for consultation in self):
            raise UserError(
                self.env._("The patient of a consultation that has begun cannot change. Make a new consultation.")
            )

    def _get_own_chats(self):
        """Give the chats that were made with these consultations and belong to no other.

        :rtype: vet.chat
        """
        return self.chat_id.filtered(lambda chat: chat.consultation_ids <= self)

    def _change_owner(self):
        """Leave the former owner outside: another link, another room, and what they wrote stays in their own chat."""
        if not self:
            return
        # sudo: who was invited for the former owner has no business with the next one, whoever changes it
        self.sudo().guest_ids._revoke()
        self._end_room("revoked")
        for consultation in self:
            consultation.write({"room_token": self._generate_token(), **consultation._prepare_new_room()})
            if consultation.chat_id._has_content():
                values = {
                    "patient_id": consultation.patient_id.id,
                    "partner_id": consultation.partner_id.id,
                    "vet_id": consultation.vet_id.id,
                }
                consultation.chat_id = self.env["vet.chat"].create(
                    self._prepare_chat_vals(values, consultation.company_id)
                )

    def _update_chats(self):
        """Keep the chats that were made with consultations in step with them."""
        for consultation in self:
            own_chat = consultation._get_own_chats()
            own_chat.write({"partner_id": consultation.partner_id.id, "vet_id": consultation.vet_id.id})
            # Of a chat that goes on over several consultations, the vet is that of the present one.
            if not own_chat and consultation.chat_id._get_current_consultation() == consultation:
                consultation.chat_id.vet_id = consultation.vet_id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for consultation in self:
            if consultation.started_at or consultation.sudo().call_ids or consultation.sudo().consent_ids:
                raise UserError(
                    self.env._(
                        "%(consultation)s belongs to the patient's record and cannot be deleted.",
                        consultation=consultation.name,
                    )
                )

    def unlink(self):
        companies = self.company_id
        chats = self._get_own_chats().filtered(lambda chat: not chat._has_content())
        result = super().unlink()
        chats.unlink()
        for company in companies:
            company._notify_vet_queue(None)
        return result

    # === BUSINESS METHODS === #

    def _release_slot(self):
        """Give the time of consultations that do not take place back to their vets.

        Called once for each that is cancelled, in the same transaction. Here nothing holds the time besides the
        consultation itself; what does hold it, such as an event in a calendar, extends this.
        """

    def _get_claimed_by(self):
        # sudo: a vet's name only, which owners and vets of other companies may not read from users
        vet_sudo = self.sudo().vet_id
        return {"id": vet_sudo.id, "name": vet_sudo.name} if vet_sudo else None

    @api.model
    def _generate_key(self):
        return secrets.token_hex(16)
