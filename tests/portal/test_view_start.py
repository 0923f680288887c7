"""/: the strategy at a glance."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sessions.models import Meeting
from strategy.models import Measure, Question, Status
from tests import factories

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]


def page(client: Client) -> str:
    return client.get("/").content.decode()


def test_before_anything_is_there_it_says_so(client: Client) -> None:
    html = page(client)
    assert "Noch ist keine Strategie veröffentlicht." in html
    assert "Keine kommende Sitzung" in html
    assert "Noch ist keine Frage" in html
    assert "Daten zuletzt aktualisiert: noch nicht" in html


def test_every_number_leads_to_exactly_that_list(client: Client) -> None:
    verkehr = factories.a_field(name="Verkehr", slug="verkehr")
    for status, origin, field in (
        ("running", "strategy", verkehr), ("running", "strategy", None), ("planned", "other", None),
        (None, "strategy", None), (None, "other", verkehr),
    ):  # fmt: skip
        measure = factories.a_measure(origin=origin, field=field or factories.a_field())
        if status:
            factories.a_report(measure, status=status)
    html = page(client)
    links = re.findall(r'href="(/massnahmen/\?[^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    counted = 0
    for address, text in links:
        number = re.search(r"\d+", re.sub(r"<[^>]+>", " ", text))
        if number:
            listed = client.get(address.replace("&amp;", "&")).content.decode()
            assert f"{number[0]} Maßnahme" in listed, address
            counted += 1
    assert counted >= 8


def test_measures_of_one_status_count_together_whatever_it_was_called_then(client: Client) -> None:
    factories.a_report(factories.a_measure())
    Status.objects.update(label="in Arbeit")
    factories.a_report(factories.a_measure())
    shares = client.get("/").context["glance"].in_strategy.segments
    assert [(segment.label, segment.count) for segment in shares] == [("in Arbeit", 2)]


def test_shows_the_newest_report_of_each_measure(client: Client) -> None:
    measure = factories.a_measure()
    factories.a_report(measure, reason="Der alte Stand.")
    factories.a_report(measure, reason="Der neue Stand.", as_of=date(2025, 9, 1))
    factories.a_report(measure, reason="Der Entwurf.", published=False)
    html = page(client)
    assert "Der neue Stand." in html
    assert "Der alte Stand." not in html
    assert "Der Entwurf." not in html


def test_shows_coming_and_past_items_about_the_strategy(client: Client) -> None:
    measure = factories.a_measure()
    for days, title in ((10, "Kommt noch"), (-10, "War schon"), (-5, "Andere Sache")):
        meeting = Meeting.objects.create(
            external_id=f"meeting:{days}",
            body=factories.a_body(),
            start=timezone.now() + timedelta(days=days),
        )
        item = factories.an_item(meeting=meeting, title=title)
        if title != "Andere Sache":
            factories.evidence(item, measure=measure)
    html = page(client)
    assert html.index("Kommt noch") < html.index("Letzte Sitzungen") < html.index("War schon")
    assert "Andere Sache" not in html


def test_counts_open_and_answered_questions(client: Client) -> None:
    strategy = factories.a_strategy()
    common = {"strategy": strategy, "published_at": factories.NOON, "published_by": factories.a_user()}
    Question.objects.create(slug="a", text="Wie teuer?", asked_on=date(2025, 1, 1), **common)
    Question.objects.create(
        slug="b",
        text="Wann?",
        asked_on=date(2025, 1, 1),
        answer="Bald.",
        answered_on=date(2025, 2, 1),
        **common,
    )
    Question.objects.create(strategy=strategy, slug="c", text="Geheim?", asked_on=date(2025, 1, 1))
    html = page(client)
    assert "1 beantwortet, 1 offen." in html
    Question.objects.create(
        slug="d",
        text="Wo und wie viel?",
        asked_on=date(2025, 1, 1),
        answer="Überall.",
        answered_on=date(2025, 2, 1),
        answer_is_partial=True,
        **common,
    )
    html = page(client)
    assert "1 beantwortet, 1 teilweise beantwortet, 1 offen." in html
    assert "Geheim?" not in html


@pytest.mark.parametrize("is_backed", [True, False])
def test_a_state_without_evidence_is_said_to_be_without(client: Client, is_backed: bool) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    if is_backed:
        factories.evidence(factories.an_item(), report=report)
    factories.publish(report)
    html = client.get("/").content.decode()
    card = html[html.index('<li class="card') :].partition("</li></ul>")[0]
    assert (">unbelegt</span>" in card) is not is_backed


@pytest.mark.parametrize("number", [1, 30])
def test_queries_do_not_grow(client: Client, django_assert_num_queries: MaxQueries, number: int) -> None:
    strategy = factories.a_strategy()
    for place in range(number):
        measure = factories.a_measure()
        factories.a_report(measure)
        start = datetime(2025, 8, 20, 14, tzinfo=UTC) + timedelta(days=place)
        meeting = Meeting.objects.create(external_id=f"m:{place}", body=factories.a_body(), start=start)
        factories.evidence(factories.an_item(meeting=meeting), measure=measure)
        Question.objects.create(
            strategy=strategy, slug=f"q{place}", text="Wann?", asked_on=date(2025, 1, 1),
            published_at=factories.NOON, published_by=factories.a_user(),
        )  # fmt: skip
    with django_assert_num_queries(11):
        client.get("/")


def test_a_measure_that_is_not_published_is_not_counted(client: Client) -> None:
    factories.a_report(factories.a_measure(published=False, name="Geheime Sache"))
    html = page(client)
    assert "Geheime Sache" not in html
    assert Measure.objects.published().count() == 0
