"""Dates and numbers as a German reader expects them: pure functions behind the tags of the look."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from portal.dates import Period

NBSP = "\u00a0"
UNKNOWN = "nicht bekannt"
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def local(value: datetime) -> datetime:
    """In the portal's time zone; a naive value already is."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day_of(value: date | datetime) -> date:
    """The calendar day in the portal's time zone."""
    return local(value).date() if isinstance(value, datetime) else value


def german_date(value: date | datetime) -> str:
    """`20. August 2025`."""
    day = day_of(value)
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def german_weekday(value: date | datetime) -> str:
    """`Mittwoch`."""
    return WEEKDAYS[day_of(value).weekday()]


def german_time(value: datetime) -> str:
    """`16:00 Uhr` in the portal's time zone."""
    return f"{local(value):%H:%M} Uhr"


def with_precision(value: date | datetime | None, precision: str) -> str:
    """A date as exactly as it is known.

    precision is day, month, quarter or year: `20. August 2025`, `August 2025`, `3. Quartal 2025`, `2025`;
    "nicht bekannt" for None. Raises ValueError for any other precision.
    """
    if value is None:
        return UNKNOWN
    day = day_of(value)
    match precision:
        case "day":
            return german_date(day)
        case "month":
            return f"{MONTHS[day.month - 1]} {day.year}"
        case "quarter":
            return f"{(day.month + 2) // 3}. Quartal {day.year}"
        case "year":
            return str(day.year)
    raise ValueError(f"Unknown precision {precision!r}: expected day, month, quarter or year.")


def period_words(when: Period | None) -> str:
    """`3. Quartal 2025`; "nicht bekannt" for None."""
    return with_precision(when.first, when.precision) if when else UNKNOWN


def span_words(start: Period | None, end: Period | None, *, running: bool = False) -> str:
    """A span in words: `Juli 2024 bis 4. Quartal 2025`, `seit Juli 2024` (running), `bis 2026`, …

    An end that is not known is said to be so, unless the span is `running`.
    """
    first, last = period_words(start), period_words(end)
    if start and end:
        return first if first == last else f"{first} bis {last}"
    if start:
        return f"seit {first}" if running else f"ab {first}, Ende nicht bekannt"
    if end:
        return f"bis {last}, Beginn nicht bekannt"
    return UNKNOWN


def grouped(value: Decimal, places: int) -> str:
    """German digits with this many decimals: `1.234,50`; a real minus sign."""
    text = f"{abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    text = text.translate(str.maketrans(",.", ".,"))
    return f"−{text}" if value < 0 else text


def german_number(value: int | Decimal) -> str:
    """`1.234` or `3,5`, with the decimals that it has."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return grouped(Decimal(value), max(0, -exponent) if isinstance(exponent, int) else 0)


def euro(value: int | Decimal) -> str:
    """`98.000.000 €` with a no-break space; cents only where there are some."""
    number = Decimal(value)
    return f"{grouped(number, 0 if number == number.to_integral_value() else 2)}{NBSP}€"


def euro_short(value: int | Decimal) -> str:
    """`98 Mio. €`, `1,5 Mio. €`, below a million as `euro`; what is rounded says "rund"."""
    number = Decimal(value)
    if abs(number) < 1_000_000:
        return euro(number)
    millions = number / 1_000_000
    rounded = millions.quantize(Decimal("0.1"), ROUND_HALF_UP)
    words = f"{german_number(rounded)}{NBSP}Mio.{NBSP}€"
    return words if rounded == millions else f"rund {words}"
