"""/redaktion/: the way of a report, and its preview on the pages that everybody will read."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.models import User
from portal.roles import Role
from strategy import actions
from strategy.models import Indicator, Observation, ReportFigure, ReportMilestone, StatusReport
from tests import factories
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db
STEPS = ("report-submit", "report-take-back", "report-return", "report-publish", "report-discard")
STEPS_OF = {
    Role.EDITOR: ("report-submit", "report-take-back", "report-discard"),
    Role.RELEASER: ("report-return", "report-publish"),
}
FIRST = {"submission": "1"}
"""Part of every decision: which text was read."""
PREVIEWS = ("report-preview", "report-preview-report")


@pytest.fixture
def editor(db: None) -> User:
    return factories.an_editor()


@pytest.fixture
def releaser(db: None) -> User:
    return factories.a_releaser()


@pytest.fixture
def draft(editor: User) -> StatusReport:
    return factories.a_report(factories.a_measure(), published=False, written_by=editor)


@pytest.fixture
def submitted(draft: StatusReport, editor: User) -> StatusReport:
    return actions.submit_report(report=draft, by=editor)


def url(report: StatusReport, step: str = "report") -> str:
    return reverse(f"desk:{step}", args=[report.pk])


def html_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    content: str = response.content.decode()
    return content


def state_of(report: StatusReport) -> str:
    report.refresh_from_db()
    return report.state


class TestSteps:
    def test_submitted_and_taken_back(self, editor: User, draft: StatusReport) -> None:
        client = client_for(editor)
        assert client.post(url(draft, "report-submit"))["Location"] == url(draft)
        assert state_of(draft) == "submitted"
        html = html_of(client.get(url(draft)))
        assert "Noch kein Prüfvermerk; nötig ist 1." in html
        assert 'name="reason"' not in html
        assert client.post(url(draft, "report-take-back")).status_code == 302
        assert state_of(draft) == "draft"

    def test_returned_with_a_reason(self, releaser: User, submitted: StatusReport) -> None:
        client = client_for(releaser)
        assert (
            client.post(
                url(submitted, "report-return"), {"zurueckgabe-reason": "Beleg fehlt.", **FIRST}
            ).status_code
            == 302
        )
        assert state_of(submitted) == "returned"
        assert "Beleg fehlt." in html_of(client.get(url(submitted)))

    @pytest.mark.parametrize("reason", ["", "   ", "x\x00", "x" * 3000])
    def test_not_without_a_reason_that_can_be_read(
        self, releaser: User, submitted: StatusReport, reason: str
    ) -> None:
        html = html_of(
            client_for(releaser).post(url(submitted, "report-return"), {"zurueckgabe-reason": reason})
        )
        assert "kern-error" in html
        assert state_of(submitted) == "submitted"

    def test_published_after_a_review(self, releaser: User, submitted: StatusReport) -> None:
        client = client_for(releaser)
        factory = factories.a_reviewer()
        actions.review_report(report=submitted, submission=1, verdict="noted", by=factory)
        html = html_of(client.get(url(submitted)))
        assert "Der Sachstand kann veröffentlicht werden." in html
        assert "zur Kenntnis genommen" in html
        client.post(url(submitted, "report-publish"), FIRST)
        assert state_of(submitted) == "published"
        html = html_of(client.get(url(submitted)))
        assert submitted.get_absolute_url() in html

    def test_published_after_the_days_without_review(self, releaser: User, submitted: StatusReport) -> None:
        long_ago = timezone.now() - timedelta(days=15)
        StatusReport.objects.filter(pk=submitted.pk).update(submitted_at=long_ago)
        client_for(releaser).post(url(submitted, "report-publish"), FIRST)
        assert state_of(submitted) == "published"

    def test_not_before_the_reviews(self, releaser: User, submitted: StatusReport) -> None:
        html = html_of(client_for(releaser).post(url(submitted, "report-publish"), FIRST), 409)
        assert "Es fehlen noch Prüfvermerke." in html
        assert state_of(submitted) == "submitted"

    def test_in_a_hurry_with_a_reason_that_is_published(
        self, releaser: User, submitted: StatusReport
    ) -> None:
        client = client_for(releaser)
        assert "Ohne Prüfvermerke veröffentlichen" in html_of(client.get(url(submitted)))
        client.post(url(submitted, "report-publish"), {"eile-reason": "Der Ausschuss tagt morgen.", **FIRST})
        assert state_of(submitted) == "published"
        assert "Der Ausschuss tagt morgen." in html_of(Client().get(submitted.get_absolute_url()))

    @pytest.mark.parametrize("number", ["1", "", "x", "-2", "9" * 50, "\u0662"])
    @pytest.mark.parametrize("step", ["report-publish", "report-return"])
    def test_nobody_decides_on_a_text_that_they_have_not_read(
        self, releaser: User, editor: User, submitted: StatusReport, step: str, number: str
    ) -> None:
        actions.take_back_report(report=submitted, by=editor)
        actions.submit_report(report=submitted, by=editor)
        fields = {"eile-reason": "Es eilt.", "zurueckgabe-reason": "Mein Grund.", "submission": number}
        client = client_for(releaser)
        html = html_of(client.post(url(submitted, step), fields), 409)
        assert "Bitte lesen Sie ihn noch einmal." in html
        assert state_of(submitted) == "submitted"
        assert ("Es eilt." if step == "report-publish" else "Mein Grund.") in html
        assert 'name="submission" value="2"' in html
        assert client.post(url(submitted, step), {**fields, "submission": "2"}).status_code == 302

    def test_hurry_without_a_reason(self, releaser: User, submitted: StatusReport) -> None:
        html = html_of(client_for(releaser).post(url(submitted, "report-publish"), {"eile-reason": " "}))
        assert "Bitte nennen Sie den Grund." in html
        assert state_of(submitted) == "submitted"

    def test_nobody_publishes_alone(self) -> None:
        both = factories.an_account(Role.EDITOR, Role.RELEASER)
        report = factories.a_report(factories.a_measure(), published=False, written_by=both)
        actions.submit_report(report=report, by=both)
        client = client_for(both)
        assert "Veröffentlichen muss ihn eine andere Person." in html_of(client.get(url(report)))
        html = html_of(client.post(url(report, "report-publish"), {"eile-reason": "Es eilt.", **FIRST}), 409)
        assert "Sie haben daran mitgeschrieben." in html
        assert "Es eilt." not in html or state_of(report) == "submitted"
        assert state_of(report) == "submitted"

    def test_discarding_asks_first(self, editor: User, draft: StatusReport) -> None:
        client = client_for(editor)
        assert "verwerfen?" in html_of(client.get(url(draft, "report-discard")))
        assert StatusReport.objects.exists()
        response = client.post(url(draft, "report-discard"))
        assert response["Location"] == reverse("desk:measure", args=[draft.measure.slug])
        assert not StatusReport.objects.exists()
        assert client.post(url(draft, "report-discard"))["Location"] == reverse("desk:home")

    def test_what_was_reviewed_is_not_discarded(self, editor: User, submitted: StatusReport) -> None:
        actions.review_report(report=submitted, submission=1, verdict="noted", by=factories.a_reviewer())
        actions.take_back_report(report=submitted, by=editor)
        html = html_of(client_for(editor).post(url(submitted, "report-discard")), 409)
        assert "Zu diesem Sachstand gibt es Prüfvermerke." in html

    @pytest.mark.parametrize("state", ["draft", "submitted", "returned", "published"])
    @pytest.mark.parametrize("step", STEPS)
    def test_a_step_that_does_not_fit_is_told_and_changes_nothing(
        self, draft: StatusReport, editor: User, releaser: User, step: str, state: str
    ) -> None:
        fits = {
            "report-submit": ("draft", "returned"),
            "report-take-back": ("submitted",),
            "report-return": ("submitted",),
            "report-publish": ("submitted",),
            "report-discard": ("draft", "returned"),
        }
        if state in fits[step]:
            return
        if state != "draft":
            actions.submit_report(report=draft, by=editor)
        if state == "returned":
            actions.return_report(report=draft, reason="Fehlt.", by=releaser)
        if state == "published":
            actions.publish_report(report=draft, by=releaser, urgent_reason="Eile.")
        client = client_for(releaser if step in STEPS_OF[Role.RELEASER] else editor)
        fields = {"zurueckgabe-reason": "Mein Grund.", "eile-reason": "Meine Eile.", **FIRST}
        html = html_of(client.post(url(draft, step), fields), 409)
        assert 'role="alert"' in html
        assert state_of(draft) == state

    def test_a_reason_survives_that_the_report_is_gone(
        self, releaser: User, editor: User, draft: StatusReport
    ) -> None:
        address = url(draft, "report-return")
        actions.discard_report(report=draft, by=editor)
        html = html_of(client_for(releaser).post(address, {"zurueckgabe-reason": "Mein Grund."}), 404)
        assert "Mein Grund." in html


class TestLadder:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("role", list(Role))
    def test_each_step_has_its_role(self, submitted: StatusReport, role: Role, step: str) -> None:
        status = client_with(role).post(url(submitted, step)).status_code
        assert (status == 403) is (step not in STEPS_OF.get(role, ()))

    @pytest.mark.parametrize("step", STEPS)
    def test_a_stranger_does_nothing(self, submitted: StatusReport, step: str) -> None:
        response = Client().post(url(submitted, step), {"zurueckgabe-reason": "Ein Grund."})
        assert response.status_code == 403
        assert state_of(submitted) == "submitted"

    @pytest.mark.parametrize("step", [step for step in STEPS if step != "report-discard"])
    def test_steps_are_sent_and_not_opened(self, submitted: StatusReport, step: str) -> None:
        client = client_with(Role.EDITOR, Role.RELEASER)
        assert client.get(url(submitted, step)).status_code == 405

    @pytest.mark.parametrize("step", STEPS)
    def test_a_form_from_elsewhere_does_nothing(self, submitted: StatusReport, step: str) -> None:
        user = factories.an_account(Role.EDITOR, Role.RELEASER)
        response = client_for(user, enforce_csrf_checks=True).post(url(submitted, step))
        assert response.status_code == 403
        assert state_of(submitted) == "submitted"

    @pytest.mark.parametrize("number", ["999999", "9" * 30])
    @pytest.mark.parametrize("name", ["verwerfen", "vorschau", "vorschau/sachstand"])
    def test_what_is_not_there(self, number: str, name: str) -> None:
        client = client_with(Role.EDITOR)
        assert client.get(f"/redaktion/sachstaende/{number}/{name}/").status_code == 404

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_the_preview_is_for_those_who_write_and_release(self, submitted: StatusReport, name: str) -> None:
        address = url(submitted, name)
        for role in Role:
            allowed = role in (Role.EDITOR, Role.RELEASER)
            assert client_with(role).get(address).status_code == (200 if allowed else 403)
        assert Client().get(address).status_code == 302
        assert client_with(Role.EDITOR).post(address).status_code == 405

    @pytest.mark.parametrize("number", [1, 12])
    def test_queries_do_not_grow(
        self,
        releaser: User,
        submitted: StatusReport,
        django_assert_num_queries: DjangoAssertNumQueries,
        number: int,
    ) -> None:
        for _ in range(number):
            actions.review_report(
                report=submitted, submission=1, verdict="noted", by=factories.a_reviewer(first_name="R")
            )
        client = client_for(releaser)
        with django_assert_num_queries(16):
            client.get(url(submitted))


class TestPreview:
    """What the preview shows is what everybody reads afterwards."""

    @pytest.fixture
    def rich(self, editor: User) -> StatusReport:
        measure = factories.a_measure(
            plain_summary="Kurz.", planned_end=date(2026, 1, 1), planned_end_precision="year"
        )
        first = factories.a_report(measure, status="planned", reason="Erst geplant.")
        report = factories.a_report(
            measure, published=False, corrects=first, written_by=editor, results="**Viel**.", schedule="late",
            schedule_reason="Personal fehlt.", new_end=date(2027, 7, 1), new_end_precision="quarter",
        )  # fmt: skip
        item = factories.an_item()
        paragraph = factories.a_paragraph(item, "Der Voicebot kommt.", speaker=factories.a_person())
        factories.evidence(
            item, report=report, contribution=paragraph, quote="Der Voicebot kommt.", aspect="status"
        )
        factories.evidence(factories.an_item(), measure=measure, aspect="planned_end")
        reached = measure.milestones.create(slug="a", name="Pilot")
        measure.milestones.create(
            slug="b", name="Betrieb", planned=date(2027, 1, 1), planned_precision="year"
        )
        ReportMilestone.objects.create(
            report=report, milestone=reached, reached=date(2026, 7, 1), reached_precision="quarter"
        )
        indicator = Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="je Tag")
        known = Observation.objects.create(
            indicator=indicator,
            observed=date(2025, 1, 1),
            observed_precision="year",
            value=5,
            certainty="actual",
        )
        factories.evidence(factories.an_item(), observation=known, aspect="amount")
        for year, value in ((2026, "7.5"), (2025, "6"), (2024, "4")):
            ReportFigure.objects.create(
                report=report, indicator=indicator, observed=date(year, 1, 1), observed_precision="year",
                value=value, certainty="estimated",
            )  # fmt: skip
        actions.submit_report(report=report, by=editor)
        actions.review_report(
            report=report, submission=1, verdict="disagrees", comment="Das stimmt nicht.", is_public=True,
            by=factories.a_reviewer(first_name="Ada"),
        )  # fmt: skip
        return report

    @staticmethod
    def main(html: str) -> str:
        """What the page says, without the banner above it and the day of publication."""
        main = html.partition('<nav class="breadcrumb"')[2].partition("</main>")[0]
        return re.sub(r"veröffentlicht am <time[^>]*>[^<]*</time>", "veröffentlicht", main)

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_not_a_letter_is_different_after_publication(
        self, rich: StatusReport, editor: User, releaser: User, name: str
    ) -> None:
        before = html_of(client_for(editor).get(url(rich, name)))
        assert "Öffentlich ist er noch nicht." in before
        actions.publish_report(report=rich, by=releaser)
        public = rich.measure.get_absolute_url() if name == "report-preview" else rich.get_absolute_url()
        after = html_of(Client().get(public))
        assert "Vorschau" not in after
        own_page = url(rich, "report-preview-report"), rich.get_absolute_url()
        assert self.main(before).replace(*own_page) == self.main(after)
        assert "Der Voicebot kommt." in after or name != "report-preview"
        assert "3. Quartal 2026" in after
        assert "Das stimmt nicht." in after

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_looking_changes_nothing(self, rich: StatusReport, editor: User, name: str) -> None:
        before = StatusReport.objects.values().get(pk=rich.pk)
        client_for(editor).get(url(rich, name))
        assert StatusReport.objects.values().get(pk=rich.pk) == before
        assert rich.measure.milestones.get(slug="a").reached is None
        assert Observation.objects.count() == 1

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_a_closed_source_is_not_shown_as_a_public_one(
        self, draft: StatusReport, editor: User, name: str
    ) -> None:
        closed = factories.an_item(public=False, title="Geheimer Punkt")
        paragraph = factories.a_paragraph(closed, "Geheimes Wort.")
        factories.evidence(
            closed, report=draft, contribution=paragraph, quote="Geheimes Wort.", note="Geheim."
        )
        html = html_of(client_for(editor).get(url(draft, name)))
        assert "Geheim" not in html
        assert ">unbelegt</span>" in html

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_of_a_measure_that_is_not_public(self, editor: User, name: str) -> None:
        report = factories.a_report(factories.a_measure(published=False), published=False)
        html = html_of(client_for(editor).get(url(report, name)))
        assert "Auch die Maßnahme ist noch nicht öffentlich." in html

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_what_is_published_has_its_page(self, editor: User, name: str) -> None:
        report = factories.a_report(factories.a_measure())
        target = report.measure if name == "report-preview" else report
        assert client_for(editor).get(url(report, name))["Location"] == target.get_absolute_url()

    @pytest.mark.parametrize("name", PREVIEWS)
    def test_names_are_as_hidden_as_they_will_be(self, name: str) -> None:
        writer = factories.an_editor(first_name="Erika", last_name="Schreibt")
        report = factories.a_report(factories.a_measure(), published=False, written_by=writer)
        main = self.main(html_of(client_with(Role.RELEASER).get(url(report, name))))
        assert "Schreibt" not in main
