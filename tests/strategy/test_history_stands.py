"""The history is complete and stands: however somebody writes, an event stays of it."""

import importlib
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import (
    DatabaseError,
    IntegrityError,
    ProgrammingError,
    connection,
    models,
    transaction,
)

from portal.database import application_user
from portal.history_guard import history_tables
from portal.models import User
from portal.recording import recorded
from portal.roles import Role
from sessions.models import Organization
from strategy import actions
from strategy.actions.errors import StrategyError
from strategy.actions.record import IMPORT
from strategy.models import Measure, MeasureLink, Milestone, Partner, ReviewVisit
from strategy.models.history import MeasureEditor, MeasurePartner, MeasureUnit
from tests import factories

pytestmark = pytest.mark.django_db

UNTRACKED = {ReviewVisit: "up to when somebody has read; says nothing of the strategy"}


def events(model: type[models.Model]) -> Any:
    return apps.get_model("strategy", f"{model.__name__}Event").objects.order_by("pgh_id")


def last_context(model: type[models.Model]) -> Any:
    event = events(model).last()
    return event.pgh_context and event.pgh_context.metadata


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


# --- Nothing is missing -----------------------------------------------------------------------


def test_every_editorial_model_is_tracked_or_says_why_not() -> None:
    proxies: set[type[models.Model]] = {MeasureUnit, MeasurePartner, MeasureEditor}
    through = {proxy._meta.concrete_model for proxy in proxies}
    for model in apps.get_app_config("strategy").get_models(include_auto_created=True):
        if hasattr(model, "pgh_tracked_model") or model in UNTRACKED or model in through:
            continue
        assert events(model).model.pgh_tracked_model is model


def test_every_table_writes_events_of_all_three_kinds() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid"
            " WHERE tgname ~ '^pgtrigger_(insert_insert|update_update|delete_delete)_' AND tgenabled <> 'D'"
            " GROUP BY relname"
        )
        triggers = dict(cursor.fetchall())
    tables = {
        model.pgh_tracked_model._meta.db_table
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model")
    }
    assert triggers == dict.fromkeys(tables, 3)


def test_every_way_of_writing_leaves_an_event() -> None:
    measure = factories.a_measure()
    MeasureLink.objects.bulk_create([MeasureLink(measure=measure, title="Eins", url="https://example.org/1")])
    MeasureLink.objects.update(title="Zwei")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE strategy_measurelink SET title = 'Drei'")
        cursor.execute("DELETE FROM strategy_measurelink")
    assert list(events(MeasureLink).values_list("pgh_label", "title")) == [
        ("insert", "Eins"),
        ("update", "Zwei"),
        ("update", "Drei"),
        ("delete", "Drei"),
    ]


@pytest.mark.parametrize(
    ("relation", "model"),
    [("responsible_units", MeasureUnit), ("partners", MeasurePartner), ("editors", MeasureEditor)],
)
def test_relations_leave_events(relation: str, model: type[models.Model]) -> None:
    related: dict[str, Any] = {
        "responsible_units": Organization(external_id="org:1", body=factories.a_body(), name="Bürgeramt"),
        "partners": Partner(slug="uni", name="Universität"),
        "editors": factories.an_editor(),
    }
    related[relation].save()
    manager = getattr(factories.a_measure(), relation)
    manager.add(related[relation])
    manager.clear()
    assert list(events(model).values_list("pgh_label", flat=True)) == ["insert", "delete"]


def test_switching_pgtrigger_off_does_not_switch_the_history_off() -> None:
    factories.a_measure()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{strategy_measure:insert_insert,strategy_measure}'")
    before = events(Measure).count()
    Measure.objects.update(name="still geändert")
    with connection.cursor() as cursor:
        cursor.execute("SELECT _pgtrigger_should_ignore('update_update')")
        assert cursor.fetchone() == (False,)
    assert events(Measure).count() == before + 1


def test_what_is_rolled_back_leaves_nothing() -> None:
    measure = factories.a_measure()
    before = events(Measure).count()
    with pytest.raises(StrategyError), transaction.atomic():
        actions.save(
            obj=measure,
            values={"position": 7},
            base={"position": 3},
            by=factories.an_editor(),
        )
    assert events(Measure).count() == before


# --- Who acted --------------------------------------------------------------------------------


def test_an_action_is_recorded_with_account_role_and_name() -> None:
    measure = factories.a_measure(published=False)
    by = factories.an_account(Role.EDITOR, Role.RELEASER)
    actions.save(obj=measure, values={"name": "Neu"}, base={"name": measure.name}, by=by)
    assert last_context(Measure) == {"by": by.pk, "role": "Redaktion", "action": "save"}


