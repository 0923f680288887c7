"""What both layouts of an ALLRIS page have in common: bytes to text, labels, and the page as raw parts.

Source of labels and layouts: public pages of ALLRIS 4.1 (Wicket) and text copies of them; built
without a live page, so every part but headline and Grunddaten may be absent.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

MAX_BYTES = 5_000_000
"""Largest page that is read; a real agenda item has some 10 to 500 kB."""
Kind = Literal["to020", "to010", "vo020"]
"""Programs of ALLRIS that are read: an agenda item, the agenda of a meeting, a paper."""
WANTED: dict[Kind | None, str] = {
    "to020": "expected an ALLRIS agenda-item page (to020)",
    "to010": "expected the ALLRIS page of an agenda (to010)",
    "vo020": "expected the ALLRIS page of a paper (vo020)",
    None: "expected an ALLRIS page of an agenda item (to020), an agenda (to010) or a paper (vo020)",
}

Field = Literal[
    "number", "organization", "date", "time", "occasion", "status",
    "paper_type", "clerk", "responsible", "result",
]  # fmt: skip
SectionKind = Literal["minutes", "resolution", "ballot", "attachments", "other"]

FIELDS: dict[str, Field] = {
    "TOP": "number",
    "Gremium": "organization",
    "Datum": "date",
    "Uhrzeit": "time",
    "Zeit": "time",
    "Anlass": "occasion",
    "Beratung": "status",
    "Status": "status",
    "Vorlageart": "paper_type",
    "Vorlage-Art": "paper_type",
    "Bearbeitung": "clerk",
    "Bearbeiter": "clerk",
    "Bearbeiter/-in": "clerk",
    "Federführend": "responsible",
    "Federführung": "responsible",
    "Beschluss": "result",
    "Beschlussart": "result",
}
"""Labels of the Grunddaten, without their colon. Others (Raum, Ort) are no part of the record."""

SECTIONS: dict[str, SectionKind] = {
    "Beratungsinhalt": "minutes",
    "Wortprotokoll": "minutes",
    "Beschluss": "resolution",
    "Abstimmungsergebnis": "ballot",
    "Abstimmung": "ballot",
    "Anlagen zur Vorlage": "attachments",
    "Anlagen": "attachments",
    # Text of the paper, not of the item: it is read on the paper's own page.
    "Sachverhalt": "other",
    "Beschlussvorschlag": "other",
}
"""Headings of the sections, without their colon."""

NOISE = frozenset({"Reduzieren", "Erweitern"})
"""Words of the links that fold a section; text copies keep them as lines of their own."""


class PageError(ValueError):
    """A page that cannot be taken in. Its message is one sentence: what is wrong, what was expected."""


class NotPublicError(PageError):
    """The server answered that this may not be seen without rights. Asking again changes nothing."""


class TurnedAwayError(PageError):
    """The server turned the reader away: too many requests, or a gate against robots. The page itself may be
    public; whoever asks has to slow down or stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table of attachments."""

    number: str = ""
    name: str = ""
    status: str = ""
    size: str = ""
    url: str = ""
    """An address that lasts; see `files`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLink:
    """A paper that the page names beside its texts, with a link (vo020) or without."""

    lfdnr: int | None
    text: str


@dataclass(slots=True, kw_only=True)
class Page:
    """An agenda-item page as its layout gives it: words as printed, nothing understood yet."""

    headline: str
    is_classic: bool = False
    """Whether the headline is that of ALLRIS 3: "Auszug - title", without date and number."""
    fields: dict[Field, str] = field(default_factory=dict)
    sections: dict[SectionKind, list[str]] = field(default_factory=dict)
    """Paragraphs of each section; a section that comes twice goes on."""
    attachments: list[Row] = field(default_factory=list)
    paper_links: list[PaperLink] = field(default_factory=list)
    organization_lfdnr: int | None = None


_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0001-\U000e007f]"
)


def clean(text: str) -> str:
    """Folds white space (no-break and line ends too) to single spaces and removes what cannot be seen
    or changes how the rest is seen: C0 and C1 control characters, soft hyphens, zero-width characters
    and byte order marks, marks, embeddings, overrides and isolates of writing direction, annotation
    and tag characters, the noncharacters U+FFFE and U+FFFF, lone surrogates."""
    return " ".join(_CONTROL.sub("", text).split())


