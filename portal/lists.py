"""Lists that readers narrow: filters in the address, a count beside every choice, chips, messages, order.

A value that a filter does not know is named in a message and otherwise ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.http import urlencode
from django_filters.fields import ModelChoiceField

from portal.collation import alphabetical

FIRST_YEAR, LAST_YEAR = 1800, 2200
SHOWN = 40
"""Characters of a value nobody knows that its message repeats."""
TEXT, SORT, PAGE = "q", "sortierung", "page"
"""Parameters of every list: words to search for, order, page. All others are filters with choices."""

Row = tuple[str, str, str, int]
"""Filter, value as in the address, label ("" where the filter knows its own), number of entries."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int | None
    """How many entries it would show; None where nothing is counted."""
    checked: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its choices."""

    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    url: str


class YearFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Jahr", min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class SlugField(ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        # The database would refuse a NUL byte with an error that a form does not expect.
        if value and not slug_re.match(str(value)):
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return super().to_python(value)


class SlugFilter(django_filters.ModelChoiceFilter):
    """A record of `queryset`, by its slug."""

    field_class = SlugField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(to_field_name="slug", **kwargs)


class ListFilter(django_filters.FilterSet):
    """The GET parameters of a list: `q` and one filter with choices per other declared filter.

    Subclasses declare the filters, say in `counts` how to count their choices, and name the orders.
    """

    sorts: dict[str, tuple[str, tuple[Any, ...]]] = {}
    """Value of `sortierung`: label and order. "" is the usual one."""

    def counts(self) -> list[QuerySet[Any, Row]]:
        """Grouped queries made with `counted`, one or more per filter; they run as one."""
        raise NotImplementedError

    @cached_property
    def in_force(self) -> dict[str, str]:
        """Filters that narrow the list, and their values as they stand in the address."""
        self.errors  # noqa: B018 - validates the form, once
        return {
            name: str(self.form.fields[name].prepare_value(value))
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "")
        }

    @property
    def is_narrowed(self) -> bool:
        return bool(self.in_force)

    def without(self, name: str) -> Any:
        """The list as all the other filters leave it."""
        if name not in self.in_force:
            return self.qs
        queryset = self.queryset.all()
        for other in self.in_force.keys() - {name}:
            queryset = self.filters[other].filter(queryset, self.form.cleaned_data[other])
        return queryset

    # Order

    @property
    def sort(self) -> str:
        """The chosen order; the usual one for a word nobody knows."""
        chosen = self.data.get(SORT, "")
        return chosen if chosen in self.sorts else ""

    @property
    def sort_choices(self) -> list[Choice]:
        return [Choice(value, label, None, value == self.sort) for value, (label, _) in self.sorts.items()]

    def ordered(self) -> Any:
        """The list in the chosen order."""
        return self.qs.order_by(*self.sorts[self.sort][1])

    # Choices

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Per filter its choices, each with the number of entries that it and the other filters leave."""
        found: dict[str, dict[str, Choice]] = {name: {} for name in self.filters if name != TEXT}
        for name, value, label, count in self.rows():
            if not count:  # Counting one fixed value gives a row even where nothing has it.
                continue
            text = label or self.words(name).get(value, value)
            found[name][value] = Choice(value, text, count, value == self.in_force.get(name))
        for name, value in self.in_force.items():
            # The choice in force stays on the list even where it leaves nothing.
            if name in found and value not in found[name]:
                found[name][value] = Choice(value, self.text_of(name), 0, True)
        return {
            name: Facet(
                name,
                self.filters[name].label,
                sorted(choices.values(), key=lambda choice: self.order_of(name, choice)),
            )
            for name, choices in found.items()
        }

    def rows(self) -> Iterator[Row]:
        """What `counts` finds, in one query."""
        first, *others = self.counts()
        yield from first.union(*others, all=True)

    def words(self, name: str) -> dict[str, str]:
        """Values of a filter with fixed choices and what they are called, in the order of the page."""
        return dict(self.filters[name].extra.get("choices", ()))

    def text_of(self, name: str) -> str:
        """The value in force as the page names it, where no entry has it."""
        return self.words(name).get(self.in_force[name]) or str(self.form.cleaned_data[name])

    def order_of(self, name: str, choice: Choice) -> Any:
        """What sorts the choices: fixed ones as declared, years from the newest, names by the alphabet."""
        if words := list(self.words(name)):
            return words.index(choice.value) if choice.value in words else len(words)
        if isinstance(self.filters[name], YearFilter):
            return -int(choice.value)
        return alphabetical(choice.label)

    # What the page says about the filters

    @cached_property
    def chips(self) -> list[Chip]:
        labels = {
            facet.name: choice.label
            for facet in self.facets.values()
            for choice in facet.choices
            if choice.checked
        }
        return [
            Chip(f"{self.filters[name].label}: {labels.get(name, value)}", self.address_without(name))
            for name, value in self.in_force.items()
        ]

    @property
    def clear_url(self) -> str:
        """Address of the whole list, in the chosen order."""
        return self.address_without(*self.filters)

    def address_without(self, *names: str) -> str:
        """Address of this list's first page without these filters, nor those that were not understood."""
        gone = {PAGE, *names, *self.errors}
        kept = {name: value for name, value in self.data.items() if value and name not in gone}
        return f"?{urlencode(kept)}" if kept else "."

    @property
    def messages(self) -> list[str]:
        """One sentence per filter whose value was not understood."""
        found = []
        for name, errors in self.errors.items():
            label = self.filters[name].label
            if type(self.form.fields[name]) is forms.CharField:
                found.append(f"Der Filter „{label}“ wurde nicht angewandt: {' '.join(errors)}")
            else:
                typed = self.data.get(name, "").replace("\0", "")[:SHOWN]
                found.append(f"Der Filter „{label}“ kennt „{typed}“ nicht und wurde nicht angewandt.")
        return found


def counted(
    name: str,
    queryset: QuerySet[Any],
    value: str | Combinable,
    label: str | Combinable | None = None,
    *,
    of: str = "pk",
) -> QuerySet[Any, Row]:
    """Rows of the filter `name`: the values of a field, their labels, and how many different `of` have them.

    All but the number are texts, ready for a union. A value must not be null.
    """
    return (
        queryset.order_by()
        .values_list(
            Value(name, CharField()),
            Cast(value, CharField()),
            Value("", CharField()) if label is None else Cast(label, CharField()),
        )
        .annotate(number=Count(of, distinct=True))
    )
