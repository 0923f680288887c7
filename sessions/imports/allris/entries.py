"""The lines of an agenda (to010), in each layout: ALLRIS 4, classic ALLRIS 3, text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import page_address, page_kind
from sessions.imports.allris.classic import is_entry, only, targets
from sessions.imports.allris.page import Kind, clean
from sessions.imports.allris.references import ITEM_NUMBER, REFERENCE, is_cut, linked_paper, result_of
from sessions.imports.allris.tree import (
    attribute,
    cells_of,
    elements,
    is_table,
    lines,
    row_elements,
    text,
    walk,
)
from sessions.imports.records import AgendaEntryRecord, PageAddress, PaperRecord

_CLOSED = re.compile(r"nicht ?-?öffentlich", re.IGNORECASE)
_OPEN = re.compile(r"öffentlich", re.IGNORECASE)
# In a text copy only such a line is a heading: "Status: öffentlich/nichtöffentlich" is none.
_TEXT_PART = re.compile(
    r"(?:nicht ?-?)?öffentliche[rns]? (?:Teil|Sitzung|Beratung|Tagesordnung)(?:spunkte)?:?", re.IGNORECASE
)
_NUMBER_ID = re.compile(r"(?:link|betreff)_(\d{1,9})")
_RULE = re.compile(r":?-{3,}:?")
_RESULT_COLUMNS = frozenset({"Beschluss", "Beschlussart", "Ergebnis"})


def entry(
    number: str,
    title: str,
    *,
    part: bool | None = None,
    lfdnr: int | None = None,
    result: str = "",
    papers: Iterable[PaperRecord] = (),
) -> AgendaEntryRecord:
    """`part` is whether the heading above says public or not. Where letter and heading differ, the item
    counts as not public: a doubt publishes nothing."""
    by_number = {"Ö": True, "N": False}.get(number[:1])
    public = False if part is False or by_number is False else part if by_number is None else by_number
    return AgendaEntryRecord(
        number=number,
        title=title,
        title_cut=is_cut(title),
        public=public,
        lfdnr=lfdnr,
        result=result_of(result),
        papers=tuple(papers),
    )


def part_of(heading: str) -> bool | None:
    """Whether "Öffentlicher Teil" or "Nichtöffentlicher Teil" follows; None for other headings."""
    if _CLOSED.search(heading):
        return False
    return True if _OPEN.search(heading) else None


# ── ALLRIS 4 ──


def wicket_entries(content: LexborNode) -> list[AgendaEntryRecord]:
    """Rows of `table#toTreeTable`; those of class `beratung` are headings."""
    table = content.css_first("#toTreeTable")
    found = [_WicketRow(row) for row in row_elements(table)] if table else []
    ids_count = all(row.ids_agree for row in found)
    entries: list[AgendaEntryRecord] = []
    part: bool | None = None
    for row in found:
        if row.is_heading:
            part = part_of(row.heading)
        elif row.has_item:
            entries.append(row.entry(part, ids_count))
    return entries


@dataclass(frozen=True, slots=True)
class _Link:
    kind: Kind | None
    """The page it leads to."""
    address: PageAddress
    id: str
    words: str


def _link(a: LexborNode) -> _Link:
    href = attribute(a, "href")
    kind = page_kind(href)
    address = page_address(href) if kind else PageAddress()
    return _Link(kind, address, attribute(a, "id"), text(a, without={"a"}))


class _WicketRow:
    """A row by the classes of its cells: tonr, tobetreff, tovonr, tobahint …"""

    def __init__(self, row: LexborNode) -> None:
        self.is_heading = "beratung" in attribute(row, "class").split()
        self.heading = text(row, without={"table"}) if self.is_heading else ""
        self.cells: dict[str, LexborNode] = {}
        for cell in cells_of(row):
            for name in attribute(cell, "class").split():
                self.cells.setdefault(name, cell)
        self.links = [_link(a) for a in elements(row, "a")]
        self.number, self.subject = self.words("tonr"), self.words("tobetreff")
        own = {link.address.agenda_item for link in self.links if link.kind == "to020"} - {None}
        # Else the link of its paper says for which item it is opened.
        numbers = own or {link.address.agenda_item for link in self.links}
        self.numbers = frozenset(number for number in numbers if number)
        ids = (_NUMBER_ID.fullmatch(link.id) for link in self.links)
        self.ids = frozenset(int(match[1]) for match in ids if match and int(match[1]))

    @property
    def has_item(self) -> bool:
        return bool(self.number or self.subject)

    @property
    def ids_agree(self) -> bool:
        """Ids of links count as numbers of items as long as no address on the page contradicts them."""
        return not self.numbers or self.ids <= self.numbers

    def words(self, name: str) -> str:
        cell = self.cells.get(name)
        return text(cell, without={"table"}) if cell is not None else ""

    def entry(self, part: bool | None, ids_count: bool) -> AgendaEntryRecord:
        return entry(
            self.number,
            self._title(),
            part=part,
            lfdnr=only(self.numbers or (self.ids if ids_count else frozenset())),
            result=self._result(),
            papers=self._papers(),
        )

    def _title(self) -> str:
        named = (link.words for link in self.links if link.id.startswith("betreff_") and link.words)
        return next(named, "") or self.subject

    def _result(self) -> str:
        for name in ("tobahint", "tobanr"):
            cell = self.cells.get(name)
            if cell is not None and (result := text(cell, without={"table"}) or _hint(cell)):
                return result
        return ""

    def _papers(self) -> list[PaperRecord]:
        linked: dict[int, str] = {}
        for link in self.links:
            if link.kind == "vo020" and (number := link.address.paper):
                linked[number] = linked.get(number) or link.words
        papers = [linked_paper(number, words) for number, words in linked.items()]
        printed = REFERENCE.fullmatch(self.words("tovonr")) if not papers else None
        return papers or ([PaperRecord(reference=printed[0])] if printed else [])


def _hint(cell: LexborNode) -> str:
    """The words that show when somebody points at the icon of a cell."""
    for node, begins in walk(cell, without=is_table):
        if begins and node.is_element_node:
            for name in ("title", "data-simpletooltip-text", "aria-label", "alt"):
                if words := clean(attribute(node, name)):
                    return words
    return ""


# ── Classic ALLRIS 3 ──


def classic_entries(content: LexborNode) -> list[AgendaEntryRecord]:
    """Rows of class zl11 and zl12 below headings without that class."""
    found = (_classic_entry(row) for row in content.css("tr.zl11, tr.zl12"))
    return [line for line in found if line.number or line.title]


def _classic_entry(row: LexborNode) -> AgendaEntryRecord:
    nodes = [node for node, begins in walk(row, without=is_entry) if begins and node.is_element_node]
    links = [(attribute(node, "href"), node) for node in nodes if node.tag == "a"]
    leads = targets(nodes)
    # Tables inside of a cell only lay out what it holds; rows of the agenda in it are read by themselves.
    cells = [words for cell in cells_of(row) if (words := " ".join(lines(cell, without=is_entry)))]
    at = next((i for i, words in enumerate(cells) if ITEM_NUMBER.fullmatch(words)), -1)
    subjects = (text(a, {"a"}) for href, a in links if page_kind(href) == "to020")
    names = {number: text(a, {"a"}) for href, a in links if (number := page_address(href).paper)}
    others = (words for words in cells[at + 1 :] if words not in names.values())
    result = next((attribute(n, "title") for n in nodes if "il1_naz" in attribute(n, "class").split()), "")
    return entry(
        cells[at] if at >= 0 else "",
        next(filter(None, subjects), "") or next(others, ""),
        lfdnr=only(leads.agenda_items),
        result=clean(result),
        papers=[linked_paper(number, names.get(number, "")) for number in sorted(leads.papers)],
    )


# ── Text ──


def text_entries(found: Sequence[str]) -> list[AgendaEntryRecord]:
    """Rows between "|", one a line, as copies of tables have them: number first, then the subject.

    A paper is known by its number; a result only where the header says which column has it."""
    header: list[str] = []
    part: bool | None = None
    entries: list[AgendaEntryRecord] = []
    for line in found:
        if _TEXT_PART.fullmatch(line.strip("| ")):
            part = part_of(line)
        if not line.startswith("|"):
            continue
        cells = [" ".join(cell.split()) for cell in line.strip("|").split("|")]
        printed = [cell for cell in cells if cell]
        if not printed or all(_RULE.fullmatch(cell) for cell in printed):
            continue
        if not header and len(printed) > 1 and not any(map(ITEM_NUMBER.fullmatch, printed)):
            header = cells
        elif len(printed) > 1 and ITEM_NUMBER.fullmatch(printed[0]):
            entries.append(_text_entry(header, cells, printed, part))
    return entries


def _text_entry(
    header: Sequence[str], cells: Sequence[str], printed: Sequence[str], part: bool | None
) -> AgendaEntryRecord:
    by_column = dict(zip(header, cells, strict=False))
    result = next((by_column[name] for name in by_column if name in _RESULT_COLUMNS), "")
    papers = [linked_paper(None, cell) for cell in printed[2:] if REFERENCE.fullmatch(cell)]
    return entry(printed[0], printed[1], part=part, result=result, papers=papers)
