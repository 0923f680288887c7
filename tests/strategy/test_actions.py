"""Who may write what, and when."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.dates import Period
from portal.models import User
from sessions.models import AgendaItem, File, Motion, Paper, Vote
from strategy import actions
from strategy.models import Evidence, Measure, OutsideDocument, StatusReport
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return factories.a_user()


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure()


@pytest.fixture
def document() -> OutsideDocument:
    return OutsideDocument.objects.create(
        slug="bericht", title="Bericht", publisher="Zeitung", url="https://example.org"
    )


def draft(measure: Measure, by: User, **fields: object) -> StatusReport:
    defaults: dict[str, object] = {
        "status": factories.a_status(),
        "reason": "Die Arbeit hat begonnen.",
        "as_of": Period.parse("2025-Q3"),
    }
    return actions.draft_report(measure=measure, by=by, **defaults | fields)  # type: ignore[arg-type]  # mixed


# --- Reports ----------------------------------------------------------------------------------


def test_reports_are_numbered_by_measure(measure: Measure, editor: User) -> None:
    other = factories.a_measure()
    numbers = [draft(one, editor).number for one in (measure, measure, other)]
    assert numbers == [1, 2, 1]


def test_a_draft_says_who_wrote_it_and_is_not_public(measure: Measure, editor: User) -> None:
    report = draft(measure, editor, new_end=Period.parse("2026"))
    assert (report.written_by, report.state) == (editor, "draft")
    assert (report.as_of_period, report.new_end_period) == (Period.parse("2025-Q3"), Period.parse("2026"))
    assert not StatusReport.objects.published().exists()


def test_a_number_out_of_order_is_refused(measure: Measure, editor: User) -> None:
    with pytest.raises(actions.WrongReportNumber, match="has number 1"):
        draft(measure, editor, number=2)
    assert draft(measure, editor, number=1).number == 1


@pytest.mark.parametrize("fields", [{"reason": ""}, {"schedule": "late"}, {"schedule": "soon"}])
def test_a_report_that_says_too_little_is_refused(
    measure: Measure, editor: User, fields: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        draft(measure, editor, **fields)
    assert not StatusReport.objects.exists()


def test_a_correction_needs_a_published_report_of_the_measure(measure: Measure, editor: User) -> None:
    first = draft(measure, editor)
    with pytest.raises(actions.WrongCorrection, match="can still be changed"):
        draft(measure, editor, corrects=first)
    with pytest.raises(actions.WrongCorrection, match="another measure"):
        draft(measure, editor, corrects=factories.a_report(factories.a_measure()))
    actions.publish_report(report=first, by=editor)
    assert draft(measure, editor, corrects=first).corrects == first


def test_publishing_names_time_and_person(measure: Measure, editor: User) -> None:
    report = actions.publish_report(report=draft(measure, factories.a_user()), by=editor)
    stored = StatusReport.objects.published().get()
    assert (stored.published_by, stored.published_at) == (editor, report.published_at)
    assert report.published_at is not None
    assert (report.status_label, report.criterion) == (stored.status_label, stored.criterion)
    assert report.status_label == "läuft"


def test_a_published_report_is_not_published_again(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    actions.publish_report(report=StatusReport.objects.get(), by=editor)
    # The caller's copy is old; what counts is the row.
    assert report.state == "draft"
    with pytest.raises(actions.ReportIsPublished):
        actions.publish_report(report=report, by=editor)


def test_a_returned_report_must_be_reworked_first(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    StatusReport.objects.update(
        state="returned", returned_at=factories.NOON, returned_by=editor, return_reason="Beleg fehlt"
    )
    with pytest.raises(actions.ReportNotReady, match="Beleg fehlt"):
        actions.publish_report(report=report, by=editor)


# --- Publishing -------------------------------------------------------------------------------


def test_publish_makes_public_once(editor: User) -> None:
    measure = factories.a_measure(published=False)
    actions.publish(measure, by=editor)
    first = Measure.objects.published().get()
    assert (first.published_by, measure.is_published) == (editor, True)
    actions.publish(measure, by=factories.a_user())
    again = Measure.objects.get()
    assert (again.published_at, again.published_by, again.changed_at) == (
        first.published_at,
        editor,
        first.changed_at,
    )


def test_a_closed_account_does_nothing(measure: Measure, document: OutsideDocument) -> None:
    closed = factories.a_user(is_active=False)
    report = factories.a_report(measure, published=False)
    with pytest.raises(actions.AccountIsClosed):
        draft(measure, closed)
    with pytest.raises(actions.AccountIsClosed):
        actions.publish_report(report=report, by=closed)
    with pytest.raises(actions.AccountIsClosed):
        actions.publish(factories.a_measure(published=False), by=closed)
    with pytest.raises(actions.AccountIsClosed):
        actions.add_evidence(subject=report, source=document, by=closed)


# --- Evidence ---------------------------------------------------------------------------------


def test_a_quote_finds_its_paragraph(item: AgendaItem, measure: Measure, editor: User) -> None:
    evidence = actions.add_evidence(
        subject=measure, source=item, by=editor, aspect="existence", quote="Entwicklung  von\nVoicebots"
    )
    assert evidence.contribution is not None
    assert (evidence.contribution.position, evidence.quote) == (1, "Entwicklung von Voicebots")
    assert (evidence.aspect, evidence.target, evidence.measure) == ("existence", item, measure)


def test_a_paragraph_can_be_named_without_a_quote(item: AgendaItem, measure: Measure, editor: User) -> None:
    evidence = actions.add_evidence(subject=measure, source=item, by=editor, paragraph=3)
    assert evidence.contribution == item.contributions.get(position=3)


def test_evidence_comes_one_after_the_other(item: AgendaItem, measure: Measure, editor: User) -> None:
    positions = [actions.add_evidence(subject=measure, source=item, by=editor).position for _ in range(2)]
    assert positions == [1, 2]


@pytest.mark.parametrize(
    ("error", "paragraph", "quote"),
    [
        (actions.QuoteNotFound, None, "Roboter fahren"),
        (actions.QuoteNotFound, 2, "Entwicklung von Voicebots"),
        (actions.QuoteIsAmbiguous, None, "Einsparungen"),
        (actions.ParagraphNotFound, 13, ""),
        (actions.ParagraphNotFound, 13, "Entwicklung von Voicebots"),
    ],
)
def test_a_quote_that_is_none_is_refused(
    item: AgendaItem,
    measure: Measure,
    editor: User,
    error: type[actions.StrategyError],
    paragraph: int | None,
    quote: str,
) -> None:
    with pytest.raises(error, match="item 1000181"):
        actions.add_evidence(subject=measure, source=item, by=editor, paragraph=paragraph, quote=quote)
    assert not Evidence.objects.exists()


def test_a_resolution_can_be_quoted(item: AgendaItem, measure: Measure, editor: User) -> None:
    AgendaItem.objects.update(resolution_text="Die Strategie wird beschlossen.")
    item.refresh_from_db()
    evidence = actions.add_evidence(subject=measure, source=item, by=editor, quote="wird beschlossen")
    assert evidence.contribution is None


def test_every_record_is_quoted_from_its_own_words(item: AgendaItem, measure: Measure, editor: User) -> None:
    quotes = {
        Motion.objects.get(): "stellt den Antrag",
        Vote.objects.get(): "5 Nein-Stimmen",
        Paper.objects.get(): "Fortschreibung der",
        File.objects.get(): "Text der Anlage",
    }
    for source, quote in quotes.items():
        assert actions.add_evidence(subject=measure, source=source, by=editor, quote=quote).target == source
        with pytest.raises(actions.QuoteNotFound):
            actions.add_evidence(subject=measure, source=source, by=editor, quote="Roboter")
    paper = Paper.objects.get()
    assert actions.add_evidence(subject=measure, source=paper, by=editor, quote="Text der Anlage").quote


def test_words_of_a_closed_file_do_not_leave_through_its_paper(
    item: AgendaItem, measure: Measure, editor: User
) -> None:
    File.objects.update(public=False)
    with pytest.raises(actions.QuoteNotFound):
        actions.add_evidence(subject=measure, source=Paper.objects.get(), by=editor, quote="Text der Anlage")


def test_an_outside_document_cannot_be_quoted(
    measure: Measure, document: OutsideDocument, editor: User
) -> None:
    with pytest.raises(actions.QuoteNotCheckable):
        actions.add_evidence(subject=measure, source=document, by=editor, quote="Wort")
    with pytest.raises(actions.ParagraphNotFound):
        actions.add_evidence(subject=measure, source=document, by=editor, paragraph=1)
    assert actions.add_evidence(subject=measure, source=document, by=editor, note="Schluss").quote == ""


def test_a_record_that_is_not_public_is_no_source(item: AgendaItem, measure: Measure, editor: User) -> None:
    AgendaItem.objects.update(public=None)
    for source in (item, Motion.objects.get(), Vote.objects.get()):
        with pytest.raises(actions.SourceIsNotPublic, match="item 1000181"):
            actions.add_evidence(subject=measure, source=source, by=editor)


def test_evidence_of_a_published_report_stands(
    measure: Measure, document: OutsideDocument, editor: User
) -> None:
    report = draft(measure, editor)
    evidence = actions.add_evidence(subject=report, source=document, by=editor, aspect="status")
    actions.publish_report(report=report, by=editor)
    with pytest.raises(actions.ReportIsPublished), transaction.atomic():
        actions.add_evidence(subject=report, source=document, by=editor)
    with pytest.raises(actions.ReportIsPublished), transaction.atomic():
        actions.change_evidence(
            evidence=evidence, by=editor, paragraph=None, quote="", note="neu", is_inferred=False, position=1
        )
    assert Evidence.objects.get().note == ""


def test_a_document_stands_once_a_published_report_cites_it(
    measure: Measure, document: OutsideDocument, editor: User
) -> None:
    report = draft(measure, editor)
    actions.add_evidence(subject=report, source=document, by=editor)
    actions.check_document(document, ["title"])
    actions.publish_report(report=report, by=editor)
    with pytest.raises(
        actions.DocumentIsCited, match=r"document bericht .* \(title, url\); add a new document"
    ):
        actions.check_document(document, ["title", "url", "note"])
    actions.check_document(document, ["note"])


def test_an_unknown_aspect_is_refused(measure: Measure, document: OutsideDocument, editor: User) -> None:
    with pytest.raises(ValidationError):
        actions.add_evidence(subject=measure, source=document, by=editor, aspect="rumour")


def test_changing_evidence_checks_the_new_quote(item: AgendaItem, measure: Measure, editor: User) -> None:
    evidence = actions.add_evidence(subject=measure, source=item, by=editor, quote="Voicebots")
    with pytest.raises(actions.QuoteNotFound):
        actions.change_evidence(
            evidence=evidence,
            by=editor,
            paragraph=None,
            quote="Roboter",
            note="",
            is_inferred=False,
            position=1,
        )
    actions.change_evidence(
        evidence=evidence,
        by=editor,
        paragraph=12,
        quote="ersten Ausblick",
        note="neu",
        is_inferred=True,
        position=4,
    )
    stored = Evidence.objects.get()
    assert stored.contribution is not None
    assert (stored.contribution.position, stored.quote, stored.note, stored.position) == (
        12,
        "ersten Ausblick",
        "neu",
        4,
    )
    assert stored.is_inferred


def test_a_conclusion_says_what_it_is(measure: Measure, document: OutsideDocument, editor: User) -> None:
    with pytest.raises(ValidationError, match="was der Schluss ist"):
        actions.add_evidence(subject=measure, source=document, by=editor, is_inferred=True)
    assert actions.add_evidence(
        subject=measure, source=document, by=editor, is_inferred=True, note="Schluss"
    ).is_inferred
