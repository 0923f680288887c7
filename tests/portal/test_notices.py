"""E-mail: one a day for each person, after the commit, with its reason and a way to switch it off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from portal import notices
from portal.models import Notice, User
from portal.notices import MAY_HEAR, digest, kinds_for, mute, send_digests, unsubscribe_token, who_may_hear
from portal.roles import Role
from tests import factories
from tests.signed_in import client_for

pytestmark = pytest.mark.django_db


def notice(user: User, **fields: Any) -> Notice:
    defaults = {
        "kind": Notice.Kind.SUBMITTED,
        "text": "Voicebot: Sachstand 2 wurde eingereicht.",
        "path": "/pruefung/sachstaende/2/",
        "reason": "weil Sie Sachstände prüfen",
    }
    return Notice.objects.create(recipient=user, **defaults | fields)


@pytest.fixture
def user() -> User:
    return factories.a_reviewer(first_name="Anna", last_name="Beispiel")


# --- The e-mail -------------------------------------------------------------------------------


def test_one_mail_with_all_lines_their_links_and_reasons(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://strategie.example.org"
    user = factories.a_releaser(first_name="Anna", last_name="Beispiel")
    notice(user)
    notice(
        user,
        kind=Notice.Kind.ASKED,
        text="Voicebot: Aus dem Rat kam eine Frage.",
        path="/redaktion/fragen/1/",
    )
    notice(user, text="Netze: Sachstand 1 wurde eingereicht.")
    assert send_digests().sent == 1
    (sent,) = mail.outbox
    assert sent.to == [user.email]
    assert "3 Nachrichten" in sent.subject
    body = str(sent.body)
    for words in (
        "Guten Tag Anna Beispiel,",
        "* Voicebot: Sachstand 2 wurde eingereicht.\n  https://strategie.example.org/pruefung/sachstaende/2/\n"
        "  Sie bekommen das, weil Sie Sachstände prüfen.",
        "https://strategie.example.org/redaktion/fragen/1/",
        "https://strategie.example.org/konto/nachrichten/\n",
        "höchstens eine solche E-Mail am Tag",
    ):
        assert words in body, words
    assert body.count("Ein Sachstand wurde eingereicht") == 1
    assert body.index("Netze") < body.index("Aus dem Rat")
    unsubscribe = sent.extra_headers["List-Unsubscribe"]
    assert unsubscribe.startswith("<https://strategie.example.org/konto/nachrichten/abbestellen/")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert unsubscribe.strip("<>") in body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_words_are_not_escaped_and_stay_on_their_line(user: User) -> None:
    notice(user, text="A & B <c>\r\nBcc: x@example.org")
    send_digests()
    assert "* A & B <c> Bcc: x@example.org\n" in str(mail.outbox[0].body)
    assert "Bcc" not in mail.outbox[0].message()


def test_a_name_or_a_city_puts_nothing_into_the_headers(user: User, settings: Settings) -> None:
    settings.CITY = settings.CITY.model_copy(update={"portal_name": "Portal\r\nBcc: x@example.org"})
    user.first_name = "Anna\r\nBcc: x@example.org"
    written = digest(user, [notice(user)])
    assert written.message()["Bcc"] is None
    assert written.subject == "Portal Bcc: x@example.org Hansestadt Lüneburg: 1 Nachricht"


def test_very_many_lines_are_counted(user: User) -> None:
    for _ in range(notices.MOST_LINES + 3):
        notice(user)
    send_digests()
    body = str(mail.outbox[0].body)
    assert body.count("\n* ") == notices.MOST_LINES
    assert "Und noch 3 weitere" in body
    assert not Notice.objects.filter(sent_at=None).exists()


# --- When -------------------------------------------------------------------------------------


def test_nobody_gets_two_on_one_day(user: User) -> None:
    noon = timezone.localtime().replace(hour=12)
    notice(user)
    assert send_digests(noon).sent == 1
    notice(user)
    assert send_digests(noon.replace(hour=23, minute=59)).sent == 0
    assert send_digests((noon + timedelta(days=1)).replace(hour=0, minute=0)).sent == 1
    assert len(mail.outbox) == 2


def test_a_line_is_sent_once(user: User) -> None:
    notice(user)
    send_digests()
    assert send_digests(timezone.now() + timedelta(days=2)).sent == 0


@pytest.mark.parametrize("fields", [{"is_active": False}, {"muted_notices": ["submitted"]}])
def test_closed_accounts_and_unwanted_kinds_get_nothing(user: User, fields: dict[str, Any]) -> None:
    notice(user)
    User.objects.filter(pk=user.pk).update(**fields)
    assert send_digests().sent == 0
    assert mail.outbox == []


def test_one_address_that_fails_is_reported_and_does_not_stop_the_others(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.a_reviewer()
    for one in (user, other):
        notice(one)
    send = EmailMessage.send

    def refuse(message: EmailMessage, fail_silently: bool = False) -> int:
        if message.to == [user.email]:
            raise SMTPRecipientsRefused({user.email: (550, b"no such user")})
        return send(message, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", refuse)
    with pytest.raises(CommandError, match=f"account {user.pk}: SMTPRecipientsRefused") as failed:
        call_command("send_digests", verbosity=0)
    assert failed.value.returncode == 1
    assert user.email not in str(failed.value)
    assert [sent.to for sent in mail.outbox] == [[other.email]]
    monkeypatch.undo()
    call_command("send_digests", verbosity=0)
    assert len(mail.outbox) == 2


def test_a_crash_while_sending_does_not_send_again(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    notice(user)

    def crash(message: EmailMessage, fail_silently: bool = False) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMessage, "send", crash)
    with pytest.raises(KeyboardInterrupt):
        send_digests()
    monkeypatch.undo()
    assert send_digests().sent == 0
    assert Notice.objects.filter(sent_at__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_while_a_transaction_is_open(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    notice(user)
    seen = []
    monkeypatch.setattr(
        EmailMessage, "send", lambda message, fail_silently=False: seen.append(connection.in_atomic_block)
    )
    send_digests()
    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_send_one_mail(user: User) -> None:
    notice(user)
    together = Barrier(8)

    def run() -> int:
        try:
            together.wait(10)
            return send_digests().sent
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        results = [future.result() for future in [pool.submit(run) for _ in range(8)]]
    assert sum(results) == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_where_people_try_things_out_it_comes_at_once(user: User, settings: Settings) -> None:
    settings.NOTICES_AT_ONCE = True
    for _ in range(2):
        with transaction.atomic():
            notice(user)
            notices.announce([user.pk])
            assert len(mail.outbox) == Notice.objects.filter(sent_at__isnull=False).count()
    assert len(mail.outbox) == 2
    assert "kommt jede Nachricht sofort" in str(mail.outbox[0].body)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_sent(user: User, settings: Settings) -> None:
    settings.NOTICES_AT_ONCE = True
    with transaction.atomic():
        notice(user)
        notices.announce([user.pk])
        transaction.set_rollback(True)
    assert mail.outbox == []


def test_elsewhere_the_command_sends(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    assert not settings.NOTICES_AT_ONCE
    notice(user)
    notices.announce([user.pk])
    call_command("send_digests")
    assert capsys.readouterr().out == "1 e-mail sent.\n"


# --- Who may hear it --------------------------------------------------------------------------


def with_roles_only(user: User, *roles: Role) -> User:
    """The account, read anew, after somebody gave it `roles` in place of those it had."""
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("kind", Notice.Kind)
def test_each_kind_is_for_some_roles(kind: Notice.Kind) -> None:
    told = {role for role in Role if kind in kinds_for(factories.an_account(role))}
    assert told == MAY_HEAR[kind]
    assert told
    assert kind not in kinds_for(factories.an_account())
    assert kind not in kinds_for(factories.an_account(*Role, is_active=False))


def test_accounts_that_may_hear_a_kind_are_counted_once() -> None:
    both = factories.an_account(Role.RELEASER, Role.REVIEWER)
    factories.an_editor()
    factories.an_account(*Role, is_active=False)
    assert list(who_may_hear(Notice.Kind.SUBMITTED)) == [both]


@pytest.mark.parametrize(
    ("kind", "had", "has"),
    [
        (Notice.Kind.CHANGE, Role.RELEASER, []),
        (Notice.Kind.CHANGE, Role.RELEASER, [Role.REVIEWER]),
        (Notice.Kind.RETURNED, Role.EDITOR, []),
        (Notice.Kind.RETURNED, Role.EDITOR, [Role.ADMINISTRATOR, Role.REVIEWER]),
        (Notice.Kind.SUBMITTED, Role.REVIEWER, [Role.EDITOR]),
        (Notice.Kind.ASKED, Role.EDITOR, [Role.REVIEWER]),
        (Notice.Kind.OVERDUE, Role.EDITOR, [Role.RELEASER]),
        (Notice.Kind.PUBLISHED, Role.REVIEWER, []),
        (Notice.Kind.ANSWERED, Role.REVIEWER, []),
    ],
)
def test_who_lost_the_role_is_not_told_and_the_line_does_not_wait(
    kind: Notice.Kind, had: Role, has: list[Role]
) -> None:
    user = factories.an_account(had)
    notice(user, kind=kind)
    with_roles_only(user, *has)
    assert send_digests().sent == 0
    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_what_the_roles_that_are_left_may_hear_is_still_sent() -> None:
    user = factories.an_account(Role.RELEASER, Role.EDITOR)
    notice(user, text="nur für die Freigabe")
    notice(user, kind=Notice.Kind.CHANGE, text="auch für die Redaktion")
    with_roles_only(user, Role.EDITOR)
    assert send_digests().sent == 1
    body = str(mail.outbox[0].body)
    assert "auch für die Redaktion" in body
    assert "nur für die Freigabe" not in body


def test_the_page_lists_only_what_the_roles_of_today_may_hear() -> None:
    user = factories.an_account(Role.EDITOR)
    notice(user, kind=Notice.Kind.RETURNED, text="zurückgegeben", sent_at=timezone.now())
    notice(user, kind=Notice.Kind.PUBLISHED, text="veröffentlicht")
    user = with_roles_only(user, Role.ADMINISTRATOR)
    lines = [line.text for line in client_for(user).get(PAGE).context["last"]]
    assert lines == ["veröffentlicht"]


# --- The page ---------------------------------------------------------------------------------

PAGE = "/konto/nachrichten/"


def test_everybody_signed_in_chooses(
    user: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    notice(user)
    notice(factories.a_reviewer(), text="nicht für Sie")
    client = client_for(user)
    with django_assert_max_num_queries(12):
        text = client.get(PAGE).content.decode()
    assert "Voicebot: Sachstand 2 wurde eingereicht." in text
    assert "noch nicht verschickt" in text
    assert "nicht für Sie" not in text
    response = client.post(PAGE, {"kinds": ["asked", "answered"]})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    user.refresh_from_db()
    assert set(user.muted_notices) == set(Notice.Kind.values) - {"asked", "answered"}
    assert not Notice.objects.filter(recipient=user).exists()
    client.post(PAGE, {"kinds": Notice.Kind.values})
    user.refresh_from_db()
    assert user.muted_notices == []


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_the_page(role: Role) -> None:
    response = client_for(factories.an_account(role)).get(PAGE)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_who_may_not_choose(user: User) -> None:
    response = Client().get(PAGE)
    assert (response.status_code, response["Location"].partition("?")[0]) == (
        302,
        resolve_url(settings.LOGIN_URL),
    )
    assert client_for(factories.an_account()).get(PAGE).status_code == 403
    assert client_for(user).delete(PAGE).status_code == 405
    assert client_for(user, enforce_csrf_checks=True).post(PAGE, {"kinds": []}).status_code == 403


def test_an_unknown_kind_is_refused(user: User) -> None:
    response = client_for(user).post(PAGE, {"kinds": ["spam"]})
    assert response.status_code == 200
    assert "kern-error" in response.content.decode()
    user.refresh_from_db()
    assert user.muted_notices == []


# --- The link in the e-mail -------------------------------------------------------------------


def link(user: User) -> str:
    return f"{PAGE}abbestellen/{unsubscribe_token(user)}/"


def test_the_link_asks_first_and_then_ends_all_without_a_sign_in(user: User) -> None:
    notice(user)
    client = Client(enforce_csrf_checks=True)
    response = client.get(link(user))
    assert response.status_code == 200
    assert "Alle Nachrichten abbestellen" in response.content.decode()
    assert not response.cookies
    user.refresh_from_db()
    assert user.muted_notices == []
    response = client.post(link(user), {"List-Unsubscribe": "One-Click"})
    assert "abbestellt" in response.content.decode()
    user.refresh_from_db()
    assert set(user.muted_notices) == set(Notice.Kind.values)
    assert not Notice.objects.exists()
    for header, value in {
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }.items():
        assert response[header] == value


def test_a_link_that_we_did_not_sign_does_nothing(user: User) -> None:
    other = factories.a_reviewer()
    forged = link(user).replace(f"/{user.pk}:", f"/{other.pk}:")
    for address in (forged, f"{PAGE}abbestellen/{user.pk}/", f"{PAGE}abbestellen/x:y/"):
        assert Client().post(address).status_code == 404
    assert Client().put(link(user)).status_code == 405
    assert not User.objects.exclude(muted_notices=[]).exists()


def test_muting_takes_only_what_waits(user: User) -> None:
    notice(user, sent_at=timezone.now())
    notice(user)
    mute(user, ["submitted", "no such kind"])
    assert user.muted_notices == ["submitted"]
    assert Notice.objects.get().sent_at is not None
