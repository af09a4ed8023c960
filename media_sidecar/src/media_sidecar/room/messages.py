"""What a browser may say on the socket, checked, and nothing else."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from ..protocol import Identifier

MAX_FRAME_BYTES = 64 * 1024
"""A session description with every codec and candidate is about 15 kB."""

Token = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
Sdp = Annotated[str, StringConstraints(max_length=48 * 1024)]
Leg = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Source = Literal["camera", "screen"]


class BadMessage(Exception):
    """A frame that this service does not understand.

    :ivar message: a sentence that names what is wrong
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Hello(_Frame):
    type: Literal["hello"]
    v: int
    ticket: Token | None = None
    resume: Token | None = None

    @model_validator(mode="after")
    def _one_credential(self) -> "Hello":
        if (self.ticket is None) == (self.resume is None):
            raise ValueError("hello needs either a ticket or a resume token")
        return self


class Description(_Frame):
    """RTCSessionDescriptionInit."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Sdp = ""


class Candidate(_Frame):
    """RTCIceCandidateInit."""

    model_config = ConfigDict(extra="allow", frozen=True)

    candidate: Annotated[str, StringConstraints(max_length=2048)] = ""
    sdpMid: Annotated[str, StringConstraints(max_length=64)] | None = None
    sdpMLineIndex: int | None = None
    usernameFragment: Annotated[str, StringConstraints(max_length=256)] | None = None


class Signal(_Frame):
    type: Literal["signal"]
    to: Identifier
    to_session: Identifier
    description: Description | None = None
    candidate: Candidate | None = None

    def payload(self) -> dict[str, Any]:
        """What the receiver gets of it: the members that the sender gave, an explicit ``null`` candidate included."""
        return self.model_dump(include={"description", "candidate"} & self.model_fields_set, exclude_unset=True)


class State(_Frame):
    type: Literal["state"]
    microphone: bool | None = None
    camera: bool | None = None
    screen: bool | None = None
    connection: Literal["new", "connecting", "connected", "poor", "reconnecting", "phone"] | None = None


class Consent(_Frame):
    type: Literal["consent"]
    grant: Token | None = None
    decision: Literal["withdrawn"] | None = None

    @model_validator(mode="after")
    def _one_decision(self) -> "Consent":
        if (self.grant is None) == (self.decision is None):
            raise ValueError("consent needs either a grant or the decision withdrawn")
        return self


class RecordingAction(_Frame):
    type: Literal["recording"]
    action: Literal["request", "stop"]


class RecordOffer(_Frame):
    type: Literal["record-offer"]
    leg: Leg
    source: Source
    sdp: Sdp


class RecordClose(_Frame):
    type: Literal["record-close"]
    leg: Leg


class Leave(_Frame):
    type: Literal["leave"]


class Ping(_Frame):
    type: Literal["ping"]


Message = Signal | State | Consent | RecordingAction | RecordOffer | RecordClose | Leave | Ping

FrameT = TypeVar("FrameT")
_HELLO: TypeAdapter[Hello] = TypeAdapter(Hello)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def parse_hello(text: str) -> Hello:
    """The first frame of a socket.

    :raises BadMessage: when it is anything else
    """
    return _parse(_HELLO, text)


def parse_message(text: str) -> Message:
    """Any later frame.

    :raises BadMessage: when it is of an unknown type, too long or wrong inside
    """
    return _parse(_MESSAGE, text)


def _parse(adapter: TypeAdapter[FrameT], text: str) -> FrameT:
    if len(text) > MAX_FRAME_BYTES:
        raise BadMessage(f"The frame is longer than {MAX_FRAME_BYTES} characters.")
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        [first, *_] = error.errors(include_input=False, include_url=False)
        place = ".".join(str(part) for part in first["loc"])
        raise BadMessage(f"{place or 'frame'}: {first['msg']}") from None
