"""A published report and its evidence can neither be changed nor deleted, by nobody and no way."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from portal.database import application_user
from strategy.models import Evidence, StatusReport
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> StatusReport:
    report = factories.a_report(factories.a_measure(), published=False)
    factories.evidence(factories.an_item(), report=report, quote="Wort")
    factories.publish(report)
    return report


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
    return pytest.raises(IntegrityError, match=r"published report|is published")


def test_a_draft_can_be_changed_and_deleted() -> None:
    draft = factories.a_report(factories.a_measure(), published=False)
    StatusReport.objects.filter(pk=draft.pk).update(reason="anders")
    draft.refresh_from_db()
    assert draft.reason == "anders"
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
