"""A table that came back, set against what stands: every cell that differs, and every cell that does not fit.

Where the table knows what it held when it was downloaded (column "Fassung"), a cell that nobody touched stays
as somebody else has changed it meanwhile, and a cell that both changed is a clash that a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.dates import Period
from portal.differences import Piece, compare_words, shortened
from portal.editing import Plain, Values
from strategy.sheets.cells import (
    TOO_LONG,
    Cell,
    CellError,
    Targets,
    digest,
    render,
    same,
    short,
    text_of,
    tidy,
    understand,
    unguard,
)
from strategy.sheets.columns import BY_KEY, EDITABLE, KEY, VERSION, Column, Kind
from strategy.sheets.read import Row, Sheet
from strategy.sheets.stand import Stand, Standing
from strategy.sheets.write import digests_in

AROUND = 20
"""Words of a long text that are shown beside what differs."""

DEFAULTS: Values = {
    "is_working_title": False,
    "summary": "",
    "description": "",
    "plain_summary": "",
    "origin": "strategy",
    "binding": "unknown",
    "binding_reason": "",
    "responsible_units": [],
    "partners": [],
    "planned_start": "",
    "planned_end": "",
    "actual_start": "",
    "actual_end": "",
    "position": 0,
}
"""What a new measure has in a column that the table does not fill."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is another than what stands."""

    column: Column
    place: str
    """`Zeile 7, Spalte D (Verbindlichkeit)`."""
    old: str
    new: str
    seen: Plain
    """The value that stands; what the editor decides against."""
    value: Plain
    is_clash: bool = False
    """Somebody else changed the cell after the table was downloaded."""
    is_formula: bool = False

    @property
    def short_place(self) -> str:
        """`Zeile 7, Spalte D`: where the name of the column stands beside it."""
        return self.place.removesuffix(f" ({self.column.name})")

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return shortened(compare_words(self.old, self.new), AROUND)

    @property
    def is_long(self) -> bool:
        return self.column.kind in (Kind.TEXT, Kind.MARKDOWN, Kind.REFERENCES) and bool(self.old and self.new)


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A measure that the table changes, or a new one."""

    number: int
    name: str
    standing: Standing | None
    """None for a new measure."""
    cells: list[Difference]


@dataclass(slots=True)
class Comparison:
    rows: list[RowDifference] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_alone: int = 0
    """Cells that somebody else changed after the download and the table did not touch."""

    @property
    def number_of_cells(self) -> int:
        return sum(len(row.cells) for row in self.rows)

    @property
    def number_of_new(self) -> int:
        return sum(row.standing is None for row in self.rows)


def compare(sheet: Sheet, stand: Stand) -> Comparison:
    """All differences, or all errors; a table with one error changes nothing."""
    result = Comparison(notes=list(sheet.notes))
    by_slug = {measure.slug: measure for measure in stand.measures}
    names = {(measure.values["field"], _name(measure.values["name"])) for measure in stand.measures}
    seen: dict[str, int] = {}
    for row in sheet.rows:
        slug = text_of(row.cells[KEY.key])
        if not slug:
            _new_row(row, sheet, stand, names, result)
            continue
        standing = by_slug.get(slug)
        where = sheet.place(row.number, KEY)
        if standing is None:
            result.errors.append(
                f"{where}: Eine Maßnahme „{short(slug)}“ gibt es nicht. "
                "Bei einer neuen Maßnahme lassen Sie diese Zelle leer."
            )
        elif slug in seen:
            result.errors.append(f"{where}: Diese Maßnahme steht schon in Zeile {seen[slug]}.")
        else:
            seen[slug] = row.number
            _known_row(row, standing, sheet, stand, result)
    if VERSION.key not in sheet.letters and sheet.rows:
        result.notes.append(
            f"Die Spalte „{VERSION.name}“ fehlt. Wir können nicht erkennen, ob jemand nach dem "
            "Herunterladen etwas geändert hat. Prüfen Sie jede Zelle."
        )
    return result


def _known_row(row: Row, standing: Standing, sheet: Sheet, stand: Stand, result: Comparison) -> None:
    before = digests_in(text_of(row.cells[VERSION.key])) if VERSION.key in row.cells else {}
    cells: list[Difference] = []
    wanted: Values = {}
    failed = False
    for column in EDITABLE:
        if column.key not in row.cells:
            continue
        cell, stands = row.cells[column.key], standing.values[column.key]
        shown = render(column, stands, stand.targets)
        text = text_of(cell)
        if not cell.is_formula and (same(text, shown) or same(unguard(text), shown)):
            continue
        was = before.get(column.key)
        if was and not cell.is_formula and was in (digest(text), digest(unguard(text))):
            result.left_alone += 1
            continue
        try:
            value = _understood(column, cell, stand.targets, stands)
        except CellError as error:
            result.errors.append(f"{sheet.place(row.number, column)}: {error}")
            failed = True
            continue
        new = render(column, value, stand.targets)
        if value == stands or same(new, shown):
            continue
        if was == digest(new):
            # The same value in other words: Excel writes 01.07.2026 for 2026-07-01.
            result.left_alone += 1
            continue
        wanted[column.key] = value
        clash = was is not None and was != digest(shown)
        cells.append(
            Difference(
                column, sheet.place(row.number, column), shown, new, stands, value, clash, cell.is_formula
            )
        )
    if not failed:
        result.errors += _rules(row.number, sheet, standing.values | wanted, wanted)
    if cells:
        result.rows.append(RowDifference(row.number, str(standing.values["name"]), standing, cells))


def _new_row(row: Row, sheet: Sheet, stand: Stand, names: set[tuple[Plain, str]], result: Comparison) -> None:
    cells: list[Difference] = []
    values: Values = {}
    failed = False
    for column in EDITABLE:
        cell = row.cells.get(column.key, Cell())
        if column.required and column.key in DEFAULTS and cell.is_empty:
            continue
        if column.key not in row.cells:
            if column.required:
                result.errors.append(f"Zeile {row.number}: Eine neue Maßnahme braucht „{column.name}“.")
                failed = True
            continue
        try:
            value = _understood(column, cell, stand.targets, None)
        except CellError as error:
            result.errors.append(f"{sheet.place(row.number, column)}: {error}")
            failed = True
            continue
        if value == DEFAULTS.get(column.key):
            continue
        values[column.key] = value
        new = render(column, value, stand.targets)
        cells.append(
            Difference(
                column, sheet.place(row.number, column), "", new, None, value, is_formula=cell.is_formula
            )
        )
    if failed:
        return
    name = (values["field"], _name(values["name"]))
    if name in names:
        result.errors.append(
            f"{sheet.place(row.number, BY_KEY['name'])}: Eine Maßnahme mit diesem Namen gibt es in diesem "
            "Handlungsfeld schon. Wenn Sie diese meinen, tragen Sie ihre Kurzadresse ein."
        )
    names.add(name)
    result.errors += _rules(row.number, sheet, DEFAULTS | values, values)
    result.rows.append(RowDifference(row.number, str(values["name"]), None, cells))


def _understood(column: Column, cell: Cell, targets: Mapping[str, Targets], stands: Plain) -> Plain:
    if tidy(text_of(cell)) == TOO_LONG:
        return stands
    return understand(column, cell, targets, stands)


def _rules(number: int, sheet: Sheet, values: Values, changed: Values) -> list[str]:
    """What must be true of several cells of a row together; only where one of them changes."""
    errors = []
    touched = changed.keys() & {"binding", "binding_reason"}
    if touched and values["binding"] != "unknown" and not str(values["binding_reason"]).strip():
        errors.append(
            f"{_where(number, sheet, 'binding_reason')}: Wer sagt, wie verbindlich eine Maßnahme ist, "
            "nennt den Grund."
        )
    for first, last in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
        start, end = (values[name] for name in (first, last))
        if not changed.keys() & {first, last} or not (isinstance(start, str) and isinstance(end, str)):
            continue
        if start and end and Period.parse(end).last < Period.parse(start).first:
            errors.append(f"{_where(number, sheet, last)}: Das Ende liegt vor dem Anfang.")
    return errors


def _where(number: int, sheet: Sheet, key: str) -> str:
    column = BY_KEY[key]
    if key in sheet.letters:
        return sheet.place(number, column)
    return f"Zeile {number} ({column.name})"


def _name(value: Plain) -> str:
    return " ".join(str(value).casefold().split())
