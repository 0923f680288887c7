"""The full history of a measure: everything that was written, by whom; for staff."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

from portal.models import User
from portal.paging import page_of
from portal.roles import Role, has_role
from portal.signed_in import page_for, signed_in
from strategy.history import Entry, full_history, with_names
from strategy.history.fields import KIND_NAMES
from strategy.models import Measure

ACTION_NAMES = {
    "create": "angelegt",
    "save": "geändert",
    "remove": "entfernt",
    "publish": "veröffentlicht",
    "apply_change": "Änderung freigegeben",
    "return_change": "Änderung zurückgegeben",
    "withdraw_change": "Änderung zurückgezogen",
    "propose_evidence": "Beleg vorgeschlagen",
    "add_evidence": "Beleg angelegt",
    "change_evidence": "Beleg geändert",
    "remove_evidence": "Beleg entfernt",
    "add_document": "Dokument angelegt",
    "draft_report": "Sachstand begonnen",
    "change_report": "Entwurf geändert",
    "report_milestone": "Meilenstein gemeldet",
    "report_figure": "Messwert gemeldet",
    "remove_from_report": "aus dem Entwurf genommen",
    "discard_report": "Entwurf verworfen",
    "submit_report": "eingereicht",
    "take_sheet": "Tabelle übernommen",
    "take_back_report": "zurückgenommen",
    "return_report": "zurückgegeben",
    "publish_report": "Sachstand veröffentlicht",
    "publish_report_from_file": "Sachstand aus der Datei veröffentlicht",
    "review_report": "geprüft",
    "ask_question": "Frage gestellt",
    "answer_question": "Frage beantwortet",
    "publish_question": "Frage und Antwort veröffentlicht",
    "mark_seen": "durchgesehen",
    "import_strategy": "Strategie-Datei",
}
"""What the actions are called on this page; a test fails for one that has no name."""


@dataclass(frozen=True, slots=True)
class StaffEntry(Entry):
    """An entry with what was done, in words."""

    action_name: str = ""


class HistoryFilter(forms.Form):
    """Which deeds: of one kind of thing, of one person."""

    def __init__(self, data: QueryDict, *, kinds: dict[str, str], people: dict[int, str]) -> None:
        super().__init__(data, auto_id="verlauf-%s")
        who = [(str(pk), name) for pk, name in people.items()]
        select = forms.Select(attrs={"class": "kern-form-input__select"})
        for name, label, choices in (
            ("art", "Was", [("", "alles"), *kinds.items()]),
            ("person", "Wer", [("", "alle"), *who]),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=choices, widget=copy(select)
            )


@page_for(Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)
def history(request: HttpRequest, slug: str) -> HttpResponse:
    measure = get_object_or_404(Measure, slug=slug)
    entries = full_history(measure)
    people = _people(entries)
    kinds = {model.__name__.lower(): name for model, name in KIND_NAMES.items()}
    form = HistoryFilter(request.GET, kinds=kinds, people=people)
    if form.is_valid():
        entries = _chosen(entries, kind=form.cleaned_data["art"], person=form.cleaned_data["person"])
    if not has_role(signed_in(request), Role.EDITOR, Role.RELEASER):
        entries = _without_links(entries)
    page = page_of(request, entries)
    ctx = {
        "nav_section": "redaktion",
        "measure": measure,
        "form": form,
        "page": page,
        "entries": _named(with_names(page.object_list, public=False), people),
    }
    return render(request, "desk/history.html", ctx)


def _without_links(entries: list[Entry]) -> list[Entry]:
    """For the administration, which reads what was done and opens no report, change or question."""
    return [
        replace(
            entry,
            things=tuple(
                replace(thing, url="" if not thing.is_outside else thing.url) for thing in entry.things
            ),
        )
        for entry in entries
    ]


def _chosen(entries: list[Entry], *, kind: str, person: str) -> list[Entry]:
    """Deeds of one person, and of each only what is of one kind."""
    if person:
        entries = [entry for entry in entries if entry.by == int(person)]
    if kind:
        entries = [
            replace(entry, things=tuple(thing for thing in entry.things if thing.kind_code == kind))
            for entry in entries
        ]
        entries = [entry for entry in entries if entry.things]
    return entries


def _people(entries: Sequence[Entry]) -> dict[int, str]:
    pks = {entry.by for entry in entries if entry.by is not None}
    return dict(
        sorted(((user.pk, str(user)) for user in User.objects.filter(pk__in=pks)), key=lambda one: one[1])
    )


def _named(entries: Sequence[Entry], people: dict[int, str]) -> list[StaffEntry]:
    return [
        StaffEntry(
            at=entry.at,
            role=entry.role or ("" if entry.begins or not entry.things else "ohne Angabe"),
            action=entry.action,
            by=entry.by,
            things=entry.things,
            name=people.get(entry.by, "") if entry.by is not None else "",
            begins=entry.begins,
            action_name=ACTION_NAMES.get(entry.action, entry.action),
        )
        for entry in entries
    ]


urls: list[URLPattern] = [path("massnahmen/<slug:slug>/verlauf/", history, name="history")]
