"""What the council's pages are told about claims that rest on their records."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.citations import Citation, citations_of, cited_among
from tests.factories import a_measure, a_paragraph, an_item, evidence
from tests.sessions.council import a_file, a_motion, a_paper, a_vote

pytestmark = pytest.mark.django_db


def test_a_claim_on_a_motion_or_a_vote_is_a_claim_on_the_item_and_its_paragraph(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    item, other = an_item(), an_item()
    spoken, moved, voted = (a_paragraph(item, text) for text in ("Rede", "Antrag", "Abstimmung"))
    motion = a_motion(item, contribution=moved)
    vote = a_vote(item, motion=motion, contribution=voted)
    bot, roads, course = (a_measure(name=name, slug=name) for name in ("bot", "strassen", "kurs"))
    evidence(measure=course, vote=vote, aspect="binding", quote="abgelehnt")
    evidence(measure=roads, motion=motion, aspect="schedule")
    evidence(item, measure=bot, aspect="status", contribution=spoken)
    evidence(measure=bot, motion=a_motion(other))
    with django_assert_num_queries(1):
        found = citations_of("agenda_item", [item.pk])
    assert found == [
        Citation(item.pk, spoken.pk, "bot", "Status", "/massnahmen/bot/"),
        Citation(item.pk, moved.pk, "strassen", "Zeitplan", "/massnahmen/strassen/"),
        Citation(item.pk, voted.pk, "kurs", "Verbindlichkeit", "/massnahmen/kurs/", "abgelehnt"),
    ]
    assert [citation.paragraph_id for citation in citations_of("agenda_item", [other.pk])] == [None]


def test_which_items_are_cited(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    by_itself, by_motion, by_vote, not_at_all = (an_item() for _ in range(4))
    measure = a_measure()
    evidence(by_itself, measure=measure)
    evidence(measure=measure, motion=a_motion(by_motion))
    for _ in range(2):
        evidence(measure=measure, vote=a_vote(by_vote))
    items = [by_itself.pk, by_motion.pk, by_vote.pk, not_at_all.pk]
    with django_assert_num_queries(1):
        assert cited_among("agenda_item", items) == set(items[:3])
    assert cited_among("agenda_item", items[1:2]) == {by_motion.pk}


def test_a_draft_and_a_closed_item_give_no_claim() -> None:
    item, closed = an_item(), an_item(public=False)
    evidence(measure=a_measure(published=False), motion=a_motion(item))
    evidence(measure=a_measure(), vote=a_vote(closed))
    assert citations_of("agenda_item", [item.pk, closed.pk]) == []
    assert cited_among("agenda_item", [item.pk, closed.pk]) == set()


def test_papers_and_files() -> None:
    paper = a_paper()
    file = a_file(paper=paper)
    measure = a_measure()
    evidence(measure=measure, paper=paper)
    evidence(measure=measure, file=file)
    assert [citation.record_id for citation in citations_of("paper", [paper.pk])] == [paper.pk]
    assert cited_among("file", [file.pk]) == {file.pk}
    assert citations_of("person", [1]) == []
    assert cited_among("person", [1]) == set()


def test_the_page_of_the_item_shows_the_claim_at_the_paragraph_of_its_vote(client: Client) -> None:
    item = an_item()
    voted = a_paragraph(item, "Der Antrag wird abgelehnt.")
    evidence(measure=a_measure(name="Voicebot"), vote=a_vote(item, contribution=voted), aspect="status")
    html = client.get(item.get_absolute_url()).content.decode()
    paragraph = html[html.index('id="absatz-1"') :]
    assert "Voicebot" in paragraph[: paragraph.index("</article>")]
