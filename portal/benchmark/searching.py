"""How long a search takes, which plans the database has for it, and what it costs a process in memory."""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection, transaction
from django.urls import reverse
from django.utils.http import urlencode

from portal.benchmark.load import NotMeasuredError, Reader, expect_page, percentile
from portal.benchmark.pages import Timing
from portal.benchmark.search_content import Vocabulary, fill_minutes
from portal.searching.asking import ask
from portal.searching.index import catch_up, fill_spellings
from portal.searching.lexicon import lexicon
from portal.searching.views import PER_PAGE
from sessions.models import Contribution

QUERIES: Final = 20
"""Different ones of each class."""
MEMORY_QUERIES: Final = 200
ENTRIES: Final = "portal_searchentry"
BY_WORDS_OR_DAY: Final = frozenset({"search_entry_tsv", "search_entry_title_tsv", "search_entry_newest"})
"""Indexes of the entries that a search may go by; a statement without any of them reads all rows."""
TABLES: Final = (ENTRIES, "portal_searchshelf", "portal_searchword", "portal_searchspelling")
_SETTINGS: Final = re.compile(r"(?:SET LOCAL [^;]*;\s*)+")
"""How a statement shall be planned, in front of it."""
NONSENSE: Final = "bcdfghjklmnpqrstvwxz"


@dataclass(slots=True)
class QueryClass:
    """Queries of one kind, and what was measured of them."""

    name: str
    queries: list[str]
    http: Timing = field(default_factory=Timing)
    inside: list[float] = field(default_factory=list)
    """Seconds of finding and of the keys of the first page, in a process with nothing else to do."""
    hits: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the database does for one statement that asks the entries."""

    statement: str
    query: str
    indexes: frozenset[str]
    """Of the entries."""
    scans: int
    """How many times it reads all entries."""
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Filled:
    texts: int
    vocabulary: Vocabulary
    fill_seconds: float
    index_seconds: float


def fill(texts: int, owner_url: str, tell: Callable[[str], None]) -> Filled:
    """Adds so many texts to the database that this process uses, and indexes them as an importer does."""
    demo = list(Contribution.objects.values_list("text", flat=True))
    vocabulary = Vocabulary.of(demo, lexicon())
    fill_spellings(lexicon())
    with psycopg.connect(owner_url, autocommit=True) as owner:
        # It finds parts of words while somebody picks evidence. No search asks it, and it takes long to fill.
        owner.execute("DROP INDEX IF EXISTS contribution_text_part")
    filling = indexing = 0.0
    begin = time.perf_counter()
    for number in fill_minutes(texts, vocabulary):
        filled = time.perf_counter()
        filling += filled - begin
        catch_up(lexicon)
        begin = time.perf_counter()
        indexing += begin - filled
        tell(f"{number:,} of {texts:,} texts; {filling:.0f} s for rows, {indexing:.0f} s for the index")
    return Filled(texts, vocabulary, filling, indexing)


def query_classes(vocabulary: Vocabulary, texts: int) -> list[QueryClass]:
    """Six classes, QUERIES each. Raises NotMeasuredError where there are not enough words for one."""
    chance = random.Random(3)  # noqa: S311 - no secret
    often = list(vocabulary.common)
    by_number = sorted(vocabulary.texts, key=lambda word: (vocabulary.texts[word], word))
    rare = [word for word in by_number if len(word) > 5][: 5 * QUERIES]
    parts = sorted(
        {
            part
            for word, listed in vocabulary.compounds.items()
            if vocabulary.texts[word]
            for part in listed
            if len(part) > 3
        }
    )
    usual = sorted(
        word
        for word, number in vocabulary.texts.items()
        if number >= texts // 200 and word[0].isupper() and len(word) > 4
    )
    for listed in (often, rare, parts, usual):
        if len(listed) < QUERIES:
            raise NotMeasuredError(f"{texts} texts have too few different words to ask for; take more.")
    pairs = [" ".join(chance.sample(usual, 2)) for _ in range(QUERIES)]
    slips = [
        _slip(word, chance)
        for word in chance.sample([word for word in rare if len(word) > 7] or rare, QUERIES // 2)
    ]
    nonsense = ["".join(chance.choices(NONSENSE, k=9)) for _ in range(QUERIES - len(slips))]
    return [
        QueryClass("common", often[:QUERIES]),
        QueryClass("rare", chance.sample(rare, QUERIES)),
        QueryClass("part of compounds", chance.sample(parts, QUERIES)),
        QueryClass("two words", pairs),
        QueryClass("misspelled", slips),
        QueryClass("nothing like it", nonsense),
    ]


def _slip(word: str, chance: random.Random) -> str:
    """With two neighbours in the wrong order, as fast fingers type."""
    at = chance.randrange(2, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def measure_pages(classes: Sequence[QueryClass], rounds: int, *, bare: Reader, forgetful: Reader) -> None:
    """Asks for the page of each query so many times, and the bare view in turn. Raises NotMeasuredError."""
    for queries in classes:
        for number in range(-1, rounds):
            for query in queries.queries:
                nothing = expect_page("/", bare.get("/"))
                path = search_path(query)
                answer = expect_page(path, forgetful.get(path))
                if number >= 0:  # The first round warms up.
                    queries.http.bare.append(nothing.seconds)
                    queries.http.page.append(answer.seconds)


def search_path(query: str) -> str:
    return f"{reverse('portal:search')}?{urlencode({'q': query})}"


def measure_inside(classes: Sequence[QueryClass], rounds: int) -> None:
    """The same queries in this process, without HTTP and template."""
    for queries in classes:
        for number in range(-1, rounds):
            for query in queries.queries:
                begin = time.perf_counter()
                hits = ask(query).hits
                hits.page(0, PER_PAGE)
                if number >= 0:
                    queries.inside.append(time.perf_counter() - begin)
                if number == 0:
                    queries.hits.append(hits.total)


def explained(classes: Sequence[QueryClass]) -> list[Plan]:
    """The plan of every statement about entries that the first query of each class asks."""
    plans: list[Plan] = []
    for queries in classes:
        for newest_first in (False, True):
            with _explaining(queries.queries[0], plans):
                answer = ask(queries.queries[0], newest_first=newest_first)
                answer.hits.page(0, PER_PAGE)
    return plans


@contextmanager
def _explaining(query: str, plans: list[Plan]) -> Iterator[None]:
    """Adds the plan of each statement about entries, as it is in the transaction of the statement."""

    def explain(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if ENTRIES in sql and not sql.startswith("EXPLAIN"):
            found = _SETTINGS.match(sql)
            how = found[0] if found else ""
            with transaction.atomic(), connection.cursor() as cursor:
                if how:
                    cursor.execute(how)
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql[len(how) :]}", params)
                (made,) = cursor.fetchone()[0]
            plans.append(_plan(sql[len(how) :], query, made))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield


def _plan(sql: str, query: str, made: Mapping[str, Any]) -> Plan:
    nodes = list(_nodes(made["Plan"]))
    scans = sum(
        node["Node Type"] == "Seq Scan" and node.get("Relation Name") == ENTRIES and node["Actual Loops"] > 0
        for node in nodes
    )
    indexes = {str(node["Index Name"]) for node in nodes if "Index Name" in node}
    ours = frozenset(name for name in indexes if name.startswith(("search_entry", ENTRIES)))
    return Plan(" ".join(sql.split()), query, ours, scans, float(made["Execution Time"]))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def check_plans(plans: Sequence[Plan]) -> None:
    """Raises NotMeasuredError where a statement reads all entries, or none of their indexes."""
    if not plans:
        raise NotMeasuredError("No statement asked the entries of the search.")
    for plan in plans:
        if plan.scans or not plan.indexes & BY_WORDS_OR_DAY:
            raise NotMeasuredError(f"Without an index, for {plan.query!r}: {plan.statement[:300]}")


def index_sizes() -> list[tuple[str, int, int]]:
    """Name, rows and bytes of each table of the search and bytes of each of its indexes (rows: -1)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid)"
            " FROM pg_class c WHERE c.relname = ANY (%s)"
            " UNION ALL SELECT i.relname, -1, pg_relation_size(i.oid) FROM pg_class c"
            " JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid"
            " WHERE c.relname = ANY (%s) ORDER BY 2 DESC, 3 DESC",
            [list(TABLES), list(TABLES)],
        )
        return [(str(name), int(rows), int(size)) for name, rows, size in cursor.fetchall()]


