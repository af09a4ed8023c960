"""The recorder: stores the encoded frames that browsers send, decodes nothing, and loses at most a second to a crash.

A :class:`Recorder` (one per process) starts a :class:`Recording` for a call. Each browser opens *legs* in it, one
send-only connection per source (camera with microphone; screen), by an offer that :meth:`Recording.open_leg` answers.
Every leg becomes one WebM file; a leg that is opened anew becomes the next one. :meth:`Recording.finish` returns the
files, seekable and hashed, and a manifest that places them in time. After a crash :meth:`Recorder.recover` does the
same for whatever the spool still holds.

The way of a packet: ``leg`` (aiortc's only contact) → ``receiver`` (``rtp``, ``sequence``, ``feedback``) →
``depacketizer`` (``vp8``, ``h264``, ``opus``) → ``segment`` (``timeline``, ``webm``) → ``writer``; then ``repair`` and
``manifest``.

Callbacks of a recording run in the event loop:

- ``on_leg_closed(leg_id, reason)``, once for every leg that was opened. Reasons: ``closed`` (by
  :meth:`~Recording.close_leg`), ``replaced`` (opened again under its id), ``paused``, ``finished``,
  ``closed_by_sender``, ``connection_failed``, ``connect_timeout``, ``silence``, ``disk_full``, ``write_failed``,
  ``disk_too_slow``.
- ``on_failed(reason)``, once, when nothing more can be written: ``disk_full`` or ``write_failed``. All legs are
  closed then; :meth:`~Recording.finish` still returns what was recorded before.
"""

from .admission import Measurements, RecordingLimits
from .errors import BadOffer, RecordingRefused
from .manifest import FinishedFile, FinishedRecording, read_manifest
from .recorder import Clock, Recorder
from .recording import Recording

__all__ = [
    "BadOffer",
    "Clock",
    "FinishedFile",
    "FinishedRecording",
    "Measurements",
    "Recorder",
    "Recording",
    "RecordingLimits",
    "RecordingRefused",
    "read_manifest",
]
