import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.text import drop_controls

KINDS = [
    ("respiratory_rate", "Respiratory rate"),
    ("heart_rate", "Heart rate"),
    ("other", "Other"),
]
PER_MINUTE = "1/min"
# What a living animal can have, with room to spare: a hummingbird's heart beats 1,260 times a minute.
MAX_RATE = 2_000
MAX_TEXT_LENGTH = 100


class VetObservation(models.Model):
    """Something that a vet measured: how fast an animal breathed in a clip, with the way it was found."""

    _name = "vet.observation"
    _description = "Observation"
    _order = "observed_at desc, id desc"
    _check_company_auto = True

    # === FIELDS === #

    patient_id = fields.Many2one("vet.patient", required=True, index=True, check_company=True, ondelete="restrict")
    company_id = fields.Many2one(related="patient_id.company_id", store=True, index=True)
    chat_id = fields.Many2one("vet.chat", readonly=True, index=True, check_company=True, ondelete="restrict")
    media_id = fields.Many2one(
        "vet.media", string="Clip", readonly=True, index=True, check_company=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True, default="respiratory_rate")
    name = fields.Char(string="What", help="What was measured, when it is something else.")
    value = fields.Float(required=True, digits=(12, 2), aggregator="avg")
    unit = fields.Char(required=True, default=PER_MINUTE)
    method = fields.Char(help="How it was found, such as “12 taps in 20.0 s”.")
    count = fields.Integer(help="How many were counted.", aggregator=None)
    start = fields.Float(string="From (s)", digits=(12, 3), aggregator=None, help="Where in the clip counting began.")
    end = fields.Float(string="To (s)", digits=(12, 3), aggregator=None, help="Where in the clip counting ended.")
    observed_at = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(
        "res.users", string="Observed by", default=lambda self: self.env.user, readonly=True, ondelete="restrict"
    )

    _stretch = models.Constraint('CHECK ("start" >= 0 AND "end" >= "start")', "The stretch ends before it begins.")
    _count_positive = models.Constraint("CHECK (count >= 0)", "The count is below zero.")

    # === COMPUTE METHODS === #

    @api.depends("kind", "name", "value", "unit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for observation in self:
            observation.display_name = f"{observation._get_label()}: {observation._format_value()}"

    # === CONSTRAINT METHODS === #

    @api.constrains("value", "unit")
    def _check_value(self):
        for observation in self:
            if not math.isfinite(observation.value) or observation.value < 0:
                raise ValidationError(self.env._("The value is not a number above zero. Count again."))
            if observation.unit == PER_MINUTE and observation.value > MAX_RATE:
                raise ValidationError(
                    self.env._("%(value)s a minute is more than any animal has. Count again.", value=observation.value)
                )

    # === ACTION METHODS === #

    def action_view_clip(self):
        """Open the clip where it was counted."""
        self.ensure_one()
        url = self.media_id._get_clip_path(start=self.start)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === BUSINESS METHODS === #

    def _get_label(self):
        """Name what was measured, in the reader's language.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        if self.kind == "other" and self.name:
            return self.name
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _format_value(self):
        """Write value and unit as people read them.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return f"{self.value:g} {self.unit}"

    @api.model
    def _save(self, chat, media, values):
        """Keep what the current user, a vet, has counted in a clip of a chat.

        :param vet.chat chat: where the clip is seen
        :param vet.media media: the clip, or none
        :param dict values: ``kind``, ``value``, ``unit``, ``method``, ``count``, ``start``, ``end``, ``name``
        :return: the observation as the page shows it
        :rtype: dict
        :raises UserError: when a value is missing or makes no sense
        """
        kind = values.get("kind")
        if kind not in dict(KINDS):
            raise UserError(self.env._("Choose what was counted."))
        value, start, end = (self._to_number(values.get(name)) for name in ("value", "start", "end"))
        if value is None:
            raise UserError(self.env._("The value is not a number above zero. Count again."))
        count = int(self._to_number(values.get("count")) or 0)
        start = start or 0.0
        end = start if end is None else end
        if not 0 <= start <= end or count < 0:
            raise UserError(self.env._("The stretch ends before it begins. Count again."))
        observation = self.create(
            {
                "patient_id": chat.patient_id.id,
                "chat_id": chat.id,
                "media_id": media.id,
                "kind": kind,
                "name": self._to_text(values.get("name")),
                "value": value,
                "unit": self._to_text(values.get("unit")) or PER_MINUTE,
                "method": self._to_text(values.get("method")),
                "count": count,
                "start": start,
                "end": end,
            }
        )
        return observation._format()

    def _to_number(self, value):
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return value if is_number and abs(value) < 10**9 else None

    def _to_text(self, value):
        return drop_controls(value).strip()[:MAX_TEXT_LENGTH] if isinstance(value, str) else False

    def _format(self):
        """Describe the observation for a page.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        copied = ("id", "kind", "value", "unit", "count", "start", "end")
        return {
            **{name: self[name] for name in copied},
            "label": self._get_label(),
            "method": self.method or None,
            "media_id": self.media_id.id or None,
            "observed_at": fields.Datetime.to_string(self.observed_at).replace(" ", "T") + "Z",
            "user": self.user_id.name,
        }
