"""Writes the index: one entry per public object, from what the apps say of it.

Triggers (portal.searching.watching) note every change in SearchPending, within the transaction that makes it.
Here the notes are worked off: right after that transaction, by an importer, or by `manage.py reindex`. One
process writes at a time, so an older text never replaces a newer one.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from portal.searching.drafts import Draft, portions
from portal.searching.kinds import SearchText, kinds
from portal.searching.models import SearchEntry, SearchPending, SearchShelf, SearchSpelling, SearchWord

if TYPE_CHECKING:  # Importers and workers alone load it: it holds a large dictionary.
    from portal.searching.lexicon import Lexicon

T = TypeVar("T")

logger = logging.getLogger(__name__)

BATCH: Final = 500
WORD_BATCH: Final = 5000
_LOCK: Final = 0x736561726368
"""Key of the advisory lock: the letters "search"."""
_SPELLINGS_LOCK: Final = _LOCK + 1
_PATIENCE: Final = "2s"
"""How long somebody's request waits for another process that writes the index."""

MOST_LOOKED_FOR: Final = 2000
"""New words beyond which all entries are read instead of those with one of them."""
_ENTRIES_WITH: Final = """
WITH w AS MATERIALIZED (
    SELECT word, plainto_tsquery('german', word) AS query FROM unnest(%s::text[]) u(word)
), likely AS (
    SELECT w.word, e.* FROM w JOIN portal_searchentry e ON e.tsv @@ w.query WHERE numnode(w.query) > 0
    UNION ALL  -- A stop word stands in no vector.
    SELECT w.word, e.* FROM w CROSS JOIN portal_searchentry e WHERE numnode(w.query) = 0
)
SELECT DISTINCT kind, object_id FROM likely
WHERE strpos(lower(' ' || title || ' ' || body || ' '), ' ' || word || ' ') > 0
"""
"""Other words of the same stem share a vector's word: only those are taken that have this one."""

_UNUSED_SHELVES: Final = """
SELECT u.id FROM unnest(%s::bigint[]) u(id)
WHERE NOT EXISTS (SELECT FROM portal_searchentry e WHERE e.shelf_id = u.id)
"""
_UNUSED_WORDS: Final = """
SELECT u.word FROM unnest(%s::text[]) u(word), plainto_tsquery('german', translate(u.word, '-', ' ')) q
WHERE numnode(q) > 0 AND NOT EXISTS (SELECT FROM portal_searchentry e WHERE e.tsv @@ q)
"""
"""A word of nothing but stop words makes an empty question, which finds nothing: it stays."""

LexiconSource = Callable[[], "Lexicon"]
"""Gives the lexicon, and loads it the first time: called only where there is a new word."""


def catch_up(lexicon: LexiconSource | None = None, *, most: int | None = None) -> int:
    """Works off the notes, the oldest first; gives how many. Without a lexicon, new words wait for a process
    that has one.

    most: where to stop, give or take a batch; whoever answers a request leaves more than that to others. An
    object that cannot be indexed stays noted and is logged; it keeps none of the others back.
    """
    done = last = 0
    while True:
        with transaction.atomic():
            _keep_others_out()
            notes = list(SearchPending.objects.filter(pk__gt=last).order_by("pk")[:BATCH])
            ids: dict[str, set[int]] = defaultdict(set)
            for note in notes:
                ids[note.kind].add(note.object_id)
            for kind, objects in ids.items():
                _work_off(kind, objects, lexicon)
        if notes:
            last = notes[-1].pk
        done += len(notes)
        if len(notes) < BATCH or (most is not None and done >= most):
            return done


def _work_off(kind: str, objects: Collection[int], lexicon: LexiconSource | None) -> None:
    # All that is noted of them. Before the texts are read: what is noted later is read later.
    noted = SearchPending.objects.filter(kind=kind, object_id__in=objects)
    worked_off = list(noted.values_list("pk", flat=True))
    try:
        with transaction.atomic():
            write(kind, objects, lexicon)
    except (DatabaseError, ValueError):
        if len(objects) == 1:
            logger.exception("%s %s cannot be indexed; its note stays.", kind, *objects)
            return
        for one in objects:
            _work_off(kind, [one], lexicon)
        return
    SearchPending.objects.filter(pk__in=worked_off).delete()


