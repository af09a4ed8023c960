import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tools import mute_logger

from odoo.addons.vet_teleconsult.tools import protocol

from .common import TeleconsultCommon

QUIET = (
    "odoo.addons.vet_teleconsult.models.vet_sidecar",
    "odoo.addons.vet_teleconsult.models.vet_sidecar_command",
)


class SidecarServer(ThreadingHTTPServer):
    """A real HTTP server that answers commands as told and remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), SidecarHandler)
        self.status = 200
        self.body = {}
        self.requests = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/base"


class SidecarHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        answer = self.server.body if isinstance(self.server.body, bytes) else json.dumps(self.server.body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        """Keep the tests' output quiet."""


@contextlib.contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class SidecarCase(TeleconsultCommon):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(running(SidecarServer()))
        self.server.body = self._good_answer()
        self.sidecar.write({"url": self.server.url, "command_url": False})

    def _good_answer(self, **changes):
        return {
            "version": "1.2.3",
            "protocol": 1,
            "time": time.time(),
            "store": {"ok": True, "message": "writable, 40 GB free", "free_bytes": 40_000_000_000},
            "turn": {"ok": True, "message": "reachable"},
            "odoo": {"ok": True, "message": "reachable"},
            "recording": {"ok": True, "message": "ready", "legs": 0, "max_legs": 60},
            **changes,
        }


