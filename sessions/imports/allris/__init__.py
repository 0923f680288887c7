"""ALLRIS: the council information system of the first city. Agenda-item pages to records, and addresses.

`parse_agenda_item` goes one way: bytes → `page.decode` → `text` or `html` (a `Page` of raw parts) →
`agenda_item` (the record). Pure: no Django, no network, no clock.
"""

from sessions.imports.allris.address import address_in_page, allris_id, page_address
from sessions.imports.allris.agenda_item import parse_agenda_item
from sessions.imports.allris.page import MAX_BYTES, PageError

__all__ = [
    "MAX_BYTES",
    "PageError",
    "address_in_page",
    "allris_id",
    "page_address",
    "parse_agenda_item",
]
