"""/redaktion/: what waits for whom."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.models import ImportRun, User
from portal.roles import Role
from strategy import actions
from strategy.models import Change, Measure, Question, Review, StatusReport
from tests import factories
from tests.sessions.council import a_vote
from tests.signed_in import client_for, client_with
from tests.strategy.desk.test_questions import a_question

pytestmark = pytest.mark.django_db
URL = "/redaktion/"
MOST_QUERIES = 20


@pytest.fixture
def editor() -> User:
    return factories.an_editor()


def home(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def order(page: str, *codes: str) -> list[str]:
    """The parts in the order of the page."""
    return sorted(
        (code for code in codes if f'id="{code}"' in page), key=lambda code: page.index(f'id="{code}"')
    )


def aged(days: int, **fields: Any) -> Measure:
    """A measure whose newest report was published so many days ago."""
    measure = factories.a_measure(**fields)
    report = factories.a_report(measure, published=False)
    factories.submit(report)
    report.state = StatusReport.State.PUBLISHED
    report.published_at, report.published_by = timezone.now() - timedelta(days=days), factories.a_user()
    report.save()
    return measure


def returned(report: StatusReport, reason: str) -> None:
    factories.submit(report)
    report.state = StatusReport.State.RETURNED
    report.returned_at, report.returned_by, report.return_reason = timezone.now(), factories.a_user(), reason
    report.save()


def a_change(by: User, **fields: Any) -> Change:
    measure = factories.a_measure()
    defaults = {
        "model": "strategy.measure", "object_id": measure.pk, "title": f"Maßnahme: {measure}", "measure": measure,
        "action": "change", "values": {"name": "Neu"}, "base": {"name": measure.name}, "written_by": by,
    }  # fmt: skip
    return Change.objects.create(**defaults | fields)


def test_nothing_to_do() -> None:
    page = home(client_with(Role.EDITOR))
    assert "Nichts offen." in page
    assert "<h1>Redaktion</h1>" in page


def test_my_measures_and_drafts(editor: User) -> None:
    mine = factories.a_measure(name="Meine")
    mine.editors.add(editor)
    factories.a_measure(name="Fremde")
    factories.a_report(mine, published=False, written_by=editor)
    factories.a_report(factories.a_measure(name="Andere"), published=False)
    page = home(client_for(editor))
    assert "Meine Maßnahmen (1)" in page
    assert "Entwürfe (2)" in page
    assert "Von Ihnen: 1." in page
    assert page.index("Meine: Sachstand 1") < page.index("Andere: Sachstand 1")
    assert "Fremde" not in page.split('id="faellig"')[0]


def test_a_returned_report_with_its_reason(editor: User) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    returned(report, "Der Beleg fehlt. <b>x</b>")
    page = home(client_for(editor))
    assert "Zurückgegebene Sachstände (1)" in page
    assert "Grund: Der Beleg fehlt. &lt;b&gt;x&lt;/b&gt;" in page
    assert f'href="/redaktion/sachstaende/{report.pk}/"' in page


def test_what_a_submitted_report_still_needs(editor: User) -> None:
    report = factories.a_report(factories.a_measure(), published=False)
    factories.submit(report)
    StatusReport.objects.filter(pk=report.pk).update(submitted_at=timezone.now())
    assert "es fehlt ein Prüfvermerk" in home(client_for(editor))
    assert "auch ohne Prüfvermerk ab" in home(client_for(editor))
    report.refresh_from_db()
    Review.objects.create(
        report=report, reviewer=factories.a_reviewer(), verdict="noted", submission=report.submission
    )
    page = home(client_for(editor))
    assert "bereit zur Freigabe" in page
    assert "1 von 1 nötigen Prüfvermerken" in page


def test_who_wrote_on_a_submitted_report_between_others_is_told_so(editor: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    report = factories.a_report(factories.a_measure(), published=False, written_by=editor)
    for by, reason in ((both, "Zweite Fassung."), (editor, "Dritte Fassung.")):
        actions.change_report(
            report=report, values={"reason": reason}, base={"reason": _reason(report)}, by=by
        )
    actions.submit_report(report=report, by=editor)
    words = "von Ihnen geschrieben: eine andere Person gibt frei"
    assert words in home(client_for(both))
    assert words not in home(client_with(Role.RELEASER))


def _reason(report: StatusReport) -> str:
    report.refresh_from_db()
    return report.reason


def test_who_releases_sees_first_what_waits_for_release(editor: User) -> None:
    factories.submit(factories.a_report(factories.a_measure(), published=False))
    a_change(editor)
    factories.a_report(factories.a_measure(), published=False)
    codes = ("eingereicht", "aenderungen", "entwuerfe", "faellig")
    assert order(home(client_with(Role.RELEASER)), *codes) == [
        "eingereicht",
        "aenderungen",
        "entwuerfe",
        "faellig",
    ]
    assert order(home(client_for(editor)), *codes) == ["entwuerfe", "faellig", "eingereicht", "aenderungen"]


def test_old_reports_in_three_steps(editor: User) -> None:
    aged(10, name="Jung")
    aged(100, name="Fällige")
    aged(200, name="Überfällige")
    aged(400, name="Stille")
    factories.a_measure(name="Nie berichtet", published_at=timezone.now() - timedelta(days=500))
    factories.a_measure(name="Entwurf", published=False)
    page = home(client_for(editor)).split('id="faellig"')[1]
    assert (
        page.index("Nie berichtet") < page.index("Stille") < page.index("Überfällige") < page.index("Fällige")
    )
    for words in (
        "(4)",
        "fällig: 1",
        "überfällig: 1",
        "lange ohne Sachstand: 2",
        "noch kein Sachstand",
        "öffentlich seit",
    ):
        assert words in page
    for name in ("Jung", "Entwurf"):
        assert f">{name}<" not in page


def test_open_questions(editor: User) -> None:
    asked = a_question(text="Wann geht es los?")
    a_question(text="Schon beantwortet?", answer="Ja.", answered_on=date(2026, 9, 2))
    page = home(client_for(editor))
    assert "Offene Fragen aus dem Rat (2)" in page
    assert "Beantwortet und noch nicht veröffentlicht: 1." in page
    assert f'href="/redaktion/fragen/{asked.pk}/"' in page
    assert "Schon beantwortet?" not in page


def test_changes_wait_and_come_back(editor: User) -> None:
    def come_back(change: Change, days: int = 0) -> Change:
        change.state, change.decided_by, change.decision_reason = (
            "returned",
            factories.a_releaser(),
            "Genauer.",
        )
        change.decided_at = timezone.now() - timedelta(days=days)
        change.save()
        return change

    mine = come_back(a_change(editor))
    come_back(a_change(factories.an_editor()))
    come_back(a_change(editor), days=40)
    page = home(client_for(editor))
    assert "Ihre zurückgegebenen Änderungen (1)" in page
    assert "Grund: Genauer." in page
    a_change(editor, object_id=mine.object_id, title=mine.title)
    page = home(client_for(editor))
    assert "Genauer." not in page
    assert "Änderungen, die auf Freigabe warten (1)" in page


def test_findings(editor: User) -> None:
    a_vote(factories.an_item(), result="unclear", phrase="so")
    ImportRun.objects.create(
        kind="import_oparl", source="https://ratsinfo.example.org/", state="refused_some",
        finished_at=timezone.now(), refused=[{"id": "id-1", "reason": "Das Datum fehlt."}],
    )  # fmt: skip
    for client in (client_for(editor), client_with(Role.ADMINISTRATOR)):
        page = home(client)
        assert "Unklare Abstimmungen (1)" in page
        assert "Abgelehnte Einträge (1)" in page
        assert "Das Datum fehlt." in page


def test_five_rows_and_the_way_to_all(editor: User) -> None:
    for number in range(8):
        factories.a_report(factories.a_measure(name=f"Nr. {number}"), published=False)
    page = home(client_for(editor))
    assert "Entwürfe (8)" in page
    assert page.count(": Sachstand 1") == 5
    assert "/redaktion/massnahmen/?bericht=draft" in page


def fill(editor: User) -> None:
    measure = aged(200)
    measure.editors.add(editor)
    a_question()
    factories.a_report(factories.a_measure(), published=False, written_by=editor)
    factories.submit(factories.a_report(factories.a_measure(), published=False))
    returned(factories.a_report(factories.a_measure(), published=False), "Nein.")
    a_change(editor)
    a_change(
        editor,
        state="returned",
        decided_at=timezone.now(),
        decided_by=factories.a_releaser(),
        decision_reason="x",
    )


def test_queries_do_not_grow(
    django_assert_max_num_queries: DjangoAssertNumQueries, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = factories.an_account(Role.EDITOR, Role.RELEASER)
    client = client_for(user)
    fill(user)
    home(client)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        home(client)
    for _ in range(7):
        fill(user)
    with django_assert_num_queries(len(few)):
        home(client)


def test_an_administrator_sees_the_sources_and_nothing_of_drafts() -> None:
    factories.a_report(factories.a_measure(name="Geheim"), published=False)
    page = home(client_with(Role.ADMINISTRATOR))
    assert "Geheim" not in page
    assert "Entwürfe" not in page


def test_strangers_and_other_roles(client: Client) -> None:
    assert client.get(URL).status_code == 302
    assert client_with(Role.REVIEWER).get(URL).status_code == 403
    assert client_with().get(URL).status_code == 403
    assert client_with(Role.EDITOR).post(URL).status_code == 405


def test_closed_questions_are_not_open(editor: User) -> None:
    a_question(
        answer="Ja.",
        answered_on=date(2026, 9, 2),
        published_at=factories.NOON,
        published_by=factories.a_user(),
    )
    assert Question.objects.count() == 1
    assert 'id="fragen"' not in home(client_for(editor))
