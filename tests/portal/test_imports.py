"""Runs of an importer and the lock that lets one write at a time."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from portal.imports import (
    ImportIsRunningError,
    Outcome,
    count,
    import_run,
    imported,
    one_writer,
    only_import,
    refuse,
)
from portal.models import ImportRun, User
from portal.searching.finding import find
from portal.searching.index import catch_up
from portal.searching.matching import match
from portal.searching.models import backlog
from tests.locks import another_import_at_work
from tests.portal.searching.partners import Dictionary, a_partner, knowing, only_partners


@pytest.mark.django_db
def test_a_run_is_written_down_with_its_account() -> None:
    with import_run(kind="test", source="a b") as run:
        assert ImportRun.objects.get().state == ImportRun.State.RUNNING
        for outcome in (Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.UNCHANGED):
            count(run, outcome)
    stored = ImportRun.objects.get()
    assert (stored.kind, stored.source, stored.state) == ("test", "a b", ImportRun.State.COMPLETED)
    assert (stored.created_count, stored.changed_count, stored.unchanged_count) == (1, 1, 2)
    assert imported(stored) == 4
    assert stored.finished_at is not None


@pytest.mark.django_db
def test_a_run_that_took_something_and_refused_something_says_so() -> None:
    with import_run(kind="test", source="") as run:
        count(run, Outcome.CREATED)
        refuse(run, "a.txt", "empty")
    stored = ImportRun.objects.get()
    assert stored.state == ImportRun.State.REFUSED_SOME
    assert stored.refused == [{"id": "a.txt", "reason": "empty"}]


@pytest.mark.django_db
def test_a_run_that_refused_everything_brought_nothing_up_to_date() -> None:
    with import_run(kind="test", source="") as run:
        refuse(run, "a.txt", "empty")
    assert ImportRun.objects.get().state == ImportRun.State.FAILED
    assert ImportRun.objects.last_success() is None


@pytest.mark.django_db
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_breaks_off_is_closed_as_failed(error: type[BaseException]) -> None:
    with pytest.raises(error), import_run(kind="test", source=""):
        raise error
    stored = ImportRun.objects.get()
    assert stored.state == ImportRun.State.FAILED
    assert stored.finished_at is not None


def test_a_run_leaves_no_word_waiting_for_its_parts(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any], db: None
) -> None:
    """Also where it writes through actions, whose words come to the index without a lexicon."""
    monkeypatch.setattr("portal.imports.lexicon", knowing(Dictionary(straßenbahn="straße bahn")))
    with only_partners(), django_capture_on_commit_callbacks(execute=True):
        with import_run(kind="test", source=""):
            a_partner("Die Straßenbahn")
            catch_up()
        assert backlog()["words"] == 2
    assert backlog()["words"] == 0
    assert find(match("Bahn")).total == 1


@pytest.mark.django_db
def test_a_dry_run_leaves_nothing_but_its_account() -> None:
    with import_run(kind="test", source="", dry_run=True) as run:
        User.objects.create_user("a@example.org")
        count(run, Outcome.CREATED)
    assert not User.objects.exists()
    assert not ImportRun.objects.exists()
    assert (run.state, run.created_count) == (ImportRun.State.COMPLETED, 1)


@pytest.mark.django_db
def test_the_writers_lock_is_held_until_the_transaction_ends() -> None:
    with transaction.atomic():
        one_writer()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_the_writers_lock_needs_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError, match="transaction"):
        one_writer()


@pytest.mark.django_db
def test_only_one_import_at_a_time() -> None:
    with another_import_at_work(), pytest.raises(ImportIsRunningError), only_import("test"):
        raise AssertionError("must not begin")
    with only_import("test"):
        pass


@pytest.mark.django_db
def test_the_run_of_an_import_that_was_killed_is_closed_by_the_next() -> None:
    ImportRun.objects.create(kind="test", source="")
    ImportRun.objects.create(kind="other", source="")
    with only_import("test"):
        states = dict(ImportRun.objects.values_list("kind", "state"))
    assert states == {"test": ImportRun.State.FAILED, "other": ImportRun.State.RUNNING}
