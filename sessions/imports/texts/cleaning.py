"""Text as a PDF has it → text as people write it. Pure, and fit for PostgreSQL: no NUL, no lone surrogate."""

import re
import unicodedata
from typing import Final

_JOINT: Final = "\ufffe"
"""What PDFium puts in the place of a hyphen at the end of a line, after which it goes on with the next line.
Older ones put U+0002."""
_LIGATURES: Final = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_BREAKS: Final = dict.fromkeys(map(ord, "\r\v\x85\u2028"), "\n") | dict.fromkeys(map(ord, "\f\u2029"), "\n\n")
_HYPHENS: Final = {0x02: _JOINT, 0x2010: "-", 0x2011: "-"}
_PARAGRAPH: Final = re.compile(r"\n[^\S\n]*\n\s*")
_SOFT_AT_END: Final = re.compile(r"\u00ad[^\S\n]*\n[^\S\n]*(?=\S)")
_AT_END: Final = re.compile(rf"(?<=\w)(?:-[^\S\n]*\n[^\S\n]*|{_JOINT}\s*)(?=\w)")
_SUSPENDED: Final = re.compile(r"(?:und|oder|bzw|sowie)\b")
"""What stands after the hyphen of "Hin- und Rückfahrt"."""
_NOT_SHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Cn"})
"""Control and format characters (soft hyphens, directions, spaces without width), surrogates, and what is no
character at all."""


def clean(text: str) -> str:
    """One line for each paragraph, an empty line between paragraphs; "" where nothing can be read."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    text = text.translate(_BREAKS | _HYPHENS | _LIGATURES)
    paragraphs = (_paragraph(part) for part in _PARAGRAPH.split(text))
    return "\n\n".join(filter(None, paragraphs))


def _paragraph(text: str) -> str:
    text = _SOFT_AT_END.sub("", text)
    text = _AT_END.sub(_joined, text).replace(_JOINT, "")
    shown = "".join(_shown(letter) for letter in text)
    # Once more: what stood between a letter and its dots may be gone.
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def _joined(hyphen: re.Match[str]) -> str:
    """What stands in the middle of a word that a line's end has parted."""
    before, after = hyphen.string[: hyphen.start()][-1], hyphen.string[hyphen.end()]
    if _SUSPENDED.match(hyphen.string, hyphen.end()):
        return "- "
    # "OZG-Umsetzung", "EU-weit" and "10-jährig" have a hyphen of their own.
    return "" if after.islower() and before.islower() else "-"


def _shown(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in _NOT_SHOWN:
        return " " if letter in "\n\t" else ""
    # Signs of a font of its own: bullets and boxes.
    return " " if category == "Co" else letter
