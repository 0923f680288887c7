"""One page of unknown kind to its record."""

from sessions.imports.allris.agenda import agenda
from sessions.imports.allris.agenda_item import agenda_item
from sessions.imports.allris.opened import open_page
from sessions.imports.allris.paper import paper
from sessions.imports.records import AgendaItemRecord, AgendaRecord, PaperPageRecord


def parse_page(data: bytes, base: str = "") -> AgendaItemRecord | AgendaRecord | PaperPageRecord:
    """The record of a page, whichever of the three kinds it is: agenda item, agenda, or paper.

    `base` is the address of the page: addresses of files that are relative are completed with it. Raises
    `PageError`: `NotPublicError` where the server says that the page may not be seen, `TurnedAwayError` where
    it turned the reader away, else where it is none of the three or not whole."""
    opened = open_page(data, None, base)
    match opened.kind:
        case "to020":
            return agenda_item(opened)
        case "to010":
            return agenda(opened)
        case "vo020":
            return paper(opened)
