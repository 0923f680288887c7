"""The format of a strategy file: bytes → checked values. Pure: no database, no network, no clock.

docs/strategy-file.md describes every key. The schema is strict (unknown keys are errors), and nothing may be
claimed without a source: whoever states a date, a status or a figure must name its evidence.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import URLValidator
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from portal.dates import Period, Precision
from strategy.imports.yaml_tree import Mapping, Path, Problem, Tree, one_line, read_tree

Aspect = Literal[
    "general", "existence", "status", "results", "schedule", "binding", "responsible", "partner",
    "planned_start", "planned_end", "actual_start", "actual_end", "planned", "reached", "amount",
    "question", "answer",
]  # fmt: skip
Certainty = Literal["estimated", "budgeted", "actual", "stated"]
StatusCode = Literal["planned", "running", "completed", "paused", "stopped"]
Binding = Literal["unknown", "outlook", "decided", "funded"]
Origin = Literal["strategy", "other"]
Schedule = Literal["unknown", "kept", "late"]
MoneyKind = Literal["investment", "running_cost", "cost", "grant", "saving", "reference"]
Direction = Literal["up", "down", "neutral"]
UnitType = Literal["council", "committee", "faction", "administration", "other"]


_HTTP = URLValidator(schemes=["http", "https"])


# --- Values -----------------------------------------------------------------------------------


def _printable(text: str) -> str:
    if any(not letter.isprintable() and letter not in "\n\t\u00a0\u00ad\u202f" for letter in text):
        raise ValueError("holds a control character")
    return text


def _period(value: object) -> Period:
    if not isinstance(value, str):
        raise ValueError("is no date; write 2026-07-01, 2026-07, 2026-Q3 or 2026")
    return Period.parse(value)


def _day(value: object) -> date:
    period = _period(value)
    if period.precision != Precision.DAY:
        raise ValueError("must be a day such as 2026-07-01")
    return period.first


def _decimal(places: int) -> Callable[[object], Decimal]:
    """Reads 17170 or 17170.50. "12.500" may be twelve and a half thousand in German, so it is no amount."""
    form = re.compile(rf"-?\d{{1,12}}(\.\d{{1,{places}}})?")

    def read(value: object) -> Decimal:
        if not isinstance(value, str) or not form.fullmatch(value.strip()):
            raise ValueError(
                "must be a number such as 17170 or 17170.50: "
                f"no thousands separator, at most {places} decimals"
            )
        return Decimal(value.strip())

    return read


def _not_negative(number: Decimal) -> Decimal:
    if number < 0:
        raise ValueError("must not be negative; `kind` says whether it costs or saves")
    return number


def _address(text: str) -> str:
    try:
        _HTTP(text)
    except DjangoValidationError as error:
        raise ValueError("must be a web address that begins with https:// or http://") from error
    return text


def _reason(text: str) -> str:
    if text.casefold() in ("true", "yes", "ja", "wahr", "false", "no", "nein"):
        raise ValueError("must be the reason, in words")
    return text


def _folded(text: str) -> str:
    return " ".join(text.split())


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Line = Annotated[_Text, AfterValidator(_folded), Field(max_length=300)]
"""One line; white space folded."""
Text = Annotated[_Text, Field(max_length=5_000)]
"""Plain text of a few paragraphs."""
Markdown = Annotated[_Text, Field(max_length=20_000)]
Reason = Annotated[Text, AfterValidator(_reason)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=100)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000), AfterValidator(_address)]
When = Annotated[Period, PlainValidator(_period)]
Day = Annotated[date, PlainValidator(_day)]
Number = Annotated[int, Field(ge=1, le=1_000_000)]
Year = Annotated[int, Field(ge=1_900, le=2_200)]
Euro = Annotated[Decimal, PlainValidator(_decimal(2)), AfterValidator(_not_negative)]
Value = Annotated[Decimal, PlainValidator(_decimal(4))]

T = TypeVar("T")
Found = tuple[Path, str]
"""A problem below a node: path from the node, reason."""


@dataclass(slots=True)
class _Nodes:
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
            if isinstance(data, Mapping) and isinstance(info.context, _Nodes):
                info.context.wrong[data.path] = (cls, data)
            raise
        if isinstance(data, Mapping):
            node._path = data.path
            if isinstance(info.context, _Nodes):
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
    quote: Annotated[Text, AfterValidator(_folded)] | None = None
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
    year: Year | None = None
    year_note: Line | None = None
    base: Text | None = None

    FIGURE: ClassVar[str] = "amount"

    def problems(self) -> Iterator[Found]:
        yield from super().problems()
        if self.amount is not None and self.year is None and self.year_note is None:
            yield ("year",), "is missing: no amount without `year`, or `year_note` where no source states it"
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
        yield from _unique("observations", self.observations, lambda one: one.observed, "observed")


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
            yield from _unique(name, rows, lambda one, key=key: getattr(one, key), key)  # type: ignore[misc]  # default binds the name
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
        yield from _unique("money", self.money, lambda one: one.slug, "slug")


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
        yield from _unique("measures", self.measures, lambda one: one.measure, "measure")


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


_KEYS = {
    "statuses": "code",
    "documents": "slug",
    "organizations": "key",
    "partners": "slug",
    "editions": "slug",
    "target_areas": "slug",
    "fields": "slug",
    "measures": "slug",
    "questions": "slug",
}
"""The lists at the top of the file, and what names an entry."""


# --- Reading ----------------------------------------------------------------------------------


class Reading:
    """What a file says: `file` where its shape is right, else None; and everything that is wrong with it."""

    def __init__(
        self, file: StrategyFile | None, nodes: list[Node], problems: list[Problem], tree: Tree
    ) -> None:
        self.file = file
        self.nodes = nodes
        """Every mapping that is right in itself, also where the file as a whole is not."""
        self.problems = problems
        self.tree = tree

    def evidence(self) -> list[Evidence]:
        """Every evidence that names exactly one source."""
        return [node for node in self.nodes if isinstance(node, Evidence) and len(node.sources) == 1]


def read_strategy_file(data: bytes) -> Reading:
    """Reads and checks a strategy file as far as it can be checked by itself.

    Raises `Unreadable` for what is no YAML file at all. Whether records exist and quotes stand in them is
    for the importer to see, which knows the database.
    """
    tree = read_tree(data)
    problems = list(tree.problems)
    seen = _Nodes()
    file: StrategyFile | None = None
    try:
        file = StrategyFile.model_validate(tree.root, context=seen)
    except ValidationError as error:
        problems += [_problem(details) for details in error.errors(include_url=False)]
    nodes = list(seen.right.values())
    for node in nodes:
        problems += [Problem(node.path + below, reason) for below, reason in node.problems()]
    wrong = [_as_it_stands(kind, data, seen) for kind, data in seen.wrong.values()]
    for node in wrong:
        if isinstance(node, Claimant) and len(node.evidence) == len(_list(node.evidence, Evidence)):
            problems += [Problem(node.path + below, reason) for below, reason in node.unproven()]
    problems += _names(tree.root)
    problems += _references([*nodes, *wrong], _declared(tree.root))
    return Reading(file, nodes, problems, tree)


def _as_it_stands(kind: type[Node], data: Mapping, seen: _Nodes) -> Node:
    """A wrong node with its raw values, to look for what else is wrong. Only texts in it may be trusted.

    Its evidence is what is right of it; where some is wrong, the raw mapping stands there.
    """
    values: dict[str, Any] = {
        key: data.get(key) for key, known in kind.model_fields.items() if key in data or known.is_required()
    }
    if "evidence" in kind.model_fields:
        rows = data.get("evidence")
        values["evidence"] = tuple(
            seen.right.get((*data.path, "evidence", index), row)
            for index, row in enumerate(rows if isinstance(rows, list) else () if rows is None else [rows])
        )
    node = kind.model_construct(**values)
    node._path = data.path
    return node


def _list(value: object, kind: type[T]) -> list[tuple[int, T]]:
    """The entries of a list that are of a kind, with their index."""
    rows = value if isinstance(value, list | tuple) else ()
    return [(index, row) for index, row in enumerate(rows) if isinstance(row, kind)]


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda context: "is missing",
    "extra_forbidden": lambda context: "unknown key",
    "model_type": lambda context: "must hold keys and values",
    "tuple_type": lambda context: "must be a list; begin each entry with a dash",
    "string_type": lambda context: "must be a text",
    "literal_error": lambda context: f"must be {context['expected']}",
    "string_too_short": lambda context: "must not be empty",
    "string_too_long": lambda context: f"is longer than {context['max_length']} characters",
    "too_long": lambda context: f"is longer than {context['max_length']} characters",
    "bool_parsing": lambda context: "must be true or false",
    "bool_type": lambda context: "must be true or false",
    "int_parsing": lambda context: "must be a whole number",
    "int_type": lambda context: "must be a whole number",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
}


def _problem(details: Any) -> Problem:
    """pydantic's finding in our words."""
    kind: str = details["type"]
    context = details.get("ctx", {})
    if kind == "string_pattern_mismatch":
        reason = "must be lower-case letters a-z, digits and single hyphens"
    elif kind == "value_error":
        reason = one_line(str(context["error"]))
    else:
        reason = _WORDS[kind](context) if kind in _WORDS else one_line(details["msg"])
    return Problem(tuple(details["loc"]), reason)


