"""Forms of the desk: made from the fields of a model, and safe where two people edit the same thing.

A form carries what its editor saw (`base`), signed. The actions bring together what was seen, what stands
and what is wanted; where both changed the same field, the page shows both and the person decides.

    form = MeasureForm(posted(request), seen=effective(measure))
    if form.is_valid():
        saved = form.attempt(lambda: save(obj=measure, values=form.plain_values(), base=form.base, by=user))
        if saved:
            return redirect(...)
    return render(request, "…", {"form": form})
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.signing import BadSignature
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString

from portal.editing import Merge, Plain, Values, as_plain, has_precision, plain, seal, unseal, unseal_moment
from portal.forms import TOO_LONG, MarkdownField, NumberField, PeriodField, TextField, limit_words
from portal.html import TooLargeError, render_markdown
from strategy.actions.errors import ChangedMeanwhile, StrategyError
from strategy.desk.words import NOTHING, in_words, label_of

T = TypeVar("T")

BASE = "gesehen"
"""Name of the hidden field with what the editor saw."""
PREVIEW = "vorschau"
"""Name of the buttons that show a text as readers would see it; the value is the field."""
MINE, THEIRS = "meine", "andere"
_UNDECIDED = "?"
"""Before the name of a field, within the sealed base: both changed it, and nobody has decided yet."""

MARKDOWN = frozenset({"description", "plain_summary", "results", "next_steps"})
"""Names of fields that readers see as formatted text."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two people changed: what stands now, and what this editor wants."""

    field: BoundField
    name: str
    theirs: str
    mine: str
    choice: str
    """MINE, THEIRS, or "" before anybody has chosen."""


def read_at(request: HttpRequest) -> datetime:
    """When what the person read had been changed last; long ago where the form does not say (`read_at`)."""
    try:
        return unseal_moment(request.POST.get("read_at", ""))
    except BadSignature:
        return datetime.min.replace(tzinfo=UTC)


def tell_taken_over(request: HttpRequest, merge: Merge, model: type[models.Model]) -> None:
    """A sentence about fields that others changed meanwhile and that stay so."""
    if merge.taken_over:
        labels = ", ".join(label_of(model, name) for name in merge.taken_over)
        messages.info(request, f"Jemand anders hat inzwischen geändert: {labels}. Das bleibt so.")


