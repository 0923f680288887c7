"""What holds for any input whatsoever."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.imports.allris import (
    PageError,
    address_in_page,
    page_address,
    parse_agenda,
    parse_agenda_item,
    parse_page,
    parse_paper,
)
from sessions.imports.allris.page import clean
from sessions.imports.decisions import read_decisions
from sessions.imports.people import read_opening
from sessions.imports.records import AgendaItemRecord, DecisionRecord
from sessions.imports.sentences import sentences
from tests.sessions.imports.sample_pages import html_page, text_page
from tests.sessions.imports.test_allris_seed import HTML, TEXT

NUMBER_WORDS = {
    "keine": 0,
    "ohne": 0,
    "einer": 1,
    "eine": 1,
    "zwei": 2,
    "sechs": 6,
    "zwölf": 12,
    "einundzwanzig": 21,
}

# Words of which real pages are made, so that random texts come close to what the readers look for.
WORDS = (
    "Der Die Antrag Änderungsantrag Vorlage Rat Ausschuss wird nimmt fasst mit bei und ab an zu zur Kenntnis "
    "abgelehnt angenommen beschlossen vertagt einstimmig mehrheitlich nicht Ja Nein Ja-Stimmen Nein-Stimmen "
    "Enthaltungen Gegenstimmen : | . , ( ) \n 0 1 5 41 1.000 keine einer eine zwei sechs zwölf "
    "Ratsherr Frau Herr Dr. Beispiel von der stellt den beantragt Abstimmung Ziffer Verwaltung <b> <br> </p> "
    "Ja/Nein 13:5 12/3/1 gegen Stimmen Für Gegen ohne einundzwanzig CDU: Gesamt ☒ ☐ [x] [ ] „ “ § € % dafür dagegen "
    "Ziffer 1: a) damit ist erforderliche Mehrheit erreicht Der Vorsitzende stellt fest, dass Enthaltung ⏎ "
    "</div> &#55296; &amp; Beschluss: Abstimmungsergebnis: Reduzieren Grunddaten - BV/99001/25"
)
MINUTES = (
    st.lists(st.sampled_from(WORDS.split(" ")), max_size=40).map(" ".join).map(lambda t: t.replace("⏎", "\n"))
)
DISCUSSION = (
    "Frau Muster erläutert den Plan. Die Kosten trägt der Haushalt. "
    "Ratsherr Beispiel fragt, ob der Antrag mit 5 Ja-Stimmen abgelehnt worden sei. Das Konzept liegt aus.\n"
)
LONGEST = 200_000
ANY_TEXT = st.one_of(st.text(max_size=300), MINUTES)


def read(data: bytes) -> AgendaItemRecord | None:
    try:
        return parse_agenda_item(data)
    except PageError:
        return None


@given(st.binary(max_size=400))
def test_any_bytes_give_a_record_or_a_page_error(data: bytes) -> None:
    read(data)
    for reader in (parse_page, parse_agenda, parse_paper, address_in_page):
        with suppress(PageError):
            reader(data)


@given(st.sampled_from([TEXT, HTML]), st.data())
def test_damaged_pages_give_a_record_or_a_page_error(path: Path, data: st.DataObject) -> None:
    page = path.read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(page))] * 2)))
    read(page[:start] + data.draw(st.binary(max_size=20)) + page[end:])


@given(st.lists(ANY_TEXT, max_size=5))
def test_any_content_gives_clean_consistent_records(paragraphs: list[str]) -> None:
    paragraphs = [paragraph.encode("utf-8", "replace").decode() for paragraph in paragraphs]
    for page in (html_page(*paragraphs), text_page("Beratungsinhalt:", *paragraphs)):
        if item := read(page):
            check(item)


def check(item: AgendaItemRecord) -> None:
    """Positions count from 1 and refer to what exists; phrases and wordings are words of the page."""
    assert [c.position for c in item.contributions] == list(range(1, len(item.contributions) + 1))
    assert [m.position for m in item.motions] == list(range(1, len(item.motions) + 1))
    assert [v.position for v in item.votes] == list(range(1, len(item.votes) + 1))
    texts = {c.position: c.text for c in item.contributions}
    assert all(text and text == clean(text) for text in texts.values())
    for motion in item.motions:
        assert motion.wording
        assert any(motion.wording in text for text in texts.values())
    for vote in item.votes:
        assert vote.motion in (None, *(motion.position for motion in item.motions))
        text = texts[vote.contribution] if vote.contribution else item.decision_text
        check_decision(text, vote.decision)


def check_decision(text: str, decision: DecisionRecord) -> None:
    assert text[slice(*decision.span)] == decision.phrase
    numbers = {int(digits) for digits in re.findall(r"\d+", decision.phrase)}
    numbers |= {number for word, number in NUMBER_WORDS.items() if word in decision.phrase.lower()}
    assert {decision.yes, decision.no, decision.abstain} - {None} <= numbers


@settings(max_examples=400)
@given(ANY_TEXT, st.one_of(st.none(), ANY_TEXT))
def test_decisions_state_only_numbers_of_the_text(text: str, heading: str | None) -> None:
    end = 0
    for decision in read_decisions(text, heading):
        check_decision(text, decision)
        assert decision.span[0] >= end
        end = decision.span[1]


@given(ANY_TEXT)
def test_decisions_depend_on_the_text_alone(text: str) -> None:
    assert read_decisions(text) == read_decisions(text)


@given(MINUTES)
def test_discussion_before_and_after_adds_no_vote(text: str) -> None:
    alone = [(d.on, d.result, d.yes, d.no, d.abstain, d.majority) for d in read_decisions(text)]
    within = read_decisions(f"{DISCUSSION}\n{text}\n{DISCUSSION}")
    assert [(d.on, d.result, d.yes, d.no, d.abstain, d.majority) for d in within] == alone


@pytest.mark.parametrize(
    "part",
    [
        "Ja ", "Ja: 5 ", "5 ", "5 Ja ", "Ja-Stimmen: 41\n", "41\n", "Ja\n", "| ", "Ja | ", "[ ] ", "[x] einstimmig ",
        "„", "„a“ ", "a", "1", "-", "- ", "(", "gegen die ", "Für die Sache ", "von der ", "mit der Änderung, dass ",
        "Mehrheit ", "mehrheit nicht ", "keine Mehrheit ", "abgelehnt ", "Der Antrag wird abgelehnt. ",
        "nimmt zur Kenntnis ", "über den Antrag ", "Abstimmung zu Ziffer 1:\n", "Ziffer 1 und 2 und ", "einstimmig\n",
        "Der Rat stimmt ", "zu ", "Antrag der ", "CDU-Fraktion ", "Der Vorsitzende stellt fest ", "am 1. ", "\t", "\n",
        "einstimmig | X\n", "Ja | Nein\n", "x | Ja | Nein\n", "0.000", "12/", "12:", "Ja/Nein/",
    ],
)  # fmt: skip
def test_long_texts_are_read_in_linear_time(part: str) -> None:
    """What takes a minute for 200 kB would never end here: an hour for the quadratic, years beyond."""
    read_decisions(part * (LONGEST // len(part)))
    read_decisions("Der Antrag wird " + part * (LONGEST // len(part)) + " abgelehnt.")


@given(ANY_TEXT)
def test_names_of_speakers_are_words_of_the_text(text: str) -> None:
    if opening := read_opening(text):
        folded = " ".join(text.split())
        for words in (opening.speaker.title, opening.speaker.name, opening.speaker.role):
            assert " ".join(words.split()) in folded


@given(ANY_TEXT)
def test_sentences_are_the_text(text: str) -> None:
    found = sentences(text)
    assert all(text[sentence.start : sentence.end] == sentence.words for sentence in found)
    assert "".join("".join(s.words for s in found).split()) == "".join(text.split())


@given(ANY_TEXT)
def test_addresses_hold_only_numbers_of_the_text(text: str) -> None:
    address = page_address(text)
    assert address.url in ("", text)
    assert all(
        number is None or number > 0 for number in (address.agenda_item, address.meeting, address.paper)
    )


@given(st.text())
def test_clean_text_stays_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(text).isprintable() or not clean(text).isascii()
