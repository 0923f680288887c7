"""Runs of an importer: each is written down from start to end, and only one writes at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from portal.models import ImportRun
from portal.searching.index import catch_up, complete_words
from portal.searching.lexicon import lexicon

_WRITER_LOCK = 0x696D706F7274
"""Key of the advisory lock: the letters "import"."""
_PATIENCE = 2.0
"""Seconds until another import counts as being at work."""


class Outcome(StrEnum):
    """What became of one record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@contextmanager
def import_run(*, kind: str, source: str, dry_run: bool = False) -> Iterator[ImportRun]:
    """An ImportRun for the time of the block; `count` and `refuse` keep its account.

    It is closed whatever happens: completed, completed with refused records, or failed, which is also the
    end of a run that refused everything. With `dry_run` the run is not written down and everything that the
    block wrote is rolled back.
    """
    run = ImportRun(kind=kind, source=source)
    if dry_run:
        with transaction.atomic():
            yield run
            transaction.set_rollback(True)
        _close(run, _end_state(run))
        return
    run.save()
    try:
        yield run
    except BaseException:
        _close(run, ImportRun.State.FAILED)
        run.save()
        # What was taken before it broke off is in, and shall be found.
        transaction.on_commit(_index, robust=True)
        raise
    _close(run, _end_state(run))
    run.save()
    transaction.on_commit(_index, robust=True)


def _index() -> None:
    """What the run changed can be found now, and every word by its parts: importers may load the lexicon.

    An importer that writes through actions leaves words without parts, as a web process does.
    """
    catch_up(lexicon)
    complete_words(lexicon)


def count(run: ImportRun, outcome: Outcome) -> None:
    """One more record with this outcome."""
    column = f"{outcome}_count"
    setattr(run, column, getattr(run, column) + 1)


def refuse(run: ImportRun, name: str, reason: str) -> None:
    """One more record that was not taken; `name` is a file or the id that the source gives."""
    run.refused.append({"id": name, "reason": reason})


def imported(run: ImportRun) -> int:
    """How many records the run took, changed or not."""
    return run.created_count + run.changed_count + run.unchanged_count


class ImportIsRunningError(RuntimeError):
    """Another import is at work, so this one did not begin."""


@contextmanager
def only_import(kind: str) -> Iterator[None]:
    """Keeps every other import out for the time of the block, over as many transactions as it takes.

    Raises ImportIsRunningError where another import is at work. The lock belongs to the connection: whoever
    is killed leaves it free, and its run, which nobody closed, is closed here as failed. It needs a
    connection of its own, so no pool that shares one between transactions.
    """
    _take_lock()
    try:
        ImportRun.objects.filter(kind=kind, state=ImportRun.State.RUNNING).update(
            state=ImportRun.State.FAILED, finished_at=timezone.now()
        )
        yield
    finally:
        # A connection that broke has lost its lock already.
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_WRITER_LOCK])


def _take_lock() -> None:
    # The server may need a moment to notice that whoever held the lock was killed.
    deadline = time.monotonic() + _PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_WRITER_LOCK])
            if cursor.fetchone()[0]:
                return
            if time.monotonic() >= deadline:
                raise ImportIsRunningError("Another import is running; this one did not begin.")
            time.sleep(0.1)


def gather_statistics(app_label: str) -> None:
    """Tells PostgreSQL how large the tables of an app are now. It would find out by itself a minute later,
    and plan its queries for empty tables until then.

    Where the application's role may not (PostgreSQL before 17), the database leaves it out with a warning.
    """
    tables = [
        connection.ops.quote_name(model._meta.db_table)
        for model in apps.get_app_config(app_label).get_models(include_auto_created=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def one_writer() -> None:
    """Waits until no other import writes, and keeps others waiting until the transaction ends.

    The lock belongs to the transaction, so it needs no release, also behind a pool of connections. Raises
    TransactionManagementError outside a transaction, where it would be gone at once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("one_writer() needs a transaction around it.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITER_LOCK])


def _end_state(run: ImportRun) -> ImportRun.State:
    if not run.refused:
        return ImportRun.State.COMPLETED
    return ImportRun.State.REFUSED_SOME if imported(run) else ImportRun.State.FAILED


def _close(run: ImportRun, state: ImportRun.State) -> None:
    run.state = state
    run.finished_at = timezone.now()
