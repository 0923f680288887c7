"""What a search answers: the hits of what was typed, or else those of what was probably meant."""

from dataclasses import dataclass

from portal.searching.finding import Hits, Narrowing, exists, find
from portal.searching.matching import Matching, match
from portal.searching.spelling import Correction, corrections


@dataclass(frozen=True, slots=True)
class Answer:
    matching: Matching
    """What was asked of the index in the end: with a correction, the corrected query."""
    hits: Hits
    correction: Correction | None
    """Why the hits are not those of what was typed; None where they are."""


def ask(text: str, narrowing: Narrowing | None = None, *, newest_first: bool = False) -> Answer:
    """Searches for `text`. Only where the whole index has nothing for it, a correction is tried."""
    narrowing = narrowing or Narrowing()
    narrowed = narrowing != Narrowing()
    matching = match(text)
    hits = find(matching, narrowing, newest_first=newest_first)
    answer = Answer(matching, hits, None)
    if hits.total or matching.is_empty or (narrowed and exists(matching)):
        return answer
    for correction in corrections(text):
        corrected = match(correction.text)
        found = find(corrected, narrowing, newest_first=newest_first)
        if found.total or (narrowed and exists(corrected)):
            return Answer(corrected, found, correction)
    return answer
