"""All measures as a spreadsheet, out and in: /redaktion/tabelle/.

What was uploaded is compared at once and not kept. The page of the comparison carries what it shows, signed
and bound to the account, so the second button writes exactly that; what changed meanwhile is shown again.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from portal.editing import Values
from portal.german import german_number
from portal.models import User
from portal.roles import Role, has_role
from portal.signed_in import POST, page_for, signed_in
from strategy.actions import SheetRow, SheetRowRefused, Taken, take_sheet
from strategy.sheets.cells import render as render_cell
from strategy.sheets.columns import BY_KEY, COLUMNS, NOTES
from strategy.sheets.compare import DEFAULTS, Comparison, Difference, RowDifference, compare
from strategy.sheets.read import MOST_BYTES, MOST_ROWS, SheetRefused, read
from strategy.sheets.stand import Stand, stand
from strategy.sheets.write import csv_file, xlsx

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE = "tabelle"
CONTENT = "inhalt"
"""Name of the hidden field with what was shown."""
TAKE = "nehmen"
"""Name of the boxes beside cells that somebody else has changed too."""
MOST_ERRORS = 500
MOST_CHANGED = 500
"""Measures that one upload changes: each is checked and written like one from a form, some 20 ms."""
MOST_CLASHES = 500
"""Django takes a thousand fields of a form."""
LONGEST_CONTENT = 2_000_000
VALID_SECONDS = 24 * 60 * 60

_SALT = "strategy.desk.sheets"


@page_for(Role.EDITOR, Role.RELEASER)
def sheets(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/sheets.html", _ctx(request))


@page_for(Role.EDITOR, Role.RELEASER)
def download_xlsx(request: HttpRequest) -> HttpResponse:
    return _download(xlsx(stand().lines()), "xlsx", XLSX_TYPE)


@page_for(Role.EDITOR, Role.RELEASER)
def download_csv(request: HttpRequest) -> HttpResponse:
    return _download(csv_file(stand().lines()), "csv", "text/csv; charset=utf-8")


@page_for(Role.EDITOR, methods=POST)
def comparison(request: HttpRequest) -> HttpResponse:
    """Shows what an uploaded table would change; writes nothing."""
    try:
        sheet = read(_uploaded(request))
    except SheetRefused as refused:
        return _refused(request, refused.errors)
    found = compare(sheet, stand())
    if found.errors:
        return _refused(request, found.errors, found.notes)
    return _shown(request, found)


@page_for(Role.EDITOR, methods=POST)
def take(request: HttpRequest) -> HttpResponse:
    """Writes what the comparison showed, or shows it again where something changed meanwhile."""
    user = signed_in(request)
    try:
        shown = Shown.unsealed(request.POST.get(CONTENT, ""), user)
    except signing.BadSignature:
        return _refused(
            request,
            ["Diese Seite ist zu alt oder wurde verändert. Bitte laden Sie die Tabelle noch einmal hoch."],
        )
    rows = shown.chosen(set(request.POST.getlist(TAKE)))
    try:
        taken = take_sheet(rows=rows, by=user)
    except SheetRowRefused as refused:
        found = shown.against(stand())
        found.errors.append(refused.german)
        return _shown(request, found, again=True)
    messages.success(request, _outcome(taken))
    return HttpResponseRedirect(reverse("desk:sheets"))


urls: list[URLPattern] = [
    path("tabelle/", sheets, name="sheets"),
    path("tabelle/massnahmen.xlsx", download_xlsx, name="sheet-xlsx"),
    path("tabelle/massnahmen.csv", download_csv, name="sheet-csv"),
    path("tabelle/vergleich/", comparison, name="sheet-comparison"),
    path("tabelle/uebernehmen/", take, name="sheet-take"),
]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a comparison showed, as its page carries it."""

    rows: list[dict[str, Any]]
    """Of each row: "number", "measure" (its key; None for a new one), "name", and "cells" as [column, place,
    seen, value, is_clash, is_formula]."""

    @classmethod
    def of(cls, found: Comparison) -> "Shown":
        return cls(
            [
                {
                    "number": row.number,
                    "measure": row.standing.pk if row.standing else None,
                    "name": row.name,
                    "cells": [
                        [cell.column.key, cell.place, cell.seen, cell.value, cell.is_clash, cell.is_formula]
                        for cell in row.cells
                    ],
                }
                for row in found.rows
            ]
        )

    def sealed(self, user: User) -> str:
        """As a text for a hidden field that only this account can send back."""
        return signing.dumps({"user": user.pk, "rows": self.rows}, salt=_SALT, compress=True)

    @classmethod
    def unsealed(cls, text: str, user: User) -> "Shown":
        """Raises django.core.signing.BadSignature, also for somebody else's and after a day."""
        content = signing.loads(text, salt=_SALT, max_age=VALID_SECONDS)
        if content["user"] != user.pk:
            raise signing.BadSignature("sealed for somebody else")
        return cls(content["rows"])

    def chosen(self, taken: set[str]) -> list[SheetRow]:
        """What is to be written; cells that somebody else changed too only where they are in `taken`."""
        rows = []
        for row in self.rows:
            cells = [cell for cell in row["cells"] if not cell[4] or box(row["number"], cell[0]) in taken]
            values: Values = {cell[0]: cell[3] for cell in cells}
            base: Values = {cell[0]: cell[2] for cell in cells}
            if values:
                rows.append(SheetRow(row["number"], row["measure"], base, values))
        return rows

    def against(self, standing: Stand) -> Comparison:
        """The same cells set against what stands now."""
        measures = {measure.pk: measure for measure in standing.measures}
        found = Comparison()
        for row in self.rows:
            measure = measures.get(row["measure"])
            if row["measure"] is not None and measure is None:
                found.notes.append(f"Zeile {row['number']}: Die Maßnahme „{row['name']}“ gibt es nicht mehr.")
                continue
            cells = []
            for key, place, seen, value, is_clash, is_formula in row["cells"]:
                column = BY_KEY[key]
                stands = measure.values[key] if measure else DEFAULTS.get(key)
                if stands == value:
                    continue
                cells.append(
                    Difference(
                        column,
                        place,
                        render_cell(column, stands, standing.targets) if measure else "",
                        render_cell(column, value, standing.targets),
                        stands if measure else None,
                        value,
                        is_clash or (measure is not None and stands != seen),
                        is_formula,
                    )
                )
            if cells:
                found.rows.append(RowDifference(row["number"], row["name"], measure, cells))
        return found