class TestSidecarCheck(SidecarCase):
    """“Test connection”."""

    def _check(self):
        with mute_logger(*QUIET):
            self.sidecar.action_test_connection()
        return self.sidecar

    def test_sidecar_that_works_is_said_to_work_line_by_line(self):
        sidecar = self._check()
        self.assertEqual(sidecar.check_state, "ok")
        self.assertTrue(sidecar.check_at)
        lines = sidecar.check_message.split("\n")
        self.assertEqual(len(lines), 6)
        self.assertIn("1.2.3", lines[0])
        self.assertIn("✓ Media store: writable, 40 GB free", lines)

    def test_command_is_signed_for_its_path_below_the_address(self):
        self._check()
        ((path, headers, body),) = self.server.requests
        self.assertEqual(path, "/base/commands/check")
        expected = protocol.sign_command(self.secret, int(headers["X-Vet-Timestamp"]), "POST", "/commands/check", body)
        self.assertEqual(headers["X-Vet-Signature"], expected)

    def test_the_turn_server_of_the_settings_is_tested_with_credentials_that_expire(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("vet_teleconsult.turn_urls", "turn:clinic.example:3478, turns:clinic.example:5349")
        parameters.set_param("vet_teleconsult.turn_secret", "coturn")
        self._check()
        ((_path, _headers, body),) = self.server.requests
        turn = json.loads(body)["turn"]
        self.assertEqual(turn["urls"], ["turn:clinic.example:3478", "turns:clinic.example:5349"])
        self.assertGreater(int(turn["username"].partition(":")[0]), time.time())
        self.assertNotIn("coturn", body.decode())

    def test_internal_address_is_used_for_commands(self):
        self.sidecar.write({"url": "https://clinic.example/media", "command_url": self.server.url})
        self.assertEqual(self._check().check_state, "ok")

    def test_full_disk_fails_the_test(self):
        self.server.body = self._good_answer(store={"ok": False, "message": "the disk is full", "free_bytes": 0})
        sidecar = self._check()
        self.assertEqual(sidecar.check_state, "failed")
        self.assertIn("✗ Media store: the disk is full", sidecar.check_message)

    def test_missing_turn_is_a_warning(self):
        self.server.body = self._good_answer(turn=None)
        self.assertEqual(self._check().check_state, "warning")

    def test_clocks_that_differ_fail_the_test(self):
        self.server.body = self._good_answer(time=time.time() + 90)
        sidecar = self._check()
        self.assertEqual(sidecar.check_state, "failed")
        self.assertIn("clocks differ by 90 s", sidecar.check_message)

    def test_another_protocol_fails_the_test(self):
        self.server.body = self._good_answer(protocol=2)
        self.assertIn("speaks protocol 2", self._check().check_message)

    def test_refused_signature_names_the_secret(self):
        self.server.status = 401
        sidecar = self._check()
        self.assertEqual(sidecar.check_state, "failed")
        self.assertIn("VET_SIDECAR_SECRET", sidecar.check_message)

    def test_something_else_at_the_address_is_recognised(self):
        for body in (b"<html>Welcome to nginx</html>", {}, [], {"version": "1"}):
            with self.subTest(body=body):
                self.server.body = body
                sidecar = self._check()
                self.assertEqual(sidecar.check_state, "failed")
                self.assertIn("not a media sidecar", sidecar.check_message)

    def test_nothing_at_the_address_is_said_so(self):
        self.server.shutdown()
        self.server.server_close()
        self.assertIn("Nothing answers", self._check().check_message)

    def test_missing_secret_says_where_to_make_one(self):
        self.env["ir.config_parameter"].set_param("vet_teleconsult.sidecar_secret", False)
        self.assertIn("Settings → Teleconsult", self._check().check_message)


class TestSidecarCommands(SidecarCase):
    """Commands reach the sidecar, if need be later."""

    def _command(self):
        return self.env["vet.sidecar.command"].create(
            {"sidecar_id": self.sidecar.id, "path": "/commands/rooms/abc/end", "payload": {"reason": "finished"}}
        )

    def _send(self, command):
        with mute_logger(*QUIET):
            command._send()

    def test_command_is_delivered(self):
        command = self._command()
        self._send(command)
        self.assertEqual((command.state, command.attempts), ("done", 1))
        ((path, _headers, body),) = self.server.requests
        self.assertEqual((path, json.loads(body)), ("/base/commands/rooms/abc/end", {"reason": "finished"}))

    def test_sidecar_that_is_away_gets_it_later_and_later(self):
        self.server.status = 503
        command = self._command()
        delays = []
        for _number in range(3):
            self._send(command)
            delays.append((command.next_attempt_at - fields.Datetime.now()).total_seconds())
        self.assertEqual(command.state, "pending")
        self.assertIn("503", command.error)
        self.assertLess(delays[0], delays[1])
        self.assertLess(delays[1], delays[2])

    def test_end_of_a_room_that_was_opened_again_is_not_delivered(self):
        self.consultation.sidecar_id = self.sidecar
        self.consultation._end_room("finished")
        command = self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)])
        command._send()
        self.assertEqual((command.state, self.server.requests), ("done", []))

    def test_command_is_given_up_after_a_day_and_can_be_tried_again(self):
        self.server.status = 503
        command = self._command()
        self.env.cr.execute(
            "UPDATE vet_sidecar_command SET create_date = create_date - interval '25 hours' WHERE id = %s",
            (command.id,),
        )
        command.invalidate_recordset(["create_date"])
        self._send(command)
        self.assertEqual(command.state, "failed")
        command.with_user(self.manager).action_retry()
        self.server.status = 200
        self._send(command)
        self.assertEqual(command.state, "done")

    def test_deletion_is_never_given_up(self):
        self.server.status = 503
        command = self.env["vet.sidecar.command"].create(
            {"sidecar_id": self.sidecar.id, "path": "/commands/media/abc/delete", "payload": {}}
        )
        self.env.cr.execute(
            "UPDATE vet_sidecar_command SET create_date = create_date - interval '90 days', attempts = 13000"
            " WHERE id = %s",
            (command.id,),
        )
        command.invalidate_recordset()
        self._send(command)
        self.assertEqual(command.state, "pending")
        delay = (command.next_attempt_at - fields.Datetime.now()).total_seconds()
        self.assertAlmostEqual(delay, 600, delta=60)

    def test_queue_stops_when_the_scheduled_action_has_no_time_left(self):
        commands = self._command() + self._command() + self._command()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", side_effect=[9.0, 4.0, 0.0]):
            self.env["vet.sidecar.command"]._cron_send()
        self.assertEqual(commands.mapped("state"), ["done", "done", "pending"])

    def test_cron_is_triggered_by_a_new_command(self):
        cron = self.env.ref("vet_teleconsult.ir_cron_send_sidecar_commands")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._command()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_delivered_commands_are_forgotten_after_a_month(self):
        command = self._command()
        self._send(command)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE vet_sidecar_command SET write_date = write_date - interval '31 days' WHERE id = %s", (command.id,)
        )
        self.env.invalidate_all()
        self.env["vet.sidecar.command"]._gc_delivered()
        self.assertFalse(command.exists())


