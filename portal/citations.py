"""Who cites a record: the council's pages show what rests on them without knowing the strategy.

An app that cites records of another registers a provider when it starts; pages ask `citations_of`.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass


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


Provider = Callable[[str, Collection[int]], Iterable[Citation]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """`provider(kind, ids)` gives the public claims on records of `kind` ("agenda_item", "paper", "file")."""
    if provider not in _providers:
        _providers.append(provider)


def citations_of(kind: str, ids: Collection[int]) -> list[Citation]:
    """Public claims that rest on the records of `kind` with one of `ids`; a constant number of queries."""
    return [citation for provider in _providers if ids for citation in provider(kind, ids)]