def catch_up_after_commit() -> None:
    """Once the present transaction is committed, works off what it noted; outside of one, at once.

    What cannot be indexed then stays noted: the backlog that the page of data sources and `/readyz` show. An
    error is logged; it is none of whoever saved something.
    """
    transaction.on_commit(_catch_up_with_patience, robust=True)


def _catch_up_with_patience() -> None:
    if not SearchPending.objects.exists():
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            catch_up(most=BATCH)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        logger.warning("Another process is writing the search index; changes wait in its backlog.")


def complete_words(lexicon: LexiconSource) -> int:
    """Looks up words that were written without a lexicon, and completes their entries; gives how many words.

    Their keys come first, so that an entry written meanwhile has them. Whoever is killed before the last
    entry is complete leaves all of the words waiting.
    """
    if not SearchWord.objects.waiting().exists():
        return 0
    _look_up_unknown(lexicon())
    waiting = dict(SearchWord.objects.waiting().filter(keys__isnull=False).values_list("word", "keys"))
    for kind, ids in _entries_with([word for word, keys in waiting.items() if keys]).items():
        for some in _batches(ids, BATCH):
            with transaction.atomic():
                _keep_others_out()
                write(kind, some, lexicon)
    for words_done in _batches(waiting, WORD_BATCH):
        SearchWord.objects.filter(word__in=words_done).update(in_entries=True)
    return len(waiting)


def rebuild(lexicon: LexiconSource, tell: Callable[[str], None] = lambda line: None) -> None:
    """Makes the whole index anew while it is in use: every batch is a transaction of its own.

    tell: called with a line per kind. What nothing needs any more is removed at the end.
    """
    _look_up_again(lexicon())
    renew_spellings(lexicon())
    for kind, searchable in kinds().items():
        ids = list(searchable.published().order_by("pk").values_list("pk", flat=True))
        for some in _batches(ids, BATCH):
            with transaction.atomic():
                _keep_others_out()
                write(kind, some, lexicon)
        tell(f"{searchable.plural}: {len(ids)}")
    note_differences()
    catch_up(lexicon)
    complete_words(lexicon)
    _remove_unused()


def note_differences() -> int:
    """Notes what is published without an entry, and entries of what is not; gives how many.

    Triggers see to that while the portal runs. This is for what happens outside of them: the first start with
    a search, a kind that came or went with a new version, a backup that was restored in part.
    """
    notes = [
        SearchPending(kind=kind, object_id=pk)
        for kind, pk in SearchEntry.objects.exclude(kind__in=kinds()).values_list("kind", "object_id")
    ]
    for kind, searchable in kinds().items():
        published = set(searchable.published().order_by().values_list("pk", flat=True))
        indexed = set(SearchEntry.objects.filter(kind=kind).values_list("object_id", flat=True))
        notes += [SearchPending(kind=kind, object_id=pk) for pk in sorted(published ^ indexed)]
    SearchPending.objects.bulk_create(notes, batch_size=WORD_BATCH)
    return len(notes)


def write(kind: str, ids: Collection[int], lexicon: LexiconSource | None = None) -> None:
    """Brings the entries of these objects in line with what is published now.

    The caller holds the lock. What did not change is not written, so readers keep their pages.
    """
    searchable = kinds().get(kind)
    here: set[int] = set()
    for drafts in portions(searchable.texts(ids) if searchable else ()):
        _write(kind, drafts, lexicon)
        here.update(draft.text.object_id for draft in drafts)
    SearchEntry.objects.filter(kind=kind, object_id__in=set(ids) - here).delete()


