"""/pruefung/: what waits, what is new, what became of questions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.editing import seal_moment
from portal.models import User
from strategy import actions
from strategy.models import Question, ReviewVisit, StatusReport
from strategy.reviewing.home import my_questions
from tests import factories
from tests.sessions.council import a_committee, a_meeting
from tests.strategy.reviewing.records import before_the_council, publish_at

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]
HOME = "/pruefung/"


def page(client: Client, path: str = HOME) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def test_with_nothing_to_do_it_says_so(council: Client) -> None:
    html = page(council)
    for words in (
        "liegt kein Sachstand zur Prüfung vor",
        "Nichts Neues.",
        "noch keine Frage gestellt",
        "keine kommende Sitzung bekannt",
    ):
        assert words in html
    assert "Alles gesehen" not in html


def test_what_waits_for_me_comes_first(council: Client, member: User) -> None:
    reviewed, own, waiting = before_the_council(), before_the_council(changed_by=member), before_the_council()
    actions.review_report(report=reviewed, submission=1, verdict="noted", by=member)
    html = page(council)
    names = [report.measure.name for report in (waiting, own, reviewed)]
    assert [html.index(name) for name in names] == sorted(html.index(name) for name in names)
    for words in ("wartet auf Ihren Vermerk", "von Ihnen geschrieben", "von Ihnen geprüft"):
        assert html.count(words) == 1


def test_a_verdict_on_an_earlier_text_does_not_count_as_given(council: Client, member: User) -> None:
    report = before_the_council()
    actions.review_report(report=report, submission=1, verdict="noted", by=member)
    factories.give_back(report)
    factories.submit(report)
    assert "wartet auf Ihren Vermerk" in page(council)


@pytest.mark.parametrize(
    ("days", "words"), [(0, "noch 14 Tage"), (13, "noch 1 Tag"), (14, "Frist ist um"), (30, "Frist ist um")]
)
def test_says_how_long_there_is(council: Client, days: int, words: str) -> None:
    report = before_the_council()
    StatusReport.objects.filter(pk=report.pk).update(submitted_at=days_ago(days))
    assert f"({words})" in page(council)


def test_the_strategy_of_the_measure_sets_the_time(council: Client) -> None:
    report = before_the_council()
    strategy = report.measure.field.target_area.strategy
    strategy.days_without_review, strategy.reviews_needed = 3, 2
    strategy.save()
    StatusReport.objects.filter(pk=report.pk).update(submitted_at=days_ago(1))
    html = page(council)
    assert "(noch 2 Tage)" in html
    assert "0 von 2 nötigen Prüfvermerken" in html


def test_drafts_and_returned_reports_are_nobodys_business_here(council: Client) -> None:
    factories.a_report(factories.a_measure(name="Geheimer Entwurf"), published=False)
    returned = before_the_council(name="Geheim zurückgegeben")
    factories.give_back(returned)
    html = page(council)
    assert "Geheim" not in html


def test_the_first_visit_shows_ninety_days(council: Client) -> None:
    publish_at(factories.a_measure(name="Ganz neu"), days_ago(80))
    publish_at(factories.a_measure(name="Lange her"), days_ago(100))
    html = page(council)
    assert "In den letzten 90 Tagen." in html
    assert "Ganz neu" in html
    assert "Lange her" not in html


def test_what_is_new_comes_with_its_difference(council: Client) -> None:
    measure = factories.a_measure()
    publish_at(measure, days_ago(200), reason="Der Start ist im Mai.")
    publish_at(measure, days_ago(1), reason="Der Start ist im Juni.", status="planned")
    html = page(council)
    assert "Was ist anders als in Sachstand 1?" in html
    assert "entfernt: </span>Mai<span" in html
    assert "neu: </span>Juni<span" in html
    assert "Status, Grund" in html


def test_all_seen_leaves_nothing_new(council: Client, member: User) -> None:
    publish_at(factories.a_measure(name="Gerade erschienen"), days_ago(1))
    seen = council.get(HOME).context["seen"]
    publish_at(factories.a_measure(name="Danach erschienen"), timezone.now())
    response = council.post(reverse("review:seen"), {"seen": seen}, follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [(HOME, 302)]
    assert "Gerade erschienen" not in html
    assert "Danach erschienen" in html
    assert ReviewVisit.objects.get().user == member


@pytest.mark.parametrize("seen", ["", "2099-01-01T00:00:00+00:00", "x:y:z"])
def test_nobody_invents_when_they_have_seen_everything(council: Client, seen: str) -> None:
    html = council.post(reverse("review:seen"), {"seen": seen}, follow=True).content.decode()
    assert "Das hat nicht geklappt." in html
    assert not ReviewVisit.objects.exists()


def test_seeing_never_goes_back(council: Client, member: User) -> None:
    ReviewVisit.objects.create(user=member, seen_until=days_ago(1))
    council.post(reverse("review:seen"), {"seen": seal_moment(days_ago(5))})
    assert ReviewVisit.objects.get().seen_until > days_ago(2)


def test_my_questions_and_their_state(council: Client, member: User) -> None:
    measure = factories.a_measure()
    waiting, answered, public = (
        actions.ask_question(measure=measure, text=f"Frage {name}?", by=member) for name in "ABC"
    )
    today = timezone.localdate()
    Question.objects.filter(pk__in=[answered.pk, public.pk]).update(answer="So.", answered_on=today)
    Question.objects.filter(pk=public.pk).update(published_at=timezone.now(), published_by=factories.a_user())
    actions.ask_question(measure=measure, text="Frage von anderen?", by=factories.a_reviewer())
    html = page(council)
    assert waiting.text in html
    for words in ("wartet auf Antwort", "Antwort wird freigegeben", ">beantwortet<"):
        assert words in html
    assert f'href="{measure.get_absolute_url()}#frage-{public.slug}"' in html
    assert "Frage von anderen?" not in html
    assert "So." not in html


def test_my_questions_that_wait_come_first_then_the_newest(council: Client, member: User) -> None:
    measure = factories.a_measure()
    long_waiting, waiting, *public = (
        actions.ask_question(measure=measure, text=f"Frage {number}?", by=member) for number in range(7)
    )
    Question.objects.filter(pk=long_waiting.pk).update(asked_on=days_ago(9).date())
    for days, question in enumerate(public):
        Question.objects.filter(pk=question.pk).update(
            answer="So.",
            answered_on=timezone.localdate(),
            published_at=days_ago(days),
            published_by=factories.a_user(),
        )
    assert list(my_questions(member)) == [waiting, long_waiting, *public]
    # The short list has five of the seven.
    assert list(council.get(HOME).context["questions"]) == [waiting, long_waiting, *public[:3]]
    html = page(council)
    assert long_waiting.text in html
    assert public[3].text not in html


def test_coming_meetings_lead_to_their_folders(council: Client) -> None:
    coming = a_meeting(a_committee("Hauptausschuss"), start=timezone.now() + timedelta(days=3))
    past = a_meeting(a_committee("Finanzausschuss"), start=days_ago(3))
    off = a_meeting(a_committee("Bauausschuss"), start=timezone.now() + timedelta(days=3), cancelled=True)
    html = page(council)
    assert reverse("review:folder", args=[coming.pk]) in html
    for other in (past, off):
        assert reverse("review:folder", args=[other.pk]) not in html


LISTS = ["review:submitted", "review:published", "review:questions"]


@pytest.mark.parametrize("name", LISTS)
def test_each_list_has_a_page_of_its_own(council: Client, member: User, name: str) -> None:
    assert "<h1>" in page(council, reverse(name))
    for number in range(60):
        measure = factories.a_measure(name=f"Maßnahme Nummer {number}")
        publish_at(measure, days_ago(2))
        before_the_council(measure)
        actions.ask_question(measure=measure, text=f"Wann {number}?", by=member)
    assert reverse(name) in page(council)
    assert "?page=2" in page(council, reverse(name))
    assert council.get(reverse(name) + "?page=99").status_code == 404


@pytest.mark.parametrize("number", [1, 8])
def test_queries_do_not_grow(
    council: Client, member: User, django_assert_max_num_queries: MaxQueries, number: int
) -> None:
    for place in range(number):
        measure = factories.a_measure()
        for days in (300, 200, 1):
            report = publish_at(measure, days_ago(days), evidence=factories.an_item())
        actions.review_report(report=report, submission=1, verdict="noted", by=member)
        before_the_council(measure)
        actions.ask_question(measure=measure, text="Wann?", by=member)
        a_meeting(a_committee(), start=timezone.now() + timedelta(days=place + 1))
    with django_assert_max_num_queries(25):
        page(council)
    for name in LISTS:
        with django_assert_max_num_queries(12):
            page(council, reverse(name))


@pytest.mark.parametrize("name", ["review:home", *LISTS])
def test_only_council_members_and_only_reading(council: Client, editor_client: Client, name: str) -> None:
    assert Client().get(reverse(name)).status_code == 302
    assert editor_client.get(reverse(name)).status_code == 403
    assert council.post(reverse(name)).status_code == 405
    assert council.get(reverse(name))["Cache-Control"] == "private, no-store"


def test_seeing_is_for_council_members_and_is_sent(council: Client, editor_client: Client) -> None:
    address = reverse("review:seen")
    assert council.get(address).status_code == 405
    assert editor_client.post(address).status_code == 403
    assert Client().post(address).status_code == 403
