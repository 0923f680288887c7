"""Votes, motions and paragraphs of the agenda items of a batch."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sessions.imports.decisions import read_decisions
from sessions.imports.oparl.records import Minutes
from sessions.imports.oparl.store.lines import align
from sessions.imports.oparl.store.work import Work
from sessions.imports.records import DecisionRecord
from sessions.models import Contribution, Motion, Vote

SAME_VOTE = ("on", "result", "majority", "yes", "no", "abstain", "phrase")
FindRow = Callable[[str, str], int | None]
"""Id and type of an object to the key of its row."""


def write_lines(items: Sequence[Work], find: FindRow, now: datetime) -> set[int]:
    """What the source says of the course of these public items; gives those where anything was written.

    Whole minutes, which another portal states, go before what can be read from the result. An item that was
    read from its own page (`content_digest`) has better minutes than both; where that page does not tell how
    the vote on the item went, the result does.
    """
    minuted = [work for work in items if work.record.minutes is not None or "minutes" in work.dropped]
    changed = _write_minutes(minuted, find, now) if minuted else set()
    votes = {}
    told = _told_by_pages(items)
    for work in items:
        if work.record.minutes is not None or work.pk in told:
            continue
        wanted = read_votes(work.row["result"], work.row["resolution_text"])
        if wanted or not work.is_new:
            votes[work.pk] = wanted
    if votes:
        changed |= align(
            Vote, votes, same=SAME_VOTE, now=now, is_ours=lambda vote: vote.contribution_id is None
        )[1]
    return changed


def _told_by_pages(items: Sequence[Work]) -> set[int]:
    """Items whose own page tells the vote on the item: it stands in a paragraph, or is another one than
    their result gave until now."""
    with_page = {work.pk: work for work in items if work.old and work.old["content_digest"]}
    standing: dict[int, list[Vote]] = {pk: [] for pk in with_page}
    for vote in Vote.objects.filter(agenda_item__in=with_page, superseded_at=None).order_by("position"):
        if vote.contribution_id is None or (vote.on == "main" and vote.motion_id is None):
            standing[vote.agenda_item_id].append(vote)
    told = set()
    for pk, votes in standing.items():
        old = with_page[pk].old or {}
        read = read_votes(old["result"], old["resolution_text"])
        ours = [{name: getattr(vote, name) for name in SAME_VOTE} for vote in votes]
        if votes and (ours != read or any(vote.contribution_id for vote in votes)):
            told.add(pk)
    return told


def read_votes(result: str, resolution: str) -> list[dict[str, Any]]:
    """Columns of the votes that the result field states, or the first paragraph of the resolution."""
    lead = resolution.partition("\n")[0]
    text = "\n".join(part for part in (result, lead) if part)
    return [_vote(decision) for decision in _read(text)] if text else []


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[DecisionRecord, ...]:
    """A council has few results, and says them again and again."""
    return tuple(read_decisions(text))


def _vote(decision: DecisionRecord) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in SAME_VOTE} | {"majority": decision.majority or ""}


def _write_minutes(items: Sequence[Work], find: FindRow, now: datetime) -> set[int]:
    said = {work.pk: work.record.minutes or Minutes() for work in items}
    paragraphs, spoken = align(
        Contribution,
        {
            pk: [
                {
                    "kind": entry.contribution.kind,
                    "text": entry.contribution.text,
                    "speaker_id": find(entry.speaker, "Person"),
                    "speaker_role": entry.speaker_role,
                }
                | ({"anchor": entry.anchor} if entry.anchor else {})
                for entry in minutes.contributions
            ]
            for pk, minutes in said.items()
        },
        same=("text",),
        now=now,
    )
    places = {
        (pk, entry.contribution.position): line.pk
        for pk, minutes in said.items()
        for entry, line in zip(minutes.contributions, paragraphs[pk], strict=True)
    }
    motions, moved = align(
        Motion,
        {
            pk: [
                {
                    "kind": entry.kind,
                    "wording": entry.wording,
                    "mover_id": find(entry.mover, "Person"),
                    "mover_organization_id": find(entry.mover_organization, "Organization"),
                    "contribution_id": places.get((pk, entry.contribution or 0)),
                    "paper_id": find(entry.paper, "Paper"),
                }
                for entry in minutes.motions
            ]
            for pk, minutes in said.items()
        },
        same=("kind", "wording"),
        now=now,
    )
    of_motion = {
        (pk, entry.position): line.pk
        for pk, minutes in said.items()
        for entry, line in zip(minutes.motions, motions[pk], strict=True)
    }
    _, voted = align(
        Vote,
        {
            pk: [
                _vote(entry.decision)
                | {
                    "motion_id": of_motion.get((pk, entry.motion or 0)),
                    "contribution_id": places.get((pk, entry.contribution or 0)),
                }
                for entry in minutes.votes
            ]
            for pk, minutes in said.items()
        },
        same=SAME_VOTE,
        now=now,
    )
    return spoken | moved | voted
