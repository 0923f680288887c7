"""Minutes that another portal states under the vendor prefix → records.

What is no contribution, motion or vote is passed over: these keys are an addition to the standard, and an
agenda item is no worse without them.
"""

from collections.abc import Mapping
from typing import Any, get_args

from sessions.imports.oparl import quirks
from sessions.imports.oparl.records import Minutes, StatedContribution, StatedMotion, StatedVote, vendor
from sessions.imports.records import (
    ContributionKind,
    ContributionRecord,
    DecisionRecord,
    DecisionResult,
    Majority,
    MotionKind,
)

_SUBJECTS = frozenset({"main", "amendment", "procedural"})


def read_minutes(raw: Mapping[str, Any]) -> Minutes | None:
    """None where the object states none of the three keys."""
    keys = [vendor(name) for name in ("contribution", "motion", "vote")]
    if not any(key in raw for key in keys):
        return None
    contributions, motions, votes = (_objects(raw.get(key)) for key in keys)
    return Minutes(
        contributions=tuple(filter(None, map(_contribution, contributions))),
        motions=tuple(filter(None, map(_motion, motions))),
        votes=tuple(filter(None, map(_vote, votes))),
    )


def _objects(value: Any) -> list[dict[str, Any]]:
    """Those with a position, each position once."""
    found: dict[int, dict[str, Any]] = {}
    for entry in quirks.listed(value):
        if isinstance(entry, dict) and (position := quirks.whole(entry.get("position"))):
            found.setdefault(position, entry)
    return [entry | {"position": position} for position, entry in found.items()]


def _contribution(raw: Mapping[str, Any]) -> StatedContribution | None:
    kind, words = quirks.text(raw.get("kind")), quirks.paragraphs(raw.get("text"))
    if not words:
        return None
    return StatedContribution(
        anchor=quirks.text(raw.get("anchor"))[:40],
        contribution=ContributionRecord(
            position=raw["position"],
            text=words,
            kind=next((known for known in get_args(ContributionKind) if known == kind), "speech"),
        ),
        speaker=quirks.identifier(raw.get("speaker")),
        speaker_role=quirks.shortened(quirks.text(raw.get("speakerRole")), 300),
    )


def _motion(raw: Mapping[str, Any]) -> StatedMotion | None:
    kind, wording = quirks.text(raw.get("kind")), quirks.paragraphs(raw.get("wording"))
    if not wording:
        return None
    return StatedMotion(
        position=raw["position"],
        kind=kind if kind in get_args(MotionKind) else "main",
        wording=wording,
        mover=quirks.identifier(raw.get("mover")),
        mover_organization=quirks.identifier(raw.get("moverOrganization")),
        contribution=quirks.whole(raw.get("contribution")),
        paper=quirks.identifier(raw.get("paper")),
    )


def _vote(raw: Mapping[str, Any]) -> StatedVote | None:
    on, result = quirks.text(raw.get("on")) or "main", quirks.text(raw.get("result"))
    majority = quirks.text(raw.get("majority"))
    yes, no, abstain = (quirks.whole(raw.get(name)) for name in ("yes", "no", "abstain"))
    is_known = on in _SUBJECTS or (on.startswith("section:") and " " not in on and 8 < len(on) <= 60)
    has_counts = any(count is not None for count in (yes, no, abstain))
    if not is_known or not (has_counts or result in get_args(DecisionResult)):
        return None
    return StatedVote(
        position=raw["position"],
        decision=DecisionRecord(
            on=on,
            result=next((known for known in get_args(DecisionResult) if known == result), "unclear"),
            majority=next((known for known in get_args(Majority) if known == majority), None),
            phrase=quirks.paragraphs(raw.get("phrase")),
            yes=yes,
            no=no,
            abstain=abstain,
        ),
        motion=quirks.whole(raw.get("motion")),
        contribution=quirks.whole(raw.get("contribution")),
    )
