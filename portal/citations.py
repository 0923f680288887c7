"""Who cites a record: the council's pages show what rests on them without knowing the strategy.

An app that cites records of another registers a provider when it starts; pages ask `citations_of`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Citation:
    """One claim that rests on a record."""

    record_id: int
    """Primary key of the record asked for."""
    paragraph_id: int | None
    """Primary key of the paragraph of minutes, where the claim names one."""
    title: str
    """What the claim is about: the name of a measure."""
    claim: str
    """Which claim: "Status", "Zeitplan"."""
    url: str
    """Page on which the claim stands."""
    quote: str = ""


class Provider(Protocol):
    """What an app that cites records offers; `kind` is "agenda_item", "paper" or "file"."""

    def citations(self, kind: str, ids: Collection[int]) -> Iterable[Citation]:
        """The public claims on records of `kind` with one of `ids`; one query."""

    def cited(self, kind: str, ids: Collection[int]) -> Iterable[int]:
        """Those of `ids` on which a public claim rests; one query."""


_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """From now on pages show what `provider` cites."""
    if provider not in _providers:
        _providers.append(provider)


def citations_of(kind: str, ids: Collection[int]) -> list[Citation]:
    """Public claims that rest on the records of `kind` with one of `ids`; a constant number of queries."""
    return [citation for provider in _providers if ids for citation in provider.citations(kind, ids)]


def cited_among(kind: str, ids: Collection[int]) -> set[int]:
    """Those of `ids` on which a public claim rests, for a list that only marks them; as many queries."""
    return {record for provider in _providers if ids for record in provider.cited(kind, ids)}
