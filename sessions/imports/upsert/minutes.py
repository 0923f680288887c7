"""Paragraphs, motions and votes of an agenda item, and who speaks in them."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from sessions.imports.identity import identify
from sessions.imports.records import AgendaItemRecord, MotionRecord, SpeakerRecord, VoteRecord
from sessions.imports.upsert.organizations import organization_of_type
from sessions.imports.writer import Writer, columns, is_stated, named
from sessions.models import AgendaItem, Contribution, Motion, Organization, Person, Vote

CONTRIBUTION_COLUMNS = {"kind": "kind", "text": "text"}
MOTION_COLUMNS = {"kind": "kind", "wording": "wording"}
VOTE_COLUMNS = {
    "on": "on",
    "result": "result",
    "majority": "majority",
    "yes": "yes",
    "no": "no",
    "abstain": "abstain",
    "phrase": "phrase",
}
# A paragraph, motion or vote is the same as before when it agrees in these columns.
SAME_CONTRIBUTION = ("text",)
SAME_MOTION = tuple(MOTION_COLUMNS)
SAME_VOTE = tuple(VOTE_COLUMNS)

FindPerson = Callable[[SpeakerRecord | None], Person | None]


def put_minutes(record: AgendaItemRecord, item: AgendaItem, writer: Writer) -> None:
    """Paragraphs, motions and votes. A page without minutes leaves those of another page alone."""
    find_person = _people(item, writer)
    tells_outcome = any(vote.decision.on == "main" and vote.motion is None for vote in record.votes)

    def is_replaced(row: Motion | Vote) -> bool:
        if isinstance(row, Motion) and row.paper_id is not None:
            # A motion in writing stands in its paper, not on this page.
            return False
        if row.contribution_id is not None:
            return bool(record.contributions)
        return bool(record.result or record.resolution) or tells_outcome

    paragraphs: dict[int | None, int] = {}
    if record.contributions:
        contributions = writer.align(
            Contribution,
            item,
            [
                columns(CONTRIBUTION_COLUMNS, entry) | _speaker(entry.speaker, find_person)
                for entry in record.contributions
            ],
            same=SAME_CONTRIBUTION,
            is_replaced=lambda row: True,
        )
        paragraphs |= _keys_by_position(record.contributions, contributions)
    motions = writer.align(
        Motion,
        item,
        [
            columns(MOTION_COLUMNS, entry)
            | {
                "mover_id": getattr(find_person(entry.mover), "pk", None),
                "contribution_id": paragraphs.get(entry.contribution),
            }
            | _moving_group(entry, writer)
            for entry in record.motions
        ],
        same=SAME_MOTION,
        is_replaced=is_replaced,
    )
    motion_keys = _keys_by_position(record.motions, motions)
    in_writing = _only_motion_in_writing(item)
    writer.align(
        Vote,
        item,
        [
            columns(VOTE_COLUMNS, entry.decision)
            | {
                "majority": entry.decision.majority or "",
                "motion_id": in_writing if _is_on_the_matter(entry) else motion_keys.get(entry.motion),
                "contribution_id": paragraphs.get(entry.contribution),
            }
            for entry in record.votes
        ],
        same=SAME_VOTE,
        is_replaced=is_replaced,
    )


def _moving_group(entry: MotionRecord, writer: Writer) -> dict[str, Any]:
    """The parliamentary group that moves; where none is named, whatever another source knows stays."""
    group = organization_of_type(entry.mover_organization, Organization.Type.FACTION, writer)
    return {"mover_organization_id": group.pk} if group else {}


def _is_on_the_matter(entry: VoteRecord) -> bool:
    """The vote that the result field of the page states, on the item itself."""
    return entry.decision.on == "main" and entry.motion is None and entry.contribution is None


def _only_motion_in_writing(item: AgendaItem) -> int | None:
    """Primary key of the motion that the item's only paper is, where another source says so."""
    papers = set(item.consultations.filter(withdrawn_at=None).values_list("paper", flat=True))
    if len(papers) != 1:
        return None
    motions = item.motions.filter(paper__in=papers, contribution=None, superseded_at=None)
    return motions.values_list("pk", flat=True).first()


def _keys_by_position(records: Iterable[Any], rows: Iterable[Contribution | Motion]) -> dict[int | None, int]:
    """Primary keys of rows by the position that their record has on the page."""
    return {record.position: row.pk for record, row in zip(records, rows, strict=True)}


def _people(item: AgendaItem, writer: Writer) -> FindPerson:
    """Finds or makes the person who speaks; asked twice for the same one it asks the database once."""
    rows: dict[str, Person] = {}

    def find(speaker: SpeakerRecord | None) -> Person | None:
        who = speaker and identify(speaker, body=writer.body.ags, meeting=item.meeting_id)
        if not who:
            return None
        if who.external_id not in rows:
            row = named(Person, who.external_id) or Person()
            # What a person was called first stays, or two pages would take turns in renaming them.
            missing = {
                name: value
                for name, value in asdict(who).items()
                if row._state.adding or not is_stated(getattr(row, name))
            }
            writer.put(row, body_id=writer.body.pk, **missing)
            rows[who.external_id] = row
        return rows[who.external_id]

    return find


def _speaker(speaker: SpeakerRecord | None, find_person: FindPerson) -> dict[str, Any]:
    person = find_person(speaker)
    if person or speaker is None:
        return {"speaker_id": getattr(person, "pk", None), "speaker_role": ""}
    return {"speaker_id": None, "speaker_role": speaker.role or speaker.title}
