"""/pruefung/massnahmen/<slug>/frage/: a council member asks."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import User
from portal.roles import Role
from strategy.models import CouncilSeat, Measure, Question
from tests import factories
from tests.signed_in import client_with

pytestmark = pytest.mark.django_db


def address(measure: Measure) -> str:
    return reverse("review:ask", args=[measure.slug])


def test_a_question_is_asked(council: Client, member: User) -> None:
    measure = factories.a_measure()
    response = council.post(address(measure), {"text": "Wann  beginnt das?\r\nUnd wo?"}, follow=True)
    assert response.redirect_chain == [("/pruefung/", 302)]
    assert "ist gestellt" in response.content.decode()
    question = Question.objects.get()
    assert (question.measure, question.asked_by_account, question.text) == (
        measure, member, "Wann  beginnt das?\nUnd wo?",
    )  # fmt: skip


def test_sent_twice_it_is_one_question(council: Client) -> None:
    measure = factories.a_measure()
    for _ in range(2):
        assert council.post(address(measure), {"text": "Wann?"}).status_code == 302
    assert Question.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001, "a\x00b"])
def test_what_is_no_question_is_refused_with_what_was_typed(council: Client, text: str) -> None:
    response = council.post(address(factories.a_measure()), {"text": text})
    assert response.status_code == 200
    assert "Noch nicht gespeichert" in response.content.decode()
    assert not Question.objects.exists()


def test_says_under_which_name_the_question_appears(council: Client, member: User) -> None:
    measure = factories.a_measure()
    assert "Ihrem Namen" not in council.get(address(measure)).content.decode()
    CouncilSeat.objects.create(user=member, person=factories.a_person(name="Grimm"))
    assert "Ihrem Namen (Ratsfrau Grimm)" in council.get(address(measure)).content.decode()


def test_shows_what_was_asked_already_and_not_what_waits(council: Client) -> None:
    measure = factories.a_measure()
    common = {
        "strategy": measure.field.target_area.strategy,
        "measure": measure,
        "asked_on": date(2025, 1, 1),
    }
    public = {"published_at": factories.NOON, "published_by": factories.a_user()}
    Question.objects.create(slug="a", text="Was kostet das?", **common, **public)
    Question.objects.create(slug="b", text="Geheim?", **common)
    html = council.get(address(measure)).content.decode()
    assert "Was kostet das?" in html
    assert "Geheim?" not in html


def test_the_page_of_the_measure_leads_members_here(council: Client, editor_client: Client) -> None:
    measure = factories.a_measure()
    for client, shown in ((council, True), (editor_client, False), (Client(), False)):
        html = client.get(measure.get_absolute_url()).content.decode()
        assert (address(measure) in html) is shown


def test_only_of_public_measures(council: Client) -> None:
    hidden = factories.a_measure(published=False)
    assert council.get(address(hidden)).status_code == 404
    assert council.post(address(hidden), {"text": "Wann?"}).status_code == 404
    assert council.get("/pruefung/massnahmen/gibt-es-nicht/frage/").status_code == 404


def test_only_council_members_ask() -> None:
    path = address(factories.a_measure())
    assert Client().get(path).status_code == 302
    assert Client().post(path, {"text": "Wann?"}).status_code == 403
    for role in (Role.EDITOR, Role.RELEASER, Role.ADMINISTRATOR):
        client = client_with(role)
        assert client.get(path).status_code == 403
        assert client.post(path, {"text": "Wann?"}).status_code == 403
    assert not Question.objects.exists()


def test_only_reading_and_sending(council: Client) -> None:
    assert council.put(address(factories.a_measure())).status_code == 405
