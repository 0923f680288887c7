"""A published report stands, with its evidence and what both rest on: nobody changes it, and no way."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from time import sleep

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, models, transaction

from portal.database import application_user
from portal.models import User
from sessions.models import Contribution, Motion, Vote
from strategy import actions
from strategy.models import Evidence, Measure, OutsideDocument, Status, StatusReport
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> StatusReport:
    """A draft whose evidence rests on a record of each kind that stands once it is published."""
    draft = factories.a_report(factories.a_measure(), published=False)
    item = factories.an_item()
    paragraph = factories.a_paragraph(item, "Ein Wort zur Sache.")
    factories.evidence(item, report=draft, contribution=paragraph, quote="Wort")
    factories.evidence(
        report=draft, motion=Motion.objects.create(agenda_item=item, position=1, wording="Ja?")
    )
    vote = Vote.objects.create(agenda_item=item, position=1, result="rejected", yes=2, no=5, phrase="2 Ja")
    factories.evidence(report=draft, vote=vote)
    document = OutsideDocument.objects.create(
        slug="bericht", title="Bericht", publisher="Zeitung", url="https://example.org"
    )
    factories.evidence(report=draft, document=document)
    return draft


@pytest.fixture
def report(draft: StatusReport) -> StatusReport:
    factories.publish(draft)
    return draft


@pytest.fixture
def application_role() -> str:
    """The application's database user; made for this test where the tests' database has only one user."""
    if role := application_user():
        return role
    role = "application_of_a_test"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    return role


def refused() -> "pytest.RaisesExc[IntegrityError]":
    return pytest.raises(IntegrityError, match=r"published report|is published|the published")


def test_a_draft_can_be_changed_and_deleted(draft: StatusReport) -> None:
    StatusReport.objects.filter(pk=draft.pk).update(reason="anders")
    draft.refresh_from_db()
    assert draft.reason == "anders"
    draft.evidence.all().delete()
    draft.delete()
    assert not StatusReport.objects.exists()


def test_saving_is_refused(report: StatusReport) -> None:
    report.reason = "still geändert"
    with refused(), transaction.atomic():
        report.save()


def test_bulk_update_is_refused(report: StatusReport) -> None:
    with refused(), transaction.atomic():
        StatusReport.objects.update(reason="still geändert")


def test_taking_back_is_refused(report: StatusReport) -> None:
    with refused(), transaction.atomic():
        StatusReport.objects.update(state="draft", published_at=None, published_by=None)


def test_deleting_is_refused(report: StatusReport) -> None:
    with refused(), transaction.atomic():
        StatusReport.objects.filter(pk=report.pk)._raw_delete("default")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE strategy_statusreport SET reason = 'still geändert'",
        "DELETE FROM strategy_statusreport",
        "UPDATE strategy_evidence SET quote = 'anders'",
        "DELETE FROM strategy_evidence",
        "TRUNCATE strategy_statusreport CASCADE",
        "TRUNCATE strategy_evidence CASCADE",
    ],
)
def test_sql_is_refused(report: StatusReport, statement: str) -> None:
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # As if what made the report were long past.
        cursor.execute(statement)


def test_evidence_cannot_come_later(report: StatusReport) -> None:
    with refused(), transaction.atomic():
        factories.evidence(factories.an_item(), report=report)


def test_evidence_cannot_move_to_or_from_a_published_report(report: StatusReport) -> None:
    draft = factories.a_report(report.measure, published=False)
    with refused(), transaction.atomic():
        report.evidence.update(report=draft)
    stray = factories.evidence(factories.an_item(), report=draft)
    with refused(), transaction.atomic():
        Evidence.objects.filter(pk=stray.pk).update(report=report)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE strategy_statusreport DISABLE TRIGGER published_report_stands",
        "ALTER TABLE strategy_statusreport DISABLE TRIGGER ALL",
        "DROP TRIGGER published_report_stands ON strategy_statusreport",
        "CREATE OR REPLACE FUNCTION strategy_published_report_stands() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        "SET session_replication_role = replica",
        "TRUNCATE strategy_statusreport CASCADE",
        "ALTER TABLE strategy_statusreport OWNER TO CURRENT_USER",
    ],
)
def test_the_application_cannot_take_the_guard_away(
    report: StatusReport, application_role: str, statement: str
) -> None:
    """As the user of the application, who owns no table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(application_role)}")
        with pytest.raises((ProgrammingError, InternalError, IntegrityError)), transaction.atomic():
            cursor.execute(statement)
        with refused(), transaction.atomic():
            cursor.execute("UPDATE strategy_statusreport SET reason = 'still geändert'")
        cursor.execute("RESET ROLE")


