"""Opening a hostile file: only by the demuxer of what was sniffed, only with decoders that are needed, nothing else.

FFmpeg would otherwise guess from the content, and some of what it guesses (playlists) opens other files and addresses.
"""

from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition

from .jobs import Unusable

MOST_PIXELS = 40_000_000
"""Of one picture of a video: 8K, with something to spare."""

_DEMUXERS = {
    "video/mp4": "mov",
    "audio/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "audio/3gpp": "mov",
    "video/webm": "matroska",
    "audio/webm": "matroska",
    "video/x-matroska": "matroska",
    "audio/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
}
_VIDEO_DECODERS = (
    "h264 hevc vp8 vp9 libdav1d av1 mpeg4 mjpeg mjpegb h263 h263p mpeg1video mpeg2video prores dvvideo"
    " msmpeg4v1 msmpeg4 msmpeg4v2 flv svq1 svq3 cinepak rawvideo huffyuv wmv1 wmv2 vc1 png qtrle rpza"
)
_AUDIO_DECODERS = (
    "aac aac_latm mp3float mp3 mp2float mp2 mp1float mp1 opus libopus vorbis libvorbis flac alac ac3 eac3"
    " amrnb amrwb libopencore_amrnb libopencore_amrwb pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be"
    " pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_alaw pcm_mulaw pcm_dvd pcm_bluray"
    " adpcm_ms adpcm_ima_wav adpcm_ima_qt gsm gsm_ms qdm2 mace3 mace6 speex libspeex wmav1 wmav2"
)
Track = av.VideoStream | av.AudioStream
_DECODERS = frozenset(f"{_VIDEO_DECODERS} {_AUDIO_DECODERS}".split())


def open_media(path: Path, mime: str) -> InputContainer:
    """The container in *path*, which was sniffed as *mime*.

    :raises Unusable: ``damaged`` where it is none, or too much of it is missing
    """
    options = {"protocol_whitelist": "file", "codec_whitelist": ",".join(sorted(_DECODERS))}
    try:
        return av.open(f"file:{path}", format=_demuxer(path, mime), options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise Unusable("damaged", "The file cannot be read: its beginning or its index is missing.") from error


def picture_of(container: InputContainer) -> av.VideoStream | None:
    """The track with the moving picture; a cover in a sound file is none."""
    return next((track for track in container.streams.video if not track.disposition & Disposition.attached_pic), None)


def sound_of(container: InputContainer) -> av.AudioStream | None:
    """The first track with sound that can be decoded, or else the first one."""
    tracks = list(container.streams.audio)
    return next((track for track in tracks if may_decode(track)), tracks[0] if tracks else None)


def codec_of(track: Track | None) -> str | None:
    """FFmpeg's name of a track's codec, ``unknown`` for what it does not know."""
    if track is None:
        return None
    context = track.codec_context
    return context.codec.canonical_name if context is not None else "unknown"


def may_decode(track: Track) -> bool:
    """Whether a track is of a codec that this service decodes."""
    context = track.codec_context
    return context is not None and context.codec.name in _DECODERS


def prepare_decoder(track: av.VideoStream) -> None:
    """Set the decoder of a picture track up before its first packet.

    :raises Unusable: ``too_many_pixels`` where a picture of it would take more memory than it may
    """
    context = track.codec_context
    if context.width * context.height > MOST_PIXELS:
        raise Unusable(
            "too_many_pixels", f"The video has {context.width} x {context.height} pixels, more than can be shown."
        )
    context.options = {**context.options, "max_pixels": str(MOST_PIXELS)}
    context.thread_type = "AUTO"


def _demuxer(path: Path, mime: str) -> str:
    if mime != "video/mpeg":
        return _DEMUXERS[mime]
    with path.open("rb") as file:
        return "mpeg" if file.read(4) == b"\x00\x00\x01\xba" else "mpegvideo"
