"""From keys of the index to rows of the page."""

from collections.abc import Collection, Mapping

import pytest

from portal.searching import kinds as registry
from portal.searching.finding import Hits, Narrowing
from portal.searching.kinds import Found, Passage, Searchable
from portal.searching.matching import Matching
from portal.searching.query import Query
from portal.searching.results import HitList, results

ASKED: list[tuple[str, list[int], Collection[str]]] = []


def a_kind(kind: str, *, known: Mapping[int, Found]) -> Searchable:
    def found(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
        ASKED.append((kind, list(ids), words))
        return {number: known[number] for number in ids if number in known}

    return Searchable(
        kind=kind,
        label=kind.title(),
        plural=f"{kind}s",
        published=lambda: pytest.fail("not asked"),
        texts=lambda ids: [],
        results=found,
    )


@pytest.fixture(autouse=True)
def _two_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    ASKED.clear()
    paper = a_kind(
        "paper",
        known={
            1: Found(title="Haushalt <1>", url="/p/1/", where="Vorlage vom 1. Mai 2025"),
            3: Found(title="Drei", url="https://rat.example.org/3.pdf", passages=[Passage("Haushalt", "#a", "Absatz 1")]),
        },
    )  # fmt: skip
    item = a_kind("item", known={2: Found(title="Zwei", url="/i/2/")})
    monkeypatch.setattr(registry, "_kinds", {"paper": paper, "item": item})


def test_the_order_of_the_index_is_kept_over_all_kinds() -> None:
    found = results([("paper", 3), ("item", 2), ("paper", 1)], {"haushalt"})
    assert [(one.kind, one.title, one.url) for one in found] == [
        ("Paper", "Drei", "https://rat.example.org/3.pdf"),
        ("Item", "Zwei", "/i/2/"),
        ("Paper", "Haushalt <1>", "/p/1/"),
    ]
    assert found[2].marked_title == "<mark>Haushalt</mark> &lt;1&gt;"
    assert [one.text for one in found[0].excerpts] == ["<mark>Haushalt</mark>"]
    assert [one.is_external for one in found] == [True, False, False]


def test_every_kind_is_asked_once() -> None:
    results([("paper", 3), ("item", 2), ("paper", 1)], {"haushalt"})
    assert [("paper", [3, 1], {"haushalt"}), ("item", [2], {"haushalt"})] == ASKED


def test_what_is_not_published_any_more_or_of_no_kind_falls_out() -> None:
    assert [one.title for one in results([("paper", 9), ("gone", 1), ("item", 2)])] == ["Zwei"]
    assert results([]) == []


def test_a_list_of_hits_reads_no_more_than_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def page(hits: Hits, offset: int, limit: int) -> list[tuple[str, int]]:
        asked.append((offset, limit))
        return [("item", 2)]

    monkeypatch.setattr(Hits, "page", page)
    hits = HitList(Hits(Matching(Query(), "", ""), Narrowing(), False, 52_310, {}))
    assert len(hits) == 52_310
    assert hits[52_300:52_350] == [("item", 2)]
    assert asked == [(52_300, 10)]
