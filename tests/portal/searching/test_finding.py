"""Hits, their facets and their order."""

from datetime import date

import pytest
from django.db import connection

from portal.searching import finding
from portal.searching.finding import Narrowing, exists, find, near_titles
from portal.searching.matching import match
from portal.searching.models import SearchEntry, SearchPending, SearchShelf, SearchWord

pytestmark = pytest.mark.django_db


def entry(
    object_id: int, body: str = "rat", kind: str = "item", title: str = "", **shelf: object
) -> SearchEntry:
    day = shelf.pop("day", None)
    if isinstance(day, date):
        shelf["year"] = day.year
    on, _ = SearchShelf.objects.get_or_create(kind=kind, **shelf)
    return SearchEntry.objects.create(
        kind=kind, object_id=object_id, shelf=on, day=day, title=title, body=body
    )


def keys(typed: str, **options: object) -> list[tuple[str, int]]:
    return find(match(typed), **options).page(0, 50)  # type: ignore[arg-type]  # handed on


def test_all_hits_are_counted_and_paged() -> None:
    for number in range(1, 8):
        entry(number, day=date(2020, 1, number))
    hits = find(match("Rat"), newest_first=True)
    assert hits.total == 7
    assert [number for _, number in hits.page(0, 3)] == [7, 6, 5]
    assert [number for _, number in hits.page(6, 3)] == [1]
    assert hits.page(7, 3) == []


def test_without_a_day_comes_last() -> None:
    entry(1)
    entry(2, day=date(1999, 1, 1))
    assert keys("Rat", newest_first=True) == [("item", 2), ("item", 1)]


def test_the_title_weighs_more_than_the_text_and_a_part_least() -> None:
    shelf = SearchShelf.objects.create(kind="item")
    for number, where in enumerate(("parts", "body", "title"), start=1):
        SearchEntry.objects.create(kind="item", object_id=number, shelf=shelf, **{where: "rat"})
    assert [number for _, number in keys("Rat")] == [3, 2, 1]


@pytest.fixture
def shelves() -> None:
    entry(1, day=date(2024, 5, 1), committees=["7"])
    entry(2, day=date(2025, 5, 1), committees=["7", "8"])
    entry(3, day=date(2025, 6, 1), kind="paper", committees=["8"])
    entry(4, kind="measure", field="verkehr", status="running")
    entry(5, kind="measure", field="bildung", status="running")
    entry(6, body="anderes", kind="measure", field="bildung", status="planned")


@pytest.mark.usefixtures("shelves")
def test_facets_count_every_value() -> None:
    hits = find(match("Rat"))
    assert hits.total == 5
    assert hits.counts == {
        "kind": {"item": 2, "paper": 1, "measure": 2},
        "year": {"2024": 1, "2025": 2},
        "field": {"verkehr": 1, "bildung": 1},
        "status": {"running": 2},
        "committees": {"7": 2, "8": 2},
    }


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize(
    ("narrowing", "found"),
    [
        (Narrowing(kind="measure"), {4, 5}),
        (Narrowing(year=2025), {2, 3}),
        (Narrowing(field="bildung"), {5}),
        (Narrowing(status="running"), {4, 5}),
        (Narrowing(committee="8"), {2, 3}),
        (Narrowing(committee="8", kind="item"), {2}),
        (Narrowing(kind="paper", year=2024), set()),
        (Narrowing(kind="nothing"), set()),
    ],
)
@pytest.mark.parametrize("newest_first", [False, True])
def test_filters_narrow(narrowing: Narrowing, found: set[int], newest_first: bool) -> None:
    hits = find(match("Rat"), narrowing, newest_first=newest_first)
    assert {number for _, number in hits.page(0, 50)} == found
    assert hits.total == len(found)


@pytest.mark.usefixtures("shelves")
def test_a_facet_counts_what_the_other_filters_leave() -> None:
    hits = find(match("Rat"), Narrowing(kind="item", year=2025))
    assert hits.total == 1
    assert hits.counts["kind"] == {"item": 1, "paper": 1}
    assert hits.counts["year"] == {"2024": 1, "2025": 1}
    assert hits.counts["committees"] == {"7": 1, "8": 1}


