"""The three kinds of ALLRIS pages that are read: what their number is called, and which row they become."""

from dataclasses import dataclass, replace

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.allris import allris_id
from sessions.imports.allris.address import page_kind
from sessions.imports.records import AgendaItemRecord, AgendaRecord, PageAddress, PaperPageRecord
from sessions.imports.upsert import city_body, upsert_agenda, upsert_agenda_item, upsert_paper
from sessions.models import AgendaItem, Meeting, Paper

Record = AgendaItemRecord | AgendaRecord | PaperPageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    program: str
    """As it stands in addresses: "to010"."""
    parameter: str
    """Name of its number there: "SILFDNR"."""
    what: str
    in_oparl: str
    """Its name in OParl, by which the ledger calls it."""
    model: type[Meeting | AgendaItem | Paper]

    def number(self, address: PageAddress) -> int | None:
        """The number of such a page that an address gives."""
        if self is AGENDA:
            return address.meeting
        return address.agenda_item if self is ITEM else address.paper

    def external_id(self, number: int) -> str:
        """Name of the row, and of the page in the ledger: "allris:si:7603"."""
        if self is AGENDA:
            return allris_id("si", number)
        return allris_id("to", number) if self is ITEM else allris_id("vo", number)


AGENDA = Kind(program="to010", parameter="SILFDNR", what="agenda", in_oparl="Meeting", model=Meeting)
ITEM = Kind(program="to020", parameter="TOLFDNR", what="agenda item", in_oparl="AgendaItem", model=AgendaItem)
PAPER = Kind(program="vo020", parameter="VOLFDNR", what="paper", in_oparl="Paper", model=Paper)
KINDS = {kind.program: kind for kind in (AGENDA, ITEM, PAPER)}


def kind_of(record: Record) -> Kind:
    if isinstance(record, AgendaRecord):
        return AGENDA
    return ITEM if isinstance(record, AgendaItemRecord) else PAPER


def kind_at(address: str) -> Kind | None:
    """The kind of page that an address leads to; None for another page, or for one without its number."""
    return KINDS.get(page_kind(address) or "")


def own_number(record: Record) -> int | None:
    """The number that the page itself says; an agenda item never says it."""
    if isinstance(record, AgendaRecord):
        return record.lfdnr
    return record.paper.lfdnr if isinstance(record, PaperPageRecord) else None


def address_of(kind: Kind, number: int) -> PageAddress:
    """An address that says nothing but the number."""
    if kind is AGENDA:
        return PageAddress(meeting=number)
    return PageAddress(agenda_item=number) if kind is ITEM else PageAddress(paper=number)


def complete(kind: Kind, *sources: PageAddress) -> PageAddress | None:
    """The first address that numbers the page, completed by later ones with the same number; None where none
    does. An address of another kind of page gives its numbers only."""
    first = next((source for source in sources if kind.number(source) is not None), None)
    if first is None:
        return None
    same = [source for source in sources if kind.number(source) == kind.number(first)]
    return replace(
        first,
        meeting=next((source.meeting for source in same if source.meeting is not None), None),
        url=next((source.url for source in same if source.url and kind_at(source.url) in (kind, None)), ""),
    )


def store(record: Record, address: PageAddress, run: ImportRun | None) -> Outcome:
    """Brings the database in line with a page. Raises RecordError; then the database is as it was."""
    body = city_body()
    if isinstance(record, AgendaRecord):
        return upsert_agenda(record, address=address, body=body, run=run)
    if isinstance(record, AgendaItemRecord):
        return upsert_agenda_item(record, address=address, body=body, run=run)
    return upsert_paper(record, address=address, body=body, run=run)
