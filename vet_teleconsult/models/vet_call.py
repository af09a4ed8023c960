from odoo import api, fields, models


class VetCall(models.Model):
    """One connected stretch of a consultation. Made by what the sidecar reports, not by people."""

    _name = "vet.call"
    _description = "Call"
    _order = "started_at desc, id desc"
    _check_company_auto = True

    consultation_id = fields.Many2one(
        "vet.consultation", required=True, readonly=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="consultation_id.company_id", store=True, index=True)
    patient_id = fields.Many2one(related="consultation_id.patient_id")
    mode = fields.Selection([("video", "Video"), ("phone", "Phone")], required=True, readonly=True, default="video")
    sidecar_key = fields.Char(string="Call Key", readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    duration = fields.Float(string="Duration (h)", compute="_compute_duration", store=True)
    end_reason = fields.Char(readonly=True)
    is_with_owner = fields.Boolean(
        string="With the Owner",
        readonly=True,
        default=True,
        help="Whether the owner took part. A vet and a guest who talk while they wait hold no consultation.",
    )
    is_with_vet = fields.Boolean(
        string="With a Vet",
        readonly=True,
        default=True,
        help="Whether a vet took part. An owner and a guest who talk while they wait hold no consultation.",
    )
    recording_ids = fields.One2many("vet.recording", "call_id", string="Recordings")

    _sidecar_key_uniq = models.Constraint("UNIQUE(sidecar_key)", "This call is known already.")
    _times_ordered = models.Constraint(
        "CHECK (ended_at IS NULL OR started_at IS NULL OR ended_at >= started_at)",
        "A call cannot end before it started.",
    )

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for call in self:
            is_over = call.started_at and call.ended_at
            call.duration = (call.ended_at - call.started_at).total_seconds() / 3600 if is_over else 0.0

    @api.depends("consultation_id", "started_at")
    def _compute_display_name(self):
        for call in self:
            started_at = fields.Datetime.context_timestamp(call, call.started_at) if call.started_at else None
            call.display_name = " · ".join(
                filter(None, (call.consultation_id.name, started_at and started_at.strftime("%Y-%m-%d %H:%M")))
            )

    @api.model
    def _find_or_create(self, consultation, key):
        """Find the call with a key, or make it: events may arrive in any order.

        :param vet.consultation consultation: whose call it is
        :param str key: the sidecar's identifier of the call
        :rtype: vet.call
        """
        call = self.search([("sidecar_key", "=", key)], limit=1)
        return call or self.create({"consultation_id": consultation.id, "sidecar_key": key, "mode": consultation.mode})
