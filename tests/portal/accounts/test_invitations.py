"""Invitations: the only way to an account."""

import re
import smtplib
from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from portal.accounts import actions
from portal.accounts.errors import (
    AccountError,
    HasAnAccount,
    InvitationIsOver,
    IsInvited,
    NoRole,
    NotAnAdministrator,
    OwnAccount,
)
from portal.models import Invitation, User
from portal.roles import Role, roles_of
from tests.factories import a_user, an_account
from tests.signed_in import client_for, client_with, second_factor

PASSWORD = "Sieben-Brücken-am-Fluss"
LIST = "/konto/einladungen/"


def an_administrator() -> User:
    return an_account(Role.ADMINISTRATOR, first_name="Adele", last_name="Amt")


def invited(email: str = "neu@example.org", *roles: Role, by: User | None = None) -> actions.Sent:
    return actions.invite(email=email, roles=roles or [Role.EDITOR], by=by or an_administrator())


def link(sent: actions.Sent) -> str:
    return reverse("account_invitation", args=[sent.token])


def answers(**changes: str) -> dict[str, str]:
    plain = {"first_name": "Nora", "last_name": "Neu", "password": PASSWORD, "password_again": PASSWORD}
    return plain | changes


# --- Inviting -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_invitation_goes_out_by_e_mail_and_only_its_digest_stays() -> None:
    client = client_for(an_administrator())
    response = client.post(LIST, {"email": "Neu@Example.org", "roles": ["Redaktion", "Rat"]}, follow=True)
    assert "Die Einladung an neu@example.org ist verschickt." in response.content.decode()
    (message,) = mail.outbox
    assert message.to == ["neu@example.org"]
    assert "Eingeladen hat Sie: Adele Amt" in message.body
    (address,) = re.findall(r"http\S+", message.body)
    token = address.rstrip("/").rpartition("/")[2]
    assert len(token) >= 43
    invitation = Invitation.objects.get()
    assert sorted(group.name for group in invitation.groups.all()) == ["Rat", "Redaktion"]
    assert token not in str(invitation.__dict__)
    assert invitation.token_digest == actions.digest_of(token)
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"email": "kein@", "roles": ["Rat"]}, "gültige E-Mail-Adresse"),
        ({"email": "neu@example.org"}, "Rollen: "),
        ({"email": "neu@example.org", "roles": ["Gott"]}, "Rollen: "),
    ],
)
def test_what_does_not_fit_is_told_and_nobody_is_invited(data: dict[str, object], words: str) -> None:
    html = client_with(Role.ADMINISTRATOR).post(LIST, data).content.decode()
    assert words in html
    assert not Invitation.objects.exists()
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_address_with_an_account_is_said_and_nothing_is_added() -> None:
    account = an_account(Role.REVIEWER)
    response = client_with(Role.ADMINISTRATOR).post(
        LIST, {"email": account.email, "roles": ["Administration"]}
    )
    assert "gibt es schon ein Konto" in response.content.decode()
    assert roles_of(User.objects.get(pk=account.pk)) == {Role.REVIEWER}
    assert not Invitation.objects.exists()
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_open_invitation_is_not_doubled() -> None:
    by = an_administrator()
    invited(by=by)
    with pytest.raises(IsInvited):
        invited(by=by)


@pytest.mark.django_db
def test_an_invitation_names_a_role() -> None:
    with pytest.raises(NoRole):
        actions.invite(email="neu@example.org", roles=[], by=an_administrator())


@pytest.mark.django_db
def test_a_mail_server_that_fails_loses_no_invitation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("portal.accounts.invitations.send_mail", fails)
    response = client_with(Role.ADMINISTRATOR).post(
        LIST, {"email": "neu@example.org", "roles": ["Rat"]}, follow=True
    )
    assert "ging nicht hinaus" in response.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_invitations_are_limited() -> None:
    client = client_with(Role.ADMINISTRATOR)
    statuses = [
        client.post(LIST, {"email": f"neu{number}@example.org", "roles": ["Rat"]}).status_code
        for number in range(31)
    ]
    assert statuses[:30] == [302] * 30
    assert statuses[30] == 429


