"""What the pages of classic ALLRIS (3.x, ASP) have in common: Grunddaten in tables, forms for links, and
texts that are whole HTML documents amid the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import page_address, page_kind, plain_number
from sessions.imports.allris.files import lasting_address
from sessions.imports.allris.page import SECTIONS, SectionKind, clean, split_sections
from sessions.imports.allris.tree import attribute, lines, read_html, read_tamed, text, walk

SECTION_ANCHORS: dict[str, SectionKind] = {
    "wp": "minutes",
    "bs": "resolution",
    "ae": "ballot",
    # What became of the decision, and the texts of the paper: read elsewhere or not at all.
    "re": "other",
    "sv": "other",
    "bv": "other",
    "fa": "other",
}
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,200}?(?:name|id)\s{0,3}=\s{0,3}[\"']?allris(WP|BS|AE|RE|SV|BV|FA)(?![\w-])[^<>]{0,200}>",
    re.IGNORECASE,
)
_HTML = re.compile(r"<html(?=[\s>])", re.IGNORECASE)
_HTML_END = re.compile(r"</html\s*+>", re.IGNORECASE)
_BOX = re.compile(r"<(/?)(?:div|td|th|tr|table|body|html)(?=[\s>])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """A classic page without its texts, and the texts by what they are."""

    head: LexborNode
    sections: dict[SectionKind, list[str]]


def split_texts(markup: str) -> Split:
    """Cuts markup, which has been through the guard, at the anchors of the texts before anything reads it:
    each text is a document of its own with tags that are never closed, and would swallow what follows."""
    anchors = list(_ANCHOR.finditer(markup))
    if not anchors:
        html = read_tamed(markup)
        return Split(html, split_sections(lines(html, without=_is_head)))
    sections: dict[SectionKind, list[str]] = {}
    ends = [anchor.start() for anchor in anchors[1:]]
    behind, last = _end_of_text(markup, anchors[-1].end())
    for anchor, end in zip(anchors, [*ends, last], strict=True):
        start = SECTION_ANCHORS[anchor[1].lower()]
        paragraphs = lines(read_tamed(f"<div>{markup[anchor.end() : end]}"))
        if paragraphs and paragraphs[0] in SECTIONS:
            paragraphs[0] += ":"
        for kind, found in split_sections(paragraphs, start).items():
            sections.setdefault(kind, []).extend(found)
    # What stood apart now stands together, so the guard looks at it once more. Behind the document of the
    # last text may stand more of the text, or the files of the page: both look there.
    return Split(read_html(markup[: anchors[0].start()] + markup[behind:]), sections)


def _end_of_text(markup: str, start: int) -> tuple[int, int]:
    """Where the document of the last text ends, and where the box around both closes."""
    document, depth = _HTML.search(markup, start), 0
    has_document = document is not None and not _closes_before(markup, start, document.start())
    if document is not None and has_document:
        end = _HTML_END.search(markup, document.end())
        start = end.end() if end else start
    for tag in _BOX.finditer(markup, start):
        depth += -1 if tag[1] else 1
        if depth < 0:
            return (start if has_document else tag.start()), tag.start()
    return (start if has_document else len(markup)), len(markup)


def _closes_before(markup: str, start: int, end: int) -> bool:
    depth = 0
    for tag in _BOX.finditer(markup, start, end):
        depth += -1 if tag[1] else 1
        if depth < 0:
            return True
    return False


def _is_head(element: LexborNode) -> bool:
    return element.tag == "table" and "tk1" in attribute(element, "class").split()


def grunddaten(html: LexborNode) -> dict[str, LexborNode]:
    """The cell beside each label, by its label without colon; the first of a name counts."""
    cells: dict[str, LexborNode] = {}
    for label in html.css("td.kb1"):
        value = label.next
        while value is not None and value.tag not in ("td", "th"):
            value = value.next
        name = text(label, without={"table"}).removesuffix(":").strip()
        if value is not None and name and "kb1" not in attribute(value, "class").split():
            cells.setdefault(name, value)
    return cells


def words(cells: dict[str, LexborNode]) -> dict[str, str]:
    """The same as texts, without empty ones and without tables inside of them."""
    return {name: value for name, cell in cells.items() if (value := text(cell, without={"table"}))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Where a part of a page leads: numbers in its links and in the hidden fields of its forms."""

    meetings: frozenset[int]
    agenda_items: frozenset[int]
    papers: frozenset[int]


