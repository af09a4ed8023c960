"""Tickets as Odoo makes them, written down independently of the service's own code."""

import base64
import time
import uuid
from typing import Any

import jwt

SECRET_TEXT = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"
SECRET = base64.urlsafe_b64decode(SECRET_TEXT + "=")


def sign(claims: dict[str, Any], secret: bytes = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, "" if algorithm == "none" else secret, algorithm)


def claims(audience: str, seconds: int = 3600, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    common = {"v": 1, "iss": "database", "aud": audience, "iat": now, "exp": now + seconds, "jti": uuid.uuid4().hex}
    return common | more


def room_claims(participant: str = "vet-1", room: str = "room", policy: str = "ask", **more: Any) -> dict[str, Any]:
    terms = {"policy": policy, "max_bitrate": 1_000_000}
    role = participant.partition("-")[0]
    return claims("room", room=room, participant=participant, role=role, name=participant, recording=terms) | more


def room_ticket(participant: str = "vet-1", room: str = "room", policy: str = "ask", **more: Any) -> str:
    return sign(room_claims(participant, room, policy, **more))


def consent_ticket(
    participant: str, call: str, room: str = "room", decision: str = "granted", consent: int = 1, **more: Any
) -> str:
    return sign(
        claims("consent", room=room, participant=participant, call=call, decision=decision, consent=consent) | more
    )


def media_ticket(key: str, **more: Any) -> str:
    defaults = {"disposition": "inline", "filename": "camera.webm", "mime": "video/webm"}
    return sign(claims("media", 3600, media=key, **defaults) | more)


def upload_claims(media: str, size: int, **more: Any) -> dict[str, Any]:
    defaults = {"chat": "chat", "max_bytes": 200 * 1024**2, "filename": "diary.txt", "mime": "text/plain", "types": []}
    return claims("upload", 3600, media=media, size=size, **defaults) | more


def upload_ticket(media: str, size: int, **more: Any) -> str:
    return sign(upload_claims(media, size, **more))
