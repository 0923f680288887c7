"""Form fields: dates as exact as they are written, German numbers, Markdown that can be shown."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.dates import Period
from portal.forms import MarkdownField, NumberField, PeriodField, TextField
from portal.html import LONGEST_TEXT


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2026", "2026"),
        ("Q3 2026", "2026-Q3"),
        ("q3/2026", "2026-Q3"),
        ("3. Quartal 2026", "2026-Q3"),
        ("2026-Q3", "2026-Q3"),
        ("Juli 2026", "2026-07"),
        ("juli  2026", "2026-07"),
        ("Mär. 2026", "2026-03"),
        ("2026-07", "2026-07"),
        ("7/2026", "2026-07"),
        ("1.7.2026", "2026-07-01"),
        ("01. 07. 2026", "2026-07-01"),
        ("1. Juli 2026", "2026-07-01"),
        ("2026-07-01", "2026-07-01"),
        (" 2026 ", "2026"),
    ],
)
def test_a_period_is_as_exact_as_it_is_written(typed: str, iso: str) -> None:
    assert PeriodField().clean(typed) == Period.parse(iso)


@pytest.mark.parametrize(
    "typed",
    ["bald", "31.2.2026", "5. Quartal 2026", "Q5 2026", "13/2026", "Brumaire 2026", "1700", "9999", "26", "0000",
     "2026-13", "२०२६-१३", "1.7.2026 - 2027"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(ValidationError, match="Quartal 2026"):
        PeriodField().clean(typed)


@given(st.text(max_size=60))
def test_no_text_breaks_the_period_field(typed: str) -> None:
    try:
        found = PeriodField(required=False).clean(typed)
    except ValidationError:
        return
    assert found is None or PeriodField().clean(PeriodField().shown(found.iso)) == found


def test_an_empty_period_is_none_where_it_may_be_empty() -> None:
    assert PeriodField(required=False).clean(" ") is None
    with pytest.raises(ValidationError):
        PeriodField().clean("")


@pytest.mark.parametrize("iso", ["2026", "2026-Q3", "2026-07", "2026-07-01"])
def test_a_period_is_shown_in_words_that_it_reads(iso: str) -> None:
    assert PeriodField().clean(PeriodField().shown(iso)) == Period.parse(iso)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1.234", "1234"),
        ("98.000.000 €", "98000000"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        ("0", "0"),
    ],
)
def test_a_number_is_read_as_written_in_german(typed: str, number: str) -> None:
    assert NumberField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["viel", "1,2,3", "1.23.4", "NaN", "1e5", "Infinity", "٣", "--1", ","])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="keine Zahl"):
        NumberField().clean(typed)


def test_a_number_too_long_for_the_column_is_refused() -> None:
    with pytest.raises(ValidationError, match="zu groß"):
        NumberField(max_digits=6, decimal_places=2).clean("12345")
    with pytest.raises(ValidationError, match="nach dem Komma"):
        NumberField(max_digits=6, decimal_places=2).clean("1,234")


def test_lines_break_the_same_whatever_the_browser_sends() -> None:
    assert TextField().clean("eins\r\nzwei\rdrei") == "eins\nzwei\ndrei"


def test_a_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(ValidationError, match=f"20001 Zeichen.*{LONGEST_TEXT}"):
        MarkdownField().clean("x" * (LONGEST_TEXT + 1))
    assert MarkdownField().clean("x\r\n" * (LONGEST_TEXT // 2)) == ("x\n" * (LONGEST_TEXT // 2)).strip()


def test_a_table_bomb_is_refused_with_a_clear_word() -> None:
    with pytest.raises(ValidationError, match="Tabelle"):
        MarkdownField().clean("|" * 400 + "\n" + "|-" * 400 + "|\n" + "|\n" * 400)


def test_a_character_that_no_database_keeps_is_refused() -> None:
    with pytest.raises(ValidationError):
        MarkdownField().clean("a\x00b")
