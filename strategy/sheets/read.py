"""A file of somebody else becomes rows of cells, or is refused with a clear word. Pure.

The file is hostile until proven otherwise: before anything is parsed, its parts are counted and measured
while they are unpacked, so that neither a zip bomb nor a million empty elements reach the parser.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.dates import Precision
from strategy.sheets.cells import Cell
from strategy.sheets.columns import COLUMNS, KEY, SHEET_NAME, Column, column_named, letter

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
LAST_ROW = 1_048_576
"""Of any spreadsheet; who claims more is not followed."""
MOST_PARTS = 200
MOST_UNPACKED = 30 * 1024 * 1024
MOST_TAGS = 1_500_000
"""Of the sheets and their texts together: 5,000 rows of 25 cells have well under a million."""
MOST_SMALL_TAGS = 20_000
"""Of every other part (formats, names, links)."""

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_COUNTABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What every spreadsheet program packs with. Of BZIP2 and LZMA, zipfile unpacks a whole block before anybody
can count it."""
_FORBIDDEN = {
    "vbaproject": "Makros",
    "macrosheets": "Makros",
    "activex": "Steuerelemente",
    "ctrlprops": "Steuerelemente",
    "externallinks": "Verweise auf andere Dateien",
    "connections.xml": "Verbindungen zu anderen Datenquellen",
    "querytables": "Verbindungen zu anderen Datenquellen",
    "embeddings": "eingebettete Dateien",
}
_UNREADABLE = "Diese Datei lässt sich nicht lesen. Bitte speichern Sie sie neu als XLSX oder CSV."
_DELIMITERS = ";,\t"


class SheetRefused(Exception):
    """The file does not fit; `errors` says why, in German, each with its place."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As the spreadsheet program counts; the headings are row 1."""
    cells: dict[str, Cell]
    """Key of the column → cell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    letters: dict[str, str]
    """Key of the column → its letter in this file. A column that is not here was left out."""
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    """What the reader should know although nothing is wrong."""

    def place(self, row: int, column: Column) -> str:
        """`Zeile 7, Spalte D (Verbindlichkeit)`."""
        return f"Zeile {row}, Spalte {self.letters[column.key]} ({column.name})"


def read(data: bytes) -> Sheet:
    """The rows of an XLSX or CSV file that was written by `write` and edited by any program.

    Raises SheetRefused.
    """
    if len(data) > MOST_BYTES:
        raise SheetRefused("Die Datei ist größer als 2 MB.")
    if not data.strip():
        raise SheetRefused("Die Datei ist leer.")
    if data.startswith(_OLD_EXCEL):
        raise SheetRefused(
            "Das ist eine Datei im alten Excel-Format (.xls) oder mit einem Kennwort. "
            "Bitte speichern Sie sie als XLSX ohne Kennwort."
        )
    if data.startswith(_ZIP):
        _inspect(data)
        return _sheet(_xlsx_rows(data))
    text, notes = _decoded(data)
    sheet = _sheet(_csv_rows(text))
    return Sheet(sheet.letters, sheet.rows, notes)


Lines = Iterator[tuple[int, Sequence[Cell]]]
"""Number of the row, and its cells; rows without any may be left out."""


def _sheet(lines: Lines) -> Sheet:
    first, headings = next(lines, (1, ()))
    columns, errors = _columns(headings if first == 1 else ())
    if errors:
        raise SheetRefused(*errors)
    rows = []
    for number, line in lines:
        unnamed = next(
            (place for place, cell in enumerate(line) if place not in columns and not cell.is_empty), None
        )
        if unnamed is not None and len(errors) < MOST_COLUMNS:
            errors.append(f"Zeile {number}, Spalte {letter(unnamed)}: Diese Spalte hat keine Überschrift.")
        cells = {
            column.key: line[place] if place < len(line) else Cell() for place, column in columns.items()
        }
        # A row in which only what we show is left is an empty row.
        if any(not cells[key].is_empty for key in cells if _counts(key)):
            rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS:
            raise SheetRefused("Die Tabelle hat mehr als 5.000 Zeilen. Bitte teilen Sie sie.")
    if errors:
        raise SheetRefused(*errors)
    return Sheet({column.key: letter(place) for place, column in columns.items()}, rows)


_KNOWN = {column.key: column for column in COLUMNS}


def _counts(key: str) -> bool:
    return _KNOWN[key].may_change or key == KEY.key


def _columns(headings: Sequence[Cell]) -> tuple[dict[int, Column], list[str]]:
    columns: dict[int, Column] = {}
    errors = []
    for place, cell in enumerate(headings):
        if cell.is_empty:
            continue
        column = column_named(str(cell.value))
        where = f"Zeile 1, Spalte {letter(place)}"
        if column is None:
            errors.append(f"{where}: Eine Spalte „{str(cell.value)[:60]}“ kennen wir nicht.")
        elif column in columns.values():
            errors.append(f"{where} ({column.name}): Diese Spalte gibt es zweimal.")
        else:
            columns[place] = column
    if KEY not in columns.values():
        errors.insert(
            0, f"Zeile 1: Die Spalte „{KEY.name}“ fehlt. Die erste Zeile muss die Überschriften enthalten."
        )
    return columns, errors


# XLSX --------------------------------------------------------------------------------------------------


def _inspect(data: bytes) -> None:
    """Raises SheetRefused for what is no plain workbook, or would be too much when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if len(parts) > MOST_PARTS or len(set(names)) < len(names):
                raise SheetRefused(_UNREADABLE)
            if any(part.compress_type not in _COUNTABLE for part in parts):
                raise SheetRefused(_UNREADABLE)
            _check_names(names)
            _check_sizes(archive, parts)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        # RuntimeError: a part with a password; NotImplementedError: a kind of archive nobody uses.
        raise SheetRefused(_UNREADABLE) from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]  # zipfile has it from zlib
        raise SheetRefused(_UNREADABLE) from error


