"""Where objects come from: a folder, a file or a server, all seen alike."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sessions.imports.oparl.records import ObjectType, Refusal


class SourceError(RuntimeError):
    """The source as a whole cannot be read. One sentence: what is wrong, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One object as the source gave it, with all that is embedded in it."""

    raw: dict[str, Any]
    listed_as: ObjectType | None = None
    """Type of the list it came from; for objects that lack `type`."""
    place: str = ""
    """Where it stands; that is what an object without an id is called."""


class Feed(Protocol):
    """All objects of a source, one after the other and never all in memory.

    What an object needs comes before it as far as the source makes that possible: bodies, then
    organizations, people, meetings, papers, and so on (records.TYPES). What cannot be read is yielded as a
    Refusal, and the rest goes on. Raises SourceError where nothing can be read.
    """

    @property
    def address(self) -> str:
        """As ImportRun.source and Source.address: the address, or the folder as it was given."""

    @property
    def total(self) -> int | None:
        """How many elements to expect, as far as known; for the progress bar."""

    def elements(self, since: datetime | None) -> Iterator[Element | Refusal]:
        """since: only what changed after this moment, where the source can tell; None: everything."""

    def complete_types(self) -> Set[ObjectType]:
        """After the last element: types of which a whole list was read, without `since` and without a
        failure. Only of these can an object be missing."""

    def fetch(self, ids: list[str]) -> Iterator[Element | Refusal]:
        """Single objects that others refer to and no list held. A feed without a server yields nothing, nor
        does a server that says 401, 403, 404 or 410."""
