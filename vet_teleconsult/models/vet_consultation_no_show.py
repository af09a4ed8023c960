from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .vet_consultation_workflow import NOBODY_PRESENT

PLANNED_BY = {"state", "scheduled_at", "type_id", "mode", "owner_present"}
# Who waits is there, or has left only a moment ago.
MISSABLE_STATES = ("scheduled", "in_progress")


class VetConsultation(models.Model):
    """Owners who do not come: a vet says so; after a while the system proposes it, and decides nothing."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    no_show_proposed = fields.Boolean(
        string="No-Show Proposed",
        readonly=True,
        copy=False,
        tracking=True,
        groups="vet_teleconsult.group_veterinarian",
        help="The owner has not come by the time that the type of the consultation sets.",
    )

    claimed_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="Since when a vet has held it, where it was available before.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        consultations = super().create(vals_list)
        consultations._plan_no_show()
        return consultations

    def write(self, vals):
        available = self.filtered(lambda each: not each.vet_id) if vals.get("vet_id") else self.browse()
        result = super().write(vals)
        if available:
            # sudo: the system notes when something was claimed, whoever assigns it
            available.sudo().claimed_at = fields.Datetime.now()
        planned = self if PLANNED_BY & vals.keys() else self.browse()
        if "vet_id" in vals:
            planned |= self.filtered(lambda each: each._is_asked_for_now())
        planned._withdraw_no_show()
        planned._plan_no_show()
        return result

    # === ACTION METHODS === #

    def action_no_show(self):
        """Note that the owner did not come: also after Start, as long as no call with them has connected."""
        self._lock()
        for consultation in self:
            consultation._check_responsible()
            consultation._check_open()
            consultation._check_owner_absent()
            if consultation.scheduled_at > fields.Datetime.now():
                raise UserError(
                    self.env._(
                        "%(consultation)s has not begun yet: the owner can still come.", consultation=consultation.name
                    )
                )
            consultation.write({"state": "no_show", **NOBODY_PRESENT})
        self._end_room("finished")
        return True

    # === BUSINESS METHODS === #

    def _check_owner_absent(self):
        for consultation in self:
            if consultation.owner_present:
                raise UserError(
                    self.env._(
                        "%(owner)s is in the room of %(consultation)s.",
                        owner=consultation.partner_id.name,
                        consultation=consultation.name,
                    )
                )

    def _get_no_show_at(self):
        """Say from when on the owner's not coming is proposed as a no-show.

        Of an owner who was there and left, the type's patience begins anew. By phone it is the vet who comes. Who asked
        to be seen now has missed nobody before a vet has claimed them.

        Note: self.ensure_one()

        :return: None where nothing is proposed: the owner is there or was met, nobody was there for them, it is over,
            or the type says never
        :rtype: datetime | None
        """
        self.ensure_one()
        minutes = self.type_id.no_show_after
        is_expected = self.state in MISSABLE_STATES and self.mode != "phone" and self.scheduled_at and minutes > 0
        if not is_expected or self.owner_present or self._has_met_owner():
            return None
        since = [self.scheduled_at, self.sudo().owner_left_at]  # sudo: the system's plan, whoever causes it
        if self._is_asked_for_now():
            if not self.vet_id:
                return None
            since.append(self.sudo().claimed_at)  # sudo: as above
        return max(filter(None, since)) + timedelta(minutes=minutes)

    def _is_asked_for_now(self):
        """Say whether its owner asked to be seen at once, and has got no appointment instead since.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        # sudo: what kind of request it was, for whoever may see the consultation
        consultation_sudo = self.sudo()
        return not consultation_sudo.event_id and "requested" in consultation_sudo.booking_ids.mapped("state")

    def _plan_no_show(self):
        """Have the scheduled action look at each consultation exactly when its owner is overdue."""
        moments = {moment for consultation in self if (moment := consultation._get_no_show_at())}
        if moments:
            # sudo: whoever schedules a consultation may schedule the look at it, but not edit scheduled actions
            self.env.ref("vet_teleconsult.ir_cron_propose_no_shows").sudo()._trigger(at=moments)

    def _withdraw_no_show(self):
        """Take back proposals that no longer hold: the owner came, the time was moved, or it is over."""
        now = fields.Datetime.now()
        for consultation in self.filtered("no_show_proposed"):
            moment = consultation._get_no_show_at()
            if not moment or moment > now:
                consultation._set_no_show_proposed(False)
                # sudo: an activity of whoever is responsible, which the system made
                consultation.sudo().activity_unlink(["vet_teleconsult.mail_activity_type_no_show"])

    def _set_no_show_proposed(self, is_proposed):
        self.no_show_proposed = is_proposed
        self._notify_queue()
        self._notify_room()

    @api.model
    def _cron_propose_no_shows(self):
        """Propose what is due, one transaction each."""
        due = self._find_overdue()
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(due))
        for position, consultation in enumerate(due, start=1):
            # Nothing is begun that the worker's time limit would cut off: Odoo comes back to the rest soon.
            if not seconds_left:
                break
            if consultation.try_lock_for_update():
                consultation._propose_no_show()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(due) - position)

    @api.model
    def _find_overdue(self):
        """Find the consultations whose owners have not come in time, and of which nobody has been told yet.

        :rtype: vet.consultation
        """
        now = fields.Datetime.now()
        overdue = self.browse()
        for consultation_type in self.env["vet.consultation.type"].search([("no_show_after", ">", 0)]):
            overdue |= self.search(
                [
                    ("type_id", "=", consultation_type.id),
                    ("state", "in", MISSABLE_STATES),
                    ("mode", "!=", "phone"),
                    ("owner_present", "=", False),
                    ("call_ids", "not any", [("is_with_owner", "=", True), ("is_with_vet", "=", True)]),
                    ("no_show_proposed", "=", False),
                    *("|", "|", ("vet_id", "!=", False), ("event_id", "!=", False)),
                    ("booking_ids", "not any", [("state", "=", "requested")]),
                    ("scheduled_at", "<=", now - timedelta(minutes=consultation_type.no_show_after)),
                ]
            )
        return overdue.filtered(lambda each: (each._get_no_show_at() or now) <= now).sorted("scheduled_at")

    def _propose_no_show(self):
        """Propose to whoever is responsible that the owner did not come.

        Note: self.ensure_one()
        """
        self.ensure_one()
        moment = self._get_no_show_at()
        # Somebody may have been quicker, in a transaction that has ended since.
        if self.no_show_proposed or not moment or moment > fields.Datetime.now():
            return
        self._set_no_show_proposed(True)
        user = self.vet_id or self._get_managers()[:1]
        if user:
            # The scheduled action has a language of its own: the vet reads theirs.
            localized = self.with_context(lang=user.lang or self.env.lang)
            self.activity_schedule(
                "vet_teleconsult.mail_activity_type_no_show",
                user_id=user.id,
                summary=(
                    localized.env._("%(owner)s has left and not come back", owner=self.partner_id.name)
                    if self.owner_left_at
                    else localized.env._("%(owner)s has not come", owner=self.partner_id.name)
                ),
                note=localized.env._("Call them, note a no-show, or choose another time."),
            )
