"""Evidence: what a claim rests on, bound to the words of the record."""

from collections.abc import Collection

from django.db.models import Max

from portal.dates import Period
from portal.editing import Values, merge
from portal.models import User
from portal.roles import Role
from sessions.models import AgendaItem, Contribution, File, Motion, Paper, Vote
from strategy.actions.errors import (
    ChangedMeanwhile,
    DocumentIsCited,
    FourEyes,
    IsGone,
    ParagraphNotFound,
    QuoteIsAmbiguous,
    QuoteNotCheckable,
    QuoteNotFound,
    SourceIsNotPublic,
)
from strategy.actions.record import action
from strategy.actions.standing import owner_of, touch_report
from strategy.models import (
    Evidence,
    Measure,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Question,
    StatusReport,
    Strategy,
)
from strategy.quotes import find_quote, folded
from strategy.slugs import free_slug

Subject = Strategy | Measure | StatusReport | Milestone | Observation | MoneyItem | Question
"""What an Evidence can back."""
Source = AgendaItem | Paper | Motion | Vote | File | OutsideDocument
"""What an Evidence can rest on."""

_SUBJECTS: dict[type, str] = {
    Strategy: "strategy",
    Measure: "measure",
    StatusReport: "report",
    Milestone: "milestone",
    Observation: "observation",
    MoneyItem: "money_item",
    Question: "question",
}
_SOURCES: dict[type, str] = {
    AgendaItem: "agenda_item",
    Paper: "paper",
    Motion: "motion",
    Vote: "vote",
    File: "file",
    OutsideDocument: "document",
}


@action(Role.EDITOR)
def add_evidence(
    *,
    subject: Subject,
    source: Source,
    by: User,
    aspect: str = Evidence.Aspect.GENERAL,
    paragraph: int | None = None,
    quote: str = "",
    note: str = "",
    is_inferred: bool = False,
    position: int | None = None,
    released_by: User | None = None,
) -> Evidence:
    """Ties a claim of `subject` to the record or document it rests on.

    paragraph: number of a paragraph of the minutes, where the source is an agenda item. quote: words that
    stand in the source; of an agenda item in that paragraph or, without one, in exactly one of its
    paragraphs, which the evidence then names. is_inferred: no source says the claim so; `note` then tells
    the conclusion. position: 1 comes first; the end where it is None. released_by: a second person, needed
    where everybody reads the subject already; else FourEyes.

    Raises ReportIsPublished, ReportIsSubmitted, SourceIsNotPublic, ParagraphNotFound, QuoteNotFound and its
    kinds.
    """
    return tie_evidence(
        subject=subject,
        source=source,
        by=by,
        released_by=released_by,
        aspect=aspect,
        paragraph=paragraph,
        quote=quote,
        note=note,
        is_inferred=is_inferred,
        position=position,
    )


def tie_evidence(
    *,
    subject: Subject,
    source: Source,
    by: User,
    released_by: User | None,
    aspect: str,
    paragraph: int | None,
    quote: str,
    note: str,
    is_inferred: bool,
    position: int | None = None,
) -> Evidence:
    """`add_evidence` inside another action: `by` wrote it once and may have left since."""
    _may_change(subject, by=by, released_by=released_by)
    check_public(source)
    evidence = Evidence(
        **{_SUBJECTS[type(subject)]: subject, _SOURCES[type(source)]: source},
        aspect=aspect,
        contribution=bind_quote(source=source, quote=quote, paragraph=paragraph),
        quote=folded(quote),
        note=note,
        is_inferred=is_inferred,
        position=_last_position(subject) + 1 if position is None else position,
    )
    evidence.full_clean()
    evidence.save()
    return evidence


