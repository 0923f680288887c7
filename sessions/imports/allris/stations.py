"""The Beratungsfolge of a paper (vo020), in each layout: two rows a station.

First row: state, committee, and what it does with the paper. Second row: day and result. Nothing of it is
certain but the state: a planned station may have no day, one without agenda no link.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import organization_number, page_kind
from sessions.imports.allris.classic import only, targets
from sessions.imports.allris.dates import find_date
from sessions.imports.allris.references import ITEM_NUMBER, result_of
from sessions.imports.allris.tree import CELL, attribute, lines, text, walk
from sessions.imports.records import StationRecord

_STATES = frozenset({"Geplant", "Erledigt", "Gestoppt", "Bereit", "Offen", "In Arbeit", "Zurückgezogen"})
_RULE = re.compile(r":?-{3,}:?")
_HEADER = frozenset({"Status", "Gremium"})


def wicket_stations(content: LexborNode) -> list[StationRecord]:
    table = content.css_first("#bfTable table.bfTable") or content.css_first("table.bfTable, table#bfTable")
    if table is None:
        return []
    return [_station(i, rows, _wicket_result) for i, rows in enumerate(_grouped(table), 1)]


def _grouped(table: LexborNode) -> Iterator[list[LexborNode]]:
    """Rows of each station: one with a state begins it."""
    group: list[LexborNode] = []
    for part in table.iter():
        for row in part.iter() if part.tag in ("thead", "tbody", "tfoot") else ():
            if row.tag != "tr":
                continue
            if _state(row):
                if group:
                    yield group
                group = [row]
            elif group:
                group.append(row)
    if group:
        yield group


def _state(row: LexborNode) -> str:
    """Words of the coloured cell, or of the title of a classic one."""
    for cell in _cells(row):
        classes = attribute(cell, "class").split()
        if "colorCol" in classes:
            return text(cell, without={"table"}) or _title(cell)
        if attribute(cell, "title").strip() in _STATES:
            return attribute(cell, "title").strip()
    return ""


def _title(cell: LexborNode) -> str:
    titles = (attribute(node, "title") for node, begins in walk(cell) if begins and node.is_element_node)
    return next(filter(None, (attribute(cell, "title").strip(), *map(str.strip, titles))), "")


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in CELL]


def _is_state(cell: LexborNode) -> bool:
    return "colorCol" in attribute(cell, "class").split() or attribute(cell, "title").strip() in _STATES


def _station(
    position: int, group: Sequence[LexborNode], result: Callable[[Sequence[LexborNode]], str]
) -> StationRecord:
    first, *rest = group
    head = [cell for cell in _cells(first) if not _is_state(cell)]
    named = [words for cell in head for words in lines(cell, without=_is_table)]
    # A day in the first row belongs to layouts that have one row a station.
    named = [words for words in named if not find_date(words)]
    nodes = [
        node
        for row in group
        for node, begins in walk(row, without=_is_table)
        if begins and node.tag in ("a", "input")
    ]
    leads = targets(nodes)
    committees = {organization_number(attribute(node, "href")) for node in nodes if node.tag == "a"} - {None}
    return StationRecord(
        position=position,
        organization=named[0] if named else "",
        organization_lfdnr=committees.pop() if len(committees) == 1 else None,
        role=named[1] if len(named) > 1 else "",
        state=_state(first),
        day=next((day for row in group for cell in _cells(row) if (day := find_date(text(cell)))), None),
        meeting=only(leads.meetings),
        agenda_item=only(leads.agenda_items),
        result=result(rest),
    )


def _wicket_result(rows: Sequence[LexborNode]) -> str:
    """The words of the link to the item; else what stands behind the day."""
    nodes = [
        node for row in rows for node, begins in walk(row, without=_is_table) if begins and node.tag == "a"
    ]
    linked = [text(node, without={"a"}) for node in nodes if page_kind(attribute(node, "href")) == "to020"]
    others = [text(cell, without={"table"}) for row in rows for cell in _cells(row) if not _is_day(cell)]
    found = (words for words in (*linked, *others) if words and not ITEM_NUMBER.fullmatch(words))
    return result_of(next((words for words in found if not find_date(words)), ""))


def _classic_result(rows: Sequence[LexborNode]) -> str:
    marked = (cell for row in rows for cell in _cells(row) if "text3" in attribute(cell, "class").split())
    return result_of(next(filter(None, (text(cell, without={"table"}) for cell in marked)), ""))


def _is_day(cell: LexborNode) -> bool:
    return "date" in attribute(cell, "class").split() or find_date(text(cell, without={"table"})) is not None


def _is_table(element: LexborNode) -> bool:
    return element.tag == "table"


def classic_stations(cell: LexborNode | None) -> list[StationRecord]:
    """Of the inner table beside the label "Beratungsfolge"."""
    table = cell.css_first("table") if cell is not None else None
    if table is None:
        return []
    return [_station(i, rows, _classic_result) for i, rows in enumerate(_grouped(table), 1)]


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
