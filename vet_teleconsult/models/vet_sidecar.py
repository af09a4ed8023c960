import hashlib
import json
import logging
import time
from urllib.parse import urlsplit

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import protocol

_logger = logging.getLogger(__name__)

SECRET_PARAMETER = "vet_teleconsult.sidecar_secret"
COMMAND_TIMEOUT = 10  # seconds
CHECK_MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}
MAX_CLOCK_SKEW = 30  # seconds: the leeway that the sidecar gives to tickets


class VetSidecar(models.Model):
    """A media sidecar: the service through which rooms signal, and which records and plays."""

    _name = "vet.sidecar"
    _description = "Media Sidecar"
    _order = "sequence, id"

    # === FIELDS === #

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="An archived sidecar gets no new rooms. What it has recorded can still be played."
    )
    url = fields.Char(
        string="Address",
        required=True,
        help="What browsers use, such as https://clinic.example/media-sidecar: the reverse proxy leads to the service.",
    )
    command_url = fields.Char(
        string="Internal Address",
        help="What Odoo itself uses, when that is another, such as http://127.0.0.1:8070.",
    )
    check_state = fields.Selection(
        [
            ("never", "Never tested"),
            ("ok", "Works"),
            ("warning", "Works, with a warning"),
            ("failed", "Does not work"),
        ],
        default="never",
        required=True,
        readonly=True,
        copy=False,
    )
    check_at = fields.Datetime(string="Last Tested", readonly=True, copy=False)
    check_message = fields.Text(string="Test Result", readonly=True, copy=False)

    # === CONSTRAINT METHODS === #

    @api.constrains("url", "command_url")
    def _check_urls(self):
        for sidecar in self:
            for url in filter(None, (sidecar.url, sidecar.command_url)):
                parts = urlsplit(url)
                if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
                    raise ValidationError(
                        self.env._(
                            "“%(url)s” is not the address of a sidecar. "
                            "Write it like https://clinic.example/media-sidecar",
                            url=url,
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalize_urls(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._normalize_urls(vals)
        return super().write(vals)

    def _normalize_urls(self, vals):
        for name in ("url", "command_url"):
            if vals.get(name):
                vals[name] = vals[name].strip().rstrip("/")

    # === ACTION METHODS === #

    def action_test_connection(self):
        """Ask each sidecar how it is, and keep the answer where people see it."""
        for sidecar in self:
            state, lines = sidecar._check()
            sidecar.write({"check_state": state, "check_at": fields.Datetime.now(), "check_message": "\n".join(lines)})
        failed = self.filtered(lambda sidecar: sidecar.check_state == "failed")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if failed else "success",
                "title": self.env._("The sidecar does not work") if failed else self.env._("The sidecar works"),
                "message": (failed or self)[:1].check_message,
                "sticky": bool(failed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS - SECRET === #

    @api.model
    def _ensure_secret(self):
        """Make the shared secret, unless there is one."""
        # sudo: config parameters; the secret is made at installation, whoever installs
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        if not parameters_sudo.get_param(SECRET_PARAMETER):
            parameters_sudo.set_param(SECRET_PARAMETER, protocol.generate_secret())

    @api.model
    def _get_secret_sudo(self):
        """Give the shared secret, or say what to do when there is none that can be used.

        :raises UserError: when it is missing, not base64url or too short
        :rtype: str
        """
        # sudo: tickets are made for people who may not read parameters; the secret itself never leaves the server
        secret = self.env["ir.config_parameter"].sudo().get_param(SECRET_PARAMETER)
        if not secret:
            raise UserError(
                self.env._("There is no sidecar secret. An administrator generates one in Settings → Teleconsult.")
            )
        try:
            protocol.decode_secret(secret)
        except ValueError as error:
            raise UserError(
                self.env._("The sidecar secret cannot be used. Generate a new one in Settings → Teleconsult.")
            ) from error
        return secret

    @api.model
    def _sign_ticket(self, audience, lifetime, claims):
        """Sign a ticket of this database.

        :param str audience: ``room``, ``consent``, ``upload`` or ``media``
        :param int lifetime: seconds
        :param dict claims: what the ticket allows
        :rtype: str
        """
        # sudo: the database's uuid is a config parameter
        issuer = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return protocol.sign_ticket(self._get_secret_sudo(), audience, lifetime, issuer, claims)

    # === BUSINESS METHODS - CHOICE === #

    @api.model
    def _choose(self, room_key):
        """Choose the sidecar of a room by rendezvous hashing (Thaler and Ravishankar, 1998).

        Every room goes to the sidecar with the highest hash of both, so that adding or archiving one moves only the
        rooms that have to move, and everybody who asks at the same time gets the same answer.

        :param str room_key: key of the room
        :return: an active sidecar, or none when there is none
        :rtype: vet.sidecar
        """
        return max(
            self.search([("active", "=", True)]),
            key=lambda sidecar: hashlib.sha256(f"{sidecar.id}:{room_key}".encode()).digest(),
            default=self.browse(),
        )

    def _get_media_url(self, store_key, disposition, filename, mime, stream=False):
        """Make an address, good for an hour, at which the sidecar gives out a stored file.

        Note: self.ensure_one()

        :param str store_key: key in the media store; ending in ``/`` for a whole folder as a ZIP
        :param str disposition: ``inline`` or ``attachment``
        :param str filename: name for the file on somebody's disk
        :param str mime: media type to answer with
        :param bool stream: whether the sidecar gives the bytes itself, and never leads on to a bucket
        :rtype: str
        """
        return self.url + self._get_media_path(store_key, disposition, filename, mime, stream)

    def _get_media_path(self, store_key, disposition, filename, mime, stream):
        """Make the part of such an address that follows the sidecar's own.

        :rtype: str
        """
        self.ensure_one()
        claims = {"media": store_key, "disposition": disposition, "filename": filename, "mime": mime}
        if stream:
            claims["stream"] = True
        ticket = self._sign_ticket("media", protocol.MEDIA_TICKET_LIFETIME, claims)
        path = requests.utils.quote(store_key, safe="/")
        return f"/media/{path}?ticket={ticket}"

    # === BUSINESS METHODS - COMMANDS === #

    def _send_command(self, path, payload):
        """Post a signed command to the sidecar.

        Note: self.ensure_one()

        :param str path: such as ``/commands/check``
        :param dict payload: body of the command
        :return: the sidecar's answer
        :rtype: dict
        :raises requests.RequestException: when there is no answer, or not a good one
        """
        self.ensure_one()
        body = json.dumps(payload).encode()
        timestamp = int(time.time())
        response = requests.post(
            (self.command_url or self.url) + path,
            data=body,
            headers={
                "Content-Type": "application/json",
                protocol.TIMESTAMP_HEADER: str(timestamp),
                protocol.SIGNATURE_HEADER: protocol.sign_command(
                    self._get_secret_sudo(), timestamp, "POST", path, body
                ),
            },
            timeout=COMMAND_TIMEOUT,
            allow_redirects=False,
        )
        if not response.ok or response.is_redirect:
            raise requests.HTTPError(f"{response.status_code} {response.reason}", response=response)
        return response.json()

    # === BUSINESS METHODS - CHECK === #

    def _check(self):
        """Ask the sidecar how it is.

        Note: self.ensure_one()

        :return: the resulting state and one readable line for each thing that was looked at
        :rtype: tuple[str, list[str]]
        """
        self.ensure_one()
        asked_at = time.time()
        try:
            answer = self._send_command("/commands/check", self._prepare_check())
        except UserError as error:
            return "failed", [str(error)]
        except requests.RequestException as error:
            _logger.info("The sidecar %s did not pass its test: %s", self.id, error)
            return "failed", [self._explain_failure(error)]
        try:
            return self._read_check(answer, (asked_at + time.time()) / 2)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _logger.info("The sidecar %s answered its test with something unexpected: %s", self.id, error)
            return "failed", [
                self.env._("Something answers at this address, but it is not a media sidecar. Check the address.")
            ]

    def _prepare_check(self):
        """Prepare the test command: the sidecar is to try the TURN server that browsers are given.

        :rtype: dict
        """
        urls, credentials = self._get_turn_server("check")
        return {"turn": {"urls": urls, **credentials}} if credentials else {}

    @api.model
    def _get_turn_server(self, user):
        """Return the addresses of the clinic's own TURN server, with credentials that soon expire.

        :param str user: who will connect, for the TURN server's log
        :return: the addresses, and username and credential (empty without a secret)
        :rtype: tuple[list[str], dict]
        """
        # sudo: config parameters that only administrators read; credentials live for hours only
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        urls = [url.strip() for url in (parameters_sudo.get_param("vet_teleconsult.turn_urls") or "").split(",")]
        urls = [url for url in urls if url]
        secret = parameters_sudo.get_param("vet_teleconsult.turn_secret")
        if not (urls and secret):
            return urls, {}
        username, credential = protocol.turn_credentials(secret, user)
        return urls, {"username": username, "credential": credential}

    def _read_check(self, answer, local_time):
        """Turn the sidecar's answer into sentences.

        :param dict answer: version, protocol, time, and store, turn, odoo and recording with ``ok`` and ``message``
        :param float local_time: Unix time here when the sidecar answered
        :return: the resulting state and the sentences
        :rtype: tuple[str, list[str]]
        """
        facts = [
            self._judge_version(answer),
            self._judge_clock(float(answer["time"]) - local_time),
            self._judge_part(self.env._("Media store"), answer["store"]),
            self._judge_part(self.env._("Sidecar reaches Odoo"), answer["odoo"]),
            self._judge_part(self.env._("Recording"), answer["recording"]),
            self._judge_turn(answer.get("turn")),
        ]
        levels = {level for level, _sentence in facts}
        state = "failed" if "failed" in levels else "warning" if "warning" in levels else "ok"
        return state, [f"{CHECK_MARKS[level]} {sentence}" for level, sentence in facts]

    def _judge_version(self, answer):
        if answer["protocol"] == protocol.VERSION:
            return "ok", self.env._("Version %(version)s", version=answer["version"])
        return "failed", self.env._(
            "Version %(version)s speaks protocol %(theirs)s, this Odoo %(ours)s. Update the older of the two.",
            version=answer["version"],
            theirs=answer["protocol"],
            ours=protocol.VERSION,
        )

    def _judge_clock(self, skew):
        if abs(skew) <= MAX_CLOCK_SKEW:
            return "ok", self.env._("Clocks agree within %(seconds).1f s", seconds=abs(skew))
        return "failed", self.env._(
            "The clocks differ by %(seconds).0f s. Synchronise both machines (NTP): tickets are refused.",
            seconds=abs(skew),
        )

    def _judge_part(self, label, part, level="failed"):
        sentence = f"{label}: {part['message']}"
        return ("ok" if part["ok"] else level), sentence

    def _judge_turn(self, part):
        if part is None:
            return "warning", self.env._(
                "TURN is not set up on the sidecar: not tested. Without TURN some owners cannot connect."
            )
        return self._judge_part(self.env._("TURN"), part, level="warning")

    def _explain_failure(self, error):
        """Say in words what to do about a command that did not arrive.

        :param requests.RequestException error: what happened
        :rtype: str
        """
        response = getattr(error, "response", None)
        if response is not None and response.status_code == 401:
            return self.env._(
                "The sidecar refuses the signature: its VET_SIDECAR_SECRET is not the secret of these settings, "
                "or the clocks differ by more than five minutes."
            )
        if response is not None:
            return self.env._(
                "The sidecar answers with an error (%(status)s). Check the address and the sidecar's log.",
                status=response.status_code,
            )
        if isinstance(error, requests.exceptions.SSLError):
            return self.env._("The certificate at this address is not valid. Check the address and the certificate.")
        if isinstance(error, requests.Timeout):
            return self.env._("The sidecar does not answer in time. Is it running, does the proxy lead to it?")
        if isinstance(error, requests.exceptions.JSONDecodeError):
            return self.env._("Something answers at this address, but it is not a media sidecar. Check the address.")
        return self.env._("Nothing answers at this address. Is the sidecar running, is the address right?")
