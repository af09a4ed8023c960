from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.room_error import get_room_error


class VetChat(models.Model):
    """The buttons of a chat: claim, release, hand over, lock, end, reopen; and how the clinic opens one."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    is_mine = fields.Boolean(compute="_compute_is_mine")

    # === COMPUTE METHODS === #

    @api.depends("vet_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for chat in self:
            chat.is_mine = chat.vet_id == self.env.user

    # === ACTION METHODS - WHO HOLDS IT === #

    def action_claim(self):
        """Take a chat that nobody has; of several vets at once, one gets it and the others are told who.

        Of a consultation's chat, the consultation is what is claimed, released and handed over.
        """
        self.ensure_one()
        _alone, consultation = self._split_by_consultation()
        if consultation:
            return consultation.action_claim()
        self._lock_row()
        if self.vet_id and self.vet_id != self.env.user:
            raise UserError(
                self.env._("%(vet)s has claimed the chat %(chat)s already.", vet=self.vet_id.name, chat=self.name)
            )
        if not self.vet_id:
            self.vet_id = self.env.user
        return True

    def action_release(self):
        """Let every vet claim the chat again."""
        alone, consultations = self._split_by_consultation()
        consultations.action_release()
        alone._check_responsible()
        alone.vet_id = False
        return True

    def action_hand_over(self, user):
        """Give the chat to a colleague, who is told.

        :param res.users user: a vet of the chat's company
        :raises UserError: when it is none, or the chat is another vet's
        """
        alone, consultations = self._split_by_consultation()
        for consultation in consultations:
            consultation.action_hand_over(user.id)
        alone._check_responsible()
        for chat in alone:
            if user not in chat._get_colleagues():
                raise UserError(self.env._("Choose a vet of the clinic to hand the chat over to."))
            if chat.vet_id == user:
                continue
            chat.vet_id = user
            if user != self.env.user:
                # sudo: the language of a colleague, who reads this
                localized = chat.with_context(lang=user.sudo().lang)
                chat.message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=localized.env._("Chat about %(patient)s", patient=chat.patient_id.name),
                    body=localized.env._(
                        "%(vet)s has handed the chat with %(owner)s about %(patient)s over to you.",
                        vet=self.env.user.name,
                        owner=chat.partner_id.name,
                        patient=chat.patient_id.name,
                    ),
                )
        return True

    def _get_colleagues(self):
        """Give the vets who can hold the chat.

        Note: self.ensure_one()

        :rtype: res.users
        """
        self.ensure_one()
        group = self.env.ref("vet_teleconsult.group_veterinarian")
        domain = [("all_group_ids", "in", group.ids), ("company_ids", "in", self.company_id.ids)]
        # sudo: colleagues of this company, whichever companies the asking vet has chosen
        return self.env["res.users"].sudo().search(domain, order="name, id").sudo(False)

    def _list_colleagues(self):
        """List the vets to whom the chat can be handed over.

        Note: self.ensure_one()

        :rtype: list[dict]
        """
        self.ensure_one()
        return [{"id": user.id, "name": user.sudo().name} for user in self._get_colleagues() - self.env.user]

    def _check_responsible(self):
        """Refuse when another vet has claimed the chat; a manager may act for them."""
        if self.env.su or self.env.user.has_group("vet_teleconsult.group_manager"):
            return
        for chat in self:
            if chat.vet_id and chat.vet_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(vet)s has claimed the chat %(chat)s. Ask them, or a Teleconsult manager.",
                        vet=chat.vet_id.name,
                        chat=chat.name,
                    )
                )

    # === ACTION METHODS - WHO WRITES === #

    def action_lock(self):
        """Stop the owner from writing."""
        self.write({"state": "locked"})
        return True

    def action_unlock(self):
        """Let the owner write again."""
        self.write({"state": "open"})
        return True

    # === ACTION METHODS - END === #

    def action_end(self):
        """Ask how to end the chat: whether the owner may go on writing, and gets the transcript."""
        self.ensure_one()
        self._check_responsible()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End Chat"),
            "res_model": "vet.chat.end",
            "view_mode": "form",
            "target": "new",
            "context": {"default_chat_id": self.id},
        }

    def _end(self, lock=True, mail_transcript=False):
        """End the chat: nobody waits for an answer any more, and the transcript is made.

        Note: self.ensure_one()

        :param bool lock: whether the owner can no longer write; if they can and do, the chat goes on
        :param bool mail_transcript: whether the owner gets the transcript by mail
        """
        self.ensure_one()
        self._check_responsible()
        self._lock_row()
        if self.ended_at:
            raise UserError(self.env._("The chat %(chat)s has ended already.", chat=self.name))
        self.write(
            {
                "ended_at": fields.Datetime.now(),
                "waiting_since": False,
                "state": "locked" if lock else self.state,
            }
        )
        self._make_transcript(mail_to_owner=mail_transcript)

    def action_reopen(self):
        """Go on with a chat that has ended; its owner can write again."""
        self._check_responsible()
        self.write({"ended_at": False, "state": "open"})
        return True

    # === ACTION METHODS - VIEWS === #

    def action_open(self):
        """Open the chat where vets write in it."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "vet_teleconsult.chats",
            "name": self.env._("Chats"),
            "params": {"chat_id": self.id},
            "context": {"active_id": self.id},
        }

    def _get_access_action(self, access_uid=None, force_website=False):
        """Lead people of the clinic to the chat among their others, and everybody else to its page."""
        user = self.env["res.users"].sudo().browse(access_uid) if access_uid else self.env.user
        if not force_website and user._is_internal():
            return {
                "type": "ir.actions.act_url",
                "url": self._get_backend_path(),
                "target": "self",
                "res_id": self.id,
            }
        return super()._get_access_action(access_uid=access_uid, force_website=force_website)

    def _get_backend_path(self):
        """Give the address of the chat in the web client.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return f"/odoo/{self.id}/action-vet_teleconsult.vet_chat_action_inbox"

    # === BUSINESS METHODS - BEGINNING === #

    @api.model
    def _begin_by_owner(self, patient, chat_type, subject):
        """Begin a chat as an owner who is signed in.

        :param vet.patient patient: one of theirs
        :param vet.consultation.type chat_type: how they want to ask
        :param str subject: what it is about, may be empty
        :return: the chat, with superuser rights
        :rtype: vet.chat
        :raises UserError: when pet or type is missing, or they do not go together
        """
        if not patient or not chat_type:
            raise UserError(self.env._("Choose which pet it is about, and how you want to ask."))
        # sudo: owners may begin a chat about an animal that they may read, and have no right on chats otherwise
        company_sudo = patient.sudo().company_id
        if chat_type.sudo().company_id not in (company_sudo, company_sudo.browse()):
            raise UserError(
                self.env._(
                    "%(clinic)s does not offer “%(type)s”. Choose another way to ask.",
                    clinic=company_sudo.name,
                    type=chat_type.sudo().name,
                )
            )
        return self.sudo().create(
            {
                "patient_id": patient.id,
                "partner_id": self.env.user.partner_id.id,
                "company_id": company_sudo.id,
                "type_id": chat_type.id,
                "subject": subject,
            }
        )

    @api.model
    def _begin_by_clinic(self, patient, partner):
        """Begin a chat as a vet, who holds it from then on.

        :param vet.patient patient: whom it is about
        :param res.partner partner: one of its owners
        :rtype: vet.chat
        """
        return self.create(
            {
                "patient_id": patient.id,
                "partner_id": partner.id,
                "company_id": patient.company_id.id,
                "vet_id": self.env.uid,
            }
        )

    # === BUSINESS METHODS - ROUTES === #

    def _run_workflow(self, participant, action, user_id=None, lock=True, mail_transcript=False):
        """Do what a vet's button says.

        Note: self.ensure_one()

        :param dict participant: the vet
        :param str action: ``claim``, ``release``, ``lock``, ``unlock``, ``end``, ``reopen`` or ``hand_over``
        :param int user_id: to whom to hand over
        :param bool lock: whether ending stops the owner from writing
        :param bool mail_transcript: whether ending mails the transcript to the owner
        :return: the chat as the page shows it
        :rtype: dict
        :raises RoomError: when there is no such action
        """
        self.ensure_one()
        self.check_access("write")
        match action:
            case "claim":
                self.action_claim()
            case "release":
                self.action_release()
            case "lock":
                self.action_lock()
            case "unlock":
                self.action_unlock()
            case "end":
                self._end(lock=bool(lock), mail_transcript=bool(mail_transcript))
            case "reopen":
                self.action_reopen()
            case "hand_over":
                self.action_hand_over(self._get_colleagues().filtered(lambda user: user.id == user_id))
            case _:
                raise get_room_error(self.env, "invalid")
        return self._get_info(participant)
