"""Changes of what is public: listed, shown field by field, released, returned or withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from portal.differences import Piece, compare_words
from portal.models import User
from portal.paging import page_of
from portal.roles import Role, has_role
from portal.signed_in import POST, WRITE, page_for, signed_in
from strategy.actions import (
    StrategyError,
    apply_change,
    moved_fields,
    return_change,
    withdraw_change,
    wrote_change,
)
from strategy.desk.words import NOTHING, Words, is_long_text, label_of
from strategy.models import Change, Measure

MOST_REASON = 2000
"""Characters of a reason."""
MOST_AT_ONCE = 200
"""Changes that one click releases."""
SHORT = 60
"""Up to so many characters a text is shown as old and new, not word by word."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what stood when it was written, and what is to stand."""

    label: str
    old: str
    new: str
    pieces: tuple[Piece, ...]
    """The same word by word; none where the values are short."""


def differences(changes: Iterable[Change]) -> dict[int, list[Difference]]:
    """What each change does, by its key; one query per model that its values name."""
    rows = [(change, cast(Any, apps.get_model(change.model))) for change in changes]
    words = Words((model, values) for change, model in rows for values in (change.base, change.values))
    return {change.pk: list(_differences(change, model, words)) for change, model in rows}


def _differences(change: Change, model: Any, words: Words) -> Iterable[Difference]:
    names = change.base if change.action == Change.Action.DELETE else change.values
    for name in names:
        before, after = change.base.get(name), change.values.get(name)
        old, new = words.of(model, name, before), words.of(model, name, after)
        if old == new:
            continue
        long = is_long_text(model, name) and NOTHING not in (old, new) and max(len(old), len(new)) > SHORT
        pieces = compare_words(old, new) if long and change.action == Change.Action.CHANGE else ()
        yield Difference(label_of(model, name), old, new, pieces)


@page_for(Role.EDITOR, Role.RELEASER)
def changes(request: HttpRequest) -> HttpResponse:
    """`?stand=` offen (else), meine, entschieden; `?massnahme=` a slug; `?tabelle=` one spreadsheet."""
    user = signed_in(request)
    found, kept = _narrowed(request, user)
    batch = kept.get("tabelle", "")
    page = page_of(request, found.select_related("written_by", "decided_by", "measure"))
    shown = differences(page) if batch else {}
    may_release = has_role(user, Role.RELEASER)
    for change in page:
        change.differences = shown.get(change.pk, [])
        change.is_own = change.written_by_id == user.pk
    ctx = {
        "page": page,
        "stand": kept.get("stand", "offen"),
        "measure": Measure.objects.filter(slug=kept["massnahme"]).first() if "massnahme" in kept else None,
        "batch": batch,
        "kept": urlencode({name: value for name, value in kept.items() if name != "stand"}),
        "may_release": may_release,
        "can_release_here": bool(
            batch
            and may_release
            and any(change.state == Change.State.OPEN and change.written_by_id != user.pk for change in page)
        ),
    }
    return render(request, "desk/changes.html", ctx)


def _narrowed(request: HttpRequest, user: User) -> tuple[QuerySet[Change], dict[str, str]]:
    """The changes that the address asks for, and what of the address was understood."""
    kept: dict[str, str] = {}
    found: QuerySet[Change] = Change.objects.all()
    match request.GET.get("stand"):
        case "meine":
            kept["stand"] = "meine"
            found = found.filter(written_by=user)
        case "entschieden":
            kept["stand"] = "entschieden"
            found = found.exclude(state=Change.State.OPEN).order_by("-decided_at", "-pk")
        case _:
            found = found.open()  # type: ignore[attr-defined]  # ChangeQuerySet
    slug = request.GET.get("massnahme", "")
    if slug and "\0" not in slug:
        kept["massnahme"] = slug[:100]
        found = found.filter(measure__slug=kept["massnahme"])
    try:
        batch = UUID(request.GET.get("tabelle", ""))
    except ValueError:
        return found, kept
    kept["tabelle"] = str(batch)
    return found.filter(batch=batch), kept


