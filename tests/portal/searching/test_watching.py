"""Whatever changes a watched row leaves a note, within the transaction of the change."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.searching.index import catch_up
from portal.searching.kinds import kinds
from portal.searching.models import SearchPending
from portal.searching.watching import watch_sources
from strategy.models import Measure, Partner
from tests.factories import a_measure
from tests.portal.searching.partners import KIND, Partners, a_partner, noted, only_partners

LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL; what is longer it cuts, and two triggers could get one name."""


@pytest.fixture
def partners(db: None) -> Iterator[Partners]:
    with only_partners() as found:
        yield found


@pytest.fixture
def partner(partners: Partners) -> Partner:
    """With a measure, and nothing noted."""
    found = a_partner(note="Anmerkung")
    found.measures.add(a_measure())
    SearchPending.objects.all().delete()
    return found


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def bulk_updated(partner: Partner) -> None:
    partner.note = "anders"
    Partner.objects.bulk_update([partner], ["note"])


def saved(partner: Partner) -> None:
    partner.name = "anders"
    partner.save()


CHANGES: dict[str, Callable[[Partner], object]] = {
    "save": saved,
    "update": lambda partner: Partner.objects.update(name="anders"),
    "bulk update": bulk_updated,
    "raw update": lambda partner: sql("UPDATE strategy_partner SET note = 'anders'"),
    "upsert": lambda partner: Partner.objects.bulk_create(
        [Partner(slug=partner.slug, name="anders")],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["name"],
    ),
    "unpublish": lambda partner: Partner.objects.update(website="https://example.org/unseen"),
    "raw delete": lambda partner: sql("DELETE FROM strategy_measure_partners; DELETE FROM strategy_partner"),
    "delete": lambda partner: partner.delete(),
    "tie": lambda partner: partner.measures.add(a_measure()),
    "ties": lambda partner: partner.measures.clear(),
    "other ties": lambda partner: partner.measures.set([a_measure()]),
    "from the other side": lambda partner: Measure.objects.get().partners.remove(partner),
    "raw tie": lambda partner: sql("DELETE FROM strategy_measure_partners"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_kind_of_change_leaves_a_note(partner: Partner, change: Callable[[Partner], object]) -> None:
    pk = partner.pk
    change(partner)
    assert noted() == [pk]


ADDITIONS: dict[str, Callable[[], object]] = {
    "create": a_partner,
    "bulk": lambda: Partner.objects.bulk_create([Partner(slug="a", name="A")]),
    "sql": lambda: sql("INSERT INTO strategy_partner (slug, name, note, website) VALUES ('a', 'A', '', '')"),
}


@pytest.mark.parametrize("add", ADDITIONS.values(), ids=ADDITIONS)
def test_a_new_row_leaves_a_note(partners: Partners, add: Callable[[], object]) -> None:
    add()
    assert noted() == [Partner.objects.get().pk]


def test_many_rows_leave_a_note_each(partners: Partners) -> None:
    Partner.objects.bulk_create(Partner(slug=str(n), name="N") for n in range(30))
    assert len(noted()) == 30


def test_a_tie_that_moves_concerns_both_ends(partner: Partner) -> None:
    other = a_partner()
    SearchPending.objects.all().delete()
    Measure.partners.through.objects.update(partner=other)
    assert noted() == sorted([partner.pk, other.pk])


def test_a_row_with_another_key_concerns_both(partners: Partners) -> None:
    old = a_partner().pk
    SearchPending.objects.all().delete()
    sql("UPDATE strategy_partner SET id = id + 1000")
    assert noted() == [old, old + 1000]


UNSEEN: dict[str, Callable[[Partner], object]] = {
    "another column": lambda partner: Partner.objects.update(slug="anders"),
    "the same values": lambda partner: partner.save(),
    "no row": lambda partner: Partner.objects.filter(name="Niemand").update(name="anders"),
    "another end": lambda partner: Measure.partners.through.objects.update(measure=a_measure()),
}


@pytest.mark.parametrize("change", UNSEEN.values(), ids=UNSEEN)
def test_what_no_entry_says_leaves_none(partner: Partner, change: Callable[[Partner], object]) -> None:
    change(partner)
    assert noted() == []


def test_a_change_that_is_taken_back_leaves_none(partner: Partner) -> None:
    with transaction.atomic():
        saved(partner)
        assert noted() == [partner.pk]
        transaction.set_rollback(True)
    assert noted() == []


def test_a_table_that_is_emptied_leaves_a_note_for_every_entry(partner: Partner) -> None:
    SearchPending.objects.create(kind=KIND, object_id=partner.pk)
    catch_up()
    # Checks that wait for the end of the transaction keep a table from being emptied.
    sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE strategy_measure_partners")
    assert noted() == [partner.pk]


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'search_note_%' AND NOT tgisinternal")
        return {name for (name,) in cursor.fetchall()}


def test_triggers_follow_what_is_declared_at_each_migration(db: None) -> None:
    usual = triggers()
    with only_partners():
        assert triggers() == {
            f"search_note_{table}_{event}"
            for table in ("strategy_partner", "strategy_measure_partners")
            for event in ("insert", "update", "delete", "truncate")
        }
    watch_sources("default")
    assert triggers() == usual


def test_a_migration_leaves_no_moment_without_triggers(db: None) -> None:
    """A portal that runs meanwhile notes what it changes."""
    with CaptureQueriesContext(connection) as context:
        watch_sources("default")
    assert not [one["sql"] for one in context if "DROP" in one["sql"]]


def test_every_watch_of_the_portal_has_its_triggers(db: None) -> None:
    """With a name that fits: none of them takes the place of another."""
    tables = {watch.model._meta.db_table for kind in kinds().values() for watch in kind.watches}
    declared = {
        f"search_note_{table}_{event}"
        for table in tables
        for event in ("insert", "update", "delete", "truncate")
    }
    assert declared
    assert triggers() == declared
    assert max(map(len, declared)) <= LONGEST_NAME


def test_every_column_that_is_watched_is_there(db: None) -> None:
    for kind in kinds().values():
        for watch in kind.watches:
            columns = {column.column for column in watch.model._meta.concrete_fields}
            assert set(watch.columns) <= columns, watch.model
