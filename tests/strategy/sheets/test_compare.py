"""A table that comes back, set against what stands."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pytest_django import DjangoAssertNumQueries

from sessions.models import Organization
from strategy import actions
from strategy.models import Measure, Partner
from strategy.sheets.compare import Comparison, compare
from strategy.sheets.read import read
from strategy.sheets.stand import NAMES, stand
from strategy.sheets.write import csv_file, xlsx
from tests.factories import a_body, a_field, a_measure, a_report, an_editor
from tests.strategy.sheets.files import csv_bytes, edited, workbook

pytestmark = pytest.mark.django_db
QUERIES = 8
"""Measures, their units, their partners, changes that wait, removals that wait; fields, partners, units."""


def compared(data: bytes) -> Comparison:
    return compare(read(data), stand())


def table() -> bytes:
    return xlsx(stand().lines())


def changes(found: Comparison) -> dict[str, tuple[str, str]]:
    assert found.errors == []
    return {cell.column.key: (cell.old, cell.new) for row in found.rows for cell in row.cells}


@pytest.fixture
def measure() -> Measure:
    measure = a_measure(
        slug="voicebot",
        name="Voicebot",
        summary="=1+1",
        description="- eins\r\n- zwei\t\n\n  Größe „Maß“ _x0041_ " + "Wort " * 3000,
        binding="decided",
        binding_reason="@Rat",
        planned_start=date(2026, 7, 1),
        planned_start_precision="quarter",
        planned_end=date(2027, 1, 1),
        planned_end_precision="year",
    )
    unit = Organization.objects.create(
        external_id="org:1", body=a_body(), name="Fachbereich; Digitales\nund IT"
    )
    measure.responsible_units.add(unit)
    measure.partners.add(Partner.objects.create(slug="uni", name="Universität [alt]"))
    a_report(measure)
    return measure


@pytest.mark.parametrize("write", [xlsx, csv_file], ids=["xlsx", "csv"])
def test_out_and_in_again_is_no_difference(write: Any, measure: Measure) -> None:
    a_measure(published=False)
    found = compared(write(stand().lines()))
    assert (found.rows, found.errors, found.notes, found.left_alone) == ([], [], [], 0)


@pytest.mark.parametrize("write", [xlsx, csv_file], ids=["xlsx", "csv"])
@given(
    texts=some.lists(
        some.text(
            some.characters(codec="utf-8", exclude_characters="\x00") | some.sampled_from("\r\n\t'=+-@|%;\""),
            max_size=50,
        ),
        min_size=2,
        max_size=2,
    )
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_looks_changed(write: Any, texts: list[str], measure: Measure) -> None:
    Measure.objects.filter(pk=measure.pk).update(summary=texts[0], description=texts[1])
    found = compared(write(stand().lines()))
    assert (found.rows, found.errors) == ([], [])


def test_saving_in_a_program_changes_nothing(measure: Measure) -> None:
    assert compared(edited(table(), {})).rows == []


def test_the_values_are_those_of_the_forms(measure: Measure) -> None:
    values = actions.effective(measure)
    assert stand().measures[0].values == {name: values[name] for name in NAMES}


def test_each_cell_that_differs(measure: Measure) -> None:
    found = compared(
        edited(
            table(),
            {
                (2, "Name"): "Sprachassistent",
                (2, "Geplantes Ende"): date(2027, 6, 30),
                (2, "Zuständige Stellen"): None,
            },
            formats={(2, "Geplantes Ende"): "dd.mm.yyyy"},
        )
    )
    assert changes(found) == {
        "name": ("Voicebot", "Sprachassistent"),
        "planned_end": ("2027", "2027-06-30"),
        "responsible_units": (f"Fachbereich; Digitales und IT [{measure.responsible_units.get().pk}]", ""),
    }
    assert found.rows[0].cells[0].place == "Zeile 2, Spalte B (Name)"
    assert not any(cell.is_clash for cell in found.rows[0].cells)


def test_the_same_in_other_words_is_no_difference(measure: Measure) -> None:
    data = edited(
        table(),
        {
            (2, "Geplanter Beginn"): "Q3 2026",
            (2, "Verbindlichkeit"): "DECIDED",
            (2, "Handlungsfeld"): measure.field.slug,
            (2, "Reihenfolge"): 0,
        },
    )
    assert compared(data).rows == []


def test_a_row_that_is_missing_and_a_column_that_is_missing_change_nothing(measure: Measure) -> None:
    other = a_measure()
    found = compared(workbook(["Name", "Kurzadresse"], [other.name, other.slug]))
    assert found.rows == []
    assert "Fassung" in found.notes[0]


def test_what_somebody_else_changed_stays(measure: Measure) -> None:
    before = edited(table(), {(2, "Name"): "Sprachassistent"})
    Measure.objects.filter(pk=measure.pk).update(summary="Inzwischen anders")
    found = compared(before)
    assert list(changes(found)) == ["name"]
    assert found.left_alone == 1
    assert not any(cell.is_clash for cell in found.rows[0].cells)


def test_what_both_changed_is_a_clash(measure: Measure) -> None:
    before = edited(table(), {(2, "Name"): "Sprachassistent"})
    Measure.objects.filter(pk=measure.pk).update(name="Telefon-Assistent")
    found = compared(before)
    assert changes(found) == {"name": ("Telefon-Assistent", "Sprachassistent")}
    assert any(cell.is_clash for cell in found.rows[0].cells)


def test_excel_writes_a_date_of_csv_in_its_own_way(measure: Measure) -> None:
    Measure.objects.filter(pk=measure.pk).update(planned_start_precision="day")
    before = csv_file(stand().lines()).replace(b"2026-07-01", b"01.07.2026")
    Measure.objects.filter(pk=measure.pk).update(planned_start_precision="month")
    found = compared(before)
    assert (found.rows, found.left_alone) == ([], 1)


def test_a_change_that_waits_is_in_the_table(measure: Measure) -> None:
    actions.save(obj=measure, values={"name": "Neu"}, base={"name": "Voicebot"}, by=an_editor())
    line = next(iter(stand().lines()))
    assert (line["name"], line["waiting"]) == ("Neu", "ja")
    assert compared(table()).rows == []


def test_a_new_row_is_a_new_measure(measure: Measure) -> None:
    found = compared(
        workbook(
            ["Kurzadresse", "Name", "Handlungsfeld", "Reihenfolge"], [None, "Neu", measure.field.slug, 3.0]
        )
    )
    assert found.errors == []
    row = found.rows[0]
    assert row.standing is None
    assert {cell.column.key: cell.value for cell in row.cells} == {
        "name": "Neu",
        "field": measure.field_id,
        "position": 3,
    }


@pytest.fixture
def wrong(measure: Measure) -> bytes:
    field = a_field().slug
    head = [
        "Kurzadresse",
        "Name",
        "Handlungsfeld",
        "Verbindlichkeit",
        "Grund der Einstufung",
        "Geplanter Beginn",
        "Geplantes Ende",
    ]
    return csv_bytes(
        head,
        ["voicebot", "", measure.field.slug, "vielleicht", "x", "2026", "2027"],
        ["fehlt", "Name", measure.field.slug, "Ausblick", "x", "", ""],
        ["voicebot", "Noch einmal", measure.field.slug, "Ausblick", "x", "", ""],
        ["", "Voicebot", measure.field.slug, "", "", "", ""],
        ["", "Neu", field, "Ausblick", "", "2027", "2026-12"],
        ["", "neu ", field, "", "", "", ""],
        ["", "Ohne Feld", "", "", "", "", ""],
    )


def test_every_error_has_its_place(wrong: bytes) -> None:
    found = compared(wrong)
    assert found.errors == [
        "Zeile 2, Spalte B (Name): Diese Zelle darf nicht leer sein.",
        "Zeile 2, Spalte D (Verbindlichkeit): „vielleicht“ gibt es hier nicht. Erlaubt sind: nicht bekannt, "
        "Ausblick, beschlossen, finanziert.",
        "Zeile 3, Spalte A (Kurzadresse): Eine Maßnahme „fehlt“ gibt es nicht. Bei einer neuen Maßnahme lassen "
        "Sie diese Zelle leer.",
        "Zeile 4, Spalte A (Kurzadresse): Diese Maßnahme steht schon in Zeile 2.",
        "Zeile 5, Spalte B (Name): Eine Maßnahme mit diesem Namen gibt es in diesem Handlungsfeld schon. Wenn Sie "
        "diese meinen, tragen Sie ihre Kurzadresse ein.",
        "Zeile 6, Spalte E (Grund der Einstufung): Wer sagt, wie verbindlich eine Maßnahme ist, nennt den Grund.",
        "Zeile 6, Spalte G (Geplantes Ende): Das Ende liegt vor dem Anfang.",
        "Zeile 7, Spalte B (Name): Eine Maßnahme mit diesem Namen gibt es in diesem Handlungsfeld schon. Wenn Sie "
        "diese meinen, tragen Sie ihre Kurzadresse ein.",
        "Zeile 8, Spalte C (Handlungsfeld): Diese Zelle darf nicht leer sein.",
    ]


def test_a_new_measure_needs_a_name_and_a_field(measure: Measure) -> None:
    assert compared(csv_bytes(["Kurzadresse", "Name"], ["", "Neu"])).errors == [
        "Zeile 2: Eine neue Maßnahme braucht „Handlungsfeld“."
    ]


def test_queries_do_not_grow(measure: Measure, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def ask() -> None:
        compared(edited(table(), {(2, "Name"): "Sprachassistent"}))

    with django_assert_num_queries(2 * QUERIES):
        ask()
    for _ in range(30):
        other = a_measure()
        other.responsible_units.set(measure.responsible_units.all())
        other.partners.set(measure.partners.all())
        a_report(other)
    with django_assert_num_queries(2 * QUERIES):
        ask()
