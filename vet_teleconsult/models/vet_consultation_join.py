from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools.identifier import find_record

LINK_PAUSE = timedelta(minutes=5)  # between two mails of a link that somebody without a login asked for


class VetConsultation(models.Model):
    """The neutral link of a consultation: who follows it is led to where they may go, and nowhere else."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    link_asked_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="When the owner's link was last mailed because somebody asked for it.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _get_join_path(self, consultation_id):
        """Say where the current user is led to by a neutral link.

        :param int consultation_id: the number in the link
        :return: None for whoever has no business there, also when there is no such consultation
        :rtype: str | None
        """
        consultation = find_record(self, consultation_id)
        if not consultation or not self.has_access("read") or not consultation.has_access("read"):
            return None
        if self.env.user._is_internal():
            form = f"/odoo/vet.consultation/{consultation.id}"
            is_room = consultation.mode == "video" and consultation._is_open()
            return f"{form}/action-vet_teleconsult.room" if is_room else form
        # sudo: the owner's own link
        consultation_sudo = consultation.sudo()
        if consultation_sudo.mode == "video" and not consultation_sudo._get_link_problem():
            return consultation_sudo._get_room_path()
        return f"/my/consultations/{consultation.id}"

    @api.model
    def _mail_link_to_owner(self, consultation_id, email):
        """Mail an owner their link, if an address is theirs. Whoever asks is told nothing about that.

        :param int consultation_id: the number in a neutral link
        :param str email: what somebody says is the owner's address
        :return: whether it was mailed
        :rtype: bool
        """
        # sudo: whoever asks has no login; the link goes to the owner's own address alone
        consultation_sudo = find_record(self.sudo(), consultation_id)
        partner_sudo, now = consultation_sudo.partner_id, fields.Datetime.now()
        is_owner = bool(email_normalize(email)) and email_normalize(email) == partner_sudo.email_normalized
        if not is_owner or not consultation_sudo._is_open() or consultation_sudo.link_state != "valid":
            return False
        asked_at = consultation_sudo.link_asked_at
        if asked_at and asked_at + LINK_PAUSE > now:
            return False
        consultation_sudo.link_asked_at = now
        consultation_sudo.action_send_owner_link()
        consultation_sudo.notice_ids._wake_queues()
        return True
