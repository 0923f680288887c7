"""What the search knows of the strategy and shows of it; and that every result leads somewhere."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.searching.index import catch_up
from portal.searching.kinds import Found, facets, kinds, labels_of
from portal.searching.models import SearchEntry, SearchPending
from strategy.models import (
    FieldOfAction,
    Measure,
    Milestone,
    Partner,
    Question,
    Status,
    StatusReport,
    TargetArea,
)
from tests import factories
from tests.a_bit_of_everything import Everything, a_bit_of_everything

pytestmark = pytest.mark.django_db
UNPUBLISHED = {"published_at": None, "published_by": None}


@pytest.fixture
def all_there() -> Everything:
    everything = a_bit_of_everything()
    catch_up()
    return everything


def entry(kind: str, thing: Any) -> SearchEntry:
    return SearchEntry.objects.select_related("shelf").get(kind=kind, object_id=thing.pk)


def found(kind: str, thing: Any) -> Found:
    return kinds()[kind].results([thing.pk], set())[thing.pk]


def test_kinds_stand_in_the_order_of_the_page() -> None:
    assert list(kinds()) == ["measure", "report", "question", "item", "motion", "paper", "file"]


class TestEntries:
    def test_a_measure_has_its_texts_without_their_marks(self, all_there: Everything) -> None:
        row = entry("measure", all_there.measure)
        assert row.title == "Telefonzentrale"
        assert " ".join(row.body.split()) == (
            "Ein Voicebot hilft Anrufe und Rückrufe Ein Computer geht ans Telefon"
            " Bürgerservice Probebetrieb Stadtwerke"
        )
        assert row.day is None
        assert row.shelf.field == all_there.measure.field.slug
        assert row.shelf.status == "running"

    def test_a_measure_without_a_report_says_so(self) -> None:
        measure = factories.a_measure()
        factories.a_report(measure, published=False, status="completed")
        catch_up()
        assert entry("measure", measure).shelf.status == "unknown"

    def test_the_status_is_that_of_the_newest_report(self, all_there: Everything) -> None:
        factories.a_report(all_there.measure, status="paused")
        catch_up()
        assert entry("measure", all_there.measure).shelf.status == "paused"
        assert entry("report", all_there.report).shelf.status == "running"

    def test_a_report_has_what_it_was_published_with(self, all_there: Everything) -> None:
        row = entry("report", all_there.report)
        assert row.title == "Telefonzentrale Sachstand"
        assert " ".join(row.body.split()) == (
            "Die Ausschreibung läuft Haushaltsberatung Vertrag geschlossen Schulung der Belegschaft"
            " Probebetrieb Anrufzahl Zähler fehlt Lieferengpass"
        )
        assert str(row.day) == "2025-09-01"
        assert (row.shelf.field, row.shelf.status) == (all_there.measure.field.slug, "running")

    def test_a_question_has_its_answer(self, all_there: Everything) -> None:
        row = entry("question", all_there.question)
        assert (row.title, row.body) == ("Wann kommt der Sprachassistent", "Im Herbst")
        assert str(row.day) == "2025-05-01"
        assert (row.shelf.field, row.shelf.status) == (all_there.measure.field.slug, "answered")

    def test_a_question_of_the_strategy_has_no_field(self, all_there: Everything) -> None:
        Question.objects.update(measure=None, answer="", answered_on=None)
        catch_up()
        row = entry("question", all_there.question)
        assert (row.shelf.field, row.shelf.status) == ("", "open")

    @pytest.mark.parametrize(
        ("model", "kind"), [(Milestone, "measure"), (Partner, "measure"), (FieldOfAction, "measure")]
    )
    def test_other_names_are_found_at_once(self, all_there: Everything, model: Any, kind: str) -> None:
        model.objects.update(name="Umbenannt")
        catch_up()
        assert "Umbenannt" in entry(kind, all_there.measure).body


Hide = Callable[[Everything], Any]


def publish_nothing(model: Any) -> Hide:
    """All rows of the model at once, past every `save`."""
    return lambda everything: model.objects.update(**UNPUBLISHED)


HIDDEN: list[tuple[str, Hide]] = [
    ("field", publish_nothing(FieldOfAction)),
    ("target area", publish_nothing(TargetArea)),
]


@pytest.mark.parametrize("kind", ["measure", "report", "question"])
@pytest.mark.parametrize("hide", [hide for _, hide in HIDDEN], ids=[name for name, _ in HIDDEN])
def test_what_is_hidden_is_gone(all_there: Everything, kind: str, hide: Hide) -> None:
    thing = getattr(all_there, kind)
    hide(all_there)
    assert SearchPending.objects.filter(kind=kind, object_id=thing.pk).exists()
    catch_up()
    assert not SearchEntry.objects.filter(kind=kind).exists()
    assert kinds()[kind].results([thing.pk], set()) == {}


def test_a_measure_takes_its_questions_along(all_there: Everything) -> None:
    """A measure with a published report stands; one without may go."""
    measure = factories.a_measure()
    Question.objects.update(measure=measure)
    catch_up()
    Measure.objects.filter(pk=measure.pk).update(**UNPUBLISHED)
    catch_up()
    assert not SearchEntry.objects.filter(kind="measure", object_id=measure.pk).exists()
    assert not SearchEntry.objects.filter(kind="question").exists()


def test_a_question_that_is_taken_back_is_gone(all_there: Everything) -> None:
    publish_nothing(Question)(all_there)
    catch_up()
    assert not SearchEntry.objects.filter(kind="question").exists()


def test_a_report_on_its_way_is_not_there(all_there: Everything) -> None:
    draft = factories.a_report(all_there.measure, published=False, reason="Geheimer Grund")
    catch_up()
    assert not SearchEntry.objects.filter(kind="report", object_id=draft.pk).exists()
    factories.submit(draft)
    catch_up()
    assert not SearchEntry.objects.filter(kind="report", object_id=draft.pk).exists()
    assert "Geheim" not in str(list(SearchEntry.objects.values_list("body", flat=True)))
    factories.publish(draft)
    catch_up()
    assert "Geheimer Grund" in entry("report", draft).body


def test_verdicts_and_staff_are_not_in_entries(all_there: Everything) -> None:
    """Who wrote and published, and why something was given back, is no text of the report."""
    measure = factories.a_measure()
    author = factories.a_user(first_name="Quasten", last_name="Flosser")
    report = factories.a_report(measure, published=False, written_by=author)
    factories.submit(report)
    report.state, report.return_reason = StatusReport.State.RETURNED, "Quastenflosser fehlt"
    report.returned_at, report.returned_by = factories.NOON, author
    report.save()
    factories.publish(report)
    catch_up()
    rows = SearchEntry.objects.filter(kind__in=["measure", "report"]).values_list("title", "body", "parts")
    assert "flosser" not in str(list(rows)).lower()


@pytest.mark.parametrize("kind", ["measure", "report", "question"])
def test_queries_do_not_grow(
    all_there: Everything, kind: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One for the texts, one for the results: a page may show all kinds at once."""
    for number in range(3):
        measure = factories.a_measure(field=factories.a_field())
        measure.partners.add(Partner.objects.create(slug=f"p{number}", name=f"Partner {number}"))
        factories.a_report(measure)
        Question.objects.create(
            strategy=all_there.strategy, measure=measure, slug=f"f{number}", text="Wann?",
            asked_on=date(2025, 1, 1), published_at=factories.NOON, published_by=factories.a_user(),
        )  # fmt: skip
    ids = list(kinds()[kind].published().values_list("pk", flat=True))
    assert len(ids) == 4
    with django_assert_num_queries(1):
        assert len(list(kinds()[kind].texts(ids))) == 4
    with django_assert_num_queries(1):
        assert len(kinds()[kind].results(ids, {"und"})) == 4


