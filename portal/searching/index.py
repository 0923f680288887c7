"""Writes the index: one entry per public object, from what the apps say of it.

Triggers (portal.searching.watching) note every change in SearchPending, within the transaction that makes it.
Here the notes are worked off: right after that transaction, by an importer, or by `manage.py reindex`. One
process writes at a time, so an older text never replaces a newer one.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from portal.searching.kinds import SearchText, kinds
from portal.searching.models import SearchEntry, SearchPending, SearchShelf, SearchSpelling, SearchWord
from portal.searching.text import MOST_BYTES, hyphened, reference_forms, within, words

if TYPE_CHECKING:  # Importers and workers alone load it: it holds a large dictionary.
    from portal.searching.lexicon import Lexicon

T = TypeVar("T")

logger = logging.getLogger(__name__)

BATCH: Final = 500
PARTS_BYTES: Final = 250_000
"""Of one vector, for the parts of words."""
_LOCK: Final = 0x736561726368
"""Key of the advisory lock: the letters "search"."""
_PATIENCE: Final = "2s"
"""How long somebody's request waits for another process that writes the index."""

LexiconSource = Callable[[], "Lexicon"]
"""Gives the lexicon, and loads it the first time: called only where there is a new word."""


def catch_up(lexicon: LexiconSource | None = None) -> int:
    """Works off the notes; gives how many. Without a lexicon, new words wait for a process that has one."""
    done = 0
    while True:
        with transaction.atomic():
            _keep_others_out()
            notes = list(SearchPending.objects.order_by("pk")[:BATCH])
            ids: dict[str, set[int]] = defaultdict(set)
            for note in notes:
                ids[note.kind].add(note.object_id)
            for kind, objects in ids.items():
                write(kind, objects, lexicon)
            SearchPending.objects.filter(pk__in=[note.pk for note in notes]).delete()
        done += len(notes)
        if len(notes) < BATCH:
            return done


def catch_up_after_commit() -> None:
    """Once the present transaction is committed, works off what it noted; outside of one, at once.

    Where another process has been writing for long, the notes stay for it or for the next: they are the
    backlog that the page of data sources and `/readyz` show.
    """
    transaction.on_commit(_catch_up_with_patience)


def _catch_up_with_patience() -> None:
    if not SearchPending.objects.exists():
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            catch_up()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        logger.warning("Another process is writing the search index; changes wait in its backlog.")


def complete_words(lexicon: LexiconSource) -> int:
    """Looks up words that were written without a lexicon, and completes their entries; gives how many."""
    done = 0
    while True:
        with transaction.atomic():
            _keep_others_out()
            waiting = list(SearchWord.objects.waiting().order_by("pk")[:BATCH])
            compounds = _look_up(waiting, lexicon())
            if compounds:
                for kind, ids in _entries_with(compounds).items():
                    write(kind, ids, lexicon)
        done += len(waiting)
        if len(waiting) < BATCH:
            return done


def rebuild(lexicon: LexiconSource, tell: Callable[[str], None] = lambda line: None) -> None:
    """Makes the whole index anew while it is in use: every batch is a transaction of its own.

    tell: called with a line per kind. What nothing needs any more is removed at the end.
    """
    _look_up_again(lexicon())
    fill_spellings(lexicon())
    for kind, searchable in kinds().items():
        ids = list(searchable.published().order_by("pk").values_list("pk", flat=True))
        for some in _batches(ids, BATCH):
            with transaction.atomic():
                _keep_others_out()
                write(kind, some, lexicon)
        with transaction.atomic():
            _keep_others_out()
            published = searchable.published().order_by().values("pk")
            SearchEntry.objects.filter(kind=kind).exclude(object_id__in=published).delete()
        tell(f"{searchable.plural}: {len(ids)}")
    SearchEntry.objects.exclude(kind__in=kinds()).delete()
    _remove_unused()
    catch_up(lexicon)


def write(kind: str, ids: Collection[int], lexicon: LexiconSource | None = None) -> None:
    """Brings the entries of these objects in line with what is published now.

    The caller holds the lock. What did not change is not written, so readers keep their pages.
    """
    searchable = kinds().get(kind)
    texts = {text.object_id: text for text in searchable.texts(ids)} if searchable else {}
    SearchEntry.objects.filter(kind=kind, object_id__in=set(ids) - set(texts)).delete()
    drafts = [_Draft.of(text) for text in texts.values()]
    keys = _keys_of(drafts, lexicon)
    shelves = _shelves(kind, texts.values())
    rows = [
        SearchEntry(
            kind=kind,
            object_id=draft.text.object_id,
            shelf_id=shelves[_shelf_values(draft.text)],
            day=draft.text.day,
            title=draft.title,
            references=draft.references,
            body=draft.body,
            parts=draft.parts(keys),
        )
        for draft in drafts
    ]
    columns = ["shelf_id", "day", "title", "references", "body", "parts"]
    standing = {
        values[0]: values[1:]
        for values in SearchEntry.objects.filter(kind=kind, object_id__in=texts).values_list(
            "object_id", *columns
        )
    }
    changed = [
        row for row in rows if standing.get(row.object_id) != tuple(getattr(row, name) for name in columns)
    ]
    SearchEntry.objects.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["shelf", "day", "title", "references", "body", "parts"],
    )