def section_heading(line: str) -> tuple[SectionKind, str] | None:
    """Section that a line opens, and what else stands on it: ("ballot", "Ja-Stimmen: 41 …").

    A heading ends with a colon; that of the attachments stands alone."""
    name, colon, rest = line.partition(":")
    kind = SECTIONS.get(name.strip())
    if kind is None or not (colon or kind == "attachments"):
        return None
    rest = rest.strip()
    return kind, "" if rest in NOISE else rest


def split_sections(lines: Iterable[str], start: SectionKind = "other") -> dict[SectionKind, list[str]]:
    """Sorts cleaned, non-empty lines into their sections; `start` is that of lines before a heading."""
    sections: dict[SectionKind, list[str]] = {}
    current = start
    for line in lines:
        if line in NOISE:
            continue
        heading = section_heading(line)
        # "Abstimmungsergebnis: Ja-Stimmen: 3 …" amid the minutes is one of their paragraphs; only a
        # heading that stands alone ends them.
        if heading and not (current == "minutes" and heading[1]):
            current, line = heading
        paragraphs = sections.setdefault(current, [])
        if line:
            paragraphs.append(line)
    return sections


_MAGIC = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a ZIP or Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"GIF8": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed file",
}
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    # As browsers do: pages that say ISO-8859-1 mean windows-1252, which adds quotes and the euro sign.
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso8859-15",
}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}["']?([\w.:-]{1,40})""", re.IGNORECASE)
# In UTF-8 a German page has these, and in ISO-8859 nobody writes "Ã¼".
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
_LOOKS_LIKE_HTML = re.compile(r"\s*+<[!?a-zA-Z]")


def decode(data: bytes, wanted: str = WANTED[None]) -> str:
    """The text of a page; `wanted` ends the sentence of an error.

    UTF-8 (with or without byte order mark), or for HTML the encoding that its <meta> declares, if that
    is ISO-8859-1, ISO-8859-15 or windows-1252; HTML that declares none and holds no letter of UTF-8 is
    windows-1252, as for browsers. Everything else is a `PageError`."""
    _refuse_other_files(data, wanted)
    codec, declared = "utf-8", _CHARSET.search(data[:4096])
    # Only markup can declare anything, and a byte order mark is stronger than its word.
    if declared and data.lstrip().startswith(b"<"):
        name = declared[1].decode("ascii", "replace").lower()
        if name not in _CODECS:
            raise PageError(f'The page declares the encoding "{name}"; expected UTF-8 or ISO-8859-1.')
        codec = _CODECS[name]
    elif data.startswith(b"<") and not data.isascii() and not _UTF8_LETTER.search(data):
        # Without its head a classic page no longer says that it is ISO-8859-1.
        codec = "cp1252"
    if codec != "utf-8" and _is_utf8(data):
        raise PageError("The page declares another encoding, but its bytes are UTF-8; expected one of both.")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise PageError(
            f"The file is not {'UTF-8' if codec == 'utf-8' else codec} text"
            f" (byte {error.start + 1} cannot be read); expected UTF-8, or HTML that declares its encoding."
        ) from error
    return text.removeprefix("\ufeff")


def _refuse_other_files(data: bytes, wanted: str) -> None:
    if len(data) > MAX_BYTES:
        raise PageError(f"The file has {len(data):,} bytes; expected a page of at most {MAX_BYTES:,} bytes.")
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise PageError(f"The file is empty; {wanted}.")
    start = data[:1_000].removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, name in _MAGIC.items():
        if start.startswith(magic):
            raise PageError(f"This is {name}; {wanted} as text or HTML.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise PageError("The file is UTF-16 text; expected UTF-8.")
    if b"\x00" in data:
        raise PageError(f"The file holds NUL bytes, so it is binary or UTF-16; {wanted} in UTF-8.")


def _is_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII are all valid UTF-8, which German text in ISO-8859 never is."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def looks_like_html(text: str) -> bool:
    return bool(_LOOKS_LIKE_HTML.match(text))
