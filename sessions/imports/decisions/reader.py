"""Gathers what sentences say into votes."""

import re
from collections.abc import Iterator

from sessions.imports.decisions.ballots import Ballot, continues, merge
from sessions.imports.decisions.counts import read_counts
from sessions.imports.decisions.pairing import Counts
from sessions.imports.decisions.results import Said, field_results, read_majorities, read_results
from sessions.imports.decisions.subjects import Subject, read_subject, vote_kind
from sessions.imports.decisions.units import Unit, units
from sessions.imports.decisions.verdicts import record
from sessions.imports.motions import read_motion
from sessions.imports.people import read_opening
from sessions.imports.records import DecisionRecord, DecisionSubject
from sessions.imports.sentences import word_set

_PUT_OFF = frozenset({"postponed", "referred", "removed"})
_PROPOSAL = re.compile(
    r"(?:Beschluss|Verwaltungs|Empfehlungs|Wahl)?(?:vorschlag|entwurf|empfehlung)(?: der Verwaltung)?:"
    r"|Antrag:",
    re.IGNORECASE,
)
_NEW_PART = re.compile(
    r"(?:Beschluss|Abstimmung\w{0,40}|Beratung|Aussprache|Ergebnis|Protokoll|Diskussion)\b[^.:]{0,30}:"
)
_CHAIR_STATES = re.compile(
    r"(?:Der |Die |Herr |Frau )?[^.:]{0,60}?(?:[Vv]orsitz|[Bb]ürgermeister|[Pp]räsident|[Vv]orsteher"
    r"|[Ll]andr[aä]t|leitung|leiter)"
    r"[^.:,]{0,60}? (?:stellt|stellte|gibt|gab|verkündet|verkündete)\b(?P<what>[^.:,]{0,80}?)(?:,? dass "
    r"|: ?)(?=\S)"
)
_CHAIR_STATES_NOUN = re.compile(
    r"(?:Der |Die |Herr |Frau )?[^.:]{0,60}?(?:[Vv]orsitz|[Bb]ürgermeister|[Pp]räsident|[Vv]orsteher"
    r"|[Ll]andr[aä]t|leitung|leiter)"
    r"[^.:,]{0,40}? (?:stellt|stellte) (?:die |den |eine )?(?P<what>[^.:,]{1,80}) fest\.?\Z"
)
_STATING = re.compile(r" (?:stellt|gibt|gab|verkündet)")
_STATES = word_set("fest bekannt das ergebnis abstimmungsergebnis")
_CONNECTS = re.compile(r"\b(?:damit|somit|mithin|folglich)\b", re.IGNORECASE)
_CROWD = re.compile(
    r"(?:\bUm|\bBe|be)fragung|(?:\bU|u)mfrage|\b(?:Eltern|Anwohner|Einwohner|Haushalte|Schüler|Antworten|Antwortende"
    r"|Rückmeldungen|Zuschriften|Unterschriften|Wahlberechtigte|Bürgerentscheid|Prozent)|\bBürger(?:innen)?\b"
)
_VOTE = re.compile(
    r"stimm|enthalt|enthielt|votier|votum|ergebnis|mehrheit|quorum|abst\.|\A\W*beschluss", re.IGNORECASE
)
_ABOUT_THE_MOTION = ("Der Antrag ", "Dieser Antrag ", "Dem Antrag ", "Diesem Antrag ")
_RESULT_LINE = re.compile(
    r"\W{0,3}(?:\w{0,40}abstimmung|abst\.|\w{0,40}ergebnis|(?:ja|nein|dafür|dagegen|enth\w{0,40}"
    r"|stimmenthaltung\w{0,40}|gegenstimmen?)"
    r"\b[\w-]{0,10}\.?[ \t]{0,9}[:=|]|[0-9]{1,3} (?:ja|nein|stimmen da)\b)",
    re.IGNORECASE,
)
_WITHDRAWS = re.compile(r"\b(?:zieht|zog|ziehen|zogen|zurückgezogen)\b")
"""The one thing that a person does alone is to withdraw a motion."""
_RESULT_HEAD = re.compile(r"\W{0,3}(?:Abstimmung|Abstimmungsergebnis|Ergebnis der Abstimmung)\s*:\s*")
_UNTOUCHED = re.compile(r"\bun(?:ge|ver)ändert|\bohne Änderung", re.IGNORECASE)


def read_decisions(text: str, heading: str | None = None) -> list[DecisionRecord]:
    """All votes and decisions that a text states, in order.

    `heading` is the status word that stood beside the text, such as the result field of the page. It says
    how the counts of the text are meant and must not contradict it. A heading without any count or
    decision in the text gives nothing: then it is itself the text to read."""
    ballots = [b for b in _ballots(text) if b.says_something and not b.is_proposed]
    mains = [ballot for ballot in ballots if ballot.on == "main"]
    if heading and len(mains) == 1:
        _add_heading(mains[0], heading)
    return [record(text, ballot) for ballot in ballots]


