"""What a cell means, and that nothing changes on its way through a file."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal.dates import Precision
from portal.editing import Plain
from strategy.sheets.cells import (
    LONGEST_CELL,
    TOO_LONG,
    Cell,
    CellError,
    Target,
    Targets,
    guard,
    render,
    same,
    text_of,
    understand,
    unguard,
)
from strategy.sheets.columns import BY_KEY
from strategy.sheets.read import read
from strategy.sheets.write import csv_file, digests_in, version_of, xlsx

TARGETS = {
    "field": Targets(
        [Target(1, "netze", "Netze"), Target(2, "schule", "Schule"), Target(3, "schule-2", "Schule")]
    ),
    "responsible_units": Targets(
        [Target(17, "17", "Fachbereich Digitales"), Target(18, "18", "Früher", False)]
    ),
    "partners": Targets([Target(5, "uni", "Universität")]),
}
TEXT = some.text(
    some.one_of(
        some.characters(codec="utf-8"), some.sampled_from("\r\n\t\x00\x0b'=+-@|%;,\"_x0041_ äöüß\u2028\ufffe")
    ),
    max_size=60,
)


def value(key: str, content: object, stands: Plain = None, **fields: object) -> Plain:
    cell = Cell(content, **fields)  # type: ignore[arg-type]  # whatever a program writes
    return understand(BY_KEY[key], cell, TARGETS, stands)


@pytest.mark.parametrize("write", [xlsx, csv_file], ids=["xlsx", "csv"])
@given(texts=some.lists(TEXT, min_size=3, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_text_comes_back_as_it_went(write: object, texts: list[str]) -> None:
    line = {"slug": "a", "name": texts[0], "summary": texts[1], "description": texts[2]}
    cells = read(write([line])).rows[0].cells  # type: ignore[operator]  # either writer
    for key, text in line.items():
        back = text_of(cells[key])
        shown = render(BY_KEY[key], text, TARGETS)
        assert same(back, shown) or same(unguard(back), shown), (key, text, back)


@given(TEXT)
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM", "\t=1", "'=1", "''@x", "＝1", "|x", "%0a"])
def test_no_program_takes_a_csv_cell_for_a_formula(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'s Hof", "Text = mehr", "a-b", "“=1”"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


def test_what_no_cell_can_hold_stays_where_it_is() -> None:
    assert render(BY_KEY["description"], "x" * (LONGEST_CELL + 1), TARGETS) == TOO_LONG


@pytest.mark.parametrize(
    ("key", "content", "expected"),
    [
        ("name", "  Voicebot \n", "Voicebot"),
        ("name", "zwei\nZeilen", "zwei Zeilen"),
        ("name", 2026.0, "2026"),
        ("name", 3.5, "3,5"),
        ("name", True, "ja"),
        ("name", time(8, 30), "08:30"),
        ("summary", "a\r\nb\x0b", "a\nb"),
        ("summary", "'=1+1", "=1+1"),
        ("binding", "Beschlossen", "decided"),
        ("binding", "funded", "funded"),
        ("is_working_title", "x", True),
        ("is_working_title", None, False),
        ("is_working_title", False, False),
        ("field", "Ganz anders [netze]", 1),
        ("field", "netze", 1),
        ("field", " NETZE ", 1),
        ("responsible_units", "Fachbereich Digitales\n\n[17]", [17]),
        ("responsible_units", None, []),
        ("partners", "Universität", [5]),
        ("planned_start", "2026-Q3", "2026-Q3"),
        ("planned_start", "3. Quartal 2026", "2026-Q3"),
        ("planned_start", "01.07.2026", "2026-07-01"),
        ("planned_start", "Jul 26", "2026-07"),
        ("planned_start", 2026.0, "2026"),
        ("planned_start", date(2026, 7, 1), "2026-07-01"),
        ("planned_start", None, ""),
        ("position", "10", 10),
        ("position", 10.0, 10),
        ("position", "1.000", 1000),
        ("position", None, 0),
    ],
)
def test_what_programs_make_of_a_cell(key: str, content: object, expected: Plain) -> None:
    assert value(key, content) == expected


def test_a_date_shown_as_a_month_is_a_month() -> None:
    assert value("planned_start", date(2026, 7, 1), precision=Precision.MONTH) == "2026-07"
    assert value("planned_start", date(2026, 7, 1), precision=Precision.YEAR) == "2026"


@pytest.mark.parametrize(
    ("key", "content", "words"),
    [
        ("name", None, "nicht leer"),
        ("name", "x" * 301, "301 Zeichen"),
        ("name", "a\x00b", "nicht speichern"),
        ("description", "x" * 20_001, "20.001 Zeichen"),
        ("description", ("|" * 200 + "\n") * 50, "Zellen"),
        ("binding", "vielleicht", "Erlaubt sind: nicht bekannt, Ausblick"),
        ("binding", None, "nicht leer"),
        ("is_working_title", "vielleicht", "ja oder nein"),
        ("field", "Schule", "[schule], [schule-2]"),
        ("field", "Unbekannt", "kennen wir nicht"),
        ("responsible_units", "Früher", "kennen wir nicht"),
        ("planned_start", "bald", "kein Datum"),
        ("planned_start", "2026-13", "kein Datum"),
        ("planned_start", 46204.0, "kein Datum"),
        ("planned_start", "0000", "kein Datum"),
        ("planned_start", "#NAME?", "meldet hier einen Fehler"),
        ("position", "-1", "keine ganze Zahl"),
        ("position", "10,5", "keine ganze Zahl"),
        ("position", 10.5, "keine ganze Zahl"),
        ("position", "²", "keine ganze Zahl"),
        ("position", "9999999999", "keine ganze Zahl"),
    ],
)
def test_what_does_not_fit_says_why(key: str, content: object, words: str) -> None:
    with pytest.raises(CellError, match=words.replace("[", r"\[")):
        value(key, content)


def test_a_formula_stays_text_or_is_refused() -> None:
    assert value("summary", "=1+1", is_formula=True) == "=1+1"
    with pytest.raises(CellError, match="Formel"):
        value("position", "=1+1", is_formula=True)


def test_what_is_chosen_may_stay_though_it_is_gone() -> None:
    assert value("responsible_units", "Früher [18]", [18]) == [18]


def test_the_version_knows_each_cell() -> None:
    cells = dict.fromkeys(BY_KEY, "")
    before = digests_in(version_of(cells))
    after = digests_in(version_of(cells | {"name": "x"}))
    assert {key for key in before if before[key] != after[key]} == {"name"}
    assert digests_in("v1.abc") == digests_in("x" * 105) == digests_in("") == {}
