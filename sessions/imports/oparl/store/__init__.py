"""The only writer of OParl objects: set-based, a batch at a time, and nothing twice.

- A batch is one transaction: killed at any moment, the database is consistent, and the next run goes on.
- An object that says what it said before is not even parsed; whatever is embedded in a changed one is written
  only where it changed itself.
- One broken object never ends a run: the batch is halved until the culprit is alone, and told by its id.
- What refers to something that is not here stays an open reference, and what cannot be without it waits.
- Nothing is deleted because it is absent; see `endings`.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from django.db import DataError, IntegrityError, transaction

from sessions.imports.oparl.feed import Element
from sessions.imports.oparl.names import proves_allris_numbers
from sessions.imports.oparl.objects import Context, LeftOut, Result, read_object
from sessions.imports.oparl.records import ObjectRecord, ObjectType, Refusal
from sessions.imports.oparl.store import endings, ledger, references, sql
from sessions.imports.oparl.store.batch import Batch, Done, Piece
from sessions.imports.oparl.store.endings import ShrinkError
from sessions.imports.oparl.store.work import Known
from sessions.imports.writer import RecordError
from sessions.models import Body, Organization, Source

__all__ = ["Said", "ShrinkError", "Store"]

RULES = "1"
"""Raise this when the same object shall give other rows: sources are then read again."""
_REFUSED_BY_DATABASE = (DataError, IntegrityError, RecordError, UnicodeEncodeError)
_FEW_DATES = 1000
"""Different dates of change that are counted; whoever has more has real ones."""
_CHARACTERS = 1_000_000
"""Of the objects that one transaction writes: some thousand rows."""


@dataclass(frozen=True, slots=True)
class Said:
    """A top-level object with its fingerprint and the length of its JSON (objects.raw_digest)."""

    element: Element
    digest: str
    length: int


class Store:
    """Takes the objects of one source in the course of one run."""

    def __init__(self, source: Source, body: Body) -> None:
        self.source = source
        self.known = Known(source=source.pk, body=body)
        self.done = Done()
        self.withdrawn = 0
        self.open = 0
        """References whose target is not here, after `finish`."""
        self.waiting = 0
        """Objects that have no row before another one comes, after `finish`."""
        self._seen = array("q")
        self._gone = array("q")
        self._gone_at = array("d")
        self._administration = _units_of_administration(source)
        self._dates: Counter[str] = Counter()
        self._undated = 0
        self._fetched = False
        self._listed = 0

    # --- While the source is read -----------------------------------------------------------------
    def put(self, batch: Iterable[Said], *, fetched: bool = False) -> None:
        """Writes a batch of top-level objects, as far as they are new. Raises DatabaseError where the
        database itself fails; what it refuses of an object is in `done.refused`.

        fetched: no list holds them, they were asked for because others refer to them."""
        self._fetched = fetched
        work: dict[str, Said] = {}
        loose: list[Said] = []
        for said in batch:
            if not fetched:
                self._note_date(said.element)
            id_ = said.element.raw.get("id")
            if isinstance(id_, str) and id_ not in work:
                work[id_] = said
            else:
                loose.append(said)
        same = ledger.unchanged({id_: said.digest for id_, said in work.items()}, self.known.source)
        for key, embedded in same.values():
            self._seen.append(key)
            self.done.unchanged += 1 + embedded
        for new in _transactions(said for id_, said in work.items() if id_ not in same):
            self._put_pieces(self._read(new))
        for said in loose:
            # The same id again, or none: one by one, in the order of the source.
            self._put_pieces(self._read([said]))

    def _read(self, new: Sequence[Said]) -> list[Piece]:
        pieces = [self._piece(said.element, said.digest) for said in new]
        if not self.source.has_allris_numbers and any(map(_proves_allris_numbers, pieces)):
            self.source.has_allris_numbers = True
            self.source.save(update_fields=["has_allris_numbers"])
            # What was named by its id before is read again, next time the whole source is.
            sql.execute(
                "UPDATE {table} SET digest = '' WHERE source_id = %s AND parent = ''"
                " AND type IN ('Meeting', 'AgendaItem', 'Paper', 'Organization')",
                [self.source.pk],
                table=ledger.TABLE,
            )
            pieces = [self._piece(said.element, said.digest) for said in new]
        for piece in pieces:
            for result in piece.results:
                if (
                    isinstance(result, ObjectRecord)
                    and result.values.get("type") == Organization.Type.ADMINISTRATION
                ):
                    self._administration.add(result.id)
        return pieces

    def _piece(self, element: Element, digest: str) -> Piece:
        context = Context(
            listed_as=element.listed_as,
            has_allris_numbers=self.source.has_allris_numbers,
            administration=self._administration,
        )
        results = [
            replace(result, id=element.place) if isinstance(result, Refusal) and not result.id else result
            for result in read_object(element.raw, context)
        ]
        first = results[0] if results else None
        return Piece(
            id=first.id if first else "",
            type=first.type if isinstance(first, ObjectRecord | LeftOut) else "",
            digest=digest,
            results=results,
        )

    def _put_pieces(self, pieces: Sequence[Piece]) -> None:
        """One transaction; where the database refuses it, two for each half, until the culprit is alone."""
        try:
            with transaction.atomic():
                batch = Batch(self.known, fetched=self._fetched)
                batch.take(pieces)
        except _REFUSED_BY_DATABASE as error:
            if len(pieces) > 1:
                middle = len(pieces) // 2
                self._put_pieces(pieces[:middle])
                self._put_pieces(pieces[middle:])
            else:
                self._put_single(pieces[0], error)
        else:
            self._add(batch.done)

    def _put_single(self, piece: Piece, error: Exception) -> None:
        """One object with all that is embedded in it: what the database refuses of it, the rest it takes."""
        records = [result for result in piece.results if isinstance(result, ObjectRecord)]
        if len(records) <= 1:
            self.done.refused.append(Refusal(id=piece.id, reason=_reason(error)))
            return
        refused: list[Result] = [result for result in piece.results if isinstance(result, Refusal)]
        good: list[Result] = []
        for record in records:
            try:
                with transaction.atomic():
                    Batch(self.known, fetched=self._fetched).take(
                        [Piece(id=piece.id, type=piece.type, digest="", results=[*good, record])]
                    )
                    transaction.set_rollback(True)
            except _REFUSED_BY_DATABASE as reason:
                refused.append(Refusal(id=record.id, reason=_reason(reason)))
            else:
                good.append(record)
        if not good:
            self.done.refused += [result for result in refused if isinstance(result, Refusal)]
            return
        with transaction.atomic():
            batch = Batch(self.known, fetched=self._fetched)
            batch.take([Piece(id=piece.id, type=piece.type, digest="", results=[*refused, *good])])
        self._add(batch.done)

    def _add(self, done: Done) -> None:
        self._seen.extend(done.seen)
        for pk, when in done.gone:
            self._gone.append(pk)
            self._gone_at.append(when.timestamp())
        done.seen, done.gone = [], []
        self.done.add(done)

    # --- When it is read ----------------------------------------------------------------------------
    def wanted(self, most: int) -> list[str]:
        """Ids of objects that others refer to and nobody has seen, at most so many."""
        return references.wanted(self.known, most)

    def settle(self) -> None:
        """Writes what waited for something that is here now, and closes references that were open. Nothing
        comes any more in this run."""
        endings.settle(self.known, self._add, self.done.refused)

    def finish(self, complete: Set[ObjectType], *, allow_shrink: bool) -> None:
        """After everything: what is missing, what was withdrawn, which motions papers make.

        complete: types of which the whole list was read. Raises ShrinkError where the source withdrew more
        than it may at once; then nothing is withdrawn.
        """
        endings.write_motions(self.known)
        endings.mark_missing(self.known, complete, self._seen)
        self.open = references.count_open(self.known)
        self.waiting = references.count_waiting(self.known)
        self.withdrawn = endings.withdraw(self.known, self._gone, self._gone_at, allow_shrink=allow_shrink)

    # --- Whether the source's dates tell what changed -------------------------------------------------
    def _note_date(self, element: Element) -> None:
        if element.raw.get("deleted"):
            return
        self._listed += 1
        modified = element.raw.get("modified")
        if not isinstance(modified, str) or not modified:
            self._undated += 1
        elif modified in self._dates or len(self._dates) < _FEW_DATES:
            self._dates[modified] += 1

    def dates_trusted(self) -> bool:
        """Whether `modified` of the objects seen tells what changed: all have one, it is not one and the same
        for nearly all, and it moved with each change that was found."""
        if self.done.jumped or self._undated or not self._listed:
            return False
        most = max(self._dates.values(), default=0)
        return self._listed == 1 or most < 0.9 * self._listed


def _transactions(new: Iterable[Said]) -> Iterator[list[Said]]:
    together: list[Said] = []
    length = 0
    for said in new:
        if together and length + said.length > _CHARACTERS:
            yield together
            together, length = [], 0
        together.append(said)
        length += said.length
    if together:
        yield together


def _proves_allris_numbers(piece: Piece) -> bool:
    return any(
        isinstance(result, ObjectRecord)
        and result.row_name.startswith("allris:")
        and proves_allris_numbers(result.type, result.id, result.values.get("source_url", ""))
        for result in piece.results
    )


def _units_of_administration(source: Source) -> set[str]:
    rows = sql.query(
        "SELECT known.name FROM {table} AS known JOIN {organization} AS unit ON unit.id = known.row"
        " WHERE known.source_id = %s AND known.type = 'Organization' AND unit.type = 'administration'",
        [source.pk],
        table=ledger.TABLE,
        organization=Organization._meta.db_table,
    )
    return {name for (name,) in rows}


def _reason(error: Exception) -> str:
    if isinstance(error, RecordError):
        return str(error)
    if isinstance(error, UnicodeEncodeError):
        return "The object holds a character that is none (a lone surrogate)."
    return f"The database refuses the object: {str(error).splitlines()[0]}"
