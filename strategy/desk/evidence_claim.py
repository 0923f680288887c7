"""What a piece of evidence backs and what it rests on, as the picker shows both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.german import german_number, period_words
from sessions.models import AgendaItem, File, Motion, Paper, Vote
from sessions.presenters import Name, name_of
from strategy.actions import ReportIsPublished, ReportIsSubmitted, Source, Subject, is_public
from strategy.actions.things import measure_of
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

A = Evidence.Aspect
NEXT, ASPECT, PLACE = "next", "belegt", "stelle"
"""Parameters of the picker: where the person came from, which claim they meant, which part of an item."""
WHOLE, RESOLUTION = "ganz", "beschluss"
"""Values of PLACE beside the number of a paragraph."""
LONGEST_SHOWN = 20_000
"""Letters of a file's text that the page shows; a quote is looked for in all of it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that evidence can back."""

    model: type[Model]
    field: str
    """Its name among the columns of Evidence."""
    aspects: tuple[A, ...]
    """Which of its claims; the first is meant where nobody says."""
    related: tuple[str, ...]
    title: Callable[[Any], str]


KINDS: dict[str, Kind] = {
    "report": Kind(
        StatusReport,
        "report",
        (A.STATUS, A.RESULTS, A.SCHEDULE, A.GENERAL),
        ("measure",),
        lambda report: f"Sachstand Nr. {report.number} zu „{report.measure.name}“",
    ),
    "measure": Kind(
        Measure,
        "measure",
        (
            *(A.EXISTENCE, A.BINDING, A.RESPONSIBLE, A.PARTNER),
            *(A.PLANNED_START, A.PLANNED_END, A.ACTUAL_START, A.ACTUAL_END, A.GENERAL),
        ),
        (),
        lambda measure: f"Maßnahme „{measure.name}“",
    ),
    "milestone": Kind(
        Milestone,
        "milestone",
        (A.PLANNED, A.REACHED, A.GENERAL),
        ("measure",),
        lambda milestone: f"Meilenstein „{milestone.name}“ von „{milestone.measure.name}“",
    ),
    "observation": Kind(
        Observation,
        "observation",
        (A.AMOUNT, A.GENERAL),
        ("indicator__measure",),
        lambda value: f"Messwert „{value.indicator.name}“, {observed_words(value)}",
    ),
    "money": Kind(
        MoneyItem,
        "money_item",
        (A.AMOUNT, A.GENERAL),
        ("measure", "strategy"),
        lambda item: f"Finanzposition „{item.name}“ von „{(item.measure or item.strategy).name}“",
    ),
    "question": Kind(
        Question,
        "question",
        (A.ANSWER, A.QUESTION, A.GENERAL),
        ("measure", "strategy"),
        lambda question: f"Frage aus dem Rat „{shortened(question.text)}“",
    ),
    "strategy": Kind(
        Strategy,
        "strategy",
        (A.GENERAL, A.BINDING, A.SCHEDULE),
        (),
        lambda strategy: f"Strategie „{strategy.name}“",
    ),
}
"""By the word in the address."""

SOURCES: dict[str, tuple[type[Model], str]] = {
    "item": (AgendaItem, "agenda_item"),
    "paper": (Paper, "paper"),
    "motion": (Motion, "motion"),
    "vote": (Vote, "vote"),
    "file": (File, "file"),
    "document": (OutsideDocument, "document"),
}
"""What evidence can rest on: by the word in the address, the model and its name among the columns."""


def shortened(text: str, most: int = 80) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[:most].rstrip()} …"


def observed_words(value: Observation) -> str:
    period = value.observed_period
    when = period_words(period) if period else "ohne Tag"
    return f"{german_number(value.value)}, {when}" if value.value is not None else when


@dataclass(frozen=True, slots=True)
class Claim:
    """What the evidence is to back, and the way back to where its editor came from."""

    kind: str
    subject: Subject
    measure: Measure | None
    back: str
    """Address on this portal."""
    aspect: str = ""
    """Which claim was meant where the person came from; "" where they did not say."""
    asked_back: str = ""

    @classmethod
    def of(cls, request: HttpRequest, kind: str, pk: int) -> "Claim":
        """Raises Http404 for a kind that nothing has, and for a thing that is not there."""
        if kind not in KINDS:
            raise Http404("nothing of that kind has evidence")
        known = KINDS[kind]
        rows = known.model._base_manager.select_related(*known.related) if known.related else (
            known.model._base_manager.all()
        )  # fmt: skip
        subject = rows.filter(pk=pk).first()
        if subject is None:
            raise Http404("what the evidence is for is not there")
        return cls.about(request, kind, subject)

    @classmethod
    def about(cls, request: HttpRequest, kind: str, subject: Any) -> "Claim":
        asked = safe_next(request)
        aspect = request.GET.get(ASPECT, "")
        measure = None if isinstance(subject, Strategy) else measure_of(subject)
        return cls(
            kind,
            subject,
            measure,
            asked or page_of_subject(subject, measure),
            aspect if aspect in KINDS[kind].aspects else "",
            asked,
        )

    @property
    def title(self) -> str:
        return KINDS[self.kind].title(self.subject)

    @property
    def field(self) -> str:
        return KINDS[self.kind].field

    @property
    def aspects(self) -> list[tuple[str, str]]:
        """Choices of a form."""
        return [(str(one.value), str(one.label)) for one in KINDS[self.kind].aspects]

    @property
    def needs_release(self) -> bool:
        """Whether everybody reads it, so that a second person must agree."""
        return not isinstance(self.subject, StatusReport) and is_public(self.subject)

    @property
    def stands(self) -> str:
        """Why nothing of its evidence can change, in German; "" where it can."""
        if isinstance(self.subject, StatusReport):
            if self.subject.state == StatusReport.State.PUBLISHED:
                return ReportIsPublished.german
            if self.subject.state == StatusReport.State.SUBMITTED:
                return ReportIsSubmitted.german
        return ""

    @property
    def query(self) -> str:
        """ "?next=…&belegt=…": what every page of the picker hands on; "" where there is nothing."""
        return self.with_query("")

    def with_query(self, address: str, **parameters: Any) -> str:
        """`address` with these parameters and those that every page hands on."""
        kept = {NEXT: self.asked_back, ASPECT: self.aspect, **parameters}
        known = {name: value for name, value in kept.items() if value not in ("", None)}
        return f"{address}?{urlencode(known)}" if known else address

    @property
    def find_url(self) -> str:
        return self.with_query(reverse("desk:evidence-add", args=[self.kind, self.subject.pk]))

    @property
    def document_url(self) -> str:
        return self.with_query(reverse("desk:evidence-document", args=[self.kind, self.subject.pk]))

    def source_url(self, source: str, pk: int, place: str | int | None = None) -> str:
        """The page on which words of this source are chosen."""
        address = reverse("desk:evidence-source", args=[self.kind, self.subject.pk, source, pk])
        return self.with_query(address, **{PLACE: place})


