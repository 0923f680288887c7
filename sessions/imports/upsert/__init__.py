"""The only writer of council records: frozen records in, rows out, and nothing twice.

What holds for every record:

- One page with all that it says is one transaction: it goes in completely or not at all.
- A page that says what it said before writes no row.
- What a page does not state ("" or None) never erases what another page stated, and nothing is deleted
  because it was absent once. Paragraphs, motions and votes that the minutes no longer hold are marked.
- A row keeps its primary key when its source's number becomes known later (sessions.imports.identity).
- Content goes in from public items only. Of a closed item its number and title are kept, which no page of
  the portal shows; of an item whose publicity is unknown everything but new papers, because a paper has a
  page of its own. A paper that its page does not call public brings no row; one that it calls closed is
  closed, and stays so until somebody opens it.
- A record that was marked as withdrawn stays so: a saved page proves nothing about today.
"""

from sessions.imports.upsert.agenda import upsert_agenda
from sessions.imports.upsert.items import upsert_agenda_item
from sessions.imports.upsert.page import ClosedError, city_body
from sessions.imports.upsert.papers import upsert_paper
from sessions.imports.writer import RecordError

__all__ = [
    "ClosedError",
    "RecordError",
    "city_body",
    "upsert_agenda",
    "upsert_agenda_item",
    "upsert_paper",
]
