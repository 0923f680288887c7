"""Files of somebody else: as programs make them, and as an attacker would."""

import io
import zipfile
from datetime import date, datetime

import pytest

from portal.dates import Precision
from strategy.sheets.columns import COLUMNS, KEY
from strategy.sheets.read import MOST_ROWS, Sheet, SheetRefused, read
from strategy.sheets.write import csv_file, xlsx
from tests.strategy.sheets.files import csv_bytes, edited, with_part, workbook

LINE = {"slug": "voicebot", "name": "Voicebot"}
SHEET = "xl/worksheets/sheet1.xml"
UNREADABLE = "Diese Datei lässt sich nicht lesen. Bitte speichern Sie sie neu als XLSX oder CSV."
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
)


def refused(data: bytes) -> list[str]:
    with pytest.raises(SheetRefused) as caught:
        read(data)
    return caught.value.errors


def cell(sheet: Sheet, key: str, row: int = 0) -> object:
    return sheet.rows[row].cells[key].value


def xml_sheet(rows: str, dimension: str = "") -> bytes:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{dimension}<sheetData>{rows}</sheetData></worksheet>"
    ).encode()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{text_cell("A1", "Kurzadresse")}{text_cell("B1", "Name")}</row>'


@pytest.mark.parametrize("write", [xlsx, csv_file])
def test_what_was_written_is_read(write: object) -> None:
    sheet = read(write([LINE]))  # type: ignore[operator]  # either writer
    assert list(sheet.letters) == [column.key for column in COLUMNS]
    assert sheet.letters["slug"] == "A"
    assert (sheet.rows[0].number, cell(sheet, "slug"), cell(sheet, "name")) == (2, "voicebot", "Voicebot")
    assert sheet.notes == []


def test_columns_in_another_order_and_left_out() -> None:
    sheet = read(workbook(["name", "  kurzADRESSE "], ["Voicebot", "voicebot"]))
    assert sheet.letters == {"name": "A", "slug": "B"}
    assert cell(sheet, "slug") == "voicebot"


def test_empty_rows_and_columns_do_not_count() -> None:
    sheet = read(
        workbook(
            ["Kurzadresse", None, "Name", None], [], ["a", None, "A"], ["  ", None, " "], ["b", None, "B"]
        )
    )
    assert [row.number for row in sheet.rows] == [3, 5]


def test_dates_say_how_exact_they_are_shown() -> None:
    data = edited(
        xlsx([LINE]),
        {
            (2, "Geplanter Beginn"): date(2026, 7, 1),
            (2, "Geplantes Ende"): datetime(2027, 12, 31),  # noqa: DTZ001 - as a spreadsheet has it
            (2, "Tatsächlicher Beginn"): date(2026, 7, 1),
        },
        formats={
            (2, "Geplanter Beginn"): "mmm yy",
            (2, "Geplantes Ende"): "dd.mm.yyyy",
            (2, "Tatsächlicher Beginn"): "yyyy",
        },
    )
    cells = read(data).rows[0].cells
    assert [cells[key].precision for key in ("planned_start", "planned_end", "actual_start")] == [
        Precision.MONTH,
        Precision.DAY,
        Precision.YEAR,
    ]


def test_a_formula_is_told_from_a_text() -> None:
    sheet = read(edited(xlsx([LINE | {"summary": "=1+1"}]), {(2, "Name"): "=1+1"}))
    assert (cell(sheet, "name"), sheet.rows[0].cells["name"].is_formula) == ("=1+1", True)
    assert (cell(sheet, "summary"), sheet.rows[0].cells["summary"].is_formula) == ("=1+1", False)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_with_any_delimiter(delimiter: str) -> None:
    sheet = read(csv_bytes(["Kurzadresse", "Name"], ["a", "eins; zwei, drei\nvier"], delimiter=delimiter))
    assert cell(sheet, "name") == "eins; zwei, drei\nvier"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_unicode(encoding: str) -> None:
    sheet = read(csv_bytes(["Kurzadresse", "Name"], ["a", "Größe – „Maß“"], encoding=encoding))
    assert cell(sheet, "name") == "Größe – „Maß“"
    assert sheet.notes == []