def safe_next(request: HttpRequest) -> str:
    """The address on this portal that `next` names; "" where it names none or one elsewhere."""
    asked = request.GET.get(NEXT, "")
    inside = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if inside else ""


def page_of_subject(subject: Any, measure: Measure | None) -> str:
    """Where the desk shows what the evidence is for."""
    match subject:
        case StatusReport():
            return reverse("desk:report", args=[subject.pk])
        case Question():
            return reverse("desk:question", args=[subject.pk])
    return reverse("desk:measure", args=[measure.slug]) if measure else reverse("desk:strategy")


def kind_of(evidence: Evidence) -> str:
    """The word in the address for what the evidence backs."""
    return next(kind for kind, known in KINDS.items() if getattr(evidence, f"{known.field}_id") is not None)


def source_of(target: Source) -> str:
    """The word in the address for what evidence rests on."""
    return next(word for word, (model, _) in SOURCES.items() if isinstance(target, model))


def public_source(word: str, pk: int) -> Any:
    """A record that everybody can see; None where there is none, or no such kind."""
    if word not in SOURCES:
        return None
    model, _ = SOURCES[word]
    if model is OutsideDocument:
        return OutsideDocument.objects.filter(pk=pk).first()
    rows: Any = model._default_manager
    related = {
        "item": ("meeting",),
        "motion": ("agenda_item__meeting", "paper"),
        "vote": ("agenda_item__meeting", "motion"),
        "file": ("paper", "agenda_item", "meeting"),
    }.get(word, ())
    found = rows.published().filter(pk=pk)
    return (found.select_related(*related) if related else found).first()


@dataclass(frozen=True, slots=True)
class Place:
    """The words that can be quoted: a paragraph, a resolution, a motion, a vote, a file's text."""

    record: Any
    title: str
    """"Absatz 4", "Antrag zum Verfahren"."""
    text: str
    """"" where there are no words of its own to show."""
    paragraph: int | None = None
    speaker: Name | None = None
    is_cut: bool = False
    """Only the beginning is shown."""

    @property
    def has_words(self) -> bool:
        """Whether something of it can be quoted at all; an outside document cannot."""
        return not isinstance(self.record, OutsideDocument)

    @property
    def lines(self) -> int:
        """Height of the field that shows the words."""
        return max(3, min(18, len(self.text) // 80 + self.text.count("\n") + 2))


def place_in(record: Any, place: str, names_open: bool) -> Place | None:
    """What `place` (WHOLE, RESOLUTION, a number) names of a public record; None where there is none."""
    match record:
        case AgendaItem():
            return _place_in_item(record, place, names_open)
        case Paper():
            return Place(record, "Titel der Vorlage", record.name)
        case Motion():
            return Place(record, record.get_kind_display(), record.wording)
        case Vote():
            return Place(record, f"Abstimmung {record.subject}", record.phrase)
        case File():
            shown = record.text[:LONGEST_SHOWN]
            return Place(record, "Text der Datei", shown, is_cut=len(shown) < len(record.text))
    return Place(record, "Dokument von außen", "")


def _place_in_item(item: AgendaItem, place: str, names_open: bool) -> Place | None:
    if place == WHOLE:
        return Place(item, "Der ganze Punkt", "")
    if place == RESOLUTION:
        return Place(item, "Beschluss", item.resolution_text) if item.resolution_text else None
    if not (place.isascii() and place.isdecimal() and len(place) < 10):
        return None
    paragraph = item.contributions.current().filter(position=int(place)).select_related("speaker").first()
    if paragraph is None:
        return None
    speaker = name_of(paragraph.speaker, names_open, paragraph.speaker_role)
    return Place(item, f"Absatz {paragraph.position}", paragraph.text, paragraph.position, speaker)
