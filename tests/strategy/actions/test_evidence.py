"""Evidence is bound to the words of the record, and stands where its claim stands."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.models import User
from portal.roles import Role
from sessions.models import AgendaItem, File, Motion, Paper, Vote
from strategy import actions
from strategy.models import Evidence, Measure, OutsideDocument
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return factories.an_editor()


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure(published=False)


@pytest.fixture
def document() -> OutsideDocument:
    return OutsideDocument.objects.create(
        slug="bericht", title="Bericht", publisher="Zeitung", url="https://example.org"
    )


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
    report = factories.a_report(measure, published=False)
    evidence = actions.add_evidence(subject=report, source=document, by=editor, aspect="status")
    factories.publish(report)
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
    report = factories.a_report(measure, published=False)
    actions.add_evidence(subject=report, source=document, by=editor)
    actions.check_document(document, ["title"])
    factories.publish(report)
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


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.RELEASER, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_tie_evidence(role: Role, measure: Measure, document: OutsideDocument) -> None:
    somebody = factories.an_account(role)
    with pytest.raises(actions.RoleIsMissing):
        actions.add_evidence(subject=measure, source=document, by=somebody)
    assert not Evidence.objects.exists()


def test_a_public_claim_gets_evidence_by_two_people_only(document: OutsideDocument, editor: User) -> None:
    measure = factories.a_measure()
    for released_by in (None, editor):
        with pytest.raises(actions.FourEyes):
            actions.add_evidence(subject=measure, source=document, by=editor, released_by=released_by)
    evidence = actions.add_evidence(
        subject=measure, source=document, by=editor, released_by=factories.a_releaser()
    )
    with pytest.raises(actions.FourEyes):
        actions.remove_evidence(evidence=evidence, by=editor)
    actions.remove_evidence(evidence=evidence, by=editor, released_by=factories.a_releaser())
    assert not Evidence.objects.exists()


def test_whoever_ties_evidence_has_written_the_report_too(
    measure: Measure, document: OutsideDocument, editor: User
) -> None:
    report = factories.a_report(measure, published=False)
    actions.add_evidence(subject=report, source=document, by=editor)
    report.refresh_from_db()
    assert report.changed_by == editor


def test_evidence_of_a_submitted_report_stands(
    measure: Measure, document: OutsideDocument, editor: User
) -> None:
    report = factories.a_report(measure, published=False)
    evidence = actions.add_evidence(subject=report, source=document, by=editor)
    factories.submit(report)
    with pytest.raises(actions.ReportIsSubmitted):
        actions.add_evidence(subject=report, source=document, by=editor)
    with pytest.raises(actions.ReportIsSubmitted):
        actions.remove_evidence(evidence=evidence, by=editor)
    assert Evidence.objects.count() == 1