@page_for(Role.RELEASER, methods=POST)
def release_several(request: HttpRequest) -> HttpResponse:
    """POST `aenderung` (numbers): releases each on its own; what cannot be released is named."""
    keys = [key for key in request.POST.getlist("aenderung") if key.isascii() and key.isdecimal()]
    released, refused = 0, []
    chosen = Change.objects.filter(pk__in=[int(key) for key in keys[:MOST_AT_ONCE] if len(key) < 18])
    for change in chosen.order_by("created_at", "pk"):
        try:
            apply_change(change=change, by=signed_in(request))
        except (StrategyError, ValidationError) as error:
            refused.append(f"{change.title}: {reason_of(error)}")
        else:
            released += 1
    if released:
        messages.success(request, f"{released} {'Änderung' if released == 1 else 'Änderungen'} übernommen.")
    for sentence in refused:
        messages.error(request, f"Nicht übernommen: {sentence}")
    if not released and not refused:
        messages.error(request, "Es war keine Änderung ausgewählt.")
    batch = request.POST.get("tabelle", "")
    try:
        query = f"?{urlencode({'tabelle': str(UUID(batch))})}"
    except ValueError:
        query = ""
    return redirect(reverse("desk:changes") + query)


@page_for(Role.EDITOR, Role.RELEASER, methods=WRITE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `schritt`: freigeben, zurueckgeben (with `grund`) or zurueckziehen."""
    shown = get_object_or_404(Change.objects.select_related("written_by", "decided_by", "measure"), pk=pk)
    user, problem, reason = signed_in(request), "", request.POST.get("grund", "")
    if request.method == "POST":
        try:
            sentence = _decide(shown, request.POST.get("schritt", ""), reason, user)
        except (StrategyError, ValidationError) as error:
            problem = reason_of(error)
        else:
            messages.success(request, sentence)
            return redirect("desk:change", pk)
    is_own = wrote_change(shown, user)
    may_release = has_role(user, Role.RELEASER)
    ctx = {
        "change": shown,
        "differences": differences([shown])[shown.pk],
        "moved": _moved(shown),
        "is_open": shown.state == Change.State.OPEN,
        "is_own": is_own,
        "may_release": may_release,
        "may_edit": has_role(user, Role.EDITOR),
        "problem": problem,
        "reason": reason,
    }
    return render(request, "desk/change.html", ctx)


def _decide(change: Change, step: str, reason: str, user: User) -> str:
    match step:
        case "freigeben":
            apply_change(change=change, by=user)
            return "Übernommen. Das sehen jetzt alle."
        case "zurueckgeben":
            if len(reason) > MOST_REASON or "\0" in reason:
                raise ValidationError(f"Der Grund darf höchstens {MOST_REASON} Zeichen haben.")
            return_change(change=change, reason=reason, by=user)
            return "Zurückgegeben. Wer die Änderung schrieb, erfährt den Grund."
        case "zurueckziehen":
            withdraw_change(change=change, by=user)
            return "Zurückgezogen. Es bleibt, wie es war."
    raise ValidationError("Bitte wählen Sie, was mit der Änderung geschehen soll.")


def _moved(change: Change) -> list[str]:
    """Labels of fields that have changed since the change was written: it can no longer be released."""
    if change.state != Change.State.OPEN or change.action != Change.Action.CHANGE:
        return []
    model = apps.get_model(change.model)
    obj = model._base_manager.filter(pk=change.object_id).first()
    return [] if obj is None else [label_of(model, name) for name in moved_fields(obj, change)]


def reason_of(error: StrategyError | ValidationError) -> str:
    """Why something was refused, in German."""
    return error.german if isinstance(error, StrategyError) else " ".join(error.messages)


urls: list[URLPattern] = [
    path("aenderungen/", changes, name="changes"),
    path("aenderungen/freigeben/", release_several, name="changes-release"),
    path("aenderungen/<int:pk>/", change, name="change"),
]
