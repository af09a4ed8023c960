"""What a recording consists of: made of its journal and its files, the same way after a call and after a crash."""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .journal import Event
from .repair import FileFacts, NotRepairable, finalise
from .webm import container

NAME = "manifest.json"
VERSION = 1
_SUBTYPES = {"webm": "webm", "matroska": "x-matroska"}
NOTHING_ARRIVED = "nothing arrived"


@dataclass(frozen=True)
class FinishedFile:
    """One finished file.

    :param offset: seconds from the start of the recording to the file's first frame
    :param duration: seconds
    :param width: pixels of the first picture, ``None`` without video; likewise ``height``
    :param audio_codec: ``opus`` or ``None``
    :param video_codec: ``vp8``, ``h264`` or ``None``
    """

    path: Path
    participant: str
    source: str
    leg_id: str
    mime: str
    size: int
    sha256: str
    offset: float
    duration: float
    width: int | None
    height: int | None
    audio_codec: str | None
    video_codec: str | None


@dataclass(frozen=True)
class FinishedRecording:
    """A recording whose files are seekable and hashed.

    :param started_at: aware, UTC; likewise ``ended_at``
    :param manifest: path of the manifest, which says all this and more
    :param problems: sentences on what is missing or was mended
    """

    id: str
    room: str
    call: str
    started_at: datetime
    ended_at: datetime
    files: list[FinishedFile]
    directory: Path
    manifest: Path
    problems: list[str]


@dataclass
class _File:
    """What the journal tells of one file."""

    opened: Event
    offset: float | None = None
    connected: bool = False
    closed: Event | None = None
    sizes: list[list[float]] = field(default_factory=list)
    reports: list[Event] = field(default_factory=list)


def finish_files(folder: Path, events: list[Event]) -> dict[str, FileFacts | str]:
    """Finalise every file of a recording; a sentence in place of the facts where that failed. Run it in a thread."""
    return {event["file"]: finish_file(folder / event["file"]) for event in events if event["event"] == "leg-opened"}


def finish_file(path: Path) -> FileFacts | str:
    """Finalise one file; a file that holds no frame is removed."""
    try:
        facts = finalise(path)
    except FileNotFoundError:
        return NOTHING_ARRIVED
    except NotRepairable as error:
        return f"the file cannot be played: {error}"
    except OSError as error:
        return f"the file could not be finalised: {error.strerror}"
    if not facts.has_audio and not facts.has_video:
        path.unlink()
        return NOTHING_ARRIVED
    return facts


def write_manifest(
    folder: Path, events: list[Event], facts: dict[str, FileFacts | str], *, recovered: bool
) -> FinishedRecording:
    """Make the manifest and put it in place at once.

    :param events: the journal
    :param facts: from :func:`finish_files`
    :param recovered: whether the recording was interrupted
    :raises ValueError: the journal does not say what recording it is
    :raises OSError: the disk refuses
    """
    begun = next((event for event in events if event["event"] == "recording"), None)
    if begun is None:
        raise ValueError(f"the journal in {folder} does not say what was recorded")
    files = _gather(events)
    problems = ["The recorder was interrupted; what it had written was mended."] if recovered else []
    entries: list[dict[str, Any]] = []
    for name, file in files.items():
        found = facts.get(name, NOTHING_ARRIVED)
        problem = _problem(file, found)
        if problem:
            problems.append(problem)
        if isinstance(found, FileFacts):
            entries.append(_entry(name, file, found))
    seconds = max((entry["offset"] + entry["duration"] for entry in entries), default=0.0)
    seconds = next((event["at"] for event in events if event["event"] == "finished"), seconds)
    started = datetime.fromisoformat(begun["started_at"])
    document = {
        "version": VERSION,
        "id": begun["id"],
        "room": begun["room"],
        "call": begun["call"],
        "started_at": begun["started_at"],
        "ended_at": (started + timedelta(seconds=seconds)).isoformat(timespec="milliseconds"),
        "recovered": recovered,
        "pauses": _pauses(events),
        "problems": problems,
        "files": entries,
    }
    path = folder / NAME
    temporary = path.with_suffix(".part")
    with temporary.open("w") as target:
        json.dump(document, target, indent=1)
        target.flush()
        os.fsync(target.fileno())
    temporary.replace(path)
    return read_manifest(folder)


