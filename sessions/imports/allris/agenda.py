"""From the page of a meeting (ALLRIS `to010`) to its record. Pure."""

from sessions.imports.allris.page import PageError
from sessions.imports.records import AgendaRecord


def parse_agenda(data: bytes, base: str = "") -> AgendaRecord:
    """The agenda of a page as saved. `base` is the address of the page: addresses of files that the page
    gives relative to itself are completed with it. Raises `PageError`."""
    raise PageError("Agendas cannot be read yet.")
