"""From records of the council to what its pages show."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from django.utils import timezone

from portal.citations import Citation
from portal.german import german_date
from sessions.models import AgendaItem, Consultation, Contribution, Meeting, Motion, Paper, Person, Vote


@dataclass(frozen=True, slots=True)
class Name:
    """A person as this reader may see them."""

    label: str
    """Name, or what stands in its place."""
    role: str = ""
    url: str = ""
    """Their page, where they have one."""


def name_of(person: Person | None, names_open: bool, role: str = "") -> Name | None:
    """The name of somebody elected; of anybody else only where names are open.

    `role` is who speaks where the source names nobody; None where it says neither.
    """
    if person is None:
        return Name(role) if role else None
    if names_open or person.is_public:
        # A withdrawn person keeps their name in the minutes, and has no page any more.
        return Name(str(person), role or person.role, person.get_absolute_url() if person.has_page else "")
    return Name(person.label_without_name)


def mover_of(motion: Motion, names_open: bool) -> Name | None:
    """Who moved it: a person, else an organization; None where the source does not say."""
    organization = motion.mover_organization
    if motion.mover is None and organization is not None:
        return Name(organization.name, url=organization.get_absolute_url() if organization.has_page else "")
    return name_of(motion.mover, names_open)


def meeting_title(meeting: Meeting) -> str:
    """ "Ausschuss für Wirtschaft am 20. August 2025"; needs `with_committees`."""
    return f"{meeting.heading} am {german_date(meeting.start)}" if meeting.start else meeting.heading


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in a list."""

    meeting: Meeting
    items: int
    """Public items on its agenda."""
    cited: bool
    """Whether a claim of the strategy rests on one of them."""


@dataclass(frozen=True, slots=True)
class Month:
    first: date | None
    """None for meetings of which the source states no day."""
    rows: list[MeetingRow]


def by_month(rows: Iterable[MeetingRow]) -> list[Month]:
    """Consecutive meetings of one month together."""

    def month(row: MeetingRow) -> date | None:
        return timezone.localtime(row.meeting.start).date().replace(day=1) if row.meeting.start else None

    return [Month(first, list(group)) for first, group in groupby(rows, key=month)]


def start_of_today() -> datetime:
    """Midnight, so that a meeting counts as coming until its day is over, and a page holds for a day."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item in short words."""

    code: str
    """Result of a vote; "" for what the source prints and nobody read."""
    words: str
    phrase: str = ""
    """The words of the source that it was read from."""


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One line of an agenda. `item` is None for what is not public: then there is a number at most."""

    number: str
    order: int
    item: AgendaItem | None = None
    outcome: Sequence[Outcome] = ()
    cited: bool = False
    stated_closed: bool = False
    """Whether the source says that the item is not public; otherwise it says nothing about it."""

    @property
    def has_title_only(self) -> bool:
        """No number, no paper, no result: what agendas have as the heading of the items behind it."""
        if self.item is None or self.number or self.outcome or self.cited:
            return False
        return not self.item.consultations.all()


@dataclass(frozen=True, slots=True)
class AgendaPart:
    """A heading on the agenda."""

    item: AgendaItem
    items: int
    """Numbered items between it and the next one."""


def agenda_parts(rows: Iterable[AgendaRow]) -> list[AgendaPart]:
    """Headings that numbered items follow; needs the consultations of the items."""
    found: list[tuple[AgendaItem, int]] = []
    for row in rows:
        if row.item is not None and row.has_title_only:
            found.append((row.item, 0))
        elif row.number and found:
            heading, number = found.pop()
            found.append((heading, number + 1))
    return [AgendaPart(item, number) for item, number in found if number]


def outcome_of(item: AgendaItem, votes: Iterable[Vote]) -> list[Outcome]:
    """The votes on the item itself; without any the result as the source prints it.

    A motion in writing is the item itself, so a vote on it decides the item. Needs the motions of the votes.
    """
    found = [
        Outcome(vote.result, vote.words, vote.phrase)
        for vote in votes
        if vote.on == "main" and (vote.motion is None or vote.motion.paper_id is not None)
    ]
    return found or ([Outcome("", item.result)] if item.result else [])


@dataclass(frozen=True, slots=True)
class MotionBlock:
    motion: Motion
    mover: Name | None
    votes: list[Vote]

    @property
    def paper(self) -> Paper | None:
        """The paper it was put in writing with, where that is public."""
        return self.motion.paper if self.motion.paper and self.motion.paper.has_page else None


@dataclass(frozen=True, slots=True)
class Use:
    """Something that rests on a record, with every claim for which it cites it."""

    title: str
    url: str
    claims: str
    """"Status, Zeitplan"."""


def uses_of(citations: Iterable[Citation]) -> list[Use]:
    """Each measure once, whatever the number of its claims and quotes."""
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(citation.title, []).append(citation)
    return [
        Use(
            title,
            # The measure itself rather than one of its reports, whose addresses are longer.
            min((citation.url for citation in cited), key=len),
            ", ".join(dict.fromkeys(citation.claim for citation in cited)),
        )
        for title, cited in found.items()
    ]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the minutes with everything that hangs on it."""

    contribution: Contribution
    speaker: Name | None
    uses: list[Use]
    motions: list[Motion]
    votes: list[Vote]


def paragraphs(
    contributions: Iterable[Contribution],
    citations: Collection[Citation],
    motions: Collection[Motion],
    votes: Collection[Vote],
    names_open: bool,
) -> list[Paragraph]:
    return [
        Paragraph(
            contribution,
            name_of(contribution.speaker, names_open, contribution.speaker_role),
            uses_of(citation for citation in citations if citation.paragraph_id == contribution.pk),
            [motion for motion in motions if motion.contribution_id == contribution.pk],
            [vote for vote in votes if vote.contribution_id == contribution.pk],
        )
        for contribution in contributions
    ]


@dataclass(frozen=True, slots=True)
class Station:
    """One step of a paper through the committees."""

    consultation: Consultation
    committee: str
    meeting: Meeting | None
    item: AgendaItem | None
    outcome: list[Outcome]

    @property
    def repeats_title(self) -> bool:
        """The item is called like the paper, so its number tells enough."""
        return self.item is not None and self.item.title == self.consultation.paper.name != ""


def stations(consultations: Iterable[Any]) -> list[Station]:
    """In the order of time; what has no day comes last.

    Needs `with_committee_names`, agenda items with their meeting and votes, and public meetings.
    """

    def station(consultation: Any) -> Station:
        item: AgendaItem | None = consultation.agenda_item
        names: list[str] = consultation.committee_names or consultation.meeting_committee_names
        return Station(
            consultation,
            " und ".join(names),
            consultation.meeting or (item.meeting if item else None),
            item,
            outcome_of(item, item.votes.all()) if item else [],
        )

    def when(station: Station) -> tuple[bool, datetime | None]:
        start = station.meeting.start if station.meeting else None
        return (start is None, start)

    return sorted(map(station, consultations), key=when)
