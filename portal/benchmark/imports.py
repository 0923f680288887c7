"""How fast the importer reads OParl objects from disk, and how fast the portal serves them again."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portal.benchmark.database import own_database
from portal.benchmark.load import NotMeasuredError
from portal.benchmark.oparl_objects import count_objects, write_copies, write_example
from portal.benchmark.report import table
from portal.benchmark.servers import PROJECT

OBJECTS_PER_SECOND = 2_000
MEGABYTES = 250
REPEATED_FASTER = 3
FLAT = 1.25
"""Memory counts as flat when ten times the data needs at most a quarter more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One process and what it needed."""

    name: str
    objects: int
    seconds: float
    queries: int
    megabytes: float
    queries_of_a_page: int | None = None

    @property
    def per_second(self) -> float:
        return self.objects / self.seconds


def measure_imports(source: Path | None, times: int) -> list[list[Task]]:
    """First import, repeated import and served lists: for the data once, then for so many times as much.

    source: a folder with lists of OParl objects; None: invented ones. Raises NotMeasuredError.
    """
    return [_measure(source, factor) for factor in (1, times)]


def import_table(runs: list[list[Task]]) -> str:
    """One line per task, with the budgets that it does not keep."""
    rows = [
        [
            task.name,
            f"{task.objects:,}",
            f"{task.seconds:.2f}",
            f"{task.per_second:,.0f}",
            f"{task.megabytes:.0f}",
            f"{task.queries:,}" + (f" ({task.queries_of_a_page} a page)" if task.queries_of_a_page else ""),
            f"over: {', '.join(over)}" if (over := overruns(task, tasks, runs[0])) else "ok",
        ]
        for tasks in runs
        for task in tasks
    ]
    return table(("task", "objects", "seconds", "objects/s", "MB at most", "queries", "budget"), rows)


def overruns(task: Task, tasks: list[Task], small: list[Task]) -> list[str]:
    """Names of the budgets that a task does not keep; `tasks` are those of its size, `small` of the least."""
    first, repeated, lists = tasks
    kept = {
        "objects/s": task is lists or task.per_second >= OBJECTS_PER_SECOND,
        "memory": task.megabytes <= MEGABYTES,
        "not flat": task.megabytes <= FLAT * small[tasks.index(task)].megabytes,
        f"not {REPEATED_FASTER} times faster": task is not repeated
        or REPEATED_FASTER * repeated.seconds <= first.seconds,
        "queries": task is not lists or (task.queries_of_a_page or 0) <= 12,
    }
    return [name for name, fine in kept.items() if not fine]


def _measure(source: Path | None, times: int) -> list[Task]:
    with TemporaryDirectory() as name, own_database() as environment:
        folder = Path(name)
        if source:
            write_copies(source, folder, times)
        else:
            write_example(folder, times)
        objects = count_objects(folder)
        environment |= {
            "PORTAL_MODE": "demo",
            "CITY_FILE": str(PROJECT / "demo" / "lueneburg" / "city.toml"),
            "ALLOWED_HOSTS": "localhost",
            "HTTPS": "false",
            "PAGE_CACHE_MEGABYTES": "0",
        }
        size = f"{times} ×" if times > 1 else "once"

        def task(label: str, *arguments: str) -> Task:
            return Task(name=f"{label}, {size}", **{"objects": objects} | _probe(arguments, environment))

        return [
            task("first import", "import", name),
            task("repeated import", "import", name),
            task("served lists", "lists"),
        ]


def _probe(arguments: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "portal.benchmark.probe", *arguments],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotMeasuredError(f"The task {arguments[0]} failed.")
    found = json.loads(done.stdout.splitlines()[-1])
    found.pop("pages", None)
    return dict(found)
