"""A recording that the recorder has finished and nobody has delivered."""

import hashlib
import json
from pathlib import Path
from typing import Any

CONTENT = b"what was recorded"
RECORDING = "a1b2"
KEY = f"recordings/{RECORDING}/owner.webm"


def finished_in_spool(spool: Path, files: int = 1, content: bytes = CONTENT) -> Path:
    """Make it, and return its folder."""
    folder = spool / RECORDING
    folder.mkdir(parents=True)
    entry = {
        "path": "owner.webm",
        "participant": "owner-7",
        "source": "camera",
        "leg": "x",
        "mime": "video/webm",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "offset": 0.5,
        "duration": 12.0,
        "width": 640,
        "height": 480,
        "audio_codec": "opus",
        "video_codec": "vp8",
    }
    if files:
        (folder / "owner.webm").write_bytes(content)
    document: dict[str, Any] = {
        "version": 1,
        "id": RECORDING,
        "room": "room",
        "call": "call",
        "started_at": "2026-05-01T10:00:00.000+00:00",
        "ended_at": "2026-05-01T10:00:12.500+00:00",
        "problems": [],
        "files": [entry] * files,
    }
    (folder / "manifest.json").write_text(json.dumps(document))
    return folder
