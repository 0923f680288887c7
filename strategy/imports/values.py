"""The values a strategy file may hold: their forms, limits and words. Pure."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import URLValidator
from pydantic import AfterValidator, Field, PlainValidator, StringConstraints

from portal.dates import Period, Precision
from portal.html import LONGEST_TEXT, TooLargeError, render_markdown
from strategy.quotes import folded

Aspect = Literal[
    "general", "existence", "status", "results", "schedule", "binding", "responsible", "partner",
    "planned_start", "planned_end", "actual_start", "actual_end", "planned", "reached", "amount",
    "question", "answer",
]  # fmt: skip
Certainty = Literal["estimated", "budgeted", "actual", "stated"]
StatusCode = Literal["planned", "running", "completed", "paused", "stopped"]
Binding = Literal["unknown", "outlook", "decided", "funded"]
Origin = Literal["strategy", "other"]
Schedule = Literal["unknown", "kept", "late"]
MoneyKind = Literal["investment", "running_cost", "cost", "grant", "saving", "reference"]
Direction = Literal["up", "down", "neutral"]
UnitType = Literal["council", "committee", "faction", "administration", "other"]


_HTTP = URLValidator(schemes=["http", "https"])


def _printable(text: str) -> str:
    if any(not letter.isprintable() and letter not in "\n\t\u00a0\u00ad\u202f" for letter in text):
        raise ValueError("holds a control character")
    return text


def _period(value: object) -> Period:
    if not isinstance(value, str):
        raise ValueError("is no date; write 2026-07-01, 2026-07, 2026-Q3 or 2026")
    return Period.parse(value)


def _day(value: object) -> date:
    period = _period(value)
    if period.precision != Precision.DAY:
        raise ValueError("must be a day such as 2026-07-01")
    return period.first


def _decimal(places: int) -> Callable[[object], Decimal]:
    """Reads 17170 or 17170.50. "12.500" may be twelve and a half thousand in German, so it is no amount."""
    form = re.compile(rf"-?\d{{1,12}}(\.\d{{1,{places}}})?")

    def read(value: object) -> Decimal:
        if not isinstance(value, str) or not form.fullmatch(value.strip()):
            raise ValueError(
                "must be a number such as 17170 or 17170.50: "
                f"no thousands separator, at most {places} decimals"
            )
        return Decimal(value.strip())

    return read


def _settable(text: str) -> str:
    """Raises ValueError for Markdown that the pages would not set, such as an endless table."""
    try:
        render_markdown(text)
    except TooLargeError as error:
        raise ValueError("is more than a page can set; its table has too many cells") from error
    return text


def _not_negative(number: Decimal) -> Decimal:
    if number < 0:
        raise ValueError("must not be negative; `kind` says whether it costs or saves")
    return number


def _address(text: str) -> str:
    try:
        _HTTP(text)
    except DjangoValidationError as error:
        raise ValueError("must be a web address that begins with https:// or http://") from error
    return text


def _reason(text: str) -> str:
    if text.casefold() in ("true", "yes", "ja", "wahr", "false", "no", "nein"):
        raise ValueError("must be the reason, in words")
    return text


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Line = Annotated[_Text, AfterValidator(folded), Field(max_length=300)]
"""One line; white space folded."""
Text = Annotated[_Text, Field(max_length=5_000)]
"""Plain text of a few paragraphs."""
Markdown = Annotated[_Text, Field(max_length=LONGEST_TEXT), AfterValidator(_settable)]
Reason = Annotated[Text, AfterValidator(_reason)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=100)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000), AfterValidator(_address)]
When = Annotated[Period, PlainValidator(_period)]
Day = Annotated[date, PlainValidator(_day)]
Number = Annotated[int, Field(ge=1, le=1_000_000)]
Year = Annotated[int, Field(ge=1_900, le=2_200)]
Euro = Annotated[Decimal, PlainValidator(_decimal(2)), AfterValidator(_not_negative)]
Value = Annotated[Decimal, PlainValidator(_decimal(4))]
