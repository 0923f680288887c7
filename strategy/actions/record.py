"""What every action has in common: it is atomic, asks for the role, and the history knows who acted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import pghistory
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from portal.models import User
from portal.roles import Role, has_role, leading_role, roles_of
from strategy.actions.errors import AccountIsClosed, RoleIsMissing

P = ParamSpec("P")
T = TypeVar("T")

IMPORT = "Import"
"""The role of what a file says; no account is in a group of this name."""

_recording: ContextVar[bool] = ContextVar("recording", default=False)


@contextmanager
def recorded(*, by: int | None, role: str, action: str) -> Iterator[None]:
    """Every row that the block writes is recorded with this account, role and name of a deed.

    Inside another such block the outer one counts: who applies a proposed change acts, and not the action
    that it calls; an import stays an import.
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


def action(*roles: Role) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A writing function: atomic, keyword `by` is an open account in one of `roles`.

    Every row that it writes is recorded with the account's id, its leading role and the name of the function.
    Raises AccountIsClosed or RoleIsMissing.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> T:
            by = cast(User, kwargs["by"])
            if not by.is_active:
                raise AccountIsClosed("this account is closed")
            if not has_role(by, *roles):
                wanted = " or ".join(role.value for role in roles)
                raise RoleIsMissing(f"{function.__name__} needs the role {wanted}")
            # In the role in which they act, where the action names it.
            role = leading_role(roles_of(by) & set(roles))
            with recorded(by=by.pk, role=role, action=function.__name__), transaction.atomic():
                return function(*args, **kwargs)

        return act

    return decorate
