from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.searching.check import PairsError, check, read_pairs, summary
from portal.searching.finding import Key
from portal.searching.index import fill_spellings
from portal.searching.lexicon import lexicon
from sessions.imports.console import one_line
from sessions.models import AgendaItem, Body, Contribution, Meeting

MARK = "search-check"
"""In the ids of records that never stay."""


class Command(BaseCommand):
    """Prints what was not found but should be, what was found but should not, and both numbers.

    Each document word stands in a paragraph of minutes that is taken back after its question.
    """

    help = "Asks the search for pairs of document word and query; see docs/search.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "pairs", type=Path, help="tab separated: kind, document_word, query; MUST_NOT must not be found"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["pairs"]
        try:
            pairs = read_pairs(path.read_bytes())
        except (OSError, PairsError) as error:
            raise CommandError(f"{path}: {error}") from error
        fill_spellings(lexicon())
        outcomes = []
        for outcome in check(pairs, minutes_saying, lexicon):
            outcomes.append(outcome)
            if not outcome.is_right:
                pair = outcome.pair
                verdict = "MISS" if pair.must_be_found else "FALSE"
                self.stdout.write(one_line(f"{verdict} {pair.kind}: {pair.document_word} <- {pair.query}"))
        self.stdout.write(summary(outcomes))


def minutes_saying(text: str) -> Key:
    """A public agenda item without a title, whose minutes are this one paragraph."""
    body = Body.objects.create(external_id=MARK, name="Gemeinde")
    meeting = Meeting.objects.create(external_id=MARK, body=body)
    item = AgendaItem.objects.create(external_id=MARK, meeting=meeting, public=True)
    Contribution.objects.create(agenda_item=item, position=1, anchor="absatz-1", text=text)
    return ("item", item.pk)
