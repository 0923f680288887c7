"""What the deeds on accounts promise, where no page shows it."""

import pytest
from pytest_django import Settings

from portal.accounts import actions
from portal.accounts.groups import roles_by_group
from portal.models import User
from portal.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

KEPT = "keeps the role Administration"


@pytest.fixture(autouse=True)
def groups(settings: Settings) -> None:
    settings.OIDC_GROUPS = roles_by_group("Redaktion=a;Freigabe=b;Administration=c")


def roles_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_the_provider_takes_only_roles_that_one_of_its_groups_stands_for(settings: Settings) -> None:
    factories.an_account(Role.ADMINISTRATOR)
    user = factories.an_account(Role.RELEASER, Role.REVIEWER, Role.ADMINISTRATOR)
    actions.take_roles(user=user, roles={"Redaktion"})
    assert roles_of(user) == {"Redaktion", "Rat"}
    settings.OIDC_GROUPS = roles_by_group("Rat=d")
    actions.take_roles(user=user, roles=set())
    assert roles_of(user) == {"Redaktion"}


@pytest.mark.parametrize("roles", [set(), {"Redaktion"}])
def test_the_provider_leaves_one_who_administers(roles: set[str], caplog: pytest.LogCaptureFixture) -> None:
    closed = factories.an_account(Role.ADMINISTRATOR)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    user = factories.an_account(Role.ADMINISTRATOR, Role.RELEASER)
    actions.take_roles(user=user, roles=roles)
    assert roles_of(user) == {"Administration", *roles}
    assert KEPT in caplog.text
    assert user.email not in caplog.text
    caplog.clear()
    factories.an_account(Role.ADMINISTRATOR)
    actions.take_roles(user=user, roles=roles)
    assert roles_of(user) == roles
    assert KEPT not in caplog.text
