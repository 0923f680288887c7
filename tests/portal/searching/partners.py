"""One kind of result for tests of the index: partners of measures, who are no result in the portal."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest
from django.db.models import QuerySet

from portal.searching import kinds
from portal.searching.index import LexiconSource
from portal.searching.kinds import Found, Searchable, SearchText, Watch
from portal.searching.models import SearchEntry, SearchPending
from portal.searching.watching import watch_sources
from strategy.models import Measure, Partner

KIND = "partner"
THROUGH = Measure.partners.through
OF_ROW, OF_TIE = "SELECT r.id FROM r", "SELECT r.partner_id FROM r"


@dataclass
class Partners:
    """What a test may say about them beside their rows."""

    bodies: dict[int, str] = field(default_factory=dict)
    """Id → a longer text than a partner can have."""
    references: dict[int, str] = field(default_factory=dict)

    def published(self) -> "QuerySet[Partner]":
        return Partner.objects.exclude(website="https://example.org/unseen")

    def texts(self, ids: Collection[int]) -> Iterator[SearchText]:
        for partner in self.published().filter(pk__in=ids):
            yield SearchText(
                object_id=partner.pk,
                title=partner.name,
                references=self.references.get(partner.pk, ""),
                body=self.bodies.get(partner.pk, partner.note),
            )

    def results(self, ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
        return {partner.pk: Found(title=partner.name, url="/") for partner in self.published()}


@contextmanager
def only_partners() -> Iterator[Partners]:
    """Partners are all that is searched, for the time of the block."""
    partners = Partners()
    searchable = Searchable(
        kind=KIND,
        label="Partner",
        plural="Partner",
        published=partners.published,
        texts=lambda ids: partners.texts(ids),
        results=partners.results,
        watches=(
            Watch(Partner, ("name", "note", "website"), OF_ROW),
            Watch(THROUGH, ("partner_id",), OF_TIE),
        ),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "_kinds", {KIND: searchable})
        watch_sources("default")
        SearchPending.objects.all().delete()
        yield partners


def a_partner(name: str = "Beispiel", **fields: str) -> Partner:
    number = Partner.objects.count() + 1
    return Partner.objects.create(slug=f"partner-{number}", name=name, **fields)


def entry_of(partner: Partner) -> SearchEntry:
    return SearchEntry.objects.get(kind=KIND, object_id=partner.pk)


def noted() -> list[int]:
    """Ids of the partners that are noted."""
    return sorted(SearchPending.objects.filter(kind=KIND).values_list("object_id", flat=True).distinct())


class Dictionary:
    """Knows what a test tells it, and how often it was asked for."""

    def __init__(self, **keys: str) -> None:
        self.keys = {word: frozenset(listed.split()) for word, listed in keys.items()}
        self.asked: list[str] = []

    def found_under(self, word: str) -> frozenset[str]:
        self.asked.append(word)
        return self.keys.get(word.lower(), frozenset())

    def common_words(self) -> Iterator[str]:
        yield from self.keys


def knowing(dictionary: Dictionary) -> LexiconSource:
    return cast("LexiconSource", lambda: dictionary)
