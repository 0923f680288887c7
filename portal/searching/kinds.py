"""What can be found: each app says it once, in its `search.py`; the kernel knows no app."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Model, QuerySet, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchText:
    """What is indexed of one public object: plain text, as people read it on its page."""

    object_id: int
    title: str
    references: str = ""
    """Numbers under which it is known: "MV/11986/25"."""
    body: str = ""
    day: date | None = None
    field: str = ""
    """Slug of its field of action; "" where it has none."""
    status: str = ""
    """Value of the status facet, see `register_facet`; "" where it has none."""
    committees: Collection[int] = ()
    """Ids of public organizations."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an object's text that has an address of its own: a paragraph, a page of a file."""

    text: str
    url: str
    label: str = ""
    """"Absatz 4", "Seite 12"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How a result is shown. Made from live rows, at the moment of the answer."""

    title: str
    url: str
    where: str = ""
    """What tells it from others: "Ausschuss für … am 3. September 2025"."""
    passages: Iterable[Passage] = ()
    """In the order of the page. The search shows those that contain what was asked for."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A table whose changes make entries old.

    columns: only a change of these counts; inserted and deleted rows always do. objects: SQL that gives the
    ids of the objects concerned, one column, from the changed rows `r`: "SELECT r.agenda_item_id FROM r".
    """

    model: type[Model]
    columns: tuple[str, ...]
    objects: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """One kind of result."""

    kind: str
    """In addresses and in the index: "measure"."""
    label: str
    plural: str
    place: int = 0
    """Kinds with a smaller one come first on the page, whichever app registers first."""
    published: Callable[[], QuerySet[Any]]
    """The verb of the pages. What it does not give is neither indexed nor shown."""
    texts: Callable[[Collection[int]], Iterable[SearchText]]
    """Of those of the ids that are published; a constant number of queries."""
    results: Callable[[Collection[int], Collection[str]], Mapping[int, Found]]
    """Of those of the ids that are published, by id; a constant number of queries. The second argument: the
    words as they stand in texts, in lower case, that the query matches; a kind with long texts loads only
    passages with one of them."""
    watches: tuple[Watch, ...] = field(default=())


Labels = Callable[[Collection[str]], "QuerySet[Any, tuple[str, str]]"]
"""Values of a facet → rows of value and label, both texts, without those that are not public."""


@dataclass(frozen=True, slots=True)
class RegisteredFacet:
    """What results can be narrowed by, beside their kind and their year."""

    label: str
    labels: Labels
    fixed: Mapping[str, str]


Names = Callable[[Collection[str]], Collection[str]]
"""Of words in lower case, those that are part of somebody's name."""

_kinds: dict[str, Searchable] = {}
_facets: dict[str, RegisteredFacet] = {}
_names: list[Names] = []


def register(searchable: Searchable) -> None:
    """Called once per kind while the apps get ready."""
    if searchable.kind in _kinds:
        raise ValueError(f"{searchable.kind} is searchable already.")
    every = sorted([*_kinds.values(), searchable], key=lambda one: one.place)
    _kinds.clear()
    _kinds.update((one.kind, one) for one in every)


def register_facet(name: str, label: str, labels: Labels, *, fixed: Mapping[str, str] | None = None) -> None:
    """name: a column of SearchShelf ("field", "status", "committees"). fixed: labels that are in no table."""
    _facets[name] = RegisteredFacet(label, labels, fixed or {})


def kinds() -> Mapping[str, Searchable]:
    """In the order of the page."""
    return _kinds


def facets() -> Mapping[str, RegisteredFacet]:
    """By column of SearchShelf."""
    return _facets


def labels_of(wanted: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Column of SearchShelf → value → label, for the values that everybody may know of; at most one query."""
    found: dict[str, dict[str, str]] = {}
    rows: list[QuerySet[Any, tuple[str, str, str]]] = []
    for name, values in wanted.items():
        facet = _facets[name]
        found[name] = {value: facet.fixed[value] for value in values if value in facet.fixed}
        if asked := [value for value in values if value not in facet.fixed]:
            rows.append(facet.labels(asked).annotate(facet=Value(name, CharField())))
    if rows:
        for value, label, name in rows[0].union(*rows[1:], all=True):
            found[name][value] = label
    return found


def register_names(names: Names) -> None:
    """People are not searchable: their names stand in printed minutes, and the search proposes none."""
    _names.append(names)


def names_among(words: Collection[str]) -> set[str]:
    return {name for names in _names for name in names(words)} if words else set()