def targets(nodes: list[LexborNode]) -> Targets:
    found: dict[str, set[int]] = {"SILFDNR": set(), "TOLFDNR": set(), "VOLFDNR": set(), "TOPSELECTED": set()}
    for node in nodes:
        if node.tag == "a" and page_kind(href := attribute(node, "href")):
            address = page_address(href)
            numbers = {"SILFDNR": address.meeting, "TOLFDNR": address.agenda_item, "VOLFDNR": address.paper}
            for name, number in numbers.items():
                found[name] |= {number} if number else set()
        elif node.tag == "input":
            number = plain_number(attribute(node, "value"))
            name = attribute(node, "name").upper()
            if number and name in found:
                found[name].add(number)
    return Targets(
        meetings=frozenset(found["SILFDNR"]),
        agenda_items=frozenset(found["TOLFDNR"] or found["TOPSELECTED"]),
        papers=frozenset(found["VOLFDNR"]),
    )


def only(numbers: frozenset[int]) -> int | None:
    return next(iter(numbers)) if len(numbers) == 1 else None


def documents(html: LexborNode, base: str, without_rows: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Name, lasting address and whether it is an attachment, of each file that the page offers.

    Files are buttons of forms (do027.asp), or links to a temporary folder. `without_rows` leaves out those in
    the rows of an agenda: they belong to its items."""
    named: set[int] = set()
    for node, begins in walk(html, without=is_entry if without_rows else lambda element: False):
        if not begins:
            continue
        if node.tag == "form" and "do027" in attribute(node, "action").lower():
            yield _name_of_form(node, named), _address_of_form(node, base), False
        elif node.tag == "a" and "do027" in attribute(node, "href").lower():
            address = lasting_address(attribute(node, "href"), base)
            yield text(node, {"a"}) or clean(attribute(node, "title")), address, False
        elif node.tag == "a" and "___tmp/" in attribute(node, "href"):
            yield text(node, {"a"}) or clean(attribute(node, "title")), "", True


def is_entry(element: LexborNode) -> bool:
    return element.tag == "tr" and not {"zl11", "zl12"}.isdisjoint(attribute(element, "class").split())


def _inputs(form: LexborNode) -> list[LexborNode]:
    return [node for node, begins in walk(form) if begins and node.tag == "input"]


def _name_of_form(form: LexborNode, named: set[int]) -> str:
    """The words beside the button, else those on it. Where several buttons share a cell, the words beside are
    those of the first; `named` holds the cells that gave theirs."""
    cell = form.parent
    if cell is not None and cell.tag == "td" and cell.mem_id not in named:
        named.add(cell.mem_id)
        beside = cell.next
        while beside is not None and beside.tag != "td":
            beside = beside.next
        if beside is not None and (name := text(beside, without={"table"})):
            return name
    buttons = [node for node in _inputs(form) if attribute(node, "type").lower() in ("submit", "image")]
    printed = (attribute(button, name) for button in buttons for name in ("title", "value", "alt"))
    return text(form) or clean(next(filter(str.strip, printed), ""))


def _address_of_form(form: LexborNode, base: str) -> str:
    """A form that is sent by POST has no address that anybody could keep."""
    if attribute(form, "method").lower() == "post":
        return ""
    values = [(attribute(node, "name"), attribute(node, "value")) for node in _inputs(form)]
    return lasting_address(attribute(form, "action"), base, values)
