"""What one process needs for one task: seconds, queries, peak memory. Prints one line of JSON.

    python -m portal.benchmark.probe import FOLDER     imports the folder
    python -m portal.benchmark.probe lists             reads all OParl lists of the portal

A process of its own for each task, because the peak memory of a process never falls.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from portal.benchmark.load import NotMeasuredError


class Counter:
    """Counts statements while it wraps a connection."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


def main(task: str, *arguments: str) -> None:
    django.setup()
    counter = Counter()
    begin = time.perf_counter()
    with connection.execute_wrapper(counter):
        found = TASKS[task](counter, *arguments)
    found |= {
        "seconds": time.perf_counter() - begin,
        "queries": counter.statements,
        "megabytes": peak_megabytes(),
    }
    sys.stdout.write(json.dumps(found) + "\n")


def peak_megabytes() -> float:
    """The most memory that this process ever had. Not `ru_maxrss`: that begins with what the process had
    that started it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise NotMeasuredError("This system does not say how much memory a process had.")


def import_folder(counter: Counter, folder: str) -> dict[str, Any]:
    """Exit status 1 of the import means refused records, which is a result; 2 ends the probe."""
    with redirect_stdout(StringIO()):
        try:
            call_command("import_oparl", folder, verbosity=0)
        except SystemExit as end:
            if end.code != 1:
                raise
    return {}


def read_lists(counter: Counter) -> dict[str, Any]:
    """Every list of every body, page by page, as another portal would read them."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    objects = pages = most = 0

    def get(url: str) -> Any:
        before = counter.statements
        answer = client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answered {answer.status_code}")
        nonlocal most
        most = max(most, counter.statements - before)
        return json.loads(b"".join(answer) if answer.streaming else answer.content)

    def walk(url: str) -> list[Any]:
        nonlocal objects, pages
        bodies = []
        following: str | None = url
        while following:
            page = get(following)
            pages += 1
            objects += sum(_objects(row) for row in page["data"])
            bodies += [row for row in page["data"] if row["type"].endswith("/Body")]
            following = page["links"].get("next")
        return bodies

    for body in walk(get("/oparl/v1.1/")["body"]):
        for key in ("organization", "person", "meeting", "paper", "agendaItem", "consultation", "file"):
            walk(body[key])
    return {"objects": objects, "pages": pages, "queries_of_a_page": most}


def _objects(value: object) -> int:
    if isinstance(value, dict):
        return ("id" in value) + sum(map(_objects, value.values()))
    return sum(map(_objects, value)) if isinstance(value, list) else 0


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"import": import_folder, "lists": read_lists}

if __name__ == "__main__":
    main(*sys.argv[1:])
