"""Evidence of a strategy file: finds what is there already, adds what is new, leaves alone what stands."""

from portal.imports import Outcome
from portal.models import User
from sessions.models import Body, Motion, Vote
from strategy import actions
from strategy.imports import nodes as schema
from strategy.imports.portal_edits import Content, EvidencePast
from strategy.imports.records import Records
from strategy.imports.rows import Change, RowWriter
from strategy.models import Evidence


class EvidenceWriter(RowWriter):
    """Ties rows to the records they rest on."""

    def __init__(self, body: Body, by: User, released_by: User) -> None:
        super().__init__(by, released_by)
        self.records = Records(body)

    def evidence(self, node: schema.Claimant, subject: actions.Subject, name: str) -> bool:
        """Brings the evidence of `subject` in line with the file; what only the database has is kept.

        Whether all of the file's evidence stands there now: what people changed or removed in the portal
        stays so.
        """
        remaining = self.existing_evidence(subject)
        new: list[tuple[int, schema.Evidence]] = []
        for position, one in enumerate(node.evidence, start=1):
            with self.noting():
                old = self.take(one, node, remaining)
                if old is None:
                    new.append((position, one))
                elif old.position != position:
                    self.rewrite(one, old, position, name)
                else:
                    self.result.unchanged += 1
        # Of what this run made nobody can have changed anything; that saves a query for each.
        past = EvidencePast(subject) if new and (type(subject), subject.pk) not in self.fresh else None
        number = len(self.result.edited) + len(self.result.removed)
        if past is not None:
            new = [
                (position, one) for position, one in new if not self.stays(one, node, past, remaining, name)
            ]
        for position, one in new:
            with self.noting(), self.rules(one):
                source = self.records.source(one)
                aspect = node.aspect_of(one)
                # The same claim resting on the same record: its words or its note were put right.
                old = next(
                    (
                        row
                        for row in remaining
                        if _same_source(row, aspect, source) and (past is None or past.is_of_import(row.pk))
                    ),
                    None,
                )
                if old is not None:
                    remaining.remove(old)
                    if past is not None and past.is_edited(old, _signature(old)):
                        self.result.edited.append(f"Evidence of {name}: {old.get_aspect_display()}")
                    else:
                        self.rewrite(one, old, position, name)
                    continue
                actions.add_evidence(
                    subject=subject,
                    source=source,
                    by=self.by,
                    released_by=self.released_by,
                    aspect=aspect,
                    paragraph=one.paragraph,
                    quote=one.quote or "",
                    note=one.note or "",
                    is_inferred=one.inferred,
                    position=position,
                )
                self.result.changes.append(Change(Outcome.CREATED, f"Evidence of {name}"))
        self.result.kept += [f"evidence of {name}: {row.get_aspect_display()}" for row in remaining]
        return number == len(self.result.edited) + len(self.result.removed)

    def stays(
        self,
        one: schema.Evidence,
        node: schema.Claimant,
        past: EvidencePast,
        remaining: list[Evidence],
        name: str,
    ) -> bool:
        """Whether an import has brought this evidence before, and people changed or removed it since."""
        rows = past.rows_that_said(
            _wanted(one, node, self.records.source(one)),
            one.paragraph,
            any_paragraph=_found_by_quote(one),
        )
        for row in remaining:
            if row.pk in rows and past.is_edited(row, _signature(row)):
                remaining.remove(row)
                self.result.edited.append(f"Evidence of {name}: {row.get_aspect_display()}")
                return True
        if any(row.pk in rows for row in remaining) or not past.take_gone(rows):
            return False
        self.result.removed.append(f"Evidence of {name}: {Evidence.Aspect(node.aspect_of(one)).label}")
        return True

    def existing_evidence(self, subject: actions.Subject) -> list[Evidence]:
        return list(subject.evidence.with_targets().order_by("position", "pk"))

    def take(self, one: schema.Evidence, node: schema.Claimant, remaining: list[Evidence]) -> Evidence | None:
        """The row that says what the file says, taken out of `remaining`.

        Looked for before the quote is: minutes may change after something rests on them, and the paragraph
        that was quoted then still stands in the database.
        """
        with self.locating(one):
            source = self.records.source(one)
        wanted = _wanted(one, node, source)
        for row in remaining:
            paragraph = row.contribution.position if row.contribution else None
            if _signature(row) == wanted and (_found_by_quote(one) or paragraph == one.paragraph):
                remaining.remove(row)
                return row
        return None

    def rewrite(self, one: schema.Evidence, row: Evidence, position: int, name: str) -> None:
        with self.rules(one):
            actions.change_evidence(
                evidence=row,
                by=self.by,
                released_by=self.released_by,
                paragraph=one.paragraph,
                quote=one.quote or "",
                note=one.note or "",
                is_inferred=one.inferred,
                position=position,
            )
            self.result.changes.append(Change(Outcome.CHANGED, f"Evidence of {name}"))

    def check(self, one: schema.Evidence) -> None:
        """Whether the source is there and the quote stands in it; writes nothing."""
        if one.document is not None:
            return
        with self.noting(), self.rules(one), self.locating(one):
            source = self.records.source(one)
            actions.check_public(source)
            actions.bind_quote(source=source, quote=one.quote or "", paragraph=one.paragraph)


def _found_by_quote(one: schema.Evidence) -> bool:
    """A paragraph that the file leaves out is found by its quote."""
    return one.paragraph is None and one.quote is not None


def _wanted(one: schema.Evidence, node: schema.Claimant, source: actions.Source) -> Content:
    return (node.aspect_of(one), _source_key(source), one.quote or "", one.note or "", one.inferred)


def _source_key(source: actions.Source) -> tuple[object, ...]:
    """Names a source as a file does: a motion by its item and number, so that a new wording is the same."""
    if isinstance(source, Motion | Vote):
        return (type(source).__name__, source.agenda_item_id, source.position)
    return (type(source).__name__, source.pk)


def _signature(row: Evidence) -> Content:
    return (row.aspect, _source_key(row.target), row.quote, row.note, row.is_inferred)


def _same_source(row: Evidence, aspect: str, source: actions.Source) -> bool:
    return row.aspect == aspect and _source_key(row.target) == _source_key(source)
