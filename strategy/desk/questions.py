"""Questions from the council, answered and published: /redaktion/fragen/.

A question that was asked here is published together with its answer, by a second person. One that everybody
reads already (it came with the strategy file) gets its answer by a change that a second person releases.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from portal.editing import seal_moment
from portal.models import User
from portal.paging import page_of
from portal.roles import Role, has_role
from portal.signed_in import POST, WRITE, page_for, signed_in
from strategy.actions import (
    Saved,
    StrategyError,
    answer_question,
    effective,
    publish_question,
    save,
    waiting_change,
)
from strategy.actions.standing import had_a_hand
from strategy.desk.editing import EditForm, posted, read_at, tell_taken_over
from strategy.models import Change, Evidence, Question
from strategy.sources import attach_sources

STATE = "zustand"


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the list."""

    code: str
    label: str
    condition: Q
    empty: str


TABS = (
    Tab("offen", "Offen", Q(answered_on__isnull=True), "Keine Frage wartet auf eine Antwort."),
    Tab(
        "beantwortet",
        "Beantwortet, nicht veröffentlicht",
        Q(answered_on__isnull=False, published_at__isnull=True),
        "Keine Antwort wartet auf die Veröffentlichung.",
    ),
    Tab(
        "veroeffentlicht",
        "Veröffentlicht",
        Q(answered_on__isnull=False, published_at__isnull=False),
        "Noch ist keine Antwort veröffentlicht.",
    ),
)


class AnswerForm(EditForm):
    """The answer of a question that nobody else can read yet."""

    model = Question
    names = ("answer", "answer_is_partial")
    constraint_fields = {"question_partial_has_answer": "answer"}
    rows = {"answer": 10}


class DayField(forms.DateField):
    """A day, shown as it is written in German."""

    def shown(self, value: str | None) -> str:
        return f"{date.fromisoformat(value):%d.%m.%Y}" if value else ""


class PublicAnswerForm(EditForm):
    """The answer of a question that everybody reads; when it was given is said by who edits."""

    model = Question
    names = ("answer", "answer_is_partial", "answered_on")
    constraint_fields = {
        "question_partial_has_answer": "answer",
        "question_answer_paired": "answered_on",
        "question_answered_after_asked": "answered_on",
    }
    rows = {"answer": 10}
    answered_on = DayField(
        label="Beantwortet am",
        required=False,
        error_messages={"invalid": "Dieses Datum verstehen wir nicht. Schreiben Sie zum Beispiel: 1.7.2026."},
    )


@page_for(Role.EDITOR, Role.RELEASER)
def questions(request: HttpRequest) -> HttpResponse:
    code = request.GET.get(STATE, TABS[0].code)
    tab = next((tab for tab in TABS if tab.code == code), TABS[0])
    counts = Question.objects.aggregate(**{tab.code: Count("pk", filter=tab.condition) for tab in TABS})
    page = page_of(request, _in_order(Question.objects.filter(tab.condition), tab))
    ctx = {
        "tabs": [(one, counts[one.code], one is tab) for one in TABS],
        "tab": tab,
        "page": page,
        "state_name": STATE,
    }
    return render(request, "desk/questions.html", ctx)


@page_for(Role.EDITOR, Role.RELEASER, methods=WRITE)
def question(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(_questions(), pk=pk)
    user = signed_in(request)
    form = _form(request, asked) if has_role(user, Role.EDITOR) else None
    if form is None and request.method == "POST":
        messages.error(request, "Dazu fehlt Ihnen das Recht.")
        return HttpResponseRedirect(reverse("desk:question", args=[pk]))
    if form is not None and form.is_valid():
        saved = form.attempt(lambda: _answer(asked, form, user))
        if saved:
            _tell(request, saved)
            return HttpResponseRedirect(reverse("desk:question", args=[pk]))
    return _shown(request, asked, form)


@page_for(Role.RELEASER, methods=POST)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(_questions(), pk=pk)
    try:
        publish_question(question=asked, read_at=read_at(request), by=signed_in(request))
    except StrategyError as error:
        messages.error(request, error.german)
    else:
        messages.success(request, "Frage und Antwort sind veröffentlicht.")
    return HttpResponseRedirect(reverse("desk:question", args=[pk]))


urls: list[URLPattern] = [
    path("fragen/", questions, name="questions"),
    path("fragen/<int:pk>/", question, name="question"),
    path("fragen/<int:pk>/veroeffentlichen/", publish, name="question-publish"),
]


def _questions() -> QuerySet[Question]:
    return Question.objects.select_related(
        "measure", "strategy", "asked_by", "asked_by_account", "answered_by", "published_by", "written_by"
    )


def _in_order(found: QuerySet[Question], tab: Tab) -> QuerySet[Question]:
    """What waits longest comes first; what is done, newest first."""
    order = (F("published_at").desc(), "-pk") if tab is TABS[2] else ("asked_on", "pk")
    return found.select_related("measure", "asked_by").order_by(*order)


def _form(request: HttpRequest, asked: Question) -> EditForm:
    kind = PublicAnswerForm if asked.is_published else AnswerForm
    stands = effective(asked)
    seen = {name: stands[name] for name in kind.names}
    if asked.is_published and not stands["answer"]:
        form = kind(posted(request), seen=seen)
        form.initial["answered_on"] = timezone.localdate()
        return form
    return kind(posted(request), seen=seen)


def _answer(asked: Question, form: EditForm, user: User) -> Saved:
    """Writes the answer, or proposes it where everybody reads the question."""
    values = form.plain_values()
    if not asked.is_published:
        return answer_question(
            question=asked,
            answer=str(values["answer"]),
            is_partial=bool(values["answer_is_partial"]),
            base=form.base,
            by=user,
        )
    if not values["answer"]:
        values["answered_on"] = None
    return save(obj=asked, values=values, base=form.base, by=user)


def _tell(request: HttpRequest, saved: Saved) -> None:
    """What became of the answer, and what a colleague changed meanwhile."""
    tell_taken_over(request, saved.merge, Question)
    if not saved.merge.values:
        said = "Es war nichts zu ändern."
    elif saved.change is not None:
        said = "Zur Freigabe vorgelegt. Öffentlich wird die Antwort, wenn eine zweite Person zustimmt."
    else:
        said = "Die Antwort ist gespeichert. Veröffentlichen muss sie eine andere Person."
    messages.success(request, said)


def _shown(request: HttpRequest, asked: Question, form: EditForm | None) -> HttpResponse:
    user = signed_in(request)
    # The question itself may not be public yet; what its evidence rests on is.
    attach_sources(Evidence.objects.on_public_records(), question=[asked])
    is_own = had_a_hand(asked, user)
    ctx: dict[str, Any] = {
        "question": asked,
        "form": form,
        "waiting": waiting_change(asked),
        "changes": Change.objects.filter(model=Question._meta.label_lower, object_id=asked.pk).select_related(
            "written_by", "decided_by"
        ),
        "may_publish": has_role(user, Role.RELEASER) and asked.is_answered and not asked.is_published,
        "is_own": is_own,
        "read_at": seal_moment(asked.changed_at),
        "may_add_evidence": has_role(user, Role.EDITOR),
    }
    return render(request, "desk/question.html", ctx)
