from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import TeleconsultCommon


class TestLink(TeleconsultCommon):
    """The owner's link: found by its token, until it expires or is revoked."""

    def _find(self, token, consultation_id=None):
        model = self.env["vet.consultation"].with_user(self.public)
        return model._find_by_room_token(consultation_id or self.consultation.id, token)

    def test_right_token_finds_the_consultation(self):
        self.assertEqual(self._find(self.consultation.room_token), self.consultation)

    def test_wrong_tokens_find_nothing(self):
        other = self._create_consultation(self.other_patient)
        for token in ("", "wrong", None, self.consultation.room_token[:-1], other.room_token, "tökèn"):
            with self.subTest(token=token):
                self.assertFalse(self._find(token))

    def test_token_of_a_consultation_that_does_not_exist_finds_nothing(self):
        self.assertFalse(self._find(self.consultation.room_token, consultation_id=2**30))

    def test_link_lives_a_week_beyond_the_appointment(self):
        self.consultation.scheduled_at = fields.Datetime.now() + timedelta(days=3)
        lifetime = self.consultation.room_token_expiration - self.consultation.scheduled_at
        self.assertEqual(lifetime, timedelta(days=7))

    def test_lifetime_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("vet_teleconsult.link_validity_days", "2")
        self.consultation.scheduled_at = fields.Datetime.now() + timedelta(days=3)
        lifetime = self.consultation.room_token_expiration - self.consultation.scheduled_at
        self.assertEqual(lifetime, timedelta(days=2))

    def test_expired_link_says_so(self):
        self.consultation.room_token_expiration = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.consultation.link_state, "expired")
        self.assertEqual(self.consultation._get_link_problem(), "link_expired")

    def test_expired_link_throws_nobody_out_of_a_consultation_in_progress(self):
        self._expire_in_progress(started_at=fields.Datetime.now() - timedelta(hours=1))
        self.assertIsNone(self.consultation._get_link_problem())

    def test_expired_link_of_a_consultation_that_nobody_finished_opens_it_no_more(self):
        self._expire_in_progress(started_at=fields.Datetime.now() - timedelta(days=3))
        self.assertEqual(self.consultation._get_link_problem(), "link_expired")

    def _expire_in_progress(self, started_at):
        expired = fields.Datetime.now() - timedelta(seconds=1)
        self.consultation.write({"state": "in_progress", "started_at": started_at, "room_token_expiration": expired})

    def test_another_owner_gets_another_link_room_and_chat(self):
        co_owner = self.env["res.partner"].create({"name": "Cora Co-owner", "email": "cora@example.com"})
        self.patient.owner_ids |= co_owner
        former_owner, former_chat = self.consultation.partner_id, self.consultation.chat_id
        former_chat.message_post(body="Between us.", message_type="comment", subtype_xmlid="mail.mt_comment")
        token, room_key = self.consultation.room_token, self.consultation.room_key
        self.consultation.partner_id = co_owner
        self.assertFalse(self._find(token))
        self.assertNotEqual(self.consultation.room_key, room_key)
        self.assertNotEqual(self.consultation.chat_id, former_chat)
        self.assertEqual(former_chat.partner_id, former_owner)

    def test_former_owner_of_a_silent_chat_hears_nothing_of_it_any_more(self):
        co_owner = self.env["res.partner"].create({"name": "Cora Co-owner"})
        self.patient.owner_ids |= co_owner
        former_owner = self.consultation.partner_id
        self.consultation.partner_id = co_owner
        self.assertIn(co_owner, self.consultation.chat_id.message_partner_ids)
        self.assertNotIn(former_owner, self.consultation.chat_id.message_partner_ids)

    def test_another_owner_cannot_have_links_mailed(self):
        with self.assertRaises(AccessError):
            self.consultation.with_user(self.other_owner).action_send_owner_link()

    def test_renewing_sends_out_who_came_by_the_old_link(self):
        self.consultation.sidecar_id = self.sidecar
        room_key = self.consultation.room_key
        self.consultation.with_user(self.vet).action_renew_owner_link()
        command = self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)])
        self.assertEqual(command.path, f"/commands/rooms/{room_key}/end")
        self.assertEqual(self.consultation.link_state, "valid")

    def test_revoked_link_says_so_and_the_room_gets_a_new_key(self):
        room_key = self.consultation.room_key
        self.consultation.sidecar_id = self.sidecar
        self.consultation.with_user(self.vet).action_revoke_owner_link()
        self.assertEqual(self.consultation._get_link_problem(), "link_revoked")
        self.assertNotEqual(self.consultation.room_key, room_key)
        command = self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)])
        self.assertEqual((command.path, command.payload), (f"/commands/rooms/{room_key}/end", {"reason": "revoked"}))

    def test_renewed_link_opens_and_the_old_one_does_not(self):
        old_token = self.consultation.room_token
        self.consultation.with_user(self.vet).action_revoke_owner_link()
        self.consultation.with_user(self.vet).action_renew_owner_link()
        self.assertFalse(self._find(old_token))
        self.assertEqual(self._find(self.consultation.room_token), self.consultation)
        self.assertIsNone(self.consultation._get_link_problem())

    def test_renewing_extends_the_lifetime(self):
        self.consultation.room_token_expiration = fields.Datetime.now() - timedelta(days=1)
        self.consultation.with_user(self.vet).action_renew_owner_link()
        self.assertEqual(self.consultation.link_state, "valid")

    def test_another_vets_consultation_keeps_its_link(self):
        self.consultation.vet_id = self.vet
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self.consultation.with_user(self.second_vet).action_revoke_owner_link()

    def test_cancelled_and_finished_consultations_are_told_apart(self):
        for state, problem in (("cancelled", "cancelled"), ("no_show", "cancelled"), ("done", "finished")):
            with self.subTest(state=state):
                self.assertEqual(self._create_consultation(state=state)._get_link_problem(), problem)

    def test_link_is_mailed_to_the_owner_and_stands_in_no_message(self):
        self.consultation.with_user(self.vet).action_send_owner_link()
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.owner.partner_id.ids)])
        self.assertEqual(len(mail), 1)
        self.assertIn(self.consultation.room_url, mail.body_html)
        for message in self.consultation.message_ids:
            self.assertNotIn(self.consultation.room_token, message.body)

    def test_owner_without_address_is_named(self):
        self.owner.partner_id.email = False
        with self.assertRaisesRegex(UserError, "Anna Keller has no e-mail"):
            self.consultation.with_user(self.vet).action_send_owner_link()

    def test_revoked_link_is_not_mailed(self):
        self.consultation.action_revoke_owner_link()
        with self.assertRaisesRegex(UserError, "Renew it first"):
            self.consultation.with_user(self.vet).action_send_owner_link()
