"""What was measured of the search, as tables of Markdown."""

from collections.abc import Sequence

from portal.benchmark.report import table
from portal.benchmark.searching import Filled, Plan, QueryClass, share

P95_MILLISECONDS = 50.0
MEMORY_MEGABYTES = 20.0
HEADINGS = ("query", "example", "hits", "p50", "p95", "×", "finding p50", "finding p95", "budget")


def search_tables(
    classes: Sequence[QueryClass],
    filled: Filled,
    plans: Sequence[Plan],
    sizes: Sequence[tuple[str, int, int]],
    memory: tuple[float, float],
) -> str:
    """Times, sizes, plans and memory."""
    return "\n\n".join([class_table(classes), size_table(sizes), plan_table(plans), in_words(filled, memory)])


def class_table(classes: Sequence[QueryClass]) -> str:
    """One line per class; milliseconds, the ratio is that of the medians."""
    rows = [
        [
            queries.name,
            f"`{queries.queries[0]}`",
            f"{max(queries.hits):,}",
            *(f"{share(queries.http.page, part):.1f}" for part in (0.5, 0.95)),
            f"{queries.http.ratio:.0f}",
            *(f"{share(queries.inside, part):.1f}" for part in (0.5, 0.95)),
            "ok" if share(queries.http.page, 0.95) <= P95_MILLISECONDS else "over",
        ]
        for queries in classes
    ]
    return table(HEADINGS, rows)


def size_table(sizes: Sequence[tuple[str, int, int]]) -> str:
    rows = [
        [f"`{name}`", f"{number:,}" if number >= 0 else "", f"{size / 1e6:,.1f}"]
        for name, number, size in sizes
    ]
    return table(("table or index", "rows", "MB"), rows)


def plan_table(plans: Sequence[Plan]) -> str:
    """The indexes of entries that each statement used, by the words that tell statements apart."""
    rows = [
        [
            f"`{plan.query}`",
            _named(plan.statement),
            f"{plan.milliseconds:.1f}",
            ", ".join(sorted(plan.indexes)),
        ]
        for plan in plans
    ]
    return table(("query", "statement", "ms", "indexes"), rows)


def _named(statement: str) -> str:
    if "ts_rank" in statement:
        return "best of a page"
    if "'total'" in statement:
        return "number and facets"
    if "OFFSET" in statement:
        return "newest of a page"
    return "other"


def in_words(filled: Filled, memory: tuple[float, float]) -> str:
    before, after = memory
    mark = "ok" if after - before <= MEMORY_MEGABYTES else "over"
    return (
        f"{filled.texts:,} texts were written in {filled.fill_seconds:.0f} s and indexed in "
        f"{filled.index_seconds:.0f} s ({filled.texts / filled.index_seconds:,.0f} a second). "
        f"No statement read all entries. A server of {before:.0f} MB has {after:.0f} MB after 200 searches: "
        f"{mark} (at most {MEMORY_MEGABYTES:.0f} MB more)."
    )
