"""/massnahmen/<slug>/ and its reports."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sessions.models import Motion, Organization, Person, Vote
from strategy.models import Indicator, Measure, MoneyItem, Observation, Partner, Question, Status
from tests import factories
from tests.sessions.council import a_motion, a_paper

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]
MARK = '<span class="mark">erschlossen</span>'


def page(client: Client, measure: Measure) -> str:
    response = client.get(measure.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_report_nothing_is_claimed(client: Client) -> None:
    html = page(client, factories.a_measure())
    assert "noch keinen Sachstand" in html
    assert "Zu Kosten und Einsparungen ist nichts bekannt" in html
    assert html.count("nicht bekannt") >= 5


def test_the_newest_published_report_is_the_state(client: Client) -> None:
    measure = factories.a_measure()
    factories.a_report(measure, status="planned", reason="Erst geplant.")
    factories.a_report(measure, status="running", reason="Jetzt begonnen.")
    factories.a_report(measure, published=False, status="completed", reason="Heimlich fertig.")
    html = page(client, measure)
    assert "Jetzt begonnen." in html
    assert "Erst geplant." in html
    assert "Heimlich fertig." not in html
    assert "Kriterium läuft" in html


def test_a_report_keeps_the_words_of_its_status(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    Status.objects.update(label="in Arbeit", criterion="Ganz anders.")
    for address in (report.measure.get_absolute_url(), report.get_absolute_url()):
        html = client.get(address).content.decode()
        assert "Kriterium für „läuft“: Kriterium läuft" in html
        assert "in Arbeit" not in html


def test_a_quote_leads_to_its_paragraph(client: Client) -> None:
    measure = factories.a_measure()
    item = factories.an_item()
    paragraph = factories.a_paragraph(item, "Der Voicebot kommt.", speaker=factories.a_person(name="Grimm"))
    report = factories.a_report(measure, published=False)
    factories.evidence(
        item, report=report, contribution=paragraph, quote="Der Voicebot kommt.", aspect="status"
    )
    factories.publish(report)
    html = page(client, measure)
    assert f'href="/rat/tops/{item.pk}/#absatz-1"' in html
    assert "„Der Voicebot kommt.“" in html
    assert "Ratsfrau Grimm" in html


def test_who_is_not_elected_is_quoted_by_function(client: Client) -> None:
    measure = factories.a_measure()
    item = factories.an_item()
    speaker = factories.a_person(
        name="Geheim", title="Herr", kind=Person.Kind.EMPLOYEE, role="Chief Digital Officer"
    )
    paragraph = factories.a_paragraph(item, "Es läuft.", speaker=speaker)
    factories.evidence(item, measure=measure, contribution=paragraph, quote="Es läuft.")
    html = page(client, measure)
    assert "Chief Digital Officer" in html
    assert "Geheim" not in html


def test_motions_of_the_same_debate_show_their_votes(client: Client) -> None:
    measure = factories.a_measure()
    item = factories.an_item()
    motion = Motion.objects.create(agenda_item=item, position=1, kind="procedural", wording="zu vertagen")
    Vote.objects.create(
        agenda_item=item, position=1, on="procedural", motion=motion, result="rejected", yes=2, no=5
    )
    factories.evidence(item, measure=measure)
    html = page(client, measure)
    assert "zu vertagen" in html
    assert "abgelehnt" in html
    assert "nicht genannt" in html
    assert f"/rat/tops/{item.pk}/#antrag-1" in html


def test_money_shows_kind_year_certainty_and_base(client: Client) -> None:
    measure = factories.a_measure()
    MoneyItem.objects.create(
        measure=measure,
        slug="a",
        name="Lizenz",
        kind="investment",
        amount=17170,
        certainty="actual",
        year=2025,
    )
    MoneyItem.objects.create(
        measure=measure, slug="b", name="Ersparnis", kind="saving", base="Personal",
        not_yet_measurable=True, not_yet_measurable_reason="Erst am Ende.",
    )  # fmt: skip
    html = page(client, measure)
    for words in (
        "17.170",
        "einmalige Kosten",
        "2025",
        "tatsächlich",
        "noch nicht messbar",
        "Erst am Ende.",
        "Personal",
    ):
        assert words in html
    assert html.count("unbelegt") >= 2


def test_a_range_of_money_names_both_ends(client: Client) -> None:
    measure = factories.a_measure()
    MoneyItem.objects.create(
        measure=measure, slug="a", name="WLAN", kind="cost", amount=12500, amount_max=15000,
        certainty="stated", year=2025,
    )  # fmt: skip
    text = " ".join(page(client, measure).replace("\u00a0", " ").split())
    assert "12.500 € bis 15.000 €" in text
    assert "Die Quelle nennt den Betrag, sagt aber nicht, wie sicher er ist." in text


VALUES = {
    "responsible": "Bereich 72</a>",
    "partner": "vialytics</a>",
    "planned_start": "Januar 2024</time>",
    "planned_end": "Februar 2025</time>",
    "actual_start": "März 2024</time>",
    "actual_end": "April 2025</time>",
}
"""What the page shows of each claim of a measure, up to where the mark stands."""


@pytest.mark.parametrize("aspect", VALUES)
def test_a_conclusion_is_marked_at_its_value(client: Client, aspect: str) -> None:
    measure = factories.a_measure(
        planned_start=date(2024, 1, 1), planned_start_precision="month",
        planned_end=date(2025, 2, 1), planned_end_precision="month",
        actual_start=date(2024, 3, 1), actual_start_precision="month",
        actual_end=date(2025, 4, 1), actual_end_precision="month",
    )  # fmt: skip
    measure.responsible_units.add(
        Organization.objects.create(external_id="unit:72", body=factories.a_body(), name="Bereich 72")
    )
    measure.partners.add(Partner.objects.create(slug="vialytics", name="vialytics"))
    item = factories.an_item()
    factories.evidence(item, measure=measure, aspect=aspect)
    assert MARK not in page(client, measure)
    factories.evidence(item, measure=measure, aspect=aspect, is_inferred=True, note="Ein Schluss.")
    html = page(client, measure)
    assert f"{VALUES[aspect]} {MARK}" in html
    # Once at the value and once at the source.
    assert html.count(MARK) == 2


def test_conclusions_are_marked_at_milestones_figures_money_and_schedule(client: Client) -> None:
    measure = factories.a_measure()
    item = factories.an_item()
    milestone = measure.milestones.create(
        slug="m", name="Auswertung", planned=date(2024, 10, 1), planned_precision="quarter",
        reached=date(2025, 3, 1), reached_precision="month",
    )  # fmt: skip
    indicator = Indicator.objects.create(measure=measure, slug="note", name="Note", unit="Note")
    observation = Observation.objects.create(
        indicator=indicator, observed=date(2020, 1, 1), observed_precision="year", value="3.5",
        certainty="stated",
    )  # fmt: skip
    money = MoneyItem.objects.create(
        measure=measure, slug="a", name="Preis", kind="cost", amount=5, certainty="stated", year=2025
    )
    report = factories.a_report(measure, published=False, schedule="late", schedule_reason="Es dauert.")
    for subject, aspect in (
        ({"milestone": milestone}, "planned"), ({"observation": observation}, "amount"),
        ({"money_item": money}, "amount"), ({"report": report}, "schedule"),
    ):  # fmt: skip
        factories.evidence(item, **subject, aspect=aspect, is_inferred=True, note="Ein Schluss.")
    factories.publish(report)
    html = page(client, measure)
    for value in ("4. Quartal 2024</span>", "3,5", "5\u00a0€", "verspätet"):
        assert f"{value} {MARK}" in html, value
    assert f"März 2025</time> {MARK}" not in html


def test_what_is_concluded_in_general_marks_only_its_source(client: Client) -> None:
    measure = factories.a_measure()
    money = MoneyItem.objects.create(
        measure=measure, slug="a", name="Preis", kind="cost", amount=5, certainty="stated", year=2025
    )
    factories.evidence(factories.an_item(), money_item=money, is_inferred=True, note="Ein Schluss.")
    assert page(client, measure).count(MARK) == 1


@pytest.mark.parametrize(("direction", "shown"), [("down", "(weniger ist besser)"), ("neutral", "")])
def test_the_direction_of_a_figure_shows_where_there_is_one(
    client: Client, direction: str, shown: str
) -> None:
    measure = factories.a_measure()
    Indicator.objects.create(
        measure=measure, slug="n", name="Mittlere Note", unit="Note", direction=direction
    )
    assert f"<caption>Note{' ' * bool(shown)}{shown}</caption>" in page(client, measure)


def test_an_answer_may_leave_something_open(client: Client) -> None:
    measure = factories.a_measure()
    Question.objects.create(
        strategy=measure.field.target_area.strategy, measure=measure, slug="f", text="Wo und wie viel?",
        asked_on=date(2025, 8, 20), answer="Überall.", answered_on=date(2025, 8, 20), answer_is_partial=True,
        published_at=factories.NOON, published_by=factories.a_user(),
    )  # fmt: skip
    assert ">teilweise beantwortet</span>" in page(client, measure)


def test_indicators_questions_and_markdown(client: Client) -> None:
    measure = factories.a_measure(description="**Fett** <script>")
    indicator = Indicator.objects.create(measure=measure, slug="note", name="Mittlere Note", unit="Note")
    Observation.objects.create(
        indicator=indicator,
        observed=date(2020, 1, 1),
        observed_precision="year",
        value="3.5",
        certainty="actual",
    )
    Question.objects.create(
        strategy=measure.field.target_area.strategy, measure=measure, slug="f", text="Wann denn?",
        asked_on=date(2025, 8, 20), published_at=factories.NOON, published_by=factories.a_user(),
    )  # fmt: skip
    html = page(client, measure)
    assert "<strong>Fett</strong>" in html
    assert "<script>" not in html
    assert "3,5" in html
    assert "Wann denn?" in html
    assert "Noch keine Antwort." in html


def test_a_correction_stands_beside_what_it_corrects(client: Client) -> None:
    measure = factories.a_measure()
    first = factories.a_report(measure, reason="Falsch.")
    second = factories.a_report(measure, reason="Richtig.", corrects=first)
    assert "berichtigt Sachstand 1" in page(client, measure)
    old = client.get(first.get_absolute_url()).content.decode()
    assert "Falsch." in old
    assert second.get_absolute_url() in old
    assert "Dieser Sachstand wurde berichtigt" in old
    assert "Berichtigt" in client.get(second.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_a_report_that_is_not_published_has_no_page(client: Client, state: str) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    if state != "draft":
        factories.submit(report)
    if state == "returned":
        factories.give_back(report)
    assert client.get(report.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("path", ["/massnahmen/geheim/", "/massnahmen/geheim/sachstand/1/"])
def test_a_hidden_measure_has_no_page(client: Client, path: str) -> None:
    factories.a_report(factories.a_measure(slug="geheim", published=False))
    assert client.get(path).status_code == 404


def test_evidence_on_closed_records_does_not_show(client: Client) -> None:
    measure = factories.a_measure()
    closed = factories.an_item(public=False, title="Geheimer Punkt")
    factories.evidence(
        closed, measure=measure, contribution=factories.a_paragraph(closed, "Geheim."), quote="Geheim."
    )
    html = page(client, measure)
    assert "Geheim" not in html


def test_evidence_on_a_motion_in_writing_goes_with_its_paper(client: Client) -> None:
    measure, paper = factories.a_measure(), a_paper()
    motion = a_motion(factories.an_item(), wording="Der Antrag.", paper=paper)
    factories.evidence(motion=motion, measure=measure, note="Anmerkung zum Antrag")
    assert "Anmerkung zum Antrag" in page(client, measure)
    paper.public = False
    paper.save()
    assert "Anmerkung zum Antrag" not in page(client, measure)


def test_only_reading(client: Client) -> None:
    measure = factories.a_measure()
    assert client.post(measure.get_absolute_url()).status_code == 405
    assert client.post(factories.a_report(measure).get_absolute_url()).status_code == 405


@pytest.mark.parametrize("number", [1, 30])
def test_queries_do_not_grow(client: Client, django_assert_num_queries: MaxQueries, number: int) -> None:
    measure = factories.a_measure()
    for place in range(number):
        item = factories.an_item()
        paragraph = factories.a_paragraph(item, "Wort.", speaker=factories.a_person())
        report = factories.a_report(measure, published=False)
        factories.evidence(item, report=report, contribution=paragraph, quote="Wort.")
        factories.publish(report)
        motion = Motion.objects.create(agenda_item=item, position=1, wording="x", mover=factories.a_person())
        Vote.objects.create(agenda_item=item, position=1, motion=motion, result="accepted", yes=1)
        indicator = Indicator.objects.create(measure=measure, slug=f"i{place}", name="Zahl", unit="Stück")
        Observation.objects.create(
            indicator=indicator,
            observed=date(2020, 1, 1),
            observed_precision="day",
            value=1,
            certainty="actual",
        )
        measure.milestones.create(slug=f"m{place}", name="Schritt")
    with django_assert_num_queries(12):
        client.get(measure.get_absolute_url())


@pytest.mark.parametrize("number", [1, 30])
def test_queries_of_a_report_do_not_grow(
    client: Client, django_assert_num_queries: MaxQueries, number: int
) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    for _ in range(number):
        factories.evidence(factories.an_item(), report=report)
    factories.publish(report)
    with django_assert_num_queries(5):
        client.get(report.get_absolute_url())
