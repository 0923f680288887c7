"""The minutes of an agenda item: paragraphs, who speaks in them, what they move and how votes went."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sessions.imports.decisions import read_decisions
from sessions.imports.motions import read_motion
from sessions.imports.people import read_opening, share_roles
from sessions.imports.records import (
    ContributionKind,
    ContributionRecord,
    DecisionRecord,
    MotionRecord,
    SpeakerRecord,
    VoteRecord,
)
from sessions.imports.sentences import sentences

# "Der Antrag wird …" is about the motion just told of; with more words ("Der Antrag der Gruppe wird …") it
# may be about another.
_THAT_MOTION = re.compile(
    r"(?:Der|Dieser|Dem|Diesem) (?:Änderungs|Ergänzungs|Geschäftsordnungs)?[Aa]ntrag "
    r"(?:wird|wurde|ist|findet|erhält)\b"
)
_ANY_MOTION = re.compile(r"(?:Der|Dieser|Dem|Diesem) [\w-]{0,40}[Aa]ntrag\b")
# With more motions than this in a row no reader could tell any more; it also keeps the search short.
_MOST_WAITING = 50


@dataclass(slots=True)
class Minutes:
    """What minutes say, in order; positions of contributions and motions count from 1."""

    contributions: list[ContributionRecord] = field(default_factory=list)
    motions: list[MotionRecord] = field(default_factory=list)
    votes: list[VoteRecord] = field(default_factory=list)
    """Their position is 0: it counts over the whole page, which has votes elsewhere too."""
    waiting: list[MotionRecord] = field(default_factory=list)
    """Motions that no vote has been tied to yet."""


def read_minutes(paragraphs: Sequence[str]) -> Minutes:
    minutes = Minutes()
    openings = [read_opening(text) for text in paragraphs]
    speakers = share_roles(opening.speaker if opening else None for opening in openings)
    for position, (text, speaker) in enumerate(zip(paragraphs, speakers, strict=True), 1):
        kind = _read_paragraph(minutes, position, text, speaker)
        minutes.contributions.append(
            ContributionRecord(position=position, text=text, kind=kind, speaker=speaker)
        )
    minutes.motions = [_with_wording(motion, minutes.contributions) for motion in minutes.motions]
    return minutes


def _read_paragraph(
    minutes: Minutes, position: int, text: str, speaker: SpeakerRecord | None
) -> ContributionKind:
    """Adds the motion and the votes of a paragraph and says what kind it is. Somebody's speech states no
    vote; only what follows a motion or stands without a speaker does."""
    motion = read_motion(text)
    if speaker and not motion:
        return "statement" if _is_statement(text, speaker) else "speech"
    if motion:
        record = MotionRecord(
            position=len(minutes.motions) + 1,
            kind=motion.kind,
            wording=motion.wording,
            mover=speaker,
            mover_organization=motion.organization,
            contribution=position,
        )
        minutes.motions.append(record)
        minutes.waiting.append(record)
    start = motion.end if motion else 0
    decisions = _decisions(text[start:])
    for decision in decisions:
        _add_vote(minutes, position, shifted(decision, start))
    return "motion" if motion else "vote" if decisions else "speech"


@lru_cache(maxsize=256)
def _decisions(text: str) -> tuple[DecisionRecord, ...]:
    """Minutes tell votes in few words, and say them again and again."""
    return tuple(read_decisions(text))


def _add_vote(minutes: Minutes, position: int, decision: DecisionRecord) -> None:
    if decision.on == "main" and not _ANY_MOTION.match(decision.phrase):
        minutes.votes.append(VoteRecord(position=0, decision=decision, contribution=position))
        return
    motion = _motion_voted_on(decision, minutes.waiting, position)
    if motion:
        minutes.waiting.remove(motion)
        decision = replace(decision, on=motion.kind)
    elif minutes.waiting and decision.on == "main":
        # Several motions wait for their vote and the text does not say which this was: the paragraph
        # stays a "vote", but nothing is recorded against a motion or the item.
        return
    number = motion.position if motion else None
    minutes.votes.append(VoteRecord(position=0, decision=decision, motion=number, contribution=position))


def _motion_voted_on(
    decision: DecisionRecord, waiting: Sequence[MotionRecord], position: int
) -> MotionRecord | None:
    """The motion a vote was on: one of its kind; the one just moved, if the text says "Der Antrag wird";
    else the one whose mover it names, or the only one that waits for its vote."""
    if len(waiting) > _MOST_WAITING:
        return None
    fitting = [motion for motion in waiting if decision.on in ("main", motion.kind)]
    just_moved = [motion for motion in fitting if motion.contribution in (position, position - 1)]
    if _THAT_MOTION.match(decision.phrase):
        return just_moved[-1] if just_moved else _only(fitting)
    named = [m for m in fitting if m.mover and m.mover.name and m.mover.name in decision.phrase]
    return _only(named) or (_only(fitting) if decision.on != "main" else None)


def _only(motions: Sequence[MotionRecord]) -> MotionRecord | None:
    return motions[0] if len(motions) == 1 else None


def _with_wording(motion: MotionRecord, contributions: Sequence[ContributionRecord]) -> MotionRecord:
    """ "… stellt folgenden Antrag:" leaves the wording to the next paragraph. Where that is somebody else's
    speech or a vote, the motion's own paragraph is all there is of its words."""
    if motion.wording or motion.contribution is None:
        return motion
    own, *following = contributions[motion.contribution - 1 : motion.contribution + 1]
    wordings = [c.text for c in following if c.speaker is None and c.kind == "speech"]
    return replace(motion, wording=(wordings or [own.text])[0])


def _is_statement(text: str, speaker: SpeakerRecord) -> bool:
    """The administration puts something on record: it points something out, makes it clear, or has it
    minuted."""
    if speaker.role != "Verwaltung":
        return False
    words = set(re.findall(r"\w+", sentences(text)[0].words))
    return any(signs <= words for signs in ({"weist", "hin"}, {"stellt", "klar"}, {"Protokoll"}))


def shifted(decision: DecisionRecord, by: int) -> DecisionRecord:
    """The decision with its span counted from `by` characters earlier."""
    return replace(decision, span=(decision.span[0] + by, decision.span[1] + by))
