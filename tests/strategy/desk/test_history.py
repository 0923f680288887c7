"""The full history of a measure: everything, by whom, for staff and nobody else."""

import importlib
import inspect
import pkgutil

import pytest
from django.conf import settings
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from portal.roles import Role
from strategy import actions
from strategy.desk.history import ACTION_NAMES
from strategy.history.fields import ALL_FIELDS, KIND_NAMES, TELLS_OF_MEASURE
from strategy.models import EditionMeasure, Measure
from strategy.models.history import TRACKED
from tests import factories
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db

SECRET = "Geheimwort"
STAFF = (Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR)


def address(measure: Measure, query: str = "") -> str:
    return f"/redaktion/massnahmen/{measure.slug}/verlauf/{query}"


def page(client: Client, measure: Measure, query: str = "") -> str:
    response = client.get(address(measure, query))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure(slug="voicebot", published=False)


def test_drafts_comments_and_people_are_told(measure: Measure) -> None:
    editor = factories.an_editor(first_name="Anna", last_name="Beispiel")
    measure.editors.add(editor)
    report = factories.a_report(measure, published=False, reason=f"{SECRET} Grund")
    actions.submit_report(report=report, by=editor)
    actions.review_report(
        report=report,
        submission=1,
        verdict="disagrees",
        comment=f"{SECRET} Anmerkung",
        by=factories.a_reviewer(),
    )
    text = page(client_for(editor), measure)
    for words in (
        f"{SECRET} Grund",
        f"{SECRET} Anmerkung",
        "Anna Beispiel (Redaktion)",
        "eingereicht",
        "betreut von",
        "ohne Angabe",
        f"/redaktion/sachstaende/{report.pk}/",
    ):
        assert words in text, words


def test_a_proposal_shows_what_it_wants() -> None:
    measure = factories.a_measure(slug="voicebot")
    editor = factories.an_editor()
    actions.save(obj=measure, values={"name": SECRET}, base={"name": measure.name}, by=editor)
    assert f"Name: {SECRET}" in page(client_for(editor), measure)


def test_it_can_be_narrowed_to_a_kind_and_a_person(measure: Measure) -> None:
    first, second = factories.an_editor(first_name="Anna"), factories.an_editor(first_name="Bea")
    actions.save(obj=measure, values={"binding_reason": "Annas Grund"}, base={"binding_reason": ""}, by=first)
    measure.refresh_from_db()
    actions.save(obj=measure, values={"summary": "Beas Satz"}, base={"summary": ""}, by=second)
    client = client_for(first)
    text = page(client, measure, f"?person={second.pk}")
    assert "Beas Satz" in text
    assert "Annas Grund" not in text
    assert "Dazu ist nichts aufgezeichnet." in page(client, measure, "?art=milestone")
    assert "Beas Satz" in page(client, measure, "?art=measure")
    for nonsense in ("?person=abc", "?person=999999999999", "?art=%00", "?art=user"):
        assert "Beas Satz" in page(client, measure, nonsense)


@pytest.mark.parametrize("role", STAFF)
def test_it_is_for_staff(measure: Measure, role: Role) -> None:
    response = client_with(role).get(address(measure))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_it_is_for_nobody_else(measure: Measure) -> None:
    assert client_with(Role.REVIEWER).get(address(measure)).status_code == 403
    assert client_with().get(address(measure)).status_code == 403
    response = Client().get(address(measure))
    assert (response.status_code, response.url.partition("?")[0]) == (302, resolve_url(settings.LOGIN_URL))  # type: ignore[attr-defined]  # a redirect


def test_wrong_addresses_and_methods(measure: Measure) -> None:
    client = client_with(Role.EDITOR)
    assert client.get("/redaktion/massnahmen/gibt-es-nicht/verlauf/").status_code == 404
    assert client.get(address(measure, "?page=9")).status_code == 404
    assert client.post(address(measure)).status_code == 405


def test_the_number_of_queries_does_not_grow(
    measure: Measure, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_with(Role.EDITOR)
    with CaptureQueriesContext(connection) as few:
        page(client, measure)
    for number in range(5):
        actions.save(
            obj=measure, values={"position": number + 1}, base={"position": number}, by=factories.an_editor()
        )
        measure.refresh_from_db()
        factories.evidence(factories.an_item(), measure=measure)
    with django_assert_max_num_queries(len(few) + 2):
        page(client, measure)


def test_every_action_has_a_name() -> None:
    names = set()
    for module in pkgutil.iter_modules(actions.__path__):
        members = vars(importlib.import_module(f"strategy.actions.{module.name}"))
        names |= {
            name
            for name, member in members.items()
            if inspect.isfunction(member)
            and hasattr(member, "__wrapped__")
            and name != "recorded"
            and "by" in inspect.signature(member).parameters
        }
    assert names - set(ACTION_NAMES) == set()


def test_every_tracked_model_is_told() -> None:
    of_the_whole_city = {"Strategy", "Edition", "Status", "OutsideDocument", "CouncilSeat"}
    told = {model.__name__ for model in (*KIND_NAMES, *TELLS_OF_MEASURE)}
    assert {model.__name__ for model in TRACKED} - told == of_the_whole_city
    assert ALL_FIELDS[EditionMeasure] == ("edition", "official_wording")
