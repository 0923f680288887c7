"""Two voices: what everybody sees of the council's verdicts, beside the administration's report."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sessions.models import Person
from strategy import actions
from strategy.models import CouncilSeat, Question, Review, StatusReport
from tests import factories

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]


def a_verdict(report: StatusReport, verdict: str = "disagrees", **fields: Any) -> Review:
    report.refresh_from_db()
    by = fields.pop("by", None) or factories.a_reviewer()
    defaults = {"comment": "Das sehe ich anders."}
    return actions.review_report(
        report=report, submission=report.submission, verdict=verdict, by=by, **defaults | fields
    )


def pages(client: Client, report: StatusReport) -> list[str]:
    """The public page of the measure, and that of its report."""
    addresses = (report.measure.get_absolute_url(), report.get_absolute_url())
    return [client.get(address).content.decode() for address in addresses]


def words(html: str) -> str:
    return " ".join(html.split())


def test_without_a_verdict_it_says_so(client: Client) -> None:
    for html in pages(client, factories.a_report(factories.a_measure())):
        assert "Noch kein Prüfvermerk." in html


def test_each_verdict_is_counted_for_itself(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    for verdict in ("noted", "noted", "disagrees"):
        a_verdict(report, verdict)
    for html in pages(client, report):
        assert "zur Kenntnis genommen: <b>2</b> Mitglieder<" in html
        assert "widerspricht: <b>1</b> Mitglied<" in html
        assert "braucht Belege" not in html


def test_what_is_for_the_staff_is_only_counted(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    reviewer = factories.a_reviewer(first_name="Hilde", last_name="Heimlich")
    a_verdict(report, comment="Nur für die Verwaltung.", by=reviewer)
    for html in pages(client, report):
        assert "widerspricht: <b>1</b> Mitglied<" in html
        for secret in ("Nur für die Verwaltung.", "Heimlich", reviewer.email):
            assert secret not in html


def test_what_a_member_opened_shows_name_and_comment(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    reviewer = factories.a_reviewer(first_name="Wird", last_name="Ersetzt")
    person = factories.a_person(name="Grimm")
    CouncilSeat.objects.create(user=reviewer, person=person)
    a_verdict(report, is_public=True, comment="Offen <b>gesagt</b>.", by=reviewer)
    for html in pages(client, report):
        assert f'<a href="{person.get_absolute_url()}">Ratsfrau Grimm</a>' in html
        assert "Offen &lt;b&gt;gesagt&lt;/b&gt;." in html


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"first_name": "Anna", "last_name": "Muster"}, "<b>Anna Muster</b>"),
        ({}, "<b>Mitglied des Rates</b>"),
    ],
)
def test_a_member_without_a_seat_is_called_by_the_account_and_never_by_its_address(
    client: Client, names: dict[str, str], shown: str
) -> None:
    report = factories.a_report(factories.a_measure())
    reviewer = factories.a_reviewer(**names)
    a_verdict(report, is_public=True, by=reviewer)
    for html in pages(client, report):
        assert shown in html
        assert reviewer.email not in html


def test_a_seat_of_somebody_not_elected_does_not_name_that_person(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    reviewer = factories.a_reviewer()
    person = factories.a_person(name="Geheimname", kind=Person.Kind.EMPLOYEE)
    CouncilSeat.objects.create(user=reviewer, person=person)
    a_verdict(report, is_public=True, by=reviewer)
    for html in pages(client, report):
        assert "Geheimname" not in html


def test_who_gets_the_seat_later_has_not_said_what_was_said_before(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    reviewer = factories.a_reviewer()
    seat = CouncilSeat.objects.create(user=reviewer, person=factories.a_person(name="Grimm"))
    a_verdict(report, is_public=True, by=reviewer)
    CouncilSeat.objects.filter(pk=seat.pk).update(person=factories.a_person(name="Andersen"))
    for html in pages(client, report):
        assert "Ratsfrau Grimm" in html
        assert "Andersen" not in html
    CouncilSeat.objects.all().delete()
    for html in pages(client, report):
        assert "Ratsfrau Grimm" in html


def test_only_the_last_word_of_a_member_counts(client: Client) -> None:
    report = factories.a_report(factories.a_measure())
    reviewer = factories.a_reviewer()
    a_verdict(report, is_public=True, comment="Erst dagegen.", by=reviewer)
    a_verdict(report, "noted", comment="", by=reviewer)
    for html in pages(client, report):
        assert "Erst dagegen." not in html
        assert "zur Kenntnis genommen: <b>1</b> Mitglied<" in html
        assert "widerspricht" not in html


def test_verdicts_on_an_earlier_text_are_not_shown_with_the_published_one(client: Client) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    factories.submit(report)
    a_verdict(report, is_public=True, comment="Zum alten Text.")
    StatusReport.objects.filter(pk=report.pk).update(
        state="returned", returned_at=factories.NOON, returned_by=factories.a_user(), return_reason="Nein."
    )
    report.refresh_from_db()
    factories.publish(report)
    for html in pages(client, report):
        assert "Zum alten Text." not in html
        assert "Noch kein Prüfvermerk." in html


@pytest.mark.parametrize("number", [1, 20])
def test_verdicts_cost_no_query(
    client: Client, django_assert_max_num_queries: MaxQueries, number: int
) -> None:
    measure = factories.a_measure()
    report = factories.a_report(measure)
    for _ in range(number):
        a_verdict(report, is_public=True)
        actions.ask_question(measure=measure, text="Wann?", by=factories.a_reviewer())
    with django_assert_max_num_queries(8):
        client.get(measure.get_absolute_url())
    with django_assert_max_num_queries(6):
        client.get(report.get_absolute_url())


def test_questions_that_wait_are_counted_and_not_told(client: Client) -> None:
    measure = factories.a_measure()
    for text in ("Wann kommt das Geheime?", "Was kostet das Geheime?"):
        actions.ask_question(measure=measure, text=text, by=factories.a_reviewer())
    for address in ("/", "/strategie/", measure.get_absolute_url()):
        html = client.get(address).content.decode()
        assert "2 Fragen warten auf Antwort" in html, address
        assert "Geheime" not in html, address
    assert "0 beantwortet, 2 offen." in client.get("/").content.decode()


def test_an_answer_that_is_not_published_still_waits(client: Client) -> None:
    measure = factories.a_measure()
    question = actions.ask_question(measure=measure, text="Wann?", by=factories.a_reviewer())
    Question.objects.filter(pk=question.pk).update(answer="Geheim bald.", answered_on=date(2099, 1, 1))
    for address in ("/", "/strategie/", measure.get_absolute_url()):
        html = client.get(address).content.decode()
        assert "1 Frage wartet auf Antwort" in html, address
        assert "Geheim" not in html
