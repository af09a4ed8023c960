from odoo import api, fields, models
from odoo.exceptions import UserError

WORKS = "ok"
DEVICE_RESULTS = (WORKS, "denied", "not-found", "in-use", "failed")
# What a page can find out, in the order in which a vet wants to know it.
RESULTS = {
    "camera": DEVICE_RESULTS,
    "microphone": DEVICE_RESULTS,
    "speaker": (WORKS, "not-found", "unknown"),
    "network": ("relay", "direct", "no-relay"),
    "service": (WORKS, "failed"),
}
GOOD_RESULTS = {WORKS, "relay", "direct", "unknown"}


class VetConsultation(models.Model):
    """What the owner's page found out about their camera, microphone, speaker and network before the call."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    device_check = fields.Json(readonly=True, copy=False, groups="vet_teleconsult.group_veterinarian")
    device_checked_at = fields.Datetime(
        string="Devices Checked", readonly=True, copy=False, groups="vet_teleconsult.group_veterinarian"
    )
    device_check_state = fields.Selection(
        [("ok", "Ready"), ("warning", "With Limits"), ("failed", "Not Ready")],
        string="Owner's Devices",
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="What the owner's page found out about their camera, microphone, speaker and network.",
    )
    device_check_summary = fields.Char(
        string="Device Check Result",
        compute="_compute_device_check_summary",
        groups="vet_teleconsult.group_veterinarian",
    )

    # === COMPUTE METHODS === #

    @api.depends("device_check")
    @api.depends_context("lang")
    def _compute_device_check_summary(self):
        sentences = self._get_device_check_sentences()
        for consultation in self:
            result = consultation.device_check or {}
            problems = [sentences[name, result[name]] for name in RESULTS if (name, result.get(name)) in sentences]
            if not result:
                consultation.device_check_summary = False
            else:
                consultation.device_check_summary = " ".join(problems) or self.env._(
                    "Camera, microphone and network work."
                )

    @api.model
    def _get_device_check_sentences(self):
        """Put what does not work into words for a vet.

        :return: by what was checked and what was found
        :rtype: dict[tuple[str, str], str]
        """
        return {
            ("camera", "denied"): self.env._("The camera is blocked."),
            ("camera", "not-found"): self.env._("There is no camera."),
            ("camera", "in-use"): self.env._("The camera is in use by another program."),
            ("camera", "failed"): self.env._("The camera does not start."),
            ("microphone", "denied"): self.env._("The microphone is blocked."),
            ("microphone", "not-found"): self.env._("There is no microphone."),
            ("microphone", "in-use"): self.env._("The microphone is in use by another program."),
            ("microphone", "failed"): self.env._("The microphone does not start."),
            ("speaker", "not-found"): self.env._("There is no speaker."),
            ("network", "no-relay"): self.env._("The relay (TURN) is not reached: a direct connection may still work."),
            ("service", "failed"): self.env._("The clinic's video service is not reached."),
        }

    # === BUSINESS METHODS === #

    def _store_device_check(self, result):
        """Keep what the owner's page found out.

        Note: self.ensure_one()

        :param dict result: any of ``camera`` and ``microphone`` (``ok``, ``denied``, ``not-found``, ``in-use``,
            ``failed``), ``speaker`` (``ok``, ``not-found``, ``unknown``), ``network`` (``relay``: TURN answers,
            ``no-relay``: it does not, ``direct``: there is none) and ``service`` (``ok``, ``failed``)
        :return: the state
        :rtype: dict
        :raises UserError: when it is no such result
        """
        self.ensure_one()
        if not isinstance(result, dict) or not result:
            raise UserError(self.env._("The result of the device check is missing."))
        for name, value in result.items():
            if not isinstance(value, str) or value not in RESULTS.get(name, ()):
                raise UserError(self.env._("The result of the device check is not understood."))
        result = {name: result[name] for name in RESULTS if name in result}
        values = {"device_check": result, "device_check_state": self._judge_device_check(result)}
        if (self.device_check, self.device_check_state) != tuple(values.values()):
            self.write({**values, "device_checked_at": fields.Datetime.now()})
        return {"state": self.device_check_state}

    @api.model
    def _judge_device_check(self, result):
        """Say what can be expected of a call.

        :param dict result: as of :meth:`_store_device_check`
        :return: ``ok``, ``warning`` (sound only, picture only, or perhaps no connection) or ``failed``
        :rtype: str
        """
        is_mute_and_blind = all(result.get(name, WORKS) != WORKS for name in ("camera", "microphone"))
        if is_mute_and_blind or result.get("service") == "failed":
            return "failed"
        return "ok" if all(value in GOOD_RESULTS for value in result.values()) else "warning"
