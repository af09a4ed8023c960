import json
import time
import uuid
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, TransactionCase, new_test_user

from odoo.addons.vet_teleconsult.models.vet_sidecar import SECRET_PARAMETER
from odoo.addons.vet_teleconsult.tools import protocol

VET_GROUP = "vet_teleconsult.group_veterinarian"
MANAGER_GROUP = "vet_teleconsult.group_manager"


class TeleconsultCommon(TransactionCase):
    """A clinic with two vets, a manager and a receptionist; two owners, each with an animal; another clinic."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False, "no_reset_password": True})
        cls.company = cls.env["res.company"].create({"name": "Linden Clinic", "vet_emergency_phone": "+49 30 5550142"})
        cls.other_company = cls.env["res.company"].create({"name": "Birch Clinic"})
        cls.vet = cls._create_user("test_vet", VET_GROUP, name="Dr. Meier")
        cls.second_vet = cls._create_user("test_second_vet", VET_GROUP, name="Dr. Weber")
        cls.manager = cls._create_user("test_manager", MANAGER_GROUP, name="Manager")
        cls.receptionist = cls._create_user("test_receptionist", "base.group_user", name="Reception")
        cls.foreign_vet = cls._create_user("test_foreign_vet", VET_GROUP, company=cls.other_company, name="Dr. Birch")
        cls.owner = cls._create_user("test_owner", "base.group_portal", name="Anna Keller")
        cls.other_owner = cls._create_user("test_other_owner", "base.group_portal", name="Otto Other")
        cls.public = cls.env.ref("base.public_user")
        cls.species = cls.env["vet.species"].create({"name": "Test Ferret", "code": "test_ferret"})
        cls.other_species = cls.env["vet.species"].create({"name": "Test Newt", "code": "test_newt"})
        cls.consultation_type = cls.env["vet.consultation.type"].create(
            {
                "name": "Video Visit",
                "mode": "video",
                "duration": 0.5,
                "recording_policy": "ask",
                "consent_text": "May we record this call?",
                "note_template": "<p>Plan:</p>",
            }
        )
        cls.sidecar = cls.env["vet.sidecar"].create({"name": "Sidecar", "url": "https://sidecar.example/media"})
        (cls.env["vet.sidecar"].search([]) - cls.sidecar).action_archive()
        cls.patient = cls._create_patient("Rex", cls.owner.partner_id)
        cls.other_patient = cls._create_patient("Otis", cls.other_owner.partner_id)
        cls.consultation = cls._create_consultation()
        cls.secret = protocol.generate_secret()
        cls.env["ir.config_parameter"].set_param(SECRET_PARAMETER, cls.secret)

    @classmethod
    def _create_user(cls, login, groups, company=None, **values):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=company.id,
            company_ids=[fields.Command.set(company.ids)],
            email=f"{login}@example.com",
            **values,
        )

    @classmethod
    def _create_patient(cls, name, partner, company=None, **values):
        return cls.env["vet.patient"].create(
            {
                "name": name,
                "species_id": cls.species.id,
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                **values,
            }
        )

    @classmethod
    def _create_consultation(cls, patient=None, **values):
        patient = patient or cls.patient
        return cls.env["vet.consultation"].create(
            {
                "patient_id": patient.id,
                "partner_id": patient.partner_id.id,
                "type_id": cls.consultation_type.id,
                "company_id": patient.company_id.id,
                "scheduled_at": fields.Datetime.now(),
                **values,
            }
        )

    @classmethod
    def _create_signed_prescription(cls):
        """What an owner sees of what was prescribed for the patient."""
        drops = {"name": "Drops", "dose": "1", "frequency": "once a day", "duration": "3 days", "route": "eye"}
        prescription = cls.env["vet.prescription"].create(
            {"patient_id": cls.patient.id, "company_id": cls.company.id, "line_ids": [fields.Command.create(drops)]}
        )
        prescription.with_user(cls.vet)._sign("Dr. Meier", "BE-10482")
        return prescription

    @classmethod
    def _create_recording(cls, consultation=None, **values):
        """A call of a consultation and its finished recording with one file."""
        consultation = consultation or cls.consultation
        consultation.sidecar_id = cls.sidecar
        started_at = fields.Datetime.now() - timedelta(minutes=10)
        call = cls.env["vet.call"].create(
            {"consultation_id": consultation.id, "sidecar_key": uuid.uuid4().hex, "started_at": started_at}
        )
        recording = cls.env["vet.recording"].create(
            {
                "call_id": call.id,
                "sidecar_key": uuid.uuid4().hex,
                "sidecar_id": cls.sidecar.id,
                "folder_key": "recordings/r1/",
                "state": "ready",
                "started_at": started_at,
                "ended_at": started_at + timedelta(minutes=5),
                "duration": 300.0,
                **values,
            }
        )
        recording._store_files(
            [
                {
                    "key": f"recordings/{recording.sidecar_key}/owner-camera-1.webm",
                    "mime": "video/webm",
                    "size": 1000,
                    "sha256": "0" * 64,
                    "participant": f"owner-{consultation.partner_id.id}",
                    "role": "owner",
                    "source": "camera",
                    "offset": 0.0,
                    "duration": 300.0,
                    "width": 640,
                    "height": 480,
                }
            ]
        )
        return recording


class TeleconsultHttpCommon(TeleconsultCommon, HttpCase):
    """The same clinic, asked through its routes."""

    def _ask(self, route, user=None, **params):
        """Ask a route of the room as somebody.

        :param str route: last part of the route, such as ``join``
        :param res.users user: who is logged in; nobody by default
        :param params: of the route; ``consultation_id`` is the test's consultation by default
        :return: the route's answer
        """
        self.authenticate(user and user.login, user and user.login)
        params.setdefault("consultation_id", self.consultation.id)
        return self.make_jsonrpc_request(f"/vet_teleconsult/room/{route}", params)

    def _ask_as_owner(self, route, **params):
        """Ask a route of the room by the owner's link."""
        params.setdefault("access_token", self.consultation.room_token)
        return self._ask(route, **params)

    def _make_event(self, event_type, data, room=None, sequence=1, at="2026-05-01T10:00:00.123Z", **values):
        return {
            "v": 1,
            "id": str(uuid.uuid4()),
            "room": room or self.consultation.room_key,
            "sequence": sequence,
            "type": event_type,
            "at": at,
            "data": data,
            **values,
        }

    def _post_event(self, event, secret=None, timestamp=None, signature=None, body=None):
        """Post an event as the sidecar does.

        :return: the response
        """
        body = json.dumps(event).encode() if body is None else body
        timestamp = str(int(time.time())) if timestamp is None else timestamp
        if signature is None:
            signature = protocol._sign(secret or self.secret, timestamp.encode() + b"." + body)
        headers = {"Content-Type": "application/json"}
        if timestamp:
            headers[protocol.TIMESTAMP_HEADER] = timestamp
        if signature:
            headers[protocol.SIGNATURE_HEADER] = signature
        return self.url_open("/vet_teleconsult/sidecar/events", data=body, headers=headers)

    def _deliver(self, event_type, data, **values):
        """Post an event that must be taken.

        :return: the response's values
        """
        response = self._post_event(self._make_event(event_type, data, **values))
        self.assertEqual(response.status_code, 200, response.text)
        self.env.invalidate_all()
        return response.json()
