"""Who the history says has acted: account, role and name of the deed beside each row that is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pghistory
from django.db import connection
from psycopg.pq import TransactionStatus

from portal.searching.index import catch_up_after_commit

_recording: ContextVar[bool] = ContextVar("recording", default=False)


@contextmanager
def recorded(*, by: int | None, role: str, action: str) -> Iterator[None]:
    """Every row that the block writes is recorded with this account, role and name of a deed.

    Inside another such block the outer one counts: who applies a proposed change acts, and not the action
    that it calls; an import stays an import. What the search says follows once all of it is committed.
    """
    if _recording.get():
        yield
        return
    token = _recording.set(True)
    try:
        with pghistory.context(by=by, role=role, action=action):
            yield
    finally:
        _recording.reset(token)
        _forget()
    catch_up_after_commit()


def _forget() -> None:
    """pghistory's variables last as long as the transaction: what it writes next is somebody else's deed."""
    if not connection.in_atomic_block or connection.needs_rollback:
        return
    # A transaction that failed takes no more statements, and forgets by itself.
    if connection.connection.info.transaction_status == TransactionStatus.INTRANS:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pghistory.context_id', '', true),"
                " set_config('pghistory.context_metadata', '', true)"
            )
