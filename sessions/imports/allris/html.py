"""The HTML of ALLRIS 4 (Wicket, 4.1): `#pageContent h1.title`, Grunddaten as `dl`, texts in `div.docPart`."""

import re
from collections.abc import Iterator

from sessions.imports.allris.address import page_address
from sessions.imports.allris.attachments import is_header, row_by_columns
from sessions.imports.allris.markup import Document, Element, cut_off, read_html
from sessions.imports.allris.other_pages import is_agenda_item, recognise, refuse
from sessions.imports.allris.page import (
    FIELDS,
    SECTIONS,
    WANTED,
    Field,
    Page,
    PageError,
    PaperLink,
    Row,
    SectionKind,
    split_sections,
)

_ORGANIZATION = re.compile(r"gr020\?(?:[^#]{0,200}&)?GRLFDNR=(\d{1,9})(?!\d)")


def read_html_page(markup: str) -> Page:
    document = read_html(markup)
    content = _by_id(document, "pageContent")
    headline = _headline(document, content)
    other = None if is_agenda_item(headline) else recognise(document.lines(), headline, _marks(document))
    if not other and not document.complete:
        raise cut_off("before </html>")
    if other is not None:
        raise refuse(other, headline)
    fields = _fields(document, content)
    if not fields:
        raise PageError(f'The page has no list "Grunddaten" with known labels; {WANTED}.')
    parts, links = _parts_and_links(document, content)
    return Page(
        headline=headline,
        fields=fields,
        sections=_sections(document, parts),
        attachments=_attachments(document, content),
        paper_links=list(_papers(links)),
        organization_lfdnr=_organization(links),
    )


def _by_id(document: Document, name: str) -> Element | None:
    return next((e for e in document.elements() if e.attributes.get("id") == name), None)


def _headline(document: Document, content: Element | None) -> str:
    if content is None:
        return ""
    return next((text for h1, text in document.segments({"h1"}, content) if "title" in h1.classes), "")


def _marks(document: Document) -> set[str]:
    """What tells other pages: element names and "#id"."""
    elements = list(document.elements())
    return {e.name for e in elements} | {f"#{e.attributes.get('id', '')}" for e in elements}


def _fields(document: Document, content: Element | None) -> dict[Field, str]:
    fields: dict[Field, str] = {}
    label = ""
    for element, text in document.segments({"dt", "dd"}, content):
        if element.name == "dt":
            label = text.removesuffix(":").strip()
        elif text and (meaning := FIELDS.get(label)):
            fields.setdefault(meaning, text)
    return fields


def _parts_and_links(
    document: Document, content: Element | None
) -> tuple[list[Element], list[tuple[str, str]]]:
    """The outermost texts, and address and words of each link outside of them.

    Links inside the texts are what somebody mentions, not what the item is about."""
    parts: list[Element] = []
    outside: set[Element] = set()
    end_of_part = 0
    for element in document.elements(content):
        if element.first <= end_of_part:
            continue
        if "docPart" in element.classes:
            parts.append(element)
            end_of_part = element.last
        elif element.name == "a":
            outside.add(element)
    links = [
        (link.attributes.get("href", ""), text)
        for link, text in document.segments({"a"}, content)
        if link in outside
    ]
    return parts, links


def _sections(document: Document, parts: list[Element]) -> dict[SectionKind, list[str]]:
    sections: dict[SectionKind, list[str]] = {}
    for part in parts:
        folds = {e for e in document.elements(part) if "data-simpletooltip-text" in e.attributes}
        start: SectionKind = next(filter(None, map(_named_section, folds)), "other")
        lines = document.lines(part, skip=folds)
        if lines and lines[0] in SECTIONS:
            lines[0] += ":"
        for kind, paragraphs in split_sections(lines, start).items():
            sections.setdefault(kind, []).extend(paragraphs)
    # Their table is read by its cells.
    sections.pop("attachments", None)
    return sections


def _named_section(fold: Element) -> SectionKind | None:
    """The link that folds a text names it: "Wortprotokoll reduzieren"."""
    words = fold.attributes["data-simpletooltip-text"].split()
    return next((SECTIONS[word] for word in words if word in SECTIONS), None)


def _attachments(document: Document, content: Element | None) -> list[Row]:
    rows: list[Row] = []
    header: list[str] = []
    for cells in _table_rows(document, content):
        if is_header(cells):
            header = cells
        elif not cells:
            header = []
        elif header and any(cells):
            rows.append(row_by_columns(header, cells))
    panel = _by_id(document, "anlagenHeaderPanel")
    if rows or not panel:
        return rows
    return [Row(name=text) for link, text in document.segments({"a"}, panel) if "attlink" in link.classes]


def _table_rows(document: Document, content: Element | None) -> Iterator[list[str]]:
    """The cells of each row of all tables; an empty list where a new table begins."""
    cells: list[str] = []
    for element, text in document.segments({"table", "tr", "td", "th"}, content):
        if element.name in ("td", "th"):
            cells.append(text)
            continue
        if cells:
            yield cells
        cells = []
        if element.name == "table":
            yield []
    if cells:
        yield cells


def _papers(links: list[tuple[str, str]]) -> Iterator[PaperLink]:
    seen = set()
    for href, text in links:
        number = page_address(href).paper if "vo020" in href else None
        if number and number not in seen:
            seen.add(number)
            yield PaperLink(lfdnr=number, text=text)


def _organization(links: list[tuple[str, str]]) -> int | None:
    numbers = {int(match[1]) for href, _ in links if (match := _ORGANIZATION.search(href))}
    return numbers.pop() if len(numbers) == 1 else None
