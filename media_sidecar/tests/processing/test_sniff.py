"""What the first bytes say, against what the name and the browser say."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_sidecar.processing import HEAD_BYTES, Refused, sniff

from . import files
from .conftest import Keeper
from .zoo import TAKEN, Animal

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


def code(head: bytes, filename: str, declared: str = "", types: list[str] | None = None) -> str:
    """The code of the refusal, empty when there is none."""
    try:
        sniff(head, filename, declared, types or [])
    except Refused as refusal:
        assert refusal.message.endswith(".")
        return refusal.code
    return ""


@pytest.mark.parametrize("animal", TAKEN, ids=lambda animal: animal.name)
def test_what_is_taken_in_the_end_is_taken_at_its_beginning(keeper: Keeper, animal: Animal) -> None:
    found = keeper.sniff(animal.name)
    # A container may hold only sound, which its first bytes need not say.
    family = {"video": "recording", "audio": "recording"}
    assert family.get(found.kind, found.kind) == family.get(animal.kind, animal.kind)


@pytest.mark.parametrize(
    ("brands", "mime"),
    [
        (b"qt  \x00\x00\x00\x00qt  ", "video/quicktime"),
        (b"isom\x00\x00\x02\x00isomiso2avc1mp41", "video/mp4"),
        (b"M4V \x00\x00\x00\x01M4V M4A mp42isom", "video/mp4"),
        (b"M4A \x00\x00\x00\x00M4A mp42isom", "audio/mp4"),
        (b"3gp4\x00\x00\x00\x003gp4isom", "video/3gpp"),
        (b"heic\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"mif1\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"mif1\x00\x00\x00\x00mif1miaf", "image/heif"),
        (b"avif\x00\x00\x00\x00avifmif1miaf", "image/avif"),
        (b"mif1\x00\x00\x00\x00mif1avifmiaf", "image/avif"),
    ],
)
def test_iso_media_are_told_apart_by_their_brands(brands: bytes, mime: str) -> None:
    head = (8 + len(brands)).to_bytes(4) + b"ftyp" + brands + bytes(100)
    assert sniff(head, "", "", []).mime == mime


def test_canon_s_raw_photos_are_no_videos() -> None:
    assert code(b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom" + bytes(64), "IMG_1.CR3") == "wrong_type"


@pytest.mark.parametrize(
    ("filename", "declared"),
    [
        ("clip.mp4", "video/mp4"),
        ("CLIP.MOV", "video/quicktime"),
        ("clip", "application/octet-stream"),
        ("clip", ""),
        ("voice.m4a", "audio/x-m4a"),
        ("clip.mp4", "VIDEO/MP4; codecs=avc1"),
    ],
)
def test_names_and_types_of_the_same_family_are_believed(filename: str, declared: str) -> None:
    assert code(MP4, filename, declared) == ""


@pytest.mark.parametrize(
    ("filename", "declared"), [("photo.jpg", "image/jpeg"), ("photo.jpg", ""), ("x", "image/png"), ("blood.pdf", "")]
)
def test_a_film_that_calls_itself_something_else_is_not_what_it_says(filename: str, declared: str) -> None:
    assert code(MP4, filename, declared) == "not_what_it_says"


@pytest.mark.parametrize("extension", ["exe", "js", "html", "svg", "docm", "lnk", "apk", "bat", "xml", "exe. "])
def test_a_name_that_a_computer_would_run_is_dangerous_whatever_it_holds(extension: str) -> None:
    assert code(b"harmless words", f"notes.{extension}") == "dangerous"
    assert code(MP4, f"notes.{extension}") == "dangerous"


@pytest.mark.parametrize(
    "head",
    [
        b"\x7fELF\x02\x01\x01" + bytes(64),
        b"\xcf\xfa\xed\xfe" + bytes(64),
        b"\xca\xfe\xba\xbe" + bytes(64),
        b"#!/usr/bin/env python\n",
        b"dex\n035\x00" + bytes(64),
        files.PROGRAM,
    ],
)
def test_programs_are_dangerous_under_any_name_and_a_lie_under_a_film_s(head: bytes) -> None:
    assert code(head, "tool") == "dangerous"
    assert code(head, "clip.mp4", "video/mp4") == "not_what_it_says"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "  \n<!-- x --><svg onload=alert(1)>",
        "<?php system($_GET['x']); ?>",
        "Dear doctor\n\n<iframe src=//elsewhere>",
        "@echo off\r\ndel *",
        '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><x/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_that_a_browser_or_a_shell_would_obey_is_dangerous(text: str, encoding: str) -> None:
    assert code(text.encode(encoding), "notes.txt", "text/plain") == "dangerous"


@pytest.mark.parametrize(
    "text", ["Rex is <b>very</b> tired", "weight < 5 kg", "#1 Rex\n#2 Bella", "Größe: 5 µm, nach Gabe", "a,b\n1,2"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_what_people_write_is_text(text: str, encoding: str) -> None:
    assert sniff(text.encode(encoding), "notes.txt", "text/plain", []).mime == "text/plain"


def test_text_that_is_cut_in_the_middle_of_a_letter_is_text() -> None:
    head = ("ä" * HEAD_BYTES).encode()[: HEAD_BYTES - 1]
    assert sniff(head, "notes.txt", "", []).mime == "text/plain"


def test_noise_is_nothing() -> None:
    assert code(os.urandom(4096).replace(b"\xff", b"\x00"), "data.bin") == "wrong_type"


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["video/*"], ""),
        (["image/*", "video/mp4"], ""),
        ([".mp4"], ""),
        (["image/*", "audio/*"], "wrong_type"),
        ([".pdf"], "wrong_type"),
    ],
)
def test_only_what_the_ticket_allows_is_taken(types: list[str], expected: str) -> None:
    assert code(MP4, "clip.mp4", "video/mp4", types) == expected


def test_a_sound_in_mp4_may_be_allowed_under_its_other_names() -> None:
    assert code(MP4, "voice.m4a", "audio/x-m4a", ["audio/x-m4a"]) == ""


def test_a_playlist_that_would_open_other_files_is_no_film() -> None:
    playlist = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    assert code(playlist, "clip.mp4", "video/mp4") == "not_what_it_says"
    assert code(playlist, "clip.avi", "video/avi") == "not_what_it_says"


@given(st.binary(min_size=1, max_size=600), st.sampled_from(["a.mp4", "a.jpg", "a.txt", "a.docx", "a", "a.mp3"]))
def test_any_bytes_are_taken_or_refused_and_never_more(head: bytes, filename: str) -> None:
    assert code(head, filename) in ("", "wrong_type", "not_what_it_says", "dangerous")


@given(
    st.sampled_from([MP4, b"\x1aE\xdf\xa3\x9fB\x82", b"RIFF", b"OggS", b"PK\x03\x04", b"\xff\xfb", b"ID3"]), st.binary()
)
def test_what_begins_well_and_goes_on_badly_is_taken_or_refused(start: bytes, rest: bytes) -> None:
    assert code(start + rest, "file") in ("", "wrong_type", "not_what_it_says", "dangerous")
