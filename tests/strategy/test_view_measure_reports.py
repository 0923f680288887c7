"""What the pages of a measure say of its reports: what they state, who wrote them, whether they are backed."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from strategy.models import Indicator, MeasureLink, Observation, ReportFigure, ReportMilestone, StatusReport
from tests import factories
from tests.signed_in import client_for

pytestmark = pytest.mark.django_db
UNBACKED = ">unbelegt</span>"


def html_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def both_pages(client: Client, report: StatusReport) -> list[str]:
    return [
        html_of(client, address) for address in (report.measure.get_absolute_url(), report.get_absolute_url())
    ]


def head(html: str) -> str:
    """The page up to where the evidence of single claims begins."""
    return html.partition('class="facts facts--wide"')[0]


def test_a_report_without_evidence_says_so_wherever_its_status_stands(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    for html in both_pages(client, report):
        assert UNBACKED in head(html)
    for address in ("/massnahmen/", report.measure.field.get_absolute_url()):
        assert UNBACKED in html_of(client, address)


def test_a_report_with_evidence_is_not_called_unbacked(client: Client) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    factories.evidence(factories.an_item(), report=report)
    factories.publish(report)
    for html in both_pages(client, report):
        assert UNBACKED not in head(html)
    for address in ("/massnahmen/", report.measure.field.get_absolute_url()):
        assert UNBACKED not in html_of(client, address)


def test_evidence_that_nobody_may_see_backs_nothing(client: Client) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    factories.evidence(factories.an_item(public=False), report=report)
    factories.publish(report)
    for html in both_pages(client, report):
        assert UNBACKED in head(html)
    assert UNBACKED in html_of(client, "/massnahmen/")


def test_a_measure_without_a_report_is_unknown_and_not_unbacked(client: Client) -> None:
    factories.a_measure()
    assert UNBACKED not in html_of(client, "/massnahmen/")


def test_what_a_report_states_stands_in_its_words(client: Client) -> None:
    measure = factories.a_measure()
    milestone = measure.milestones.create(slug="m", name="Pilot")
    indicator = Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="je Tag")
    report = factories.a_report(measure, published=False)
    ReportMilestone.objects.create(
        report=report, milestone=milestone, reached=date(2025, 7, 1), reached_precision="quarter"
    )
    ReportFigure.objects.create(
        report=report, indicator=indicator, observed=date(2025, 1, 1), observed_precision="year",
        value="1234.5", certainty="actual",
    )  # fmt: skip
    ReportFigure.objects.create(
        report=report, indicator=indicator, observed=date(2026, 1, 1), observed_precision="year",
        not_yet_measurable=True, not_yet_measurable_reason="Das Jahr läuft noch.",
    )  # fmt: skip
    factories.publish(report)
    for html in both_pages(client, report):
        assert 'Pilot: <span class="nowrap">3. Quartal 2025</span>' in html
        assert "1.234,5 je Tag (tatsächlich)" in html
        assert "noch nicht messbar. Das Jahr läuft noch." in html


def test_milestones_and_figures_name_the_report_that_says_so(client: Client) -> None:
    measure = factories.a_measure()
    report = factories.a_report(measure)
    measure.milestones.create(
        slug="m", name="Pilot", reached=date(2025, 7, 1), reached_precision="quarter", reached_report=report
    )
    indicator = Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="je Tag")
    Observation.objects.create(
        indicator=indicator, observed=date(2025, 1, 1), observed_precision="year", value=7,
        certainty="actual", report=report,
    )  # fmt: skip
    html = html_of(client, measure.get_absolute_url())
    said = f'laut <a href="{report.get_absolute_url()}">Sachstand 1</a>'
    assert html.count(said) == 2
    assert html.count(f"{said} <span") == 2, "the report rests on nothing, so what it says does neither"


def test_haste_is_published_with_its_reason(client: Client) -> None:
    report = factories.a_report(
        factories.a_measure(), published=False, urgent_reason="Der Ausschuss tagt morgen."
    )
    factories.publish(report)
    for html in both_pages(client, report):
        assert "Ohne die nötigen Prüfvermerke veröffentlicht" in html
        assert "Grund: Der Ausschuss tagt morgen." in html


def test_a_new_end_that_nobody_knows_is_said(client: Client) -> None:
    report = factories.a_report(factories.a_measure(), schedule="late", schedule_reason="Personal fehlt.")
    for html in both_pages(client, report):
        assert '<dt>Neues Ende</dt><dd><span class="nowrap">nicht bekannt' in html


@pytest.fixture
def named(db: None) -> StatusReport:
    writer = factories.an_editor(first_name="Erika", last_name="Schreibt")
    return factories.a_report(factories.a_measure(), written_by=writer)


def test_staff_are_named_by_their_role(client: Client, named: StatusReport) -> None:
    for html in both_pages(client, named):
        assert "<dt>Geschrieben</dt><dd>Redaktion</dd>" in html
        assert "<dt>Veröffentlicht</dt><dd>Freigabe</dd>" in html
        assert "Schreibt" not in html


def test_the_city_may_open_the_names(client: Client, named: StatusReport, settings: Settings) -> None:
    settings.CITY = settings.CITY.model_copy(update={"employee_names_public": True})
    for html in both_pages(client, named):
        assert "<dd>Redaktion (Erika Schreibt)</dd>" in html
        assert named.written_by.email not in html


def test_staff_see_the_names_of_their_colleagues(named: StatusReport) -> None:
    assert not settings.CITY.employee_names_public
    for html in both_pages(client_for(factories.an_editor()), named):
        assert "Erika Schreibt" in html


def test_correction_and_corrected_lead_to_each_other(client: Client) -> None:
    measure = factories.a_measure()
    first = factories.a_report(measure)
    second = factories.a_report(measure, corrects=first)
    html = html_of(client, measure.get_absolute_url())
    assert "berichtigt Sachstand 1" in html
    assert f'berichtigt mit <a href="{second.get_absolute_url()}">Sachstand 2</a>' in html


def test_plain_language_has_a_section_of_its_own(client: Client) -> None:
    measure = factories.a_measure(plain_summary="Ein **Computer** geht ans Telefon.")
    field, area = measure.field, measure.field.target_area
    assert area is not None
    for obj in (field, area.strategy):
        obj.plain_summary = "Ein **Computer** geht ans Telefon."
        obj.save()
    for address in (measure.get_absolute_url(), field.get_absolute_url(), "/strategie/"):
        html = html_of(client, address)
        assert '<h2 id="einfach">In einfacher Sprache</h2>' in html
        assert "<strong>Computer</strong>" in html


def test_links_of_a_measure(client: Client) -> None:
    measure = factories.a_measure()
    MeasureLink.objects.create(measure=measure, title="Zum Dienst", url="https://dienst.example/")
    MeasureLink.objects.create(measure=measure, title="Falle", url="javascript:alert(1)", position=1)
    html = html_of(client, measure.get_absolute_url())
    assert 'href="https://dienst.example/"' in html
    assert "javascript:" not in html


def test_without_plain_language_and_links_there_is_no_empty_section(client: Client) -> None:
    html = html_of(client, factories.a_measure().get_absolute_url())
    assert "In einfacher Sprache" not in html
    assert "<h3>Links</h3>" not in html


def test_what_reports_state_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    measure = factories.a_measure()
    for number in range(5):
        MeasureLink.objects.create(measure=measure, title="Link", url=f"https://link.example/{number}")
        milestone = measure.milestones.create(slug=f"m{number}", name="Pilot")
        indicator = Indicator.objects.create(measure=measure, slug=f"i{number}", name="Anrufe", unit="je Tag")
        report = factories.a_report(measure, published=False)
        when: dict[str, Any] = {"reached": date(2025, 1, 1), "reached_precision": "year"}
        ReportMilestone.objects.create(report=report, milestone=milestone, **when)
        ReportFigure.objects.create(
            report=report, indicator=indicator, observed=date(2025, 1, 1), observed_precision="year",
            value=1, certainty="actual",
        )  # fmt: skip
        factories.evidence(factories.an_item(), report=report)
        factories.publish(report)
    with django_assert_num_queries(11):
        client.get(measure.get_absolute_url())
    with django_assert_num_queries(5):
        client.get(report.get_absolute_url())
