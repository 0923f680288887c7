"""What every action has in common: it is atomic, asks for the role, and the history knows who acted."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from django.db import transaction

from portal.models import User
from portal.recording import recorded
from portal.roles import Role, has_role, leading_role, roles_of
from strategy.actions.errors import AccountIsClosed, RoleIsMissing

P = ParamSpec("P")
T = TypeVar("T")

IMPORT = "Import"
"""The role of what a file says; no account is in a group of this name."""


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