def memory_of_server(port: int) -> float:
    """Megabytes that the processes of the server on this port hold (Linux). Raises NotMeasuredError."""
    parents = {int(path.name): _status(path) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    family = {pid for pid in parents if f"--port\0{port}\0" in _command(pid)}
    while more := {pid for pid, (parent, _) in parents.items() if parent in family and pid not in family}:
        family |= more
    if not family:
        raise NotMeasuredError(f"No process serves port {port}.")
    return sum(parents[pid][1] for pid in family) / 1024


def _status(process: Path) -> tuple[int, int]:
    """Parent and kilobytes of a process; zeros where it has gone."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0, 0
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(found["PPid"]), int(found.get("VmRSS", "0 kB").split()[0])


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def measure_memory(classes: Sequence[QueryClass], port: int, reader: Reader) -> tuple[float, float]:
    """Megabytes of a server that has shown pages but no search, and after MEMORY_QUERIES searches."""
    for _ in range(20):
        expect_page("/", reader.get("/"))
    before = memory_of_server(port)
    queries = [query for listed in classes for query in listed.queries]
    for number in range(MEMORY_QUERIES):
        path = search_path(queries[number % len(queries)])
        expect_page(path, reader.get(path))
    return before, memory_of_server(port)


def share(seconds: Sequence[float], part: float) -> float:
    """A percentile in milliseconds."""
    return percentile(seconds, part) * 1000