def _write(kind: str, drafts: Sequence[Draft], lexicon: LexiconSource | None) -> None:
    keys = _keys_of(drafts, lexicon)
    shelves = _shelves(kind, [draft.text for draft in drafts])
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
    ids = [draft.text.object_id for draft in drafts]
    standing = {
        values[0]: values[1:]
        for values in SearchEntry.objects.filter(kind=kind, object_id__in=ids).values_list(
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
    if not SearchSpelling.objects.exists():
        renew_spellings(lexicon)


def renew_spellings(lexicon: "Lexicon") -> None:
    """Brings the real words of the language in line with the lexicon."""
    real = set(lexicon.common_words())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SPELLINGS_LOCK])
        standing = set(SearchSpelling.objects.values_list("word", flat=True).iterator(chunk_size=50_000))
        for some in _batches(standing - real, WORD_BATCH):
            SearchSpelling.objects.filter(word__in=some).delete()
        if new := sorted(real - standing):
            with cursor.copy("COPY portal_searchspelling (word) FROM STDIN") as copy:
                for word in new:
                    copy.write_row((word,))


def _keys_of(drafts: Sequence[Draft], lexicon: LexiconSource | None) -> Mapping[str, str]:
    """Word → its keys, for all words of the drafts. New words are added."""
    spellings: dict[str, str] = {}
    for draft in drafts:
        spellings.update(draft.spellings)
    known = {
        word.word: word
        for some in _batches(spellings, WORD_BATCH)
        for word in SearchWord.objects.filter(word__in=some).defer("tsv")
    }
    new = [SearchWord(word=word, spelling=spellings[word]) for word in spellings if word not in known]
    if lexicon is not None:
        for word in new:
            word.keys, word.in_entries = _keys(word, lexicon()), True
        for word in known.values():
            if word.keys is None:
                # Not saved: `complete_words` does that when it comes to the other entries with the word.
                word.keys = _keys(word, lexicon())
    SearchWord.objects.bulk_create(new, batch_size=WORD_BATCH)
    return {word.word: word.keys or "" for word in [*known.values(), *new]}


def _look_up_unknown(lexicon: "Lexicon") -> None:
    """Writes the keys of all words that have been written without a lexicon."""
    unknown = SearchWord.objects.filter(keys__isnull=True, in_entries=False).defer("tsv")
    while True:
        with transaction.atomic():
            _keep_others_out()
            some = list(unknown[:WORD_BATCH])
            _write_keys({word.word: _keys(word, lexicon) for word in some})
        if len(some) < WORD_BATCH:
            return


def _look_up_again(lexicon: "Lexicon") -> None:
    """The keys of all words, where a newer lexicon knows others."""
    last = ""
    while some := list(SearchWord.objects.filter(word__gt=last).order_by("word").defer("tsv")[:WORD_BATCH]):
        last = some[-1].word
        known = {word.word: _keys(word, lexicon) for word in some}
        with transaction.atomic():
            _keep_others_out()
            _write_keys({word.word: known[word.word] for word in some if word.keys != known[word.word]})


def _write_keys(keys: Mapping[str, str]) -> None:
    """Of words whose entries do not have them yet."""
    if not keys:
        return  # Even a statement without rows would raise the version of the content.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE portal_searchword w SET keys = new.keys, in_entries = false"
            " FROM unnest(%s::text[], %s::text[]) AS new(word, keys) WHERE w.word = new.word",
            [list(keys), list(keys.values())],
        )


def _keys(word: SearchWord, lexicon: "Lexicon") -> str:
    return " ".join(sorted(lexicon.found_under(word.spelling)))


def _entries_with(found: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Kind → objects with at least one of the words in their text."""
    ids: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        if len(found) > MOST_LOOKED_FOR:
            cursor.execute("SELECT kind, object_id FROM portal_searchentry")
        else:
            cursor.execute(_ENTRIES_WITH, [[word.replace("-", " ") for word in found]])
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
    for batch, unused, model in (
        (list(SearchShelf.objects.values_list("pk", flat=True)), _UNUSED_SHELVES, SearchShelf),
        (list(SearchWord.objects.values_list("pk", flat=True)), _UNUSED_WORDS, SearchWord),
    ):
        for some in _batches(batch, WORD_BATCH):
            with transaction.atomic(), connection.cursor() as cursor:
                _keep_others_out()
                cursor.execute(unused, [some])
                # Without any, not even a statement: it would raise the version of the content.
                if pks := [pk for (pk,) in cursor.fetchall()]:
                    model._default_manager.filter(pk__in=pks).delete()


def _keep_others_out() -> None:
    """Until the transaction ends, no other process writes the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
