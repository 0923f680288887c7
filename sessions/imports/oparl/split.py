"""Bytes of a file or an answer → JSON objects, one at a time and in flat memory.

Takes what sources send: a list of objects, one object, a list page of OParl ("data" with its objects), lines
with an object each; with byte order mark, raw control characters in texts and bytes that are no UTF-8.
What is broken is refused, with its id where that can be read, and the rest goes on.

The bounds of an element are found by its brackets and quotes alone, so a broken one does not hide the next;
`json` then reads it alone.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sessions.imports.oparl.records import Refusal

MAX_ELEMENT = 16_000_000
"""Bytes of one object with all that is embedded in it; real ones have up to some 100 kB."""
MAX_DEPTH = 100
"""Levels of nesting; OParl needs 10."""
_READ = 1 << 18
"""Bytes that are looked at in one go."""

# To the next bracket outside of texts. Possessive, so that a text without end costs one pass and no more.
_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|' + _TEXT + rb")*+([\[\]{}])", re.DOTALL)
_SCALAR = re.compile(_TEXT + rb'|[^\s,\[\]{}"]++', re.DOTALL)
_TEXT_OR_BRACKET = re.compile(rb'"((?:[^"\\]++|\\.)*+)"(\s*+:)?|[\[\]{}]', re.DOTALL)
_MEMBER = re.compile(rb'\s*+,?\s*+"((?:[^"\\]++|\\.)*+)"\s*+:\s*+(?=\S)', re.DOTALL)
_SPACE = re.compile(rb"\s*+")
_NEXT_OBJECT = re.compile(rb"\}\s*+,?\s*+(?=\{)")
_TO_OBJECT = re.compile(rb"[^\[{]*+")
_TO_MARK = re.compile(rb'[^"\[\]{}]*+(["\[\]{}])')
_IN_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SEARCHES = 1_000
"""How many places are tried to find the object after a broken one."""

_CUT_OFF = "The file ends within this object."


class UnreadableError(ValueError):
    """Bytes that are no JSON we read. One sentence."""


def loads(data: bytes, note: Callable[[str], None] = lambda _: None) -> Any:
    """One JSON value, read as forgivingly as an element of a list. Raises UnreadableError.

    NaN and infinities are null; of keys that come twice the last counts.
    note: told where bytes were replaced.
    """
    if len(data) > MAX_ELEMENT:
        raise UnreadableError(f"It has more than {MAX_ELEMENT:,} bytes.")
    depth = 0
    for bracket in _BRACKET.finditer(data):
        depth += 1 if bracket[1] in b"[{" else -1
        if depth > MAX_DEPTH:
            raise UnreadableError(f"It is nested more than {MAX_DEPTH} levels deep.")
    return _parse(data, note)


_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)


def _parse(data: bytes, note: Callable[[str], None]) -> Any:
    try:
        return _DECODER.decode(_decode(data.removeprefix(codecs.BOM_UTF8), note))
    except json.JSONDecodeError as error:
        raise UnreadableError(f"It is no JSON: {error.msg} at character {error.pos + 1}.") from error
    except ValueError as error:
        raise UnreadableError("It holds a number with thousands of digits.") from error
    except RecursionError as error:
        raise UnreadableError("It is nested too deep.") from error


_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


def _decode(data: bytes, note: Callable[[str], None]) -> str:
    """UTF-8; windows-1252 (with ISO-8859-1 in it) where not a single letter is UTF-8; else with U+FFFD."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if not any(map(_is_utf8, _BEYOND_ASCII.findall(data))):
        try:
            result = data.decode("cp1252")
        except UnicodeDecodeError:
            pass
        else:
            note("Bytes that are no UTF-8 were read as windows-1252.")
            return result
    note("Bytes that are no UTF-8 were replaced.")
    return data.decode(errors="replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def elements(
    chunks: Iterable[bytes], note: Callable[[str], None] = lambda _: None
) -> Iterator[dict[str, Any] | Refusal]:
    """The objects in the order in which they stand.

    Never raises for what the bytes hold. note: told once of each kind of repair, for the log.
    """
    told: set[str] = set()

    def note_once(words: str) -> None:
        if words not in told:
            told.add(words)
            note(words)

    yield from _Splitter(chunks, note_once).elements()


class _CutOffError(Exception):
    """The bytes end within a value."""


class _TooLargeError(Exception):
    """A value has too many bytes or levels; `args[0]` says so."""


