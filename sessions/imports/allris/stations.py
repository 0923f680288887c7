"""The Beratungsfolge of a paper (vo020), in each layout: two rows a station.

First row: state, committee, and what it does with the paper. Second row: day and result. Nothing of it is
certain but the state: a planned station may have no day, one without agenda no link.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import organization_number, page_kind
from sessions.imports.allris.classic import only, targets
from sessions.imports.allris.dates import find_date
from sessions.imports.allris.page import clean
from sessions.imports.allris.references import ITEM_NUMBER, result_of
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
from sessions.imports.records import StationRecord

_STATES = frozenset({"Geplant", "Erledigt", "Gestoppt", "Bereit", "Offen", "In Arbeit", "Zurückgezogen"})
_STATES_CSS = ", ".join(f'td[title="{state}"]' for state in sorted(_STATES))
_RULE = re.compile(r":?-{3,}:?")
_HEADER = frozenset({"Status", "Gremium"})


@dataclass(slots=True)
class _Row:
    """A row of the table. `state` begins a station; `cells` are all others, with their words."""

    element: LexborNode
    state: str = ""
    cells: list[tuple[LexborNode, str]] = field(default_factory=list)


def wicket_stations(content: LexborNode) -> list[StationRecord]:
    table = content.css_first("#bfTable table.bfTable") or content.css_first("table.bfTable, table#bfTable")
    return _stations(table, _wicket_result)


def classic_stations(cell: LexborNode | None, head: LexborNode) -> list[StationRecord]:
    """Of the inner table in the cell beside the label "Beratungsfolge"; where it stands elsewhere, of the one
    whose cells have the titles of states."""
    table = cell.css_first("table") if cell is not None else None
    if table is None:
        table = head.css_first(_STATES_CSS)
        while table is not None and table.tag != "table":
            table = table.parent
    return _stations(table, _classic_result)


def _stations(table: LexborNode | None, result: Callable[[Sequence[_Row]], str]) -> list[StationRecord]:
    groups: list[list[_Row]] = []
    for element in row_elements(table) if table is not None else ():
        row = _read_row(element)
        if row.state:
            groups.append([row])
        elif groups:
            groups[-1].append(row)
    return [_station(position, group, result(group[1:])) for position, group in enumerate(groups, 1)]


def _read_row(element: LexborNode) -> _Row:
    row = _Row(element)
    for cell in cells_of(element):
        title = clean(attribute(cell, "title"))
        words = text(cell, without={"table"})
        if "colorCol" in attribute(cell, "class").split():
            row.state = row.state or words or title or _title_inside(cell)
        elif title in _STATES:
            row.state = row.state or title
        else:
            row.cells.append((cell, words))
    return row


def _title_inside(cell: LexborNode) -> str:
    titles = (
        clean(attribute(node, "title")) for node, begins in walk(cell) if begins and node.is_element_node
    )
    return next(filter(None, titles), "")


def _station(position: int, group: Sequence[_Row], result: str) -> StationRecord:
    named = [words for cell, _ in group[0].cells for words in lines(cell, without=is_table)]
    # A day in the first row belongs to layouts that have one row a station.
    named = [words for words in named if not find_date(words)]
    nodes = [node for row in group for node in elements(row.element, "a", "input")]
    leads = targets(nodes)
    committees = {organization_number(attribute(node, "href")) for node in nodes if node.tag == "a"} - {None}
    days = (find_date(words) for row in group for _, words in row.cells)
    return StationRecord(
        position=position,
        organization=named[0] if named else "",
        organization_lfdnr=committees.pop() if len(committees) == 1 else None,
        role=named[1] if len(named) > 1 else "",
        state=group[0].state,
        day=next(filter(None, days), None),
        meeting=only(leads.meetings),
        agenda_item=only(leads.agenda_items),
        result=result,
    )


def _wicket_result(rows: Sequence[_Row]) -> str:
    """The words of the link to the item; else what stands behind the day."""
    links = [link for row in rows for link in elements(row.element, "a")]
    linked = [text(link, without={"a"}) for link in links if page_kind(attribute(link, "href")) == "to020"]
    found = (*linked, *(words for row in rows for _, words in row.cells))
    told = (words for words in found if words and not ITEM_NUMBER.fullmatch(words) and not find_date(words))
    return result_of(next(told, ""))


def _classic_result(rows: Sequence[_Row]) -> str:
    cells = (cell for row in rows for cell in row.cells)
    marked = (words for cell, words in cells if "text3" in attribute(cell, "class").split())
    return result_of(next(filter(None, marked), ""))


def text_stations(found: Sequence[str]) -> list[StationRecord]:
    """Rows between "|", one a line: a row with a state begins a station, the next has its day and result."""
    groups: list[list[list[str]]] = []
    for line in found:
        if not line.startswith("|"):
            continue
        printed = [words for cell in line.split("|") if (words := " ".join(cell.split()))]
        if not printed or all(map(_RULE.fullmatch, printed)) or set(printed) >= _HEADER:
            continue
        if printed[0] in _STATES:
            groups.append([printed[:1], printed[1:]])
        elif groups:
            groups[-1].append(printed)
    return [_text_station(i, group) for i, group in enumerate(groups, 1)]


def _text_station(position: int, group: Sequence[Sequence[str]]) -> StationRecord:
    (state,), named, *rest = group
    told = [words for row in rest for words in row]
    result = next((words for words in told if not find_date(words) and not ITEM_NUMBER.fullmatch(words)), "")
    return StationRecord(
        position=position,
        organization=named[0] if named else "",
        role=named[1] if len(named) > 1 else "",
        state=state,
        day=next((day for words in told if (day := find_date(words))), None),
        result=result_of(result),
    )
