"""The HTML of ALLRIS 4 (Wicket, 4.1): `#pageContent h1.title`, Grunddaten as `dl`, texts in `div.docPart`."""

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import page_address
from sessions.imports.allris.attachments import is_header, row_by_columns
from sessions.imports.allris.other_pages import MARKS, is_agenda_item, recognise, refuse
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
from sessions.imports.allris.tree import (
    attribute,
    cell_texts,
    facts,
    is_whole,
    lines,
    read_html,
    rows,
    text,
    walk,
)

_ORGANIZATION = re.compile(r"gr020\?(?:[^#]{0,200}&)?GRLFDNR=(\d{1,9})(?!\d)")


def read_html_page(markup: str) -> Page:
    html = read_html(markup)
    content = html.css_first("#pageContent")
    title = content.css_first("h1.title") if content else None
    headline = text(title) if title else ""
    if not content or not is_agenda_item(headline):
        marks = {mark for mark in MARKS if html.css_first(mark)}
        other = recognise(lines(html), headline, marks)
        if other or is_whole(markup):
            raise refuse(other, headline)
    if not content or not is_whole(markup):
        raise PageError("The HTML is cut off before </html>; expected a whole page up to </html>.")
    fields = _fields(content)
    if not fields:
        raise PageError(f'The page has no list "Grunddaten" with known labels; {WANTED}.')
    parts, links = _parts_and_links(content)
    return Page(
        headline=headline,
        fields=fields,
        sections=_sections(parts),
        attachments=_attachments(content),
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


def _attachments(content: LexborNode) -> list[Row]:
    found: list[Row] = []
    for table in content.css("table"):
        header: list[str] = []
        for cells in map(cell_texts, rows(table)):
            if is_header(cells):
                header = cells
            elif header and any(cells):
                found.append(row_by_columns(header, cells))
    # Without a table, the panel at the side has at least their names.
    links = content.css("#anlagenHeaderPanel a.attlink") if not found else []
    return found or [Row(name=text(link, without={"a"})) for link in links]


def _papers(links: Iterable[tuple[str, str]]) -> Iterator[PaperLink]:
    seen = set()
    for href, words in links:
        number = page_address(href).paper if "vo020" in href else None
        if number and number not in seen:
            seen.add(number)
            yield PaperLink(lfdnr=number, text=words)


def _organization(links: Iterable[tuple[str, str]]) -> int | None:
    numbers = {int(match[1]) for href, _ in links if (match := _ORGANIZATION.search(href))}
    return numbers.pop() if len(numbers) == 1 else None
