"""Entries of the search and what they are made of: no change goes unnoticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from portal.searching import watching
from portal.searching.kinds import SearchText, kinds
from portal.searching.models import SearchPending
from tests.a_bit_of_everything import a_bit_of_everything

pytestmark = pytest.mark.django_db

Key = tuple[str, int]
SOURCES = [(kind, number) for kind, one in kinds().items() for number in range(len(one.watches))]
TABLES = {
    model._meta.db_table: model
    for label in ("council", "strategy")
    for model in apps.get_app_config(label).get_models(include_auto_created=True)
    if model._meta.managed and not hasattr(model, "pgh_tracked_model")
}
ANOTHER = {
    "boolean": "NOT coalesce({c}, false)",
    "bigint": "coalesce({c}, 0) + 1000000",
    "character varying": "left('x' || coalesce({c}, ''), {length})",
    "date": "coalesce({c}, current_date) + 1",
    "integer": "coalesce({c}, 0) + 1000000",
    "jsonb": "'{{}}'",
    "numeric": "coalesce({c}, 0) + 1",
    "smallint": "coalesce({c}, 0) + 100",
    "text": "coalesce({c}, '') || 'x'",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 day'",
}
"""Type of a column → another value."""


def texts() -> dict[Key, SearchText]:
    """What is to be indexed now of everything that is public."""
    return {
        (kind, text.object_id): text
        for kind, one in kinds().items()
        for text in one.texts(one.published().values_list("pk", flat=True))
    }


def noted() -> set[Key]:
    return set(SearchPending.objects.values_list("kind", "object_id"))


@pytest.fixture
def public() -> dict[Key, SearchText]:
    """Everything that a small portal has to find; nothing is noted yet."""
    a_bit_of_everything()
    with connection.cursor() as cursor:
        # What waits for the end of the transaction would keep tables from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    SearchPending.objects.all().delete()
    return texts()


@contextmanager
def another_value(model: type[models.Model], column: str) -> Iterator[None]:
    """Every row of the table has another value there, by force; afterwards all is as before."""
    table = model._meta.db_table
    with unguarded(table) as cursor:
        cursor.execute(f'UPDATE "{table}" t SET "{column}" = {another(model, column)}')  # noqa: S608 - names of ours
        assert cursor.rowcount, f"{table} has no row"
        yield


@contextmanager
def unguarded(table: str) -> Iterator[CursorWrapper]:
    """Its rows may be anything: no rule holds for them but the search's. Afterwards all is as before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass"
            " AND NOT starts_with(tgname, 'search_note_')",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
        yield cursor
        transaction.set_rollback(True)


def another(model: type[models.Model], column: str) -> str:
    """SQL of another value that the column may have: another choice, another record, another word."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    if field.choices:
        first, second, *_ = (value for value, _ in field.flatchoices)
        return f"CASE t.\"{column}\" WHEN '{first}' THEN '{second}' ELSE '{first}' END"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type, character_maximum_length FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [model._meta.db_table, column],
        )
        kind, length = cursor.fetchone()
    value = ANOTHER[kind].format(c=f't."{column}"', length=length)
    if isinstance(field, models.ForeignKey):
        target = field.related_model._meta
        other = f'SELECT max(o."{target.pk.column}") FROM "{target.db_table}" o'  # noqa: S608 - names of ours
        return f'coalesce(({other} WHERE o."{target.pk.column}" <> t."{column}"), {value})'
    return value


def test_the_small_portal_has_every_kind(public: dict[Key, SearchText]) -> None:
    assert {kind for kind, _ in public} == set(kinds())


@pytest.mark.parametrize(("kind", "number"), SOURCES)
def test_every_watched_column_is_noted(
    public: dict[Key, SearchText], monkeypatch: pytest.MonkeyPatch, kind: str, number: int
) -> None:
    """Each watch by itself, so that none leans on another one."""
    watch = kinds()[kind].watches[number]
    alone = {kind: replace(kinds()[kind], watches=(watch,))}
    monkeypatch.setattr(watching, "kinds", lambda: alone)
    watching.watch_sources("default")
    for column in watch.columns:
        with another_value(watch.model, column):
            assert noted() & public.keys(), f"{column} goes unnoticed"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_column_changes_an_entry_unnoticed(public: dict[Key, SearchText], table: str) -> None:
    """Whatever an entry is made of: also what nobody thought of watching."""
    model: type[models.Model] = TABLES[table]
    if not model._base_manager.exists():
        return
    for field in model._meta.concrete_fields:
        if not field.primary_key:
            with another_value(model, field.column):
                after = texts()
                changed = {key for key in public.keys() | after.keys() if public.get(key) != after.get(key)}
                assert changed <= noted(), f"{field.column} goes unnoticed"


@pytest.mark.parametrize(
    "table",
    [
        "council_consultation_organizations", "council_contribution", "council_filepage",
        "council_meeting_organizations", "strategy_measure_partners", "strategy_milestone",
        "strategy_reportfigure", "strategy_reportmilestone",
    ],
)  # fmt: skip
def test_no_row_disappears_from_an_entry_unnoticed(public: dict[Key, SearchText], table: str) -> None:
    with unguarded(table) as cursor:
        cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of ours
        after = texts()
        changed = {key for key in public.keys() | after.keys() if public.get(key) != after.get(key)}
        assert changed
        assert changed <= noted()