class _Splitter:
    def __init__(self, chunks: Iterable[bytes], note: Callable[[str], None]) -> None:
        self.chunks = iter(chunks)
        self.note = note
        self.buffer = b""
        self.position = 0
        self.at_end = False
        self.last_type = ""
        """`type` of the last element that was read."""
        self.damaged = False
        """Since the last broken element no other one was read, so brackets and quotes may be out of step."""

    # --- Bytes ----------------------------------------------------------------------------------
    def fill(self) -> bool:
        """Gets more bytes; False at their end. What was passed is dropped, so offsets counted from
        `position` stay right. Each time there is twice as much, so what is looked at again stays little."""
        rest = self.buffer[self.position :]
        parts, wanted = [rest], max(_READ, len(rest))
        while wanted > 0:
            chunk = next(self.chunks, None)
            if chunk is None:
                self.at_end = True
                break
            parts.append(chunk)
            wanted -= len(chunk)
        self.buffer, self.position = b"".join(parts), 0
        return len(self.buffer) > len(rest)

    def peek(self) -> bytes:
        """The next byte that is no white space; b"" at the end."""
        while True:
            found = _SPACE.match(self.buffer, self.position)
            self.position = found.end() if found else self.position
            if self.position < len(self.buffer):
                return self.buffer[self.position : self.position + 1]
            if not self.fill():
                return b""

    def end_of_value(self, offset: int = 0) -> int:
        """Where the value ends that begins `offset` bytes after `position`; counted from there too."""
        depth, place = 0, offset
        while True:
            found = _BRACKET.match(self.buffer, self.position + place) if depth or self.opens(place) else None
            if found:
                place = found.end() - self.position
                depth += 1 if found[1] in b"[{" else -1
                if depth == 0:
                    return place
                if depth > MAX_DEPTH:
                    raise _TooLargeError(f"It is nested more than {MAX_DEPTH} levels deep.")
                continue
            if not depth and not self.opens(place):
                scalar = _SCALAR.match(self.buffer, self.position + place)
                if scalar and (scalar.end() < len(self.buffer) or self.at_end):
                    return scalar.end() - self.position
            if len(self.buffer) - self.position - offset > MAX_ELEMENT:
                raise _TooLargeError(f"It has more than {MAX_ELEMENT:,} bytes.")
            if not self.fill():
                raise _CutOffError

    def opens(self, offset: int) -> bool:
        """Whether an object or list begins there."""
        return self.buffer[self.position + offset : self.position + offset + 1] in (b"[", b"{")

    def skip(self, depth: int) -> None:
        """Passes everything up to the bracket that closes the outermost of `depth` levels, in flat memory."""
        while depth:
            found = _TO_MARK.match(self.buffer, self.position)
            if found is None:
                self.position = len(self.buffer)
                if not self.fill():
                    return
                continue
            self.position = found.end()
            if found[1] == b'"':
                self.skip_text()
            else:
                depth += 1 if found[1] in b"[{" else -1

    def skip_text(self) -> None:
        while True:
            found = _IN_TEXT.match(self.buffer, self.position)
            self.position = found.end() if found else self.position
            if self.buffer[self.position : self.position + 1] == b'"':
                self.position += 1
                return
            if not self.fill():
                self.position = len(self.buffer)
                return

    # --- Elements -------------------------------------------------------------------------------
    def elements(self) -> Iterator[dict[str, Any] | Refusal]:
        self.fill()
        if self.buffer.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield Refusal(id="", reason="This is UTF-16; expected JSON in UTF-8.")
            return
        if self.buffer.startswith(codecs.BOM_UTF8):
            self.position = len(codecs.BOM_UTF8)
        first = self.peek()
        if first not in (b"[", b"{"):
            yield Refusal(id="", reason=_no_json(first))
            return
        while byte := self.peek():
            if byte == b"[":
                self.position += 1
                yield from self.of_list()
            elif byte == b"{" and self.enter_page():
                yield from self.of_list()
                self.skip(1)
            elif byte == b"{":
                yield from self.element()
            else:
                yield from self.between_objects()

    def between_objects(self) -> Iterator[Refusal]:
        """After an object or list another one may follow, on a line of its own or behind a comma."""
        if self.damaged and self.catch_up():
            return
        found = _TO_OBJECT.match(self.buffer, self.position)
        words = found[0].strip() if found else b""
        if words not in (b"", b",", b"\x1e"):
            yield Refusal(id="", reason="Between the objects stands something that is no JSON.")
        self.position = found.end() if found else len(self.buffer)

    def enter_page(self) -> bool:
        """Whether the object here is a list page; then the next byte is the first one after the bracket of
        its "data". An object with an id before "data" is an object like any other."""
        offset = 1
        while True:
            member = _MEMBER.match(self.buffer, self.position + offset)
            if member is None:
                # A member that is not whole yet is no longer than what `fill` gives in a few rounds.
                far = len(self.buffer) - self.position - offset
                if far < 1_000 and not self.at_end and self.fill():
                    continue
                return False
            if member[1] in (b"id", b"type"):
                return False
            offset = member.end() - self.position
            if member[1] == b"data" and self.buffer[member.end() : member.end() + 1] == b"[":
                self.position = member.end() + 1
                return True
            try:
                offset = self.end_of_value(offset)
            except (_CutOffError, _TooLargeError):
                return False

    def of_list(self) -> Iterator[dict[str, Any] | Refusal]:
        while byte := self.peek():
            if byte == b"]":
                self.position += 1
                return
            if byte in b",:}":
                self.position += 1
            else:
                yield from self.element()
        yield Refusal(id="", reason="The list is cut off: its end is missing.")

    def element(self) -> Iterator[dict[str, Any] | Refusal]:
        if self.damaged and not self.opens(0) and self.catch_up():
            return
        try:
            end = self.end_of_value()
        except _TooLargeError as error:
            yield self.refusal(str(error))
            self.go_on(self.buffer[self.position :], or_end=None)
            return
        except _CutOffError:
            yield self.refusal(_CUT_OFF)
            self.go_on(self.buffer[self.position :], or_end=len(self.buffer) - self.position)
            return
        data = self.buffer[self.position : self.position + end]
        try:
            value = _parse(data, self.note)
        except UnreadableError as error:
            yield self.refusal(str(error), data)
            self.go_on(data, or_end=end)
            return
        self.position += end
        if isinstance(value, dict):
            if isinstance(value.get("type"), str):
                self.last_type = value["type"]
            self.damaged = False
        yield from _unfolded(value)

    def go_on(self, data: bytes, or_end: int | None) -> None:
        """Moves to the object after a broken one: where one of the same type as the last good one begins
        within its bytes (a bracket or quote is missing), else behind it."""
        self.damaged = True
        found = self.same_type_within(data)
        if found is not None:
            self.position += found
        elif or_end is not None:
            self.position += or_end
        else:
            opening = self.opens(0)
            self.position += 1
            if opening:
                self.skip(1)
            else:
                self.skip_text()

    def catch_up(self) -> bool:
        """Moves to the next object of the same type, where one is in sight."""
        found = self.same_type_within(self.buffer[self.position :])
        self.position += found or 0
        return found is not None

    def same_type_within(self, data: bytes) -> int | None:
        """Offset of the object that begins there; its type is that of the last good one, or at the beginning
        of a file what the broken one says."""
        wanted = self.last_type or _readable(data, b"type")
        if not wanted:
            return None
        word = wanted.rpartition("/")[2].encode(errors="replace")
        looked_at = 0
        for number, start in enumerate(_NEXT_OBJECT.finditer(data)):
            if number >= _SEARCHES or looked_at > 4 * MAX_ELEMENT:
                return None
            end = _end_of_object(data, start.end())
            looked_at += (end or len(data)) - start.end()
            if end is None or word not in data[start.end() : end]:
                continue
            try:
                value = _parse(data[start.end() : end], lambda _: None)
            except UnreadableError:
                continue
            if isinstance(value, dict) and value.get("type") == wanted:
                return start.end()
        return None

    def refusal(self, reason: str, data: bytes | None = None) -> Refusal:
        seen = self.buffer[self.position : self.position + _READ] if data is None else data
        return Refusal(id=_readable(seen, b"id"), reason=reason)