@pytest.mark.django_db
def test_sending_again_makes_a_new_link_and_kills_the_old_one(client: Client) -> None:
    first = invited()
    assert client_with(Role.ADMINISTRATOR).post(f"{LIST}{first.invitation.pk}/senden/").status_code == 302
    (address,) = re.findall(r"http://testserver(\S+)", mail.outbox[0].body)
    assert client.get(link(first)).status_code == 404
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_a_withdrawn_invitation_is_over(client: Client) -> None:
    sent = invited()
    page = client_with(Role.ADMINISTRATOR).post(f"{LIST}{sent.invitation.pk}/zurueckziehen/", follow=True)
    assert "gilt nicht mehr" in page.content.decode()
    assert client.get(link(sent)).status_code == 404
    invited(by=an_administrator())  # The address can be invited anew.


@pytest.mark.django_db
@pytest.mark.parametrize("deed", ["senden", "zurueckziehen"])
def test_a_taken_up_invitation_stands(deed: str) -> None:
    sent = invited()
    actions.accept(token=sent.token, first_name="Nora", last_name="Neu", password=PASSWORD)
    before = Invitation.objects.values().get()
    page = client_with(Role.ADMINISTRATOR).post(f"{LIST}{sent.invitation.pk}/{deed}/", follow=True)
    assert "gilt nicht" in page.content.decode()
    assert Invitation.objects.values().get() == before


# --- Who may ------------------------------------------------------------------------------------
PAGES = [LIST, f"{LIST}1/senden/", f"{LIST}1/zurueckziehen/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(client: Client, path: str) -> None:
    assert client.post(path, {"email": "neu@example.org", "roles": "Rat"}).status_code == 403
    response = client.get(LIST)
    assert response["Location"] == "/konto/anmelden/?next=%2Fkonto%2Feinladungen%2F"
    assert not Invitation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.EDITOR, Role.RELEASER, Role.REVIEWER])
@pytest.mark.parametrize("path", PAGES)
def test_other_roles_are_refused(role: Role, path: str) -> None:
    response = client_with(role).post(path, {"email": "neu@example.org", "roles": "Administration"})
    assert response.status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_without_a_second_factor_nobody_invites() -> None:
    client = Client()
    client.force_login(an_administrator())
    assert client.get(LIST)["Location"].startswith("/konto/zweiter-faktor/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES[1:])
def test_wrong_method_and_unknown_invitation(path: str) -> None:
    client = client_with(Role.ADMINISTRATOR)
    assert client.get(path).status_code == 405
    assert client.post(path.replace("/1/", "/999999/")).status_code == 404
    assert client.put(LIST).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.EDITOR, Role.RELEASER, Role.REVIEWER])
def test_the_actions_ask_for_the_role_themselves(role: Role) -> None:
    by, user = an_account(role), a_user()
    sent = invited()
    for act in (
        lambda: actions.invite(email="x@example.org", roles=[Role.ADMINISTRATOR], by=by),
        lambda: actions.send_again(invitation=sent.invitation, by=by),
        lambda: actions.withdraw(invitation=sent.invitation, by=by),
        lambda: actions.set_roles(user=user, roles=[role], by=by),
        lambda: actions.close_account(user=user, by=by),
        lambda: actions.reopen_account(user=user, by=by),
        lambda: actions.reset_second_factor(user=user, by=by),
        lambda: actions.disable_password(user=user, by=by),
    ):
        with pytest.raises(NotAnAdministrator):
            act()


@pytest.mark.django_db
def test_a_closed_administrator_acts_no_more() -> None:
    with pytest.raises(NotAnAdministrator):
        invited(by=an_account(Role.ADMINISTRATOR, is_active=False))


@pytest.mark.django_db
def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    by = an_administrator()
    client = client_for(by)
    invited("eins@example.org", by=by)
    client.get(LIST)
    with django_assert_num_queries(8) as short:
        client.get(LIST)
    for number in range(5):
        sent = invited(f"neu{number}@example.org", Role.REVIEWER, Role.EDITOR, by=by)
        actions.accept(token=sent.token, first_name="N", last_name=str(number), password=PASSWORD)
    with django_assert_num_queries(len(short)):
        page = client.get(LIST)
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"


