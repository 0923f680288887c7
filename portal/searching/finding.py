"""Asks the index: how many there are, where they stand, and which come first.

Two statements, whatever is asked for. The first counts the hits by shelf, which gives the number of hits and
all facets at once; the second gives one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from portal.searching.matching import Matching
from portal.searching.snowball import stem
from portal.searching.text import words

RANKED: Final = 200
"""Of the newest hits, so many are weighed one by one; for that the vector of each is read. Beyond them the
newest come first."""
MOST_SORTED: Final = 10_000
"""Hits that are all sorted by their day; of more, the entries are walked from the newest on."""
RANKED_OF_MANY: Final = 100
"""Instead of RANKED where there are more than MOST_SORTED: such a word says little about a text."""
SHORTEST_NEAR: Final = 4
LONGEST_BEGINNING: Final = 5
"""Letters of a word by which near titles are looked up."""
COMPARED: Final = 1_000
"""Titles that are compared with what was typed."""
LIKENESS: Final = 0.4
"""Of 1, by pg_trgm's word_similarity: below it, a title has little to do with a word."""
MOST_MARKED: Final = 3_000
"""Words of the index that a query matches; more are not marked."""
FACETS: Final = ("kind", "year", "field", "status", "committees")

Key = tuple[str, int]
"""Kind and id of an object."""

# An entry with a note is older than its object: it says nothing until the note is worked off.
_NO_NOTES = "NOT EXISTS (SELECT FROM portal_searchpending)"
_NOT_NOTED = "(e.kind, e.object_id) NOT IN (SELECT p.kind, p.object_id FROM portal_searchpending p)"
WITHOUT_NOTE: Final = f"({_NO_NOTES} OR {_NOT_NOTED})"
"""A condition of every statement that asks the entries, as `e`."""
_MATCHING = "portal_searchentry e WHERE e.tsv @@ %(tsquery)s::tsquery"
_HITS = f"{_MATCHING} AND {WITHOUT_NOTE}"
_ON_SHELF = """
    (%(kind)s = '' OR s.kind = %(kind)s) AS kind_fits,
    (%(year)s::smallint IS NULL OR s.year IS NOT DISTINCT FROM %(year)s::smallint) AS year_fits,
    (%(field)s = '' OR s.field = %(field)s) AS field_fits,
    (%(status)s = '' OR s.status = %(status)s) AS status_fits,
    (%(committee)s = '' OR %(committee)s = ANY (s.committees)) AS committees_fits
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """The filters in force; "" and None: not narrowed by this one."""

    kind: str = ""
    year: int | None = None
    field: str = ""
    status: str = ""
    committee: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    matching: Matching
    narrowing: Narrowing
    newest_first: bool
    total: int
    counts: Mapping[str, Mapping[str, int]]
    """Facet → value → how many there are as the other filters leave them; only values that are there."""
    words: frozenset[str] = frozenset()
    """Words as they stand in texts, in lower case, that the query matches by themselves: for marking them."""

    def page(self, offset: int, limit: int) -> list[Key]:
        """Hits in their order: the newest first; or the best of those that were weighed, then the newest."""
        if offset >= self.total:
            return []
        # Where hits are few, walking from the newest entry on would pass by most of the others.
        by_day = _WALKED if self.total > MOST_SORTED and self.narrowing == Narrowing() else _SORTED
        ranked = RANKED if self.total <= MOST_SORTED else RANKED_OF_MANY
        if self.newest_first:
            statement, since = _newest(by_day), self._since(offset + limit)
        elif offset + limit <= ranked:
            statement, since = _best(by_day), self._since(ranked)
        else:
            statement, since = _best_and_rest(by_day), None
        values = _values(self.matching, self.narrowing) | {
            "offset": offset, "limit": limit, "since": since, "newest": ranked, "titled": ranked // 2,
        }  # fmt: skip
        rows = _rows(statement, values, whole=False)
        return [(kind, object_id) for kind, object_id in rows]

    def _since(self, needed: int) -> int | None:
        """The year since which there are enough hits, so that older ones need not be sorted."""
        if self.total <= 4 * needed or self.narrowing.year is not None:
            return None
        found = 0
        for year in sorted((int(year) for year in self.counts["year"]), reverse=True):
            found += self.counts["year"][str(year)]
            if found >= needed:
                return year
        return None

    def contains(self, key: Key) -> bool:
        """Whether this object is among all of the hits."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {_HITS} AND e.kind = %(k)s AND e.object_id = %(o)s)",  # noqa: S608 - no value in it
                {"tsquery": self.matching.tsquery, "k": key[0], "o": key[1]},
            )
            return bool(cursor.fetchone()[0])


