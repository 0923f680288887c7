"""Texts of objects as bare words, as the index keeps them. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from portal.searching.kinds import SearchText
from portal.searching.text import LONGEST_WORD, hyphened, reference_forms, within, words

PORTION: Final = 2_000_000
"""Letters of the texts that are in memory at once."""
TITLE_BYTES: Final = 50_000
BODY_BYTES: Final = 600_000
PARTS_BYTES: Final = 300_000
"""Of a vector: what title, references, body and parts may take. It holds 1 MB."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An object's text as bare words."""

    text: SearchText
    title: str
    references: str
    body: str
    spellings: Mapping[str, str]
    """Its words in lower case → as they stand there; with hyphens, too."""

    @classmethod
    def of(cls, text: SearchText) -> "Draft":
        title = list(within(TITLE_BYTES, words(text.title)))
        numbers = [*words(text.references), *reference_forms(text.references)]
        references = list(within(TITLE_BYTES, numbers))
        body = list(within(BODY_BYTES, words(text.body)))
        spellings: dict[str, str] = {}
        for word in [*title, *body, *hyphened(text.title), *hyphened(text.body)]:
            if not word.isdecimal():
                spellings.setdefault(word.lower()[:LONGEST_WORD], word)
        return cls(text, " ".join(title), " ".join(references), " ".join(body), spellings)

    def parts(self, keys: Mapping[str, str]) -> str:
        """Further words under which it is found; those that stand in it anyway are left out."""
        found: dict[str, None] = {}
        for word in self.spellings:
            if "-" in word:
                found[word.replace("-", "")] = None
            for key in (keys.get(word) or "").split():
                found[key] = None
        return " ".join(within(PARTS_BYTES, (key for key in found if key not in self.spellings)))


def portions(texts: Iterable[SearchText]) -> Iterator[list[Draft]]:
    """Drafts of the texts, few at a time where they are long: a book has many words."""
    drafts: list[Draft] = []
    room = PORTION
    for text in texts:
        draft = Draft.of(text)
        drafts.append(draft)
        room -= len(draft.body)
        if room < 0:
            yield drafts
            drafts, room = [], PORTION
    if drafts:
        yield drafts