def fill_spellings(lexicon: "Lexicon") -> None:
    """Copies the real words of the language into the database, unless they are there."""
    if SearchSpelling.objects.exists():
        return
    table = connection.ops.quote_name(SearchSpelling._meta.db_table)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} (word) FROM STDIN") as copy,
    ):
        for word in sorted(set(lexicon.common_words())):
            copy.write_row((word,))


@dataclass(frozen=True, slots=True)
class _Draft:
    """An object's text as bare words."""

    text: SearchText
    title: str
    references: str
    body: str
    spellings: Mapping[str, str]
    """Its words in lower case → as they stand there; with hyphens, too."""

    @classmethod
    def of(cls, text: SearchText) -> "_Draft":
        title = list(within(MOST_BYTES // 4, words(text.title)))
        numbers = [*words(text.references), *reference_forms(text.references)]
        references = list(within(MOST_BYTES // 4, numbers))
        body = list(within(MOST_BYTES // 2, words(text.body)))
        spellings: dict[str, str] = {}
        for word in [*title, *body, *hyphened(text.title), *hyphened(text.body)]:
            if not word.isdecimal():
                spellings.setdefault(word.lower(), word)
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


def _keys_of(drafts: Sequence[_Draft], lexicon: LexiconSource | None) -> Mapping[str, str]:
    """Word → its keys, for all words of the drafts. New words are added."""
    spellings: dict[str, str] = {}
    for draft in drafts:
        spellings.update(draft.spellings)
    known = {
        word.word: word
        for some in _batches(spellings, 5000)
        for word in SearchWord.objects.filter(word__in=some).defer("tsv")
    }
    new = [SearchWord(word=word, spelling=spellings[word]) for word in spellings if word not in known]
    if lexicon is not None:
        waiting = [word for word in known.values() if word.keys is None]
        if new or waiting:
            _look_up(waiting, lexicon())
            for word in new:
                word.keys = _keys(word, lexicon())
    SearchWord.objects.bulk_create(new, batch_size=5000, ignore_conflicts=True)
    return {word.word: word.keys or "" for word in [*known.values(), *new]}


def _look_up(waiting: Sequence[SearchWord], lexicon: "Lexicon") -> list[SearchWord]:
    """Writes the keys of the words; gives those that have any."""
    for word in waiting:
        word.keys = _keys(word, lexicon)
    SearchWord.objects.bulk_update(waiting, ["keys"], batch_size=BATCH)
    return [word for word in waiting if word.keys]


def _look_up_again(lexicon: "Lexicon") -> None:
    """The keys of all words, where a newer lexicon knows others."""
    last = ""
    while some := list(SearchWord.objects.filter(word__gt=last).order_by("word").defer("tsv")[:5000]):
        last = some[-1].word
        with transaction.atomic():
            _keep_others_out()
            changed = []
            for word in some:
                if (keys := _keys(word, lexicon)) != word.keys:
                    word.keys = keys
                    changed.append(word)
            SearchWord.objects.bulk_update(changed, ["keys"], batch_size=BATCH)


def _keys(word: SearchWord, lexicon: "Lexicon") -> str:
    return " ".join(sorted(lexicon.found_under(word.spelling)))


def _entries_with(found: Sequence[SearchWord]) -> dict[str, list[int]]:
    """Kind → objects with at least one of the words."""
    ids: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.kind, e.object_id FROM unnest(%s::text[]) w(word)"
            " JOIN portal_searchentry e ON e.tsv @@ plainto_tsquery('german', w.word)",
            [[word.word for word in found]],
        )
        for kind, object_id in cursor.fetchall():
            ids[kind].append(object_id)
    return ids


ShelfValues = tuple[int | None, str, str, tuple[str, ...]]


def _shelf_values(text: SearchText) -> ShelfValues:
    committees = tuple(sorted({str(committee) for committee in text.committees}))
    return (text.day.year if text.day else None, text.field, text.status, committees)


def _shelves(kind: str, texts: Iterable[SearchText]) -> Mapping[ShelfValues, int]:
    """Shelf of each combination of the texts; new ones are made."""
    wanted = {_shelf_values(text) for text in texts}
    years = {values[0] for values in wanted}
    shelves = _standing_shelves(kind, years)
    if missing := wanted - set(shelves):
        SearchShelf.objects.bulk_create(
            SearchShelf(kind=kind, year=year, field=field, status=status, committees=list(committees))
            for year, field, status, committees in missing
        )
        shelves = _standing_shelves(kind, years)
    return shelves


def _standing_shelves(kind: str, years: Collection[int | None]) -> dict[ShelfValues, int]:
    rows = SearchShelf.objects.filter(kind=kind)
    if None not in years:
        rows = rows.filter(year__in=years)
    return {(row.year, row.field, row.status, tuple(row.committees)): row.pk for row in rows}


def _remove_unused() -> None:
    """Shelves without an entry, and words that stand in none."""
    with transaction.atomic(), connection.cursor() as cursor:
        _keep_others_out()
        cursor.execute(
            "DELETE FROM portal_searchshelf s"
            " WHERE NOT EXISTS (SELECT FROM portal_searchentry e WHERE e.shelf_id = s.id)"
        )
        # A word of nothing but stop words makes an empty question, which finds nothing: it stays.
        cursor.execute(
            "DELETE FROM portal_searchword w WHERE numnode(plainto_tsquery('german', w.word)) > 0"
            " AND NOT EXISTS"
            " (SELECT FROM portal_searchentry e WHERE e.tsv @@ plainto_tsquery('german', w.word))"
        )


def _keep_others_out() -> None:
    """Until the transaction ends, no other process writes the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
