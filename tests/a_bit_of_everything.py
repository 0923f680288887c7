"""A small portal with at least one public object of every kind that can be found."""

from dataclasses import dataclass
from datetime import date

from sessions.models import AgendaItem, File, FilePage, FileText, Meeting, Motion, Organization, Paper
from strategy.models import (
    Indicator,
    Measure,
    Milestone,
    Partner,
    Question,
    ReportFigure,
    ReportMilestone,
    StatusReport,
    Strategy,
)
from tests import factories
from tests.sessions.council import a_committee, a_consultation, a_file, a_meeting, a_motion, a_paper

MONTH = {"reached": date(2025, 8, 1), "reached_precision": "month"}


@dataclass(frozen=True)
class Everything:
    committee: Organization
    meeting: Meeting
    item: AgendaItem
    paper: Paper
    motion: Motion
    paper_file: File
    """With pages 3 and 12."""
    item_file: File
    """With a text of its source and no pages."""
    meeting_file: File
    """Broken: nothing of it was read."""
    strategy: Strategy
    measure: Measure
    report: StatusReport
    question: Question


def a_bit_of_everything() -> Everything:
    committee = a_committee("Ausschuss für Digitales")
    meeting = a_meeting(committee)
    item = factories.an_item(
        meeting=meeting, number="Ö 13", title="Digitalisierungsstrategie", result="geändert beschlossen",
        resolution_text="Der Ausschuss beschließt die Fortschreibung.",
    )  # fmt: skip
    paragraph = factories.a_paragraph(item, "Die Straßenbeleuchtung wird vernetzt.")
    factories.a_paragraph(item, "Der Voicebot nimmt Anrufe an.", kind="statement")
    paper = a_paper(
        reference="MV/11986/25", name="Fortschreibung", paper_type="Mitteilungsvorlage", date=date(2025, 8, 1)
    )
    a_consultation(paper, item, committee)
    motion = a_motion(item, wording="Der Punkt wird vertagt.", contribution=paragraph, paper=paper)
    paper_file = a_file(
        paper=paper,
        name="Anlage Kosten",
        access_url="https://ratsinfo.example.org/do.pdf",
        date=date(2025, 8, 2),
    )
    for number, text in ((3, "Glasfaser in Schulen"), (12, "Kosten der Telefonzentrale")):
        FilePage.objects.create(file=paper_file, number=number, text=text)
    FileText.objects.create(
        file=paper_file, state="extracted", page_count=14, sha512="0" * 128, read_at=factories.NOON
    )
    item_file = a_file(agenda_item=item, name="Präsentation", text="Folien zum Breitband")
    meeting_file = a_file(meeting=meeting, name="Ergebnisprotokoll Juni", role="results")
    FileText.objects.create(file=meeting_file, state="broken", read_at=factories.NOON)
    factories.an_item(title="Ein anderer Punkt einer anderen Sitzung")
    return Everything(
        committee, meeting, item, paper, motion, paper_file, item_file, meeting_file, *_strategy()
    )


def _strategy() -> tuple[Strategy, Measure, StatusReport, Question]:
    strategy = factories.a_strategy()
    measure = factories.a_measure(
        name="Telefonzentrale", summary="Ein Voicebot hilft.", description="**Anrufe** und\n\n- Rückrufe",
        plain_summary="Ein Computer geht ans Telefon.", field=factories.a_field(name="Bürgerservice"),
    )  # fmt: skip
    measure.partners.add(Partner.objects.create(slug="stadtwerke", name="Stadtwerke"))
    milestone = Milestone.objects.create(measure=measure, slug="probe", name="Probebetrieb")
    indicator = Indicator.objects.create(measure=measure, slug="anrufe", name="Anrufzahl", unit="je Tag")
    report = factories.a_report(
        measure, published=False, reason="Die Ausschreibung läuft.", results="*Vertrag* geschlossen",
        next_steps="Schulung der Belegschaft", schedule="late", schedule_reason="Lieferengpass",
        urgent_reason="Haushaltsberatung",
    )  # fmt: skip
    ReportMilestone.objects.create(report=report, milestone=milestone, **MONTH)
    ReportFigure.objects.create(
        report=report, indicator=indicator, observed=date(2025, 8, 1), observed_precision="month",
        not_yet_measurable=True, not_yet_measurable_reason="Zähler fehlt",
    )  # fmt: skip
    factories.publish(report)
    question = Question.objects.create(
        strategy=strategy, measure=measure, slug="wann", text="Wann kommt der Sprachassistent?",
        asked_on=date(2025, 5, 1), answer="Im Herbst.", answered_on=date(2025, 6, 1),
        published_at=factories.NOON, published_by=factories.a_user(),
    )  # fmt: skip
    return strategy, measure, report, question
