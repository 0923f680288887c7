"""Invented minutes for measuring the search: words of the demo's minutes and German nouns, mixed like those
of a language. Few words stand everywhere, most stand nearly nowhere.

Every title says that it is an example ("Beispiel"). The same numbers give the same texts.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Final

from portal.benchmark.content import example_id
from portal.searching.lexicon import Lexicon
from portal.searching.text import words
from sessions.models import AgendaItem, Body, Contribution, Meeting, Organization, Paper

WORDS: Final = 86
"""Of a text; that many have the minutes of an agenda item in the demo, on average."""
SIMPLE_NOUNS: Final = 8_000
COMPOUNDS: Final = 16_000
COMMON: Final = 24
"""Nouns that stand in about a quarter of the texts, each."""
ITEMS_OF_A_MEETING: Final = 20
TEXTS_FOR_A_PAPER: Final = 10
COMMITTEES: Final = 20
CHUNK: Final = 5_000
FIRST: Final = datetime(2006, 1, 9, 17, tzinfo=UTC)


@dataclass(slots=True)
class Vocabulary:
    """Where the invented texts take their words from, and in how many texts each has come to stand."""

    common: list[str]
    others: list[str]
    weights: list[float]
    """Of the others, added up."""
    compounds: dict[str, tuple[str, ...]]
    """Those among them with parts."""
    texts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, demo: Sequence[str], lexicon: Lexicon) -> "Vocabulary":
        """demo: the texts of the demo's minutes."""
        used = Counter(word for text in demo for word in words(text) if not word.isdecimal())
        nouns, compounds = _nouns(lexicon)
        common, nouns = nouns[:COMMON], nouns[COMMON:]
        # Half of what is written are the demo's words, as often as there; half are nouns, after Zipf.
        weights = [number / used.total() for number in used.values()]
        ranks = [1 / (rank + 10) for rank in range(len(nouns))]
        weights += [rank / sum(ranks) for rank in ranks]
        return cls(common, [*used, *nouns], list(accumulate(weights)), compounds)

    def text(self, chance: random.Random) -> str:
        chosen = chance.choices(self.others, cum_weights=self.weights, k=WORDS - COMMON // 4)
        chosen += [word for word in self.common if chance.random() < 0.25]
        chance.shuffle(chosen)
        self.texts.update(set(chosen))
        return " ".join(chosen) + "."


def _nouns(lexicon: Lexicon) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Nouns in a mixed order, simple ones and compounds; the compounds with their parts."""
    simple: list[str] = []
    compounds: dict[str, tuple[str, ...]] = {}
    for noun in lexicon.nouns(60_000):
        parts = lexicon.parts(noun)
        if not parts and len(simple) < SIMPLE_NOUNS:
            simple.append(noun)
        elif len(parts) > 1 and len(compounds) < COMPOUNDS:
            compounds[noun] = parts
    mixed = [*simple, *compounds]
    random.Random(1).shuffle(mixed)  # noqa: S311 - no secret
    return mixed, compounds


def fill_minutes(texts: int, vocabulary: Vocabulary) -> Iterator[int]:
    """Adds so many agenda items with a text each, in one paragraph or several, and some papers.

    Gives after each chunk how many there are, so that the caller can index what is there.
    """
    chance = random.Random(2)  # noqa: S311 - no secret
    body = Body.objects.get_or_create(external_id="beispiel:body:1", defaults={"name": "Beispielstadt"})[0]
    committees = [
        Organization(
            pk=example_id("search-committee", n), external_id=f"beispiel:search-committee:{n}", body=body,
            name=f"Beispielausschuss {n}", type="committee",
        )
        for n in range(COMMITTEES)
    ]  # fmt: skip
    Organization.objects.bulk_create(committees)
    for start in range(0, texts, CHUNK):
        numbers = range(start, min(start + CHUNK, texts))
        _add_meetings(numbers, body, committees)
        _add_items(numbers, vocabulary, chance)
        papers = range(numbers.start // TEXTS_FOR_A_PAPER, numbers.stop // TEXTS_FOR_A_PAPER)
        _add_papers(papers, body, vocabulary, chance)
        yield numbers.stop


def _meeting(number: int) -> int:
    return number // ITEMS_OF_A_MEETING


def _add_meetings(numbers: range, body: Body, committees: Sequence[Organization]) -> None:
    new = sorted({_meeting(number) for number in numbers if number % ITEMS_OF_A_MEETING == 0})
    Meeting.objects.bulk_create(
        Meeting(
            pk=example_id("search-meeting", n), external_id=f"beispiel:search-meeting:{n}", body=body,
            occasion="Beispielsitzung", start=_start(n),
        )
        for n in new
    )  # fmt: skip
    Meeting.organizations.through.objects.bulk_create(
        Meeting.organizations.through(
            meeting_id=example_id("search-meeting", n), organization_id=committees[n % len(committees)].pk
        )
        for n in new
    )


def _start(meeting: int) -> datetime:
    """Over twenty years, whatever their number."""
    return FIRST + timedelta(days=meeting * 17 % 7_300)


def _add_items(numbers: range, vocabulary: Vocabulary, chance: random.Random) -> None:
    AgendaItem.objects.bulk_create(
        (
            AgendaItem(
                pk=example_id("search-item", n), external_id=f"beispiel:search-item:{n}", public=True,
                meeting_id=example_id("search-meeting", _meeting(n)), number=f"Ö {n % ITEMS_OF_A_MEETING}",
                order=n % ITEMS_OF_A_MEETING, title=_title(n, vocabulary, chance),
            )
            for n in numbers
        ),
        batch_size=1000,
    )  # fmt: skip
    Contribution.objects.bulk_create(
        (
            Contribution(
                agenda_item_id=example_id("search-item", n), position=position,
                anchor=f"absatz-{position}", text=text,
            )
            for n in numbers
            for position, text in enumerate(_paragraphs(vocabulary.text(chance), n), 1)
        ),
        batch_size=1000,
    )  # fmt: skip


def _paragraphs(text: str, number: int) -> list[str]:
    """One paragraph, or every fourth time two."""
    middle = text.index(" ", len(text) // 2)
    return [text[:middle], text[middle + 1 :]] if number % 4 == 0 else [text]


def _title(number: int, vocabulary: Vocabulary, chance: random.Random) -> str:
    chosen = chance.choices(vocabulary.others, cum_weights=vocabulary.weights, k=4)
    return f"Beispiel {number}: {' '.join(chosen)}"


def _add_papers(numbers: range, body: Body, vocabulary: Vocabulary, chance: random.Random) -> None:
    Paper.objects.bulk_create(
        Paper(
            pk=example_id("search-paper", n), external_id=f"beispiel:search-paper:{n}", body=body,
            reference=f"BSP/{n:05}/{n % 20:02}", name=_title(n, vocabulary, chance),
            paper_type="Beispielvorlage", date=_start(n).date(),
        )
        for n in numbers
    )  # fmt: skip
