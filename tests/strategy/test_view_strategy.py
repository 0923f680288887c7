"""/strategie/ and /handlungsfelder/<slug>/."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client

from portal.searching.index import catch_up
from sessions.models import Paper
from strategy.models import Edition, EditionMeasure, MoneyItem, Question, TargetArea
from tests import factories

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]


def test_shows_fields_measures_money_questions_and_editions(client: Client) -> None:
    strategy = factories.a_strategy(name="Unsere Strategie", binding_note="Nur ein Ausblick.")
    measure = factories.a_measure(
        name="Voicebot", field=factories.a_field(name="Bürgerservice", is_working_title=True)
    )
    factories.a_measure(
        name="Anderes", origin="other", field=factories.a_field(name="Netze", target_area=None)
    )
    published = {"published_at": factories.NOON, "published_by": factories.a_user()}
    edition = Edition.objects.create(strategy=strategy, slug="2025", name="Fortschreibung 2025", **published)
    EditionMeasure.objects.create(
        edition=edition, measure=measure, official_wording="Einführung eines Voicebots"
    )
    MoneyItem.objects.create(
        strategy=strategy, slug="basis", name="Personal", kind="reference", amount=98_000_000,
        certainty="actual", year_note="Jahr nicht genannt", base="Haushaltssicherungskonzept",
    )  # fmt: skip
    Question.objects.create(strategy=strategy, slug="f", text="Wann?", asked_on=date(2025, 1, 1), **published)
    html = client.get("/strategie/").content.decode()
    for words in (
        "Unsere Strategie", "Nur ein Ausblick.", "Voicebot", "Bürgerservice", "Arbeitstitel", "Weitere Digitalprojekte",
        "Netze", "Fortschreibung 2025", "Einführung eines Voicebots", "98.000.000", "Bezugsgröße, keine Einsparung",
        "Jahr nicht genannt", "Wann?",
    ):  # fmt: skip
        assert words in html


def test_nothing_hidden_shows(client: Client) -> None:
    strategy = factories.a_strategy()
    factories.a_field(name="Geheimes Feld", published=False)
    factories.a_measure(name="Geheime Sache", published=False)
    Edition.objects.create(strategy=strategy, slug="x", name="Geheime Fassung")
    Question.objects.create(strategy=strategy, slug="f", text="Geheime Frage?", asked_on=date(2025, 1, 1))
    assert "Geheim" not in client.get("/strategie/").content.decode()


def test_what_hangs_below_something_hidden_is_hidden_too(client: Client) -> None:
    """An unpublished field or target area would else be named by its published measures."""
    strategy = factories.a_strategy()
    published = {"published_at": factories.NOON, "published_by": factories.a_user()}
    hidden_area = TargetArea.objects.create(strategy=strategy, slug="geheim", name="Geheimes Zielfeld")
    for field in (
        factories.a_field(name="Geheimes Feld", published=False),
        factories.a_field(name="Geheimes Unterfeld", target_area=hidden_area),
    ):
        measure = factories.a_measure(name="Geheime Sache", field=field)
        factories.a_report(measure, reason="Geheimer Grund.")
        milestone = measure.milestones.create(slug="m", name="Geheimer Schritt")
        item = factories.an_item()
        factories.evidence(item, milestone=milestone)
        Question.objects.create(
            strategy=strategy,
            measure=measure,
            slug=f"q{field.pk}",
            text="Geheime Frage?",
            asked_on=date(2025, 1, 1),
            **published,
        )
        for address in (measure.get_absolute_url(), field.get_absolute_url()):
            assert client.get(address).status_code == 404
        assert "Geheim" not in client.get(item.get_absolute_url()).content.decode()
    paper = Paper.objects.create(
        external_id="p", body=factories.a_body(), reference="GEHEIM/1/25", public=False
    )
    Edition.objects.create(strategy=strategy, slug="e", name="Fassung", adopted_by=paper, **published)
    catch_up()
    for address in ("/", "/strategie/", "/massnahmen/"):
        assert "geheim" not in client.get(address).content.decode().lower(), address
    # A search repeats what was asked for; beside that, it answers as for a word that nobody has written.
    asked, nobodys = (client.get("/suche/", {"q": q}).content.decode() for q in ("geheim", "quasten"))
    assert asked.replace("geheim", "quasten") == nobodys
    assert b"geheim" not in client.get("/suche/vorschlaege/", {"q": "gehe"}).content.lower()


def test_without_a_published_strategy_the_page_says_so(client: Client) -> None:
    factories.a_strategy(published=False, name="Geheime Strategie")
    response = client.get("/strategie/")
    assert response.status_code == 200
    assert "Noch ist keine Strategie veröffentlicht." in response.content.decode()
    assert "Geheime Strategie" not in response.content.decode()


@pytest.mark.parametrize("is_backed", [True, False])
def test_a_state_without_evidence_is_said_to_be_without(client: Client, is_backed: bool) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    if is_backed:
        factories.evidence(factories.an_item(), report=report)
    factories.publish(report)
    html = client.get("/strategie/").content.decode()
    card = html[html.index('<li class="card') :].partition("</li></ul>")[0]
    assert (">unbelegt</span>" in card) is not is_backed


@pytest.mark.parametrize("number", [1, 20])
def test_queries_do_not_grow(client: Client, django_assert_num_queries: MaxQueries, number: int) -> None:
    strategy = factories.a_strategy()
    published = {"published_at": factories.NOON, "published_by": factories.a_user()}
    edition = Edition.objects.create(strategy=strategy, slug="2025", name="2025", **published)
    for place in range(number):
        measure = factories.a_measure(field=factories.a_field())
        factories.a_report(measure)
        EditionMeasure.objects.create(edition=edition, measure=measure)
        Question.objects.create(
            strategy=strategy, slug=f"q{place}", text="?", asked_on=date(2025, 1, 1), asked_by=factories.a_person(),
            **published,
        )  # fmt: skip
        factories.evidence(factories.an_item(), question=Question.objects.get(slug=f"q{place}"))
    with django_assert_num_queries(11):
        client.get("/strategie/")


class TestField:
    def test_lists_its_measures_with_their_status(self, client: Client) -> None:
        field = factories.a_field(name="Verkehr", is_working_title=True)
        factories.a_report(factories.a_measure(name="Straßen", field=field))
        factories.a_measure(name="Geheim", field=field, published=False)
        factories.a_measure(name="Woanders", field=factories.a_field())
        html = client.get(field.get_absolute_url()).content.decode()
        assert "Straßen" in html
        assert "läuft" in html
        assert "Arbeitstitel" in html
        assert "Geheim" not in html
        assert "Woanders" not in html

    def test_an_empty_field_says_so(self, client: Client) -> None:
        html = client.get(factories.a_field().get_absolute_url()).content.decode()
        assert "noch keine Maßnahme veröffentlicht" in html

    def test_a_hidden_field_has_no_page(self, client: Client) -> None:
        assert client.get(factories.a_field(published=False).get_absolute_url()).status_code == 404
        assert client.get("/handlungsfelder/gibt-es-nicht/").status_code == 404

    def test_only_reading(self, client: Client) -> None:
        assert client.post(factories.a_field().get_absolute_url()).status_code == 405

    @pytest.mark.parametrize("number", [1, 60])
    def test_queries_do_not_grow(
        self, client: Client, django_assert_num_queries: MaxQueries, number: int
    ) -> None:
        field = factories.a_field()
        for _ in range(number):
            factories.a_report(factories.a_measure(field=field))
        with django_assert_num_queries(6):
            client.get(field.get_absolute_url())
