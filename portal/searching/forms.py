"""What the address of the search asks for, `/suche/?q=…&art=…&jahr=…`: words, filters and order.

A filter whose value nobody knows is named in a message and otherwise ignored, as in portal.lists.
"""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.http import urlencode

from portal.collation import alphabetical
from portal.german import german_number
from portal.lists import FIRST_YEAR, LAST_YEAR, SHOWN, SORT, TEXT, Chip, Choice, Facet
from portal.searching.finding import Narrowing
from portal.searching.kinds import facets, kinds, labels_of

LONGEST: Final = 200
"""Characters that are searched for; the field takes no more."""

FILTERS: Final = {
    "art": "kind", "jahr": "year", "feld": "field", "gremium": "committees", "status": "status",
}  # fmt: skip
"""Parameter of the address → column of SearchShelf, in the order of the page."""

NEWEST_FIRST: Final = "datum"
SORTS: Final = {"": "beste Treffer zuerst", NEWEST_FIRST: "neueste zuerst"}


class SearchForm(forms.Form):
    q = forms.CharField(required=False)
    art = forms.CharField(required=False)
    jahr = forms.IntegerField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    feld = forms.CharField(required=False, max_length=100, validators=[validate_slug])
    gremium = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False)
    status = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._labels: dict[str, dict[str, str]] = {column: {} for column in FILTERS.values()}
        self.full_clean()

    def clean(self) -> None:
        values = {name: str(value) for name in FILTERS if (value := self.cleaned_data.get(name))}
        self._learn({FILTERS[name]: [value] for name, value in values.items()})
        for name, value in values.items():
            if not self.labels(name, [value]):
                self.add_error(name, ValidationError("unknown", "unknown"))

    # What is asked for

    @cached_property
    def text(self) -> str:
        """What is searched for; "" for nothing. Where a correction takes its place, all links follow."""
        return str(self.cleaned_data.get(TEXT, ""))[:LONGEST].strip()

    @cached_property
    def in_force(self) -> dict[str, str]:
        """Filters that narrow the hits, and their values."""
        return {name: str(value) for name in FILTERS if (value := self.cleaned_data.get(name))}

    @property
    def newest_first(self) -> bool:
        return self.data.get(SORT) == NEWEST_FIRST

    @property
    def narrowing(self) -> Narrowing:
        return Narrowing(
            kind=self.in_force.get("art", ""),
            year=self.cleaned_data.get("jahr"),
            field=self.in_force.get("feld", ""),
            status=self.in_force.get("status", ""),
            committee=self.in_force.get("gremium", ""),
        )

    # What the page shows of it

    def labels(self, name: str, values: Collection[str]) -> Mapping[str, str]:
        """What these values of a filter are called; without those that nobody may know of."""
        known = self._labels[FILTERS[name]]
        return {value: known[value] for value in values if value in known}

    def _learn(self, wanted: Mapping[str, Collection[str]]) -> None:
        """Looks up what values of the columns are called, all at once."""
        self._labels["year"] |= {year: year for year in wanted.get("year", ())}
        self._labels["kind"] |= {
            kind: searchable.plural for kind, searchable in kinds().items() if kind in wanted.get("kind", ())
        }
        unknown = {
            column: values
            for column in facets()
            if (values := set(wanted.get(column, ())) - self._labels[column].keys())
        }
        for column, labels in labels_of(unknown).items():
            self._labels[column] |= labels

    def facets(self, counts: Mapping[str, Mapping[str, int]]) -> list[Facet]:
        """Filters with their choices. counts: of `finding.Hits`. A filter without any choice is left out."""
        self._learn(counts)
        found = []
        for name, column in FILTERS.items():
            chosen = self.in_force.get(name)
            numbers = dict(counts.get(column, {}))
            if chosen is not None:
                # The choice in force stays on the list even where it leaves nothing.
                numbers.setdefault(chosen, 0)
            choices = [
                Choice(value, label, numbers[value], value == chosen)
                for value, label in self.labels(name, numbers).items()
            ]
            if choices:
                found.append(Facet(name, title_of(name), sorted(choices, key=lambda one: _order(name, one))))
        return found

    @property
    def sort_choices(self) -> list[Choice]:
        chosen = NEWEST_FIRST if self.newest_first else ""
        return [Choice(value, label, None, value == chosen) for value, label in SORTS.items()]

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(f"{title_of(name)}: {self.labels(name, [value])[value]}", self.address(without=[name]))
            for name, value in self.in_force.items()
        ]

    @property
    def clear_url(self) -> str:
        """Address of all hits, in the chosen order."""
        return self.address(without=FILTERS)

    def address(self, text: str | None = None, *, without: Collection[str] = ()) -> str:
        """Address of the first page of this search, without these filters; text: instead of its own."""
        kept = {TEXT: self.text if text is None else text}
        kept |= {name: value for name, value in self.in_force.items() if name not in without}
        if self.newest_first:
            kept[SORT] = NEWEST_FIRST
        return f"?{urlencode(kept)}"

    @property
    def messages(self) -> list[str]:
        """One sentence for each thing that was not understood, but for the words."""
        found = []
        if len(self.cleaned_data.get(TEXT, "")) > LONGEST:
            found.append(
                f"Das ist sehr lang. Gesucht wurde nach den ersten {german_number(LONGEST)} Zeichen."
            )
        for name in FILTERS:
            if name in self.errors:
                typed = self.data.get(name, "").replace("\0", "")[:SHOWN]
                found.append(
                    f"Der Filter „{title_of(name)}“ kennt „{typed}“ nicht und wurde nicht angewandt."
                )
        return found


def title_of(name: str) -> str:
    """What the page calls a filter."""
    column = FILTERS[name]
    return facets()[column].label if column in facets() else name.capitalize()


def _order(name: str, choice: Choice) -> Any:
    """Kinds as they are registered, years from the newest, everything else by the alphabet."""
    if name == "art":
        return list(kinds()).index(choice.value)
    return -int(choice.value) if name == "jahr" else alphabetical(choice.label)
