"""Page numbers and a running footer, put on a finished PDF: wkhtmltopdf with unpatched Qt has neither."""

import io
import logging

import pypdf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen import canvas

from .fonts import find_font

_logger = logging.getLogger(__name__)

SIZE = 8  # points
MARGIN = 36  # points from the left, right and bottom edge of the page
GREY = 0.42
STANDARD_FONT = "Helvetica"


def stamp(content, running, number_pages, title, author):
    """Write a footer on each page of a PDF.

    :param bytes content: the PDF
    :param str running: what stands on the left of every page
    :param number_pages: called with the page's number and how many there are, gives what stands on the right
    :param str title: the document's title, for its properties
    :param str author: the document's author, for its properties
    :return: the PDF with footers
    :rtype: bytes
    """
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    total = len(writer.pages)
    labels = [number_pages(number, total) for number in range(1, total + 1)]
    font, running, labels = _choose_font(running, labels)
    for page, label in zip(writer.pages, labels, strict=True):
        page.merge_page(_draw(font, running, label, float(page.mediabox.width), float(page.mediabox.height)))
    writer.add_metadata({"/Title": title, "/Author": author})
    writer.compress_identical_objects()
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def _choose_font(running, labels):
    """Choose a font that has every character; without one, leave out what cannot be written.

    :return: the font's name, and both texts as they can be written
    :rtype: tuple[str, str, list[str]]
    """
    if _is_latin(running) and all(_is_latin(label) for label in labels):
        return STANDARD_FONT, running, labels
    font = _register_font(running + "".join(labels))
    if font:
        return font, running, labels
    plain = [label if _is_latin(label) else f"{number} / {len(labels)}" for number, label in enumerate(labels, 1)]
    return STANDARD_FONT, running if _is_latin(running) else "", plain


def choose_font(text):
    """Choose a font that has every character of a text, as far as this machine has one.

    :param str text: what is to be written
    :return: the name by which reportlab knows it
    :rtype: str
    """
    return STANDARD_FONT if _is_latin(text) else _register_font(text) or STANDARD_FONT


def _register_font(text):
    """Make a font of this machine known to reportlab.

    :return: its name, or None when there is none that has every character
    :rtype: str | None
    """
    path = find_font(text)
    if not path:
        return None
    name = f"vet_teleconsult-{path}"
    try:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, path))
    except TTFError:
        _logger.info("The font %s cannot be embedded in PDFs", path)
        return None
    return name


def _is_latin(text):
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _draw(font, running, label, width, height):
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(width, height))
    sheet.setFont(font, SIZE)
    sheet.setFillGray(GREY)
    room = width - 2 * MARGIN - pdfmetrics.stringWidth(label, font, SIZE) - 2 * SIZE
    sheet.drawString(MARGIN, MARGIN, _shorten(running, font, room))
    sheet.drawRightString(width - MARGIN, MARGIN, label)
    sheet.save()
    return pypdf.PdfReader(buffer).pages[0]


def _shorten(text, font, room):
    if pdfmetrics.stringWidth(text, font, SIZE) <= room:
        return text
    while text and pdfmetrics.stringWidth(text + "...", font, SIZE) > room:
        text = text[:-1]
    return text + "..."