def _end_of_object(data: bytes, start: int) -> int | None:
    depth = 0
    for bracket in _BRACKET.finditer(data, start):
        depth += 1 if bracket[1] in b"[{" else -1
        if depth == 0:
            return bracket.end()
        if depth > MAX_DEPTH:
            return None
    return None


def _readable(data: bytes, key: bytes) -> str:
    """Of a broken object the text behind a key on its own level. "" where none is found."""
    depth, is_next = 0, False
    for token in _TEXT_OR_BRACKET.finditer(data):
        if token[1] is None:
            depth += 1 if token[0] in b"[{" else -1
            is_next = False
            if depth <= 0:
                break
        elif is_next:
            return " ".join(token[1].decode(errors="replace").replace("\\/", "/").split())[:499]
        else:
            is_next = depth == 1 and token[1] == key and token[2] is not None
    return ""


def _unfolded(value: Any, levels: int = 1) -> Iterator[dict[str, Any] | Refusal]:
    """An element of a list may be a list page or a list itself."""
    if isinstance(value, dict):
        data = value.get("data")
        if isinstance(data, list) and "id" not in value and levels:
            for entry in data:
                yield from _unfolded(entry, levels - 1)
        else:
            yield value
    elif isinstance(value, list) and levels:
        for entry in value:
            yield from _unfolded(entry, levels - 1)
    else:
        shown = json.dumps(value, ensure_ascii=False, default=str)
        yield Refusal(id="", reason=f"Expected an object; this is {shown[:100]}.")


def _no_json(first: bytes) -> str:
    if first == b"":
        return "There is nothing in it; expected JSON."
    if first == b"<":
        return "This is HTML or XML; expected JSON."
    return "This is no JSON; expected a list of objects, an object or a list page."
