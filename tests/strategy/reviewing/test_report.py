"""/pruefung/sachstaende/<pk>/: a report before the council."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import User
from portal.roles import Role
from strategy import actions
from strategy.models import Indicator, ReportFigure, ReportMilestone, Review, StatusReport
from tests import factories
from tests.signed_in import client_for, client_with
from tests.strategy.reviewing.records import before_the_council, publish_at

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]


def address(report: StatusReport) -> str:
    return reverse("review:report", args=[report.pk])


def page(client: Client, report: StatusReport) -> str:
    response = client.get(address(report))
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def sent(verdict: str = "disagrees", **fields: str) -> dict[str, str]:
    defaults = {"verdict": verdict, "comment": "Das fehlt.", "audience": "verwaltung", "submission": "1"}
    return defaults | fields


# What is shown


def test_shows_the_report_as_everybody_would_read_it(council: Client) -> None:
    report = before_the_council(results="**Fertig** <script>", next_steps="Weiter.")
    item = factories.an_item()
    html = page(council, report)
    assert "<strong>Fertig</strong>" in html
    assert "&lt;script&gt;" in html
    assert "Kriterium läuft" in html
    assert "eingereicht, noch nicht öffentlich" in html
    assert "unbelegt" in html
    assert item.get_absolute_url() not in html


def test_evidence_is_one_click_away(council: Client) -> None:
    measure, item = factories.a_measure(), factories.an_item()
    report = factories.a_report(measure, published=False)
    paragraph = factories.a_paragraph(item, "Der Voicebot kommt.")
    factories.evidence(item, report=report, contribution=paragraph, quote="Der Voicebot kommt.")
    factories.submit(report)
    assert f'href="{item.get_absolute_url()}#absatz-1"' in page(council, report)


def test_evidence_on_closed_records_is_not_shown(council: Client) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    factories.evidence(factories.an_item(public=False, title="Geheim"), report=report, note="Geheim")
    factories.submit(report)
    assert "Geheim" not in page(council, report)


def test_the_first_report_is_compared_with_nothing(council: Client) -> None:
    html = page(council, before_the_council())
    assert "Das ist der erste Sachstand dieser Maßnahme." in html
    assert "<del" not in html


def test_what_is_different_is_named_field_by_field(council: Client) -> None:
    measure = factories.a_measure()
    old, new, kept = (factories.an_item(title=title) for title in ("Alter Punkt", "Neuer Punkt", "Bleibt"))
    first = factories.a_report(measure, published=False, reason="Der Start ist im Mai.", status="planned")
    for item in (old, kept):
        factories.evidence(item, report=first)
    factories.publish(first)
    second = factories.a_report(
        measure, published=False, reason="Der Start war im Juni.", schedule="late",
        schedule_reason="Es dauert.", new_end=date(2026, 1, 1), new_end_precision="year",
    )  # fmt: skip
    for item in (new, kept):
        factories.evidence(item, report=second)
    milestone = measure.milestones.create(slug="m", name="Testlauf")
    ReportMilestone.objects.create(
        report=second, milestone=milestone, reached=date(2025, 6, 1), reached_precision="month"
    )
    indicator = Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="Stück")
    ReportFigure.objects.create(
        report=second, indicator=indicator, observed=date(2025, 6, 1), observed_precision="month", value=1200,
        certainty="actual",
    )  # fmt: skip
    factories.submit(second)
    html = page(council, second)
    difference = text_of(html[html.index('id="anders"') : html.index('id="sachstand"')])
    for words in (
        "Status (entfernt: geplant ) (neu: läuft )",
        "Der Start (entfernt: ist ) (neu: war ) im (entfernt: Mai ) (neu: Juni ) .",
        "Zeitplan (entfernt: nicht bekannt ) (neu: verspätet )",
        "Grund zum Zeitplan (neu: Es dauert. )",
        "Neues Ende (neu: 2026 )",
        f"entfernt: Angaben insgesamt: {old.number}",
        f"neu: Angaben insgesamt: {new.number}",
        "neu: Testlauf: Juni 2025",
        "neu: Anrufe, Juni 2025: 1.200 (Stück; tatsächlich)",
    ):
        assert words in difference, words
    assert kept.number not in difference
    assert "Nächste Schritte" not in difference


def test_what_an_earlier_report_stated_is_not_taken_back(council: Client) -> None:
    measure = factories.a_measure()
    first = factories.a_report(measure, published=False)
    milestone = measure.milestones.create(slug="m", name="Testlauf")
    ReportMilestone.objects.create(
        report=first, milestone=milestone, reached=date(2025, 6, 1), reached_precision="month"
    )
    factories.publish(first)
    assert "Nichts ist anders als in Sachstand 1." in page(council, before_the_council(measure))


def test_a_published_report_is_compared_with_the_one_before_it(council: Client) -> None:
    measure = factories.a_measure()
    for reason in ("Eins.", "Zwei.", "Drei."):
        last = publish_at(measure, timezone.now(), reason=reason)
    second = StatusReport.objects.get(measure=measure, number=2)
    html = page(council, second)
    assert "Was ist anders als in Sachstand 1?" in html
    assert "Drei" not in html
    assert last.get_absolute_url() not in html


def test_a_measure_that_is_not_public_has_no_link(council: Client) -> None:
    report = before_the_council(factories.a_measure(published=False))
    html = page(council, report)
    assert report.measure.get_absolute_url() not in html
    assert "Stattdessen eine Frage stellen" not in html


# A verdict


def test_a_verdict_is_given(council: Client, member: User) -> None:
    report = before_the_council()
    response = council.post(address(report), sent(audience="alle", comment="Wo steht das?"), follow=True)
    assert response.redirect_chain == [(address(report), 302)]
    html = response.content.decode()
    assert "Ihr Prüfvermerk ist gespeichert." in html
    assert "Wo steht das?" in html
    review = Review.objects.get()
    assert (review.reviewer, review.verdict, review.is_public, review.submission) == (
        member, "disagrees", True, 1,
    )  # fmt: skip


def test_only_who_takes_note_may_say_nothing(council: Client) -> None:
    report = before_the_council()
    for verdict in ("disagrees", "needs_evidence"):
        html = council.post(address(report), sent(verdict, comment=" ")).content.decode()
        assert "Bitte schreiben Sie, welcher Beleg fehlt" in html
    assert not Review.objects.exists()
    council.post(address(report), sent("noted", comment=""))
    assert Review.objects.get().comment == ""


def test_without_a_choice_nothing_is_public(council: Client) -> None:
    html = page(council, before_the_council())
    assert re.search(r'value="verwaltung"[^>]*checked', html)


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "great"}, {"verdict": ""}, {"audience": "niemand"}, {"comment": "x" * 4001},
        {"submission": "eins"}, {"submission": ""}, {"submission": "99999999999"}, {"comment": "x\x00y"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_what_was_typed_stays(council: Client, wrong: dict[str, str]) -> None:
    report = before_the_council()
    response = council.post(address(report), sent(**{"comment": "Mühsam getippt."} | wrong))
    assert response.status_code == 200
    html = response.content.decode()
    assert "Noch nicht gespeichert" in html
    if "comment" not in wrong:
        assert "Mühsam getippt." in html
    assert not Review.objects.exists()


def test_a_text_that_changed_meanwhile_is_read_again(council: Client) -> None:
    report = before_the_council()
    factories.give_back(report)
    report.reason = "Der neue Grund."
    factories.submit(report)
    html = council.post(address(report), sent(comment="Zum alten Text.")).content.decode()
    assert "inzwischen neu eingereicht" in html
    assert "Der neue Grund." in html
    assert "Zum alten Text." in html
    assert re.search(r'name="submission" value="2"', html)
    assert not Review.objects.exists()


@pytest.mark.parametrize("back", [True, False])
def test_nothing_is_lost_when_the_report_is_taken_away(council: Client, back: bool) -> None:
    report = before_the_council(reason="Der geheime Grund.")
    if back:
        factories.give_back(report)
    else:
        StatusReport.objects.filter(pk=report.pk).update(state="draft")
    response = council.post(address(report), sent(comment="Lange <b>getippt</b>."))
    assert response.status_code == 409
    html = response.content.decode()
    assert "Lange &lt;b&gt;getippt&lt;/b&gt;." in html
    assert "widerspricht" in html
    assert "Der geheime Grund." not in html
    assert report.measure.name not in html
    assert not Review.objects.exists()


@pytest.mark.parametrize("role", ["written_by", "changed_by"])
def test_nobody_reviews_what_they_wrote(council: Client, member: User, role: str) -> None:
    report = before_the_council(**{role: member})
    html = page(council, report)
    assert "Prüfen muss ihn eine andere Person." in html
    assert 'name="verdict"' not in html
    html = council.post(address(report), sent()).content.decode()
    assert "mitgeschrieben" in html
    assert not Review.objects.exists()


# Who said what


def test_what_is_for_the_staff_other_members_do_not_read(council: Client) -> None:
    report = before_the_council()
    other = factories.a_reviewer(first_name="Hilde", last_name="Heimlich")
    actions.review_report(report=report, submission=1, verdict="disagrees", comment="Vertraulich.", by=other)
    html = page(council, report)
    assert "Vertraulich." not in html
    assert "Heimlich" not in html
    assert "Mitglied des Rates" in html
    for role in (Role.EDITOR, Role.RELEASER):
        html = page(client_with(role), report)
        assert "Vertraulich." in html
        assert "Hilde Heimlich" in html
    assert "Vertraulich." in page(client_for(other), report)


def test_an_open_verdict_is_read_by_every_member(council: Client) -> None:
    report = before_the_council()
    other = factories.a_reviewer()
    actions.review_report(
        report=report, submission=1, verdict="disagrees", comment="Offen.", is_public=True, by=other
    )
    html = page(council, report)
    assert "Offen." in html
    assert other.email not in html


def test_verdicts_on_earlier_texts_stand_apart(council: Client) -> None:
    report = before_the_council()
    actions.review_report(
        report=report, submission=1, verdict="disagrees", comment="Zum ersten Text.", is_public=True,
        by=factories.a_reviewer(),
    )  # fmt: skip
    factories.give_back(report)
    factories.submit(report)
    html = page(council, report)
    assert "Prüfvermerke zu früheren Fassungen (1)" in html
    assert html.index("zu früheren Fassungen") < html.index("Zum ersten Text.")


# Who may come here


def test_staff_looks_and_gives_no_verdict(editor_client: Client) -> None:
    report = before_the_council()
    assert 'name="verdict"' not in page(editor_client, report)
    assert editor_client.post(address(report), sent()).status_code == 403
    assert not Review.objects.exists()


def test_strangers_sign_in_first() -> None:
    report = before_the_council()
    assert Client().get(address(report)).status_code == 302
    assert Client().post(address(report), sent()).status_code == 403


def test_accounts_and_masters_of_data_do_not_come_here() -> None:
    assert client_with(Role.ADMINISTRATOR).get(address(before_the_council())).status_code == 403
    assert client_with().get(address(before_the_council())).status_code == 403


def test_drafts_returned_and_unknown_reports_have_no_page(council: Client, editor_client: Client) -> None:
    draft = factories.a_report(factories.a_measure(), published=False)
    returned = before_the_council()
    factories.give_back(returned)
    for client in (council, editor_client):
        for path in (address(draft), address(returned), "/pruefung/sachstaende/999999/"):
            assert client.get(path).status_code == 404
        assert client.get("/pruefung/sachstaende/eins/").status_code == 404


def test_only_reading_and_sending(council: Client) -> None:
    assert council.delete(address(before_the_council())).status_code == 405


@pytest.mark.parametrize("number", [1, 12])
def test_queries_do_not_grow(council: Client, django_assert_max_num_queries: MaxQueries, number: int) -> None:
    measure = factories.a_measure()
    for _ in range(number):
        publish_at(measure, timezone.now(), evidence=factories.an_item())
    report = factories.a_report(measure, published=False)
    for place in range(number):
        factories.evidence(factories.an_item(), report=report)
        milestone = measure.milestones.create(slug=f"m{place}", name=f"Schritt {place}")
        ReportMilestone.objects.create(
            report=report, milestone=milestone, reached=date(2025, 6, 1), reached_precision="month"
        )
    factories.submit(report)
    for _ in range(number):
        actions.review_report(report=report, submission=1, verdict="noted", by=factories.a_reviewer())
    with django_assert_max_num_queries(20):
        page(council, report)
