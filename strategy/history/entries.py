"""From events to what a reader is told: one entry for each deed, with what it changed, old and new."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from strategy.history.events import BEFORE, Event, Key, Save, saves_of
from strategy.history.fields import ALL_FIELDS, KIND_NAMES, PUBLIC_FIELDS, RELATIONS, TELLS_OF_MEASURE
from strategy.history.words import Ref, Shown, label, shown
from strategy.models import (
    Evidence,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    Partner,
    Question,
    StatusReport,
    TargetArea,
)
from strategy.models.evidence import SUBJECTS, TARGETS

NEW, CHANGED, REMOVED, PUBLISHED = "neu", "geändert", "entfernt", "veröffentlicht"
UNNAMED = "nicht öffentlich"

Row = Mapping[str, Any]
Names = Mapping[Ref, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, old and new; empty where there was nothing."""

    label: str
    old: Shown
    new: Shown

    @property
    def old_words(self) -> str:
        return ", ".join(str(part) for part in self.old)

    @property
    def new_words(self) -> str:
        return ", ".join(str(part) for part in self.new)


@dataclass(frozen=True, slots=True)
class Thing:
    """One row that a deed wrote."""

    model: type[models.Model]
    title: str | Ref
    verb: str
    url: str = ""
    changes: tuple[FieldChange, ...] = ()
    note: str = ""
    corrects: tuple[str, str] | None = None
    """Words and address of the report that this one corrects."""

    @property
    def kind(self) -> str:
        return KIND_NAMES[self.model]

    @property
    def is_outside(self) -> bool:
        """Whether its address is one that somebody typed."""
        return not self.url.startswith("/")

    @property
    def kind_code(self) -> str:
        return self.model.__name__.lower()


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed."""

    at: datetime
    role: str
    action: str
    by: int | None
    things: tuple[Thing, ...]
    name: str = ""
    begins: bool = False
    """The record begins here."""

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    def refs(self) -> Iterator[Ref]:
        """What `words.with_names` has to look up."""
        for thing in self.things:
            if isinstance(thing.title, Ref):
                yield thing.title
            for change in thing.changes:
                yield from (part for part in (*change.old, *change.new) if isinstance(part, Ref))

    def named(self, names: Names) -> "Entry":
        return replace(self, things=tuple(_named(thing, names) for thing in self.things))


def _named(thing: Thing, names: Names) -> Thing:
    def words(value: Shown) -> Shown:
        return tuple(names.get(part, (UNNAMED, ""))[0] if isinstance(part, Ref) else part for part in value)

    changes = tuple(replace(one, old=words(one.old), new=words(one.new)) for one in thing.changes)
    if not isinstance(thing.title, Ref):
        return replace(thing, changes=changes)
    if thing.title not in names:
        # Words of a source that nobody may see any more go with it.
        return replace(thing, title="eine Quelle, die nicht mehr öffentlich ist", url="", changes=())
    title, url = names[thing.title]
    return replace(thing, title=title, url=thing.url or url, changes=changes)


@dataclass(slots=True)
class World:
    """Every row that belongs to a measure, as it stood at one moment."""

    measure: int
    rows: dict[Key, Row] = field(default_factory=dict)

    def get(self, model: type[models.Model], pk: Any) -> Row | None:
        return self.rows.get((model, pk))

    def apply(self, event: Event) -> None:
        if event.label == "delete":
            self.rows.pop(event.key, None)
        else:
            self.rows[event.key] = event.values

    def linked(self, through: type[models.Model], column: str) -> list[Any]:
        return sorted(row[column] for (model, _), row in self.rows.items() if model is through)

    @property
    def own(self) -> Row | None:
        return self.get(Measure, self.measure)

    def is_open(self) -> bool:
        """The one rule for a public measure (structure.open_measure), at this moment."""
        own = self.own
        if own is None or own["published_at"] is None:
            return False
        area_of = self.get(FieldOfAction, own["field_id"])
        if area_of is None or area_of["published_at"] is None:
            return False
        if area_of["target_area_id"] is None:
            return True
        area = self.get(TargetArea, area_of["target_area_id"])
        return area is not None and area["published_at"] is not None

    def is_shown(self, model: type[models.Model], row: Row | None) -> bool:
        """Whether the page of the open measure shows this row at this moment."""
        if row is None:
            return False
        if model is Measure:
            return True
        if model is Observation:
            indicator = self.get(Indicator, row["indicator_id"])
            return indicator is not None and indicator["measure_id"] == self.measure
        if model is Evidence:
            return self._backs_shown(row)
        if model not in PUBLIC_FIELDS or row["measure_id"] != self.measure:
            return False
        if model is StatusReport:
            return bool(row["state"] == StatusReport.State.PUBLISHED)
        return model is not Question or row["published_at"] is not None

    def _backs_shown(self, row: Row) -> bool:
        # What a report rests on is published with it and stands with it: the report itself is the entry.
        if row["measure_id"] is not None:
            return bool(row["measure_id"] == self.measure)
        subject = self.subject_of(row)
        return subject is not None and subject[0] is not StatusReport and self.is_shown(*subject)

    def subject_of(self, row: Row) -> tuple[type[models.Model], Row | None] | None:
        """What a piece of evidence backs."""
        for name in SUBJECTS:
            if row[f"{name}_id"] is not None:
                model: Any = Evidence._meta.get_field(name).related_model
                return model, self.get(model, row[f"{name}_id"])
        return None

    def values(self, model: type[models.Model], row: Row, names: Iterable[str]) -> dict[str, Shown]:
        """What the fields `names` of a row show."""
        return {name: self._value(model, row, name) for name in names}

    def _value(self, model: type[models.Model], row: Row, name: str) -> Shown:
        if model is Measure and name in RELATIONS:
            through, column, related = RELATIONS[name]
            pks = self.linked(through, column)
            if related is Partner:
                return tuple(str((self.get(Partner, pk) or {}).get("name", "")) for pk in pks)
            return tuple(Ref(related, pk) for pk in pks)
        target: Any = model._meta.get_field(name)
        if target.is_relation and (row_of := self.get(target.related_model, row[target.column])):
            return (self.title(target.related_model, row_of),)
        return shown(model, name, row)

    def title(self, model: type[models.Model], row: Row) -> str:
        """How a row is called."""
        match model.__name__:
            case "StatusReport":
                return f"Sachstand {row['number']}"
            case "Question":
                text = str(row["text"])
                return text if len(text) <= 120 else f"{text[:119].rstrip()}…"
            case "Observation":
                indicator = self.get(Indicator, row["indicator_id"])
                when = ", ".join(map(str, shown(Observation, "observed", row)))
                return f"{indicator['name']}, {when}" if indicator else when
            case "ReportMilestone":
                return str((self.get(Milestone, row["milestone_id"]) or {}).get("name", ""))
            case "ReportFigure":
                return str((self.get(Indicator, row["indicator_id"]) or {}).get("name", ""))
            case "Review":
                report = self.get(StatusReport, row["report_id"])
                return f"zu Sachstand {report['number']}" if report else ""
            case "EditionMeasure":
                return "Wortlaut in einer Fortschreibung"
        return str(row.get("name") or row.get("title") or "")


def public_history(measure: Measure) -> list[Entry]:
    """What everybody could see change, the newest first (one query).

    measure: a public one. Every moment is judged by the rows as they were then: what was changed while
    nobody could see it, and what it was before, is never told.
    """
    return _read(measure, _public_things)


def full_history(measure: Measure) -> list[Entry]:
    """Everything that was written, the newest first (one query): for staff only."""
    return _read(measure, _all_things)


Teller = Callable[[World, World, Save], list[Thing]]


def _read(measure: Measure, tell: Teller) -> list[Entry]:
    entries: list[Entry] = []
    world = World(measure.pk)
    for save in saves_of(measure):
        before = World(measure.pk, dict(world.rows))
        for event in sorted(save.events, key=lambda event: event.number):
            world.apply(event)
        if save.first.label == BEFORE:
            entries += _beginning(world, save)
        elif things := tell(before, world, save):
            first = save.first
            entries.append(Entry(first.at, first.role, first.action, first.by, tuple(things)))
    # Sorted again: what happened before the record began has its own times.
    order = sorted(range(len(entries)), key=lambda number: (entries[number].at, number), reverse=True)
    return [entries[number] for number in order]


def _beginning(world: World, save: Save) -> list[Entry]:
    """Where the record begins: when was published what stood then, as far as the rows themselves say."""
    entries = [Entry(save.first.at, "", "", None, (), begins=True)]
    if world.is_open():
        shown_rows = [
            (event.model, event.values)
            for event in save.events
            if event.model in (Measure, StatusReport, Question) and world.is_shown(event.model, event.values)
        ]
        for model, row in shown_rows:
            at = datetime.fromisoformat(row["published_at"])
            entries.append(Entry(at, "", "", None, (_published(world, model, row, None),)))
    return entries


def _public_things(before: World, after: World, save: Save) -> list[Thing]:
    was_open, is_open = before.is_open(), after.is_open()
    if not is_open:
        return []
    if not was_open:
        # All that it shows from now on is on its page; what it was before, nobody is told.
        own = after.own or {}
        rows = [(model, row) for (model, _), row in after.rows.items() if model in (StatusReport, Question)]
        return [
            _published(after, Measure, own, None),
            *[_published(after, model, row, None) for model, row in rows if after.is_shown(model, row)],
        ]
    things = []
    for key in _touched(save, after.measure, PUBLIC_FIELDS):
        model = key[0]
        old, new = before.rows.get(key), after.rows.get(key)
        old = old if before.is_shown(model, old) else None
        new = new if after.is_shown(model, new) else None
        if _goes_with_its_subject(model, old, new, before, after):
            continue
        if thing := _told(before, after, model, old, new, PUBLIC_FIELDS[model]):
            things.append(thing)
    return things


def _goes_with_its_subject(
    model: type[models.Model], old: Row | None, new: Row | None, before: World, after: World
) -> bool:
    """Evidence that appears or goes with what it backs."""
    if model is not Evidence or (old is None) == (new is None):
        return False
    for world in (before, after):
        subject = world.subject_of(new or old or {})
        if subject is None or not world.is_shown(*subject):
            return True
    return False


def _touched(save: Save, measure: int, told: Collection[type[models.Model]]) -> list[Key]:
    """The rows that a deed is told of, the measure first; its relations are told with itself."""
    keys: dict[Key, None] = {}
    if any(event.model is Measure or event.model in TELLS_OF_MEASURE for event in save.events):
        keys[Measure, measure] = None
    return list(keys | {event.key: None for event in save.events if event.model in told})


def _told(
    before: World,
    after: World,
    model: type[models.Model],
    old: Row | None,
    new: Row | None,
    names: Iterable[str],
) -> Thing | None:
    if new is None:
        if old is None:
            return None
        return Thing(model, _title(before, model, old), REMOVED, note=_note(before, model, old))
    if old is None and model in (StatusReport, Question):
        return _published(after, model, new, _status_before(before, new))
    was = before.values(model, old, names) if old is not None else {}
    stands = after.values(model, new, names)
    changes = tuple(
        FieldChange(label(model, name), was.get(name, ()), value)
        for name, value in stands.items()
        if was.get(name, ()) != value and not (old is None and value == ("nein",))
    )
    if old is not None and not changes:
        return None
    verb = CHANGED if old is not None else NEW
    return Thing(
        model,
        _title(after, model, new),
        verb,
        url=_url(after, model, new),
        changes=changes,
        note=_note(after, model, new),
    )


def _published(world: World, model: type[models.Model], row: Row, status_before: Shown | None) -> Thing:
    """A measure, report or question that everybody sees from now on."""
    changes: list[FieldChange] = []
    corrects = None
    if model is StatusReport:
        status = shown(StatusReport, "status", row)
        if status != status_before:
            changes.append(FieldChange("Status", status_before or (), status))
        if row["urgent_reason"]:
            changes.append(FieldChange("ohne Prüfvermerke veröffentlicht, weil", (), (row["urgent_reason"],)))
        earlier = world.get(StatusReport, row["corrects_id"])
        if earlier is not None:
            corrects = (f"Sachstand {earlier['number']}", _url(world, StatusReport, earlier))
    elif model is Question:
        changes.append(FieldChange("Antwort", (), shown(Question, "answer", row)))
    return Thing(
        model,
        _title(world, model, row),
        PUBLISHED,
        url=_url(world, model, row),
        changes=tuple(changes),
        corrects=corrects,
    )


def _status_before(before: World, row: Row) -> Shown | None:
    """The status of the newest report that was public before this one."""
    earlier = [
        other
        for (model, _), other in before.rows.items()
        if model is StatusReport and before.is_shown(model, other)
    ]
    newest = max(earlier, key=lambda other: other["number"], default=None)
    return shown(StatusReport, "status", newest) if newest else None


def _all_things(before: World, after: World, save: Save) -> list[Thing]:
    told = (
        _told_to_staff(before, after, model, before.rows.get((model, pk)), after.rows.get((model, pk)))
        for model, pk in _touched(save, after.measure, ALL_FIELDS)
    )
    return [thing for thing in told if thing is not None]


def _told_to_staff(
    before: World, after: World, model: type[models.Model], old: Row | None, new: Row | None
) -> Thing | None:
    names = ALL_FIELDS[model]
    if new is None:
        if old is None:
            return None
        was = before.values(model, old, names)
        gone = tuple(FieldChange(label(model, name), value, ()) for name, value in was.items() if value)
        return Thing(model, _title(before, model, old), REMOVED, changes=gone, note=_note(before, model, old))
    was = before.values(model, old, names) if old is not None else {}
    changes = tuple(
        FieldChange(label(model, name), was.get(name, ()), value)
        for name, value in after.values(model, new, names).items()
        if was.get(name, ()) != value and not (old is None and value == ("nein",))
    )
    if old is not None and not changes:
        return None
    verb = NEW if old is None else CHANGED
    url = _staff_url(after, model, new)
    return Thing(
        model, _title(after, model, new), verb, url=url, changes=changes, note=_note(after, model, new)
    )


def _title(world: World, model: type[models.Model], row: Row) -> str | Ref:
    if model is not Evidence:
        return world.title(model, row)
    for name in TARGETS:
        if row[f"{name}_id"] is not None:
            related: Any = Evidence._meta.get_field(name).related_model
            return Ref(related, row[f"{name}_id"])
    return ""


def _note(world: World, model: type[models.Model], row: Row) -> str:
    """What a piece of evidence backs, in words."""
    if model is not Evidence:
        return ""
    subject = world.subject_of(row)
    if subject is None or subject[1] is None or subject[0] is Measure:
        return ""
    return f"zu {KIND_NAMES[subject[0]]} „{world.title(subject[0], subject[1])}“"


_ANCHORS: dict[type[models.Model], str] = {
    Milestone: "zeitplan",
    MoneyItem: "geld",
    Indicator: "kennzahlen",
    Observation: "kennzahlen",
    Question: "fragen",
    MeasureLink: "",
    Measure: "",
}


def _url(world: World, model: type[models.Model], row: Row) -> str:
    slug = (world.own or {}).get("slug", "")
    if not slug:
        return ""
    if model is StatusReport:
        return reverse("strategy:report", args=[slug, row["number"]])
    if model not in _ANCHORS:
        return ""
    anchor = _ANCHORS[model]
    return reverse("strategy:measure", args=[slug]) + (f"#{anchor}" if anchor else "")


def _staff_url(world: World, model: type[models.Model], row: Row) -> str:
    own = world.own or {}
    match model.__name__:
        case "StatusReport":
            return reverse("desk:report", args=[row["id"]])
        case "Change":
            return reverse("desk:change", args=[row["id"]])
        case "Question":
            return reverse("desk:question", args=[row["id"]])
        case "Measure":
            return reverse("desk:measure", args=[own["slug"]]) if own else ""
    return ""
