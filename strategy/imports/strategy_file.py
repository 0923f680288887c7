"""Reads a strategy file: bytes → checked values, with everything that is wrong. Pure: no database.

The format stands in strategy.imports.nodes and docs/strategy-file.md.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from strategy.imports.nodes import (
    Claimant,
    EditionMeasure,
    Evidence,
    FieldOfAction,
    Measure,
    Node,
    Question,
    Report,
    Seen,
    StrategyFile,
)
from strategy.imports.yaml_tree import Mapping, Path, Problem, Tree, one_line, read_tree

T = TypeVar("T")

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
    seen = Seen()
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


def _as_it_stands(kind: type[Node], data: Mapping, seen: Seen) -> Node:
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