@action(Role.EDITOR)
def change_evidence(
    *,
    evidence: Evidence,
    by: User,
    paragraph: int | None,
    quote: str,
    note: str,
    is_inferred: bool,
    position: int,
    released_by: User | None = None,
    base: Values | None = None,
) -> Evidence:
    """Brings words, paragraph, note and whether it is inferred up to date; what it backs and rests on stays.

    base: what the editor saw, which is `evidence_values` of then. Raises the same as `add_evidence`, and
    ChangedMeanwhile, where somebody else changed the same since.
    """
    _may_change(evidence.subject, by=by, released_by=released_by)
    if base is not None:
        locked = Evidence.objects.select_for_update().filter(pk=evidence.pk).first()
        if locked is None:
            raise IsGone("the evidence was removed")
        evidence = locked
        stands = evidence_values(evidence)
        merged = merge(base, stands, {"quote": folded(quote), "note": note, "is_inferred": is_inferred})
        if merged.conflicts:
            raise ChangedMeanwhile(merged)
        kept = stands | merged.values
        quote, note, is_inferred = str(kept["quote"]), str(kept["note"]), bool(kept["is_inferred"])
    bound = evidence.contribution.position if evidence.contribution else None
    same_words = folded(quote) == evidence.quote and (
        paragraph == bound or (paragraph is None and bool(quote))
    )
    if not same_words:
        # Words that stay need no new proof: the source may have changed since they were quoted.
        source: Source = evidence.target
        check_public(source)
        evidence.contribution = bind_quote(source=source, quote=quote, paragraph=paragraph)
    evidence.quote, evidence.note, evidence.position = folded(quote), note, position
    evidence.is_inferred = is_inferred
    evidence.full_clean()
    evidence.save(update_fields=["contribution", "quote", "note", "is_inferred", "position"])
    return evidence


def evidence_values(evidence: Evidence) -> Values:
    """What people edit of evidence, as plain values: "quote", "note", "is_inferred"."""
    return {"quote": evidence.quote, "note": evidence.note, "is_inferred": evidence.is_inferred}


@action(Role.EDITOR)
def add_document(
    *,
    by: User,
    title: str,
    publisher: str,
    url: str,
    dated: Period | None = None,
    title_is_description: bool = False,
    note: str = "",
) -> OutsideDocument:
    """A document from outside the council's record, to rest evidence on. Nobody sees it before that.

    dated: as exact as the document says. Raises ValidationError where a value is wrong.
    """
    document = OutsideDocument(
        slug=free_slug(OutsideDocument, f"{publisher} {title}"),
        title=title,
        publisher=publisher,
        url=url,
        dated=dated.first if dated else None,
        dated_precision=dated.precision if dated else "",
        title_is_description=title_is_description,
        note=note,
    )
    document.full_clean()
    document.save()
    return document


@action(Role.EDITOR)
def remove_evidence(*, evidence: Evidence, by: User, released_by: User | None = None) -> None:
    """Takes the evidence away. Raises the same as `change_evidence` about who may."""
    untie_evidence(evidence=evidence, by=by, released_by=released_by)


def untie_evidence(*, evidence: Evidence, by: User, released_by: User | None) -> None:
    """`remove_evidence` inside another action: `by` proposed it once and may have left since."""
    _may_change(evidence.subject, by=by, released_by=released_by)
    evidence.delete()


def _may_change(subject: Subject, *, by: User, released_by: User | None) -> None:
    """Raises where the evidence stands, or where one person alone would change what is public.

    Who gives a draft its evidence has written the draft.
    """
    if isinstance(subject, StatusReport):
        touch_report(subject, by=by)
        return
    owner = owner_of(subject)
    # Locked, so that nobody publishes it between the question and the answer.
    locked = type(owner)._base_manager.select_for_update().filter(pk=owner.pk).first()
    if locked is None:
        raise IsGone("what the evidence is for was removed")
    owner.published_at = locked.published_at
    if not owner.is_published:
        owner.written_by = locked.written_by = by
        locked.save(update_fields=["written_by", "changed_at"])
    elif released_by in (None, by):
        raise FourEyes(f"{subject} is public; a second person must release its evidence")


