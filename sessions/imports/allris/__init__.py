"""ALLRIS: the council information system of the first city. Its pages to records, and addresses.

`parse_page` goes one way: bytes → `page.decode` → the reader of the layout (ALLRIS 4, classic ALLRIS 3,
text) → raw parts → the record. Pure: no Django, no network, no clock.
"""

from sessions.imports.allris.address import address_in_page, allris_id, page_address
from sessions.imports.allris.agenda import parse_agenda
from sessions.imports.allris.agenda_item import parse_agenda_item
from sessions.imports.allris.page import MAX_BYTES, NotPublicError, PageError, TurnedAwayError
from sessions.imports.allris.paper import parse_paper
from sessions.imports.allris.parse import parse_page

__all__ = [
    "MAX_BYTES",
    "NotPublicError",
    "PageError",
    "TurnedAwayError",
    "address_in_page",
    "allris_id",
    "page_address",
    "parse_agenda",
    "parse_agenda_item",
    "parse_page",
    "parse_paper",
]