# --- Taking up ----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_invited_person_gets_the_account_and_is_led_to_the_second_factor(client: Client) -> None:
    sent = invited("neu@example.org", Role.EDITOR, Role.REVIEWER)
    page = client.get(link(sent))
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"
    response = client.post(link(sent), answers())
    assert (response.status_code, response["Location"]) == (302, "/konto/zweiter-faktor/")
    user = User.objects.get(email="neu@example.org")
    assert user.get_full_name() == "Nora Neu"
    assert user.check_password(PASSWORD)
    assert roles_of(user) == {Role.EDITOR, Role.REVIEWER}
    assert not user.is_staff
    assert client.get("/konto/zweiter-faktor/").status_code == 200
    # Fresh enough to set it up without saying again who they are.
    assert client.get("/konto/zweiter-faktor/app/").status_code == 200
    assert client.get("/redaktion/")["Location"].startswith("/konto/zweiter-faktor/")
    invitation = Invitation.objects.get()
    assert invitation.accepted_by == user
    assert LogEntry.objects.filter(object_id=str(user.pk), user=user).exists()


@pytest.mark.django_db
def test_unknown_used_withdrawn_and_old_links_look_the_same() -> None:
    used, withdrawn, old = (invited(f"{name}@example.org") for name in ("a", "b", "c"))
    actions.accept(token=used.token, first_name="A", last_name="A", password=PASSWORD)
    actions.withdraw(invitation=withdrawn.invitation, by=an_administrator())
    Invitation.objects.filter(pk=old.invitation.pk).update(expires_at=timezone.now())
    paths = [link(used), link(withdrawn), link(old), "/konto/einladung/gibt-es-nicht/"]
    for method in ("get", "post"):
        pages = set()
        for path in paths:
            response = getattr(Client(), method)(path, answers())
            assert response.status_code == 404
            assert not response.cookies
            pages.add(response.content.decode().replace(path, ""))
        (html,) = pages
        assert "Dieser Link gilt nicht oder nicht mehr" in html
    assert User.objects.filter(email__in=["b@example.org", "c@example.org"]).count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password_again": "etwas-ganz-anderes"}, "nicht gleich"),
        ({"password": "kurz", "password_again": "kurz"}, "zu kurz"),
        ({"password": "neu@example.org", "password_again": "neu@example.org"}, "ähnlich"),
        ({"password": "", "password_again": ""}, "Passwort: "),
        ({"first_name": ""}, "Vorname: "),
        ({"last_name": "x" * 151}, "Nachname: "),
        ({"first_name": "\x00"}, "Vorname: "),
    ],
)
def test_a_bad_answer_is_told_and_the_link_still_works(
    client: Client, changes: dict[str, str], words: str
) -> None:
    sent = invited()
    response = client.post(link(sent), answers(**changes))
    assert response.status_code == 200
    html = response.content.decode()
    assert words in html
    assert PASSWORD not in html
    assert client.post(link(sent), answers()).status_code == 302


@pytest.mark.django_db
def test_an_account_made_meanwhile_ends_the_invitation(client: Client) -> None:
    sent = invited()
    User.objects.create_user("neu@example.org")
    assert client.post(link(sent), answers()).status_code == 404
    assert roles_of(User.objects.get(email="neu@example.org")) == frozenset()


@pytest.mark.django_db
def test_whoever_is_signed_in_takes_up_nothing_by_accident() -> None:
    sent = invited()
    client = client_with(Role.ADMINISTRATOR)
    response = client.post(link(sent), answers())
    assert response.status_code == 409
    assert "Sie sind schon angemeldet" in response.content.decode()
    assert not User.objects.filter(email="neu@example.org").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    response = getattr(client, method)(link(invited()))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.django_db
def test_opening_links_is_limited(client: Client) -> None:
    statuses = [client.get(f"/konto/einladung/versuch-{number}/").status_code for number in range(21)]
    assert statuses == [404] * 20 + [429]


def test_a_link_works_once_also_for_two_at_the_same_moment(committed: None) -> None:
    sent = invited()
    barrier, outcomes = Barrier(2), []

    def take_up() -> None:
        try:
            barrier.wait(20)
            actions.accept(token=sent.token, first_name="N", last_name="N", password=PASSWORD)
            outcomes.append("account")
        except AccountError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=take_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["InvitationIsOver", "account"]


# --- Accounts -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_nobody_changes_the_own_account() -> None:
    by = an_administrator()
    for act in (
        lambda: actions.set_roles(user=by, roles=[Role.EDITOR, Role.ADMINISTRATOR], by=by),
        lambda: actions.close_account(user=by, by=by),
        lambda: actions.reset_second_factor(user=by, by=by),
        lambda: actions.disable_password(user=by, by=by),
    ):
        with pytest.raises(OwnAccount):
            act()
    assert roles_of(User.objects.get(pk=by.pk)) == {Role.ADMINISTRATOR}


