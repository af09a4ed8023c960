from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common import TeleconsultCommon, TeleconsultHttpCommon
from .test_room import read_ticket


class TestGuests(TeleconsultCommon, MailCase):
    """Whom vets invite into a room, and how they remove them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultation.sidecar_id = cls.sidecar

    def _invite(self, name="Ben Keller", user=None, consultation=None, **values):
        guests = self.env["vet.consultation.guest"].with_user(user or self.vet)
        return guests.create({"consultation_id": (consultation or self.consultation).id, "name": name, **values})

    def test_each_guest_has_a_link_of_their_own_to_this_room_only(self):
        ben, eve = self._invite(), self._invite("Eve")
        self.assertNotEqual(ben.url, eve.url)
        self.assertTrue(ben.url.endswith(f"/vet/room/{self.consultation.id}/{ben.token}"))
        other = self._create_consultation(self.other_patient)
        find = self.env["vet.consultation.guest"]._find_by_token
        self.assertEqual(find(self.consultation.id, ben.token), ben)
        self.assertFalse(find(other.id, ben.token))
        self.assertFalse(find(self.consultation.id, "wrong"))

    def test_the_link_of_a_removed_guest_is_worthless(self):
        guest = self._invite()
        guest.action_remove()
        self.assertEqual(guest._get_link_problem(), "link_revoked")
        self.assertFalse(guest.url)
        self.assertEqual((guest.state, guest.revoked_by_id), ("removed", self.vet))

    def test_the_media_service_sends_a_removed_guest_out(self):
        guest = self._invite()
        guest.action_remove()
        command = self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)])
        path = f"/commands/rooms/{self.consultation.room_key}/participants/guest-{guest.id}/remove"
        self.assertEqual((command.path, command.state), (path, "pending"))
        self.assertFalse(command._is_overtaken())

    def test_who_was_invited_and_removed_is_on_the_record(self):
        guest = self._invite(kind="colleague")
        guest.action_remove()
        bodies = " ".join(self.consultation.message_ids.mapped("body"))
        self.assertIn("Guest invited: Ben Keller (Colleague).", bodies)
        self.assertIn("Guest removed: Ben Keller.", bodies)

    def test_a_room_holds_two_guests(self):
        ben = self._invite()
        self._invite("Eve")
        with self.assertRaises(ValidationError) as refusal:
            self._invite("Kim")
        self.assertIn("Remove one of them first", str(refusal.exception))
        ben.action_remove()
        self.assertTrue(self._invite("Kim"))

    def test_a_guest_has_a_name_and_a_real_address(self):
        for values in ({"name": " "}, {"email": "nonsense"}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._invite(**values)

    def test_nobody_is_invited_to_what_is_over(self):
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        with self.assertRaises(UserError):
            self._invite()

    def test_a_colleague_neither_invites_to_nor_removes_from_a_claimed_consultation(self):
        self.consultation.vet_id = self.vet
        guest = self._invite()
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._invite("Eve", user=self.second_vet)
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            guest.with_user(self.second_vet).action_remove()
        self.assertTrue(guest.with_user(self.manager).action_remove())

    def test_who_was_invited_cannot_become_somebody_else(self):
        guest = self._invite()
        for values in ({"name": "Eve"}, {"token": "short"}, {"kind": "colleague"}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "stays on record"):
                guest.write(values)

    def test_a_removed_guest_is_brought_back_by_nobody(self):
        guest = self._invite()
        guest.action_remove()
        for values in (
            {"revoked_at": False},
            {"revoked_by_id": self.manager.id},
            {"is_present": True},
            {"joined_at": fields.Datetime.now()},
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, "button “Remove”"):
                guest.write(values)
        self.assertEqual((guest.state, guest.revoked_by_id), ("removed", self.vet))

    def test_a_guest_is_removed_by_the_button_alone(self):
        guest = self._invite()
        with self.assertRaisesRegex(UserError, "button “Remove”"):
            guest.write({"revoked_at": fields.Datetime.now()})
        self.assertEqual(guest.state, "invited")

    def test_nobody_chooses_a_guests_link_or_in_whose_name_they_are_invited(self):
        chosen = {"token": "chosen", "invited_by_id": self.manager.id, "is_present": True}
        by_values = self._invite(**chosen)
        context = {f"default_{name}": value for name, value in chosen.items()}
        guests = self.env["vet.consultation.guest"].with_user(self.vet).with_context(**context)
        by_defaults = guests.create({"consultation_id": self.consultation.id, "name": "Eve"})
        for guest in (by_values, by_defaults):
            with self.subTest(guest=guest.name):
                self.assertGreaterEqual(len(guest.token), 43)
                self.assertEqual((guest.invited_by_id, guest.state), (self.vet, "invited"))

    def test_the_link_is_mailed_to_the_guest_alone_and_stands_in_no_message(self):
        guest = self._invite(email="ben@example.org")
        with self.mock_mail_gateway():
            guest.action_send_link()
        (mail,) = self._new_mails
        self.assertEqual(mail.email_to, "ben@example.org")
        self.assertFalse(mail.recipient_ids)
        self.assertIn(guest.url, mail.body_html)
        self.assertIn("Dr. Meier invites you", " ".join(mail.body_html.split()).replace("</t>", ""))
        self.assertNotIn(guest.token, " ".join(self.consultation.message_ids.mapped("body")))

    def test_a_link_without_an_address_is_copied_not_mailed(self):
        with self.assertRaisesRegex(UserError, "copy the link"):
            self._invite().action_send_link()

    def test_another_owner_of_the_consultation_has_other_guests(self):
        guest = self._invite()
        self.patient.owner_ids |= self.other_owner.partner_id
        self.consultation.partner_id = self.other_owner.partner_id
        self.assertTrue(guest.revoked_at)

    def test_a_guests_link_lives_as_long_as_the_owners(self):
        guest = self._invite()
        self.assertIsNone(guest._get_link_problem())
        self.consultation.room_token_expiration = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(guest._get_link_problem(), "link_expired")

    def test_withdrawing_the_owners_link_leaves_guests_theirs(self):
        guest = self._invite()
        self.consultation.action_revoke_owner_link()
        self.assertIsNone(guest._get_link_problem())

    def test_vets_of_another_clinic_see_no_guests(self):
        guest = self._invite()
        self.assertFalse(self.env["vet.consultation.guest"].with_user(self.foreign_vet).search([("id", "=", guest.id)]))


@tagged("post_install", "-at_install")
class TestGuestRoutes(TeleconsultHttpCommon):
    """What a guest's link opens, and what it does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls.env["vet.consultation.guest"].create({"consultation_id": cls.consultation.id, "name": "Ben"})

    def _ask_as_guest(self, route, **params):
        return self._ask(route, access_token=self.guest.token, **params)

    def _participant(self):
        return f"guest-{self.guest.id}"

    def test_a_guest_enters_by_their_link_as_a_guest(self):
        answer = self._ask_as_guest("join")
        self.assertEqual(answer["participant"], {"id": self._participant(), "role": "guest", "name": "Ben"})
        claims = read_ticket(answer["ticket"], self.secret)
        self.assertEqual((claims["role"], claims["room"]), ("guest", self.consultation.room_key))

    def test_messages_notes_and_history_are_not_a_guests(self):
        answer = self._ask_as_guest("join")
        self.assertIsNone(answer["chat"])
        self.assertIsNone(answer["workspace"])
        self.authenticate(None, None)
        refused = self.make_jsonrpc_request(
            "/vet_teleconsult/chat/open", {"consultation_id": self.consultation.id, "access_token": self.guest.token}
        )
        self.assertEqual(refused["error"]["code"], "access_denied")

    def test_a_guest_does_nothing_that_is_the_owners_or_the_vets(self):
        for route in ("workspace", "note", "recording", "guest", "device_check"):
            with self.subTest(route=route):
                self.assertEqual(self._ask_as_guest(route)["error"]["code"], "access_denied")

    def test_a_removed_guest_gets_no_page_and_no_ticket(self):
        self.guest.action_remove()
        for route in ("join", "ticket", "consent", "waiting"):
            with self.subTest(route=route):
                self.assertEqual(self._ask_as_guest(route)["error"]["code"], "link_revoked")
        self.authenticate(None, None)
        self.assertEqual(self.url_open(self.guest._get_path()).status_code, 410)

    def test_a_guest_of_a_cancelled_consultation_is_not_told_the_owners_reason(self):
        self.consultation.write({"state": "cancelled", "cancel_reason": "The owner did not pay."})
        error = self._ask_as_guest("join")["error"]
        self.assertEqual(error["code"], "cancelled")
        self.assertNotIn("pay", error["message"])

    def test_a_guests_page_opens(self):
        self.authenticate(None, None)
        response = self.url_open(self.guest._get_path())
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_a_guests_answer_to_being_recorded_is_kept_with_their_name(self):
        version = self.consultation_type.consent_version
        answer = self._ask_as_guest("consent", decision="granted", call="call-1", consent_version=version)
        grant = read_ticket(answer["grant"], self.secret)
        self.assertEqual((grant["participant"], grant["decision"]), (self._participant(), "granted"))
        (consent,) = self.consultation.consent_ids
        self.assertEqual((consent.role, consent.participant_name, consent.decision), ("guest", "Ben", "granted"))

    def test_a_vet_invites_mails_and_removes_in_the_room(self):
        invited = self._ask("guest", self.vet, action="invite", name="Eve", kind="colleague", email="eve@example.org")
        entry = invited["guests"][-1]
        self.assertEqual((entry["name"], entry["kind"], entry["state"]), ("Eve", "colleague", "invited"))
        self.assertEqual(self._ask("guest", self.vet, action="send", guest_id=entry["id"])["guests"][-1]["name"], "Eve")
        left = self._ask("guest", self.vet, action="remove", guest_id=entry["id"])["guests"]
        self.assertEqual([guest["name"] for guest in left], ["Ben"])

    def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(self):
        other = self._create_consultation(self.other_patient)
        foreign = self.env["vet.consultation.guest"].create({"consultation_id": other.id, "name": "Foreign"})
        for values in (
            {},
            {"action": "invite"},
            {"action": "invite", "name": "Eve", "kind": "cat"},
            {"action": "invite", "name": ["Eve"], "kind": "family"},
            {"action": "invite", "name": "Eve", "kind": "family", "email": 5},
            {"action": "invite", "name": "Eve", "kind": "family", "send": True},
            {"action": "remove", "guest_id": foreign.id},
            {"action": "remove", "guest_id": "x"},
        ):
            with self.subTest(values=values):
                self.assertEqual(self._ask("guest", self.vet, **values)["error"]["code"], "invalid")
        self.assertEqual(self.consultation.guest_ids, self.guest)
        self.assertFalse(foreign.revoked_at)

    def test_vets_see_in_the_room_who_is_invited_and_who_is_here(self):
        (entry,) = self._ask("workspace", self.vet)["guests"]
        self.assertEqual((entry["name"], entry["state"]), ("Ben", "invited"))
        self.assertTrue(entry["url"].endswith(self.guest._get_path()))
        self._deliver("participant.joined", {"participant": self._participant(), "role": "guest"})
        (entry,) = self._ask("workspace", self.vet)["guests"]
        self.assertEqual(entry["state"], "present")
        self._deliver("participant.left", {"participant": self._participant(), "reason": "left"}, sequence=2)
        self.assertEqual(self.guest.state, "invited")
        self.assertTrue(self.guest.joined_at)

    def test_a_guest_who_comes_is_not_the_owner_who_waits(self):
        self._deliver("participant.joined", {"participant": self._participant(), "role": "guest"})
        self.assertEqual((self.consultation.state, self.consultation.owner_present), ("scheduled", False))

    def _hear(self, guest):
        self.env.cr.precommit.run()
        channel = f"vet_consultation_{self.consultation.id}_{guest.token}"
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications", {"channels": [channel], "last": self.last, "is_first_poll": True}
        )
        return {notification["message"]["type"] for notification in answer["notifications"]}

    def _begin_hearing(self):
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"]._bus_last_id()

    def test_a_guest_hears_of_the_consultation_but_not_of_its_messages(self):
        self._begin_hearing()
        self.consultation.vet_id = self.vet
        self.consultation.chat_id._post_message(self.consultation._get_owner_participant(), "Secret", "key")
        heard = self._hear(self.guest)
        self.assertIn("vet_teleconsult/consultation", heard)
        self.assertNotIn("vet_teleconsult/message", heard)

    def test_everybody_in_the_room_hears_that_a_guest_was_removed(self):
        eve = self.env["vet.consultation.guest"].create({"consultation_id": self.consultation.id, "name": "Eve"})
        self._begin_hearing()
        self.guest.action_remove()
        self.assertIn("vet_teleconsult/guest_removed", self._hear(eve))
        self.assertEqual(self._hear(self.guest), set())
