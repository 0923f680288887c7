"""`manage.py benchmark`: how long pages take beside the least that Django can do, and how long imports do."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.benchmark import searching
from portal.benchmark.content import fill
from portal.benchmark.database import gather_statistics, own_database, run_manage
from portal.benchmark.first_view import first_view
from portal.benchmark.imports import import_table, measure_imports
from portal.benchmark.load import NotMeasuredError, Reader
from portal.benchmark.pages import ask_anew, ask_changed, ask_unchanged, count_queries, main_pages
from portal.benchmark.report import circumstances, first_view_table, page_table
from portal.benchmark.search_report import search_tables
from portal.benchmark.servers import PROJECT, serving

MORE = 10
"""How much content there is when queries are counted again."""


class Command(BaseCommand):
    """Measures on a database of its own, and removes it afterwards.

    Pages: with the demo and invented content. The production server runs three times: with the portal as it
    is, with a portal that keeps no page in memory, and with a bare Django view of 5 bytes. One reader asks a
    page and the bare view in turn, so the ratios hold also on a busy machine.

    Imports: OParl objects from disk, each task in a process of its own.

    Search: very many invented texts, queries of six kinds.

    Being over a budget is a result and no error: the command fails only where something could not be
    measured.
    """

    help = "Measures the main pages, the search or the import; see docs/benchmarks.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["pages", "import", "search"])
        parser.add_argument("--rows", type=_at_least(10), default=50, help="entries of each list (50)")
        parser.add_argument("--requests", type=_at_least(1), default=500, help="questions per page (500)")
        parser.add_argument("--changes", type=_at_least(1), default=30, help="changes of the content (30)")
        parser.add_argument(
            "--source", type=Path, metavar="FOLDER", help="lists of OParl objects to import (invented ones)"
        )
        parser.add_argument("--times", type=_at_least(2), default=10, help="as much data again (10)")
        parser.add_argument("--texts", type=_at_least(100), default=200_000, help="texts to search (200,000)")
        parser.add_argument("--rounds", type=_at_least(1), default=5, help="how often a query is asked (5)")
        parser.add_argument(
            "--markdown",
            type=Path,
            metavar="FILE",
            help="write the tables between the two marks of this file, too: docs/benchmarks.md",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        document = options["markdown"]
        if document is not None:
            _split(document, options["what"])  # Before minutes are spent.
        try:
            if options["what"] == "import":
                tables = self.measure_imports(options["source"], options["times"])
            elif options["what"] == "search":
                tables = self.measure_search(options["texts"], options["rounds"])
            else:
                tables = self.measure(options["rows"], options["requests"], options["changes"])
        except NotMeasuredError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(tables)
        if document is not None:
            before, after = _split(document, options["what"])
            document.write_text(f"{before}{tables}\n{after}", encoding="utf-8")

    def measure_imports(self, source: Path | None, times: int) -> str:
        """The table. Raises NotMeasuredError."""
        if source is not None and not any(source.glob("*.json")):
            raise CommandError(f"{source} holds no .json file with OParl objects.")
        runs = measure_imports(source, times)
        content = f"objects of {source.name}" if source else "invented objects"
        return "\n\n".join([circumstances(content), import_table(runs)])

    def measure_search(self, texts: int, rounds: int) -> str:
        """The tables. Raises NotMeasuredError."""
        with ExitStack() as stack:
            environment = stack.enter_context(_demo_database())
            filled = searching.fill(texts, environment["DATABASE_OWNER_URL"], self.stderr.write)
            gather_statistics(environment)
            classes = searching.query_classes(filled.vocabulary, texts)
            plans = searching.explained(classes)
            searching.check_plans(plans)
            bare_port = stack.enter_context(serving("portal.benchmark.bare:application", environment))
            forgetful = environment | {"PAGE_CACHE_MEGABYTES": "0"}
            port = stack.enter_context(serving("portal.wsgi:application", forgetful))
            with Reader(port) as reader:
                memory = searching.measure_memory(classes, port, reader)
            with Reader(bare_port) as bare, Reader(port) as reader:
                searching.measure_pages(classes, rounds, bare=bare, forgetful=reader)
            searching.measure_inside(classes, rounds)
            sizes = searching.index_sizes()
        return "\n\n".join(
            [circumstances(f"{texts:,} texts"), search_tables(classes, filled, plans, sizes, memory)]
        )

    def measure(self, rows: int, requests: int, changes: int) -> str:
        """The tables. Raises NotMeasuredError."""
        with ExitStack() as stack:
            environment = stack.enter_context(_demo_database())
            fill(rows)
            gather_statistics(environment)
            pages = main_pages()
            count_queries(pages)

            def server(application: str, **more: str) -> int:
                return stack.enter_context(serving(application, environment | more))

            bare_port = server("portal.benchmark.bare:application")
            portal_port = server("portal.wsgi:application")
            forgetful_port = server("portal.wsgi:application", PAGE_CACHE_MEGABYTES="0")
            # New connections for each part: the server closes those that rest for half a minute.
            with Reader(bare_port) as bare, Reader(portal_port) as portal:
                ask_unchanged(pages, requests, bare=bare, portal=portal)
                ask_changed(pages, changes, bare=bare, portal=portal)
                start = pages[0].path
                view = first_view(portal, start)
            with Reader(bare_port) as bare, Reader(forgetful_port) as forgetful:
                # Each takes many times as long.
                ask_anew(pages, max(1, requests // 10), bare=bare, forgetful=forgetful)
            fill(rows * MORE, already=rows)
            gather_statistics(environment)
            count_queries(pages)
        return "\n\n".join(
            [circumstances(f"lists of {rows} entries"), page_table(pages), first_view_table(start, view)]
        )


@contextmanager
def _demo_database() -> Iterator[dict[str, str]]:
    """A database with the demo city, and the environment of servers that show it."""
    with ExitStack() as stack:
        environment = stack.enter_context(own_database())
        environment |= {
            "PORTAL_MODE": "demo",
            "CITY_FILE": str(PROJECT / "demo" / "lueneburg" / "city.toml"),
            "ALLOWED_HOSTS": "localhost",
            "HTTPS": "false",
            "STATIC_ROOT": stack.enter_context(TemporaryDirectory()),
        }
        run_manage("collectstatic", "--no-input", "--verbosity", "0", environment=environment)
        import_demo()
        yield environment


def import_demo() -> None:
    """The demo city as `make demo` imports it."""
    city = PROJECT / "demo" / "lueneburg"
    call_command("import_allris", *sorted(map(str, city.glob("*.txt"))), verbosity=0)
    call_command("import_strategy", str(city / "strategie.yaml"), verbosity=0)


def _at_least(least: int) -> Any:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"a number from {least}, not {text!r}")
        return int(text)

    return number


def _split(document: Path, what: str) -> tuple[str, str]:
    """What stands before and after the tables, with the marks around them.

    Raises CommandError where the file has no place for them.
    """
    begin_mark, end_mark = f"<!-- benchmark {what}: begin -->\n", f"<!-- benchmark {what}: end -->\n"
    try:
        text = document.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{document} cannot be read: {error.strerror}.") from error
    before, begin, rest = text.partition(begin_mark)
    _, end, after = rest.partition(end_mark)
    if not begin or not end:
        raise CommandError(f"{document} lacks the lines {begin_mark.strip()} and {end_mark.strip()}.")
    return before + begin, end + after
