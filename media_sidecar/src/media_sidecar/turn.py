"""Whether browsers would get a relay: a real allocation on the TURN server (RFC 8656)."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aioice import stun, turn

TIMEOUT_SECONDS = 5.0
CREDENTIAL_SECONDS = 60
USER = "vet-sidecar-check"


@dataclass(frozen=True)
class TurnAddress:
    """A parsed ``turn:`` or ``turns:`` address (RFC 7065)."""

    host: str
    port: int
    transport: str
    tls: bool

    @classmethod
    def parse(cls, url: str) -> "TurnAddress":
        """Read *url*.

        :raises ValueError: when it is not a TURN address
        """
        scheme, _, rest = url.partition(":")
        if scheme not in ("turn", "turns"):
            raise ValueError(f"{url!r} is not a TURN address")
        authority, _, query = rest.partition("?")
        host, separator, port = authority.rpartition(":")
        if not separator or port.endswith("]"):
            host, port = authority, ""
        tls = scheme == "turns"
        transport = parse_qs(query).get("transport", ["tcp" if tls else "udp"])[0]
        return cls(host.strip("[]"), int(port or (5349 if tls else 3478)), transport, tls)


def rest_credentials(secret: str, user: str, seconds: int, now: float | None = None) -> tuple[str, str]:
    """Name and password that coturn's ``use-auth-secret`` takes for *seconds* (TURN REST API)."""
    name = f"{int(time.time() if now is None else now) + seconds}:{user}"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return name, base64.b64encode(digest).decode()


async def check_turns(urls: Sequence[str], username: str, credential: str) -> dict[str, Any]:
    """Check every TURN address as :func:`check_turn`, all at once: ``{"ok", "message"}`` with a sentence for each.

    :param urls: as in a browser's ``iceServers``; STUN addresses among them are passed over
    """
    relays = [url for url in urls if url.partition(":")[0] in ("turn", "turns")]
    if not relays:
        return {"ok": False, "message": "None of the addresses is a TURN address: begin them with turn: or turns:."}
    verdicts = await asyncio.gather(*(check_turn(url, username, credential) for url in relays))
    return {
        "ok": all(verdict["ok"] for verdict in verdicts),
        "message": " ".join(verdict["message"] for verdict in verdicts),
    }


async def check_turn(url: str, username: str, credential: str) -> dict[str, Any]:
    """Allocate a relay address and give it back: ``{"ok", "message"}``."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            relay = await _allocate(TurnAddress.parse(url), username, credential)
    except TimeoutError:
        return {"ok": False, "message": f"{url} does not answer: check address, port and firewall."}
    except stun.TransactionFailed as error:
        code, reason = error.response.attributes.get("ERROR-CODE", (0, "unknown"))
        hint = " Compare the TURN secret with coturn's static-auth-secret." if code == 401 else ""
        return {"ok": False, "message": f"{url} refused with {code} {reason}.{hint}"}
    except (OSError, stun.TransactionError, ValueError) as error:
        return {"ok": False, "message": f"{url} cannot be used: {str(error) or type(error).__name__}."}
    return {"ok": True, "message": f"{url} gave the relay address {relay}."}


async def _allocate(address: TurnAddress, username: str, credential: str) -> str:
    loop = asyncio.get_running_loop()
    [(_, _, _, _, server), *_] = await loop.getaddrinfo(address.host, address.port, type=2)
    transport, _ = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=(str(server[0]), int(server[1])),
        username=username,
        password=credential,
        ssl=address.tls or None,
        transport=address.transport,
    )
    try:
        relayed = transport.get_extra_info("sockname")
        return f"{relayed[0]}:{relayed[1]}"
    finally:
        transport.close()
