"""Finds the records that a strategy file names, by the numbers, ids and addresses that people know."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q

from sessions.imports.allris.address import allris_id, page_address
from sessions.models import AgendaItem, Body, File, Motion, Organization, Paper, Person, Vote
from strategy import actions
from strategy.imports import nodes as schema
from strategy.imports.yaml_tree import Path
from strategy.models import OutsideDocument

M = TypeVar("M", bound=models.Model)


class NoRecord(Exception):
    """A source that the file names is not there; `below` is the key that names it."""

    def __init__(self, below: Path, reason: str) -> None:
        super().__init__(reason)
        self.below = below


class Refused(Exception):
    """A row that cannot be written; the problem is noted already. What hangs on it is left out."""


class Records:
    """Finds the records that a file names.

    Raises NoRecord, or Refused where the problem is noted already.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self._items: dict[str, AgendaItem] = {}

    def source(self, evidence: schema.Evidence) -> actions.Source:
        if evidence.item is not None:
            return self.item(evidence.item, ("item",))
        if evidence.paper is not None:
            return self.paper(evidence.paper, ("paper",))
        if evidence.motion is not None:
            return self._numbered(Motion, evidence.motion, "motion")
        if evidence.vote is not None:
            return self._numbered(Vote, evidence.vote, "vote")
        if evidence.file is not None:
            return self._file(evidence.file)
        document = OutsideDocument.objects.filter(slug=evidence.document).first()
        if document is None:
            raise Refused
        return document

    def item(self, name: str, below: Path) -> AgendaItem:
        if name not in self._items:
            number = int(name) if _is_number(name) else page_address(name).agenda_item
            named = Q(external_id=name) | Q(source_url=name)
            if number is not None:
                named = Q(external_id=allris_id("to", number))
            self._items[name] = _only(
                AgendaItem.objects.filter(named, meeting__body=self.body), f"item {name}", below
            )
        return self._items[name]

    def paper(self, name: str, below: Path) -> Paper:
        number = page_address(name).paper
        named = Q(reference=name) | Q(external_id=name) | Q(source_url=name)
        if number is not None:
            named = Q(external_id=allris_id("vo", number))
        papers = Paper.objects.filter(named, body=self.body)
        # A number that was given again means the paper that has it today.
        current = papers.filter(withdrawn_at=None)
        return _only(current if current.exists() else papers, f"paper {name}", below)

    def unit(self, name: str, below: Path) -> Organization:
        named = Q(external_id=allris_id("gr", int(name))) if _is_number(name) else Q(external_id=name)
        units = Organization.objects.filter(named | Q(source_url=name), body=self.body)
        return _only(units, f"organization {name}", below)

    def person(self, name: str, below: Path) -> Person:
        """An elected person, by title and name as the minutes print them, or by the id of the source."""
        words = name.split()
        named = Q(external_id=name)
        for cut in range(len(words)):
            named |= Q(title=" ".join(words[:cut]), name=" ".join(words[cut:]))
        people = Person.objects.published().filter(named, body=self.body)
        return _only(people, f"elected person {name!r}", below)

    def _numbered(self, model: type[Any], ref: schema.NumberedRef, name: str) -> Any:
        item = self.item(ref.item, (name, "item"))
        # The one that stands in the minutes today, else the one that stood there last.
        rows = model.objects.filter(agenda_item=item, position=ref.number)
        found = rows.order_by(F("superseded_at").desc(nulls_first=True)).first()
        if found is None:
            raise NoRecord((name, "number"), f"item {ref.item} has no {name} {ref.number}")
        return found

    def _file(self, ref: schema.FileRef) -> File:
        files = File.objects.filter(position=ref.number)
        if ref.paper is not None:
            files = files.filter(paper=self.paper(ref.paper, ("file", "paper")))
        else:
            files = files.filter(agenda_item=self.item(str(ref.item), ("file", "item")))
        return _only(files, f"file {ref.number} of {ref.paper or ref.item}", ("file", "number"))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) <= 9


def _only(rows: models.QuerySet[M], what: str, below: Path) -> M:
    found = list(rows[:2])
    if not found:
        raise NoRecord(below, f"{what} is not in the database; import the council's records first")
    if len(found) > 1:
        raise NoRecord(below, f"{what} is not clear: several records are named so; use the id of the source")
    return found[0]
