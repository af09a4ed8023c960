from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

NOTIFICATION_PAUSE = timedelta(minutes=10)
TOLD_MESSAGES = 10  # that one mail repeats; the page has them all


class VetChat(models.Model):
    """Who is told by mail or SMS of what was written: nobody who is looking, and nobody too often.

    Odoo notifies those who follow: the owner, and the vet who has claimed the chat. An unclaimed chat stands in every
    vet's inbox and mails none of them. Somebody who was told lately and has not looked since, or who seems to be
    looking, is left out; Odoo's schedule of messages comes back to it, and one mail then tells all that they have not
    read.
    """

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - WHO IS TOLD === #

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        if not self or not self._filter_visible(message):
            return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # Mails and SMS go by their queues: a mail server that is slow or away holds up nobody who writes.
        kwargs.update(force_send=False, put_in_queue=True)
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        self._remember_told(recipients)
        self._schedule_rest(message)
        return recipients

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Leave out who is looking, who has read it all, and who was told lately and has not looked since."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not self or not self._filter_visible(message):
            return recipients
        return [recipient for recipient in recipients if self._is_to_be_told(recipient)]

    def _is_to_be_told(self, recipient):
        """Say whether to tell a recipient right now of what is new.

        Note: self.ensure_one()

        :param dict recipient: as in ``mail.followers._get_recipient_data``
        :rtype: bool
        """
        self.ensure_one()
        record_sudo = self._get_record_of(recipient["id"])
        if self._is_present(recipient) or not self._has_news_for(record_sudo):
            return False
        if recipient["notif"] == "inbox":
            return not record_sudo._is_looking()
        return not self._get_pause_end(record_sudo)

    def _get_record_of(self, partner_id):
        # sudo: whoever writes causes others to be told, without a right to know when those looked
        return self.sudo().participant_ids.filtered(lambda record: record.partner_id.id == partner_id)

    def _has_news_for(self, record_sudo):
        # sudo: as above. What somebody wrote they have read.
        return self._get_known(record_sudo) < (self.sudo().last_message_id.id or 0)

    def _get_known(self, record_sudo):
        """Give up to which message somebody has read or was told by mail, whichever is further.

        :param vet.chat.participant record_sudo: theirs, or none
        :rtype: int
        """
        return max(record_sudo.last_read_message_id.id or 0, record_sudo.told_message_id.id or 0)

    def _get_pause_end(self, record_sudo):
        """Say until when somebody is not told, because they are looking or were told lately.

        :param vet.chat.participant record_sudo: theirs, or none
        :return: UTC, or None when they can be told right now
        :rtype: datetime | None
        """
        now = fields.Datetime.now()
        if record_sudo._is_looking():
            return record_sudo.looking_until
        told_at = record_sudo.notified_at
        if told_at and told_at + NOTIFICATION_PAUSE > now and not record_sudo._has_looked_since(told_at):
            return told_at + NOTIFICATION_PAUSE
        return None

    def _is_present(self, recipient):
        """Say whether a recipient is in a room of the chat's consultations.

        :param dict recipient: as in ``mail.followers._get_recipient_data``
        :rtype: bool
        """
        # sudo: owners may not read who is in the room
        chat_sudo = self.sudo()
        live = chat_sudo.consultation_ids.filtered(lambda consultation: consultation._is_open())
        if recipient["id"] == chat_sudo.partner_id.id:
            return any(live.mapped("owner_present"))
        return any(consultation.vet_present and consultation.vet_id.id == recipient["uid"] for consultation in live)

    def _remember_told(self, recipients):
        """Note who has been mailed, and have the queues sent.

        :param list[dict] recipients: as in ``mail.followers._get_recipient_data``
        """
        mailed = [recipient["id"] for recipient in recipients if recipient["id"] and recipient["notif"] == "email"]
        # sudo: what the system remembers of people, and its queues
        records_sudo = self.env["vet.chat.participant"].sudo()
        for partner_sudo in self.env["res.partner"].sudo().browse(mailed):
            records_sudo |= records_sudo._ensure(self, partner_sudo)
        if records_sudo:
            records_sudo.write(
                {"notified_at": fields.Datetime.now(), "told_message_id": self.sudo().last_message_id.id}
            )
            for queue in ("mail.ir_cron_mail_scheduler_action", "sms.ir_cron_sms_scheduler_action"):
                self.env.ref(queue).sudo()._trigger()

    def _schedule_rest(self, message):
        """Come back to a message for those who may have to be told of it later.

        :param mail.message message: a visible one of this chat
        """
        # sudo: as above
        chat_sudo = self.sudo()
        people = (chat_sudo.partner_id | chat_sudo.vet_id.partner_id) - message.sudo().author_id
        waiting = chat_sudo.participant_ids.filtered(lambda record: record.partner_id in people)
        pauses = [self._get_pause_end(record) for record in waiting if self._has_news_for(record)]
        pauses = [pause for pause in pauses if pause]
        schedule_sudo = self.env["mail.message.schedule"].sudo()
        coming = (
            Domain("mail_message_id.model", "=", self._name)
            & Domain("mail_message_id.res_id", "=", self.id)
            & Domain("mail_message_id.author_id", "=", message.sudo().author_id.id)
            & Domain("scheduled_datetime", ">", fields.Datetime.now())
        )
        if pauses and not schedule_sudo.search_count(coming, limit=1):
            # A second later than the pause ends, so that it has ended by then.
            due = min(pauses) + timedelta(seconds=1)
            schedule_sudo.create({"mail_message_id": message.id, "scheduled_datetime": due})

    # === BUSINESS METHODS - MAIL === #

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Give the owner a button that opens their page by the link, everyone else one to where they read chats."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        if not self:
            return groups
        title = self.env._("Open the Chat")
        # sudo: the link goes to the owner, whoever writes to them
        chat_sudo = self.sudo()
        owner_id, link = chat_sudo.partner_id.id, chat_sudo.link_url
        groups = [group for group in groups if group[0] != "portal_customer"]
        for _name, _is_member, values in groups:
            values["button_access"] = {"title": title}
        owner_group = {
            "active": True,
            "has_button_access": True,
            "button_access": {"url": link, "title": title},
        }
        return [["vet_chat_owner", lambda recipient: recipient["id"] == owner_id, owner_group], *groups]

    def _notify_by_email_render_layout(self, message, recipients_group, msg_vals=False, render_values=None):
        if self and self._filter_visible(message):
            render_values = render_values or {}
            is_owner = self.sudo().partner_id.id in recipients_group["recipients_ids"]
            in_language = self.with_context(lang=render_values.get("lang") or self.env.lang)
            news, count = in_language._get_news(recipients_group["recipients_ids"])
            render_values = {
                **render_values,
                "news": news,
                "earlier_count": count - len(news),
                "emergency_text": in_language._get_emergency_text() if is_owner else None,
            }
        return super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )

    def _get_news(self, partner_ids):
        """List what people have neither read nor been told, for the mail that tells them.

        Note: self.ensure_one()

        :param list[int] partner_ids: the recipients of one mail
        :return: the last of the messages, as pages show them, and how many there are altogether
        :rtype: tuple[list[dict], int]
        """
        self.ensure_one()
        # sudo: what each of the recipients has read
        known = [self._get_known(self._get_record_of(partner_id)) for partner_id in partner_ids]
        domain = self._get_visible_domain() & Domain("id", ">", min(known, default=0))
        domain &= Domain("author_id", "=", False) | Domain("author_id", "not in", partner_ids)
        # sudo: what is mailed to those who follow
        messages_sudo = self.env["mail.message"].sudo().search(domain, order="id desc")
        news = self._format_messages(messages_sudo[:TOLD_MESSAGES].sorted("id"), {"id": None, "role": "owner"})
        return news, len(messages_sudo)

    def _message_compute_subject(self):
        """Name the patient: a mail's subject is read on a locked telephone."""
        self.ensure_one()
        return self.env._(
            "%(clinic)s: chat about %(patient)s",
            clinic=self.sudo().company_id.name,
            patient=self.sudo().patient_id.name,
        )

    # === BUSINESS METHODS - SMS === #

    def _notify_thread_by_sms(self, message, recipients_data, msg_vals=False, **kwargs):
        if self and self._filter_visible(message):
            kwargs.update(self._prepare_sms(recipients_data))
        return super()._notify_thread_by_sms(message, recipients_data, msg_vals=msg_vals, **kwargs)

    def _prepare_sms(self, recipients):
        """Prepare the SMS to the owner, where the clinic sends them and the owner can receive one.

        :param list[dict] recipients: who is told
        :return: parameters of ``_notify_thread_by_sms``; none when there is no SMS to send
        :rtype: dict
        """
        # sudo: the owner's number and the link, whoever writes
        chat_sudo = self.sudo()
        owner_is_told = any(recipient["id"] == chat_sudo.partner_id.id for recipient in recipients)
        template_sudo = self.env.ref("vet_teleconsult.sms_template_chat_message", raise_if_not_found=False)
        if not owner_is_told or not chat_sudo.company_id.vet_chat_sms or not template_sudo:
            return {}
        number = chat_sudo._get_owner_mobile()
        if not number:
            return {}
        text = template_sudo.sudo()._render_field("body", self.ids, compute_lang=True)[self.id]
        # By number, because one message makes one notification a person, and the mail is that one.
        return {"sms_numbers": [number], "sms_content": text}

    def _get_owner_mobile(self):
        """Give the owner's number, if it may be a mobile telephone's.

        Note: self.ensure_one()

        :return: as in E.164, or False
        :rtype: str | bool
        """
        self.ensure_one()
        return self.partner_id._get_vet_mobile()
