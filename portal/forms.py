"""Form fields that read what a German editor types; all errors are a short German sentence."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.dates import Period
from portal.german import MONTHS, german_number, period_words
from portal.html import LONGEST_TEXT, TooLargeError, render_markdown

EARLIEST_YEAR, LATEST_YEAR = 1800, 2199
"""A year outside is a slip of the keyboard."""

TOO_LONG = "Dieser Text hat %(show_value)d Zeichen. Erlaubt sind höchstens %(limit_value)d."

_MONTH_NAMES = {name.casefold(): number for number, name in enumerate(MONTHS, 1)} | {
    name[:3].casefold(): number for number, name in enumerate(MONTHS, 1)
}
_ONE_MONTH = r"(?P<name>[^\W\d_]+)\.?"
_GERMAN = (
    re.compile(r"(?P<quarter>[1-4])\.\s*Quartal\s*(?P<year>\d{4})", re.IGNORECASE),
    re.compile(r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4})"),
    re.compile(rf"(?P<day>\d{{1,2}})\.\s*{_ONE_MONTH}\s*(?P<year>\d{{4}})"),
    re.compile(rf"{_ONE_MONTH}\s*(?P<year>\d{{4}})"),
    re.compile(r"(?P<month>\d{1,2})\s*[./]\s*(?P<year>\d{4})"),
    re.compile(r"Q\s*(?P<quarter>[1-4])\s*[/-]?\s*(?P<year>\d{4})", re.IGNORECASE),
)
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)
_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)


def read_period(text: str) -> Period:
    """A date as exact as it is written: "2026", "Q3 2026", "3. Quartal 2026", "Juli 2026", "7/2026",
    "1.7.2026", "1. Juli 2026", and what `Period.parse` reads.

    Raises ValueError for everything else.
    """
    words = " ".join(text.split())
    for form in _GERMAN:
        if match := form.fullmatch(words):
            found = Period.parse(_iso(match.groupdict()))
            break
    else:
        found = Period.parse(words)
    if not EARLIEST_YEAR <= found.first.year <= LATEST_YEAR:
        raise ValueError(f"{text!r} is not in a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return found


def _iso(parts: dict[str, str]) -> str:
    if quarter := parts.get("quarter"):
        return f"{parts['year']}-Q{quarter}"
    if "name" in parts and parts["name"].casefold() not in _MONTH_NAMES:
        raise ValueError(f"{parts['name']!r} is no month")
    month = _MONTH_NAMES[parts["name"].casefold()] if "name" in parts else int(parts["month"])
    day = f"-{int(parts['day']):02}" if "day" in parts else ""
    return f"{parts['year']}-{month:02}{day}"


class PeriodField(forms.CharField):
    """A date with precision; cleaned to a `portal.dates.Period`, None where it is empty."""

    default_error_messages = {
        "invalid": "Dieses Datum verstehen wir nicht. Schreiben Sie zum Beispiel: 2026, 3. Quartal 2026, "
        "Juli 2026 oder 1.7.2026."
    }
    example = "so genau wie bekannt: 2026, 3. Quartal 2026, Juli 2026 oder 1.7.2026"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40} | kwargs)

    def clean(self, value: Any) -> Period | None:
        text: str = super().clean(value)
        if not text:
            return None
        try:
            return read_period(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def shown(self, value: Any) -> str:
        """How the field shows a plain value ("2026-Q3")."""
        return period_words(Period.parse(value)) if value else ""


class NumberField(forms.DecimalField):
    """A number as written in German: "1.234,50"; "1234.5" is understood too, "1.234" is a thousand."""

    default_error_messages = {
        "invalid": "Das ist keine Zahl. Schreiben Sie zum Beispiel: 1.234,50.",
        "max_digits": "Diese Zahl ist zu lang.",
        "max_whole_digits": "Diese Zahl ist zu groß.",
        "max_decimal_places": "Diese Zahl hat zu viele Stellen nach dem Komma.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"inputmode": "decimal"})} | kwargs)

    def to_python(self, value: Any) -> Any:
        """A Decimal; None where nothing is written."""
        if value in self.empty_values:
            return None
        text = re.sub(r"[\s\u00a0€]", "", str(value)).replace("\u2212", "-")
        if _THOUSANDS.fullmatch(text) or _COMMA.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        if not _PLAIN_NUMBER.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(text)

    def shown(self, value: Any) -> str:
        return str(value).replace(".", ",") if value is not None else ""


class TextField(forms.CharField):
    """Several lines; breaks of lines are "\\n" whatever the browser sends."""

    widget = forms.Textarea
    default_error_messages = {"max_length": TOO_LONG}
    is_markdown = False
    rows = 5

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": LONGEST_TEXT} | kwargs)
        self.widget.attrs["rows"] = self.rows

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class MarkdownField(TextField):
    """An editor's text in Markdown; refuses what `portal.html` refuses to show."""

    is_markdown = True
    rows = 10

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            render_markdown(text)
        except TooLargeError as error:
            raise ValidationError(str(error), code="too_large") from error
        return text


def limit_words(characters: int) -> str:
    """`höchstens 300 Zeichen`."""
    return f"höchstens {german_number(characters)} Zeichen"