def _unique(name: str, rows: Iterable[Any], key_of: Callable[[Any], Any], key: str) -> Iterator[Found]:
    seen: dict[Any, int] = {}
    for index, row in enumerate(rows):
        first = seen.setdefault(key_of(row), index)
        if first != index:
            yield (name, index, key), f"stands twice; {name}[{first}] has it too"


def _entries(root: Mapping, name: str) -> list[tuple[int, str]]:
    """Index and name of the entries of a list at the top, whatever else is wrong with them."""
    rows = root.get(name)
    if not isinstance(rows, list):
        return []
    key = _KEYS[name]
    return [
        (index, row[key])
        for index, row in enumerate(rows)
        if isinstance(row, Mapping) and isinstance(row.get(key), str)
    ]


def _declared(root: Mapping) -> dict[str, set[str]]:
    return {name: {slug for _, slug in _entries(root, name)} for name in _KEYS}


def _names(root: Mapping) -> Iterator[Problem]:
    """No name twice in a list at the top."""
    for name, key in _KEYS.items():
        entries = _entries(root, name)
        counts = Counter(slug for _, slug in entries)
        first: dict[str, int] = {}
        for index, slug in entries:
            if counts[slug] > 1 and first.setdefault(slug, index) != index:
                yield Problem((name, index, key), f"stands twice; {name}[{first[slug]}] has it too")


def _references(nodes: list[Node], declared: dict[str, set[str]]) -> Iterator[Problem]:
    """Every name that one part of the file uses of another."""
    for node in nodes:
        for below, name, slug in _uses(node):
            if isinstance(slug, str) and slug not in declared[name]:
                yield Problem(node.path + below, f"{one_line(slug, 100)!r} is not listed in `{name}`")


def _uses(node: Node) -> Iterator[tuple[Path, str, object]]:
    """Key, list and name of what a node refers to; it may be a wrong one, with whatever stands there."""
    match node:
        case Evidence():
            yield ("document",), "documents", node.document
        case Measure():
            yield ("field",), "fields", node.field
            for index, key in _list(node.responsible_units, str):
                yield ("responsible_units", index), "organizations", key
            for index, slug in _list(node.partners, str):
                yield ("partners", index), "partners", slug
        case Report():
            yield ("status",), "statuses", node.status
        case EditionMeasure():
            yield ("measure",), "measures", node.measure
        case FieldOfAction():
            yield ("target_area",), "target_areas", node.target_area
        case Question():
            yield ("measure",), "measures", node.measure
