"""What a cell says: between what a spreadsheet holds and the plain values of portal.editing. Pure.

A text that a spreadsheet program cannot keep as it is (its kind of line break, a control character) must not
look changed when it comes back: whatever stands in a cell is compared as `same` sees it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import blake2b

from portal.dates import Period, Precision
from portal.editing import Plain
from portal.forms import read_period
from portal.german import german_number
from portal.html import TooLargeError, render_markdown
from strategy.sheets.columns import Column, Kind

LONGEST_CELL = 32_767
"""What a cell of Excel can hold."""
TOO_LONG = "[Dieser Text ist zu lang für eine Zelle. Er bleibt, wie er ist, solange das hier steht.]"
LARGEST_NUMBER = 2**31 - 1

Scalar = str | int | float | bool | datetime | date | time | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file holds it."""

    value: Scalar = None
    is_formula: bool = False
    precision: Precision = Precision.DAY
    """How much of a date its format shows: Excel makes "Juli 2026" the first of July, shown as a month."""

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not tidy(self.value))


class CellError(ValueError):
    """What is wrong with a cell, in German for the page."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a cell can name."""

    pk: int
    key: str
    """What stands in brackets."""
    name: str
    is_open: bool = True
    """Whether it can be chosen anew; what is chosen already may stay."""

    def __str__(self) -> str:
        return f"{' '.join(self.name.split())} [{self.key}]"


@dataclass(slots=True)
class Targets:
    """All that one column can name."""

    rows: Sequence[Target]
    by_pk: Mapping[int, Target] = field(init=False)
    by_key: Mapping[str, Target] = field(init=False)
    by_name: Mapping[str, list[Target]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_pk = {target.pk: target for target in self.rows}
        self.by_key = {target.key: target for target in self.rows}
        names: dict[str, list[Target]] = {}
        for target in self.rows:
            names.setdefault(_folded(target.name), []).append(target)
        self.by_name = names

    def find(self, words: str, kept: Sequence[int] = ()) -> Target:
        """What `words` name: by the key in brackets at their end, else by a name that is the only one.

        kept: numbers of those that may be named although they are not open. Raises CellError.
        """
        words = words.strip()
        bracket = _BRACKET.search(words)
        found = (bracket and self.by_key.get(bracket[1])) or self.by_key.get(words)
        if found is None:
            named = self.by_name.get(_folded(words), [])
            if len(named) > 1:
                keys = ", ".join(f"[{target.key}]" for target in named[:5])
                raise CellError(
                    f"„{short(words)}“ gibt es mehrmals. Schreiben Sie dazu, was gemeint ist: {keys}."
                )
            found = named[0] if named else None
        if found is None or not (found.is_open or found.pk in kept):
            raise CellError(f"„{short(words)}“ kennen wir nicht.")
        return found


_BRACKET = re.compile(r"\[([^\[\]]+)\]$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How the format itself writes control characters; programs disagree on reading them."""
_RISKY = re.compile(r"'*[=+\-@\t\r\n|%＝＋－＠]")
_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|WERT!|BEZUG!|ZAHL!|NV|FELD!)")
_SHORT_MONTH = re.compile(r"([^\W\d_]{3,4}\.?)[ -](\d\d)")
_WHOLE = re.compile(r"\d{1,10}|\d{1,3}(\.\d{3}){1,3}", re.ASCII)
_YES = {"ja", "j", "wahr", "true", "x", "1"}
_NO = {"", "nein", "n", "falsch", "false", "0"}


def short(text: str, most: int = 60) -> str:
    """At most `most` characters in one line, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rstrip()} …"


def tidy(text: str) -> str:
    """Line breaks as "\\n", no spaces around; what stands between stays."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").strip()


def for_cell(text: str) -> str:
    """`text` as a spreadsheet can hold it."""
    clean = _CONTROL.sub("", tidy(text))
    return TOO_LONG if len(clean) > LONGEST_CELL else clean


def same(one: str, other: str) -> bool:
    """Whether two texts of a cell differ in nothing that a person typed."""
    return one == other or _compared(one) == _compared(other)


def digest(text: str) -> str:
    """Six hexadecimal digits of what `same` compares."""
    return blake2b(_compared(text).encode("utf-8", "replace"), digest_size=3).hexdigest()


def guard(text: str) -> str:
    """Text of a CSV cell that no program takes for a formula; `unguard` gives it back."""
    return f"'{text}" if _RISKY.match(text) else text


def unguard(text: str) -> str:
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text


