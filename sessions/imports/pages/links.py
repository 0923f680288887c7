"""Where a page leads to: an agenda to its public items and their papers, an item to its papers."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from sessions.imports.pages.addresses import Page
from sessions.imports.pages.kinds import AGENDA, ITEM, PAPER, Record
from sessions.imports.records import AgendaItemRecord, AgendaRecord, PaperRecord
from sessions.models import AgendaItem, Paper

_NUMBERED: Final = re.compile(r"allris:(?:to|vo):(\d+)")


def led_by_record(page: Page, record: Record) -> Iterator[Page]:
    """The pages of public items of an agenda and of papers. Closed ones are not even asked for."""
    if isinstance(record, AgendaRecord):
        public = [entry for entry in record.entries if entry.public]
        for entry in public:
            if entry.lfdnr is not None:
                yield Page(kind=ITEM, number=entry.lfdnr, meeting=page.number, followed=True)
        for entry in public:
            yield from _papers(entry.papers)
    elif isinstance(record, AgendaItemRecord) and record.public is not False:
        yield from _papers(record.papers)


def _papers(records: Iterable[PaperRecord]) -> Iterator[Page]:
    numbers = (record.lfdnr for record in records)
    return (Page(kind=PAPER, number=number, followed=True) for number in numbers if number is not None)


def led_by_rows(page: Page) -> Iterator[Page]:
    """The same for a page that has not changed, as it was stored."""
    items = AgendaItem.objects.published()
    if page.kind is AGENDA:
        items = items.filter(meeting__external_id=page.name)
        for number in _numbers(items.values_list("external_id", flat=True)):
            yield Page(kind=ITEM, number=number, meeting=page.number, followed=True)
    elif page.kind is ITEM:
        items = items.filter(external_id=page.name)
    else:
        return
    papers = Paper.objects.published().filter(consultations__agenda_item__in=items)
    for number in _numbers(papers.distinct().values_list("external_id", flat=True)):
        yield Page(kind=PAPER, number=number, followed=True)


def _numbers(names: Iterable[str]) -> Iterator[int]:
    """Of rows that have a page of their own."""
    return (int(match[1]) for match in map(_NUMBERED.fullmatch, names) if match)