def test_csv_of_an_old_excel_is_read_and_pointed_out() -> None:
    sheet = read(csv_bytes(["Kurzadresse", "Name"], ["a", "Größe – „Maß“ €"], encoding="cp1252"))
    assert cell(sheet, "name") == "Größe – „Maß“ €"
    assert "Umlaute" in sheet.notes[0]


# What does not fit


def test_a_wrong_head_is_refused_with_its_place() -> None:
    errors = refused(workbook(["Kurzadresse", "Nahme", "Name", "name"], ["a", "b"]))
    assert errors == [
        "Zeile 1, Spalte B: Eine Spalte „Nahme“ kennen wir nicht.",
        "Zeile 1, Spalte D (Name): Diese Spalte gibt es zweimal.",
    ]


def test_without_the_key_nothing_is_known() -> None:
    assert f"„{KEY.name}“ fehlt" in refused(workbook(["Name"], ["Voicebot"]))[0]
    assert f"„{KEY.name}“ fehlt" in refused(workbook([], ["Kurzadresse"], ["a"]))[0]


def test_a_cell_without_a_heading_is_named() -> None:
    assert refused(workbook(["Kurzadresse", None, "Name"], ["a", "?", "A"])) == [
        "Zeile 2, Spalte B: Diese Spalte hat keine Überschrift."
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "leer"),
        (b"   \n", "leer"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, ".xls"),
        (b"PK\x03\x04 but no archive", "nicht lesen"),
        (b"x" * (2 * 1024 * 1024 + 1), "2 MB"),
        (b"Kurzadresse;Name\na;\x81\x8d\xff", "nicht lesen"),
        (b"Kurzadresse;Name\na;b\x00c", "nicht lesen"),
        (b'Kurzadresse;Name\na;"b" c', "Anführungszeichen"),
        (b'Kurzadresse;Name\na;"' + b"x" * 140_000 + b'"', "zu lang"),
        (b"%PDF-1.7 so what", "fehlt"),
    ],
    ids=["nothing", "blank", "xls", "zip", "large", "bytes", "nul", "quotes", "long", "pdf"],
)
def test_what_is_no_table(data: bytes, words: str) -> None:
    assert words in refused(data)[0]


def test_too_many_rows() -> None:
    rows = [["Kurzadresse"], *([f"m-{number}"] for number in range(MOST_ROWS + 1))]
    assert "5.000 Zeilen" in refused(workbook(*rows))[0]
    assert "5.000 Zeilen" in refused(csv_bytes(*rows))[0]
    assert len(read(workbook(*rows[:-1])).rows) == MOST_ROWS


# What an attacker would send


def test_the_size_that_a_file_claims_is_not_believed() -> None:
    dimension = '<dimension ref="A1:XFD1048576"/>'
    rows = f'{HEAD}<row r="2">{text_cell("A2", "a")}{text_cell("XFD2", "x")}</row>'
    sheet = read(with_part(xlsx([LINE]), SHEET, xml_sheet(rows, dimension)))
    assert [row.number for row in sheet.rows] == [2]
    assert cell(sheet, "slug") == "a"


@pytest.mark.parametrize("last", [1_048_576, 10**12])
def test_a_row_far_below_does_not_take_forever(last: int) -> None:
    rows = f'{HEAD}<row r="{last}">{text_cell("A2", "a")}</row>'
    sheet = read(with_part(xlsx([LINE]), SHEET, xml_sheet(rows)))
    assert len(sheet.rows) == (last == 1_048_576)


