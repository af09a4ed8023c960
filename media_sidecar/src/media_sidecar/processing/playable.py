"""Which files every current browser plays as they are, and how a rendition of the others is made.

"Current" is the browsers that a phone or computer still gets updates for: Chromium, Firefox ESR, and Safari from 17.4.

- **MP4 and MOV** with H.264 (8 bit, 4:2:0) and AAC, MP3 or no sound play everywhere, also with the index (``moov``) at
  the end: browsers fetch it there with a range request before the first frame, which costs one round trip. Moving it
  to the front would keep every phone video twice in the store to save that trip, so such a file is left alone.
- **WebM** with VP8 or VP9 (8 bit, 4:2:0) and Opus or Vorbis plays everywhere: Safari does so since 17.4 on iOS and
  16.0 on macOS. It is left alone where it can be sought in, else copied into a file that can.
- **AV1** Safari decodes only where the chip does (iPhone 15 Pro, M3), **HEVC** Chromium and Firefox only where the
  system does, **Ogg** Safari only since 18.4, **Matroska**, AVI, 3GP and MPEG streams not all of them: these get a
  rendition. Where only the container is in the way the encoded frames are copied, never encoded again.
- A fragmented MP4, as MediaRecorder writes it, plays, but its length is a guess and seeking reads all of it: copied.
"""

from dataclasses import dataclass

from .jobs import Plan, Treatment
from .signatures import Kind

_EIGHT_BIT_420 = frozenset({"yuv420p", "yuvj420p"})
_MP4_SOUND = frozenset({None, "aac", "mp3"})
_WEBM_SOUND = frozenset({None, "opus", "vorbis"})
_WEBM_PICTURE = frozenset({"vp8", "vp9"})
_ISO_MIMES = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
_WEBM_MIMES = frozenset({"video/webm", "audio/webm"})
_COPYABLE_FROM = frozenset(
    {"video/mp4", "video/quicktime", "video/3gpp", "video/webm", "video/x-matroska", "video/mp2t"}
)
"""Containers whose frames carry times of their own; AVI's do not."""
_SOUND_FILES: dict[str, frozenset[str]] = {
    "audio/mpeg": frozenset({"mp3"}),
    "audio/aac": frozenset({"aac"}),
    "audio/mp4": frozenset({"aac", "mp3"}),
    "audio/webm": frozenset({"opus", "vorbis"}),
    "audio/flac": frozenset({"flac"}),
    "audio/wav": frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"}),
}
_STREAMS = frozenset({"audio/mpeg", "audio/aac", "audio/wav", "audio/flac"})
"""Sound that plays as far as it goes, without an index."""
_SHOWN_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp"})


@dataclass(frozen=True)
class Playback:
    """What decides whether a browser plays a file.

    :ivar pixel_format: FFmpeg's name for how pixels are stored
    :ivar seekable: whether the file knows its length and where its frames are
    :ivar whole: whether nothing of it is missing
    """

    kind: Kind
    mime: str
    video_codec: str | None = None
    pixel_format: str | None = None
    audio_codec: str | None = None
    seekable: bool = True
    whole: bool = True


def plan_for(file: Playback) -> Plan | None:
    """How the rendition of *file* is made; nothing where every current browser plays the original."""
    if file.kind == "photo":
        return None if file.mime in _SHOWN_PHOTOS else Plan("jpg", None, None)
    if file.kind == "audio":
        return _plan_for_sound(file)
    if file.kind == "video":
        return _plan_for_video(file)
    return None


def _plan_for_sound(file: Playback) -> Plan | None:
    plays = file.audio_codec in _SOUND_FILES.get(file.mime, ())
    if plays and ((file.seekable and file.whole) or file.mime in _STREAMS):
        return None
    if plays and file.mime == "audio/webm":
        return Plan("webm", None, "copy")
    return Plan("m4a", None, "copy" if file.audio_codec == "aac" else "encode")


def _plan_for_video(file: Playback) -> Plan | None:
    is_plain = file.pixel_format in _EIGHT_BIT_420
    fits_mp4 = file.video_codec == "h264" and is_plain
    fits_webm = file.video_codec in _WEBM_PICTURE and is_plain and file.audio_codec in _WEBM_SOUND
    is_in_order = file.seekable and file.whole
    if is_in_order and fits_mp4 and file.mime in _ISO_MIMES and file.audio_codec in _MP4_SOUND:
        return None
    if is_in_order and fits_webm and file.mime in _WEBM_MIMES:
        return None
    may_copy = file.mime in _COPYABLE_FROM
    if fits_webm and may_copy:
        return Plan("webm", "copy", "copy" if file.audio_codec else None)
    return Plan("mp4", "copy" if fits_mp4 and may_copy else "encode", _sound_for_mp4(file.audio_codec, may_copy))


def _sound_for_mp4(codec: str | None, may_copy: bool) -> Treatment | None:
    if codec is None:
        return None
    return "copy" if may_copy and codec in _MP4_SOUND else "encode"
