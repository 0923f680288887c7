"""Days and times as ALLRIS prints them."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions.imports.allris.page import PageError

BERLIN = ZoneInfo("Europe/Berlin")

_DATE = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?!\d)")
_TO = re.compile(r"\s*+(?:Uhr)?\s*+(?:-|–|bis)\s*+")
_YEARS = range(1946, 2200)
_NIGHT = time(6)
"""A meeting that ends before this hour, and earlier than it began, ended on the next day."""


def read_date(printed: str) -> date:
    """The first day in "Mi., 20.08.2025". Raises `PageError` where there is none that exists."""
    if day := find_date(printed):
        return day
    raise PageError(f'The date reads "{printed[:40]}"; expected a day as DD.MM.YYYY.')


def find_date(printed: str) -> date | None:
    match = _DATE.search(printed)
    if not match:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def read_start(day: date, printed: str) -> datetime | None:
    """Start of the meeting: the first time of "16:00", "16:00 Uhr" or "16:00 - 18:30". Raises `PageError`
    where something else is printed."""
    return _at(day, _time(_TIME.match(printed), printed)) if printed else None


def read_times(day: date, printed: str) -> tuple[datetime | None, datetime | None]:
    """Start and end of "18:00 - 22:00"; None for what is not printed as a time ("im Anschluss").

    An end that is not after the start is none, but for meetings that go on past midnight."""
    first = _TIME.match(printed)
    if not first:
        return None, None
    start = _time(first, printed)
    to = _TO.match(printed, first.end())
    last = _TIME.match(printed, to.end()) if to else None
    if not last:
        return _at(day, start), None
    end = _time(last, printed)
    if end > start:
        return _at(day, start), _at(day, end)
    return _at(day, start), _at(day + timedelta(days=1), end) if end < _NIGHT else None


def _time(match: re.Match[str] | None, printed: str) -> time:
    hour, minute = map(int, match.groups()) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise PageError(f'The field Uhrzeit reads "{printed[:40]}"; expected a time as HH:MM.')
    return time(hour, minute)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=BERLIN)
