"""The first real page: everything it says, in its text layout and in HTML."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sessions.imports.allris import parse_agenda_item
from sessions.imports.records import AgendaItemRecord, FileRecord, SpeakerRecord

ROOT = Path(__file__).parents[3]
NAME = "to020_SILFDNR-7603_TOLFDNR-1000181"
TEXT = ROOT / "demo" / "lueneburg" / f"{NAME}.txt"
HTML = ROOT / "tests" / "data" / "allris" / f"{NAME}.html"

MUELLER = SpeakerRecord(title="Herr", name="Müller", role="Chief Digital Officer")
RINK = SpeakerRecord(title="Stadtrat", name="Rink")
DISSELMEYER = SpeakerRecord(title="Ratsherr", name="Dißelmeyer")


@pytest.fixture(params=[TEXT, HTML], ids=["text", "html"])
def item(request: pytest.FixtureRequest) -> AgendaItemRecord:
    path: Path = request.param
    return parse_agenda_item(path.read_bytes())


def test_text_and_html_give_equal_records() -> None:
    assert parse_agenda_item(TEXT.read_bytes()) == parse_agenda_item(HTML.read_bytes())


def test_number_and_title_are_as_printed(item: AgendaItemRecord) -> None:
    assert item.number == "Ö 13"
    assert item.title == "Fortschreibung der Digitalisierungsstrategie de..."
    assert item.title_cut


def test_meeting(item: AgendaItemRecord) -> None:
    assert item.date == date(2025, 8, 20)
    assert item.start == datetime(2025, 8, 20, 16, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert item.start.isoformat() == "2025-08-20T16:00:00+02:00"
    assert item.occasion == "Sitzung"
    assert item.public is True


def test_people_and_units_of_the_administration(item: AgendaItemRecord) -> None:
    assert item.clerk == "Simone Sauerwein"
    assert item.responsible == ""


def test_what_the_page_does_not_print_stays_empty(item: AgendaItemRecord) -> None:
    assert (item.organization, item.organization_lfdnr) == ("", None)
    assert (item.result, item.resolution, item.ballot, item.decision_text) == ("", "", "", "")


def test_every_paragraph_is_a_contribution_in_order(item: AgendaItemRecord) -> None:
    printed = TEXT.read_text(encoding="utf-8").split("Beratungsinhalt:\n")[1].split("\nAnlagen")[0]
    assert [c.text for c in item.contributions] == printed.split("\n")
    assert [c.position for c in item.contributions] == list(range(1, 13))


def test_speakers(item: AgendaItemRecord) -> None:
    assert [c.speaker for c in item.contributions] == [
        MUELLER,
        SpeakerRecord(title="Ratsherr", name="Grimm"),
        # Printed without his role here; it is the same person on the same page.
        MUELLER,
        RINK,
        SpeakerRecord(title="Herr", name="Prigge"),
        SpeakerRecord(title="Ratsfrau", name="Grunau"),
        RINK,
        DISSELMEYER,
        RINK,
        DISSELMEYER,
        None,
        SpeakerRecord(role="Verwaltung"),
    ]


def test_kinds_of_contributions(item: AgendaItemRecord) -> None:
    assert [c.kind for c in item.contributions] == ["speech"] * 9 + ["motion", "vote", "statement"]


def test_motion(item: AgendaItemRecord) -> None:
    (motion,) = item.motions
    assert (motion.position, motion.kind, motion.mover) == (1, "procedural", DISSELMEYER)
    assert motion.wording == (
        "die Vorlage MV/11986/25 ebenfalls im nächsten Ausschuss für Finanzen und Interne Services"
        " zu behandeln"
    )
    assert motion.contribution == 10
    assert motion.wording in item.contributions[9].text


def test_vote_is_on_the_motion(item: AgendaItemRecord) -> None:
    (vote,) = item.votes
    assert (vote.position, vote.motion, vote.contribution) == (1, 1, 11)
    decision = vote.decision
    assert (decision.on, decision.result) == ("procedural", "rejected")
    assert (decision.yes, decision.no) == (2, 5)


def test_what_the_vote_does_not_state_is_not_known(item: AgendaItemRecord) -> None:
    (vote,) = item.votes
    assert vote.decision.abstain is None
    assert vote.decision.majority is None


def test_vote_quotes_its_paragraph(item: AgendaItemRecord) -> None:
    decision, text = item.votes[0].decision, item.contributions[10].text
    assert decision.phrase == "Der Antrag wird mit 2 Ja-Stimmen und 5 Nein-Stimmen abgelehnt."
    assert text[slice(*decision.span)] == decision.phrase


def test_the_item_itself_has_no_decision(item: AgendaItemRecord) -> None:
    assert [vote for vote in item.votes if vote.motion is None] == []


def test_paper_and_its_attachment(item: AgendaItemRecord) -> None:
    (paper,) = item.papers
    assert (paper.reference, paper.paper_type) == ("MV/11986/25", "Mitteilungsvorlage")
    assert (paper.name, paper.lfdnr) == ("", None)
    assert paper.files == (
        FileRecord(position=1, name="", public=True, size_printed="181,2 kB", size=181_200),
    )