def box(number: int, key: str) -> str:
    """The value of the box beside a cell."""
    return f"{number}-{key}"


def _uploaded(request: HttpRequest) -> bytes:
    """The bytes of the uploaded file. Raises SheetRefused."""
    upload = request.FILES.get(FILE)
    if not isinstance(upload, UploadedFile):
        raise SheetRefused("Bitte wählen Sie eine Datei aus.")
    if upload.size is None or upload.size > MOST_BYTES:
        raise SheetRefused("Die Datei ist größer als 2 MB.")
    data: bytes = upload.read()
    return data


def _shown(request: HttpRequest, found: Comparison, *, again: bool = False) -> HttpResponse:
    user = signed_in(request)
    if len(found.rows) > MOST_CHANGED:
        number, most = german_number(len(found.rows)), german_number(MOST_CHANGED)
        return _refused(
            request,
            [
                f"Die Tabelle ändert {number} Maßnahmen, auf einmal gehen {most}. "
                "Bitte teilen Sie die Tabelle: Eine Zeile, die fehlt, ändert nichts."
            ],
        )
    content = Shown.of(found).sealed(user) if found.rows else ""
    clashes = sum(cell.is_clash for row in found.rows for cell in row.cells)
    if len(content) > LONGEST_CONTENT or clashes > MOST_CLASHES:
        return _refused(
            request, ["Das sind zu viele Änderungen auf einmal. Bitte teilen Sie die Tabelle in mehrere."]
        )
    ctx = {
        "found": found,
        "rows": [
            (row, [(cell, box(row.number, cell.column.key)) for cell in row.cells]) for row in found.rows
        ],
        "content": content,
        "content_name": CONTENT,
        "take_name": TAKE,
        "clashes": clashes,
        "again": again,
    }
    return render(request, "desk/sheet_comparison.html", ctx)


def _refused(request: HttpRequest, errors: list[str], notes: list[str] | None = None) -> HttpResponse:
    ctx = _ctx(request) | {
        "errors": errors[:MOST_ERRORS],
        "error_number": len(errors),
        "more_errors": max(0, len(errors) - MOST_ERRORS),
        "notes_on_file": notes or [],
    }
    return render(request, "desk/sheets.html", ctx)


def _ctx(request: HttpRequest) -> dict[str, Any]:
    return {
        "columns": COLUMNS,
        "rules": NOTES,
        "may_upload": has_role(signed_in(request), Role.EDITOR),
        "file_name": FILE,
        "most_rows": MOST_ROWS,
        "most_changed": MOST_CHANGED,
    }


def _download(content: bytes, ending: str, content_type: str) -> HttpResponse:
    name = f"massnahmen-{timezone.localdate().isoformat()}.{ending}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _outcome(taken: Taken) -> str:
    parts = [
        _counted(taken.written, "Maßnahme ist geändert", "Maßnahmen sind geändert"),
        _counted(taken.created, "Maßnahme ist neu angelegt", "Maßnahmen sind neu angelegt"),
        _counted(taken.changes, "Änderung wartet auf Freigabe", "Änderungen warten auf Freigabe"),
    ]
    words = ". ".join(part for part in parts if part)
    return f"Die Tabelle ist übernommen. {words}." if words else "Es gab nichts zu übernehmen."


def _counted(number: int, one: str, many: str) -> str:
    return f"{german_number(number)} {one if number == 1 else many}" if number else ""