def posted(request: HttpRequest) -> QueryDict | None:
    """The data for a form: what was sent; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def field_for(model: type[models.Model], name: str) -> forms.Field:
    """The form field for a field of a model, by the names of `portal.editing`."""
    column: Any = model._meta.get_field(name)
    text = {"label": _upper_first(column.verbose_name), "help_text": column.help_text}
    if has_precision(model, name):
        return PeriodField(required=not column.blank, **text)
    if isinstance(column, models.TextField):
        kind = MarkdownField if name in MARKDOWN else TextField
        return kind(required=not column.blank, **text)
    if isinstance(column, models.DecimalField):
        return NumberField(
            required=not column.blank,
            max_digits=column.max_digits,
            decimal_places=column.decimal_places,
            **text,
        )
    options: dict[str, Any] = {}
    if isinstance(column, models.URLField):
        options["assume_scheme"] = "https"
    elif isinstance(column, models.IntegerField):
        options["widget"] = forms.TextInput(attrs={"inputmode": "numeric"})
    elif column.many_to_many:
        options["widget"] = forms.CheckboxSelectMultiple
    field: forms.Field = column.formfield(**options)
    field.label, field.initial = text["label"], None
    nothing = "bitte wählen" if field.required else "keine Angabe"
    if isinstance(field, forms.ModelChoiceField) and not column.many_to_many:
        field.empty_label = nothing
    elif isinstance(field, forms.TypedChoiceField):
        offered: Any = field.choices
        field.choices = [(value, label if value else nothing) for value, label in offered]
    return field


class EditForm(forms.Form):
    """A form for `names` of `model`. Fields that a subclass declares stand instead of the model's own.

    seen: the plain values that the form opens with, of a row that is there: `effective(obj)` or
    `portal.editing.plain(obj, names)`. None for something new: then the defaults of the model.
    """

    model: ClassVar[type[models.Model]]
    names: ClassVar[tuple[str, ...]]
    constraint_fields: ClassVar[Mapping[str, str]] = {}
    """Which field shows the message of a constraint of the model; without, it stands above the form."""
    rows: ClassVar[Mapping[str, int]] = {}
    """Heights of text areas, in lines."""

    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None, *, seen: Values | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.label_suffix = ""
        self.is_new = seen is None
        self.stands: Values = plain(self.model(), self.names) if seen is None else dict(seen)
        extra = [name for name in self.fields if name not in self.names]
        for name in self.names:
            if name not in self.fields:
                self.fields[name] = field_for(self.model, name)
        self.order_fields([*self.names, *extra])
        for name, field in self.fields.items():
            _dress(field, rows=self.rows.get(name))
        self.conflicts: list[Conflict] = []
        self.taken_over: list[str] = []
        """Labels of fields that others changed meanwhile and this editor did not touch."""
        self.base_was_lost = False
        self._undecided: frozenset[str] = frozenset()
        self.base: Values = dict(self.stands)
        """What the editor saw."""
        self._show(self.stands)
        if self.is_bound and not self.is_new:
            self._read_base()
        self.preview_of = self.data.get(self.add_prefix(PREVIEW), "") if self.is_bound else ""

    # What the page asks for

    @property
    def sealed_base(self) -> str:
        """The value of the hidden field BASE."""
        if self.base_was_lost and not self._undecided:
            return ""
        return seal(self.base | {f"{_UNDECIDED}{name}": True for name in self._undecided})

    @property
    def base_name(self) -> str:
        return self.add_prefix(BASE)

    @property
    def preview_name(self) -> str:
        return self.add_prefix(PREVIEW)

    @property
    def has_markdown(self) -> bool:
        """Whether the form has buttons for a preview."""
        return any(isinstance(field, MarkdownField) for field in self.fields.values())

    @property
    def has_trouble(self) -> bool:
        """Whether something was sent that was not saved."""
        return bool(self.errors or self.conflicts or self.base_was_lost)

    @property
    def troubles(self) -> list[tuple[str, str, str]]:
        """What is wrong, in order of the fields: (anchor, label, message)."""
        found = [("", "", str(message)) for message in self.non_field_errors()]
        for name in self.fields:
            field = self[name]
            found += [(f"#{field.auto_id}", str(field.label), str(message)) for message in field.errors]
        return found

    @property
    def preview(self) -> SafeString | None:
        """The text of the field `preview_of`, as readers would see it; None where nobody asked for it."""
        if self.preview_of not in self.fields or not isinstance(self.fields[self.preview_of], MarkdownField):
            return None
        try:
            return render_markdown(str(self[self.preview_of].value() or ""))
        except TooLargeError:
            return None

    def is_valid(self) -> bool:
        """A preview saves nothing; and who has to decide between two versions decides first."""
        if self.preview_of or not super().is_valid():
            return False
        if self.base_was_lost:
            self._ask_for_all_that_differs()
        return not self.base_was_lost

    def full_clean(self) -> None:
        if self.is_bound and self.preview_of:
            self._errors, self.cleaned_data = ErrorDict(), {}
            self._check_preview()
        else:
            super().full_clean()
        if self.is_bound and self._undecided:
            self._read_decisions()

    def plain_values(self) -> Values:
        """What the person wants, as plain values of `names`; after `is_valid`.

        A text that differs from what was seen only by spaces at its ends or by line breaks is what was seen.
        """
        return {name: self._wanted(name) for name in self.names}

    def attempt(self, write: Callable[[], T]) -> T | None:
        """What `write` gives; None where a rule forbids it, and the form then says why."""
        try:
            return write()
        except ChangedMeanwhile as error:
            self.resolve(error)
        except (StrategyError, ValidationError) as error:
            self.refuse(error)
        return None

    def resolve(self, error: ChangedMeanwhile) -> None:
        """Shows the form again with what stands now beside what the person wants, and lets them decide."""
        merge, mine = error.merge, self.plain_values()
        stands = {name: theirs for name, (theirs, _) in merge.conflicts.items()}
        same = {
            name: value
            for name, value in mine.items()
            if name not in merge.values and name not in merge.taken_over and name not in stands
        }
        self.base = self.base | same | merge.taken_over | stands
        self.taken_over = [str(self.fields[name].label) for name in merge.taken_over if name in self.fields]
        self._undecided = frozenset(stands)
        self._show(mine | merge.taken_over)
        self._unbind()
        self._set_conflicts(merge.conflicts)

    def refuse(self, error: StrategyError | ValidationError) -> None:
        """Puts the message of an action to the field that it is about, or above the form."""
        if isinstance(error, StrategyError):
            self.add_error(None, error.german)
            return
        places = {
            constraint.violation_error_message: self.constraint_fields[constraint.name]
            for constraint in self.model._meta.constraints
            if constraint.name in self.constraint_fields
        }
        by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, sentences in by_field.items():
            for message in dict.fromkeys(sentences):
                place = places.get(message, name.removesuffix("_precision"))
                self.add_error(place if place in self.fields else None, message)

    # How it does it

    def _show(self, values: Mapping[str, Plain]) -> None:
        for name in self.names:
            if name in values:
                shown = getattr(self.fields[name], "shown", None)
                self.initial[name] = shown(values[name]) if shown else values[name]

    def _unbind(self) -> None:
        """From now on the form shows `initial`; extra fields keep what was sent."""
        for name in self.fields:
            if name not in self.names:
                self.initial[name] = self.cleaned_data.get(name)
        self.is_bound, self.data = False, QueryDict()
        self._errors = ErrorDict()
        self._bound_fields_cache: dict[str, BoundField] = {}

    def _read_base(self) -> None:
        try:
            sealed = unseal(self.data.get(self.base_name, ""))
        except BadSignature:
            self.base_was_lost = True
            return
        undecided = {name.removeprefix(_UNDECIDED) for name in sealed if name.startswith(_UNDECIDED)}
        self._undecided = frozenset(undecided & set(self.names))
        self.base = {name: value for name, value in sealed.items() if name in self.names}

    def _wanted(self, name: str) -> Plain:
        if self._choice(name) == THEIRS and name in self._undecided:
            return self.base[name]
        value = as_plain(self.model, name, self.cleaned_data[name])
        seen = self.base.get(name)
        if isinstance(seen, str) and isinstance(value, str) and _flat(seen) == _flat(value):
            return seen
        return value

    def _choice(self, name: str) -> str:
        choice: str = self.data.get(self.add_prefix(f"choice-{name}"), "")
        return choice

    def _read_decisions(self) -> None:
        """Who chose the other version means it, whatever is typed; who did not choose is asked again."""
        undecided = [name for name in self.names if name in self._undecided]
        for name in undecided:
            if self._choice(name) == THEIRS:
                self._errors.pop(name, None)
            elif self._choice(name) != MINE and not self.preview_of:
                self.add_error(
                    None, f"{self.fields[name].label}: Bitte entscheiden Sie, welche Fassung gilt."
                )
        self.conflicts = [self._conflict(name, self.base[name], self._typed(name)) for name in undecided]

    def _typed(self, name: str) -> str:
        if name in self.cleaned_data:
            return in_words(self.model, name, as_plain(self.model, name, self.cleaned_data[name]))
        return str(self[name].value() or NOTHING)

    def _conflict(self, name: str, theirs: Plain, mine: str) -> Conflict:
        return Conflict(
            field=self[name],
            name=self.add_prefix(f"choice-{name}"),
            theirs=in_words(self.model, name, theirs),
            mine=mine,
            choice=self._choice(name) if self.is_bound else "",
        )

    def _ask_for_all_that_differs(self) -> None:
        """Nobody knows what the person saw: of all that differs they say themselves which version holds."""
        self.base = dict(self.stands)
        mine = self.plain_values()
        conflicts = {
            name: (self.stands[name], value) for name, value in mine.items() if value != self.stands[name]
        }
        if not conflicts:
            self.base_was_lost = False
            return
        self._undecided = frozenset(conflicts)
        self._show(mine)
        self._unbind()
        self._set_conflicts(conflicts)

    def _set_conflicts(self, conflicts: Mapping[str, tuple[Plain, Plain]]) -> None:
        self.conflicts = [
            self._conflict(name, theirs, in_words(self.model, name, mine))
            for name, (theirs, mine) in conflicts.items()
            if name in self.fields
        ]

    def _check_preview(self) -> None:
        if self.preview_of not in self.fields:
            self.preview_of = ""
            self.add_error(None, "Eine Vorschau gibt es nur für Texte.")
            return
        try:
            self.fields[self.preview_of].clean(self.data.get(self.add_prefix(self.preview_of), ""))
        except ValidationError as error:
            self.add_error(self.preview_of, error)


def _dress(field: forms.Field, *, rows: int | None) -> None:
    """KERN's class names, the limit in words, and no limit in the browser: it would cut off silently."""
    widget = field.widget
    attrs = widget.attrs
    attrs.pop("maxlength", None)
    # First, because Django derives it from RadioSelect.
    if isinstance(widget, forms.CheckboxSelectMultiple):
        attrs["class"] = "kern-form-check__checkbox"
    elif isinstance(widget, forms.RadioSelect):
        attrs["class"] = "kern-form-check__radio"
    elif isinstance(widget, forms.Select):
        attrs["class"] = "kern-form-input__select"
    elif isinstance(widget, forms.CheckboxInput):
        attrs["class"] = "kern-form-check__checkbox"
    else:
        attrs["class"] = "kern-form-input__input"
        attrs.setdefault("autocomplete", "off")
    if rows is not None:
        attrs["rows"] = rows
    limit: int | None = getattr(field, "max_length", None)
    if isinstance(field, PeriodField):
        hints = [str(field.help_text), field.example]
    else:
        hints = [str(field.help_text), limit_words(limit) if limit else ""]
        field.error_messages["max_length"] = TOO_LONG
    field.help_text = "; ".join(hint for hint in hints if hint)


def _flat(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _upper_first(text: Any) -> str:
    return str(text)[:1].upper() + str(text)[1:]
