"""Makes one record of what a text says of a vote; what contradicts itself is "unclear", or left out."""

from sessions.imports.decisions.ballots import CARRIED, Ballot
from sessions.imports.decisions.numerals import NO_COUNCIL
from sessions.imports.records import DecisionRecord, DecisionResult, Majority

_DONE = CARRIED | {"noted", "referred", "postponed", "removed", "forwarded"}
"""Decisions that are made with the votes for them: "bei zwei Gegenstimmen vertagt"."""


def record(text: str, ballot: Ballot) -> DecisionRecord:
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


def _single_counts(ballot: Ballot) -> dict[str, int] | None:
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


def _single_result(ballot: Ballot, counts: dict[str, int]) -> DecisionResult:
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
    carried = result in CARRIED
    if majority == "unanimous" and ((carried and no) or (result == "rejected" and yes)):
        return False
    if yes is None or no is None:
        return True
    if (carried and yes <= no) or (result == "rejected" and yes > no and not quorum_missed):
        return False
    if majority == "majority" and not counts.get("abstain") and 0 in (yes, no):
        return False
    return majority != "tie" or yes == no
