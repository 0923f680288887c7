"""What two people want of the same row: nothing is lost silently, nothing is invented."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from portal.dates import Period
from portal.editing import Values, as_plain, merge, plain, put, seal, unseal
from strategy.models import Measure, MoneyItem, Observation
from tests import factories

NAMES = ("name", "summary", "planned_end")
values = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b"]) for name in NAMES})


@given(base=values, current=values, mine=values)
def test_every_field_is_decided_once_and_right(base: Values, current: Values, mine: Values) -> None:
    merged = merge(base, current, mine)
    for name in NAMES:
        places = [name in part for part in (merged.values, merged.taken_over, merged.conflicts)]
        if mine[name] == current[name]:
            assert places == [False, False, False]
        elif base[name] == current[name]:
            assert places == [True, False, False], "nobody else touched it: mine is written"
        elif base[name] == mine[name]:
            assert places == [False, True, False], "I did not touch it: theirs stays"
        else:
            assert places == [False, False, True], "both touched it: somebody decides"


def test_what_the_form_did_not_show_is_simply_written() -> None:
    assert merge({}, {"name": "a"}, {"name": "b"}).values == {"name": "b"}


@given(values)
def test_a_seal_carries_values_and_breaks_when_touched(shown: Values) -> None:
    sealed = seal(shown)
    assert unseal(sealed) == shown
    for text in ("", "x", sealed[:-1], sealed + "x", "\x00"):
        with pytest.raises(signing.BadSignature):
            unseal(text)


@pytest.mark.django_db
def test_a_row_becomes_plain_and_back() -> None:
    unit = factories.an_organization()
    measure = factories.a_measure(
        name="Voicebot", is_working_title=True, planned_end=date(2026, 7, 1), planned_end_precision="quarter"
    )
    measure.responsible_units.set([unit])
    names = ("name", "is_working_title", "planned_end", "planned_start", "field", "responsible_units")
    shown = plain(measure, names)
    assert shown == {
        "name": "Voicebot",
        "is_working_title": True,
        "planned_end": "2026-Q3",
        "planned_start": "",
        "field": measure.field_id,
        "responsible_units": [unit.pk],
    }
    copy = Measure()
    for name, value in shown.items():
        if name != "responsible_units":
            put(copy, name, value)
    assert plain(copy, names) == shown | {"responsible_units": []}


def test_numbers_are_the_same_however_they_are_written() -> None:
    rows = [Observation(value=Decimal(text)) for text in ("1.5", "1.5000", "01.50")]
    assert {plain(row, ["value"])["value"] for row in rows} == {"1.5"}
    money = MoneyItem()
    put(money, "amount", "98000000")
    assert plain(money, ["amount"]) == {"amount": "98000000"}


@pytest.mark.parametrize("text", ["2026", "2026-Q3", "2026-07", "2026-07-01"])
def test_a_date_keeps_how_exact_it_is(text: str) -> None:
    row = Measure()
    put(row, "planned_end", text)
    assert plain(row, ["planned_end"]) == {"planned_end": text}
    assert as_plain(Measure, "planned_end", Period.parse(text)) == text
    assert as_plain(Measure, "planned_end", None) == ""
