"""The sign-ins of the demo: random, shown once, and never in production."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from psycopg import sql
from pytest_django import Settings

from portal import demo_accounts
from portal.management.commands.demo_accounts import sign_ins
from portal.models import User
from portal.roles import Role, roles_of

LOGIN = "/konto/anmelden/"


@pytest.fixture
def in_the_demo(settings: Settings) -> None:
    settings.MODE = "demo"


def sign_in(client: Client, account: demo_accounts.DemoAccount) -> str:
    """Password, then code; the address that the portal leads to."""
    response = client.post(LOGIN, {"login": account.email, "password": account.password})
    assert response["Location"] == "/konto/anmelden/code/"
    return client.post(response["Location"], {"code": demo_accounts.demo_code(account.email)})["Location"]


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_demo")
def test_one_account_per_role_with_password_and_second_factor() -> None:
    made = demo_accounts.make_demo_accounts()
    assert {account.role for account in made} == set(Role)
    assert len({account.password for account in made}) == 4
    for account in made:
        user = User.objects.get(email=account.email)
        assert roles_of(user) == {account.role}
        assert not user.is_superuser
        assert account.email.endswith("@example.org")
        assert sign_in(Client(), account) != LOGIN


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_demo")
def test_a_second_start_changes_nothing_and_says_how_to_get_new_ones() -> None:
    (first, *_) = demo_accounts.make_demo_accounts()
    assert demo_accounts.make_demo_accounts() == []
    assert sign_in(Client(), first)
    assert "demo_accounts --new" in sign_ins([])


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_demo")
def test_new_ones_end_the_old_ones_and_their_sessions() -> None:
    (old, *_) = demo_accounts.make_demo_accounts()
    client = Client()
    sign_in(client, old)
    assert client.get("/konto/").status_code == 200
    output = StringIO()
    call_command("demo_accounts", "--new", stdout=output)
    assert output.getvalue().count("password ") == 4
    assert client.get("/konto/").status_code == 302
    user = User.objects.get(email=old.email)
    assert not check_password(old.password, user.password)
    assert Authenticator.objects.filter(user=user).count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_demo")
def test_what_is_printed_is_nowhere_in_the_database() -> None:
    made = demo_accounts.make_demo_accounts()
    words = sign_ins(made)
    stored = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            query = sql.SQL("SELECT string_agg(to_jsonb(row)::text, chr(10)) FROM {} AS row")
            cursor.execute(query.format(sql.Identifier(table)))
            stored += cursor.fetchone()[0] or ""
    for account in made:
        assert account.email in stored
        for secret in (account.password, account.totp_secret):
            assert secret in words
            assert secret not in stored


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_demo")
def test_the_console_shows_the_way_to_a_code() -> None:
    made = demo_accounts.make_demo_accounts()
    assert "manage.py demo_code redaktion@example.org" in sign_ins(made)
    output = StringIO()
    call_command("demo_code", made[0].email, stdout=output)
    assert re.fullmatch(r"\d{6}\n", output.getvalue())


@pytest.mark.django_db
@pytest.mark.usefixtures("in_the_demo")
@pytest.mark.parametrize("email", ["gibt-es-nicht@example.org", "person@example.org"])
def test_a_code_is_only_for_accounts_of_the_demo(email: str) -> None:
    User.objects.create_user("person@example.org")
    with pytest.raises(CommandError, match="no account of the demo"):
        call_command("demo_code", email)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["production", "development", "test"])
@pytest.mark.parametrize(
    "command", [["demo_accounts"], ["demo_accounts", "--new"], ["demo_code", "rat@example.org"]]
)
def test_outside_the_demo_there_are_none(settings: Settings, mode: str, command: list[str]) -> None:
    settings.MODE = mode
    with pytest.raises(CommandError, match="PORTAL_MODE=demo"):
        call_command(*command)
    assert not User.objects.exists()