def test_an_entry_with_a_note_is_nowhere() -> None:
    entry(1, title="rathaus")
    entry(2, title="rathaus", kind="paper")
    SearchPending.objects.create(kind="item", object_id=1)
    hits = find(match("Rat"))
    assert (hits.total, hits.counts["kind"]) == (1, {"paper": 1})
    assert keys("Rat") == keys("Rat", newest_first=True) == [("paper", 2)]
    assert hits.contains(("paper", 2))
    assert not hits.contains(("item", 1))
    assert near_titles("Rathaus", 5) == [("paper", 2)]
    SearchPending.objects.create(kind="paper", object_id=2)
    assert not exists(match("Rat"))


@pytest.mark.parametrize("limits", [{"RANKED": 4}, {"RANKED_OF_MANY": 4, "MOST_SORTED": 10}])
def test_beyond_the_weighed_hits_the_newest_come_first(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    for name, number in limits.items():
        monkeypatch.setattr(finding, name, number)
    for number in range(1, 31):
        entry(number, day=date(1990 + number, 1, 1), title="rat" if number == 1 else "")
    hits = find(match("Rat"))
    pages = [number for start in range(0, 30, 5) for _, number in hits.page(start, 5)]
    # The old one with the word in its title is among those that are weighed.
    assert pages[0] == 1
    assert set(pages[1:5]) == {30, 29, 28, 27}
    assert pages[5:] == list(range(26, 1, -1))
    assert [number for _, number in hits.page(0, 2)] == pages[:2]
    newest = find(match("Rat"), newest_first=True)
    assert [number for _, number in newest.page(10, 5)] == [20, 19, 18, 17, 16]


@pytest.mark.parametrize("where", ["title", "body"])
def test_what_has_no_day_is_weighed_too(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setattr(finding, "RANKED", 4)
    entry(100, kind="measure", **{"title": "rat", "body": ""} if where == "title" else {"body": "rat"})
    for number in range(1, 31):
        entry(number, body="rat " + " ".join(f"wort{n}" for n in range(50)), title="rat" if number > 20 and where == "title" else "",
              day=date(1990 + number, 1, 1))  # fmt: skip
    hits = find(match("Rat"))
    assert ("measure", 100) in hits.page(0, 4)
    assert len({key for start in range(0, 31, 4) for key in hits.page(start, 4)}) == 31


def test_a_hit_is_looked_up_among_all() -> None:
    entry(1)
    entry(2, body="anderes")
    hits = find(match("Rat"))
    assert hits.contains(("item", 1))
    assert not hits.contains(("item", 2))
    assert not hits.contains(("paper", 1))


def test_nothing_asked_finds_nothing_without_a_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    matching = match("-Rat")
    with django_assert_num_queries(0):
        hits = find(matching)
        assert hits.total == 0
        assert hits.page(0, 20) == []
        assert not exists(matching)
        assert hits.words == frozenset()


def test_words_to_mark_are_those_of_texts() -> None:
    SearchWord.objects.bulk_create(
        [
            SearchWord(word="straßenzustand", spelling="Straßenzustand", keys="straße zustand"),
            SearchWord(word="straßen", spelling="Straßen", keys="straße"),
            SearchWord(word="sport", spelling="Sport", keys=""),
        ]
    )
    assert find(match("der Straße 2026")).words == {"straßen", "straßenzustand", "2026"}


def test_near_titles_come_the_nearest_first() -> None:
    entry(1, title="Sanierung der Grundschule")
    entry(2, title="Voicebot im Bürgeramt")
    assert near_titles("Voicebott", 5) == [("item", 2)]
    assert near_titles("qqqq", 5) == []
    assert near_titles("%_\\'", 5) == []


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("narrowing", [Narrowing(), Narrowing(kind="item")])
def test_the_index_is_asked_by_the_index_of_words(newest_first: bool, narrowing: Narrowing) -> None:
    shelf = SearchShelf.objects.create(kind="item", year=2020)
    SearchEntry.objects.bulk_create(
        SearchEntry(
            kind="item", object_id=n, shelf=shelf, day=date(2020, 1, 1), body="rat" if n % 50 else "tor"
        )
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE portal_searchentry")
    asked: list[tuple[str, object]] = []

    def noted(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        assert find(match("Tor"), narrowing, newest_first=newest_first).page(0, 20)
    statements = [(sql, params) for sql, params in asked if "portal_searchentry" in sql]
    assert len(statements) == 2
    for sql, params in statements:
        *settings, statement = sql.split("; ")
        with connection.cursor() as cursor:
            cursor.execute("; ".join([*settings, f"EXPLAIN {statement}"]), params)
            for _ in settings:
                cursor.nextset()
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "search_entry_tsv" in plan
        assert "Seq Scan on portal_searchentry" not in plan
