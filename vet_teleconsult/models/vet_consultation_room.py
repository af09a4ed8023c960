import logging

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import limited_field_access_token

from odoo.addons.bus.websocket import WebsocketConnectionHandler

from ..tools import protocol
from ..tools.room_error import get_room_error
from .vet_consultation_workflow import NOBODY_PRESENT

_logger = logging.getLogger(__name__)

MAX_ICE_SERVERS = 5  # browsers slow down, and warn, beyond that
RECORD_BITRATES = 1_500_000  # bit/s for one video sender


class VetConsultation(models.Model):
    """The consultation's room: who takes part, what they are told, and the tickets that they show to the sidecar.

    A participant is described by a dict with the keys ``id``, ``role``, ``name``, ``partner`` and ``user``
    (the last two are records).
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    sidecar_id = fields.Many2one(
        "vet.sidecar",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="vet_teleconsult.group_veterinarian",
        help="Chosen when somebody enters for the first time.",
    )
    room_key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._generate_key(),
        groups="vet_teleconsult.group_veterinarian",
    )

    _room_key_uniq = models.Constraint("UNIQUE(room_key)", "Another consultation has this room already.")

    # === BUSINESS METHODS - PARTICIPANTS === #

    def _get_owner_participant(self):
        """Describe the owner as a participant of the room.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        partner = self.partner_id
        return {
            "id": f"owner-{partner.id}",
            "role": "owner",
            "name": partner.name or self.env._("Owner"),
            "partner": partner,
            "user": self.env["res.users"],
        }

    def _get_vet_participant(self):
        """Describe the current user, a vet, as a participant of the room.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        user = self.env.user
        return {
            "id": f"vet-{user.id}",
            "role": "vet",
            "name": user.name,
            "partner": user.partner_id,
            "user": user,
        }

    @api.model
    def _resolve_participant(self, participant):
        """Find whom a participant's identifier stands for.

        :param str participant: such as ``vet-7`` or ``owner-12``
        :return: role, partner and user; the records may be empty
        :rtype: tuple[str, res.partner, res.users]
        """
        role, _separator, number = (participant or "").partition("-")
        record_id = int(number) if number.isdecimal() else 0
        # sudo: whom an identifier of our own tickets stands for, for records that the system itself makes
        users_sudo, partners_sudo = self.env["res.users"].sudo(), self.env["res.partner"].sudo()
        if role == "vet":
            user_sudo = users_sudo.browse(record_id).exists()
            return role, user_sudo.partner_id, user_sudo
        if role == "owner":
            return role, partners_sudo.browse(record_id).exists(), users_sudo.browse()
        return "guest", partners_sudo.browse(), users_sudo.browse()

    @api.model
    def _get_participant_name(self, participant):
        """Give the name of a participant, or their identifier.

        :param str participant: such as ``vet-7``
        :rtype: str
        """
        _role, partner, _user = self._resolve_participant(participant)
        return partner.name or self._resolve_guest(participant).name or participant

    # === BUSINESS METHODS - ENTRY === #

    def _get_bootstrap(self, participant, access_token=None):
        """Tell a participant everything that their page needs to enter the room.

        Note: self.ensure_one()

        :param dict participant: who enters
        :param str access_token: the owner's or the guest's token, by which their page listens for news
        :rtype: dict
        :raises RoomError: when there is no sidecar
        """
        self.ensure_one()
        is_vet, is_guest = participant["role"] == "vet", participant["role"] == "guest"
        return {
            **self._get_ticket(participant),
            "consultation": self._get_room_consultation(),
            "participant": {key: participant[key] for key in ("id", "role", "name")},
            "recording": {
                "policy": self.type_id.recording_policy,
                "consent_text": self.type_id.consent_text or "",
                "consent_version": self.type_id.consent_version,
            },
            # What is written is between the clinic and the owner.
            "chat": None if is_guest else {"id": self.chat_id.id, "state": self.chat_id.state},
            "live": {
                "channel": f"vet_consultation_{self.id}" + ("" if is_vet else f"_{access_token}"),
                "websocket_path": f"/websocket?version={WebsocketConnectionHandler._VERSION}",
                # sudo: the number of the last notification, nothing of its content
                "last": self.env["bus.bus"].sudo()._bus_last_id(),
            },
            "waiting": None if is_vet else self._get_waiting_room(),
            "workspace": self._get_workspace() if is_vet else None,
        }

    def _get_room_consultation(self):
        patient, company = self.patient_id, self.company_id
        photo_url = None
        if patient.image_256:
            token = limited_field_access_token(patient, "image_256", scope="binary")
            photo_url = f"/web/image/vet.patient/{patient.id}/image_256?access_token={token}"
        claimed_by = self._get_claimed_by()
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "mode": self.mode,
            "scheduled_at": protocol.format_time(self.scheduled_at),
            "type": self.type_id.name,
            "patient": {
                "id": patient.id,
                "name": patient.name,
                "species": patient.species_id.name,
                "breed": patient.breed_id.name or None,
                "photo_url": photo_url,
            },
            "owner": {"name": self.partner_id.name},
            "vet": {"name": claimed_by["name"]} if claimed_by else None,
            "clinic": {"name": company.name, "phone": company._get_clinic_phone() or None},
        }

    def _get_ticket(self, participant):
        """Sign a ticket for the room, on the sidecar that carries it.

        Note: self.ensure_one()

        :param dict participant: who enters
        :return: the ticket, the sidecar's address and the ICE servers
        :rtype: dict
        :raises RoomError: when there is no sidecar
        """
        # sudo: vets may read a consultation without having a right to change it; the choice is the system's
        consultation_sudo = self.sudo()
        sidecar_sudo = consultation_sudo._ensure_sidecar()
        ticket = sidecar_sudo._sign_ticket(
            "room",
            protocol.ROOM_TICKET_LIFETIME,
            {
                "room": consultation_sudo.room_key,
                "participant": participant["id"],
                "role": participant["role"],
                "name": participant["name"],
                "recording": {
                    "policy": consultation_sudo.type_id.recording_policy,
                    "max_bitrate": RECORD_BITRATES,
                },
            },
        )
        return {
            "ticket": ticket,
            "sidecar": {"url": sidecar_sudo.url},
            "ice_servers": self._get_ice_servers(participant["id"]),
        }

    def _ensure_sidecar(self):
        """Give the sidecar that carries the room, chosen once; another one only when that was archived.

        Note: self.ensure_one()

        :rtype: vet.sidecar
        :raises RoomError: when there is none
        """
        self.ensure_one()
        if not self.sidecar_id.active:
            sidecar = self.env["vet.sidecar"]._choose(self.room_key)
            if not sidecar:
                raise get_room_error(self.env, "no_sidecar")
            # Another sidecar counts its events anew: for it, this is another room.
            new_room = self._prepare_new_room() if self.sidecar_id else {}
            self.write({"sidecar_id": sidecar.id, **new_room})
        return self.sidecar_id

    def _prepare_new_room(self):
        """Prepare the values of a room that nobody has been in: nothing issued for the former one opens it.

        :rtype: dict
        """
        return {"room_key": self._generate_key(), "presence_sequence": 0, **NOBODY_PRESENT}

    @api.model
    def _get_ice_servers(self, user):
        """List the STUN and TURN servers for a participant, with credentials that soon expire.

        :param str user: the participant, for the TURN server's log
        :return: as in ``RTCConfiguration.iceServers`` (W3C WebRTC 1.0)
        :rtype: list[dict]
        """
        own = []
        urls, credentials = self.env["vet.sidecar"]._get_turn_server(user)
        if credentials:
            own.append({"urls": urls, **credentials})
        else:
            own.append({"urls": [url for url in urls if url.startswith("stun")]})
        own = [server for server in own if server["urls"]]
        # sudo: servers that only administrators read; everyone in a room connects through them
        servers_sudo = self.env["mail.ice.server"].sudo()
        try:
            shared = servers_sudo._get_ice_servers()
        except (requests.RequestException, ValueError) as error:
            _logger.warning("The ICE servers' provider does not answer: %s", error)
            shared = servers_sudo._get_local_ice_servers()
        return [*own, *shared][:MAX_ICE_SERVERS]

    # === BUSINESS METHODS - CONSENT === #

    def _record_consent(self, participant, decision, call_key, version, ip, user_agent):
        """Keep a participant's answer, and sign it for the sidecar.

        Every answer is an entry of its own: the sidecar takes each only once.

        Note: self.ensure_one()

        :param dict participant: who answered
        :param str decision: ``granted`` or ``refused``
        :param str call_key: the sidecar's identifier of the call
        :param str version: version of the text that the participant was shown
        :param str ip: address of the client, or None
        :param str user_agent: browser of the client, or None
        :return: the grant, to be shown to the sidecar
        :rtype: str
        :raises UserError: when the answer cannot be taken
        """
        self.ensure_one()
        if decision not in ("granted", "refused"):
            raise UserError(self.env._("Choose whether you agree or not."))
        if not isinstance(call_key, str) or not call_key or len(call_key) > 64:
            raise UserError(self.env._("There is no call to record at present."))
        consultation_type = self.type_id
        if decision == "granted" and consultation_type.recording_policy == "never":
            raise UserError(self.env._("Consultations of this type are never recorded."))
        if version != consultation_type.consent_version:
            raise UserError(self.env._("The text has changed in the meantime. Reload the page and read it again."))
        # sudo: people answer but have no right to write the evidence of it
        consent_sudo = (
            self.env["vet.consent"]
            .sudo()
            .create(
                {
                    **self._prepare_consent_vals(participant["id"], call_key, decision),
                    "ip": ip,
                    "user_agent": user_agent,
                }
            )
        )
        return self.env["vet.sidecar"]._sign_ticket(
            "consent",
            protocol.CONSENT_GRANT_LIFETIME,
            {
                "room": self.sudo().room_key,
                "participant": participant["id"],
                "call": call_key,
                "decision": decision,
                "consent": consent_sudo.id,
            },
        )

    def _prepare_consent_vals(self, participant, call_key, decision):
        """Prepare the evidence of an answer, with the exact text of this language.

        :param str participant: identifier of who answered
        :param str call_key: the sidecar's identifier of the call
        :param str decision: ``granted``, ``refused`` or ``withdrawn``
        :rtype: dict
        """
        role, partner, user = self._resolve_participant(participant)
        return {
            "consultation_id": self.id,
            "company_id": self.company_id.id,
            "call_key": call_key,
            "participant": participant,
            "role": role,
            "partner_id": partner.id,
            "user_id": user.id,
            "decision": decision,
            "text": self.type_id.consent_text or "",
            "version": self.type_id.consent_version,
            "lang": self.env.context.get("lang") or partner.lang,
        }

    # === BUSINESS METHODS - END === #

    def _end_room(self, reason):
        """Have the sidecar close the rooms, also if it is away right now.

        :param str reason: ``finished``, ``cancelled`` or ``revoked``
        """
        # sudo: vets press the buttons; presence and the queue are the system's
        self.sudo().guest_ids.write({"is_present": False})
        for consultation_sudo in self.sudo().filtered("sidecar_id"):
            consultation_sudo.env["vet.sidecar.command"].create(
                {
                    "sidecar_id": consultation_sudo.sidecar_id.id,
                    "consultation_id": consultation_sudo.id,
                    "path": f"/commands/rooms/{consultation_sudo.room_key}/end",
                    "payload": {"reason": reason},
                }
            )
