"""The forms of everything that the desk edits. The page of a measure has several small ones."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from portal.editing import Values
from portal.forms import TextField
from portal.models import User
from portal.roles import Role
from sessions.models import Body, Organization, Paper
from strategy.actions import EDITABLE
from strategy.desk.editing import EditForm
from strategy.models import (
    Edition,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    Partner,
    Strategy,
    TargetArea,
)


class PaperField(forms.CharField):
    """A public paper by its number: there are too many for a list of choices."""

    seen: Any = None
    """Key of the paper that the form opened with: it may stay, though it may be public no more."""

    default_error_messages = {
        "invalid_choice": "Diese Nummer hat keine öffentliche Vorlage, oder mehr als eine."
    }

    def clean(self, value: Any) -> Paper | None:
        number = super().clean(value)
        if not number:
            return None
        if number == self.shown(self.seen):
            return Paper.objects.get(pk=self.seen)
        public = Paper.objects.published()
        found = list(public.filter(reference=number)[:2])
        if not found and number.isascii() and number.isdecimal() and len(number) < 18:
            found = list(public.filter(pk=int(number), reference=""))
        if len(found) != 1:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found[0]

    def shown(self, value: Any) -> str:
        paper = Paper.objects.filter(pk=value).first() if value else None
        return (paper.reference or str(paper.pk)) if paper else ""


class ThingForm(EditForm):
    """Asks why, where a second person decides."""

    why = TextField(
        label="Warum?",
        required=False,
        max_length=2000,
        help_text="für die Person, die freigibt",
    )
    rows = {"why": 3, "summary": 3, "not_yet_measurable_reason": 3, "base": 3}

    def __init__(
        self, data: QueryDict | None = None, *, seen: Values | None = None, waits: bool = False, **kwargs: Any
    ) -> None:
        """waits: whether what is saved waits for a second person."""
        super().__init__(data, seen=seen, **kwargs)
        if not waits:
            del self.fields["why"]

    @property
    def reason(self) -> str:
        """What the person gives as their reason; after `is_valid`."""
        return str(self.cleaned_data.get("why", ""))


def chosen(seen: Values, name: str) -> list[Any]:
    """Keys that the field has already: they stay choices, whatever has become of their rows."""
    value = seen.get(name)
    return value if isinstance(value, list) else [value] if value else []


def _without(names: tuple[str, ...], *gone: str) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)


class NewMeasureForm(ThingForm):
    model = Measure
    names = ("name", "is_working_title", "field", "summary", "origin")


class MeasureTextForm(ThingForm):
    model = Measure
    names = (
        "name",
        "is_working_title",
        "field",
        "summary",
        "plain_summary",
        "description",
        "origin",
        "position",
    )


class MeasureScheduleForm(ThingForm):
    model = Measure
    names = ("planned_start", "planned_end", "actual_start", "actual_end")

    def clean(self) -> dict[str, Any]:
        """Says which span runs backwards: the rules of the database have one message for both."""
        cleaned = super().clean() or {}
        for first, last in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
            start, end = cleaned.get(first), cleaned.get(last)
            if start and end and end.last < start.first:
                self.add_error(last, "Das Ende liegt vor dem Anfang.")
        return cleaned


class MeasureBindingForm(ThingForm):
    model = Measure
    names = ("binding", "binding_reason")
    constraint_fields = {"measure_binding_has_reason": "binding_reason"}


class MeasurePeopleForm(ThingForm):
    model = Measure
    names = ("responsible_units", "partners", "editors")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["responsible_units"]
        partners: Any = self.fields["partners"]
        editors: Any = self.fields["editors"]
        units.queryset = Organization.objects.filter(
            Q(pk__in=Organization.objects.published().values("pk"))
            | Q(pk__in=chosen(self.stands, "responsible_units"))
        ).order_by("name", "pk")
        partners.queryset = Partner.objects.order_by("name", "pk")
        editors.queryset = User.objects.filter(
            Q(is_active=True, groups__name=Role.EDITOR.value) | Q(pk__in=chosen(self.stands, "editors"))
        ).distinct()
        editors.help_text = "Gilt sofort. Öffentlich ist es nicht."


class MilestoneForm(ThingForm):
    model = Milestone
    names = _without(EDITABLE[Milestone], "measure")


class IndicatorForm(ThingForm):
    model = Indicator
    names = _without(EDITABLE[Indicator], "measure")


class ObservationForm(ThingForm):
    model = Observation
    names = _without(EDITABLE[Observation], "indicator")
    constraint_fields = {
        "observation_certainty_paired": "certainty",
        "observation_unmeasurable_has_reason": "not_yet_measurable_reason",
    }


class MoneyItemForm(ThingForm):
    model = MoneyItem
    names = _without(EDITABLE[MoneyItem], "measure", "strategy")
    constraint_fields = {
        "money_item_certainty_paired": "certainty",
        "money_item_unmeasurable_has_reason": "not_yet_measurable_reason",
        "money_item_year_or_note": "year",
        "money_item_reference_has_base": "base",
        "money_item_amount_not_negative": "amount",
        "money_item_range": "amount_max",
    }


class MeasureLinkForm(ThingForm):
    model = MeasureLink
    names = _without(EDITABLE[MeasureLink], "measure")


class FieldOfActionForm(ThingForm):
    model = FieldOfAction
    names = EDITABLE[FieldOfAction]
    constraint_fields = {"field_has_name": "name"}


class TargetAreaForm(ThingForm):
    model = TargetArea
    names = _without(EDITABLE[TargetArea], "strategy")


class EditionForm(ThingForm):
    model = Edition
    names = _without(EDITABLE[Edition], "strategy")

    adopted_by = PaperField(
        label="Vorlage", required=False, help_text="Nummer der Vorlage im Ratsinformationssystem"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paper: Any = self.fields["adopted_by"]
        paper.seen = self.base.get("adopted_by")


class StrategyForm(ThingForm):
    model = Strategy
    names = ("name", "summary", "plain_summary", "binding_note")


class NewStrategyForm(ThingForm):
    model = Strategy
    names = ("body", "name", "summary")

    body = forms.ModelChoiceField(label="Körperschaft", queryset=Body.objects.all())


class StrategyRulesForm(ThingForm):
    model = Strategy
    names = (
        "reviews_needed",
        "days_without_review",
        "report_due_days",
        "report_overdue_days",
        "report_silent_days",
    )
    constraint_fields = {"strategy_rhythm_grows": "report_overdue_days"}
