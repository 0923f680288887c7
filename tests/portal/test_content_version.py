"""The version of the content: it grows with every committed change, however the change was made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from portal.content_version import (
    ACCOUNT_TABLES,
    CONTENT_APPS,
    OWN_TABLES,
    SEARCH_TABLES,
    read_version,
    watch_content,
)
from portal.models import ImportRun, SearchPending, SearchSpelling, User
from portal.roles import Role
from sessions.models import Body, Meeting, Organization
from tests.factories import a_body, a_reviewer
from tests.portal.accounts.people import sign_in, somebody

STATEMENT_AFTER_ANY_CHANGE = 4 | 8 | 16 | 32
"""pg_trigger.tgtype of AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE FOR EACH STATEMENT."""


@contextmanager
def somebody_else() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to the same database."""
    other = connection.copy()
    try:
        yield other
    finally:
        other.close()


def add_with_bulk() -> None:
    Body.objects.bulk_create([Body(id=number, external_id=str(number), name="B") for number in (1, 2)])


def add_with_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO strategy_partner (slug, name, note, website) VALUES ('p', 'P', '', '')")


def empty_with_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE portal_importrun")


def add_relation() -> None:
    committees = [
        Organization.objects.create(body=a_body(), external_id=name, name=name)
        for name in ("first", "second")
    ]
    before = read_version()
    committees[0].meetings.create(body=a_body(), external_id="meeting")
    assert read_version() > before


CHANGES: dict[str, Callable[[], object]] = {
    "create": lambda: ImportRun.objects.create(kind="test"),
    "save": lambda: a_body().save(),
    "bulk": add_with_bulk,
    "update": lambda: Body.objects.update(name="Anders"),
    "delete": lambda: Organization.objects.all().delete(),
    "relation": lambda: Meeting.objects.get().organizations.set(Organization.objects.all()),
    "sql": add_with_sql,
    "truncate": empty_with_sql,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_kind_of_change_raises_the_version(change: Callable[[], object]) -> None:
    Organization.objects.create(body=a_body(), external_id="committee", name="Ausschuss")
    Meeting.objects.create(body=a_body(), external_id="meeting")
    before = read_version()
    change()
    assert read_version() > before


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_taken_back_does_not_raise_the_version() -> None:
    before = read_version()
    with transaction.atomic():
        a_body()
        transaction.set_rollback(True)
    assert read_version() == before


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_taken_back_leaves_the_rest_of_its_transaction_counted() -> None:
    before = read_version()
    with transaction.atomic():
        with transaction.atomic():
            a_body()
            transaction.set_rollback(True)
        ImportRun.objects.create(kind="test")
    assert read_version() == before + 1


@pytest.mark.django_db(transaction=True)
def test_reading_does_not_raise_the_version() -> None:
    a_body()
    before = read_version()
    assert Body.objects.count() == 1
    assert read_version() == before


@pytest.mark.django_db(transaction=True)
def test_a_transaction_counts_once_and_only_when_it_is_committed() -> None:
    before = read_version()
    with somebody_else() as other:
        with transaction.atomic():
            for number in range(3):
                ImportRun.objects.create(kind=f"test {number}")
            with other.cursor() as cursor:
                cursor.execute("SELECT version FROM portal_contentversion")
                assert cursor.fetchone() == (before,)
        assert read_version() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_long_import_does_not_keep_an_editor_waiting() -> None:
    before = read_version()
    with somebody_else() as importer:
        importer.set_autocommit(False)
        with importer.cursor() as cursor:
            cursor.execute(
                "INSERT INTO strategy_partner (slug, name, note, website) VALUES ('p', 'P', '', '')"
            )
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        try:
            a_body()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        assert read_version() == before + 1
        importer.commit()
        importer.set_autocommit(True)
    assert read_version() == before + 2


@pytest.mark.django_db(transaction=True)
def test_no_note_of_a_transaction_is_left_behind() -> None:
    a_body()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_contentchange")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["first_name", "last_name"])
def test_another_name_of_an_account_raises_the_version(name: str) -> None:
    """The pages of verdicts and of reports show it."""
    user = a_reviewer()
    before = read_version()
    User.objects.filter(pk=user.pk).update(**{name: "Anders"})
    assert read_version() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_does_not_raise_the_version() -> None:
    user = somebody(Role.REVIEWER)
    before = read_version()
    sign_in(Client(), user)
    user.refresh_from_db()
    assert user.last_login is not None
    assert read_version() == before


@pytest.mark.django_db(transaction=True)
def test_a_note_of_the_search_raises_the_version_when_it_goes() -> None:
    """While it is there, its entry is in no result."""
    before = read_version()
    SearchSpelling.objects.create(word="wort")
    SearchPending.objects.create(kind="measure", object_id=1)
    assert read_version() == before
    SearchPending.objects.all().delete()
    assert read_version() == before + 1


def watched_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname = 'note_change' AND tgenabled = 'O' AND tgtype = %s",
            [STATEMENT_AFTER_ANY_CHANGE],
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_table_of_the_apps_is_watched() -> None:
    """As the database knows them: also tables that a migration made without a model."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    content = {name for name in existing if name.startswith(tuple(f"{label}_" for label in CONTENT_APPS))}
    models = {
        model._meta.db_table
        for label in CONTENT_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.managed
    }
    assert models <= existing
    assert watched_tables() == (content | models) - {*OWN_TABLES, *ACCOUNT_TABLES, *SEARCH_TABLES}


@pytest.mark.django_db
def test_a_table_without_its_trigger_gets_it_with_the_next_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER note_change ON council_paper")
    assert "council_paper" not in watched_tables()
    watch_content("default")
    assert "council_paper" in watched_tables()
