"""A small OParl server with an invented city, whose habits a test may change one by one."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

from tests.sessions.imports.web import Answer, Asked, Site, serving

BASE = "http://oparl.invalid"
"""Stands for the server's own address in all objects; it is put right when they are sent."""
SCHEMA = "https://schema.oparl.org/1.1/"
COLLECTIONS = {
    "legislativeTermList": "LegislativeTerm",
    "locationList": "Location",
    "organization": "Organization",
    "person": "Person",
    "membership": "Membership",
    "meeting": "Meeting",
    "agendaItem": "AgendaItem",
    "paper": "Paper",
    "consultation": "Consultation",
    "file": "File",
}
"""Key of the body → type of the objects in its list."""

Handler = Callable[[Asked], Answer]


def thing(type_: str, number: int, **more: Any) -> dict[str, Any]:
    """An object with what every object has; created and modified in the year 2000 + number."""
    moment = f"{2000 + number}-01-01T00:00:00+01:00"
    return {
        "id": f"{BASE}/{type_.lower()}s/{number}",
        "type": SCHEMA + type_,
        "created": moment,
        "modified": moment,
    } | more


def as_json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), status=status, headers={"Content-Type": "application/json"})


def web_page(status: int = 200) -> Answer:
    body = b"<!DOCTYPE html><title>Wartung</title>"
    return Answer(body, status=status, headers={"Content-Type": "text/html"})


@dataclass
class City:
    """Call it with a request. Objects: key of the body → the objects of that list."""

    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    page_size: int = 2
    links: bool = True
    """Whether pages link the next one; otherwise they are numbered only."""
    numbers: bool = True
    """Whether pages say how many there are."""
    answers: dict[str, Answer | Handler] = field(default_factory=dict)
    """Path, with or without its query → what comes instead."""
    edit_page: Callable[[dict[str, Any], int], Any] = lambda page, number: page
    """Page and its number → what is sent."""

    def __post_init__(self) -> None:
        for key, type_ in COLLECTIONS.items():
            self.objects.setdefault(key, [thing(type_, number) for number in (1, 2, 3)])
        for meeting in self.objects["meeting"]:
            meeting.setdefault("agendaItem", [])

    @property
    def system(self) -> dict[str, Any]:
        return thing("System", 1, id=f"{BASE}/system", oparlVersion=SCHEMA, body=f"{BASE}/bodies")

    @property
    def body(self) -> dict[str, Any]:
        lists = {key: f"{BASE}/bodies/1/{key}" for key in COLLECTIONS}
        return thing("Body", 1, id=f"{BASE}/bodies/1", name="Musterstadt", legislativeTerm=[], **lists)

    def __call__(self, asked: Asked) -> Answer:
        answer = self._answer(asked)
        if isinstance(answer.body, bytes):
            own = f"http://{asked.headers['Host']}".encode()
            answer = Answer(answer.body.replace(BASE.encode(), own), answer.status, answer.headers)
        return answer

    def _answer(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        for address in (asked.path, parts.path):
            if address in self.answers:
                given = self.answers[address]
                return given if isinstance(given, Answer) else given(asked)
        if parts.path == "/system":
            return as_json(self.system)
        if parts.path == "/bodies":
            return self.page([self.body], asked)
        if parts.path == "/bodies/1":
            return as_json(self.body)
        key = parts.path.rpartition("/")[2]
        if parts.path == f"/bodies/1/{key}" and key in self.objects:
            return self.page(self.objects[key], asked)
        found = [raw for raws in self.objects.values() for raw in raws if raw.get("id") == BASE + asked.path]
        return as_json(found[0]) if found else as_json({"type": SCHEMA + "Error", "message": "?"}, 404)

    def page(self, raws: list[dict[str, Any]], asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        query = parse_qs(parts.query)
        if since := query.get("modified_since"):
            moment = datetime.fromisoformat(since[0])
            raws = [raw for raw in raws if datetime.fromisoformat(raw["modified"]) >= moment]
        number = int(query.get("page", ["1"])[0])
        last = max(-(-len(raws) // self.page_size), 1)
        page: dict[str, Any] = {"data": raws[(number - 1) * self.page_size : number * self.page_size]}
        if self.numbers:
            page["pagination"] = {"totalElements": len(raws), "currentPage": number, "totalPages": last}
        if self.links:
            kept = f"&modified_since={quote_plus(since[0])}" if since else ""
            page["links"] = {"first": f"{BASE}{parts.path}?page=1{kept}"}
            if number < last:
                page["links"]["next"] = f"{BASE}{parts.path}?page={number + 1}{kept}"
        edited = self.edit_page(page, number)
        return edited if isinstance(edited, Answer) else as_json(edited)


@contextmanager
def serving_city(city: City) -> Iterator[Site]:
    """The city on loopback; its system stands at `<url>/system`."""
    with serving(city) as site:
        yield site
