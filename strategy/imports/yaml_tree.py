"""YAML text → plain mappings, lists and texts that know where they stand. Pure.

Every value stays the text that was written: `2025` is no number and `no` no false before the schema says
so. What YAML offers beyond mappings, lists and texts (anchors, aliases, tags, several documents) is refused,
so a file cannot unfold into more than its author wrote.
"""

from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

Path = tuple[str | int, ...]
"""Where a value stands: ("measures", 2, "reports", 0)."""

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_VALUES = 200_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY = ("", "~", "null", "Null", "NULL")


class Unreadable(Exception):
    """The file as a whole is no use; the text says why, in one line."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One error, at one place of the file."""

    path: Path
    reason: str

    def __str__(self) -> str:
        place = path_text(self.path)
        return f"{place}: {self.reason}" if place else self.reason


class Mapping(dict[str, Any]):
    """A mapping that knows its path."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


@dataclass(slots=True)
class Tree:
    root: Any
    problems: list[Problem] = field(default_factory=list)
    """Keys that stand twice."""
    lines: dict[Path, int] = field(default_factory=dict)
    """Line of every value, from 1."""

    def line(self, path: Path) -> int | None:
        """The line of `path` or, where the file lacks it, of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def path_text(path: Path) -> str:
    """`measures[2].reports[0].evidence[1].quote`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{one_line(step, 60)}"
    return text.removeprefix(".")


def one_line(text: str, limit: int = 300) -> str:
    """`text` as one printable line of at most `limit` characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def read_tree(data: bytes) -> Tree:
    """The values of a YAML file in UTF-8.

    Raises Unreadable for what is no such file: too large, another encoding, no YAML, empty, no mapping.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not in UTF-8 (byte {error.start + 1}); save it in that encoding") from error
    if not text.strip():
        raise Unreadable("the file is empty")
    try:
        tree = _Builder().build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise Unreadable(f"{where}not YAML: {one_line(error.problem or error.context or '')}") from error
    except yaml.YAMLError as error:
        raise Unreadable(f"not YAML: {one_line(str(error))}") from error
    if tree.root is None:
        raise Unreadable("the file is empty")
    if not isinstance(tree.root, Mapping):
        raise Unreadable("the file must hold keys and values at its top, such as `strategy:`")
    return tree


class _Builder:
    """Builds the tree from the parser's events with a stack of its own: no recursion, no construction."""

    def __init__(self) -> None:
        self.tree = Tree(root=None)
        self.open: list[tuple[Path, Mapping | list[Any]]] = []
        self.key: list[str | None] = []
        """Per open collection the key whose value comes next; None where a key is to come."""
        self.values = 0

    def build(self, text: str) -> Tree:
        documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._refuse(event, "more than one YAML document")
                case yaml.AliasEvent():
                    self._refuse(event, "anchors and aliases are not allowed; write the value out")
                case yaml.ScalarEvent():
                    self._check(event)
                    self._scalar(event)
                case yaml.MappingStartEvent():
                    self._check(event)
                    path = self._path(event)
                    self._begin(path, Mapping(path), event)
                case yaml.SequenceStartEvent():
                    self._check(event)
                    self._begin(self._path(event), [], event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self.open.pop()
                    self.key.pop()
                    self._value_done()
        return self.tree

    def _refuse(self, event: Any, reason: str) -> NoReturn:
        raise Unreadable(f"line {event.start_mark.line + 1}: {reason}")

    def _check(self, event: Any) -> None:
        self.values += 1
        if event.anchor is not None:
            self._refuse(event, "anchors and aliases are not allowed; write the value out")
        if event.tag is not None:
            self._refuse(event, "tags such as !!str are not allowed")
        if self.values > MAX_VALUES:
            self._refuse(event, f"more than {MAX_VALUES} values")

    def _expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][1], Mapping) and self.key[-1] is None

    def _path(self, event: Any) -> Path:
        """Where the value that begins now stands."""
        if not self.open:
            return ()
        if self._expects_key():
            self._refuse(event, "a key must be a single word or text")
        path, holder = self.open[-1]
        return (*path, len(holder)) if isinstance(holder, list) else (*path, str(self.key[-1]))

    def _begin(self, path: Path, collection: Mapping | list[Any], event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} levels deep")
        self._put(path, collection, event)
        self.open.append((path, collection))
        self.key.append(None)

    def _scalar(self, event: Any) -> None:
        if self._expects_key():
            self.key[-1] = event.value
            return
        plain = not event.style
        value = None if plain and event.value in _EMPTY else event.value
        self._put(self._path(event), value, event)
        self._value_done()

    def _put(self, path: Path, value: Any, event: Any) -> None:
        line = event.start_mark.line + 1
        if not self.open:
            self.tree.root = value
        elif isinstance(holder := self.open[-1][1], list):
            holder.append(value)
        elif path in self.tree.lines:
            reason = f"this key stands twice (first in line {self.tree.lines[path]})"
            self.tree.problems.append(Problem(path, reason))
            return
        elif value is not None:
            # A key without a value is the same as no key.
            holder[str(path[-1])] = value
        self.tree.lines[path] = line

    def _value_done(self) -> None:
        if self.key:
            self.key[-1] = None
