"""The agenda item of the demo, made from its text without the council's importer."""

from pathlib import Path

import pytest

from sessions.models import AgendaItem, Consultation, File, Motion, Paper, Person, Vote
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo" / "lueneburg"
PAGE = DEMO / "to020_SILFDNR-7603_TOLFDNR-1000181.txt"
DATA = ROOT / "tests" / "data" / "strategy"


def minutes() -> list[str]:
    """The paragraphs of the demo's agenda item, word for word."""
    text = PAGE.read_text(encoding="utf-8")
    part = text.partition("Beratungsinhalt:\n")[2].partition("\nAnlagen zur Vorlage")[0]
    return [line for line in part.splitlines() if line.strip()]


@pytest.fixture
def item(db: None) -> AgendaItem:
    """Item 1000181 with its twelve paragraphs, motion, vote, paper MV/11986/25 and attachment."""
    speakers = {
        2: factories.a_person(title="Ratsherr", name="Grimm"),
        3: factories.a_person(title="", name="Müller", kind=Person.Kind.EMPLOYEE),
        6: factories.a_person(title="Ratsfrau", name="Grunau"),
    }
    item = factories.an_item(external_id="allris:to:1000181", number="Ö 13")
    for position, text in enumerate(minutes(), start=1):
        factories.a_paragraph(item, text, speaker=speakers.get(position))
    motion = Motion.objects.create(agenda_item=item, position=1, kind="procedural", wording=minutes()[9])
    Vote.objects.create(
        agenda_item=item, position=1, motion=motion, result="rejected", yes=2, no=5, phrase=minutes()[10]
    )
    paper = Paper.objects.create(
        external_id="reference:MV/11986/25",
        body=item.meeting.body,
        reference="MV/11986/25",
        name="Fortschreibung der Digitalisierungsstrategie",
    )
    Consultation.objects.create(external_id="station:1", paper=paper, agenda_item=item)
    File.objects.create(external_id="file:1", paper=paper, position=1, public=True, text="Text der Anlage.")
    return item