def _check_names(names: list[str]) -> None:
    low = [name.casefold() for name in names]
    if "mimetype" in low:
        raise SheetRefused(
            "Das ist eine Datei im OpenDocument-Format. Bitte speichern Sie sie als XLSX oder CSV."
        )
    for mark, words in _FORBIDDEN.items():
        if any(mark in name for name in low):
            raise SheetRefused(f"Die Datei enthält {words}. Bitte speichern Sie sie als einfache XLSX-Datei.")
    if "xl/workbook.xml" not in low:
        raise SheetRefused(_UNREADABLE)


def _check_sizes(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """What the directory of the archive says of sizes is not believed: every part is unpacked and counted."""
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetRefused("Die Datei ist ausgepackt zu groß.")
    unpacked = big_tags = 0
    for part in parts:
        tags = 0
        macro = b""
        with archive.open(part) as stream:
            while piece := stream.read(65_536):
                unpacked += len(piece)
                tags += piece.count(b"<")
                if unpacked > MOST_UNPACKED or tags + big_tags > MOST_TAGS:
                    raise SheetRefused("Die Datei ist ausgepackt zu groß.")
                if part.filename == "[Content_Types].xml":
                    macro += piece
        if b"macroEnabled" in macro:
            raise SheetRefused("Die Datei enthält Makros. Bitte speichern Sie sie als einfache XLSX-Datei.")
        if part.filename.startswith("xl/worksheets/") or part.filename == "xl/sharedStrings.xml":
            big_tags += tags
        elif tags > MOST_SMALL_TAGS:
            raise SheetRefused("Die Datei enthält zu viele Formate oder Verweise.")


def _xlsx_rows(data: bytes) -> Lines:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out (lists of choices, colours); we need none of it.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            try:
                yield from _cells(book)
            finally:
                book.close()
    except DefusedXmlException as error:
        raise SheetRefused("Die Datei enthält Verweise, die wir nicht auflösen.") from error
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        ParseError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        OSError,
    ) as error:
        # What openpyxl raises on a file that is no workbook depends on where it stumbles.
        raise SheetRefused(_UNREADABLE) from error


def _cells(book: Any) -> Lines:
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
    if not sheets:
        raise SheetRefused(_UNREADABLE)
    sheet = next((sheet for sheet in sheets if sheet.title == SHEET_NAME), sheets[0])
    # The file says how large it is; "A1:XFD1048576" is what some programs always say.
    sheet.reset_dimensions()
    blank: object = None
    for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS), 1):
        # A million missing rows are one and the same row object; nobody looks into it twice.
        if row is blank:
            continue
        if all(cell.value is None for cell in row):
            blank = row
            continue
        yield number, [_cell(cell) for cell in row]


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell()
    if cell.data_type == "f":
        return Cell(str(getattr(value, "text", value)), is_formula=True)
    if isinstance(value, datetime | date):
        return Cell(value, precision=_precision(cell.number_format))
    return Cell(value if isinstance(value, str | int | float | bool | time) else str(value))


def _precision(number_format: str) -> Precision:
    """How much of a date its format shows: "mmm yy" is a month."""
    shown = number_format.casefold()
    for mark in ("general", "standard"):
        shown = shown.replace(mark, "")
    if "d" in shown or "t" in shown.replace("[$-", ""):
        return Precision.DAY
    if "m" in shown:
        return Precision.MONTH
    return Precision.YEAR if "y" in shown or "j" in shown else Precision.DAY


# CSV ---------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text of a CSV file, and what the reader should know of how it was read."""
    codec = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    notes: list[str] = []
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise SheetRefused(_UNREADABLE) from error
        notes = [
            "Die Datei ist nicht in UTF-8 gespeichert. Wir haben sie als Windows-Text gelesen. "
            "Bitte achten Sie auf Umlaute und Sonderzeichen."
        ]
    if "\x00" in text:
        raise SheetRefused(_UNREADABLE)
    return text, notes


def _csv_rows(text: str) -> Lines:
    delimiter = max(_DELIMITERS, key=lambda mark: _known_headings(text, mark))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if len(row) > MOST_COLUMNS and any(row[MOST_COLUMNS:]):
                raise SheetRefused(f"Zeile {number} hat mehr als {MOST_COLUMNS} Spalten.")
            if any(row):
                yield number, [Cell(cell or None) for cell in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise SheetRefused(
            f"Um Zeile {reader.line_num} der Datei stimmt etwas mit den Anführungszeichen nicht, "
            "oder eine Zelle ist zu lang."
        ) from error


def _known_headings(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
    try:
        first = next(reader, [])
    except csv.Error:
        return 0
    return sum(column_named(heading) is not None for heading in first)
