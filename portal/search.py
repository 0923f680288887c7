"""Looking through lists and pickers: rows with all of some words, and an excerpt around them.

The search of the whole portal is portal.searching.
"""

from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

MOST_WORDS = 8
"""More words make the database work without finding more."""

AROUND = 120
"""Characters shown on either side of the first hit."""


def every_word(words: str, *fields: str) -> Q:
    """Each of `words` stands in at least one of `fields`; case is ignored."""
    condition = Q()
    for word in words.split()[:MOST_WORDS]:
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        condition &= one
    return condition


def excerpt(text: str, words: str) -> SafeString:
    """The part of `text` around the first of `words`, every one of them marked."""
    low = text.casefold()
    terms = sorted({word.casefold() for word in words.split()[:MOST_WORDS]}, key=len, reverse=True)
    if len(low) != len(text):  # Folding a letter changed the length; positions would be off.
        low = text.lower() if len(text.lower()) == len(text) else text
    hits = [place for term in terms if (place := low.find(term)) >= 0]
    first = min(hits, default=0)
    start, end = max(0, first - AROUND), min(len(text), first + AROUND)
    pieces: list[tuple[SafeString | str]] = [("… ",)] if start else []
    position = start
    while position < end:
        nearest = min(
            ((place, term) for term in terms if (place := low.find(term, position, end)) >= 0), default=None
        )
        if nearest is None:
            break
        place, term = nearest
        pieces.append((text[position:place],))
        pieces.append((format_html_join("", "<mark>{}</mark>", [(text[place : place + len(term)],)]),))
        position = place + len(term)
    pieces.append((text[position:end],))
    if end < len(text):
        pieces.append((" …",))
    return format_html_join("", "{}", pieces)
