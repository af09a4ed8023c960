"""Text as it can be printed: what no font has is named where it has a name that people understand."""

import unicodedata

SKIN_TONES = range(0x1F3FB, 0x1F400)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
VARIATION_SELECTORS = ("\ufe0e", "\ufe0f")
ZERO_WIDTH_JOINER = "\u200d"


def make_printable(text, is_printable):
    """Write the pictograms that cannot be printed as words in brackets, such as “[dog face]”.

    :param str text: what somebody wrote
    :param is_printable: whether a font has a character
    :return: the text, and those of its characters that can be neither printed nor named
    :rtype: tuple[str, set[str]]
    """
    parts, missing = [], set()
    for position, character in enumerate(text):
        if character in VARIATION_SELECTORS or ord(character) in SKIN_TONES:
            continue
        if character == ZERO_WIDTH_JOINER and _is_pictogram(text[position - 1 : position] or " "):
            continue
        if character.isspace() or not character.isprintable() or is_printable(character):
            # Control characters mean nothing on paper, and break what reads the page.
            parts.append(character if character.isprintable() or character in "\n\t" else " ")
        elif ord(character) in FLAG_LETTERS:
            parts.append(chr(ord("A") + ord(character) - FLAG_LETTERS.start))
        elif _is_pictogram(character):
            parts.append(f"[{unicodedata.name(character, 'symbol').lower()}]")
        else:
            parts.append(character)
            missing.add(character)
    return "".join(parts), missing


def _is_pictogram(character):
    return unicodedata.category(character) in ("So", "Sk", "Cn") or character in VARIATION_SELECTORS
