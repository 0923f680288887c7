"""What a parser hands to the writer: frozen values without Django, network or clock.

bytes → parser → these records → `upsert` → database. Two sources of the same thing (an ALLRIS page
saved as text, the same page as HTML, an OParl object) give equal records, so they become one row.

Conventions: a text the source does not state is "", a number, date or flag it does not state is None.
Nothing is completed, corrected or guessed; white space is folded to single spaces, words stay as printed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

DecisionSubject = str
"""What a vote was on: "main", "amendment", "procedural" or "section:<number>"."""

DecisionResult = Literal[
    "accepted", "accepted_amended", "rejected", "noted", "recommended", "referred",
    "postponed", "withdrawn", "settled", "removed", "forwarded", "unclear",
]  # fmt: skip
Majority = Literal["unanimous", "majority", "consensus", "tie"]
ContributionKind = Literal["speech", "motion", "vote", "statement"]
MotionKind = Literal["main", "amendment", "procedural"]
FileRole = Literal["main", "attachment", "invitation", "results", "verbatim", "resolution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRecord:
    """Who speaks, as the minutes print it: "Ratsherr Grimm" is title "Ratsherr", name "Grimm"."""

    name: str = ""
    """Name without title or form of address; "" where only a role speaks ("Die Verwaltung")."""
    title: str = ""
    """Title or form of address: "Ratsherr", "Stadtrat", "Herr"; "" where none is printed."""
    role: str = ""
    """Function beside the name: "Chief Digital Officer", "Verwaltung"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionRecord:
    """One paragraph of the minutes."""

    position: int
    """1 for the first paragraph of the item; consecutive."""
    text: str
    kind: ContributionKind = "speech"
    """`motion`: somebody moves something; `vote`: the paragraph says how a vote went;
    `statement`: the administration has something put on record."""
    speaker: SpeakerRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One vote or decision as a text states it. Source of the values: the decision cases of the house."""

    on: DecisionSubject
    result: DecisionResult
    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    majority: Majority | None = None
    phrase: str = ""
    """The words it was read from, an exact part of the text."""
    span: tuple[int, int] = (0, 0)
    """Where `phrase` stands in the text: `text[span[0]:span[1]] == phrase`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionRecord:
    position: int
    """1 for the first motion of the item; consecutive."""
    kind: MotionKind
    wording: str
    mover: SpeakerRecord | None = None
    mover_organization: str = ""
    """The parliamentary group that moves it, as printed: "SPD-Fraktion"; "" where a person does."""
    contribution: int | None = None
    """Position of the paragraph that states the motion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRecord:
    position: int
    """1 for the first vote of the item; consecutive."""
    decision: DecisionRecord
    motion: int | None = None
    """Position of the motion voted on; None for the item itself."""
    contribution: int | None = None
    """Position of the paragraph `decision.span` counts in; None where it was a result field of the page,
    then it counts in `AgendaItemRecord.decision_text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    position: int
    name: str = ""
    role: FileRole = "attachment"
    public: bool | None = None
    size_printed: str = ""
    """As the page prints it: "181,2 kB"."""
    size: int | None = None
    """Bytes; what `size_printed` says, so only as exact as that."""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRecord:
    """A paper. Without `reference` and `lfdnr` it is only known as "the paper of this agenda item"
    (the page prints its kind or its attachments, but no number): never match such a one by its fields."""

    reference: str = ""
    """Official number: "MV/11986/25"."""
    name: str = ""
    paper_type: str = ""
    lfdnr: int | None = None
    """ALLRIS number of the paper (VOLFDNR)."""
    files: tuple[FileRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItemRecord:
    """An agenda-item page (ALLRIS `to020`) with what it says of its meeting."""

    number: str
    """As printed: "Ö 13"."""
    title: str
    """As printed, with its ellipsis where the source cut it."""
    title_cut: bool = False
    public: bool | None = None
    date: date
    start: datetime | None = None
    """Aware, Europe/Berlin; None where the page prints no time."""
    organization: str = ""
    """Committee as printed; "" where the page prints none."""
    organization_lfdnr: int | None = None
    occasion: str = ""
    """"Anlass": "Sitzung", "Sondersitzung"."""
    clerk: str = ""
    """"Bearbeitung": a member of staff."""
    responsible: str = ""
    """"Federführend": the unit in charge."""
    result: str = ""
    """Result field of the page as printed ("Beschlussart"); "" where there is none."""
    resolution: str = ""
    """Text of the section "Beschluss", one paragraph a line."""
    ballot: str = ""
    """Text of the section "Abstimmungsergebnis", one paragraph a line."""
    contributions: tuple[ContributionRecord, ...] = ()
    motions: tuple[MotionRecord, ...] = ()
    votes: tuple[VoteRecord, ...] = ()
    papers: tuple[PaperRecord, ...] = ()

    @property
    def decision_text(self) -> str:
        """What the page says of the decision on the item itself, one part a line: result field, first
        paragraph of the resolution (the rest is its wording), section "Abstimmungsergebnis"."""
        lead = self.resolution.partition("\n")[0]
        return "\n".join(part for part in (self.result, lead, self.ballot) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntryRecord:
    """One line of an agenda (ALLRIS `to010`)."""

    number: str = ""
    """As printed: "Ö 4.1"."""
    title: str = ""
    title_cut: bool = False
    public: bool | None = None
    lfdnr: int | None = None
    """ALLRIS number of the item (TOLFDNR); None where the line has no page of its own."""
    result: str = ""
    """As printed; "(offen)" is none."""
    papers: tuple[PaperRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaRecord:
    """The agenda page of a meeting (ALLRIS `to010`)."""

    lfdnr: int | None = None
    """ALLRIS number of the meeting (SILFDNR), where the page itself says it."""
    name: str = ""
    """"Betreff" or "Bezeichnung", as printed."""
    organization: str = ""
    organization_lfdnr: int | None = None
    date: date
    start: datetime | None = None
    """Aware, Europe/Berlin; None where the page prints no time."""
    end: datetime | None = None
    occasion: str = ""
    state: str = ""
    """"Status" of the meeting, as printed: "öffentlich/nichtöffentlich", "abgesagt"."""
    cancelled: bool = False
    room: str = ""
    place: str = ""
    entries: tuple[AgendaEntryRecord, ...] = ()
    files: tuple[FileRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecord:
    """One station of a paper's "Beratungsfolge"."""

    position: int
    organization: str = ""
    organization_lfdnr: int | None = None
    role: str = ""
    """"Vorberatung", "Entscheidung"; "" where none is printed."""
    state: str = ""
    """"Geplant", "Erledigt", "Gestoppt", "Bereit"."""
    day: date | None = None
    meeting: int | None = None
    """SILFDNR."""
    agenda_item: int | None = None
    """TOLFDNR."""
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPageRecord:
    """The page of a paper (ALLRIS `vo020`) with its Beratungsfolge."""

    paper: PaperRecord
    """`lfdnr` where the page itself says it."""
    day: date | None = None
    public: bool | None = None
    """What the field "Status" or "Öffentlichkeit" says; None where it says nothing."""
    responsible: str = ""
    """"Federführend": the unit in charge. Names of staff ("Verfasser", "Bearbeiter") are no part of it."""
    involved: tuple[str, ...] = ()
    """Units beside it ("beteiligt")."""
    stations: tuple[StationRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAddress:
    """Where an ALLRIS page lives, whatever the form of its address."""

    agenda_item: int | None = None
    """TOLFDNR."""
    meeting: int | None = None
    """SILFDNR."""
    paper: int | None = None
    """VOLFDNR."""
    url: str = ""
    """The address as given; "" where only the numbers are known (from a file name)."""