def test_a_correction_is_a_new_report(report: StatusReport) -> None:
    correction = factories.a_report(
        report.measure, corrects=report, reason="Berichtigt.", as_of=date(2025, 9, 1)
    )
    assert list(report.corrections.all()) == [correction]
    assert report.measure.reports.published().newest_first().first() == correction


def test_a_report_is_published_from_a_draft_only() -> None:
    """As a new row it would be published with evidence and words that nobody fixed."""
    draft = factories.a_report(factories.a_measure(), published=False)
    new = StatusReport(
        measure=draft.measure, number=2, status=draft.status, reason="x", as_of=draft.as_of,
        as_of_precision="day", written_by=draft.written_by, state="published", published_at=factories.NOON,
        published_by=draft.written_by, status_label="läuft", criterion="x",
    )  # fmt: skip
    with refused(), transaction.atomic():
        new.save()


def test_a_table_of_the_session_does_not_stand_in(report: StatusReport) -> None:
    """An empty table of the same name in front of the real one would hold no published report."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE strategy_statusreport (LIKE public.strategy_statusreport)")
        with refused(), transaction.atomic():
            cursor.execute("DELETE FROM strategy_evidence")


# --- The words of the status --------------------------------------------------------------------


def test_a_report_keeps_the_words_it_was_published_with(draft: StatusReport) -> None:
    assert (draft.status_label, draft.criterion) == ("", "")
    factories.publish(draft)
    Status.objects.update(label="in Arbeit", criterion="Ganz anders.")
    draft.refresh_from_db()
    assert (draft.status_label, draft.criterion) == ("läuft", "Kriterium läuft")


@pytest.mark.parametrize("column", ["status_label", "criterion"])
def test_nobody_publishes_with_words_of_their_own(draft: StatusReport, column: str) -> None:
    factories.submit(draft)
    publish = {"state": "published", "published_at": factories.NOON, "published_by": factories.a_user()}
    StatusReport.objects.update(**publish, **{column: "frei erfunden"})
    draft.refresh_from_db()
    assert getattr(draft, column) != "frei erfunden"


# --- What it rests on ---------------------------------------------------------------------------

STANDING: list[tuple[type[models.Model], str, object]] = [
    (Measure, "slug", "anders"),
    (Measure, "published_at", factories.NOON.replace(year=2020)),
    (Measure, "published_by", None),
    (OutsideDocument, "title", "Anders"),
    (OutsideDocument, "title_is_description", True),
    (OutsideDocument, "publisher", "Anders"),
    (OutsideDocument, "url", "https://example.org/anders"),
    (OutsideDocument, "dated", date(2025, 1, 1)),
    (OutsideDocument, "dated_precision", "day"),
    (Contribution, "text", "Kein Wort zur Sache."),
    (Motion, "wording", "Nein?"),
    (Vote, "on", "amendment"),
    (Vote, "result", "accepted"),
    (Vote, "majority", "tie"),
    (Vote, "yes", None),
    (Vote, "no", 4),
    (Vote, "abstain", 0),
    (Vote, "phrase", "5 Nein"),
]
FREE: list[tuple[type[models.Model], str, object]] = [
    (Measure, "name", "Anders"),
    (OutsideDocument, "note", "Anders"),
    (Contribution, "superseded_at", factories.NOON),
    (Motion, "superseded_at", factories.NOON),
    (Vote, "superseded_at", factories.NOON),
]
GROUNDS = dict.fromkeys(model for model, *_ in STANDING)


def named(cases: list[tuple[type[models.Model], str, object]]) -> list[str]:
    return [f"{model.__name__}.{column}" for model, column, _ in cases]


@pytest.mark.parametrize(("model", "column", "value"), STANDING, ids=named(STANDING))
def test_what_it_rests_on_stands(
    report: StatusReport, model: type[models.Model], column: str, value: object
) -> None:
    with refused(), transaction.atomic():
        model._default_manager.update(**{column: value})


@pytest.mark.parametrize(("model", "column", "value"), FREE, ids=named(FREE))
def test_all_else_about_it_may_change(
    report: StatusReport, model: type[models.Model], column: str, value: object
) -> None:
    row = model._default_manager.get()
    setattr(row, column, value)
    row.save()
    assert model._default_manager.filter(**{column: value}).exists()


@pytest.mark.parametrize("model", GROUNDS)
def test_what_a_draft_rests_on_may_change(draft: StatusReport, model: type[models.Model]) -> None:
    changes = {column: value for of, column, value in STANDING if of is model}
    model._default_manager.update(**changes | ({"published_at": None} if model is Measure else {}))


@pytest.mark.parametrize("model", GROUNDS)
def test_no_other_row_takes_its_place(report: StatusReport, model: type[models.Model]) -> None:
    """Foreign keys are checked at the end of a transaction only, so they let that happen."""
    with refused(), transaction.atomic():
        model._default_manager.all()._raw_delete("default")
    with refused(), transaction.atomic():
        model._default_manager.update(id=4711)


def test_a_measure_that_nobody_has_seen_yet_may_still_be_published() -> None:
    measure = factories.a_measure(published=False)
    factories.a_report(measure)
    Measure.objects.update(slug="neu")
    actions.publish(Measure.objects.get(), by=factories.a_releaser())
    assert Measure.objects.published().exists()
    with refused(), transaction.atomic():
        Measure.objects.update(published_at=None, published_by=None)


# --- At the same time ---------------------------------------------------------------------------


def add_evidence() -> None:
    report = StatusReport.objects.get()
    Evidence.objects.create(report=report, document=OutsideDocument.objects.get())


def move_evidence() -> None:
    Evidence.objects.filter(document__isnull=False).update(report=None, measure=Measure.objects.get())


MEANWHILE: dict[str, Callable[[], object]] = {
    "add evidence": add_evidence,
    "move evidence": move_evidence,
    "measure": lambda: Measure.objects.update(slug="anders"),
    "document": lambda: OutsideDocument.objects.update(title="Anders"),
    "paragraph": lambda: Contribution.objects.update(text="Anders"),
    "motion": lambda: Motion.objects.update(wording="Anders"),
    "vote": lambda: Vote.objects.update(yes=17),
}


@pytest.mark.parametrize("change", MEANWHILE.values(), ids=MEANWHILE)
def test_nobody_slips_in_while_a_report_is_published(
    committed: None, draft: StatusReport, change: Callable[[], object]
) -> None:
    factories.submit(draft)
    publisher: User = factories.a_user()

    def with_a_connection_of_its_own() -> None:
        try:
            change()
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            draft.state, draft.published_at, draft.published_by = "published", factories.NOON, publisher
            draft.save()
            changing = pool.submit(with_a_connection_of_its_own)
            wait_until_it_waits_for_us(changing)
        with refused():
            changing.result()


def wait_until_it_waits_for_us(other: Future[None]) -> None:
    """Or is through, because nothing holds it back."""
    with connection.cursor() as cursor:
        while not other.done():
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone() == (True,):
                return
            sleep(0.01)
