"""Office documents: ZIP files that are told apart, and searched for macros, by what is in them."""

import re
import zipfile
import zlib
from pathlib import Path

from .signatures import Sniffed

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = Sniffed("document", _OOXML + "wordprocessingml.document", "docx")
XLSX = Sniffed("document", _OOXML + "spreadsheetml.sheet", "xlsx")
ODT = Sniffed("document", "application/vnd.oasis.opendocument.text", "odt")
ODS = Sniffed("document", "application/vnd.oasis.opendocument.spreadsheet", "ods")
KNOWN = {found.extension: found for found in (DOCX, XLSX, ODT, ODS)}

_LOCAL_HEADER = b"PK\x03\x04"
_MACRO_NAMES = re.compile(r"(?:^|/)(?:vbaProject\.bin|vbaData\.xml)$|^(?:Basic|Scripts)/.", re.I)
_PROGRAM_NAMES = re.compile(r"^(?:AndroidManifest\.xml|classes\.dex|META-INF/MANIFEST\.MF)$|\.(?:class|dex|exe|dll)$")
_MACRO_TYPE = b"macroenabled"
_MOST_BYTES = 256 * 1024
"""How much of a document's table of contents is unpacked: a small file may unpack to gigabytes."""


class HasMacros(Exception):
    """The document, or the package, holds something that would run."""


def recognise_head(head: bytes, extension: str) -> Sniffed | None:
    """The office document that begins with *head*, a ZIP file's first bytes.

    :param extension: of the file's name; decides where the first bytes leave it open
    :raises HasMacros: where the first bytes show macros, or a Java or Android program
    """
    names: list[str] = []
    contents: dict[str, bytes] = {}
    for at in (found.start() for found in re.finditer(re.escape(_LOCAL_HEADER), head)):
        name, content = _local_file(head, at)
        names.append(name)
        contents.setdefault(name, content)
    _refuse_macros(names, contents.get("[Content_Types].xml", b""))
    declared = contents.get("mimetype", b"").strip().decode("ascii", "replace")
    for found in (ODT, ODS):
        if declared == found.mime:
            return found
    if declared:
        return None
    return _by_names(names) or (KNOWN.get(extension) if not _is_foreign(names) else None)


def recognise_file(path: Path) -> Sniffed | None:
    """The office document in *path*, by its whole table of contents.

    :raises HasMacros: where it holds macros
    :raises zipfile.BadZipFile: where it cannot be read
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        types = _read(archive, "[Content_Types].xml")
        declared = _read(archive, "mimetype").strip().decode("ascii", "replace")
    _refuse_macros(names, types)
    return next((found for found in (ODT, ODS) if found.mime == declared), None) or _by_names(names)


def _local_file(head: bytes, at: int) -> tuple[str, bytes]:
    """Name and first bytes of the file whose local header (APPNOTE 4.3.7) begins at *at*."""
    method = int.from_bytes(head[at + 8 : at + 10], "little")
    packed = int.from_bytes(head[at + 18 : at + 22], "little")
    name_length = int.from_bytes(head[at + 26 : at + 28], "little")
    extra_length = int.from_bytes(head[at + 28 : at + 30], "little")
    start = at + 30 + name_length + extra_length
    name = head[at + 30 : at + 30 + name_length].decode("utf-8", "replace")
    if method == 0:
        return name, head[start : start + min(packed, _MOST_BYTES)]
    if method != 8 or name != "[Content_Types].xml":
        return name, b""
    try:
        return name, zlib.decompressobj(-15).decompress(head[start:], _MOST_BYTES)
    except zlib.error:
        return name, b""


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        return file.read(_MOST_BYTES)


def _refuse_macros(names: list[str], types: bytes) -> None:
    if _MACRO_TYPE in types.lower() or any(_MACRO_NAMES.search(name) or _PROGRAM_NAMES.search(name) for name in names):
        raise HasMacros


def _by_names(names: list[str]) -> Sniffed | None:
    for folder, found in (("word/", DOCX), ("xl/", XLSX)):
        if any(name.startswith(folder) for name in names):
            return found
    return None


def _is_foreign(names: list[str]) -> bool:
    """Whether a file shows that this is no office document of ours; the first bytes need not show that it is one."""
    usual = ("[Content_Types].xml", "_rels/", "docProps/", "customXml/", "mimetype")
    return any(not name.startswith(usual) for name in names)
