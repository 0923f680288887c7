"""What a council system said of its pages: which row each became, and by what the server tells a change."""

from typing import Any, Final

from django.utils import timezone

from sessions.imports.http import Response
from sessions.imports.pages.addresses import Page
from sessions.imports.upsert.page import RULES
from sessions.imports.writer import named
from sessions.models import Meeting, Source, SourceObject

READ_BY: Final = f"rules-{RULES}"
"""Stands in the ledger with each page: what was read by other rules is asked for as if it were new."""


class Ledger:
    """start: the start of the system's addresses."""

    def __init__(self, start: str) -> None:
        self._source = Source.objects.get_or_create(kind=Source.Kind.ALLRIS, address=start)[0]

    def known(self, page: Page) -> SourceObject | None:
        """What this server said of the page last time, as long as the row is still here and the page would
        be read in the same way."""
        known = SourceObject.objects.filter(name=page.name, source=self._source, digest=READ_BY).first()
        return known if known and known.row and named(page.kind.model, page.name) else None

    def remember(self, page: Page, response: Response) -> None:
        """The page was read, or is what it was."""
        row = named(page.kind.model, page.name)
        marks = {} if response.not_modified else _marks(response)
        self._note(page, row=row.pk if row else None, digest=READ_BY, missing_since=None, **marks)

    def note_gone(self, page: Page) -> bool:
        """The page may not be seen. True where it could be seen before: that is noted, nothing deleted."""
        row = named(page.kind.model, page.name)
        if row is None or not (isinstance(row, Meeting) or row.public):
            return False
        known = SourceObject.objects.filter(name=page.name).first()
        since = known.missing_since if known else None
        # The next answer shall be a whole one again.
        self._note(page, row=row.pk, missing_since=since or timezone.now(), etag="", last_modified="")
        return True

    def _note(self, page: Page, **values: Any) -> None:
        """Writes down what is new about the page; what is not new is not written again."""
        known = SourceObject.objects.filter(name=page.name).first() or SourceObject(name=page.name)
        values |= {"source_id": self._source.pk, "type": page.kind.in_oparl}
        changed = [name for name, value in values.items() if getattr(known, name) != value]
        for name in changed:
            setattr(known, name, values[name])
        if changed:
            known.save()


def _marks(response: Response) -> dict[str, str]:
    return {"etag": response.etag, "last_modified": response.last_modified}