@pytest.mark.django_db
def test_a_second_address_of_ones_own_is_written_down() -> None:
    """No program knows whose address it is; the invitation and the log say for ever who sent it."""
    by = an_administrator()
    sent = invited("zweite@example.org", Role.RELEASER, by=by)
    user = actions.accept(token=sent.token, first_name="Adele", last_name="Amt", password=PASSWORD)
    assert Invitation.objects.get(accepted_by=user).invited_by == by
    (words,) = [entry.get_change_message() for entry in LogEntry.objects.filter(user=by)]
    assert words == "Eingeladen als Freigabe."
    assert "Einladung von Adele Amt" in LogEntry.objects.get(user=user).get_change_message()


@pytest.mark.django_db
def test_set_roles_gives_exactly_these_roles() -> None:
    user = an_account(Role.EDITOR, Role.REVIEWER)
    actions.set_roles(user=user, roles=[Role.RELEASER], by=an_administrator())
    assert roles_of(user) == {Role.RELEASER}


@pytest.mark.django_db
def test_resetting_the_second_factor_ends_every_session() -> None:
    user, other = an_account(Role.EDITOR), an_account(Role.EDITOR)
    first, second, bystander = client_for(user), client_for(user), client_for(other)
    assert first.get("/konto/").status_code == 200
    actions.reset_second_factor(user=user, by=an_administrator())
    assert not Authenticator.objects.filter(user=user).exists()
    for client in (first, second):
        assert client.get("/konto/").status_code == 302
    assert bystander.get("/konto/").status_code == 200


@pytest.mark.django_db
def test_a_closed_account_is_signed_out_and_comes_back_when_opened() -> None:
    user, by = an_account(Role.EDITOR), an_administrator()
    client = client_for(user)
    actions.close_account(user=user, by=by)
    assert client.get("/konto/").status_code == 302
    assert not User.objects.get(pk=user.pk).is_active
    actions.reopen_account(user=user, by=by)
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.django_db
def test_a_password_can_be_made_useless_but_never_set() -> None:
    user = a_user(password=PASSWORD)
    actions.disable_password(user=user, by=an_administrator())
    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_two_who_take_each_others_role_leave_one_administrator(committed: None) -> None:
    one, two = an_administrator(), an_administrator()
    second_factor(one)
    barrier, outcomes = Barrier(2), []

    def take(by: User, user: User) -> None:
        try:
            barrier.wait(20)
            actions.set_roles(user=user, roles=[], by=by)
            outcomes.append("done")
        except AccountError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=take, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["NotAnAdministrator", "done"]


# --- From the console ---------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_first_account_comes_from_the_console(client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://strategie.example.org"
    output = StringIO()
    call_command("invite", "erste@example.org", "--role", "Administration", stdout=output)
    (path,) = re.findall(r"https://strategie\.example\.org(\S+)", output.getvalue())
    assert mail.outbox == []
    assert client.post(path, answers()).status_code == 302
    user = User.objects.get(email="erste@example.org")
    assert roles_of(user) == {Role.ADMINISTRATOR}
    sender = Invitation.objects.get().invited_by
    assert not sender.is_active
    assert not sender.has_usable_password()


@pytest.mark.django_db
def test_with_a_mail_server_the_console_sends_and_prints_no_link(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    sent: list[object] = []
    monkeypatch.setattr("portal.accounts.invitations.send_mail", lambda *mail: sent.append(mail))
    output = StringIO()
    call_command("invite", "erste@example.org", "--role", "Administration", stdout=output)
    assert output.getvalue() == "Sent to erste@example.org.\n"
    assert len(sent) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "words"), [("kein", "E-Mail"), ("da@example.org", "has an account")])
def test_the_console_says_what_is_wrong(email: str, words: str) -> None:
    User.objects.create_user("da@example.org")
    with pytest.raises(CommandError, match=words):
        call_command("invite", email, "--role", "Rat")


@pytest.mark.django_db
def test_errors_name_themselves() -> None:
    with pytest.raises(HasAnAccount):
        invited(an_administrator().email)
    with pytest.raises(InvitationIsOver):
        actions.open_invitation("x" * 43)