def test_a_zip_bomb_is_not_unpacked() -> None:
    data = with_part(xlsx([LINE]), "xl/media/image1.png", b"\0" * 60_000_000)
    assert len(data) < 200_000
    assert "zu groß" in refused(data)[0]


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
@pytest.mark.parametrize("part", [SHEET, "xl/media/image1.png"])
def test_what_is_packed_as_no_spreadsheet_packs_is_not_unpacked(part: str, compression: int) -> None:
    """Python unpacks a whole block of these at once, however large it is."""
    content = xml_sheet(f'{HEAD}<row r="2">{text_cell("A2", "a")}</row>')
    assert refused(with_part(xlsx([LINE]), part, content, compression=compression)) == [UNREADABLE]


def test_what_is_packed_otherwise_is_refused_when_it_is_broken_too() -> None:
    data = with_part(xlsx([LINE]), SHEET, b"x" * 1_000, compression=zipfile.ZIP_LZMA)
    packed = data.rindex(SHEET.encode(), 0, data.index(b"PK\x01\x02")) + len(SHEET)
    assert refused(data[: packed + 9] + b"\xff" * 8 + data[packed + 17 :]) == [UNREADABLE]


def test_a_million_empty_cells_do_not_reach_the_parser() -> None:
    data = with_part(xlsx([LINE]), SHEET, xml_sheet("<row>" + "<c/>" * 1_600_000 + "</row>"))
    assert len(data) < 100_000
    assert "zu groß" in refused(data)[0]


def test_a_hundred_thousand_formats_do_not_reach_the_parser() -> None:
    data = with_part(xlsx([LINE]), "xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 100_000 + b"</styleSheet>")
    assert "zu viele Formate" in refused(data)[0]


def test_too_many_parts() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(300):
            archive.writestr(f"xl/{number}.xml", b"")
    assert "nicht lesen" in refused(target.getvalue())[0]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_an_xml_bomb_is_refused(part: str) -> None:
    data = with_part(xlsx([LINE]), part, BOMB + b"<x>&c;</x>")
    assert "Verweise" in refused(data)[0] or "nicht lesen" in refused(data)[0]


def test_an_entity_of_a_file_is_refused() -> None:
    harmless = b"<!DOCTYPE x>" + xml_sheet(f'{HEAD}<row r="2">{text_cell("A2", "a")}</row>')
    assert cell(read(with_part(xlsx([LINE]), SHEET, harmless)), "slug") == "a"
    outside = harmless.replace(b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')
    refused(with_part(xlsx([LINE]), SHEET, outside))
    refused(with_part(xlsx([LINE]), SHEET, outside.replace(b"<t>a</t>", b"<t>&a;</t>")))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("xl/vbaProject.bin", "Makros"),
        ("xl/macrosheets/sheet1.xml", "Makros"),
        ("xl/externalLinks/externalLink1.xml", "Verweise auf andere Dateien"),
        ("xl/activeX/activeX1.xml", "Steuerelemente"),
        ("xl/connections.xml", "Datenquellen"),
        ("xl/embeddings/oleObject1.bin", "eingebettete"),
        ("mimetype", "OpenDocument"),
    ],
)
def test_what_a_table_does_not_need_is_refused(part: str, words: str) -> None:
    assert words in refused(with_part(xlsx([LINE]), part, b"x"))[0]


def test_a_workbook_with_macros_under_another_name() -> None:
    types = zipfile.ZipFile(io.BytesIO(xlsx([LINE]))).read("[Content_Types].xml")
    content = types.replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
    assert "Makros" in refused(with_part(xlsx([LINE]), "[Content_Types].xml", content))[0]


def test_a_broken_sheet_is_refused() -> None:
    for content in (
        b"",
        b"<worksheet",
        b"\xff\xfe\x00",
        xml_sheet('<row r="x"/>'),
        xml_sheet(HEAD + '<row r="2"><c r="A2" t="s"><v>99999</v></c></row>'),
    ):
        assert "nicht lesen" in refused(with_part(xlsx([LINE]), SHEET, content))[0], content
