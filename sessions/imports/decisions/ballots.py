"""What a text says of one vote, and which sentences speak of the same one.

A result, or the announcement of a vote, begins a vote; counts and what only repeats the result continue it.
"""

from dataclasses import dataclass, field

from sessions.imports.decisions.pairing import Counts
from sessions.imports.records import DecisionResult, DecisionSubject, Majority

CARRIED = frozenset({"accepted", "accepted_amended", "recommended"})


@dataclass(slots=True)
class Ballot:
    """What the text says of one vote."""

    on: DecisionSubject = "main"
    results: set[DecisionResult] = field(default_factory=set)
    majorities: set[Majority] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    is_field: bool = False
    is_wording: bool = False
    """Its result may be the wording put to the vote: "Der Rat beschließt die Satzung."."""
    is_proposed: bool = False
    """Only the wording of a proposal so far; nothing says that it was voted on."""
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


def continues(ballot: Ballot, said: Ballot) -> bool:
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


def _differ(ballot: Ballot, said: Ballot) -> bool:
    """Whether both state counts, or majorities, and not the same."""
    if ballot.majorities and said.majorities and ballot.majorities != said.majorities:
        return True
    slots = ballot.counts.slots.keys() & said.counts.slots.keys() & {"yes", "no"}
    return any(ballot.counts.slots[slot] != said.counts.slots[slot] for slot in slots)


def _go_together(ballot: Ballot, said: Ballot) -> bool:
    if _is_agreed(ballot, said):
        return True
    if ballot.is_wording and said.is_field:
        return True
    both = ballot.results | said.results
    return len(both) == 1 or both <= {"accepted", "accepted_amended"} or both <= {"accepted", "recommended"}


def _is_agreed(ballot: Ballot, said: Ballot) -> bool:
    """ "Die Bezirksvertretung vertagt den Punkt. Abstimmungsergebnis: Einstimmig zugestimmt."."""
    handled = {"postponed", "referred", "removed", "noted", "settled", "forwarded"}
    is_yes = said.is_headed and said.is_field and said.results == {"accepted"}
    if ballot.is_active and ballot.on == "main" and not said.has_counts:
        handled.add("rejected")
    return is_yes and len(ballot.results) == 1 and ballot.results <= handled


def _fits(ballot: Ballot, results: set[DecisionResult]) -> bool:
    """Whether counts that came before fit the result that follows."""
    yes, no = (max(ballot.counts.slots.get(slot, {0})) for slot in ("yes", "no"))
    if not ballot.counts.slots.keys() >= {"yes", "no"}:
        return True
    return not ((results <= CARRIED and yes <= no) or (results == {"rejected"} and yes > no))


def merge(ballot: Ballot, said: Ballot) -> None:
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
    ballot.is_proposed = said.is_proposed and (ballot.is_proposed or ballot.start < 0)
    ballot.leads = said.leads or (ballot.leads and not said.results)
    ballot.majorities |= said.majorities
    ballot.implied |= said.implied
    ballot.quorum_missed |= said.quorum_missed
    ballot.counts.update(said.counts)
    ballot.start = said.start if ballot.start < 0 else ballot.start
    ballot.end = said.end
