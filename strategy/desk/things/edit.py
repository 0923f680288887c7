"""Made, changed, removed, published: one page each for everything that the desk edits.

The page says before anybody saves whether it holds at once or waits for a second person.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.editing import seal_moment
from portal.errors import error_page
from portal.roles import Role
from portal.signed_in import WRITE, page_for, signed_in
from strategy.actions import (
    MEASURE_STAYS,
    Saved,
    StrategyError,
    TextHasChanged,
    can_be_removed,
    create,
    effective,
    is_public,
    publish,
    remove,
    save,
    waiting_change,
)
from strategy.actions.standing import had_a_hand
from strategy.desk.editing import posted, read_at, tell_taken_over
from strategy.desk.things.forms import ThingForm
from strategy.desk.things.kinds import Kind, kind_of, list_of, page_of_thing
from strategy.models import Change, Measure

MOST_REASON = 2000
"""Characters of a reason."""


def _thing(kind: Kind, pk: int) -> Any:
    return get_object_or_404(kind.model._base_manager.select_related(*kind.related), pk=pk)


@page_for(Role.EDITOR, methods=WRITE)
def new(request: HttpRequest, word: str, pk: int | None = None) -> HttpResponse:
    """pk: of what it belongs to."""
    kind = kind_of(word)
    if not kind.new or (kind.parent is None) != (pk is None):
        return error_page(request, 404)
    parent: Any = get_object_or_404(kind.parent[1]._base_manager.all(), pk=pk) if kind.parent else None
    fixed = {kind.parent[0]: parent.pk} if kind.parent else {}
    waits = not kind.can_be_published and parent is not None and is_public(parent)
    form = (kind.new_form or kind.form)(posted(request), waits=waits)
    if form.is_valid():
        saved = form.attempt(
            lambda: create(
                model=kind.model, values=form.plain_values() | fixed, by=signed_in(request), note=form.reason
            )
        )
        if saved:
            _tell(request, saved, form)
            return _to_top(page_of_thing(saved.obj if saved.obj is not None else parent))
    ctx = {
        "form": form,
        "title": kind.new,
        "about": parent,
        "waits": waits,
        "is_new": True,
        "can_be_published": kind.can_be_published,
        "back": page_of_thing(parent) if parent is not None else list_of(kind.model),
    }
    return render(request, "desk/edit.html", ctx)


@page_for(Role.EDITOR, methods=WRITE)
def edit(request: HttpRequest, word: str, pk: int) -> HttpResponse:
    kind = kind_of(word)
    obj = _thing(kind, pk)
    waits, waiting = is_public(obj), waiting_change(obj)
    stands = effective(obj)
    seen = {name: stands[name] for name in kind.form.names}
    form = kind.form(posted(request), seen=seen, waits=waits)
    if form.is_valid():
        saved = form.attempt(
            lambda: save(
                obj=obj, values=form.plain_values(), base=form.base, by=signed_in(request), note=form.reason
            )
        )
        if saved:
            _tell(request, saved, form)
            return _to_top(page_of_thing(saved.obj))
    ctx = {
        "form": form,
        "title": f"{obj}: {kind.part}" if kind.part else str(obj),
        "preline": f"{obj._meta.verbose_name} bearbeiten",
        "waits": waits,
        "waiting": waiting,
        "back": page_of_thing(obj),
        "remove_word": kind.word if kind.can_be_removed and can_be_removed(obj) else "",
        "pk": obj.pk,
    }
    return render(request, "desk/edit.html", ctx)


def _to_top(address: str) -> HttpResponse:
    """To a page, not to a place on it: what became of the edit stands at its top."""
    return redirect(address.partition("#")[0])


def _tell(request: HttpRequest, saved: Saved, form: ThingForm) -> None:
    """What became of it, in a sentence."""
    tell_taken_over(request, saved.merge, form.model)
    if not saved.merge.values:
        messages.success(request, "Es war nichts zu ändern.")
    elif saved.change is not None:
        messages.success(
            request, "Zur Freigabe vorgelegt. Öffentlich wird es, wenn eine zweite Person zustimmt."
        )
    else:
        messages.success(request, "Gespeichert.")


@page_for(Role.EDITOR, methods=WRITE)
def remove_page(request: HttpRequest, word: str, pk: int) -> HttpResponse:
    kind = kind_of(word)
    if not kind.can_be_removed:
        return error_page(request, 404)
    obj = _thing(kind, pk)
    back = page_of_thing(obj)
    if not can_be_removed(obj):
        messages.error(request, MEASURE_STAYS)
        return _to_top(back)
    waits, problem, why = is_public(obj), "", request.POST.get("why", "")
    if request.method == "POST":
        if len(why) > MOST_REASON or "\0" in why:
            problem = f"Der Grund darf höchstens {MOST_REASON} Zeichen haben."
        else:
            try:
                change = remove(obj=obj, by=signed_in(request), note=why.strip())
            except StrategyError as error:
                problem = error.german
            except ValidationError as error:
                problem = " ".join(error.messages)
            else:
                messages.success(request, _removed(change))
                is_gone = isinstance(obj, Measure) and change is None
                return _to_top(list_of(Measure) if is_gone else back)
    ctx = {"thing": obj, "waits": waits, "problem": problem, "why": why, "back": back, "kind": kind}
    return render(request, "desk/remove.html", ctx)


def _removed(change: Change | None) -> str:
    if change is None:
        return "Entfernt."
    return "Zur Freigabe vorgelegt. Entfernt wird es, wenn eine zweite Person zustimmt."


@page_for(Role.RELEASER, methods=WRITE)
def publish_page(request: HttpRequest, word: str, pk: int) -> HttpResponse:
    kind = kind_of(word)
    if not kind.can_be_published:
        return error_page(request, 404)
    obj = _thing(kind, pk)
    problem = ""
    if obj.is_published:
        messages.info(request, f"„{obj}“ ist schon veröffentlicht.")
        return redirect(page_of_thing(obj))
    if request.method == "POST":
        try:
            publish(obj, by=signed_in(request), read_at=read_at(request))
        except TextHasChanged as error:
            messages.error(request, error.german)
            return redirect(request.path)
        except StrategyError as error:
            problem = error.german
        else:
            messages.success(request, f"„{obj}“ ist veröffentlicht.")
            return redirect(page_of_thing(obj))
    ctx = {
        "thing": obj,
        "problem": problem,
        "back": page_of_thing(obj),
        "is_own": had_a_hand(obj, signed_in(request)),
        "read_at": seal_moment(obj.changed_at),
        "hidden_by": _hidden_by(obj),
    }
    return render(request, "desk/publish.html", ctx)


def _hidden_by(obj: Any) -> str:
    """What else must be published before anybody sees it; "" where nothing must."""
    area = obj.target_area if hasattr(obj, "target_area") else None
    if isinstance(obj, Measure):
        if not obj.field.is_published:
            return f"das Handlungsfeld „{obj.field}“"
        area = obj.field.target_area
    return f"das Zielfeld „{area}“" if area is not None and not area.is_published else ""
