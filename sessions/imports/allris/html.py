"""The HTML of ALLRIS 4 (Wicket, 4.1): `#pageContent h1.title`, Grunddaten as `dl`, texts in `div.docPart`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import organization_number, page_address, page_kind
from sessions.imports.allris.attachments import is_header, name_and_size, row_by_columns
from sessions.imports.allris.files import lasting_address
from sessions.imports.allris.opened import Opened
from sessions.imports.allris.page import (
    FIELDS,
    SECTIONS,
    Field,
    Page,
    PaperLink,
    Row,
    SectionKind,
    split_sections,
)
from sessions.imports.allris.tree import (
    attribute,
    cell_texts,
    elements,
    facts,
    lines,
    rows,
    text,
    walk,
)

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def read_html_page(opened: Opened) -> Page:
    _, content = opened.parts
    fields = _fields(content)
    if not fields:
        raise opened.without_fields()
    outside = _outside_of_texts(content)
    # Links inside the texts are what somebody mentions, not what the item is about.
    links = [(attribute(node, "href"), text(node, without={"a"})) for node in outside if node.tag == "a"]
    return Page(
        headline=opened.headline,
        fields=fields,
        sections=_sections(_named_parts(outside)),
        attachments=attachments(content, opened.base),
        paper_links=list(_papers(links)),
        organization_lfdnr=_organization(links),
    )


def _fields(content: LexborNode) -> dict[Field, str]:
    fields: dict[Field, str] = {}
    for label, value in facts(content):
        if value and (meaning := FIELDS.get(label)):
            fields.setdefault(meaning, value)
    return fields


def _outside_of_texts(content: LexborNode) -> list[LexborNode]:
    """All elements in order down to the outermost texts, without what lies in these."""
    return [node for node, begins in walk(content, without=_is_part) if begins and node.is_element_node]


def _is_part(element: LexborNode) -> bool:
    return "docPart" in attribute(element, "class").split()


def _named_parts(outside: Iterable[LexborNode]) -> Iterator[tuple[LexborNode, SectionKind]]:
    """Each text with its section: by the link that folds it, which stands in it or before it in its box, or
    by the heading before it."""
    before: SectionKind = "other"
    for node in outside:
        if _is_part(node):
            yield node, _section_of_folds(node.css("[data-simpletooltip-text]")) or before
        elif "compFull" in attribute(node, "class").split():
            before = "other"
        elif _is_fold(node):
            before = _section_of_folds([node]) or "other"
        elif node.tag in _HEADINGS:
            before = SECTIONS.get(text(node, without=_HEADINGS).removesuffix(":").strip(), before)


def _sections(parts: Iterable[tuple[LexborNode, SectionKind]]) -> dict[SectionKind, list[str]]:
    sections: dict[SectionKind, list[str]] = {}
    for part, start in parts:
        paragraphs = lines(part, without=_is_fold)
        if paragraphs and paragraphs[0] in SECTIONS:
            paragraphs[0] += ":"
        for kind, found in split_sections(paragraphs, start).items():
            sections.setdefault(kind, []).extend(found)
    # Their table is read by its cells.
    sections.pop("attachments", None)
    return sections


def _is_fold(element: LexborNode) -> bool:
    return "data-simpletooltip-text" in element.attributes


def _section_of_folds(folds: Iterable[LexborNode]) -> SectionKind | None:
    """The link that folds a text names it: "Wortprotokoll reduzieren"."""
    for fold in folds:
        for word in attribute(fold, "data-simpletooltip-text").split():
            if section := SECTIONS.get(word.removesuffix(":")):
                return section
    return None


def attachments(content: LexborNode, base: str) -> list[Row]:
    """Rows of the tables of attachments; without one, the panel at the side has at least their names."""
    found: list[Row] = []
    for table in content.css("table"):
        header: list[str] = []
        for cells in rows(table):
            words = cell_texts(cells)
            if is_header(words):
                header = words
            elif header and any(words):
                found.append(replace(row_by_columns(header, words), url=_lasting(cells, base)))
    links = content.css("#anlagenHeaderPanel a.attlink") if not found else []
    return found or [
        Row(name=name, size=size, url=lasting_address(attribute(link, "href"), base))
        for link in links
        for name, size in [name_and_size(text(link, without={"a"}))]
    ]


def documents(content: LexborNode, base: str) -> list[tuple[str, str]]:
    """Names and lasting addresses of the documents in the panel at the side."""
    links = content.css("#dokumenteHeaderPanel a.doclink")
    return [(text(link, without={"a"}), lasting_address(attribute(link, "href"), base)) for link in links]


def _lasting(cells: Iterable[LexborNode], base: str) -> str:
    """The first address that lasts of those in the cells of a row."""
    hrefs = (attribute(link, "href") for cell in cells for link in elements(cell, "a"))
    return next(filter(None, (lasting_address(href, base) for href in hrefs)), "")


def _papers(links: Iterable[tuple[str, str]]) -> Iterator[PaperLink]:
    seen = set()
    for href, words in links:
        number = page_address(href).paper if page_kind(href) == "vo020" else None
        if number and number not in seen:
            seen.add(number)
            yield PaperLink(lfdnr=number, text=words)


def _organization(links: Iterable[tuple[str, str]]) -> int | None:
    numbers = {number for href, _ in links if (number := organization_number(href))}
    return numbers.pop() if len(numbers) == 1 else None