def check_document(document: OutsideDocument, columns: Collection[str]) -> None:
    """Raises DocumentIsCited where `columns` of the document cannot change: a published report cites it."""
    standing = [column for column in columns if column != "note"]
    if standing and document.evidence.filter(report__state=StatusReport.State.PUBLISHED).exists():
        raise DocumentIsCited(
            f"document {document.slug} is cited by a published report, so it stands "
            f"({', '.join(standing)}); add a new document"
        )


def check_public(source: Source) -> None:
    """Raises SourceIsNotPublic where a reader of the portal could not see the source."""
    if isinstance(source, OutsideDocument):
        return
    if not type(source).objects.published().filter(pk=source.pk).exists():
        raise SourceIsNotPublic(f"{source_name(source)} is not public, or its source took it back")


def bind_quote(*, source: Source, quote: str, paragraph: int | None) -> Contribution | None:
    """The paragraph of the minutes that `paragraph` or `quote` points to; None for all other sources.

    Raises ParagraphNotFound where there is no such paragraph, QuoteNotFound where the words do not stand in
    the source, QuoteIsAmbiguous where they stand in several paragraphs, QuoteNotCheckable for an outside
    document.
    """
    if isinstance(source, AgendaItem):
        return _paragraph(source, folded(quote), paragraph)
    if paragraph is not None:
        raise ParagraphNotFound("only the minutes of an agenda item have paragraphs")
    if not folded(quote):
        return None
    if isinstance(source, OutsideDocument):
        raise QuoteNotCheckable("an outside document cannot be quoted: its words cannot be checked here")
    if not any(find_quote(quote, text) for text in _texts(source)):
        raise QuoteNotFound(f"not found word for word in {source_name(source)}")
    return None


def source_name(source: Source) -> str:
    """What an error message calls a source."""
    match source:
        case AgendaItem():
            return f"item {source.external_id.removeprefix('allris:to:')}"
        case Paper():
            return f"paper {source.reference or source.external_id}"
        case Motion():
            return f"motion {source.position} of {source_name(source.agenda_item)}"
        case Vote():
            return f"vote {source.position} of {source_name(source.agenda_item)}"
        case File():
            return f"file {source.name or source.position}"
        case OutsideDocument():
            return f"document {source.slug}"


def _texts(source: Paper | Motion | Vote | File) -> list[str]:
    """The words of a record that can be quoted."""
    match source:
        case Paper():
            files = File.objects.published().filter(paper=source).values_list("text", flat=True)
            return [source.name, *files]
        case Motion():
            return [source.wording]
        case Vote():
            return [source.phrase]
        case File():
            return [source.text]


def _paragraph(item: AgendaItem, quote: str, number: int | None) -> Contribution | None:
    current = list(item.contributions.current().order_by("position"))
    if number is not None:
        found = next((one for one in current if one.position == number), None)
        if found is None:
            raise ParagraphNotFound(
                f"{source_name(item)} has no paragraph {number}; its minutes have {len(current)}"
            )
        if quote and not find_quote(quote, found.text):
            raise QuoteNotFound(f"not found word for word in paragraph {number} of {source_name(item)}")
        return found
    if not quote:
        return None
    hits = [one for one in current if find_quote(quote, one.text)]
    if len(hits) > 1:
        numbers = ", ".join(str(one.position) for one in hits)
        raise QuoteIsAmbiguous(
            f"stands in several paragraphs of {source_name(item)} ({numbers}); name the paragraph"
        )
    if hits:
        return hits[0]
    if find_quote(quote, item.resolution_text):
        return None
    raise QuoteNotFound(f"not found word for word in {source_name(item)}")


def _last_position(subject: Subject) -> int:
    last: int | None = subject.evidence.aggregate(last=Max("position"))["last"]
    return last or 0
