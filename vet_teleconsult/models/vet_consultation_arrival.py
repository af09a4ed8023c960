from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from .vet_consultation_waiting import LINE_BEFORE, LINE_STATES

# Who reloads the page, or whose phone changes its network, keeps their place.
LEAVE_GRACE = timedelta(minutes=2)
PLANNED_BY = {"state", "scheduled_at", "mode", "owner_present", "owner_left_at"}


class VetConsultation(models.Model):
    """Owners who come and go before the consultation begins, and from when on vets are called to them."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    owner_left_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="When the owner left the room, as long as they have not come back.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        consultations = super().create(vals_list)
        consultations._plan_waiting_room()
        return consultations

    def write(self, vals):
        if vals.get("owner_present"):
            vals = {"owner_left_at": False, **vals}
        leaves = not vals.get("owner_present", True) and "owner_left_at" not in vals
        leaving = self.filtered("owner_present") if leaves else self.browse()
        result = super().write(vals)
        if leaving:
            # sudo: the system notes when somebody left, whoever ends the room
            leaving.sudo().owner_left_at = fields.Datetime.now()
        if PLANNED_BY & vals.keys():
            self._plan_waiting_room()
        return result

    # === BUSINESS METHODS === #

    def _prepare_owner_presence(self, is_present, at):
        """Prepare what follows from the owner's coming or going.

        Note: self.ensure_one()

        :param bool is_present: whether they have come
        :param datetime at: when
        :rtype: dict
        """
        self.ensure_one()
        if not is_present:
            return {"owner_left_at": at}
        # A vet and a guest may have talked without them; from now on the owner takes part.
        self.call_ids.filtered(lambda call: not call.ended_at).is_with_owner = True
        return {"state": "waiting", "waiting_since": at} if self.state == "scheduled" else {}

    def _plan_waiting_room(self):
        """Have the scheduled action look exactly when a grace ends, and when vets are to be called."""
        now = fields.Datetime.now()
        moments = set()
        for consultation_sudo in self.sudo():  # sudo: the system's plan, whoever causes it
            left_at, calls_at = consultation_sudo._get_leaves_at(), consultation_sudo._get_calls_vets_at()
            moments |= {left_at} if left_at else set()
            moments |= {calls_at} if calls_at and calls_at > now else set()
        if moments:
            # sudo: whoever schedules a consultation may schedule the look at it, but not edit scheduled actions
            self.env.ref("vet_teleconsult.ir_cron_keep_waiting_room").sudo()._trigger(at=moments)

    def _get_leaves_at(self):
        """Say when an owner who has left the waiting room is no longer counted as waiting.

        Note: self.ensure_one()

        :return: None for whoever is there, or was not waiting
        :rtype: datetime | None
        """
        self.ensure_one()
        has_left = self.state == "waiting" and not self.owner_present and self.owner_left_at
        return self.owner_left_at + LEAVE_GRACE if has_left else None

    def _get_calls_vets_at(self):
        """Say from when on vets are called to the consultation by the time alone.

        Note: self.ensure_one()

        :return: None when it has begun or is over, or its owner is not there yet
        :rtype: datetime | None
        """
        self.ensure_one()
        if self.state not in LINE_STATES:
            return None
        if self.state == "waiting":
            return self.scheduled_at - LINE_BEFORE
        return self.scheduled_at if self.mode == "phone" else None

    @api.model
    def _cron_keep_waiting_room(self):
        """Let those go who have left, one transaction each, and have vets' pages look at who is due."""
        left = self.search(
            [
                ("state", "=", "waiting"),
                ("owner_present", "=", False),
                ("owner_left_at", "<=", fields.Datetime.now() - LEAVE_GRACE),
            ],
            order="owner_left_at, id",
        )
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(left))
        for position, consultation in enumerate(left, start=1):
            # Nothing is begun that the worker's time limit would cut off: Odoo comes back to the rest soon.
            if not seconds_left:
                break
            if consultation.try_lock_for_update():
                consultation._leave_waiting_room()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(left) - position)
        for company in self.search(self._get_calling_domain()).company_id:
            company._notify_vet_queue(None)

    def _leave_waiting_room(self):
        """Expect an owner who has left and not come back as before, and keep on record that they had come.

        Note: self.ensure_one()
        """
        self.ensure_one()
        leaves_at = self._get_leaves_at()
        # They may have come back, or a vet may have started, in a transaction that has ended since.
        if not leaves_at or leaves_at > fields.Datetime.now():
            return
        partner = self.company_id.partner_id
        clinic_env = self.with_context(lang=partner.lang).env
        times = {
            name: format_datetime(clinic_env, moment, tz=partner.tz or "UTC", dt_format="short")
            for name, moment in (("since", self.waiting_since or self.owner_left_at), ("until", self.owner_left_at))
        }
        self._message_log(
            body=clinic_env._("The owner was in the waiting room from %(since)s to %(until)s, and left.", **times)
        )
        self.write({"state": "scheduled", "waiting_since": False})
