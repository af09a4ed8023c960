from odoo import api, models
from odoo.fields import Domain

from . import vet_consultation_notice  # noqa: F401  # a model is made before it is extended

ACTIVITY = "vet_teleconsult.mail_activity_type_not_delivered"
# Odoo deletes a mail that fails by one of these (`mail.mail._postprocess_sent_message`).
BAD_ADDRESS = ("mail_email_invalid", "mail_email_missing")
# Nobody has to call because of these: it is too late anyway, or a stranger's requests are held back.
NO_CALL = ("late", "limit")
CARRIER_STATES = {
    "outgoing": ["outgoing", "process"],
    "failed": ["exception", "error", "cancel", "canceled"],
}


class VetConsultation(models.Model):
    """Owners who could not be told something: whoever holds the consultation is asked to call them."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _ask_to_call_owner(self):
        """Ask whoever holds each consultation to call its owner; once, however much was not delivered."""
        # sudo: an activity of whoever holds it, which the system makes
        for consultation_sudo in self.sudo():
            user = consultation_sudo.vet_id or consultation_sudo._get_managers()[:1]
            if not user or consultation_sudo.activity_search([ACTIVITY]):
                continue
            # No mail about it: what sends this is often the queue of mails, which does not work.
            spoken_sudo = consultation_sudo.with_context(
                lang=user.lang or self.env.lang, mail_activity_quick_update=True
            )
            spoken_sudo.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=spoken_sudo.env._("%(owner)s was not told", owner=spoken_sudo.partner_id.name),
                note=spoken_sudo.env._(
                    "Something that was sent to them was not delivered. Call them, or correct the contact and send "
                    "it again."
                ),
            )

    def _withdraw_call_of_owner(self):
        """Take back the request to call: something has reached the owner, or is on its way to them."""
        # sudo: as above
        self.sudo().activity_unlink([ACTIVITY])


class VetConsultationNotice(models.Model):
    """What becomes of notices: what was not delivered is found, and somebody is asked to call."""

    _inherit = "vet.consultation.notice"  # pylint: disable=consider-merging-classes-inherited

    # === COMPUTE METHODS === #

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_skipped = Domain("problem", "!=", False)
        domains = {state: ~is_skipped & self._get_carrier_domain(names) for state, names in CARRIER_STATES.items()}
        # What was delivered is deleted.
        domains["sent"] = ~is_skipped & ~Domain.OR(self._get_carrier_domain(names) for names in CARRIER_STATES.values())
        domains["skipped"] = is_skipped
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _get_carrier_domain(self, states):
        """Find notices by the states of the mails and SMS that carry them.

        :param list[str] states: of mails and of SMS
        :rtype: Domain
        """
        # sudo: who may read notices may know what became of them, without a right to read mails and SMS
        mails_sudo = self.env["mail.mail"].sudo().search([("state", "in", states), ("vet_notice_ids", "!=", False)])
        sms_sudo = self.env["sms.sms"].sudo().search([("state", "in", states), ("vet_notice_ids", "!=", False)])
        return Domain("mail_id", "in", mails_sudo.ids) | Domain("sms_id", "in", sms_sudo.ids)

    # === ACTION METHODS === #

    def action_retry(self):
        result = super().action_retry()
        self.consultation_id._withdraw_call_of_owner()
        return result

    # === BUSINESS METHODS === #

    def _follow_up(self):
        """Ask for a call where the owner could not be told, and take that back where they are."""
        for notice in self:
            if notice.state == "outgoing":
                notice.consultation_id._withdraw_call_of_owner()
            elif notice._asks_for_call():
                notice.consultation_id._ask_to_call_owner()

    def _asks_for_call(self):
        """Say whether somebody has to call the owner because of this notice.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        if self.state not in ("failed", "skipped") or self.problem in NO_CALL or not self.consultation_id._is_open():
            return False
        # Many owners have no mobile phone: they were mailed the same.
        return self.problem != "no_mobile" or not self.consultation_id.partner_id.email

    @api.model
    def _note_failed_mails(self, mails, failure_type):
        """Note what mails were to carry that have failed, and ask for calls.

        :param mail.mail mails: which could not be sent
        :param str failure_type: why (`mail.notification.failure_type`)
        """
        # sudo: the queue of mails is run by whoever wakes it
        notices_sudo = self.sudo().search([("mail_id", "in", mails.ids)])
        if failure_type in BAD_ADDRESS:
            # Without the mail, which is deleted now, the notice would pass for sent.
            notices_sudo.write({"problem": "bad_address"})
        notices_sudo._follow_up()
        cancelled_sudo = self.env["vet.consultation"].sudo().search([("cancel_mail_id", "in", mails.ids)])
        summaries_sudo = (
            self.env["vet.consultation.summary"]
            .sudo()
            .search([("mail_message_id", "in", mails.sudo().mail_message_id.ids)])
        )
        (cancelled_sudo | summaries_sudo.consultation_id)._ask_to_call_owner()
