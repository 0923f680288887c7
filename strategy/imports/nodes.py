"""The schema of a strategy file: what each mapping holds, and which claims it must prove. Pure.

docs/strategy-file.md describes every key. The schema is strict (unknown keys are errors), and nothing may be
claimed without a source: whoever states a date, a status or a figure must name its evidence.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from strategy.imports.values import (
    Aspect,
    Binding,
    Certainty,
    Day,
    Direction,
    Euro,
    Line,
    Markdown,
    MoneyKind,
    Number,
    Origin,
    Reason,
    Schedule,
    Slug,
    StatusCode,
    Text,
    UnitType,
    Url,
    Value,
    When,
    Year,
)
from strategy.imports.yaml_tree import Mapping, Path
from strategy.quotes import folded

Found = tuple[Path, str]
"""A problem below a node: path from the node, reason."""


def unique(name: str, rows: Iterable[Any], key_of: Callable[[Any], Any], key: str) -> Iterator[Found]:
    seen: dict[Any, int] = {}
    for index, row in enumerate(rows):
        first = seen.setdefault(key_of(row), index)
        if first != index:
            yield (name, index, key), f"stands twice; {name}[{first}] has it too"


@dataclass(slots=True)
class Seen:
    """Every mapping that the schema looked at, by its path."""

    right: dict[Path, "Node"] = field(default_factory=dict)
    wrong: dict[Path, tuple[type["Node"], Mapping]] = field(default_factory=dict)


class Node(BaseModel):
    """A mapping of the file that knows its path."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    _path: Path = PrivateAttr(default=())

    @property
    def path(self) -> Path:
        return self._path

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Notes every node, right or wrong, so that one wrong key hides no other error."""
        try:
            node = handler(data)
        except ValidationError:
            if isinstance(data, Mapping) and isinstance(info.context, Seen):
                info.context.wrong[data.path] = (cls, data)
            raise
        if isinstance(data, Mapping):
            node._path = data.path
            if isinstance(info.context, Seen):
                info.context.right[data.path] = node
        return node

    def problems(self) -> Iterator[Found]:
        """What is wrong although each key by itself is right."""
        return iter(())


# --- Evidence ---------------------------------------------------------------------------------


class NumberedRef(Node):
    """A motion or a vote: the how-manieth of an agenda item."""

    item: Line
    number: Number


class FileRef(Node):
    """A file: the how-manieth of a paper or of an agenda item."""

    paper: Line | None = None
    item: Line | None = None
    number: Number

    def problems(self) -> Iterator[Found]:
        if (self.paper is None) == (self.item is None):
            yield (), "name either the paper or the agenda item that the file belongs to"


class Evidence(Node):
    """What a claim rests on: one source, perhaps with a quote from it."""

    aspect: Aspect | None = None
    item: Line | None = None
    paragraph: Number | None = None
    paper: Line | None = None
    motion: NumberedRef | None = None
    vote: NumberedRef | None = None
    file: FileRef | None = None
    document: Slug | None = None
    quote: Annotated[Text, AfterValidator(folded)] | None = None
    inferred: bool = False
    note: Text | None = None

    SOURCES: ClassVar = ("item", "paper", "motion", "vote", "file", "document")

    @property
    def sources(self) -> list[str]:
        return [name for name in self.SOURCES if getattr(self, name) is not None]

    def problems(self) -> Iterator[Found]:
        if not self.sources:
            yield (), f"names no source; it needs one of {', '.join(self.SOURCES)}"
        if len(self.sources) > 1:
            yield (), f"names several sources ({', '.join(self.sources)}); write one evidence for each"
        if self.paragraph is not None and self.item is None:
            yield ("paragraph",), "only the minutes of an item have paragraphs"
        if self.quote is not None and self.document is not None:
            yield ("quote",), "an outside document cannot be quoted: its words cannot be checked here"
        if self.inferred and self.note is None:
            yield ("note",), "is missing: what is inferred says here what the conclusion is"


class Claimant(Node):
    """Something that claims and therefore names evidence."""

    evidence: tuple[Evidence, ...] = ()

    ASPECTS: ClassVar[tuple[Aspect, ...]]
    """What its evidence may back; the first is meant where the file names none."""

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        """Each key that makes a claim, with the aspect its evidence must have."""
        return iter(())

    def aspect_of(self, evidence: Evidence) -> Aspect:
        return evidence.aspect or self.ASPECTS[0]

    def problems(self) -> Iterator[Found]:
        yield from self.unproven()

    def unproven(self) -> Iterator[Found]:
        """Claims without evidence, and evidence that fits no claim here."""
        backed = set()
        for index, evidence in enumerate(self.evidence):
            aspect = self.aspect_of(evidence)
            backed.add(aspect)
            if aspect not in self.ASPECTS:
                yield (
                    ("evidence", index, "aspect"),
                    f"{aspect!r} does not fit here; it must be one of {', '.join(self.ASPECTS)}",
                )
        for key, aspect in self.claims():
            if aspect not in backed:
                yield (key,), f"claim without a source; add evidence with `aspect: {aspect}`"


# --- Council and outside ----------------------------------------------------------------------


class Document(Node):
    """A public page or document beside the council record."""

    slug: Slug
    title: Line
    title_is_description: bool = False
    publisher: Line
    url: Url
    dated: When | None = None
    note: Text | None = None


class Unit(Node):
    """A responsible unit: written out, or one that the council import knows already."""

    key: Slug
    record: Line | None = None
    name: Line | None = None
    type: UnitType | None = None
    official_page: Url | None = None

    def problems(self) -> Iterator[Found]:
        if self.record is None:
            for key in ("name", "type"):
                if getattr(self, key) is None:
                    yield (key,), "is missing"
        elif self.name or self.type or self.official_page:
            yield ("record",), "a unit of the council record has its name and type there; leave them out here"


class Partner(Node):
    slug: Slug
    name: Line
    note: Line | None = None
    website: Url | None = None


class Status(Node):
    code: StatusCode
    label: Annotated[Line, Field(max_length=100)]
    criterion: Text


# --- Figures ----------------------------------------------------------------------------------


class Figure(Claimant):
    """A number with its certainty, or the reason why there is none yet."""

    certainty: Certainty | None = None
    not_yet_measurable: Reason | None = None

    ASPECTS: ClassVar[tuple[Aspect, ...]] = ("amount", "general")
    FIGURE: ClassVar[str]

    @property
    def figure(self) -> Decimal | None:
        value: Decimal | None = getattr(self, self.FIGURE)
        return value

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        for key in (self.FIGURE, "not_yet_measurable"):
            if getattr(self, key) is not None:
                yield key, "amount"

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        if self.figure is None and self.not_yet_measurable is None:
            yield (), f"needs `{self.FIGURE}`, or `not_yet_measurable` with the reason"
        if self.figure is not None and self.not_yet_measurable is not None:
            yield ("not_yet_measurable",), f"contradicts `{self.FIGURE}`"
        if self.figure is not None and self.certainty is None:
            yield ("certainty",), "is missing: no number without its certainty"
        if self.figure is None and self.certainty is not None:
            yield ("certainty",), "belongs to a number, and there is none"


class Money(Figure):
    slug: Slug
    name: Line
    kind: MoneyKind
    amount: Euro | None = None
    amount_max: Euro | None = None
    year: Year | None = None
    year_note: Line | None = None
    base: Text | None = None

    FIGURE: ClassVar[str] = "amount"

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        if self.amount is not None and self.year is None and self.year_note is None:
            yield ("year",), "is missing: no amount without `year`, or `year_note` where no source states it"
        if self.amount_max is not None and self.amount is None:
            yield ("amount_max",), "belongs to `amount`, the lower end, and there is none"
        elif self.amount_max is not None and self.amount is not None and self.amount_max <= self.amount:
            yield ("amount_max",), "must be more than `amount`, the lower end"
        if self.kind in ("saving", "reference") and self.base is None:
            yield ("base",), f"is missing: a {self.kind} says what it is measured against"


class Observation(Figure):
    observed: When
    value: Value | None = None

    FIGURE: ClassVar[str] = "value"


class Indicator(Node):
    slug: Slug
    name: Line
    unit: Annotated[Line, Field(max_length=100)]
    direction: Direction = "neutral"
    note: Text | None = None
    observations: tuple[Observation, ...] = ()

    def problems(self) -> Iterator[Found]:
        yield from unique("observations", self.observations, lambda one: one.observed, "observed")


# --- Measures ---------------------------------------------------------------------------------


class Milestone(Claimant):
    slug: Slug
    name: Line
    planned: When | None = None
    reached: When | None = None

    ASPECTS: ClassVar[tuple[Aspect, ...]] = ("planned", "reached", "general")

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        if self.planned:
            yield "planned", "planned"
        if self.reached:
            yield "reached", "reached"
        if not self.planned and not self.reached:
            yield "name", "general"


class Report(Claimant):
    """A status report; published by the import, and from then on fixed."""

    number: Number
    status: StatusCode
    reason: Text
    as_of: When
    results: Markdown | None = None
    next_steps: Markdown | None = None
    schedule: Schedule = "unknown"
    schedule_reason: Text | None = None
    new_end: When | None = None
    corrects: Number | None = None

    ASPECTS: ClassVar[tuple[Aspect, ...]] = ("status", "results", "schedule", "general")

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        yield "status", "status"
        if self.results:
            yield "results", "results"
        if self.schedule != "unknown":
            yield "schedule", "schedule"
        if self.new_end:
            yield "new_end", "schedule"

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        if self.schedule == "late" and self.schedule_reason is None:
            yield ("schedule_reason",), "is missing: who is late says why"
        if self.corrects is not None and self.corrects >= self.number:
            yield ("corrects",), f"report {self.number} can only correct an earlier one"


class Measure(Claimant):
    slug: Slug
    name: Line
    working_title: bool = False
    field: Slug
    origin: Origin
    summary: Text | None = None
    description: Markdown | None = None
    binding: Binding = "unknown"
    binding_reason: Text | None = None
    responsible_units: tuple[Slug, ...] = ()
    partners: tuple[Slug, ...] = ()
    planned_start: When | None = None
    planned_end: When | None = None
    actual_start: When | None = None
    actual_end: When | None = None
    milestones: tuple[Milestone, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    money: tuple[Money, ...] = ()
    reports: tuple[Report, ...] = ()

    ASPECTS: ClassVar[tuple[Aspect, ...]] = (
        "existence", "binding", "responsible", "partner",
        "planned_start", "planned_end", "actual_start", "actual_end", "general",
    )  # fmt: skip

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        yield "name", "existence"
        if self.binding != "unknown":
            yield "binding", "binding"
        if self.responsible_units:
            yield "responsible_units", "responsible"
        if self.partners:
            yield "partners", "partner"
        for key in _DATES:
            if getattr(self, key) is not None:
                yield key, key

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        if self.binding != "unknown" and self.binding_reason is None:
            yield ("binding_reason",), "is missing: who says how binding a measure is says why"
        for start, end in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
            first, last = getattr(self, start), getattr(self, end)
            if first and last and last.first < first.first:
                reason = f"lies before `{start}`"
                if last.last >= first.first:
                    reason += f", as far as this says; write it as exactly as `{start}`"
                yield (end,), reason
        for name, rows, key in (
            ("milestones", self.milestones, "slug"),
            ("indicators", self.indicators, "slug"),
            ("money", self.money, "slug"),
        ):
            yield from unique(name, rows, lambda one, key=key: getattr(one, key), key)  # type: ignore[misc]  # default binds the name
        for name, values in (("responsible_units", self.responsible_units), ("partners", self.partners)):
            for index, value in enumerate(values):
                if value in values[:index]:
                    yield (name, index), f"{value!r} stands twice"
        for index, report in enumerate(self.reports):
            if index and report.number <= self.reports[index - 1].number:
                yield ("reports", index, "number"), "reports stand in the order of their numbers"


_DATES: tuple[Literal["planned_start", "planned_end", "actual_start", "actual_end"], ...] = (
    "planned_start", "planned_end", "actual_start", "actual_end",
)  # fmt: skip


# --- The strategy -----------------------------------------------------------------------------


class Strategy(Claimant):
    slug: Slug
    name: Line
    summary: Text | None = None
    binding_note: Text | None = None
    money: tuple[Money, ...] = ()

    ASPECTS: ClassVar[tuple[Aspect, ...]] = ("general", "binding", "schedule")

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        yield "name", "general"
        if self.binding_note:
            yield "binding_note", "binding"

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        yield from unique("money", self.money, lambda one: one.slug, "slug")


class EditionMeasure(Node):
    """That an edition holds a measure, with the words it uses."""

    measure: Slug
    wording: Text | None = None


class Edition(Node):
    slug: Slug
    name: Line
    adopted_by: Line | None = None
    dated: When | None = None
    note: Text | None = None
    measures: tuple[EditionMeasure, ...] = ()

    def problems(self) -> Iterator[Found]:
        if self.adopted_by is None:
            if self.dated:
                yield ("dated",), "claim without a source; name the paper in `adopted_by`"
            for index, row in enumerate(self.measures):
                if row.wording:
                    yield (
                        ("measures", index, "wording"),
                        "claim without a source; name the edition's paper in `adopted_by`",
                    )
        yield from unique("measures", self.measures, lambda one: one.measure, "measure")


class TargetArea(Node):
    slug: Slug
    name: Line
    working_title: bool = False


class FieldOfAction(Node):
    slug: Slug
    name: Line
    working_title: bool = False
    target_area: Slug | None = None
    summary: Text | None = None


class Question(Claimant):
    slug: Slug
    text: Text
    asked_on: Day
    asked_by: Line | None = None
    answer: Text | None = None
    answered_on: Day | None = None
    partial: bool = False
    measure: Slug | None = None

    ASPECTS: ClassVar[tuple[Aspect, ...]] = ("question", "answer", "general")

    def claims(self) -> Iterator[tuple[str, Aspect]]:
        yield "text", "question"
        if self.answer:
            yield "answer", "answer"

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        if self.answer is not None and self.answered_on is None:
            yield ("answered_on",), "is missing: an answer has its day"
        if self.answer is None and self.answered_on is not None:
            yield ("answer",), "is missing, though `answered_on` is given"
        if self.partial and self.answer is None:
            yield ("partial",), "belongs to an `answer`, and there is none"
        if self.answered_on is not None and self.answered_on < self.asked_on:
            yield ("answered_on",), "lies before `asked_on`"


class StrategyFile(Node):
    """The whole file."""

    format: Literal["1"]
    strategy: Strategy
    statuses: tuple[Status, ...] = ()
    documents: tuple[Document, ...] = ()
    organizations: tuple[Unit, ...] = ()
    partners: tuple[Partner, ...] = ()
    editions: tuple[Edition, ...] = ()
    target_areas: tuple[TargetArea, ...] = ()
    fields: tuple[FieldOfAction, ...] = ()
    measures: tuple[Measure, ...] = ()
    questions: tuple[Question, ...] = ()
