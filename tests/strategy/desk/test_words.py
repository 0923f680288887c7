"""What the desk calls rows: of the council's record only what everybody may see has a name and words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.roles import Role
from sessions.models import AgendaItem, File, Motion, Paper, Vote
from strategy.actions import create, propose_evidence, save
from strategy.desk.words import Words, in_words
from strategy.models import Change, Edition, Evidence, Measure
from tests import factories
from tests.signed_in import client_with

pytestmark = pytest.mark.django_db

GONE = "Quelle, die nicht mehr öffentlich ist"
TITLE, QUOTE, NOTE = "Geheimer Titel", "geheime Worte", "geheimer Schluss"


def an_item() -> AgendaItem:
    return factories.an_item(number="", title=TITLE)


def a_paper() -> Paper:
    return Paper.objects.create(
        external_id="vorlage", body=factories.a_body(), public=True, reference=TITLE, name=TITLE
    )


def a_motion() -> Motion:
    return Motion.objects.create(agenda_item=an_item(), position=1, wording=TITLE)


def a_vote() -> Vote:
    return Vote.objects.create(agenda_item=an_item(), position=1, result="accepted", phrase=TITLE)


def a_file() -> File:
    return File.objects.create(external_id="datei", paper=a_paper(), public=True, name=TITLE)


RECORDS: dict[str, Callable[[], Any]] = {
    "agenda_item": an_item, "paper": a_paper, "motion": a_motion, "vote": a_vote, "file": a_file
}  # fmt: skip


def close_everything() -> None:
    AgendaItem.objects.update(public=False)
    Paper.objects.update(public=False)


def proposed(measure: Measure, **source: Any) -> Change:
    return propose_evidence(
        subject=measure, values={"measure": measure.pk, **source}, by=factories.an_editor()
    )


def desk_pages(measure: Measure, change: Change) -> list[str]:
    return [
        reverse("desk:changes"),
        reverse("desk:change", args=[change.pk]),
        reverse("desk:history", args=[measure.slug]),
        reverse("desk:measure", args=[measure.slug]),
    ]


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_named_only_while_everybody_may_see_it(name: str) -> None:
    record = RECORDS[name]()
    assert in_words(Evidence, name, record.pk) == str(record)
    close_everything()
    assert in_words(Evidence, name, record.pk) == GONE


def test_words_of_a_closed_record_are_left_out_and_those_of_an_open_one_stay() -> None:
    closed, open_one = an_item(), factories.an_item(title="Offen")
    closed.public = False
    closed.save()
    words = Words(
        [
            (Evidence, {"agenda_item": closed.pk, "quote": QUOTE, "note": NOTE}),
            (Evidence, {"agenda_item": open_one.pk, "quote": "offene Worte", "note": ""}),
        ]
    )
    assert words.of(Evidence, "quote", QUOTE) == words.of(Evidence, "note", NOTE) == "leer"
    assert words.of(Evidence, "quote", "offene Worte") == "offene Worte"


def test_the_note_of_an_edition_is_not_from_its_paper() -> None:
    paper = a_paper()
    close_everything()
    words = Words([(Edition, {"adopted_by": paper.pk, "note": "Hinweis"})])
    assert words.of(Edition, "adopted_by", paper.pk) == GONE
    assert words.of(Edition, "note", "Hinweis") == "Hinweis"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.RELEASER])
def test_no_page_of_the_desk_tells_what_was_proposed_from_an_item_that_is_closed_now(role: Role) -> None:
    measure, item = factories.a_measure(), an_item()
    factories.a_paragraph(item, f"Im Protokoll stehen {QUOTE}.")
    change = proposed(measure, agenda_item=item.pk, paragraph=1, quote=QUOTE, note=NOTE, is_inferred=True)
    client = client_with(role)
    pages = {address: read(client, address) for address in desk_pages(measure, change)}
    assert all(words in pages[desk_pages(measure, change)[1]] for words in (TITLE, QUOTE, NOTE))
    assert all(words in pages[desk_pages(measure, change)[2]] for words in (TITLE, QUOTE, NOTE))
    AgendaItem.objects.update(public=False)
    for address in pages:
        html = read(client, address)
        assert [words for words in (TITLE, QUOTE, NOTE) if words in html] == [], address
    assert all(GONE in read(client, address) for address in desk_pages(measure, change)[1:3])


@pytest.mark.parametrize("name", RECORDS)
def test_the_history_of_staff_names_no_source_that_is_closed_now(name: str) -> None:
    measure, record = factories.a_measure(), RECORDS[name]()
    Evidence.objects.create(**{name: record}, measure=measure, quote=QUOTE, note=NOTE)
    proposed(measure, **{name: record.pk})
    client, address = client_with(Role.EDITOR), reverse("desk:history", args=[measure.slug])
    assert QUOTE in read(client, address)
    close_everything()
    html = read(client, address)
    assert [words for words in (TITLE, QUOTE, NOTE) if words in html] == []
    assert f"eine {GONE}" in html


def test_a_proposal_of_something_else_is_told_as_before() -> None:
    measure, editor = factories.a_measure(), factories.an_editor()
    save(obj=measure, values={"name": "Neu"}, base={"name": measure.name}, by=editor)
    assert "Name: Neu" in read(client_with(Role.EDITOR), reverse("desk:history", args=[measure.slug]))


def test_the_page_of_the_strategy_does_not_name_a_paper_that_is_closed_now() -> None:
    strategy = factories.a_strategy()
    paper = a_paper()
    create(
        model=Edition,
        values={"strategy": strategy.pk, "name": "Erste", "adopted_by": paper.pk},
        by=factories.an_editor(),
    )
    client, address = client_with(Role.EDITOR), reverse("desk:strategy")
    assert TITLE in read(client, address)
    close_everything()
    html = read(client, address)
    assert TITLE not in html
    assert "Quelle nicht mehr öffentlich" in html


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()
