"""Which characters the fonts of this machine can print, as fontconfig knows: what wkhtmltopdf chooses from."""

import functools
import logging
import subprocess
from pathlib import Path

_logger = logging.getLogger(__name__)

TIMEOUT = 20  # seconds
# Colour fonts hold pictures in place of outlines, which wkhtmltopdf leaves out of a PDF.
FORMAT = "%{file}\\t%{color}\\t%{charset}\\n"


@functools.lru_cache(maxsize=1)
def _list_fonts():
    """List the outline fonts of this machine.

    :return: path and ranges of characters of each; empty when fontconfig cannot be asked
    :rtype: list[tuple[str, list[range]]]
    """
    command = ["fc-list", "--format", FORMAT, ":outline=true"]
    try:
        listing = subprocess.run(command, capture_output=True, check=True, text=True, timeout=TIMEOUT).stdout
    except (OSError, subprocess.SubprocessError) as error:
        _logger.info("Fontconfig cannot be asked which fonts there are: %s", error)
        return []
    fonts = []
    for line in listing.splitlines():
        path, color, charset = line.split("\t")
        if color != "True":
            fonts.append((path, [_parse_range(part) for part in charset.split()]))
    return fonts


def _parse_range(text):
    first, _dash, last = text.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


@functools.lru_cache(maxsize=10_000)
def is_printable(character):
    """Say whether some font has the character; yes, where fontconfig cannot be asked.

    :param str character: one
    :rtype: bool
    """
    fonts = _list_fonts()
    return not fonts or any(_has(ranges, character) for _path, ranges in fonts)


def find_font(text):
    """Find a font file that has every character of a text.

    :param str text: what is to be printed
    :return: the path of a TrueType file, or None
    :rtype: str | None
    """
    candidates = sorted(
        path
        for path, ranges in _list_fonts()
        if path.endswith(".ttf") and all(_has(ranges, character) for character in set(text))
    )
    # The plainest one: “DejaVuSans.ttf” before “DejaVuSans-BoldOblique.ttf”.
    return min(candidates, key=lambda path: (len(Path(path).stem), path), default=None)


def _has(ranges, character):
    return any(ord(character) in characters for characters in ranges)
