"""/redaktion/: reports are begun, written, stated, corrected."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.models import User
from portal.roles import Role
from strategy import actions
from strategy.models import (
    Indicator,
    Measure,
    Milestone,
    ReportFigure,
    ReportMilestone,
    StatusReport,
)
from tests import factories
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db

WORDS = {
    "status": "running",
    "reason": "Der Pilot läuft.",
    "results": "Zwei Ämter **fertig**.",
    "next_steps": "Das dritte Amt.",
    "schedule": "kept",
    "schedule_reason": "",
    "new_end": "",
    "as_of": "3. Quartal 2026",
}


@pytest.fixture(autouse=True)
def statuses(db: None) -> None:
    for code in ("planned", "running", "completed", "paused", "stopped"):
        factories.a_status(code)


@pytest.fixture
def editor(db: None) -> User:
    return factories.an_editor(first_name="Erika")


@pytest.fixture
def client(editor: User) -> Client:
    return client_for(editor)


@pytest.fixture
def measure(db: None) -> Measure:
    return factories.a_measure(slug="voicebot", name="Voicebot")


@pytest.fixture
def draft(measure: Measure, editor: User) -> StatusReport:
    return factories.a_report(measure, published=False, written_by=editor)


def new_url(measure: Measure) -> str:
    return reverse("desk:report-new", args=[measure.slug])


def url(report: StatusReport, step: str = "report") -> str:
    return reverse(f"desk:{step}", args=[report.pk])


def html_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    content: str = response.content.decode()
    return content


def sealed(client: Client, report: StatusReport) -> str:
    """What the form of the page says that its reader has seen."""
    return html_of(client.get(url(report))).partition('name="gesehen" value="')[2].partition('"')[0]


def sent(client: Client, report: StatusReport, **fields: str) -> dict[str, str]:
    return WORDS | {"gesehen": sealed(client, report)} | fields


class TestNew:
    def test_a_draft_is_begun(self, client: Client, editor: User, measure: Measure) -> None:
        response = client.post(new_url(measure), WORDS)
        report = StatusReport.objects.get()
        assert response["Location"] == url(report)
        assert (report.measure, report.number, report.state, report.written_by) == (
            measure,
            1,
            "draft",
            editor,
        )
        assert report.as_of_period is not None
        assert report.as_of_period.iso == "2026-Q3"
        assert report.results == "Zwei Ämter **fertig**."
        assert "ist angelegt" in html_of(client.get(url(report)))

    def test_every_status_shows_its_criterion(self, client: Client, measure: Measure) -> None:
        html = html_of(client.get(new_url(measure)))
        for label in ("geplant", "läuft", "abgeschlossen", "ruht", "eingestellt oder abgelehnt"):
            assert f">Kriterium {label}</span>" in html

    def test_it_opens_with_what_seldom_changes(self, client: Client, measure: Measure) -> None:
        factories.a_report(
            measure, status="paused", reason="Alter Grund.", results="Alte Ergebnisse.", schedule="late",
            schedule_reason="Alter Grund zum Zeitplan.", new_end=date(2027, 1, 1), new_end_precision="year",
        )  # fmt: skip
        html = html_of(client.get(new_url(measure)))
        form = html.partition("<form")[2].rpartition("</form>")[0].rpartition('class="form report-form"')[2]
        assert 'value="paused" id="id_status_3" checked' in form or 'value="paused"' in form
        assert 'value="late"' in form
        assert 'value="2027"' in form
        assert f"{timezone.localdate():%Y}" in form
        for words in ("Alter Grund.", "Alte Ergebnisse.", "Alter Grund zum Zeitplan."):
            assert words not in form, words
            assert words in html, "it stands beside the form"

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("status", "", "Bitte wählen Sie den Status."),
            ("status", "kaputt", "Diesen Status gibt es nicht."),
            ("reason", "  ", "warum der Status zutrifft"),
            ("schedule", "", "ob die Maßnahme im Zeitplan ist"),
            ("schedule", "vielleicht", "keine gültige Auswahl"),
            ("schedule", "late", "Die Maßnahme ist verspätet. Bitte nennen Sie den Grund."),
            ("new_end", "2027", "Ein neues Ende gehört zu „verspätet“."),
            ("new_end", "demnächst", "Dieses Datum verstehen wir nicht."),
            ("as_of", "", "Bitte nennen Sie den Stand."),
            ("as_of", "31.2.2026", "Dieses Datum verstehen wir nicht."),
            ("reason", "x\x00y", "Nullzeichen"),
            ("reason", "x" * 100_000, "Dieser Text hat 100000 Zeichen."),
            (
                "results",
                "|a|b|\n|-|-|\n" + "|x|y|\n" * 3000,
                "Eine Tabelle darf höchstens 2000 Zellen haben.",
            ),
            ("next_steps", "x" * 100_000, "Dieser Text hat 100000 Zeichen."),
            ("new_end", "9" * 5000, "höchstens"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
        self, client: Client, measure: Measure, field: str, value: str, words: str
    ) -> None:
        html = html_of(client.post(new_url(measure), WORDS | {field: value}))
        assert words in html
        assert f'href="#id_{field}' in html
        for name, kept in WORDS.items():
            if name != field and len(kept) > 10:
                assert kept in html
        assert not StatusReport.objects.exists()

    @pytest.mark.parametrize("text", ["\ud800", "\udfff x \ud800"])
    def test_half_a_character_breaks_nothing(self, client: Client, measure: Measure, text: str) -> None:
        body = "&".join(f"{name}={value}" for name, value in (WORDS | {"reason": "%ED%A0%80 x"}).items())
        response = client.post(
            new_url(measure), body.encode(), content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code in (200, 302)
        assert text not in StatusReport.objects.values_list("reason", flat=True)

    def test_late_with_reason_and_a_new_end(self, client: Client, measure: Measure) -> None:
        client.post(
            new_url(measure),
            WORDS | {"schedule": "late", "schedule_reason": "Personal fehlt.", "new_end": "Q3 2027"},
        )
        report = StatusReport.objects.get()
        assert report.new_end_period is not None
        assert (report.schedule, report.new_end_period.iso) == ("late", "2027-Q3")

    def test_one_report_at_a_time(self, client: Client, draft: StatusReport) -> None:
        response = client.get(new_url(draft.measure))
        assert response["Location"] == url(draft)
        assert "ist schon ein Sachstand in Arbeit" in html_of(client.get(url(draft)))

    def test_somebody_was_faster_and_nothing_is_lost(self, client: Client, draft: StatusReport) -> None:
        html = html_of(client.post(new_url(draft.measure), WORDS))
        assert f'href="{url(draft)}"' in html
        assert "Zwei Ämter **fertig**." in html
        assert StatusReport.objects.count() == 1

    def test_preview_of_a_text_saves_nothing(self, client: Client, measure: Measure) -> None:
        html = html_of(client.post(new_url(measure), WORDS | {"vorschau": "results"}))
        assert "Zwei Ämter <strong>fertig</strong>." in html
        assert not StatusReport.objects.exists()

    def test_a_measure_that_is_not_public_gets_reports_too(self, client: Client) -> None:
        closed = factories.a_measure(published=False)
        assert client.post(new_url(closed), WORDS).status_code == 302


class TestCorrection:
    @pytest.fixture
    def published(self, measure: Measure) -> StatusReport:
        milestone = measure.milestones.create(slug="m", name="Pilot")
        indicator = Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="je Tag")
        report = factories.a_report(measure, published=False, reason="Falscher Grund.", results="Ergebnis.")
        item = factories.an_item()
        paragraph = factories.a_paragraph(item, "Der Voicebot kommt.")
        factories.evidence(item, report=report, contribution=paragraph, quote="Der Voicebot kommt.", note="N")
        ReportMilestone.objects.create(
            report=report, milestone=milestone, reached=date(2026, 7, 1), reached_precision="quarter"
        )
        ReportFigure.objects.create(
            report=report, indicator=indicator, observed=date(2026, 1, 1), observed_precision="year",
            value="12.5", certainty="actual",
        )  # fmt: skip
        ReportFigure.objects.create(
            report=report, indicator=indicator, observed=date(2027, 1, 1), observed_precision="year",
            not_yet_measurable=True, not_yet_measurable_reason="Erst 2027.",
        )  # fmt: skip
        factories.publish(report)
        return report

    def test_it_opens_with_every_word_of_the_report_that_it_corrects(
        self, client: Client, published: StatusReport
    ) -> None:
        html = html_of(client.get(f"{new_url(published.measure)}?berichtigt=1"))
        assert "Sachstand 1 berichtigen" in html
        form = html.rpartition("</form>")[0].rpartition('class="form report-form"')[2]
        assert "Falscher Grund." in form
        assert "Ergebnis." in form

    def test_it_takes_over_what_the_other_rests_on_and_states(
        self, client: Client, published: StatusReport
    ) -> None:
        client.post(f"{new_url(published.measure)}?berichtigt=1", WORDS | {"uebernehmen": "ja"})
        report = StatusReport.objects.get(number=2)
        assert report.corrects == published
        piece = report.evidence.get()
        assert piece.contribution is not None
        assert (piece.quote, piece.note, piece.contribution.position) == ("Der Voicebot kommt.", "N", 1)
        assert report.milestones.get().reached_precision == "quarter"
        assert sorted(str(figure.value) for figure in report.figures.all()) == ["12.5000", "None"]

    def test_or_not(self, client: Client, published: StatusReport) -> None:
        client.post(f"{new_url(published.measure)}?berichtigt=1", WORDS)
        report = StatusReport.objects.get(number=2)
        assert not report.evidence.exists()
        assert not report.milestones.exists()

    def test_what_is_no_longer_public_is_not_taken_over_and_said(
        self, client: Client, published: StatusReport
    ) -> None:
        item = published.evidence.get().agenda_item
        assert item is not None
        type(item).objects.filter(pk=item.pk).update(public=False)
        response = client.post(
            f"{new_url(published.measure)}?berichtigt=1", WORDS | {"uebernehmen": "ja"}, follow=True
        )
        assert "Ein Beleg konnte nicht übernommen werden" in html_of(response)
        assert not StatusReport.objects.get(number=2).evidence.exists()

    @pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9" * 30, "²"])
    def test_only_a_published_report_is_corrected(
        self, client: Client, published: StatusReport, number: str
    ) -> None:
        assert client.get(f"{new_url(published.measure)}?berichtigt={number}").status_code == 404

    def test_the_published_one_leads_there(self, client: Client, published: StatusReport) -> None:
        html = html_of(client.get(url(published)))
        assert f'href="{new_url(published.measure)}?berichtigt=1"' in html
        assert f'href="{published.get_absolute_url()}"' in html


class TestEdit:
    def test_words_are_saved(self, client: Client, editor: User, draft: StatusReport) -> None:
        response = client.post(url(draft), sent(client, draft, reason="Neuer Grund."))
        assert response["Location"] == url(draft)
        draft.refresh_from_db()
        assert (draft.reason, draft.changed_by) == ("Neuer Grund.", editor)
        assert "data-keep-saved" in html_of(client.get(url(draft)))

    def test_why_it_was_returned_stands_on_top(self, client: Client, draft: StatusReport) -> None:
        factories.submit(draft)
        actions.return_report(report=draft, reason="Der Beleg fehlt.", by=factories.a_releaser())
        html = html_of(client.get(url(draft)))
        assert html.index("Der Beleg fehlt.") < html.index('class="form report-form"')
        response = client.post(url(draft), sent(client, draft, reason="Neuer Grund.", tun="submit"))
        assert response.status_code == 302
        draft.refresh_from_db()
        assert (draft.state, draft.reason) == ("submitted", "Neuer Grund.")

    @pytest.mark.parametrize(
        ("button", "target"),
        [
            ("save", "/redaktion/sachstaende/{pk}/"),
            ("preview", "/redaktion/sachstaende/{pk}/vorschau/"),
            ("add", "/redaktion/belege/neu/report/{pk}/"),
            ("change-7", "/redaktion/belege/7/"),
            ("remove-7", "/redaktion/belege/7/entfernen/"),
            ("part", "/redaktion/sachstaende/{pk}/#angaben"),
            ("milestone-7", "/redaktion/sachstaende/{pk}/#angaben"),
            ("figure-" + "9" * 40, "/redaktion/sachstaende/{pk}/#angaben"),
            ("change-", "/redaktion/sachstaende/{pk}/"),
            ("change-²", "/redaktion/sachstaende/{pk}/"),
            ("Unsinn", "/redaktion/sachstaende/{pk}/"),
        ],
    )
    def test_the_button_says_where_to_go_after_saving(
        self, client: Client, draft: StatusReport, button: str, target: str
    ) -> None:
        response = client.post(url(draft), sent(client, draft, reason="Neuer Grund.", tun=button))
        assert response["Location"] == target.format(pk=draft.pk)
        draft.refresh_from_db()
        assert draft.reason == "Neuer Grund."

    def test_the_second_decides_field_by_field(self, client: Client, draft: StatusReport) -> None:
        mine = sent(client, draft, reason="Mein Grund.", results="Meine Ergebnisse.")
        other = client_with(Role.EDITOR)
        other.post(url(draft), sent(other, draft, reason="Anderer Grund.", results="", next_steps="Anderes."))
        html = html_of(client.post(url(draft), mine))
        assert "Jemand hat inzwischen gespeichert" in html
        for words in ("Mein Grund.", "Anderer Grund.", "Meine Ergebnisse."):
            assert words in html
        draft.refresh_from_db()
        assert draft.reason == "Anderer Grund."
        base = html.partition('name="gesehen" value="')[2].partition('"')[0]
        decided = {"choice-reason": "meine", "choice-next_steps": "andere", "choice-results": "meine"}
        response = client.post(url(draft), mine | {"gesehen": base} | decided)
        assert response.status_code == 302, html_of(response)[:200]
        draft.refresh_from_db()
        assert (draft.reason, draft.results) == ("Mein Grund.", "Meine Ergebnisse.")
        assert draft.next_steps == "Anderes."

    def test_what_the_other_changed_elsewhere_stays_and_is_said(
        self, client: Client, draft: StatusReport
    ) -> None:
        client.post(url(draft), sent(client, draft))
        mine = sent(client, draft, reason="Mein Grund.")
        other = client_with(Role.EDITOR)
        other.post(url(draft), sent(other, draft, next_steps="Anderes."))
        html = html_of(client.post(url(draft), mine, follow=True))
        assert "Inzwischen hat jemand auch das geändert: Nächste Schritte." in html
        draft.refresh_from_db()
        assert (draft.reason, draft.next_steps) == ("Mein Grund.", "Anderes.")

    def test_a_forged_base_loses_nothing(self, client: Client, draft: StatusReport) -> None:
        html = html_of(
            client.post(url(draft), sent(client, draft, gesehen="gefälscht", reason="Mein Grund."))
        )
        assert "Mein Grund." in html
        draft.refresh_from_db()
        assert draft.reason == "Die Arbeit hat begonnen."

    def test_submitted_meanwhile_keeps_the_words(self, client: Client, draft: StatusReport) -> None:
        mine = sent(client, draft, reason="Mein Grund.")
        actions.submit_report(report=draft, by=factories.an_editor())
        html = html_of(client.post(url(draft), mine))
        assert "Dieser Sachstand ist eingereicht." in html
        assert "Mein Grund." in html

    def test_published_meanwhile_keeps_the_words(self, client: Client, draft: StatusReport) -> None:
        mine = sent(client, draft, reason="Mein Grund.")
        factories.publish(draft)
        html = html_of(client.post(url(draft), mine))
        assert "Schreiben Sie eine Berichtigung." in html
        assert "Mein Grund." in html

    def test_discarded_meanwhile_keeps_the_words(self, client: Client, draft: StatusReport) -> None:
        mine = sent(client, draft, reason="Mein Grund.")
        address = url(draft)
        actions.discard_report(report=draft, by=factories.an_editor())
        html = html_of(client.post(address, mine), 404)
        assert "Mein Grund." in html
        assert "Zwei Ämter **fertig**." in html


class TestStated:
    @pytest.fixture
    def milestone(self, measure: Measure) -> Milestone:
        return measure.milestones.create(slug="m", name="Pilot")

    @pytest.fixture
    def indicator(self, measure: Measure) -> Indicator:
        return Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="je Tag")

    def test_a_milestone(self, client: Client, draft: StatusReport, milestone: Milestone) -> None:
        typed = {"meilenstein-milestone": str(milestone.pk), "meilenstein-reached": "Juli 2026"}
        client.post(url(draft), sent(client, draft, tun="part", **typed))
        row = draft.milestones.get()
        assert row.reached_period is not None
        assert (row.milestone, row.reached_period.iso) == (milestone, "2026-07")
        html = html_of(client.get(url(draft)))
        assert "Pilot" in html
        client.post(url(draft), sent(client, draft, tun=f"milestone-{row.pk}"))
        assert not draft.milestones.exists()

    def test_a_value(self, client: Client, draft: StatusReport, indicator: Indicator) -> None:
        typed = {
            "messwert-indicator": str(indicator.pk),
            "messwert-observed": "2026",
            "messwert-value": "1.234,5",
            "messwert-certainty": "actual",
        }
        client.post(url(draft), sent(client, draft, tun="part", **typed))
        row = draft.figures.get()
        assert (str(row.value), row.certainty, row.not_yet_measurable) == ("1234.5000", "actual", False)
        client.post(url(draft), sent(client, draft, tun=f"figure-{row.pk}"))
        assert not draft.figures.exists()

    def test_not_yet_measurable(self, client: Client, draft: StatusReport, indicator: Indicator) -> None:
        typed = {
            "messwert-indicator": str(indicator.pk),
            "messwert-observed": "2026",
            "messwert-not_yet_measurable_reason": "Das Jahr läuft noch.",
        }
        client.post(url(draft), sent(client, draft, tun="part", **typed))
        row = draft.figures.get()
        assert (row.value, row.not_yet_measurable, row.not_yet_measurable_reason) == (
            None,
            True,
            "Das Jahr läuft noch.",
        )

    def test_what_was_typed_is_taken_whatever_the_button(
        self, client: Client, draft: StatusReport, milestone: Milestone
    ) -> None:
        typed = {"meilenstein-milestone": str(milestone.pk), "meilenstein-reached": "2026"}
        client.post(url(draft), sent(client, draft, tun="save", **typed))
        assert draft.milestones.exists()

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            (
                {"meilenstein-milestone": "999999", "meilenstein-reached": "2026"},
                "Diesen Meilenstein hat die Maßnahme nicht.",
            ),
            ({"meilenstein-reached": "2026"}, "Bitte wählen Sie den Meilenstein."),
            ({"meilenstein-reached": "bald"}, "Dieses Datum verstehen wir nicht."),
            ({"messwert-value": "viel"}, "Das ist keine Zahl."),
            ({"messwert-value": "1"}, "Bitte wählen Sie die Kennzahl."),
            ({"messwert-value": "1"}, "Bitte sagen Sie, wie sicher der Wert ist."),
            ({"messwert-value": "9" * 40}, "Diese Zahl ist zu"),
            (
                {"messwert-observed": "2026"},
                "Bitte nennen Sie den Wert, oder warum er noch nicht messbar ist.",
            ),
            (
                {"messwert-value": "1", "messwert-not_yet_measurable_reason": "Erst 2027."},
                "Entweder ein Wert oder ein Grund",
            ),
            ({"messwert-not_yet_measurable_reason": "x\x00"}, "Nullzeichen"),
        ],
    )
    def test_what_is_wrong_is_said_and_the_text_above_is_saved(
        self, client: Client, draft: StatusReport, milestone: Milestone, indicator: Indicator,
        typed: dict[str, str], words: str,
    ) -> None:  # fmt: skip
        html = html_of(
            client.post(url(draft), sent(client, draft, reason="Neuer Grund.", tun="part", **typed))
        )
        assert words in html
        assert "Der Text ist gespeichert." in html
        for name, value in typed.items():
            if name == "meilenstein-milestone":
                continue  # A choice that is none cannot be shown.
            assert value.replace("\x00", "") in html.replace("\x00", "")
        draft.refresh_from_db()
        assert draft.reason == "Neuer Grund."
        assert not draft.milestones.exists()
        assert not draft.figures.exists()

    def test_another_measures_milestone_is_no_choice(self, client: Client, draft: StatusReport) -> None:
        foreign = factories.a_measure().milestones.create(slug="f", name="Fremd")
        typed = {"meilenstein-milestone": str(foreign.pk), "meilenstein-reached": "2026"}
        assert "Diesen Meilenstein hat die Maßnahme nicht." in html_of(
            client.post(url(draft), sent(client, draft, **typed))
        )

    def test_a_row_of_another_report_is_not_taken_away(self, client: Client, draft: StatusReport) -> None:
        other = factories.a_report(factories.a_measure(), published=False)
        milestone = other.measure.milestones.create(slug="f", name="Fremd")
        row = ReportMilestone.objects.create(
            report=other, milestone=milestone, reached=date(2026, 1, 1), reached_precision="year"
        )
        client.post(url(draft), sent(client, draft, tun=f"milestone-{row.pk}"))
        assert other.milestones.exists()


class TestEvidence:
    def test_without_evidence_it_says_unbacked(self, client: Client, draft: StatusReport) -> None:
        assert "Er kann so veröffentlicht werden." in html_of(client.get(url(draft)))

    def test_evidence_is_listed_with_its_place(self, client: Client, draft: StatusReport) -> None:
        item = factories.an_item()
        piece = factories.evidence(item, report=draft, note="Die Stelle")
        html = html_of(client.get(url(draft)))
        assert piece.place in html
        assert f'value="change-{piece.pk}"' in html
        assert f'value="remove-{piece.pk}"' in html
        assert "Er kann so veröffentlicht werden." not in html

    def test_a_source_that_was_closed_is_not_named(self, client: Client, draft: StatusReport) -> None:
        item = factories.an_item(public=False, title="Geheimer Punkt", number="N 1")
        factories.evidence(item, report=draft, note="Geheime Notiz")
        html = html_of(client.get(url(draft)))
        assert "Quelle nicht mehr öffentlich" in html
        assert "Geheim" not in html


class TestLadder:
    """Who may open it, and what a bad address gets."""

    @pytest.mark.parametrize("role", [Role.RELEASER, Role.REVIEWER, Role.ADMINISTRATOR])
    def test_only_editors_begin_a_report(self, measure: Measure, role: Role) -> None:
        assert client_with(role).get(new_url(measure)).status_code == 403
        assert client_with(role).post(new_url(measure), WORDS).status_code == 403
        assert not StatusReport.objects.exists()

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
    def test_a_draft_is_for_those_who_write_and_release(self, draft: StatusReport, role: Role) -> None:
        assert client_with(role).get(url(draft)).status_code == 403

    def test_who_releases_reads_a_draft_and_does_not_write_it(self, draft: StatusReport) -> None:
        client = client_with(Role.RELEASER)
        html = html_of(client.get(url(draft)))
        assert "Die Arbeit hat begonnen." in html
        assert 'name="reason"' not in html
        assert client.post(url(draft), WORDS).status_code == 403

    @pytest.mark.parametrize("address", [new_url, url], ids=["new", "report"])
    def test_a_stranger_signs_in_first(self, draft: StatusReport, address: Callable[[Any], str]) -> None:
        path = address(draft.measure if address is new_url else draft)
        response = Client().get(path)
        assert response.status_code == 302
        assert "next=" in response["Location"]
        response = Client().post(path, WORDS)
        assert response.status_code == 403
        assert "Zwei Ämter **fertig**." in response.content.decode(), "what was typed is kept"

    @pytest.mark.parametrize(
        "path", ["sachstaende/999999/", f"sachstaende/{10**30}/", "massnahmen/x/sachstand/neu/"]
    )
    def test_what_is_not_there(self, client: Client, path: str) -> None:
        assert client.get(f"/redaktion/{path}").status_code == 404

    @pytest.mark.parametrize("path", ["sachstaende/x/", "sachstaende/-1/", "massnahmen/ä/sachstand/neu/"])
    def test_a_bad_address(self, client: Client, path: str) -> None:
        assert client.get(f"/redaktion/{path}").status_code == 404

    @pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
    def test_wrong_method(self, client: Client, draft: StatusReport, method: str) -> None:
        for path in (url(draft), new_url(draft.measure)):
            assert getattr(client, method)(path).status_code == 405

    def test_a_form_from_elsewhere_changes_nothing(self, editor: User, draft: StatusReport) -> None:
        client = client_for(editor, enforce_csrf_checks=True)
        for path in (url(draft), new_url(draft.measure)):
            assert client.post(path, WORDS).status_code == 403
        draft.refresh_from_db()
        assert draft.reason == "Die Arbeit hat begonnen."

    @pytest.mark.parametrize("number", [1, 12])
    def test_queries_do_not_grow(
        self,
        client: Client,
        draft: StatusReport,
        django_assert_num_queries: DjangoAssertNumQueries,
        number: int,
    ) -> None:
        previous = draft.measure
        for place in range(number):
            factories.evidence(factories.an_item(), report=draft)
            milestone = previous.milestones.create(slug=f"m{place}", name="Pilot")
            ReportMilestone.objects.create(
                report=draft, milestone=milestone, reached=date(2026, 1, 1), reached_precision="year"
            )
            indicator = Indicator.objects.create(measure=previous, slug=f"i{place}", name="A", unit="x")
            ReportFigure.objects.create(
                report=draft, indicator=indicator, observed=date(2026, 1, 1), observed_precision="year",
                value=1, certainty="actual",
            )  # fmt: skip
        with django_assert_num_queries(20):
            client.get(url(draft))
