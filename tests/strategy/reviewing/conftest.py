import pytest
from django.test import Client

from portal.models import User
from portal.roles import Role
from tests import factories
from tests.signed_in import client_for


@pytest.fixture
def member(db: None) -> User:
    return factories.a_reviewer(first_name="Mia", last_name="Mandat")


@pytest.fixture
def council(member: User) -> Client:
    """Signed in as `member`."""
    return client_for(member)


@pytest.fixture
def editor_client(db: None) -> Client:
    return client_for(factories.an_account(Role.EDITOR))
