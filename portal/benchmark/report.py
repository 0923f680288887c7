"""What was measured, as a table of Markdown that also reads well in a terminal."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

from portal.benchmark.first_view import FirstView
from portal.benchmark.load import percentile
from portal.benchmark.pages import Page

UNCHANGED_RATIO = 1.5
CHANGED_RATIO = 10.0
QUERIES = 12
FIRST_VIEW_BYTES = 120_000
SCRIPT_BYTES = 15_000

TIMINGS = ("unchanged", "changed", "anew")

HEADINGS = (
    "page", "unchanged", "p95", "×", "changed", "p95", "×", "made anew", "p95", "×", "bytes", "queries",
    "budget",
)  # fmt: skip


def page_table(pages: Sequence[Page]) -> str:
    """One line per page: p50 and p95 in milliseconds, p50 as a multiple of the bare view's asked in turn."""
    bare: list[str] = []
    for name in TIMINGS:
        bare += _times([seconds for page in pages for seconds in getattr(page, name).bare], 1.0)
    rows = [["bare view", *bare, "", "", ""]]
    for page in pages:
        times: list[str] = []
        for name in TIMINGS:
            timing = getattr(page, name)
            times += _times(timing.page, timing.ratio)
        over = overruns(page)
        rows.append(
            [
                f"{page.name} `{page.path}`",
                *times,
                f"{page.received:,}",
                " / ".join(map(str, page.queries)),
                f"over: {', '.join(over)}" if over else "ok",
            ]
        )
    return table(HEADINGS, rows)


def overruns(page: Page) -> list[str]:
    """Names of the budgets that a page does not keep."""
    kept = {
        "unchanged": page.unchanged.ratio <= UNCHANGED_RATIO,
        "changed": page.changed.ratio <= CHANGED_RATIO,
        "made anew": page.anew.ratio <= CHANGED_RATIO,
        "queries": max(page.queries) <= QUERIES,
        "not flat": len(set(page.queries)) == 1,
    }
    return [name for name, fine in kept.items() if not fine]


def first_view_table(path: str, view: FirstView) -> str:
    """What the first view of `path` loads, against its budgets."""
    rows = [[f"`{url}`", f"{size:,}"] for url, size in view.parts.items()]
    rows.append(
        [f"together, at most {FIRST_VIEW_BYTES:,}", f"{view.total:,} {_mark(view.total, FIRST_VIEW_BYTES)}"]
    )
    rows.append(
        [f"of it script, at most {SCRIPT_BYTES:,}", f"{view.script:,} {_mark(view.script, SCRIPT_BYTES)}"]
    )
    return table((f"first view of {path}", "bytes"), rows)


def circumstances(content: str) -> str:
    """When and on what it was measured."""
    parts = [
        date.today().isoformat(),  # noqa: DTZ011 - the day at the machine
        f"{os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f} at the end",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("Django", "granian", "psycopg")),
        content,
    ]
    return ", ".join(parts) + "."


def _mark(value: float, budget: float) -> str:
    return "ok" if value <= budget else "over"


def _times(seconds: Sequence[float], ratio: float) -> list[str]:
    """p50 and p95 in milliseconds, and the ratio."""
    p50, p95 = (percentile(seconds, share) * 1000 for share in (0.5, 0.95))
    return [f"{p50:.2f}", f"{p95:.2f}", f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column stands to the left, numbers to the right."""
    widths = [max(len(line[column]) for line in (headings, *rows)) for column in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join([first, *others])} |"

    rule = "|".join("-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths))
    return "\n".join([line(headings), f"|{rule}|", *map(line, rows)])
