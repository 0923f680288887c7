"""Tables as people and programs make them."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

Edits = Mapping[tuple[int, str], Any]
"""(row, heading) → new value of the cell."""


def edited(
    data: bytes,
    edits: Edits,
    *,
    dropped: Sequence[str] = (),
    formats: Mapping[tuple[int, str], str] | None = None,
) -> bytes:
    """The workbook with other cells, as a spreadsheet program would save it; `dropped` are columns."""
    book = load_workbook(io.BytesIO(data))
    sheet = book["Maßnahmen"]
    places = {str(cell.value): cell.column for cell in sheet[1]}
    for (row, heading), value in edits.items():
        cell = sheet.cell(row, places[heading])
        cell.value = value
        cell.number_format = (formats or {}).get((row, heading), "General")
    for heading in dropped:
        place = next(cell.column for cell in sheet[1] if cell.value == heading)
        sheet.delete_cols(place)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(*rows: Sequence[Any]) -> bytes:
    """A workbook of one sheet with these rows; a text that begins with "=" is a formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(data: bytes, name: str, content: bytes, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with one part replaced or added."""
    source = zipfile.ZipFile(io.BytesIO(data))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for part in source.infolist():
            if part.filename != name:
                archive.writestr(part, source.read(part))
        archive.writestr(name, content)
    return target.getvalue()


def csv_bytes(*rows: Sequence[str], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode(encoding)
