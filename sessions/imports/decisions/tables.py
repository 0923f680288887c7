"""Tables of votes with a header line and one row of totals."""

import re
from collections.abc import Iterable

from sessions.imports.decisions.numerals import number
from sessions.imports.decisions.pairing import Counts
from sessions.imports.decisions.tokens import LABELS


def read_table(header: str, rows: Iterable[str]) -> Counts | None:
    """Counts of the row "Gesamt" (or of the only row) under a header line such as
    "Fraktion | Ja | Nein | Enthaltung"; None where the lines are no such table."""
    columns = [LABELS.get(cell.lower().strip(" :.")) for cell in _cells(header)]
    if sum(column is not None for column in columns) < 2 or columns[0] is not None:
        return None
    counts = Counts()
    for row in rows:
        cells = _cells(row)
        name = cells[0].lower().strip(" :")
        if name not in (
            "",
            "gesamt",
            "summe",
            "insgesamt",
            "gesamtergebnis",
            "ergebnis",
            "anzahl",
            "stimmen",
            "abstimmung",
        ):
            continue
        if len(cells) != len(columns):
            return None
        for column, cell in zip(columns, cells, strict=True):
            value = number(cell.strip()) if cell.strip() and column and column != "other" else None
            if column and value is not None:
                counts.add(column, value)
    return counts


def _cells(line: str) -> list[str]:
    line = line.strip()
    if line.startswith("|") and line.endswith("|") and len(line) > 1:
        line = line[1:-1]
    return re.split(r"[|\t]", line)
