import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.freshness import refused_records
from sessions.findings import unclear_votes
from sessions.imports.console import one_line


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the list; the columns of the CSV."""

    list: str
    """"refused" or "unclear"."""
    id: str
    """Id or file of a refused record; address of an unclear vote on the portal."""
    reason: str
    """Why a record was refused; the words an unclear vote was read from."""
    source: str
    date: str
    """Day and time of the run, or day of the meeting; ISO 8601, "" where unknown."""


class Command(BaseCommand):
    """Prints what the page /daten/quellen/pruefliste/ shows, because nobody can sign in yet (ADR 0010)."""

    help = "Lists refused records of the last run of each source, and votes whose outcome is unclear."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["text", "csv"], default="text", help="default: text")

    def handle(self, *args: Any, format: str, **options: Any) -> None:
        if format == "csv":
            table = csv.writer(self.stdout, lineterminator="\n")
            table.writerow(field.name for field in fields(Finding))
            table.writerows(map(harmless, astuple(finding)) for finding in findings())
            return
        found = list(findings())
        for finding in found:
            when = f" ({finding.source}, {finding.date})" if finding.date else f" ({finding.source})"
            self.stdout.write(one_line(f"{finding.list} {finding.id}: {finding.reason}{when}"))
        refused = sum(finding.list == "refused" for finding in found)
        self.stdout.write(f"{refused} refused, {len(found) - refused} unclear")


def findings() -> Iterator[Finding]:
    for record in refused_records():
        began = timezone.localtime(record.run.started_at).isoformat(timespec="seconds")
        yield Finding("refused", record.name, record.reason, str(record.origin), began)
    for vote in unclear_votes():
        item = vote.agenda_item
        start = item.meeting.start
        day = timezone.localtime(start).date().isoformat() if start else ""
        yield Finding("unclear", vote.get_absolute_url(), vote.phrase, f"{item.meeting.heading}, {item}", day)


def harmless(cell: str) -> str:
    """In one line, and with an apostrophe before what a spreadsheet would run as a formula."""
    line = one_line(cell)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
