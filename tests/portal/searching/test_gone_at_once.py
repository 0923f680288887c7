"""What is not public any more is gone from every door of the search before anybody writes the index."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from portal.searching.index import catch_up
from portal.searching.kinds import kinds
from portal.searching.models import SearchEntry
from portal.searching.within import matching_objects
from sessions.models import FilePage
from strategy.models import Question
from tests import factories
from tests.sessions.council import a_committee, a_consultation, a_file, a_meeting, a_motion, a_paper

pytestmark = pytest.mark.django_db

WORD = "Quastenflosser"
SLIP = "Quastenflossre"
UNWRITTEN = "Zwiebelfischer"
"""As long as the word, and in no text."""
UNWRITTEN_SLIP = "Zwiebelfischre"


def everything_public(kind: str) -> dict[str, int]:
    """Name → id of one object of each kind and of what they hang on. The word stands in texts of `kind` alone."""

    def text(of: str, otherwise: str) -> str:
        return f"{otherwise} {WORD}" if of == kind else otherwise

    strategy = factories.a_strategy()
    measure = factories.a_measure(name=text("measure", "Massnahme"))
    reported = factories.a_measure(field=measure.field, name="Massnahme mit Sachstand")
    report = factories.a_report(reported, reason=text("report", "Es läuft."))
    question = Question.objects.create(
        strategy=strategy, measure=reported, slug="wann", text=text("question", "Wann?"),
        asked_on=date(2025, 5, 1), published_at=factories.NOON, published_by=factories.a_user(),
    )  # fmt: skip
    committee = a_committee("Ausschuss")
    meeting = a_meeting(committee)
    item = factories.an_item(meeting=meeting, title="Massnahme im Rat")
    factories.a_paragraph(item, text("item", "Der Punkt wird besprochen."))
    paper = a_paper(name=text("paper", "Massnahme auf Papier"))
    a_consultation(paper, item, committee)
    written = a_paper(name="Antrag auf Papier")
    motion = a_motion(item, wording=text("motion", "Vertagung"), paper=written)
    file = a_file(paper=written, name="Anlage")
    FilePage.objects.create(file=file, number=1, text=text("file", "Eine Seite"))
    rows = {
        "measure": measure, "report": report, "question": question,
        "field": measure.field, "area": measure.field.target_area, "committee": committee,
        "meeting": meeting, "item": item, "paper": paper, "written": written, "motion": motion, "file": file,
    }  # fmt: skip
    return {name: row.pk for name, row in rows.items()}


UNPUBLISH = "UPDATE {} SET published_at = NULL, published_by_id = NULL WHERE id = %({})s"
WAYS = [
    ("measure", UNPUBLISH.format("strategy_measure", "measure")),
    ("measure", UNPUBLISH.format("strategy_fieldofaction", "field")),
    ("measure", UNPUBLISH.format("strategy_targetarea", "area")),
    ("measure", "UPDATE strategy_measure SET name = 'Anders' WHERE id = %(measure)s"),
    ("report", UNPUBLISH.format("strategy_fieldofaction", "field")),
    ("report", UNPUBLISH.format("strategy_targetarea", "area")),
    ("question", UNPUBLISH.format("strategy_question", "question")),
    ("question", UNPUBLISH.format("strategy_fieldofaction", "field")),
    ("item", "UPDATE council_agendaitem SET public = false WHERE id = %(item)s"),
    ("item", "UPDATE council_agendaitem SET public = NULL WHERE id = %(item)s"),
    ("item", "UPDATE council_meeting SET withdrawn_at = now() WHERE id = %(meeting)s"),
    ("item", "UPDATE council_contribution SET superseded_at = now() WHERE agenda_item_id = %(item)s"),
    ("motion", "UPDATE council_motion SET superseded_at = now() WHERE id = %(motion)s"),
    ("motion", "UPDATE council_paper SET public = false WHERE id = %(written)s"),
    ("motion", "UPDATE council_agendaitem SET withdrawn_at = now() WHERE id = %(item)s"),
    ("paper", "UPDATE council_paper SET public = false WHERE id = %(paper)s"),
    ("paper", "UPDATE council_paper SET withdrawn_at = now() WHERE id = %(paper)s"),
    ("file", "UPDATE council_file SET public = NULL WHERE id = %(file)s"),
    ("file", "UPDATE council_paper SET withdrawn_at = now() WHERE id = %(written)s"),
    ("file", "DELETE FROM council_filepage WHERE file_id = %(file)s"),
]  # fmt: skip
"""A kind, and what takes its words from the public."""

QUESTIONS = [
    (WORD, UNWRITTEN),
    (SLIP, UNWRITTEN_SLIP),
    (f"Masnahme ODER {SLIP}", f"Masnahme ODER {UNWRITTEN_SLIP}"),
    (f"Massnahme {WORD}", f"Massnahme {UNWRITTEN}"),
    (WORD[:12], UNWRITTEN[:12]),
]
DOORS = ("/suche/", "/suche/vorschlaege/", "/massnahmen/", "/rat/vorlagen/")


def told(word: str, question: str) -> dict[str, str]:
    """What each door answers, without what its reader typed. A new client: nothing comes from memory."""
    client = Client()
    answers = {}
    for door in DOORS:
        response = client.get(door, {"q": question})
        headers = "\n".join(f"{name}: {value}" for name, value in response.items() if name != "ETag")
        said = f"{response.status_code}\n{headers}\n{response.content.decode()}"
        answers[door] = re.sub(word[:12], "", said, flags=re.IGNORECASE)
    return answers


def is_told() -> list[str]:
    """Questions and doors that answer otherwise than if nobody had written the word."""
    return [
        f"{door}?q={question}"
        for question, other in QUESTIONS
        for door, answer in told(WORD, question).items()
        if answer != told(UNWRITTEN, other)[door]
    ]


def test_the_ways_are_of_every_kind() -> None:
    assert {kind for kind, _ in WAYS} == set(kinds())


@pytest.mark.parametrize(("kind", "statement"), WAYS)
def test_gone_at_once(kind: str, statement: str) -> None:
    ids = everything_public(kind)
    catch_up()
    assert list(matching_objects(kind, WORD)) == [ids[kind]]
    assert f"/suche/?q={WORD}" in is_told()
    with connection.cursor() as cursor:
        cursor.execute(statement, ids)
    assert SearchEntry.objects.filter(kind=kind, tsv=WORD).exists(), "nobody has written the index"
    assert is_told() == []
    assert list(matching_objects(kind, WORD)) == []


def test_a_committee_that_is_gone_is_no_choice_at_once() -> None:
    committee = everything_public("")["committee"]
    catch_up()
    page = f'<option value="{committee}"'
    assert page in Client().get("/suche/", {"q": "Massnahme"}).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE council_organization SET withdrawn_at = now()")
    assert page not in Client().get("/suche/", {"q": "Massnahme"}).content.decode()


def test_examples_are_words_that_are_found_now() -> None:
    measure = factories.a_measure(name="Haushalt")
    catch_up()
    example = '<a href="?q=Haushalt">'
    assert example in Client().get("/suche/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute(UNPUBLISH.format("strategy_measure", "measure"), {"measure": measure.pk})
    assert example not in Client().get("/suche/").content.decode()
