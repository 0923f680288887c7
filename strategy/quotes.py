"""Whether a quote stands word for word in a text. Pure; the only definition of "word for word"."""

import re


def folded(text: str) -> str:
    """The text with every run of white space as one space, without any at the ends."""
    return " ".join(text.split())


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` first stands in `text`: start and end in `text` as given; None where it does not.

    Runs of white space count as one space, everything else must be equal: case, punctuation, umlauts.
    A quote begins and ends with whole words, so "messbar" is no quote from "unmessbar". An empty quote is
    found nowhere.
    """
    words = quote.split()
    if not words:
        return None
    pattern = r"\s+".join(map(re.escape, words))
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", words[-1]) else ""
    found = re.search(before + pattern + after, text)
    return found.span() if found else None
