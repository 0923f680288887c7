"""What the desk edits, by the word in the address."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import Http404
from django.urls import reverse

from portal.models import Publishable
from strategy.desk.things import forms
from strategy.models import (
    Edition,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    Strategy,
    TargetArea,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of thing, or one part of a bigger one, with a form of its own."""

    word: str
    model: type[models.Model]
    form: type[forms.ThingForm]
    part: str = ""
    """What the form is about, where it is not the whole thing."""
    new: str = ""
    """Heading of the page that makes one: "Neuer Meilenstein"."""
    new_form: type[forms.ThingForm] | None = None
    parent: tuple[str, type[models.Model]] | None = None
    """The field that names what a new one belongs to, and its model."""
    related: tuple[str, ...] = ()
    """What tells whether it is public, and where its page is."""

    @property
    def can_be_removed(self) -> bool:
        return not self.part

    @property
    def can_be_published(self) -> bool:
        return not self.part and issubclass(self.model, Publishable)


_ALL = (
    Kind("massnahme", Measure, forms.MeasureTextForm, "", "Neue Maßnahme", forms.NewMeasureForm),
    Kind("zeitplan", Measure, forms.MeasureScheduleForm, "Zeitplan"),
    Kind("verbindlichkeit", Measure, forms.MeasureBindingForm, "Verbindlichkeit"),
    Kind("zustaendigkeit", Measure, forms.MeasurePeopleForm, "Zuständigkeit und Partner"),
    Kind(
        "meilenstein",
        Milestone,
        forms.MilestoneForm,
        new="Neuer Meilenstein",
        parent=("measure", Measure),
        related=("measure",),
    ),
    Kind(
        "kennzahl",
        Indicator,
        forms.IndicatorForm,
        new="Neue Kennzahl",
        parent=("measure", Measure),
        related=("measure",),
    ),
    Kind(
        "messwert",
        Observation,
        forms.ObservationForm,
        new="Neuer Messwert",
        parent=("indicator", Indicator),
        related=("indicator__measure",),
    ),
    Kind(
        "finanzposition",
        MoneyItem,
        forms.MoneyItemForm,
        new="Neue Finanzposition",
        parent=("measure", Measure),
        related=("measure", "strategy"),
    ),
    Kind(
        "bezugsgroesse",
        MoneyItem,
        forms.MoneyItemForm,
        new="Neue Finanzposition der Strategie",
        parent=("strategy", Strategy),
        related=("measure", "strategy"),
    ),
    Kind(
        "link",
        MeasureLink,
        forms.MeasureLinkForm,
        new="Neuer Link",
        parent=("measure", Measure),
        related=("measure",),
    ),
    Kind("handlungsfeld", FieldOfAction, forms.FieldOfActionForm, new="Neues Handlungsfeld"),
    Kind(
        "zielfeld",
        TargetArea,
        forms.TargetAreaForm,
        new="Neues Zielfeld",
        parent=("strategy", Strategy),
    ),
    Kind(
        "fortschreibung",
        Edition,
        forms.EditionForm,
        new="Neue Fortschreibung",
        parent=("strategy", Strategy),
    ),
    Kind("strategie", Strategy, forms.StrategyForm, "", "Neue Strategie", forms.NewStrategyForm),
    Kind("regeln", Strategy, forms.StrategyRulesForm, "Regeln für Sachstände"),
)

KINDS = {kind.word: kind for kind in _ALL}


def kind_of(word: str) -> Kind:
    """Raises Http404 for a word that names nothing."""
    if word not in KINDS:
        raise Http404("nothing of that kind")
    return KINDS[word]


def page_of_thing(obj: Any) -> str:
    """Where the desk shows a thing: on the page of its measure, or on that of the strategy."""
    match obj:
        case Measure():
            measure: Measure | None = obj
        case Observation():
            measure = obj.indicator.measure
        case Milestone() | Indicator() | MoneyItem() | MeasureLink():
            measure = obj.measure
        case _:
            measure = None
    anchor = _ANCHORS.get(type(obj), "")
    if measure is None:
        return reverse("desk:strategy") + anchor
    return reverse("desk:measure", args=[measure.slug]) + anchor


def list_of(model: type[models.Model]) -> str:
    """The page where all of them are."""
    return reverse("desk:measures" if model is Measure else "desk:strategy")


_ANCHORS: dict[type, str] = {
    Milestone: "#meilensteine",
    Indicator: "#kennzahlen",
    Observation: "#kennzahlen",
    MoneyItem: "#geld",
    MeasureLink: "#links",
    FieldOfAction: "#handlungsfelder",
    TargetArea: "#zielfelder",
    Edition: "#fortschreibungen",
}
