"""Small OParl objects and a feed of them; every key that a test is not about is left out."""

from collections.abc import Iterable, Iterator, Set
from datetime import datetime
from typing import Any

from sessions.imports.oparl.feed import Element, SourceError
from sessions.imports.oparl.records import ObjectType, Refusal
from sessions.imports.oparl.run import Result, import_oparl

BASE = "https://oparl.example.org"
Raw = dict[str, Any]


def url(type_: str, number: int) -> str:
    return f"{BASE}/{type_.lower()}/{number}"


def an_object(type_: str, number: int, /, **fields: Any) -> Raw:
    """vendor keys are written with two underscores: strategieportal__vote."""
    named = {key.replace("__", ":"): value for key, value in fields.items()}
    return {
        "id": url(type_, number),
        "type": f"https://schema.oparl.org/1.1/{type_}",
        "created": "2025-01-01T10:00:00+01:00",
        "modified": f"2025-01-02T10:{int(number) % 60:02}:00+01:00",
        **named,
    }


def a_tombstone(type_: str, number: int, /, **fields: Any) -> Raw:
    return an_object(type_, number, deleted=True, name="", modified="2025-06-01T10:00:00+02:00", **fields)


class ListFeed:
    """Objects in the order given. `single`: what a server would answer for single ids."""

    def __init__(
        self,
        objects: Iterable[Raw | Refusal],
        *,
        address: str = BASE,
        single: Iterable[Raw] = (),
        complete: Set[ObjectType] | None = None,
        breaks_after: int | None = None,
    ) -> None:
        self.objects = list(objects)
        self.address = address
        self.single = {raw["id"]: raw for raw in single}
        self.complete = complete
        self.breaks_after = breaks_after
        self.since: list[datetime | None] = []
        self.fetched: list[str] = []

    @property
    def total(self) -> int | None:
        return len(self.objects)

    def elements(self, since: datetime | None) -> Iterator[Element | Refusal]:
        self.since.append(since)
        for position, raw in enumerate(self.objects):
            if position == self.breaks_after:
                raise SourceError("The server is gone.")
            yield raw if isinstance(raw, Refusal) else Element(raw=raw, listed_as=_type(raw))

    def complete_types(self) -> Set[ObjectType]:
        if self.complete is not None:
            return self.complete
        return {_type(raw) for raw in self.objects if isinstance(raw, dict)}

    def fetch(self, ids: list[str]) -> Iterator[Element | Refusal]:
        self.fetched += ids
        for id_ in ids:
            if id_ in self.single:
                yield Element(raw=self.single[id_])


def take(*objects: Raw | Refusal, **options: Any) -> Result:
    """Imports these objects, as a whole source."""
    return import_oparl(ListFeed(objects), **{"full": True, **options})


def _type(raw: Raw) -> ObjectType:
    name: ObjectType = raw["type"].rpartition("/")[2]
    return name
