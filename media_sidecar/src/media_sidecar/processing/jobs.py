"""What the service asks of a worker process, and what it answers: one line of JSON each, of these shapes."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .signatures import Kind, Sniffed

Container = Literal["mp4", "webm", "m4a", "jpg"]
Treatment = Literal["copy", "encode"]
FailureCode = Literal["dangerous", "wrong_type", "damaged", "too_many_pixels", "no_space", "timeout", "internal"]

POSTER_NAME = "poster.jpg"
_MIMES: dict[Container, str] = {"mp4": "video/mp4", "webm": "video/webm", "m4a": "audio/mp4", "jpg": "image/jpeg"}


@dataclass(frozen=True)
class Plan:
    """How a rendition is made.

    :ivar container: also the ending of its name
    :ivar video: nothing where there is no picture track, or where the whole is a photo
    :ivar audio: nothing where there is no sound
    """

    container: Container
    video: Treatment | None
    audio: Treatment | None

    @property
    def mime(self) -> str:
        """The rendition's media type."""
        return "audio/webm" if self.container == "webm" and self.video is None else _MIMES[self.container]

    @property
    def name(self) -> str:
        """The rendition's file name."""
        return f"rendition.{self.container}"


@dataclass(frozen=True)
class InspectJob:
    """Look at *source* and make its poster in *folder*.

    :ivar sniffed: what its first bytes said
    """

    source: str
    folder: str
    sniffed: Sniffed


@dataclass(frozen=True)
class RenderJob:
    """Make the rendition of *source* in *folder*.

    :ivar duration: seconds, for the progress; nothing when unknown
    """

    source: str
    folder: str
    sniffed: Sniffed
    plan: Plan
    duration: float | None


@dataclass(frozen=True)
class Inspection:
    """What a file turned out to be.

    :ivar duration: seconds
    :ivar width: pixels as shown: rotation and the shape of pixels applied
    :ivar rotation: degrees clockwise by which the stored picture is turned to be shown: 0, 90, 180 or 270
    :ivar frame_rate: frames a second, on average
    :ivar problems: sentences about what is missing of it
    :ivar has_poster: whether the poster is in the job's folder
    :ivar plan: of its rendition; nothing where every current browser shows the original
    """

    kind: Kind
    mime: str
    extension: str
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    rotation: int = 0
    frame_rate: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    problems: tuple[str, ...] = ()
    has_poster: bool = False
    plan: Plan | None = None


@dataclass(frozen=True)
class Rendered:
    """A rendition in the job's folder. Sizes and duration are as in :class:`Inspection`."""

    duration: float | None
    width: int | None
    height: int | None


class Unusable(Exception):
    """The file cannot be used, or the work cannot be done.

    :ivar code: for Odoo, which words it for people
    :ivar reason: an English sentence
    """

    def __init__(self, code: FailureCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def line_of(job: InspectJob | RenderJob) -> bytes:
    """*job* as the line that a worker reads."""
    task = "inspect" if isinstance(job, InspectJob) else "render"
    return json.dumps({"task": task, "job": asdict(job)}).encode() + b"\n"


def parse_line(line: bytes) -> InspectJob | RenderJob:
    """The job in a line; the opposite of :func:`line_of`."""
    message: dict[str, Any] = json.loads(line)
    values = message["job"] | {"sniffed": Sniffed(**message["job"]["sniffed"])}
    if message["task"] == "inspect":
        return InspectJob(**values)
    return RenderJob(**values | {"plan": Plan(**values["plan"])})
