"""The table of measures as a file: XLSX for people, CSV for everything else. Pure: rows in, bytes out."""

import csv
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # has no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # has no py.typed

from strategy.sheets.cells import digest, for_cell, guard
from strategy.sheets.columns import COLUMNS, DICTIONARY_NAME, EDITABLE, NOTES, SHEET_NAME, VERSION, Kind

Line = Mapping[str, str]
"""Key of the column → text of the cell."""

_VERSION_PREFIX = "v1."
_DICTIONARY_HEADINGS = ("Spalte", "Bedeutung", "Erlaubt", "Beispiel", "Darf geändert werden")
_DICTIONARY_WIDTHS = (24, 50, 60, 40, 22)
_PROMPT = 32
"""Longest title Excel takes for the message of a wrong choice."""


def version_of(line: Line) -> str:
    """What was in the cells that may be changed, as one short text: six hexadecimal digits for each."""
    return _VERSION_PREFIX + "".join(digest(line[column.key]) for column in EDITABLE)


def digests_in(version: str) -> dict[str, str]:
    """Key of the column → digest of its cell when the table was written; empty where nobody can tell."""
    text = version.strip().removeprefix(_VERSION_PREFIX)
    if not version.strip().startswith(_VERSION_PREFIX) or len(text) != 6 * len(EDITABLE):
        return {}
    return {column.key: text[6 * place : 6 * place + 6] for place, column in enumerate(EDITABLE)}


def xlsx(lines: Iterable[Line]) -> bytes:
    """A workbook with the measures and, on its second sheet, the dictionary of columns.

    Every cell is text and formatted as text, so that no program turns "2026-07" into a day or "=1+1" into 2.
    """
    target = BytesIO()
    # constant_memory writes row by row: a big table needs no more memory than a small one.
    book = Workbook(
        target,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": True,
        },
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    shown = book.add_format(
        {
            "num_format": "@",
            "text_wrap": True,
            "valign": "top",
            "font_color": "#595959",
            "bg_color": "#EEEEEE",
        }
    )
    formats = {column.key: text if column.may_change else shown for column in COLUMNS}
    sheet: Worksheet = book.add_worksheet(SHEET_NAME)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, formats[column.key])
        if column.kind is Kind.CHOICE or column.kind is Kind.FLAG:
            sheet.data_validation(
                1, place, 20_000, place,
                {
                    "validate": "list",
                    "source": list(column.choices.values()) or ["ja", "nein"],
                    "error_title": column.name[:_PROMPT],
                    "error_message": "Bitte wählen Sie einen Wert aus der Liste.",
                },
            )  # fmt: skip
    sheet.freeze_panes(1, 2)
    last = 0
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.name, head)
    for number, line in enumerate(_complete(lines), 1):
        last = number
        for place, column in enumerate(COLUMNS):
            if line[column.key]:
                sheet.write_string(number, place, line[column.key], formats[column.key])
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    _dictionary(book.add_worksheet(DICTIONARY_NAME), head, text)
    book.close()
    return target.getvalue()


def csv_file(lines: Iterable[Line]) -> bytes:
    """The measures with ";" between cells, in UTF-8 with a mark by which Excel knows it."""
    target = StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.name for column in COLUMNS)
    for line in _complete(lines):
        writer.writerow(guard(line[column.key]) for column in COLUMNS)
    return target.getvalue().encode("utf-8-sig")


def _complete(lines: Iterable[Line]) -> Iterable[dict[str, str]]:
    for line in lines:
        cells = {column.key: for_cell(line.get(column.key, "")) for column in COLUMNS}
        yield cells | {VERSION.key: version_of(cells)}


def _dictionary(sheet: Worksheet, head: object, text: object) -> None:
    for place, (name, width) in enumerate(zip(_DICTIONARY_HEADINGS, _DICTIONARY_WIDTHS, strict=True)):
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, name, head)
    number = 0
    for number, column in enumerate(COLUMNS, 1):
        cells = (
            column.name,
            column.meaning,
            column.allowed,
            column.example,
            "ja" if column.may_change else "nein",
        )
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell, text)
    for number, note in enumerate(NOTES, number + 2):  # noqa: B020 - goes on below the columns
        sheet.write_string(number, 0, note)
    sheet.freeze_panes(1, 1)
