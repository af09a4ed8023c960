"""Puts the demo's clip and photo into one of its chats, by the owner's link and the media service's uploads."""

import json
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from dev import environments
from dev.paths import ROOT
from dev.problem import Problem
from dev.progress import say

FACTS = """
chat = env["vet.chat"].search(
    [("ended_at", "=", False), ("state", "=", "open"), ("vet_id", "!=", False), ("consultation_ids", "=", False)],
    order="id", limit=1,
)
if chat:
    result["chat"] = {"name": chat.display_name, "id": chat.id, "token": chat.link_token, "url": chat.link_url}
"""
"""For Odoo's shell (:func:`dev.stack.shell`): which chat it is."""

FILES = {
    "limping.mp4": ("video/mp4", "This is how he walks since this morning"),
    "foreleg.jpg": ("image/jpeg", "The leg that he lifts"),
}
_TIMEOUT = 60


def fill(url: str, chat: dict[str, Any]) -> None:
    """Send the files that the chat does not have yet.

    :param url: Odoo's address
    :param chat: id and token of the owner's link
    :raises Problem: where Odoo or the media service does not take one
    """
    with tempfile.TemporaryDirectory(prefix="vet-demo-") as name:
        folder = Path(name)
        missing = [each for each in FILES if not is_known(url, chat, each)]
        if not missing:
            return
        say("  A clip and a photo for the chat ...")
        subprocess.run([environments.python("sidecar"), ROOT / "dev" / "sample_clip.py", folder], check=True)
        for each in missing:
            _send(url, chat, folder / each)


def is_known(url: str, chat: dict[str, Any], name: str) -> bool:
    """Whether a file of this name stands in the chat."""
    messages = _ask(url, chat, "open")["messages"]
    return any(media["name"] == name for message in messages for media in message["media"])


def _send(url: str, chat: dict[str, Any], file: Path) -> None:
    mime, caption = FILES[file.name]
    content = file.read_bytes()
    values = {"filename": file.name, "size": len(content), "mime": mime, "origin": "file", "caption": caption}
    upload = _ask(url, chat, "upload", client_key=f"demo-{file.stem}", **values)["upload"]
    headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {upload['ticket']}"}
    create = urllib.request.Request(
        upload["url"], method="POST", headers=headers | {"Upload-Length": str(len(content)), "Content-Length": "0"}
    )
    with urllib.request.urlopen(create, timeout=_TIMEOUT) as answer:
        place = urljoin(upload["url"], answer.headers["Location"])
        offset = int(answer.headers.get("Upload-Offset") or 0)
    more = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    append = urllib.request.Request(place, content[offset:], method="PATCH", headers=headers | more)
    urllib.request.urlopen(append, timeout=_TIMEOUT).close()


def _ask(url: str, chat: dict[str, Any], route: str, **values: Any) -> dict[str, Any]:
    parameters = {"chat_id": chat["id"], "access_token": chat["token"], **values}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters}).encode()
    request = urllib.request.Request(
        f"{url}/vet_teleconsult/chat/{route}", body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        told = json.load(answer)
    result = told.get("result") or {}
    if "error" in told or "error" in result:
        raise Problem(f"The demo's chat does not answer: {told.get('error') or result['error']}")
    return dict(result)
