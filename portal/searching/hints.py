"""What may help where a search has no hits, or where nothing was asked yet."""

from dataclasses import dataclass
from typing import Final

from portal.searching.finding import find, near_titles, occurring
from portal.searching.matching import Matching, match
from portal.searching.results import Result, results

EXAMPLES: Final = ("Digitalisierung", "Haushalt", "Schule", "Klimaschutz", "Radverkehr", "Homepage")
"""Words of any council; a page offers those that lead to something."""
MOST_EXAMPLES: Final = 4
MOST_NEAR: Final = 5


def why_unusable(matching: Matching) -> str:
    """Why nothing can be searched for: "excluded", "common" or "wordless"."""
    if not matching.query.is_empty:
        return "common"
    return "excluded" if matching.query.excluded else "wordless"


@dataclass(frozen=True, slots=True)
class AnyWord:
    """The same question, content with one of its words."""

    text: str
    number: int


def any_word(matching: Matching) -> AnyWord | None:
    """None where there was only one word, or where nothing has any of them."""
    if len(matching.query.groups) < 2:
        return None
    text = " ODER ".join(str(term) if term.quoted else "-".join(term.words) for term in matching.terms)
    number = find(match(text)).total
    return AnyWord(text, number) if number else None


def near(text: str) -> list[Result]:
    """Public objects with titles that look like what was asked for."""
    return results(near_titles(text, MOST_NEAR))


def examples() -> list[str]:
    """Words to try, each with at least one hit."""
    return occurring(EXAMPLES)[:MOST_EXAMPLES]
