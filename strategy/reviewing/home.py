"""What waits for a council member, what is new, and what became of their questions."""

from django.contrib import messages
from django.core.signing import BadSignature
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from portal.editing import seal_moment, unseal_moment
from portal.models import User
from portal.paging import page_of
from portal.roles import Role
from portal.signed_in import POST, page_for, signed_in
from strategy.actions import mark_seen
from strategy.models import Question
from strategy.reviewing.folder import coming_meetings
from strategy.reviewing.reading import (
    attach_changes,
    attach_deadlines,
    published_since,
    seen_until,
    submitted,
)

SHORT = 5
"""Entries of each list on the first page, before the link to all of them."""


def my_questions(user: User) -> QuerySet[Question]:
    """Those that wait first, then the newest."""
    return (
        Question.objects.filter(asked_by_account=user)
        .select_related("measure")
        .order_by(F("published_at").desc(nulls_first=True), "-asked_on", "-pk")
    )


@page_for(Role.REVIEWER)
def home(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    since, been_here = seen_until(user, now)
    waiting, new, questions = submitted(user), published_since(since, now), my_questions(user)
    reports, published = list(waiting[:SHORT]), list(new[:SHORT])
    attach_deadlines(reports)
    attach_changes(published)
    ctx = {
        "reports": reports,
        "reports_number": waiting.count(),
        "published": published,
        "published_number": new.order_by().count(),
        "since": since,
        "been_here": been_here,
        "seen": seal_moment(now),
        "questions": questions[:SHORT],
        "questions_number": questions.count(),
        "meetings": coming_meetings(SHORT),
    }
    return render(request, "reviewing/home.html", ctx)


@page_for(Role.REVIEWER)
def submitted_list(request: HttpRequest) -> HttpResponse:
    page = page_of(request, submitted(signed_in(request)))
    attach_deadlines(page)
    return render(request, "reviewing/submitted.html", {"page": page})


@page_for(Role.REVIEWER)
def published_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    since, been_here = seen_until(signed_in(request), now)
    page = page_of(request, published_since(since, now))
    attach_changes(list(page))
    return render(request, "reviewing/published.html", {"page": page, "since": since, "been_here": been_here})


@page_for(Role.REVIEWER)
def question_list(request: HttpRequest) -> HttpResponse:
    page = page_of(request, my_questions(signed_in(request)))
    return render(request, "reviewing/questions.html", {"page": page})


@page_for(Role.REVIEWER, methods=POST)
def seen(request: HttpRequest) -> HttpResponse:
    """Everything that the page showed when it was made has been seen."""
    try:
        until = unseal_moment(request.POST.get("seen", ""))
    except BadSignature:
        messages.error(request, "Das hat nicht geklappt. Bitte drücken Sie „Alles gesehen“ noch einmal.")
    else:
        mark_seen(until=until, by=signed_in(request))
        messages.success(request, "Vermerkt: Sie haben alles gesehen, was bis eben veröffentlicht war.")
    return HttpResponseRedirect(reverse("review:home"))


urls: list[URLPattern] = [
    path("", home, name="home"),
    path("eingereicht/", submitted_list, name="submitted"),
    path("veroeffentlicht/", published_list, name="published"),
    path("fragen/", question_list, name="questions"),
    path("gesehen/", seen, name="seen"),
]
