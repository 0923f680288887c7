"""What the OParl parser hands to the writer: one flat record for each object, however it was nested.

The parser leaves out whatever the source does not state: a key that is missing in `values` or
`references` is "not stated", and never the same as an empty value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sessions.imports.records import ContributionRecord, DecisionRecord

ObjectType = Literal[
    "System", "Body", "LegislativeTerm", "Location", "Organization", "Person", "Membership",
    "Meeting", "AgendaItem", "Paper", "Consultation", "File",
]  # fmt: skip
TYPES: tuple[ObjectType, ...] = (
    "System", "Body", "LegislativeTerm", "Location", "Organization", "Person", "Membership",
    "Meeting", "AgendaItem", "Paper", "Consultation", "File",
)  # fmt: skip
"""In the order in which they are written: whatever an object needs comes before it."""

VENDOR = "strategieportal"
"""Prefix of the keys that the portal adds to the standard: "strategieportal:vote"."""


def vendor(key: str) -> str:
    """The whole key: "strategieportal:vote" for "vote"."""
    return f"{VENDOR}:{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMotion:
    """A motion as another portal states it under the vendor prefix."""

    position: int
    kind: str
    wording: str
    mover: str = ""
    """Id of the person."""
    mover_organization: str = ""
    """Id of the organization."""
    contribution: int | None = None
    paper: str = ""
    """Id of the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedVote:
    position: int
    decision: DecisionRecord
    motion: int | None = None
    contribution: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedContribution:
    anchor: str
    contribution: ContributionRecord
    """Without its speaker."""
    speaker: str = ""
    """Id of the person."""
    speaker_role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Minutes of an agenda item that stand under the vendor prefix."""

    contributions: tuple[StatedContribution, ...] = ()
    motions: tuple[StatedMotion, ...] = ()
    votes: tuple[StatedVote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRecord:
    """One OParl object, cut out of whatever it was embedded in."""

    type: ObjectType
    id: str
    """As the source gives it, never changed: its query string is a part of it. Where an embedded object has
    none, the parser makes one of the parent's: "<parent>#<field>-<number>"."""
    row_name: str
    """`external_id` of the row: the ALLRIS name ("allris:si:664") where the object is proven to be that
    page, the name that another portal gives under the vendor prefix, else `id`."""
    parent: str = ""
    """Id of the object it was embedded in; "" where it stood alone."""
    deleted: bool = False
    """A tombstone: only `id`, `type` and `modified` count."""
    created: datetime | None = None
    modified: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    """Column of the row's model → value, ready to be stored; no references among them."""
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field of the row's model (foreign key or many-to-many) → ids of its targets, as the source gives
    them."""
    minutes: Minutes | None = None

    @property
    def name(self) -> str:
        """What tells it from all others. Sources use one consultation id twice when an item is postponed, so
        there the agenda item belongs to the name."""
        item = self.references.get("agenda_item", ()) if self.type == "Consultation" else ()
        return f"{self.id}#{item[0]}" if item else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An object that cannot be taken in, and why: one sentence."""

    id: str
    reason: str
