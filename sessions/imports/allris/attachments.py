"""The table of attachments: columns Nr., Name, Original, Status, Größe, of which cells may be missing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from sessions.imports.allris.page import PageError, Row
from sessions.imports.records import FileRecord

_SIZE = re.compile(r"(\d{1,3}(?:\.\d{3}){0,4}|\d{1,12})(?:,(\d{1,6}))?\s?(Bytes?|B|kB|KB|MB|GB)")
# Decimal thousands: "181,2 kB" is as exact as its four digits, so the unit's other meaning adds nothing.
_UNITS = {"B": 1, "Byte": 1, "Bytes": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_PUBLIC = {"öffentlich": True, "nichtöffentlich": False, "nicht öffentlich": False}
_RULE = re.compile(r":?-{3,}:?")


def read_public(status: str) -> bool | None:
    """ "öffentlich", "nichtöffentlich" or "nicht öffentlich"; None for everything else."""
    return _PUBLIC.get(status.lower())


def read_size(printed: str) -> int | None:
    """Bytes: "181,2 kB" is 181200; None where this is no size."""
    match = _SIZE.fullmatch(printed)
    if not match:
        return None
    whole, fraction, unit = match.groups()
    return int(Decimal(f"{whole.replace('.', '')}.{fraction or 0}") * _UNITS[unit])


def name_and_size(printed: str) -> tuple[str, str]:
    """ "Lageplan (2,4 MB)" is name and size; everything else is a name without size."""
    name, bracket, size = printed.removesuffix(")").rpartition(" (")
    if bracket and printed.endswith(")") and name and read_size(size) is not None:
        return name, size
    return printed, ""


def file_record(position: int, row: Row) -> FileRecord:
    return FileRecord(
        position=position,
        name=row.name,
        public=read_public(row.status),
        size_printed=row.size,
        size=read_size(row.size),
        url=row.url,
    )


def is_header(cells: Sequence[str]) -> bool:
    return {"Nr.", "Status", "Größe"} <= set(cells)


def row_by_columns(header: Sequence[str], cells: Sequence[str]) -> Row:
    """A row that has all its cells, empty ones too."""
    by_name = dict(zip(header, cells, strict=False))
    return Row(
        number=by_name.get("Nr.", ""),
        name=by_name.get("Name", ""),
        status=by_name.get("Status", ""),
        size=by_name.get("Größe", ""),
    )


def rows_of_text(lines: Iterable[str]) -> list[Row]:
    """Rows of a table as text between "|", whether a row is one line, many lines or all rows are one.

    Text copies leave out empty cells, so a row is read by its columns where these fit and otherwise by
    what its cells look like. Raises `PageError` where the table breaks off."""
    text = "\n".join(lines).strip()
    if "|" not in text:
        return []
    cells = [" ".join(cell.split()) for cell in text.split("|")]
    rules = [index for index, cell in enumerate(cells) if _RULE.fullmatch(cell)]
    header = [cell for cell in cells[: rules[0]] if cell] if rules else []
    if not is_header(header):
        raise _broken("has no whole header")
    if not text.endswith("|"):
        raise _broken("ends inside a row")
    rows = [_row(header, row) for row in _split_rows(cells[rules[-1] + 1 :])]
    if not rows:
        raise _broken("has no row")
    if not rows[-1].size:
        raise _broken("ends inside a row")
    return rows


def _split_rows(cells: Iterable[str]) -> Iterator[list[str]]:
    """A row begins with a number higher than the last row's, once that one has its size."""
    row: list[str] = []
    last = 0
    complete = True
    for cell in cells:
        if complete and _is_number(cell) and int(cell) > last:
            if row:
                yield row
            row, last, complete = [cell], int(cell), False
        elif row:
            row.append(cell)
            complete = complete or read_size(cell) is not None
        elif cell:
            raise _broken("has a row without a number")
    if row:
        yield row


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= 4


def _row(header: Sequence[str], cells: Sequence[str]) -> Row:
    row = row_by_columns(header, cells)
    if read_size(row.size) is not None and read_public(row.status) is not None:
        return row
    status = next((cell for cell in cells if read_public(cell) is not None), "")
    size = next((cell for cell in cells if read_size(cell) is not None), "")
    rest = [cell for cell in cells[1:] if cell and cell not in (status, size)]
    return Row(number=cells[0], name=rest[0] if rest else "", status=status, size=size)


def _broken(how: str) -> PageError:
    return PageError(f"The table of attachments {how}, so the page is cut off; expected it whole.")
