"""Gathers what sentences say into votes, and makes one record of each.

A result, or the announcement of a vote, begins a vote; counts and what only repeats the result continue
it. What contradicts itself is "unclear"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sessions.imports.decisions.counts import read_counts
from sessions.imports.decisions.numerals import NO_COUNCIL
from sessions.imports.decisions.pairing import Counts
from sessions.imports.decisions.results import Said, field_results, read_majorities, read_results
from sessions.imports.decisions.subjects import Subject, read_subject, vote_kind
from sessions.imports.decisions.units import Unit, units
from sessions.imports.motions import read_motion
from sessions.imports.people import read_opening
from sessions.imports.records import DecisionRecord, DecisionResult, DecisionSubject, Majority
from sessions.imports.sentences import word_set

_CARRIED = frozenset({"accepted", "accepted_amended", "recommended"})
_DONE = _CARRIED | {"noted", "referred", "postponed", "removed", "forwarded"}
"""Decisions that are made with the votes for them: "bei zwei Gegenstimmen vertagt"."""
_PUT_OFF = frozenset({"postponed", "referred", "removed"})
_PROPOSAL = re.compile(
    r"(?:Beschluss|Verwaltungs|Empfehlungs|Wahl)?(?:vorschlag|entwurf|empfehlung)(?: der Verwaltung)?:", re.I
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
    r"\b(?:Um|Be)fragung|\bUmfrage|\b(?:Eltern|Anwohner|Einwohner|Haushalte|Schüler|Antworten|Antwortende"
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


@dataclass(slots=True)
class _Ballot:
    """What the text says of one vote."""

    on: DecisionSubject = "main"
    results: set[DecisionResult] = field(default_factory=set)
    majorities: set[Majority] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    is_field: bool = False
    is_wording: bool = False
    """Its result may be the wording put to the vote: "Der Rat beschließt die Satzung."."""
    leads: bool = False
    """It ends with a colon: the wording follows, then perhaps the counts."""
    implied: bool = False
    announced: bool = False
    connects: bool = False
    is_active: bool = False
    """Its result is a verb of the body: "Der Rat lehnt den Antrag ab."."""
    quorum_missed: bool = False
    is_result_line: bool = False
    """Nothing but labels and numbers, or headed "Abstimmungsergebnis"."""
    is_headed: bool = False
    """It stands under "Abstimmungsergebnis:"."""
    is_next: bool = False
    """Nothing stands between it and the ballot before."""
    start: int = -1
    end: int = -1

    @property
    def says_something(self) -> bool:
        counts = self.counts
        return bool(
            self.results
            or self.implied
            or counts.garbled
            or counts.slots.keys() & {"yes", "no"}
            or counts.ratio
        )

    @property
    def has_counts(self) -> bool:
        return bool(self.counts.slots.keys() & {"yes", "no"} or self.counts.ratio)


def read_decisions(text: str, heading: str | None = None) -> list[DecisionRecord]:
    """All votes and decisions that a text states, in order.

    `heading` is the status word that stood beside the text, such as the result field of the page. It says
    how the counts of the text are meant and must not contradict it. A heading without any count or
    decision in the text gives nothing: then it is itself the text to read."""
    ballots = [ballot for ballot in _ballots(text) if ballot.says_something]
    mains = [ballot for ballot in ballots if ballot.on == "main"]
    if heading and len(mains) == 1:
        _add_heading(mains[0], heading)
    return [_record(text, ballot) for ballot in ballots]


# ── Sentences to ballots ──


def _ballots(text: str) -> Iterator[_Ballot]:
    ballot = _Ballot()
    motion: DecisionSubject | None = None
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
            motion = moved.kind
            continue
        said = _read_unit(unit, is_proposal)
        if said is None:
            is_headed = bool(_RESULT_HEAD.fullmatch(words))
            # What a form offers and nobody ticked stands between the ticked line and the counts.
            seen = unit.end if "|" in words or not words.strip() else seen
            continue
        said.is_headed = is_headed or bool(_RESULT_HEAD.match(words))
        is_headed = False
        said.is_next = not text[seen : said.start].strip()
        seen = said.end
        if _is_end_of(ballot, said, words):
            said.on = ballot.on
        if said.announced or not _continues(ballot, said):
            yield ballot
            ballot = _Ballot()
        if said.results and said.on == "main" and motion and words.startswith(_ABOUT_THE_MOTION):
            said.on = motion
        _merge(ballot, said)
    yield ballot


def _is_end_of(ballot: _Ballot, said: _Ballot, words: str) -> bool:
    """ "Der Antrag ist angenommen." below the counts of a procedural motion or an amendment."""
    is_open = ballot.on != "main" and ballot.has_counts and not ballot.results
    return is_open and said.on == "main" and words.startswith(_ABOUT_THE_MOTION)


def _read_unit(unit: Unit, is_proposal: bool) -> _Ballot | None:
    """What one sentence says; None where it is no statement about this vote."""
    words = unit.words
    if words.rstrip().endswith("?"):
        return None
    if unit.counts is not None:
        return _Ballot(counts=unit.counts, start=unit.start, end=unit.end) if unit.counts else None
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
    ballot = _Ballot(
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


def _continues(ballot: _Ballot, said: _Ballot) -> bool:
    """Whether a sentence says more of the same vote."""
    if not ballot.says_something:
        return ballot.on == "main" or said.on in ("main", ballot.on) or not said.results
    if said.on != "main" and said.on != ballot.on:
        # "Beschluss 17 : 6:" and on the next line what was decided.
        return ballot.leads and not ballot.results and not said.has_counts and _fits(ballot, said.results)
    if not (said.results or said.implied):
        is_repeated = said.is_result_line and said.counts.slots.items() <= ballot.counts.slots.items()
        return (
            said.is_next or is_repeated or (not ballot.has_counts and (ballot.leads or said.is_result_line))
        )
    if _differ(ballot, said):
        return False
    if said.implied:
        return not ballot.majorities or ballot.majorities == said.majorities
    if not ballot.results:
        goes_on = said.is_field or said.connects or said.on == ballot.on
        return said.quorum_missed or (goes_on and not said.has_counts and _fits(ballot, said.results))
    repeats = said.is_field or said.connects or ballot.is_field or ballot.leads or said.quorum_missed
    return repeats and _go_together(ballot, said)


def _differ(ballot: _Ballot, said: _Ballot) -> bool:
    """Whether both state counts, or majorities, and not the same."""
    if ballot.majorities and said.majorities and ballot.majorities != said.majorities:
        return True
    slots = ballot.counts.slots.keys() & said.counts.slots.keys() & {"yes", "no"}
    return any(ballot.counts.slots[slot] != said.counts.slots[slot] for slot in slots)


def _go_together(ballot: _Ballot, said: _Ballot) -> bool:
    if _is_agreed(ballot, said):
        return True
    if ballot.is_wording and said.is_field:
        return True
    both = ballot.results | said.results
    return len(both) == 1 or both <= {"accepted", "accepted_amended"} or both <= {"accepted", "recommended"}


def _is_agreed(ballot: _Ballot, said: _Ballot) -> bool:
    """ "Die Bezirksvertretung vertagt den Punkt. Abstimmungsergebnis: Einstimmig zugestimmt."."""
    handled = {"postponed", "referred", "removed", "noted", "settled", "forwarded"}
    is_yes = said.is_headed and said.is_field and said.results == {"accepted"}
    if ballot.is_active and ballot.on == "main" and not said.has_counts:
        handled.add("rejected")
    return is_yes and len(ballot.results) == 1 and ballot.results <= handled


def _fits(ballot: _Ballot, results: set[DecisionResult]) -> bool:
    """Whether counts that came before fit the result that follows."""
    yes, no = (max(ballot.counts.slots.get(slot, {0})) for slot in ("yes", "no"))
    if not ballot.counts.slots.keys() >= {"yes", "no"}:
        return True
    return not ((results <= _CARRIED and yes <= no) or (results == {"rejected"} and yes > no))


def _merge(ballot: _Ballot, said: _Ballot) -> None:
    if ballot.on == "main":
        ballot.on = said.on
    if _is_agreed(ballot, said):
        pass
    elif ballot.is_wording and said.is_field and said.results:
        ballot.results = set(said.results)
        ballot.is_wording = False
    elif ballot.results == {"recommended"} and said.results == {"accepted"}:
        pass
    elif ballot.results == {"accepted"} and said.results in ({"accepted_amended"}, {"recommended"}):
        ballot.results = set(said.results)
    elif not (ballot.results == {"accepted_amended"} and said.results == {"accepted"}):
        ballot.results |= said.results
    if not ballot.says_something or ballot.start < 0:
        ballot.is_field, ballot.is_wording, ballot.is_active = said.is_field, said.is_wording, said.is_active
    ballot.leads = said.leads or (ballot.leads and not said.results)
    ballot.majorities |= said.majorities
    ballot.implied |= said.implied
    ballot.quorum_missed |= said.quorum_missed
    ballot.counts.update(said.counts)
    ballot.start = said.start if ballot.start < 0 else ballot.start
    ballot.end = said.end


def _add_heading(ballot: _Ballot, heading: str) -> None:
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


# ── Ballots to records ──


def _record(text: str, ballot: _Ballot) -> DecisionRecord:
    """One record. Counts that contradict each other are left out; where a clear count contradicts the
    result, the counts stay and the result is "unclear"."""
    phrase, span = text[ballot.start : ballot.end], (ballot.start, ballot.end)
    counts = _single_counts(ballot)
    if counts is None:
        return DecisionRecord(on=ballot.on, result="unclear", phrase=phrase, span=span)
    result = _single_result(ballot, counts)
    majority = next(iter(ballot.majorities)) if len(ballot.majorities) == 1 else None
    if len(ballot.majorities) > 1 or not _is_consistent(result, majority, counts, ballot.quorum_missed):
        result, majority = "unclear", None
    if result == "unclear":
        majority = None
    return DecisionRecord(
        on=ballot.on,
        result=result,
        yes=counts.get("yes"),
        no=counts.get("no"),
        abstain=counts.get("abstain"),
        majority=majority,
        phrase=phrase,
        span=span,
    )


def _single_counts(ballot: _Ballot) -> dict[str, int] | None:
    """One number per slot; None where the text gives two for one slot, or more than any council has."""
    counts = ballot.counts
    if any(NO_COUNCIL in numbers for numbers in counts.slots.values()):
        return None
    if any(NO_COUNCIL in pair for pair in counts.ratio):
        return None
    slots = {slot: set(numbers) for slot, numbers in counts.slots.items()}
    against, votes_for = slots.pop("against", set()), slots.pop("for", set())
    # "bei sechs Gegenstimmen abgelehnt": against the motion, or against its rejection? Not safe to say.
    if against and (ballot.results or ballot.implied or ballot.majorities):
        if ballot.results <= _DONE:
            slots["no"] = slots.get("no", set()) | against
    elif against and "yes" in slots:
        slots["no"] = slots.get("no", set()) | against
    if votes_for and ballot.results and ballot.results <= _DONE:
        slots["yes"] = slots.get("yes", set()) | votes_for
    if counts.garbled:
        return None if not ballot.results else {}
    if any(len(numbers) > 1 for numbers in slots.values()) or len(counts.ratio) > 1:
        return None
    single = {slot: min(numbers) for slot, numbers in slots.items() if slot not in counts.blurred}
    for yes, no in counts.ratio:
        # "mit 13 gegen 5 Stimmen abgelehnt" may mean 13 for the rejection.
        if single.keys() & {"yes", "no"}:
            if (single.get("yes", yes), single.get("no", no)) != (yes, no):
                return None
        elif "rejected" not in ballot.results or yes <= no:
            single |= {"yes": yes, "no": no}
    return single


def _single_result(ballot: _Ballot, counts: dict[str, int]) -> DecisionResult:
    """ "unclear" where the text contradicts itself or gives too little to tell."""
    if ballot.results:
        return min(ballot.results) if len(ballot.results) == 1 else "unclear"
    yes, no = counts.get("yes"), counts.get("no")
    if yes is not None and no is not None and yes + no > 0:
        # Councils decide with more yes than no; a tie rejects (for Lower Saxony: section 66 NKomVG).
        return "accepted" if yes > no else "rejected"
    return "accepted" if ballot.implied and (yes is None or no is None) else "unclear"


def _is_consistent(
    result: DecisionResult, majority: Majority | None, counts: dict[str, int], quorum_missed: bool
) -> bool:
    """Whether result, majority and counts can all be true. Unstated counts contradict nothing."""
    yes, no = counts.get("yes"), counts.get("no")
    carried = result in _CARRIED
    if majority == "unanimous" and ((carried and no) or (result == "rejected" and yes)):
        return False
    if yes is None or no is None:
        return True
    if (carried and yes <= no) or (result == "rejected" and yes > no and not quorum_missed):
        return False
    if majority == "majority" and not counts.get("abstain") and 0 in (yes, no):
        return False
    return majority != "tie" or yes == no