class TestSidecarChoice(TeleconsultCommon):
    """Rooms are spread over sidecars by rendezvous hashing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sidecars = cls.sidecar | cls.env["vet.sidecar"].create(
            [{"name": f"Sidecar {number}", "url": f"https://s{number}.example"} for number in range(2)]
        )
        cls.rooms = [f"room-{number}" for number in range(300)]

    def _choose_all(self):
        return {room: self.env["vet.sidecar"]._choose(room) for room in self.rooms}

    def test_everybody_gets_the_same_answer(self):
        self.assertEqual(self._choose_all(), self._choose_all())

    def test_each_sidecar_gets_a_fair_share(self):
        chosen = list(self._choose_all().values())
        for sidecar in self.sidecars:
            self.assertGreater(chosen.count(sidecar), 60)

    def test_archiving_one_moves_only_its_own_rooms(self):
        before = self._choose_all()
        self.sidecar.action_archive()
        after = self._choose_all()
        for room in self.rooms:
            if before[room] != self.sidecar:
                self.assertEqual(after[room], before[room])
            else:
                self.assertNotEqual(after[room], self.sidecar)

    def test_address_that_is_none_is_refused(self):
        for url in ("clinic.example", "ftp://clinic.example", "https://", "https://clinic.example/?a=b"):
            with self.subTest(url=url), self.assertRaisesRegex(ValidationError, "not the address"):
                self.sidecar.url = url

    def test_address_is_kept_without_its_last_slash(self):
        self.sidecar.url = " https://clinic.example/media/ "
        self.assertEqual(self.sidecar.url, "https://clinic.example/media")


class TestSettings(TeleconsultCommon):
    """Settings → Teleconsult."""

    def _settings(self, **values):
        settings = self.env["res.config.settings"].create(values)
        settings.execute()
        return settings

    def test_address_makes_the_first_sidecar(self):
        self.sidecar.action_archive()
        self._settings(vet_sidecar_url="https://clinic.example/media/")
        self.assertEqual(self.env["vet.sidecar"].search([]).url, "https://clinic.example/media")

    def test_address_changes_the_sidecar(self):
        self._settings(vet_sidecar_url="https://new.example/media")
        self.assertEqual(self.sidecar.url, "https://new.example/media")

    def test_settings_show_what_is_set(self):
        values = self.env["res.config.settings"].default_get(["vet_sidecar_url", "vet_sidecar_secret"])
        self.assertEqual(values["vet_sidecar_url"], "https://sidecar.example/media")
        self.assertEqual(values["vet_sidecar_secret"], self.secret)

    def test_secret_that_is_too_short_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "32 random bytes"):
            self._settings(vet_sidecar_secret="short")

    def test_generated_secret_can_be_used(self):
        self.env["res.config.settings"].create({}).action_generate_vet_sidecar_secret()
        secret = self.env["vet.sidecar"]._get_secret_sudo()
        self.assertNotEqual(secret, self.secret)

    def test_only_administrators_may_press_the_settings_buttons(self):
        for user in (self.owner, self.vet):
            settings = self.env["res.config.settings"].with_user(user)
            for action in ("action_generate_vet_sidecar_secret", "action_test_vet_sidecar"):
                with self.subTest(user=user.login, action=action), self.assertRaises(AccessError):
                    getattr(settings, action)()
        self.assertEqual(self.env["vet.sidecar"]._get_secret_sudo(), self.secret)

    def test_turn_address_that_is_none_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "turn.clinic.example"):
            self._settings(vet_turn_urls="turn:ok.example, https://no.example")

    def test_link_must_be_valid_for_a_day(self):
        with self.assertRaisesRegex(ValidationError, "one day"):
            self._settings(vet_link_validity_days=0)

    def test_connection_test_needs_an_address(self):
        self.sidecar.action_archive()
        with self.assertRaisesRegex(UserError, "address first"):
            self.env["res.config.settings"].create({"vet_sidecar_url": False}).action_test_vet_sidecar()

    def test_emergency_phone_is_what_owners_are_told(self):
        self.assertEqual(self.company._get_clinic_phone(), "+49 30 5550142")
        self.company.write({"vet_emergency_phone": False, "phone": "+49 30 5550100"})
        self.assertEqual(self.company._get_clinic_phone(), "+49 30 5550100")


class TestNeutralize(TeleconsultCommon):
    """A copy of production is harmless."""

    def test_copy_reaches_no_sidecar_and_signs_with_another_secret(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("vet_teleconsult.turn_secret", "turn-secret")
        command = self.env["vet.sidecar.command"].create({"sidecar_id": self.sidecar.id, "path": "/commands/check"})
        transcript = self.env["vet.transcript"]._create_for(self.consultation.chat_id)
        self.env.flush_all()
        for query in get_neutralization_queries(["vet_teleconsult"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.sidecar.active)
        self.assertEqual((command.state, transcript.state), ("failed", "failed"))
        self.assertFalse(parameters.get_param("vet_teleconsult.turn_secret"))
        secret = parameters.get_param("vet_teleconsult.sidecar_secret")
        self.assertNotEqual(secret, self.secret)
        self.assertEqual(len(protocol.decode_secret(secret)), 32)
