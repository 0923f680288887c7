"""One page of unknown kind to its record."""

from sessions.imports.allris.agenda_item import parse_agenda_item
from sessions.imports.records import AgendaItemRecord, AgendaRecord, PaperPageRecord


def parse_page(data: bytes, base: str = "") -> AgendaItemRecord | AgendaRecord | PaperPageRecord:
    """The record of a page, whichever of the three kinds it is: agenda item, agenda, or paper.

    Raises `PageError`, `NotPublicError` where the server says that the page may not be seen, and
    `TurnedAwayError` where it turned the reader away."""
    return parse_agenda_item(data)
