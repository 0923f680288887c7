"""Every address and every role: who comes in, who is refused, who is asked to sign in."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from portal.models import Invitation
from portal.roles import Role
from strategy.models import Change, Question
from tests import factories
from tests.access import ONLY_POST, OWN_ACCOUNT, SIGNED_IN
from tests.portal.test_urls import ANYBODY, OPARL, named
from tests.signed_in import client_for

pytestmark = pytest.mark.django_db


def test_every_address_is_listed_once() -> None:
    there = {name for name in named(get_resolver().url_patterns) if not name.startswith("admin:")}
    lists = (ANYBODY, OPARL, set(SIGNED_IN), OWN_ACCOUNT)
    assert there == set().union(*lists)
    assert sum(map(len, lists)) == len(there)
    assert set(SIGNED_IN) >= ONLY_POST


class World:
    """One of everything that an address names."""

    def __init__(self) -> None:
        strategy = factories.a_strategy()
        self.measure = factories.a_measure()
        self.hidden = factories.a_measure(published=False)
        self.item = factories.an_item()
        self.draft = factories.a_report(self.measure, published=False)
        self.evidence = factories.evidence(self.item, report=self.draft)
        self.submitted = factories.a_report(factories.a_measure(), published=False)
        factories.submit(self.submitted)
        self.question = Question.objects.create(
            strategy=strategy, measure=self.measure, slug="q", text="Wann?", asked_on="2025-01-01",
            answer="Bald.", answered_on="2025-01-02", asked_by_account=factories.a_reviewer(),
            answered_by=factories.an_editor(),
        )  # fmt: skip
        self.change = Change.objects.create(
            model="strategy.measure", object_id=self.measure.pk, measure=self.measure, title="X",
            action="change", values={"summary": "neu"}, base={"summary": ""}, written_by=factories.an_editor(),
        )  # fmt: skip
        self.invitation = Invitation.objects.create(
            email="neu@example.org", token_digest=uuid.uuid4().hex, invited_by=factories.a_user(),
            expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip


def report(world: World) -> dict[str, Any]:
    return {"pk": world.draft.pk}


def submitted(world: World) -> dict[str, Any]:
    return {"pk": world.submitted.pk}


def slug(world: World) -> dict[str, Any]:
    return {"slug": world.measure.slug}


ARGUMENTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "desk:report-new": lambda world: {"slug": factories.a_measure().slug},
    "desk:report": report,
    "desk:report-preview": report,
    "desk:report-preview-report": report,
    "desk:report-submit": report,
    "desk:report-take-back": submitted,
    "desk:report-return": submitted,
    "desk:report-publish": submitted,
    "desk:report-discard": report,
    "desk:evidence-add": lambda world: {"kind": "report", "pk": world.draft.pk},
    "desk:evidence-document": lambda world: {"kind": "report", "pk": world.draft.pk},
    "desk:evidence-source": lambda world: {
        "kind": "report", "pk": world.draft.pk, "word": "item", "source_pk": world.item.pk,
    },
    "desk:evidence-change": lambda world: {"pk": world.evidence.pk},
    "desk:evidence-remove": lambda world: {"pk": world.evidence.pk},
    "desk:change": lambda world: {"pk": world.change.pk},
    "desk:question": lambda world: {"pk": world.question.pk},
    "desk:question-publish": lambda world: {"pk": world.question.pk},
    "desk:history": slug,
    "desk:measure": slug,
    "desk:new": lambda world: {"word": "meilenstein", "pk": world.measure.pk},
    "desk:edit": lambda world: {"word": "massnahme", "pk": world.measure.pk},
    "desk:remove": lambda world: {"word": "massnahme", "pk": world.hidden.pk},
    "desk:publish": lambda world: {"word": "massnahme", "pk": world.hidden.pk},
    "review:report": submitted,
    "review:ask": slug,
    "review:folder": lambda world: {"pk": world.item.meeting_id},
    "account_invitation_send": lambda world: {"pk": world.invitation.pk},
    "account_invitation_withdraw": lambda world: {"pk": world.invitation.pk},
}  # fmt: skip


def ask(client: Client, name: str, world: World) -> Any:
    address = reverse(name, kwargs=ARGUMENTS[name](world) if name in ARGUMENTS else {})
    return client.post(address) if name in ONLY_POST else client.get(address)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_every_role_at_every_address(name: str, role: Role) -> None:
    response = ask(client_for(factories.an_account(role)), name, World())
    if role in SIGNED_IN[name]:
        # 409: somebody in the role, and a rule forbids it now.
        assert response.status_code in (200, 302, 303, 409), response.content.decode()[:2000]
        assert "anmelden" not in response.get("Location", "")
    else:
        assert response.status_code == 403
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_a_stranger_is_asked_to_sign_in(client: Client, name: str) -> None:
    response = ask(client, name, World())
    if name in ONLY_POST:
        assert response.status_code == 403
        assert "Bitte melden Sie sich" in response.content.decode()
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_nobody_comes_in_without_a_second_factor(client: Client, name: str) -> None:
    client.force_login(
        factories.an_account(*SIGNED_IN[name]), backend="django.contrib.auth.backends.ModelBackend"
    )
    response = ask(client, name, World())
    if name in ONLY_POST:
        assert response.status_code == 403
        assert reverse("mfa_index") in response.content.decode()
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("mfa_index"))


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_other_methods_are_refused(name: str) -> None:
    client = client_for(factories.an_account(*SIGNED_IN[name]))
    world = World()
    address = reverse(name, kwargs=ARGUMENTS[name](world) if name in ARGUMENTS else {})
    methods = ["put", "patch", "delete", *(["get"] if name in ONLY_POST else [])]
    for method in methods:
        response = getattr(client, method)(address)
        assert response.status_code == 405, method
        assert response["Allow"]


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_a_form_without_a_token_changes_nothing(name: str) -> None:
    client = client_for(factories.an_account(*SIGNED_IN[name]), enforce_csrf_checks=True)
    world = World()
    address = reverse(name, kwargs=ARGUMENTS[name](world) if name in ARGUMENTS else {})
    assert client.post(address, {"reason": "x"}).status_code in (403, 405)


@pytest.mark.parametrize("name", sorted(set(ARGUMENTS) & set(SIGNED_IN)))
def test_what_does_not_exist_is_not_found(name: str) -> None:
    client = client_for(factories.an_account(*SIGNED_IN[name]))
    world = World()
    arguments = ARGUMENTS[name](world)
    for key, value in arguments.items():
        nonsense: list[object] = ["gibt-es-nicht"] if isinstance(value, str) else [0, 4711, 2**63, 10**30]
        for wrong in nonsense:
            address = reverse(name, kwargs={**arguments, key: wrong})
            response = client.post(address) if name in ONLY_POST else client.get(address)
            # 410: what was typed into a report that somebody has discarded is shown once more.
            assert response.status_code in (404, 410), address
