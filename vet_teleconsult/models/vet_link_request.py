from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

WINDOW = timedelta(hours=1)
DAY = timedelta(days=1)
MAX_FROM_CLIENT = 20  # taken in an hour from one network: a household, or a waiting room's
MAX_MAILS = 5  # of one consultation in a day


class VetLinkRequest(models.Model):
    """That somebody without a login has asked for the link of a consultation to be mailed.

    Every request is only noted, whatever it asks for, and looked into afterwards: so the time of the answer does not
    tell whether address and number belong together.
    """

    _name = "vet.link.request"
    _description = "Request for a Link"
    _order = "id"

    # === FIELDS === #

    consultation_number = fields.Char(required=True, readonly=True, help="As it was asked for: there may be no such.")
    email = fields.Char(readonly=True, help="As it was given, until the request is answered.")
    client_hash = fields.Char(readonly=True, index=True)
    state = fields.Selection(
        [("new", "New"), ("mailed", "Mailed"), ("refused", "Refused")], required=True, readonly=True, default="new"
    )

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, consultation_id, email, client):
        """Note a request, to be answered in a moment.

        :param int consultation_id: the number in a neutral link
        :param str email: what somebody says is the owner's address
        :param str client: network address of who asks
        """
        # sudo: whoever asks has no login; nothing of the request is told to anybody
        requests_sudo = self.sudo()
        client_hash = requests_sudo.env["vet.booking"]._hash_client(client)
        recent = Domain("create_date", ">", fields.Datetime.now() - WINDOW)
        from_client = recent & Domain("client_hash", "=", client_hash)
        if requests_sudo.search_count(from_client, limit=MAX_FROM_CLIENT) < MAX_FROM_CLIENT:
            vals = {"consultation_number": str(consultation_id)[:20], "email": email, "client_hash": client_hash}
            requests_sudo.create(vals)
            self.env.ref("vet_teleconsult.ir_cron_answer_link_requests").sudo()._trigger()

    @api.model
    def _cron_answer(self):
        """Mail the links that their owners have asked for, and forget the addresses, one transaction each."""
        due = self.search([("state", "=", "new")])
        seconds_left = self.env["ir.cron"]._commit_progress(remaining=len(due))
        for position, request in enumerate(due, start=1):
            if not seconds_left:
                break
            request._answer()
            seconds_left = self.env["ir.cron"]._commit_progress(1, remaining=len(due) - position)

    def _answer(self):
        """Mail the link if the address is its owner's, and has not been mailed often today.

        Note: self.ensure_one()
        """
        self.ensure_one()
        mailed = Domain("consultation_number", "=", self.consultation_number) & Domain("state", "=", "mailed")
        today = Domain("create_date", ">", fields.Datetime.now() - DAY)
        is_mailed = False
        if self.search_count(mailed & today, limit=MAX_MAILS) < MAX_MAILS:
            consultations = self.env["vet.consultation"]
            is_mailed = consultations._mail_link_to_owner(int(self.consultation_number), self.email)
        self.write({"state": "mailed" if is_mailed else "refused", "email": False})

    @api.autovacuum
    def _gc_answered(self):
        """Forget requests once they count for no limit any more."""
        self.search([("state", "!=", "new"), ("create_date", "<", fields.Datetime.now() - DAY)]).unlink()
