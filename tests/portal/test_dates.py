from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from portal.dates import Period, Precision
from tests import factories


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2026-07-15", date(2026, 7, 15), date(2026, 7, 15), "day"),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "month"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "quarter"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year"),
    ],
)
def test_a_period_knows_its_first_and_last_day(text: str, first: date, last: date, precision: str) -> None:
    period = Period.parse(text)
    assert (period.first, period.last, period.precision) == (first, last, precision)


@pytest.mark.parametrize(
    "text", ["", "2026-Q5", "2026-13", "2026-02-30", "1. Juli", "26", "2026-7", "Q3 2026"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Period.parse(text)


@given(st.dates(), st.sampled_from(Precision))
def test_a_period_is_over_after_its_last_day(day: date, precision: Precision) -> None:
    period = Period(day.replace(month=1, day=1), precision)
    assert not period.is_over(period.last)
    if period.last < date.max:
        assert period.is_over(period.next_day)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "precision"),
    [
        (date(2026, 7, 1), ""),
        (None, "day"),
        (date(2026, 7, 2), "month"),
        (date(2026, 8, 1), "quarter"),
        (date(2026, 7, 1), "year"),
        (date(2026, 7, 1), "week"),
    ],
)
def test_the_database_refuses_a_day_that_is_not_the_first_of_its_period(
    day: date | None, precision: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.a_measure(planned_start=day, planned_start_precision=precision)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2026-07-02", "2026-07", "2026-Q3", "2026"])
def test_the_database_takes_every_precision(text: str) -> None:
    period = Period.parse(text)
    measure = factories.a_measure(planned_start=period.first, planned_start_precision=period.precision)
    measure.refresh_from_db()
    assert measure.planned_start_period == period


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2025-08", "2025", True),
        ("2025-08", "2025-Q3", True),
        ("2025-08-20", "2025-08", True),
        ("2025-08-20", "2025-08-20", True),
        ("2025", "2025-08", True),
        ("2025-08", "2024", False),
        ("2025-08", "2025-Q2", False),
        ("2025-08-20", "2025-07", False),
        ("2025-08-20", "2025-08-19", False),
        ("2026-01", "2025-Q1", False),
    ],
)
def test_an_end_may_be_vaguer_than_its_beginning_but_not_before_it(start: str, end: str, fits: bool) -> None:
    first, last = Period.parse(start), Period.parse(end)
    dates = {
        "planned_start": first.first,
        "planned_start_precision": first.precision,
        "planned_end": last.first,
        "planned_end_precision": last.precision,
    }
    if fits:
        factories.a_measure(**dates)
        return
    with pytest.raises(IntegrityError, match="measure_planned_dates"), transaction.atomic():
        factories.a_measure(**dates)
