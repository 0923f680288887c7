"""How fresh the data is: the runs of all importers by what they read, in words that everybody may see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit, urlunsplit

from django.db.models import F, Func, IntegerField, Max, Q, QuerySet
from django.utils import timezone

from portal.models import ImportRun

STALE_DAYS = 7
"""Days after which a source that nobody read is marked."""
MOST_NAMES = 3
"""Files of one run that are named; of the others only the number is told."""

KINDS = {
    "import_oparl": ("OParl-Schnittstelle", "OParl-Dateien"),
    "import_allris": ("ALLRIS-Seiten", "ALLRIS-Seiten als Dateien"),
    "import_strategy": ("Datei der Strategie", "Datei der Strategie"),
    "import_texts": ("Texte der Dateien", "Texte der Dateien"),
}
"""Words for `ImportRun.kind`: read from the web, and from files."""

SUCCEEDED = Q(state__in=(ImportRun.State.COMPLETED, ImportRun.State.REFUSED_SOME))


@dataclass(frozen=True, slots=True)
class Origin:
    """What an importer reads, as everybody may see it: a web address, or names without their folders."""

    kind: str
    url: str
    """"" for what is no web address."""
    names: tuple[str, ...]
    """Base names of files or folders; empty for a web address."""

    @classmethod
    def of(cls, kind: str, source: str) -> "Origin":
        """`source` as `ImportRun.source`: addresses or paths with spaces between them."""
        online, offline = KINDS.get(kind, ("Andere Quelle", "Andere Quelle"))
        first, _, rest = source.strip().partition(" ")
        if first.startswith(("http://", "https://")):
            address = without_credentials(first)
            more = rest.split()
            return cls(online, address, tuple(map(without_credentials, more)) if more else ())
        # A folder's name may hold spaces itself; only what stands behind the last slash is ever shown.
        separator = r"\s+(?=/)" if source.lstrip().startswith("/") else r"\s+"
        pieces = re.split(separator, source.strip())
        names = (re.split(r"[/\\]", piece.rstrip("/\\"))[-1] for piece in pieces)
        return cls(offline, "", tuple(name for name in names if name))

    @property
    def shown_names(self) -> tuple[str, ...]:
        return self.names[:MOST_NAMES]

    @property
    def others(self) -> int:
        """Names that are not shown."""
        return max(0, len(self.names) - MOST_NAMES)

    def __str__(self) -> str:
        """In one line: "OParl-Schnittstelle https://…", "ALLRIS-Seiten a.html, b.html und 3 weitere"."""
        shown = ", ".join(filter(None, (self.url, *self.shown_names)))
        more = f" und {self.others} weitere" if self.others else ""
        return f"{self.kind} {shown}{more}".strip()


_SECRET = re.compile(r"(?i)([?&][\w.-]*(?:token|key|secret|passw|auth|session|sig)[\w.-]*=)[^&#]*")


def without_credentials(address: str) -> str:
    """The address without a name and password before its host, and without a key in its parameters."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return _SECRET.sub(r"\1…", urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))


@dataclass(frozen=True, slots=True)
class SourceRuns:
    """One source, and how its last runs went. The runs know `refused_count`, and not `refused`."""

    source: str
    """As `ImportRun.source`; not for the public."""
    kind: str
    last: ImportRun
    last_success: ImportRun | None

    @property
    def origin(self) -> Origin:
        return Origin.of(self.kind, self.source)

    @property
    def is_stale(self) -> bool:
        """Not read for more than STALE_DAYS days; also what was never read with success is."""
        read = self.last_success.finished_at if self.last_success else None
        return read is None or days_since(timezone.localtime(read).date()) > STALE_DAYS

    @property
    def is_running(self) -> bool:
        return self.last.state == ImportRun.State.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.last.state == ImportRun.State.FAILED


def days_since(day: date) -> int:
    return (timezone.localdate() - day).days


def source_runs(most: int | None = None) -> list[SourceRuns]:
    """Sources, the last read first, at most `most` of them; two queries, without the refused records."""
    groups = (
        ImportRun.objects.order_by()
        .values("kind", "source")
        .annotate(last=Max("pk"), last_success=Max("pk", filter=SUCCEEDED))
        .order_by("-last")
    )
    found = list(groups[:most] if most is not None else groups)
    numbers = {pk for group in found for pk in (group["last"], group["last_success"]) if pk is not None}
    runs = {run.pk: run for run in with_refused_count(ImportRun.objects.filter(pk__in=numbers))}
    return [
        SourceRuns(group["source"], group["kind"], runs[group["last"]], runs.get(group["last_success"]))
        for group in found
    ]


def with_refused_count(runs: QuerySet[ImportRun]) -> Iterable[ImportRun]:
    """Counts in the database: the list may be long."""
    number = Func(F("refused"), function="jsonb_array_length", output_field=IntegerField())
    return runs.annotate(refused_count=number).defer("refused", "source")


def number_of_sources() -> int:
    return ImportRun.objects.order_by().values("kind", "source").distinct().count()


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that the last finished run of a source did not take."""

    run: ImportRun
    origin: Origin
    name: str
    """File, or the id that the source gives."""
    reason: str


def refused_records() -> list[RefusedRecord]:
    """Of the last finished run of each source, the newest run first; two queries."""
    last = (
        ImportRun.objects.exclude(state=ImportRun.State.RUNNING)
        .order_by()
        .values("kind", "source")
        .annotate(last=Max("pk"))
        .values("last")
    )
    found = []
    for run in ImportRun.objects.filter(pk__in=last).exclude(refused=[]).order_by("-pk"):
        origin = Origin.of(run.kind, run.source)
        found += [
            RefusedRecord(run, origin, str(entry.get("id", "")), str(entry.get("reason", "")))
            for entry in run.refused
        ]
    return found
