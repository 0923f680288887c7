"""The HTML of ALLRIS 4 (Wicket, 4.1): `#pageContent h1.title`, Grunddaten as `dl`, texts in `div.docPart`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import organization_number, page_address, page_kind
from sessions.imports.allris.attachments import is_header, row_by_columns
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


def read_html_page(opened: Opened) -> Page:
    _, content = opened.parts
    fields = _fields(content)
    if not fields:
        raise opened.without_fields()
    parts, links = _parts_and_links(content)
    return Page(
        headline=opened.headline,
        fields=fields,
        sections=_sections(parts),
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


def _parts_and_links(content: LexborNode) -> tuple[list[LexborNode], list[tuple[str, str]]]:
    """The outermost texts, and address and words of each link outside of them.

    Links inside the texts are what somebody mentions, not what the item is about."""
    outside = [node for node, begins in walk(content, without=_is_part) if begins and node.is_element_node]
    links = [(attribute(node, "href"), text(node, without={"a"})) for node in outside if node.tag == "a"]
    return [node for node in outside if _is_part(node)], links


def _is_part(element: LexborNode) -> bool:
    return "docPart" in attribute(element, "class").split()


def _sections(parts: Iterable[LexborNode]) -> dict[SectionKind, list[str]]:
    sections: dict[SectionKind, list[str]] = {}
    for part in parts:
        folds = part.css("[data-simpletooltip-text]")
        start: SectionKind = next(filter(None, map(_named_section, folds)), "other")
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


def _named_section(fold: LexborNode) -> SectionKind | None:
    """The link that folds a text names it: "Wortprotokoll reduzieren"."""
    words = attribute(fold, "data-simpletooltip-text").split()
    return next((SECTIONS[word] for word in words if word in SECTIONS), None)


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
        Row(name=text(link, without={"a"}), url=lasting_address(attribute(link, "href"), base))
        for link in links
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
