"""Pages put behind a PDF, and a word across each of its pages."""

import io

import pypdf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen import canvas

from .page_stamp import choose_font

BAND = 24  # points: height of the line at the top of a page
SIZE = 8  # points
MARGIN = 36  # points
RED = (0.7, 0.1, 0.1)
SLANT = 45  # degrees


def append_scans(content, scans):
    """Put documents behind a PDF.

    :param bytes content: the PDF
    :param list[bytes] scans: PDFs, in this order
    :return: all of it in one PDF
    :rtype: bytes
    :raises ValueError: when a scan cannot be read
    """
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    for scan in scans:
        try:
            reader = pypdf.PdfReader(io.BytesIO(scan))
            if not reader.pages:
                raise ValueError("a scan without pages")
            writer.append(reader)
        except (pypdf.errors.PyPdfError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("a scan that is no PDF") from error
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def mark_void(content, word, sentence):
    """Write a word across each page of a PDF, and a sentence at its top.

    :param bytes content: the PDF, which is left as it is
    :param str word: such as “VOID”
    :param str sentence: who, when and why
    :return: the marked PDF
    :rtype: bytes
    """
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        page.merge_page(_draw(word, sentence, float(page.mediabox.width), float(page.mediabox.height)))
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def _draw(word, sentence, width, height):
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(width, height))
    sheet.setFillColorRGB(*RED)
    font = choose_font(sentence)
    sheet.setFont(font, SIZE)
    text = _shorten(sentence, font, width - 2 * MARGIN)
    sheet.drawString(MARGIN, height - BAND, text)
    font = choose_font(word)
    # About half as long as the page's diagonal.
    size = 0.55 * (width**2 + height**2) ** 0.5 / max(pdfmetrics.stringWidth(word, font, 1), 1)
    sheet.setFont(font, min(size, height / 3))
    sheet.setFillColorRGB(*RED, alpha=0.22)
    sheet.translate(width / 2, height / 2)
    sheet.rotate(SLANT)
    sheet.drawCentredString(0, -min(size, height / 3) / 3, word)
    sheet.save()
    return pypdf.PdfReader(buffer).pages[0]


def _shorten(text, font, room):
    if pdfmetrics.stringWidth(text, font, SIZE) <= room:
        return text
    while text and pdfmetrics.stringWidth(text + "...", font, SIZE) > room:
        text = text[:-1]
    return text + "..."
