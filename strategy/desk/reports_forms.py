"""Forms of a report: its words, the milestones and figures that it states, and what others decide on it."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from portal.dates import Period
from portal.editing import Values, plain
from portal.forms import NumberField, PeriodField, TextField
from strategy.desk.editing import EditForm
from strategy.models import (
    Indicator,
    Measure,
    Milestone,
    ReportFigure,
    ReportMilestone,
    Status,
    StatusReport,
)
from strategy.models.figures import Certainty

WORDS = ("status", "reason", "results", "next_steps", "schedule", "schedule_reason", "new_end", "as_of")
"""What the form of a report edits; which report it corrects is settled when it is begun."""
CARRIED_ON = ("status", "schedule", "new_end")
"""What a new report takes over from the one before: it saves typing and is looked at anyway. Not the reason:
who does not write it anew has not asked whether it still holds."""


class ReportForm(EditForm):
    """seen: `portal.editing.plain(report, WORDS)`; None for a new one, which opens with `opens_with`."""

    model = StatusReport
    names = WORDS
    constraint_fields: ClassVar[Mapping[str, str]] = {
        "report_late_has_reason": "schedule_reason",
        "report_has_reason": "reason",
    }
    rows: ClassVar[Mapping[str, int]] = {"reason": 4, "results": 10, "next_steps": 6, "schedule_reason": 3}

    status = forms.ModelChoiceField(
        Status.objects.all(),
        label="Status",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Bitte wählen Sie den Status.",
            "invalid_choice": "Diesen Status gibt es nicht.",
        },
    )
    reason = TextField(
        label="Grund",
        help_text="warum das Kriterium zutrifft, in ein bis drei Sätzen",
        error_messages={"required": "Bitte schreiben Sie, warum der Status zutrifft."},
    )
    schedule = forms.ChoiceField(
        label="Zeitplan",
        choices=StatusReport.Schedule.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte sagen Sie, ob die Maßnahme im Zeitplan ist."},
    )
    schedule_reason = TextField(
        label="Warum verspätet?",
        required=False,
        help_text="nur bei „verspätet“",
    )
    new_end = PeriodField(
        label="Neues Ende",
        required=False,
        help_text="nur bei „verspätet“; leer, wenn noch niemand es weiß",
    )
    as_of = PeriodField(
        label="Stand",
        help_text="wann das so war, was Sie schreiben",
        error_messages={"required": "Bitte nennen Sie den Stand."},
    )

    def __init__(
        self, data: QueryDict | None = None, *, seen: Values | None = None, opens_with: Values | None = None
    ) -> None:
        super().__init__(data, seen=seen)
        if opens_with:
            self._show(opens_with)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        late = cleaned.get("schedule") == StatusReport.Schedule.LATE
        if late and not cleaned.get("schedule_reason"):
            self.add_error("schedule_reason", "Die Maßnahme ist verspätet. Bitte nennen Sie den Grund.")
        if cleaned.get("new_end") and "schedule" in cleaned and not late:
            self.add_error(
                "new_end", "Ein neues Ende gehört zu „verspätet“. Wählen Sie das, oder leeren Sie das Feld."
            )
        return cleaned

    def new_values(self) -> dict[str, Any]:
        """What `draft_report` takes; after `is_valid`."""
        return {name: self.cleaned_data[name] for name in WORDS}


class _PartForm(EditForm):
    """Something that a report states: it is sent along with the report's words, and may be left empty."""

    @property
    def is_filled(self) -> bool:
        """Whether anybody typed something here."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)


class MilestoneForm(_PartForm):
    """A milestone of the measure that has been reached."""

    model = ReportMilestone
    names = ("milestone", "reached")

    milestone = forms.ModelChoiceField(
        Milestone.objects.none(),
        label="Meilenstein",
        empty_label="bitte wählen",
        error_messages={
            "required": "Bitte wählen Sie den Meilenstein.",
            "invalid_choice": "Diesen Meilenstein hat die Maßnahme nicht.",
        },
    )
    reached = PeriodField(
        label="Erreicht", error_messages={"required": "Bitte sagen Sie, wann er erreicht wurde."}
    )

    def __init__(self, data: QueryDict | None, *, measure: Measure) -> None:
        super().__init__(data, prefix="meilenstein")
        field = cast("forms.ModelChoiceField[Milestone]", self.fields["milestone"])
        field.queryset = Milestone.objects.filter(measure=measure)


class FigureForm(_PartForm):
    """A value of an indicator with how certain it is, or why there is none yet."""

    model = ReportFigure
    names = ("indicator", "observed", "value", "certainty", "not_yet_measurable_reason")
    rows: ClassVar[Mapping[str, int]] = {"not_yet_measurable_reason": 2}

    indicator = forms.ModelChoiceField(
        Indicator.objects.none(),
        label="Kennzahl",
        empty_label="bitte wählen",
        error_messages={
            "required": "Bitte wählen Sie die Kennzahl.",
            "invalid_choice": "Diese Kennzahl hat die Maßnahme nicht.",
        },
    )
    observed = PeriodField(label="Zeit", error_messages={"required": "Bitte sagen Sie, für welche Zeit."})
    value = NumberField(label="Wert", required=False, max_digits=18, decimal_places=4)
    certainty = forms.ChoiceField(
        label="Wie sicher ist der Wert?",
        required=False,
        choices=[("", "bitte wählen"), *Certainty.choices],
    )
    not_yet_measurable_reason = TextField(
        label="Oder: warum noch nicht messbar?", required=False, help_text="statt eines Werts"
    )

    def __init__(self, data: QueryDict | None, *, measure: Measure) -> None:
        super().__init__(data, prefix="messwert")
        field = cast("forms.ModelChoiceField[Indicator]", self.fields["indicator"])
        field.queryset = Indicator.objects.filter(measure=measure)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        has_value, reason = cleaned.get("value") is not None, cleaned.get("not_yet_measurable_reason")
        if has_value and reason:
            self.add_error(
                "not_yet_measurable_reason", "Entweder ein Wert oder ein Grund, warum es keinen gibt."
            )
        elif not has_value and not reason and "value" not in self.errors:
            self.add_error("value", "Bitte nennen Sie den Wert, oder warum er noch nicht messbar ist.")
        if has_value and not cleaned.get("certainty"):
            self.add_error("certainty", "Bitte sagen Sie, wie sicher der Wert ist.")
        if reason:
            cleaned["certainty"] = ""
        return cleaned


class ReasonForm(forms.Form):
    """Why somebody returns a report, or publishes it before the reviews are there."""

    reason = TextField(
        label="Grund", max_length=2000, error_messages={"required": "Bitte nennen Sie den Grund."}
    )

    def __init__(
        self, data: QueryDict | None = None, *, prefix: str, label: str, help_text: str = ""
    ) -> None:
        super().__init__(data, prefix=prefix, label_suffix="")
        self.use_required_attribute = False
        field = self.fields["reason"]
        field.label, field.help_text = label, help_text
        field.widget.attrs |= {"class": "kern-form-input__input", "rows": 3, "autocomplete": "off"}


def opens_with(previous: StatusReport | None, *, today: Period, corrects: bool) -> Values:
    """What a new report opens with: what is carried on from `previous`; all of it where it is corrected."""
    values: Values = {"as_of": today.iso}
    if previous is not None:
        values |= plain(previous, WORDS if corrects else CARRIED_ON)
    return values