def _ballots(text: str) -> Iterator[Ballot]:
    ballot = Ballot()
    motion: DecisionSubject | None = None
    moved_until = -1
    is_proposal = False
    seen = 0
    is_headed = False
    for unit in units(text):
        words = unit.words
        if _PROPOSAL.match(words):
            is_proposal = True
        elif _NEW_PART.match(words):
            is_proposal = False
        if moved := read_motion(words):
            motion, moved_until = moved.kind, unit.end
            continue
        said = _read_unit(unit, is_proposal)
        if said is None:
            is_headed = bool(_RESULT_HEAD.fullmatch(words))
            # What a form offers and nobody ticked stands between the ticked line and the counts.
            seen = unit.end if "|" in words or not words.strip() else seen
            continue
        said.is_proposed = is_proposal and _is_only_wording(said, words)
        said.is_headed = is_headed or bool(_RESULT_HEAD.match(words))
        is_headed = False
        said.is_next = not text[seen : said.start].strip()
        seen = said.end
        if _is_end_of(ballot, said, words):
            said.on = ballot.on
        if said.announced or not continues(ballot, said):
            yield ballot
            ballot = Ballot()
        if motion and said.on == "main":
            below = text[moved_until : said.start].strip() if moved_until >= 0 else "-"
            is_told_at_once = said.has_counts and (not below or _RESULT_HEAD.fullmatch(below))
            if is_told_at_once or (said.results and words.startswith(_ABOUT_THE_MOTION)):
                said.on = motion
        merge(ballot, said)
    yield ballot


def _is_only_wording(said: Ballot, words: str) -> bool:
    """Below or behind "Beschlussvorschlag:"; a result field on a line of its own says what was decided."""
    is_voted = said.majorities or said.counts or said.implied or said.announced
    return not is_voted and (not said.is_field or bool(_PROPOSAL.match(words)))


def _is_end_of(ballot: Ballot, said: Ballot, words: str) -> bool:
    """ "Der Antrag ist angenommen." below the counts of a procedural motion or an amendment."""
    is_open = ballot.on != "main" and ballot.has_counts and not ballot.results
    return is_open and said.on == "main" and words.startswith(_ABOUT_THE_MOTION)


def _read_unit(unit: Unit, is_proposal: bool) -> Ballot | None:
    """What one sentence says; None where it is no statement about this vote."""
    words = unit.words
    if words.rstrip().endswith("?"):
        return None
    if unit.counts is not None:
        return Ballot(counts=unit.counts, start=unit.start, end=unit.end) if unit.counts else None
    subject, rest, speaks, verb_may_end = _opened(words)
    if speaks and not subject.announced and not _WITHDRAWS.search(words):
        return None
    counts = read_counts(rest)
    has_counts = bool(counts.slots or counts.ratio or counts.blurred)
    said = read_results(rest, has_counts, speaks, is_proposal, verb_may_end)
    if said.is_out and not subject.announced:
        return None
    if said.is_out or speaks:
        counts = Counts()
    if counts and not (said.results or said.is_field or unit.is_ballot_line) and _is_of_others(words, counts):
        counts = Counts()
    if counts.per_group and not said.results and not subject.announced:
        counts = Counts()
    on = _on(subject, said, rest, counts)
    ballot = Ballot(
        on=on,
        results=said.results,
        majorities=said.majorities if not said.is_out else set(),
        counts=counts,
        is_field=said.is_field,
        is_wording=said.is_wording,
        leads=words.rstrip().endswith(":"),
        implied=said.implied,
        announced=subject.announced and _is_announcement(subject, said, counts, rest),
        is_result_line=unit.is_ballot_line or bool(_RESULT_LINE.match(words)),
        is_active=said.is_active,
        connects=bool(_CONNECTS.search(words)),
        quorum_missed=said.quorum_missed,
        start=unit.start,
        end=unit.end,
    )
    is_silent = not (ballot.says_something or counts or ballot.announced or ballot.majorities)
    return None if is_silent else ballot


def _is_of_others(words: str, counts: Counts) -> bool:
    """Whether a sentence with counts tells of no vote of this body: a survey, or who speaks for it."""
    is_of_a_vote = counts.objects or _RESULT_LINE.match(words) or _VOTE.search(words)
    return not is_of_a_vote or bool(_CROWD.search(words))


def _opened(words: str) -> tuple[Subject, str, bool, bool]:
    """The subject, what is said of it, whether somebody speaks, and whether the verb may stand at the end."""
    if _STATING.search(words):
        states = _CHAIR_STATES.match(words)
        if states and set(states["what"].lower().split()) <= _STATES | {"folgendes"}:
            rest = words[states.end() :]
            is_clause = words[: states.end()].rstrip().endswith("dass")
            return read_subject(rest), rest, False, is_clause
        noun = _CHAIR_STATES_NOUN.match(words)
        if noun:
            return Subject("main"), noun["what"], False, False
    subject = read_subject(words)
    rest = words[subject.skip :] if subject.skip else words
    return subject, rest, bool(read_opening(words)), False


def _on(subject: Subject, said: Said, rest: str, counts: Counts) -> DecisionSubject:
    if counts.objects:
        return vote_kind(counts.objects[0])
    if subject.on.startswith("section:") and said.results == {"removed"}:
        return "main"
    if subject.on == "procedural" and said.is_field and said.results and said.results <= _PUT_OFF:
        return "main"  # "Zurückverweisung": a result of the matter, no motion of its own.
    if subject.on != "main" or subject.announced:
        return subject.on
    return "main"


def _is_announcement(subject: Subject, said: Said, counts: Counts, rest: str) -> bool:
    """ "1. Die Satzung wird beschlossen." is a line of a resolution; "1. einstimmig" is a vote."""
    if subject.on.startswith("section:") and subject.skip and rest.strip():
        return said.is_field or bool(counts) or bool(said.results)
    return True


def _add_heading(ballot: Ballot, heading: str) -> None:
    results = field_results(heading)
    majorities = read_majorities(heading, re.findall(r"[^\W\d_]+", heading.lower()))
    if not ballot.majorities:
        ballot.majorities = majorities
    if ballot.results == {"recommended"} and results <= {"accepted", "accepted_amended"}:
        return
    both = ballot.results | results
    if both == {"accepted", "accepted_amended"} and not _UNTOUCHED.search(heading):
        ballot.results = {"accepted_amended"}
    elif ballot.is_wording and results:
        ballot.results = results
    else:
        ballot.results = both
