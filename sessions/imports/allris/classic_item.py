"""Agenda items of classic ALLRIS 3: the excerpt ("Auszug - …"), as HTML and as text saved from it."""

from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import organization_number
from sessions.imports.allris.classic import documents, grunddaten, split_texts, targets, words
from sessions.imports.allris.fields import labelled
from sessions.imports.allris.opened import Opened
from sessions.imports.allris.page import (
    FIELDS,
    Field,
    Page,
    PageError,
    PaperLink,
    Row,
    section_heading,
    split_sections,
)
from sessions.imports.allris.text import expect_whole
from sessions.imports.allris.tree import attribute, text, walk

_PAPER = "Vorlage"


def read_classic_page(opened: Opened) -> Page:
    split = split_texts(opened.text)
    cells = grunddaten(split.head)
    fields = _fields(words(cells))
    if not fields:
        raise opened.without_fields()
    sections = split.sections
    sections.pop("attachments", None)
    return Page(
        headline=opened.headline,
        is_classic=True,
        fields=fields,
        sections=sections,
        attachments=[
            Row(name=name, url=url) for name, url, attached in documents(split.head, opened.base) if attached
        ],
        paper_links=_papers(cells.get(_PAPER)),
        organization_lfdnr=_organization(cells.get("Gremium")),
    )


def read_classic_text(opened: Opened) -> Page:
    found = opened.lines[1:]
    body_at = next((i for i, line in enumerate(found) if section_heading(line)), len(found))
    printed = labelled(found[:body_at])
    fields = _fields(printed)
    if not fields:
        raise opened.without_fields()
    if body_at == len(found):
        raise PageError(
            'The page ends inside its head, so it is cut off; expected a section such as "Wortprotokoll:".'
        )
    expect_whole(opened)
    sections = split_sections(found[body_at:])
    sections.pop("attachments", None)
    paper = printed.get(_PAPER)
    return Page(
        headline=opened.headline,
        is_classic=True,
        fields=fields,
        sections=sections,
        paper_links=[PaperLink(lfdnr=None, text=paper)] if paper else [],
    )


def _fields(printed: Mapping[str, str]) -> dict[Field, str]:
    fields: dict[Field, str] = {}
    for label, value in printed.items():
        if meaning := FIELDS.get(label):
            fields.setdefault(meaning, value)
    return fields


def _papers(cell: LexborNode | None) -> list[PaperLink]:
    """Papers of the row "Vorlage": each with its link; without links, the number or title that it prints."""
    if cell is None:
        return []
    nodes = [node for node, begins in walk(cell) if begins and node.tag in ("a", "input")]
    printed = text(cell)
    linked: dict[int, str] = {}
    for node in nodes:
        for number in targets([node]).papers:
            linked[number] = linked.get(number) or text(node, without={"a"})
    if len(linked) == 1:
        # The number may be the link, and the title stand behind it.
        return [PaperLink(lfdnr=number, text=printed) for number in linked]
    links = [PaperLink(lfdnr=number, text=words) for number, words in linked.items()]
    return links or ([PaperLink(lfdnr=None, text=printed)] if printed else [])


def _organization(cell: LexborNode | None) -> int | None:
    hrefs = [attribute(link, "href") for link in cell.css("a")] if cell is not None else []
    numbers = {number for href in hrefs if (number := organization_number(href))}
    return numbers.pop() if len(numbers) == 1 else None