def text_of(cell: Cell) -> str:
    """What a person sees in the cell, as text."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case float():
            if value.is_integer() and abs(value) < 1e15:
                return str(int(value))
            return repr(value).replace(".", ",")
        case datetime() | date():
            return _period_of(value, cell.precision).iso
        case time():
            return value.isoformat("minutes")
    return tidy(str(value))


def render(column: Column, value: Plain, targets: Mapping[str, Targets]) -> str:
    """The text of the cell for a plain value."""
    match column.kind:
        case Kind.FLAG:
            return "ja" if value else "nein"
        case Kind.CHOICE:
            return column.choices.get(str(value), str(value))
        case Kind.REFERENCE:
            target = targets[column.key].by_pk.get(value) if isinstance(value, int) else None
            return str(target) if target else ""
        case Kind.REFERENCES:
            named = targets[column.key].by_pk
            chosen = [named[pk] for pk in value if pk in named] if isinstance(value, list) else []
            return "\n".join(sorted(map(str, chosen)))
    return for_cell("" if value is None else str(value))


def understand(column: Column, cell: Cell, targets: Mapping[str, Targets], stands: Plain = None) -> Plain:
    """The plain value that the cell means. stands: the value of the measure today. Raises CellError."""
    text = text_of(cell)
    if cell.is_formula and column.kind not in (Kind.LINE, Kind.TEXT, Kind.MARKDOWN):
        raise CellError("Hier steht eine Formel. Bitte tragen Sie den Wert selbst ein.")
    if isinstance(cell.value, str) and _ERROR.fullmatch(text):
        raise CellError(f"Ihr Tabellenprogramm meldet hier einen Fehler ({text}).")
    if "\x00" in text:
        raise CellError("Hier steht ein Zeichen, das wir nicht speichern können.")
    if not cell.is_formula:
        text = unguard(text)
    if column.required and not text:
        raise CellError("Diese Zelle darf nicht leer sein.")
    return _READERS[column.kind](column, text, cell, targets, stands)


def _text(column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    clean = _CONTROL.sub("", text)
    if column.kind is Kind.LINE and "\n" in clean:
        clean = " ".join(clean.split())
    if column.longest and len(clean) > column.longest:
        raise CellError(
            f"Der Text hat {german_number(len(clean))} Zeichen. "
            f"Erlaubt sind höchstens {german_number(column.longest)}."
        )
    if column.kind is Kind.MARKDOWN:
        try:
            render_markdown(clean)
        except TooLargeError as error:
            raise CellError(str(error)) from error
    return clean


def _choice(column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    for code, word in column.choices.items():
        if _folded(text) in (code, _folded(word)):
            return code
    raise CellError(
        f"„{short(text)}“ gibt es hier nicht. Erlaubt sind: {', '.join(column.choices.values())}."
    )


def _flag(column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    if _folded(text) in _YES | _NO:
        return _folded(text) in _YES
    raise CellError(f"„{short(text)}“ verstehen wir nicht. Schreiben Sie ja oder nein.")


def _reference(column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    return targets[column.key].find(text, [stands] if isinstance(stands, int) else []).pk


def _references(
    column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain
) -> Plain:
    kept = stands if isinstance(stands, list) else []
    return sorted({targets[column.key].find(line, kept).pk for line in text.split("\n") if line.strip()})


def _period(column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    if not text:
        return ""
    if match := _SHORT_MONTH.fullmatch(text):
        # "Jul 26": what Excel makes of 2026-07 in a CSV file.
        text = f"{match[1].rstrip('.')} 20{match[2]}"
    try:
        return read_period(text).iso
    except ValueError as error:
        raise CellError(
            f"„{short(text)}“ ist kein Datum. Schreiben Sie zum Beispiel 2026, 2026-Q3, 2026-07 "
            "oder 2026-07-01."
        ) from error


def _number(column: Column, text: str, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    if not text:
        return 0
    if not _WHOLE.fullmatch(text) or int(text.replace(".", "")) > LARGEST_NUMBER:
        raise CellError(f"„{short(text)}“ ist keine ganze Zahl ab 0.")
    return int(text.replace(".", ""))


_READERS = {
    Kind.LINE: _text,
    Kind.TEXT: _text,
    Kind.MARKDOWN: _text,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.REFERENCE: _reference,
    Kind.REFERENCES: _references,
    Kind.PERIOD: _period,
    Kind.NUMBER: _number,
}


def _period_of(value: date, precision: Precision) -> Period:
    day = value.date() if isinstance(value, datetime) else value
    match precision:
        case Precision.YEAR:
            return Period(day.replace(month=1, day=1), precision)
        case Precision.MONTH:
            return Period(day.replace(day=1), precision)
    return Period(day, Precision.DAY)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _compared(text: str) -> str:
    before = ""
    while before != text:
        before, text = text, _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # "x005F_" is what openpyxl leaves out wherever it stands.
    return tidy(_CONTROL.sub("", tidy(text.replace("x005F_", ""))))