def read_manifest(folder: Path) -> FinishedRecording:
    """The finished recording in a folder.

    :raises OSError: there is no manifest
    :raises ValueError: it is not one
    """
    document = json.loads((folder / NAME).read_text())
    return FinishedRecording(
        id=document["id"],
        room=document["room"],
        call=document["call"],
        started_at=datetime.fromisoformat(document["started_at"]).astimezone(UTC),
        ended_at=datetime.fromisoformat(document["ended_at"]).astimezone(UTC),
        files=[_finished_file(folder, entry) for entry in document["files"]],
        directory=folder,
        manifest=folder / NAME,
        problems=document["problems"],
    )


def _gather(events: list[Event]) -> dict[str, _File]:
    files: dict[str, _File] = {}
    for event in events:
        kind = event["event"]
        if kind == "leg-opened":
            files[event["file"]] = _File(event)
        elif event.get("file") in files:
            file = files[event["file"]]
            if kind == "offset":
                file.offset = event["offset"]
            elif kind == "size":
                file.sizes.append([event["at"], event["width"], event["height"]])
            elif kind == "sender-report":
                file.reports.append(event)
            elif kind == "leg-connected":
                file.connected = True
            elif kind == "leg-closed":
                file.closed = event
    return files


def _problem(file: _File, found: FileFacts | str) -> str | None:
    who = f"{file.opened['source']} of {file.opened['participant']}"
    if found == NOTHING_ARRIVED and file.connected and not _packets(file):
        # Neither microphone nor camera were on: nothing was sent, so nothing is missing.
        return None
    if isinstance(found, str):
        return f"The {who}: {found}."
    reason = file.closed["reason"] if file.closed else ""
    if reason in ("disk_full", "write_failed", "disk_too_slow"):
        return f"The {who} ends early: {reason.replace('_', ' ')}."
    return None


def _packets(file: _File) -> int:
    return int(file.closed["statistics"]["packets"]) if file.closed else 0


def _entry(name: str, file: _File, facts: FileFacts) -> dict[str, Any]:
    codecs = {track["kind"]: track["codec"] for track in file.opened["tracks"]}
    closed = file.closed or {}
    size = file.sizes[0] if file.sizes else None
    return {
        "path": name,
        "participant": file.opened["participant"],
        "source": file.opened["source"],
        "leg": file.opened["leg"],
        "mime": f"{'video' if facts.has_video else 'audio'}/{_SUBTYPES[container(codecs.values())]}",
        "size": facts.size,
        "sha256": facts.sha256,
        "offset": round(file.offset if file.offset is not None else file.opened["at"], 4),
        "duration": round(facts.duration, 3),
        "width": int(size[1]) if size and facts.has_video else None,
        "height": int(size[2]) if size and facts.has_video else None,
        "audio_codec": codecs.get("audio") if facts.has_audio else None,
        "video_codec": codecs.get("video") if facts.has_video else None,
        "torn": facts.torn,
        "sizes": file.sizes,
        "opened": file.opened["at"],
        "closed": closed.get("at"),
        "reason": closed.get("reason"),
        "statistics": closed.get("statistics", {}),
        "sender_reports": [
            {key: report[key] for key in ("kind", "ntp", "rtp_timestamp", "at")} for report in file.reports
        ],
    }


def _pauses(events: list[Event]) -> list[dict[str, float | None]]:
    pauses: list[dict[str, float | None]] = []
    for event in events:
        if event["event"] == "paused":
            pauses.append({"from": event["at"], "to": None})
        elif event["event"] == "resumed" and pauses:
            pauses[-1]["to"] = event["at"]
    return pauses


def _finished_file(folder: Path, entry: dict[str, Any]) -> FinishedFile:
    names = ("participant", "source", "mime", "size", "sha256", "offset", "duration", "width", "height")
    return FinishedFile(
        path=folder / entry["path"],
        leg_id=entry["leg"],
        audio_codec=entry["audio_codec"],
        video_codec=entry["video_codec"],
        **{name: entry[name] for name in names},
    )
