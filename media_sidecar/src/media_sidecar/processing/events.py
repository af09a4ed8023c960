"""What Odoo hears of a file, in the shapes of the seam."""

from typing import Any, Literal

from ..uploads.ledger import Upload
from .jobs import POSTER_NAME, Inspection, Plan, Rendered

RETRYABLE = frozenset({"no_space", "timeout", "internal"})
"""Reasons that lie in this machine more than in the file."""


def ready(upload: Upload, inspection: Inspection) -> dict[str, Any]:
    """``media.ready``: the original, and its poster where it has one, are in the store."""
    folder = f"media/{upload.media}"
    return {
        "media": upload.media,
        "kind": inspection.kind,
        "mime": inspection.mime,
        "size": upload.size,
        "sha256": upload.sha256,
        "duration": inspection.duration,
        "width": inspection.width,
        "height": inspection.height,
        "rotation": inspection.rotation,
        "frame_rate": inspection.frame_rate,
        "video_codec": inspection.video_codec,
        "audio_codec": inspection.audio_codec,
        "key": f"{folder}/original.{inspection.extension}",
        "poster_key": f"{folder}/{POSTER_NAME}" if inspection.has_poster else None,
        "rendition": "pending" if inspection.plan else "none",
        "problems": list(inspection.problems),
    }


def rendition(media: str, plan: Plan, rendered: Rendered, size: int, sha256: str) -> dict[str, Any]:
    """``media.rendition``: it is in the store."""
    return {
        "media": media,
        "key": f"media/{media}/{plan.name}",
        "mime": plan.mime,
        "size": size,
        "sha256": sha256,
        "duration": rendered.duration,
        "width": rendered.width,
        "height": rendered.height,
    }


def failed(
    media: str,
    stage: Literal["check", "store", "rendition"],
    code: str,
    reason: str,
    *,
    retryable: bool | None = None,
) -> dict[str, Any]:
    """``media.failed``; whether it may be retried follows from *code* unless it is said."""
    may_retry = code in RETRYABLE if retryable is None else retryable
    return {"media": media, "stage": stage, "code": code, "reason": reason, "retryable": may_retry}