class TestResults:
    def test_a_measure_leads_to_its_sections(self, all_there: Everything) -> None:
        one = found("measure", all_there.measure)
        page = all_there.measure.get_absolute_url()
        assert (one.title, one.url, one.where) == ("Telefonzentrale", page, "Handlungsfeld Bürgerservice")
        assert [(passage.text, passage.url) for passage in one.passages] == [
            ("Ein Voicebot hilft.", page),
            ("Probebetrieb", f"{page}#zeitplan"),
            ("Ein Computer geht ans Telefon.", f"{page}#einfach"),
            ("Anrufe und\nRückrufe", f"{page}#beschreibung"),
            ("Stadtwerke", f"{page}#angaben"),
        ]

    def test_a_report_says_when_it_was_published(self, all_there: Everything) -> None:
        one = found("report", all_there.report)
        assert one.title == "Telefonzentrale: Sachstand 1"
        assert one.where == "läuft, veröffentlicht am 1. September 2025"
        assert one.url == all_there.report.get_absolute_url()
        assert [passage.label for passage in one.passages] == [
            "", "Grund der Eile", "Ergebnisse bisher", "Nächste Schritte", "Erreichter Meilenstein", "Messwert",
            "Zeitplan",
        ]  # fmt: skip

    def test_a_question_leads_to_the_page_that_shows_it(self, all_there: Everything) -> None:
        one = found("question", all_there.question)
        assert one.url == f"{all_there.measure.get_absolute_url()}#frage-wann"
        assert one.where == "Frage aus dem Rat vom 1. Mai 2025 zu Telefonzentrale"
        Question.objects.update(measure=None)
        assert found("question", all_there.question).url == "/strategie/#frage-wann"
        assert found("question", all_there.question).where == "Frage aus dem Rat vom 1. Mai 2025"

    @pytest.mark.parametrize("measure", [True, False], ids=["of a measure", "of the strategy"])
    def test_every_address_leads_to_a_place_of_the_portal_or_out_of_it(
        self, all_there: Everything, client: Client, measure: bool
    ) -> None:
        if not measure:
            Question.objects.update(measure=None)
        words = {"glasfaser", "breitband", "kosten"}
        results = [
            one
            for kind in kinds().values()
            for one in kind.results(kind.published().values_list("pk", flat=True), words).values()
        ]
        addresses = {one.url for one in results} | {place.url for one in results for place in one.passages}
        outside = {address for address in addresses if address.startswith("https://")}
        assert {address.partition("#")[2] for address in outside} == {"", "page=3", "page=12"}
        for address in addresses - outside:
            page, _, anchor = address.partition("#")
            response = client.get(page)
            assert response.status_code == 200, address
            if anchor:
                assert f'id="{anchor}"' in response.content.decode(), address


class TestFacetNames:
    def test_fields_are_named_where_they_are_public(self, all_there: Everything) -> None:
        factories.a_field(slug="geheim", name="Geheimes Feld", published=False)
        public = all_there.measure.field.slug
        assert facets()["field"].label == "Handlungsfeld"
        names = labels_of({"field": [public, "geheim", "unbekannt", "\0", ""]})
        assert names == {"field": {public: "Bürgerservice"}}

    def test_a_city_may_rename_a_status(self, all_there: Everything) -> None:
        Status.objects.filter(code="running").update(label="in Arbeit")
        assert facets()["status"].label == "Status"
        names = labels_of({"status": ["open", "running", "answered", "unknown", "x"], "field": []})
        assert names["status"] == {
            "running": "in Arbeit",
            "unknown": "noch kein Sachstand",
            "answered": "beantwortet",
            "open": "offen",
        }

    def test_all_names_take_one_query(
        self, all_there: Everything, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        wanted = {"field": [all_there.measure.field.slug], "status": ["running"], "committees": ["1"]}
        with django_assert_num_queries(1):
            assert set(labels_of(wanted)) == set(wanted)
        with django_assert_num_queries(0):
            assert labels_of({"status": ["open"]}) == {"status": {"open": "offen"}}