def find(matching: Matching, narrowing: Narrowing | None = None, *, newest_first: bool = False) -> Hits:
    """One statement; see Hits.page for the second."""
    narrowing = narrowing or Narrowing()
    counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    if matching.is_empty:
        return Hits(matching, narrowing, newest_first, 0, counts)
    total = 0
    # Numbers are in no list of words.
    found = {word.lower() for term in matching.terms for word in term.words if not word.isalpha()}
    statement = _COUNTS if narrowing == Narrowing() else _NARROWED_COUNTS
    for about, value, number in _rows(statement, _values(matching, narrowing) | {"marked": MOST_MARKED}):
        if about == "total":
            total = int(number or 0)
        elif about == "word":
            found.add(value)
        elif value:  # Without one: of no year, of no field.
            counts[about][value] = int(number)
    return Hits(matching, narrowing, newest_first, total, counts, frozenset(found))


def exists(matching: Matching) -> bool:
    """Whether there is any hit."""
    if matching.is_empty:
        return False
    ((found,),) = _rows(f"SELECT EXISTS (SELECT FROM {_HITS})", {"tsquery": matching.tsquery})  # noqa: S608 - no value in it
    return bool(found)


def occurring(candidates: Sequence[str]) -> list[str]:
    """Those of the words that are found, in their order."""
    statement = f"""
        SELECT word FROM unnest(%(words)s::text[]) WITH ORDINALITY w(word, place)
        WHERE EXISTS (
            SELECT FROM portal_searchentry e WHERE e.tsv @@ plainto_tsquery('german', word) AND {WITHOUT_NOTE}
        )
        ORDER BY place
    """  # noqa: S608 - no value in it
    return [word for (word,) in _rows(statement, {"words": list(candidates)})]


def near_titles(text: str, limit: int) -> list[Key]:
    """Objects with something in their titles that looks like a word of the text; the nearest first."""
    typed = [word.lower() for word in words(text) if len(word) >= SHORTEST_NEAR]
    if not typed:
        return []
    values = {
        "typed": typed,
        "prefixes": " | ".join(sorted({f"'{stem(word)[:LONGEST_BEGINNING]}':*" for word in typed})),
        "compared": COMPARED,
        "likeness": LIKENESS,
        "limit": limit,
    }
    return [(kind, object_id) for kind, object_id in _rows(_NEAR, values)]


def _values(matching: Matching, narrowing: Narrowing) -> dict[str, Any]:
    return {
        "tsquery": matching.tsquery,
        "any_of": matching.any_of,
        "kind": narrowing.kind,
        "year": narrowing.year,
        "field": narrowing.field,
        "status": narrowing.status,
        "committee": narrowing.committee,
    }


def _rows(statement: str, values: Mapping[str, Any], *, whole: bool = True) -> list[tuple[Any, ...]]:
    """What a statement gives when only plans by the index of words are allowed.

    The planner does not know what it costs to read a vector that is kept beside its row, and would read all
    of them where a word is common. whole: every hit is needed, so that going through the rows in another
    order does not pay either. To compile statements of some milliseconds, or to share them out among
    processes, never does.
    """
    settings = ["enable_seqscan = off", "jit = off", "max_parallel_workers_per_gather = 0"]
    if whole:
        settings.append("enable_indexscan = off")
    with connection.cursor() as cursor:
        # One message is one transaction where there is no other: the settings end with it.
        cursor.execute("".join(f"SET LOCAL {setting}; " for setting in settings) + statement, values)
        for _ in settings:
            cursor.nextset()
        return cursor.fetchall()


# Of the two halves one is never run: without notes, no row has to be asked whether it has one.
_BY_SHELF = f"""
n AS MATERIALIZED (
    SELECT e.shelf_id, count(*) AS number FROM {_MATCHING} AND {_NO_NOTES} GROUP BY e.shelf_id
    UNION ALL
    SELECT e.shelf_id, count(*) FROM {_MATCHING} AND NOT {_NO_NOTES} AND {_NOT_NOTED} GROUP BY e.shelf_id
),
shelf AS MATERIALIZED (SELECT * FROM portal_searchshelf WHERE id > 0)
"""  # noqa: S608 - put together from what stands above
_WORDS = """
UNION ALL (SELECT 'word', word, 0 FROM portal_searchword WHERE tsv @@ %(any_of)s::tsquery LIMIT %(marked)s)
"""

# Without a filter all facets are counted in one go: nothing has to be looked at once per facet.
_COUNTS = f"""
WITH {_BY_SHELF},
s AS MATERIALIZED (SELECT shelf.*, n.number FROM n JOIN shelf ON shelf.id = n.shelf_id)
SELECT
    CASE 0 WHEN grouping(kind) THEN 'kind' WHEN grouping(year) THEN 'year' WHEN grouping(field) THEN 'field'
        WHEN grouping(status) THEN 'status' ELSE 'total' END,
    coalesce(kind, year::text, field, status, ''),
    sum(number)
FROM s GROUP BY GROUPING SETS ((kind), (year), (field), (status), ())
UNION ALL SELECT 'committees', c, sum(number)
    FROM (SELECT committees, sum(number) AS number FROM s GROUP BY committees) s, unnest(committees) c
    GROUP BY c
{_WORDS}
"""  # noqa: S608 - put together from what stands above

