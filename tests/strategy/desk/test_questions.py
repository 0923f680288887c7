"""/redaktion/fragen/: questions of the council, answered by one person and published by another."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.editing import seal
from portal.roles import Role
from strategy.models import Change, CouncilSeat, Question
from tests import factories
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db
LIST = "/redaktion/fragen/"
MOST_QUERIES = 12
"""Session, account, second factor, roles and the like; counts, number of rows, rows; last import."""


def a_question(**fields: Any) -> Question:
    member = factories.a_reviewer()
    seat = CouncilSeat.objects.create(user=member, person=factories.a_person())
    measure = fields.pop("measure", None) or factories.a_measure()
    defaults: dict[str, Any] = {
        "strategy": measure.field.target_area.strategy,
        "measure": measure,
        "slug": f"frage-{Question.objects.count()}",
        "text": "Wann geht es los?",
        "asked_on": date(2026, 9, 1),
        "asked_by": seat.person,
        "asked_by_account": member,
        "written_by": member,
    }
    return Question.objects.create(**defaults | fields)


@pytest.fixture
def asked() -> Question:
    return a_question()


@pytest.fixture
def editor() -> Client:
    return client_with(Role.EDITOR)


@pytest.fixture
def releaser() -> Client:
    return client_with(Role.RELEASER)


def url(question: Question, name: str = "question") -> str:
    return reverse(f"desk:{name}", args=[question.pk])


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, question: Question, **fields: str) -> Any:
    """Opens the form and sends it with `fields`, as a browser does."""
    opened = client.get(url(question)).context["form"]
    data = {opened.base_name: opened.sealed_base, "answer": opened["answer"].value() or ""}
    if "answered_on" in opened.fields:
        data["answered_on"] = opened["answered_on"].value() or ""
    return client.post(url(question), data | fields, follow=True)


# The list


def test_the_list_has_three_parts(editor: Client, asked: Question) -> None:
    a_question(text="Schon beantwortet?", answer="Ja.", answered_on=date(2026, 9, 2))
    a_question(
        text="Schon öffentlich?",
        answer="Ja.",
        answered_on=date(2026, 9, 2),
        published_at=factories.NOON,
        published_by=factories.a_user(),
    )
    page = html(editor, LIST)
    assert "Offen (1)" in page
    assert "Beantwortet, nicht veröffentlicht (1)" in page
    assert "Veröffentlicht (1)" in page
    assert "Wann geht es los?" in page
    assert asked.asked_by is not None
    assert str(asked.asked_by) in page
    assert "Schon" not in page
    assert "Schon beantwortet?" in html(editor, f"{LIST}?zustand=beantwortet")
    assert "Schon öffentlich?" in html(editor, f"{LIST}?zustand=veroeffentlicht")
    assert "Wann geht es los?" in html(editor, f"{LIST}?zustand=%00")


def test_an_empty_list_says_so(editor: Client) -> None:
    assert "Keine Frage wartet auf eine Antwort." in html(editor, LIST)


def test_queries_of_the_list_do_not_grow(
    editor: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    a_question()
    html(editor, LIST)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        html(editor, LIST)
    for _ in range(10):
        a_question(measure=factories.a_measure())
    with django_assert_num_queries(len(few)):
        html(editor, LIST)


# The answer


def test_an_answer_is_saved(editor: Client, asked: Question) -> None:
    page = send(editor, asked, answer="Im Herbst.", answer_is_partial="on").content.decode()
    asked.refresh_from_db()
    assert (asked.answer, asked.answer_is_partial, asked.is_published) == ("Im Herbst.", True, False)
    assert "Veröffentlichen muss sie eine andere Person" in page
    assert "teilweise beantwortet" in page


def test_what_is_wrong_is_said_and_kept(editor: Client, asked: Question) -> None:
    page = send(editor, asked, answer="", answer_is_partial="on").content.decode()
    assert "Ohne Antwort ist eine Frage nicht teilweise beantwortet." in page
    page = send(editor, asked, answer="x" * 20_001).content.decode()
    assert "20001 Zeichen" in page
    assert "x" * 20_001 in page
    asked.refresh_from_db()
    assert asked.answer == ""


def test_two_editors_decide_field_by_field(editor: Client, asked: Question) -> None:
    opened = editor.get(url(asked)).context["form"]
    send(client_with(Role.EDITOR), asked, answer="Die andere Antwort.")
    mine = {opened.base_name: opened.sealed_base, "answer": "Meine Antwort."}
    page = editor.post(url(asked), mine).content.decode()
    assert "Die andere Antwort." in page
    assert "Meine Antwort." in page
    asked.refresh_from_db()
    assert asked.answer == "Die andere Antwort."


def test_what_a_colleague_changed_meanwhile_stays_and_is_said(editor: Client, asked: Question) -> None:
    send(editor, asked, answer="Text 1")
    opened = editor.get(url(asked)).context["form"]
    send(client_with(Role.EDITOR), asked, answer="Text 2")
    mine = {opened.base_name: opened.sealed_base, "answer": "Text 1"}
    page = editor.post(url(asked), mine | {"answer_is_partial": "on"}, follow=True).content.decode()
    assert "Jemand anders hat inzwischen geändert: Antwort. Das bleibt so." in page
    asked.refresh_from_db()
    assert (asked.answer, asked.answer_is_partial) == ("Text 2", True)


def test_an_answer_saved_as_it_stands_changes_nothing(editor: Client, asked: Question) -> None:
    send(editor, asked, answer="Im Herbst.")
    before = Question.objects.get()
    assert "Es war nichts zu ändern." in send(client_with(Role.EDITOR), asked).content.decode()
    after = Question.objects.get()
    assert (after.answered_by, after.changed_at) == (before.answered_by, before.changed_at)


def test_a_public_question_gets_its_answer_by_a_change(editor: Client) -> None:
    asked = a_question(
        asked_by_account=None, written_by=None, published_at=factories.NOON, published_by=factories.a_user()
    )
    assert "erscheint, sobald eine zweite Person es freigibt" in html(editor, url(asked))
    page = send(editor, asked, answer="Im Herbst.", answered_on="2.9.2026").content.decode()
    change = Change.objects.get()
    assert change.values == {"answer": "Im Herbst.", "answered_on": "2026-09-02"}
    asked.refresh_from_db()
    assert asked.answer == ""
    assert reverse("desk:change", args=[change.pk]) in page
    assert "wartet auf Freigabe" in page


def test_an_answer_before_its_question_is_refused(editor: Client) -> None:
    asked = a_question(published_at=factories.NOON, published_by=factories.a_user())
    page = send(editor, asked, answer="Im Herbst.", answered_on="2.9.2025").content.decode()
    assert "Die Antwort liegt vor der Frage." in page
    assert not Change.objects.exists()


def test_evidence_is_added_and_changed_from_here(editor: Client, asked: Question) -> None:
    piece = factories.evidence(factories.an_item(), question=asked, aspect="answer")
    page = html(editor, url(asked))
    assert reverse("desk:evidence-add", args=["question", asked.pk]) in page
    assert reverse("desk:evidence-change", args=[piece.pk]) in page


# Publishing


CHANGED = "Der Text hat sich geändert, seit Sie ihn gelesen haben. Bitte lesen Sie ihn noch einmal."


def read(client: Client, question: Question) -> dict[str, str]:
    """What the button to publish sends: what its page showed."""
    page = html(client, url(question))
    assert "Frage und Antwort veröffentlichen" in page
    return dict(re.findall(r'<input type="hidden" name="(read_at)" value="([^"]+)">', page))


def test_somebody_else_publishes(editor: Client, releaser: Client, asked: Question) -> None:
    send(editor, asked, answer="Im Herbst.")
    response = releaser.post(url(asked, "question-publish"), read(releaser, asked), follow=True)
    assert "Frage und Antwort sind veröffentlicht." in response.content.decode()
    asked.refresh_from_db()
    assert asked.is_published
    again = releaser.post(url(asked, "question-publish"), follow=True).content.decode()
    assert "Frage und Antwort sind veröffentlicht." in again


def test_what_changed_since_it_was_read_is_not_published(
    editor: Client, releaser: Client, asked: Question
) -> None:
    send(editor, asked, answer="Im Herbst.")
    seen = read(releaser, asked)
    send(editor, asked, answer="Nie.")
    page = releaser.post(url(asked, "question-publish"), seen, follow=True).content.decode()
    assert CHANGED in page
    assert "Nie." in page
    asked.refresh_from_db()
    assert not asked.is_published
    releaser.post(url(asked, "question-publish"), read(releaser, asked))
    asked.refresh_from_db()
    assert asked.is_published


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"read_at": ""},
        {"read_at": "erfunden"},
        {"read_at": seal({})},
        {"read_at": seal({"changed_at": 1})},
    ],
    ids=["missing", "empty", "forged", "another-form", "another-kind"],
)
def test_who_does_not_say_what_they_read_reads_again(
    editor: Client, releaser: Client, asked: Question, sent: dict[str, str]
) -> None:
    send(editor, asked, answer="Im Herbst.")
    page = releaser.post(url(asked, "question-publish"), sent, follow=True).content.decode()
    assert CHANGED in page
    asked.refresh_from_db()
    assert not asked.is_published


def test_nobody_publishes_their_own_answer(asked: Question) -> None:
    both = client_for(factories.an_account(Role.EDITOR, Role.RELEASER))
    send(both, asked, answer="Im Herbst.")
    assert "Veröffentlichen muss es eine andere Person" in html(both, url(asked))
    page = both.post(url(asked, "question-publish"), follow=True).content.decode()
    assert "Sie haben daran mitgeschrieben" in page
    asked.refresh_from_db()
    assert not asked.is_published


def test_without_an_answer_nothing_is_published(releaser: Client, asked: Question) -> None:
    page = releaser.post(url(asked, "question-publish"), follow=True).content.decode()
    assert "Diese Frage hat noch keine Antwort." in page


# Who may


def test_who_releases_reads_and_does_not_write(releaser: Client, asked: Question) -> None:
    page = html(releaser, url(asked))
    assert "<textarea" not in page
    assert "Beleg hinzufügen" not in page
    assert (
        "Dazu fehlt Ihnen das Recht."
        in releaser.post(url(asked), {"answer": "x"}, follow=True).content.decode()
    )
    asked.refresh_from_db()
    assert asked.answer == ""


@pytest.mark.parametrize("name", ["questions", "question", "question-publish"])
def test_strangers_and_other_roles(client: Client, asked: Question, name: str) -> None:
    address = reverse(f"desk:{name}", args=[] if name == "questions" else [asked.pk])
    ask = (lambda who: who.post(address)) if name == "question-publish" else (lambda who: who.get(address))
    response = ask(client)
    assert response.status_code == (403 if name == "question-publish" else 302)
    assert asked.text not in response.content.decode()
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        assert ask(client_with(role)).status_code == 403


def test_wrong_methods_and_numbers(releaser: Client, asked: Question) -> None:
    assert releaser.post(LIST).status_code == 405
    assert releaser.get(url(asked, "question-publish")).status_code == 405
    assert releaser.get(f"{LIST}{asked.pk + 1}/").status_code == 404
    assert releaser.post(f"{LIST}{asked.pk + 1}/veroeffentlichen/").status_code == 404
    assert releaser.get(f"{LIST}?page=99").status_code == 404


def test_hostile_words_are_text(editor: Client) -> None:
    asked = a_question(text="<script>alert(1)</script>", answer="<b>x</b>", answered_on=date(2026, 9, 2))
    page = html(editor, url(asked))
    assert "<script>alert" not in page
    assert "<b>x" not in page
