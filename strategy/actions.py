"""What writes the strategy: every rule about who may change what, and when, stands here once.

Functions are keyword-only and atomic, and take who acts as `by`. They raise a StrategyError whose text says
what is wrong; a page or a command shows it.
"""

from collections.abc import Collection
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.dates import Period
from portal.models import Publishable, User
from sessions.models import AgendaItem, Contribution, File, Motion, Paper, Vote
from strategy.models import (
    Evidence,
    Measure,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Question,
    Status,
    StatusReport,
    Strategy,
)
from strategy.quotes import find_quote, folded

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

P = TypeVar("P", bound=Publishable)


class StrategyError(Exception):
    """A rule of the strategy forbids what was asked for."""


class AccountIsClosed(StrategyError):
    """Who acts may no longer act."""


class ReportIsPublished(StrategyError):
    """A published report and its evidence stand."""


class DocumentIsCited(StrategyError):
    """What a published report cites stands."""


class ReportNotReady(StrategyError):
    """A report that was returned must be reworked before it can be published."""


class WrongReportNumber(StrategyError):
    """Reports of a measure are numbered without gaps."""


class WrongCorrection(StrategyError):
    """A report corrects an earlier, published report of the same measure."""


class SourceIsNotPublic(StrategyError):
    """A claim that everybody reads rests on records that everybody can read."""


class ParagraphNotFound(StrategyError):
    """The minutes have no such paragraph."""


class QuoteNotFound(StrategyError):
    """The words do not stand in the record."""


class QuoteIsAmbiguous(QuoteNotFound):
    """The words stand in several paragraphs."""


class QuoteNotCheckable(QuoteNotFound):
    """Nobody can check here whether the words stand in the source."""


@transaction.atomic
def publish(obj: P, *, by: User) -> P:
    """Makes `obj` public. Once it is, nothing happens: the first time counts."""
    _may_act(by)
    locked = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
    if not locked.is_published:
        locked.published_at, locked.published_by = timezone.now(), by
        locked.save(update_fields=["published_at", "published_by", "changed_at"])
    obj.published_at, obj.published_by = locked.published_at, locked.published_by
    return obj


@transaction.atomic
def draft_report(
    *,
    measure: Measure,
    status: Status,
    reason: str,
    as_of: Period,
    by: User,
    number: int | None = None,
    results: str = "",
    next_steps: str = "",
    schedule: str = StatusReport.Schedule.UNKNOWN,
    schedule_reason: str = "",
    new_end: Period | None = None,
    corrects: StatusReport | None = None,
) -> StatusReport:
    """A new draft for `measure`, with the next number of its reports.

    number: what the writer takes the next number to be; another one raises WrongReportNumber. corrects: an
    earlier published report of the same measure, else WrongCorrection. Raises ValidationError where a field
    is wrong.
    """
    _may_act(by)
    # Two drafts at once must not get the same number.
    Measure.objects.select_for_update().get(pk=measure.pk)
    last = StatusReport.objects.filter(measure=measure).aggregate(last=Max("number"))["last"] or 0
    if number is not None and number != last + 1:
        raise WrongReportNumber(f"the next report of this measure has number {last + 1}")
    if corrects is not None:
        if corrects.measure_id != measure.pk:
            raise WrongCorrection(f"report {corrects.number} belongs to another measure")
        if corrects.state != StatusReport.State.PUBLISHED:
            raise WrongCorrection(f"report {corrects.number} is not published, so it can still be changed")
    report = StatusReport(
        measure=measure,
        number=last + 1,
        status=status,
        reason=reason,
        results=results,
        next_steps=next_steps,
        schedule=schedule,
        schedule_reason=schedule_reason,
        new_end=new_end.first if new_end else None,
        new_end_precision=new_end.precision if new_end else "",
        as_of=as_of.first,
        as_of_precision=as_of.precision,
        corrects=corrects,
        written_by=by,
    )
    report.full_clean()
    report.save()
    return report


@transaction.atomic
def publish_report(*, report: StatusReport, by: User) -> StatusReport:
    """Publishes a draft or submitted report; from then on neither it nor its evidence can change.

    The database adds the words of its status. Raises ReportIsPublished or ReportNotReady.
    """
    _may_act(by)
    locked = _open_report(report)
    if locked.state == StatusReport.State.RETURNED:
        raise ReportNotReady(f"report {locked.number} was returned: {locked.return_reason}")
    locked.state = StatusReport.State.PUBLISHED
    locked.published_at, locked.published_by = timezone.now(), by
    locked.save(update_fields=["state", "published_at", "published_by"])
    report.state, report.published_at, report.published_by = locked.state, locked.published_at, by
    report.refresh_from_db(fields=["status_label", "criterion"])
    return report


@transaction.atomic
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
) -> Evidence:
    """Ties a claim of `subject` to the record or document it rests on.

    paragraph: number of a paragraph of the minutes, where the source is an agenda item. quote: words that
    stand in the source; of an agenda item in that paragraph or, without one, in exactly one of its
    paragraphs, which the evidence then names. is_inferred: no source says the claim so; `note` then tells
    the conclusion. position: 1 comes first; the end where it is None.

    Raises ReportIsPublished, SourceIsNotPublic, ParagraphNotFound, QuoteNotFound and its kinds.
    """
    _may_act(by)
    if isinstance(subject, StatusReport):
        _open_report(subject)
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


@transaction.atomic
def change_evidence(
    *,
    evidence: Evidence,
    by: User,
    paragraph: int | None,
    quote: str,
    note: str,
    is_inferred: bool,
    position: int,
) -> Evidence:
    """Brings words, paragraph, note and whether it is inferred up to date; what it backs and rests on stays.

    Raises the same as `add_evidence`.
    """
    _may_act(by)
    if evidence.report is not None:
        _open_report(evidence.report)
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


def _open_report(report: StatusReport) -> StatusReport:
    """The report, locked until the transaction ends. Raises ReportIsPublished."""
    locked = StatusReport.objects.select_for_update().get(pk=report.pk)
    if locked.state == StatusReport.State.PUBLISHED:
        raise ReportIsPublished(
            f"report {locked.number} is published and stands; write a new report that corrects it"
        )
    return locked


def _last_position(subject: Subject) -> int:
    last: int | None = subject.evidence.aggregate(last=Max("position"))["last"]
    return last or 0


def _may_act(by: User) -> None:
    if not by.is_active:
        raise AccountIsClosed("this account is closed")