# With filters, each facet counts what the others leave. The total is null where that is nothing.
_NARROWED_COUNTS = f"""
WITH {_BY_SHELF},
s AS MATERIALIZED (SELECT s.*, n.number, {_ON_SHELF} FROM n JOIN shelf s ON s.id = n.shelf_id)
SELECT 'total', '', sum(number) FROM s
    WHERE kind_fits AND year_fits AND field_fits AND status_fits AND committees_fits
UNION ALL SELECT 'kind', kind, sum(number) FROM s
    WHERE year_fits AND field_fits AND status_fits AND committees_fits GROUP BY kind
UNION ALL SELECT 'year', coalesce(year::text, ''), sum(number) FROM s
    WHERE kind_fits AND field_fits AND status_fits AND committees_fits GROUP BY year
UNION ALL SELECT 'field', field, sum(number) FROM s
    WHERE kind_fits AND year_fits AND status_fits AND committees_fits GROUP BY field
UNION ALL SELECT 'status', status, sum(number) FROM s
    WHERE kind_fits AND year_fits AND field_fits AND committees_fits GROUP BY status
UNION ALL SELECT 'committees', c, sum(number) FROM s, unnest(committees) c
    WHERE kind_fits AND year_fits AND field_fits AND status_fits GROUP BY c
{_WORDS}
"""  # noqa: S608 - put together from what stands above

_NARROWED = f"""
    {_HITS} AND (
        (%(kind)s = '' AND %(year)s::smallint IS NULL AND %(field)s = '' AND %(status)s = ''
            AND %(committee)s = '')
        OR e.shelf_id IN (
            SELECT f.id FROM (SELECT s.id, {_ON_SHELF} FROM portal_searchshelf s) f
            WHERE f.kind_fits AND f.year_fits AND f.field_fits AND f.status_fits AND f.committees_fits
        )
    )
"""  # noqa: S608 - put together from what stands above
_SINCE = "AND (%(since)s::integer IS NULL OR e.day >= make_date(%(since)s::integer, 1, 1))"
_TITLED = "AND e.title_tsv @@ %(tsquery)s::tsquery"
_UNDATED = "AND e.day IS NULL"
_WALKED = "ORDER BY e.day DESC NULLS LAST, e.id DESC"
# The same order, but as no index has it: hits are found by their words, and then sorted.
_SORTED = "ORDER BY e.day + 0 DESC NULLS LAST, e.id + 0 DESC"


def _newest(by_day: str) -> str:
    return f"SELECT e.kind, e.object_id FROM {_NARROWED} {_SINCE} {by_day} OFFSET %(offset)s LIMIT %(limit)s"  # noqa: S608 - put together from what stands above


def _weighed(by_day: str) -> str:
    """Those that are weighed: the newest, the newest of those with the words in their title, and those that
    have no day and so would never be among the newest: measures."""
    return f"""
    weighed AS MATERIALIZED (
        SELECT id, kind, object_id, day,
            ts_rank('{{0.1, 0.2, 0.4, 1}}', tsv, %(tsquery)s::tsquery, 1) AS weight
        FROM portal_searchentry WHERE id IN (
            (SELECT e.id FROM {_NARROWED} {_SINCE} {by_day} LIMIT %(newest)s)
            UNION (SELECT e.id FROM {_NARROWED} {_TITLED} {_SORTED} LIMIT %(titled)s)
            UNION (SELECT e.id FROM {_NARROWED} {_TITLED} {_UNDATED} {_SORTED} LIMIT %(titled)s)
            UNION (SELECT e.id FROM {_NARROWED} {_UNDATED} {_SORTED} LIMIT %(titled)s)
        )
    )
    """  # noqa: S608 - put together from what stands above


def _best(by_day: str) -> str:
    return f"""
    WITH {_weighed(by_day)} SELECT kind, object_id FROM weighed
    ORDER BY weight DESC, day DESC NULLS LAST, id DESC OFFSET %(offset)s LIMIT %(limit)s
    """  # noqa: S608 - put together from what stands above


def _best_and_rest(by_day: str) -> str:
    return f"""
    WITH {_weighed(by_day)},
    hits AS (SELECT e.id, e.kind, e.object_id, e.day FROM {_NARROWED})
    SELECT e.kind, e.object_id FROM hits e LEFT JOIN weighed USING (id)
    ORDER BY weight DESC NULLS LAST, e.day DESC NULLS LAST, e.id DESC OFFSET %(offset)s LIMIT %(limit)s
    """  # noqa: S608 - put together from what stands above


_NEAR = f"""
SELECT kind, object_id FROM (
    SELECT e.kind, e.object_id, e.day,
        (SELECT max(word_similarity(word, e.title)) FROM unnest(%(typed)s::text[]) word) AS likeness
    FROM portal_searchentry e
    WHERE e.title_tsv @@ %(prefixes)s::tsquery AND {WITHOUT_NOTE} LIMIT %(compared)s
) near
WHERE likeness >= %(likeness)s ORDER BY likeness DESC, day DESC NULLS LAST, object_id LIMIT %(limit)s
"""  # noqa: S608 - put together from what stands above