def test_the_outer_deed_counts_and_ends_with_itself() -> None:
    measure = factories.a_measure(published=False)
    by = factories.an_editor()
    with recorded(by=1, role=IMPORT, action="import_strategy"):
        actions.save(obj=measure, values={"name": "Neu"}, base={"name": measure.name}, by=by)
    assert last_context(Measure) == {"by": 1, "role": "Import", "action": "import_strategy"}
    Measure.objects.update(name="ohne Angabe")
    assert last_context(Measure) is None


def test_a_deed_that_fails_is_forgotten_too() -> None:
    factories.a_measure()
    with pytest.raises(IntegrityError), recorded(by=1, role="Redaktion", action="a"), transaction.atomic():
        Measure.objects.update(position=None)
    Measure.objects.update(name="ohne Angabe")
    assert last_context(Measure) is None


def test_the_first_word_on_who_acted_stays() -> None:
    factories.a_measure()
    with pghistory.context(by=1, role="Redaktion", action="a"):
        Measure.objects.update(name="eins")
        with pghistory.context(by=2):
            Measure.objects.update(name="zwei")
    assert last_context(Measure) == {"by": 1, "role": "Redaktion", "action": "a"}


# --- It stands --------------------------------------------------------------------------------


def write(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def history() -> None:
    """A row in some tables of history, with the context of its deed."""
    measure = factories.a_measure(published=False)
    actions.save(obj=measure, values={"name": "Neu"}, base={"name": measure.name}, by=factories.an_editor())


@pytest.mark.parametrize("table", ["strategy_measureevent", "pghistory_context"])
@pytest.mark.parametrize("as_application", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "INSERT INTO {table} SELECT * FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT DO NOTHING",
        "MERGE INTO {table} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_the_history_can_neither_be_changed_nor_removed_nor_invented(
    history: None, application_role: str, as_application: bool, table: str, statement: str
) -> None:
    column = "metadata" if table == "pghistory_context" else "name"
    if as_application:
        write(f"SET LOCAL ROLE {application_role}")
    with pytest.raises((IntegrityError, ProgrammingError), match=r"history|permission"), transaction.atomic():
        write(statement.format(table=table, column=column))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE strategy_measureevent DISABLE TRIGGER ALL",
        "ALTER TABLE strategy_measure DISABLE TRIGGER ALL",
        "SET LOCAL session_replication_role = replica",
        "DROP TRIGGER history_stands ON strategy_measureevent",
        "CREATE OR REPLACE FUNCTION public.portal_history_stands() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE FUNCTION public._pgh_attach_context() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "DROP TABLE strategy_measureevent",
    ],
)
def test_the_application_cannot_take_the_guards_away(
    history: None, application_role: str, statement: str
) -> None:
    write(f"SET LOCAL ROLE {application_role}")
    with pytest.raises(DatabaseError, match=r"permission|owner"), transaction.atomic():
        write(statement)


def test_the_orm_is_refused_too(history: None) -> None:
    event = events(Measure).last()
    for change in (
        lambda: events(Measure).update(name="anders"),
        lambda: events(Measure).all().delete(),
        event.save,
        event.delete,
        lambda: type(event).objects.create(name="erfunden", pgh_label="update"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_every_table_of_history_is_guarded() -> None:
    tables = history_tables()
    assert "pghistory_context" in tables
    assert "strategy_measureevent" in tables
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid"
            " WHERE tgname IN ('history_stands', 'history_stays') AND tgenabled = 'A'"
        )
        guards = set(cursor.fetchall())
    assert guards == {(table, name) for table in tables for name in ("history_stands", "history_stays")}


# --- What was there before --------------------------------------------------------------------


def test_rows_from_before_get_a_first_event() -> None:
    """The migration's own function, on a database whose history begins after its rows."""
    measure = factories.a_measure(name="Schon da")
    measure.editors.add(factories.an_editor())
    status = factories.a_status()
    tables = ", ".join(history_tables())
    write("".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in history_tables()))
    write(f"TRUNCATE {tables} CASCADE")
    migration = importlib.import_module("strategy.migrations.0005_history_stands")
    with connection.schema_editor(atomic=False) as editor:
        migration.first_events(apps, editor)
        migration.first_events(apps, editor)
    row = events(Measure).get()
    assert (row.pgh_label, row.name, row.pgh_obj_id, row.pgh_context) == (
        "before",
        "Schon da",
        measure.pk,
        None,
    )
    assert events(type(status)).get().pgh_obj_id == status.pk
    assert events(MeasureEditor).get().measure_id == measure.pk
    assert not events(Milestone).exists()
    assert User.objects.filter(measures=measure).exists()
