"""Plain text in and out of the HTML that Odoo stores."""

import re
import unicodedata

import lxml.html
from markupsafe import Markup, escape

CLIENT_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
LAYOUT = "\n\r\t"


def drop_controls(text):
    """Take out of a text what nobody types, and what PostgreSQL stores in no text: NUL and lone surrogates.

    :param str text: from outside
    :rtype: str
    """
    return "".join(
        character for character in text if character in LAYOUT or unicodedata.category(character) not in ("Cc", "Cs")
    )


def is_client_key(value):
    """Say whether a value can be the key that a page makes, so that what it sends again is known.

    :param value: from outside
    :rtype: bool
    """
    return isinstance(value, str) and bool(CLIENT_KEY.fullmatch(value))


def text_to_html(text):
    """Escape plain text and keep its line breaks.

    :param str text: what somebody typed
    :rtype: Markup
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Markup("<p>%s</p>") % Markup("<br/>").join(escape(line) for line in lines)


def html_to_text(html, without_quotes=False):
    """Give the text of a message as a person reads it, without the marks that ``html2plaintext`` adds.

    :param str html: a message body, or a falsy value
    :param bool without_quotes: leave out what a mail repeats of earlier ones, and signatures, as Odoo has marked them
        (``odoo.tools.mail.tag_quote``)
    :rtype: str
    """
    if not html or not html.strip():
        return ""
    tree = lxml.html.fromstring(f"<div>{html}</div>")
    if without_quotes:
        for quote in tree.xpath(".//*[@data-o-mail-quote]"):
            quote.drop_tree()
        if not tree.text_content().strip():
            # Whoever answers between the lines has written nothing but "quotes".
            return html_to_text(html)
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    for block in tree.iter("p", "div", "li", "h1", "h2", "h3", "blockquote", "tr"):
        block.tail = "\n" + (block.tail or "")
    return tree.text_content().strip("\n")
