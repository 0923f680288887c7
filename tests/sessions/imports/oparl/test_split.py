"""Bytes to JSON objects: what sources send, and what hostile ones might."""

import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from sessions.imports.oparl import split
from sessions.imports.oparl.records import Refusal
from sessions.imports.oparl.split import MAX_DEPTH, UnreadableError, elements, loads

PAPER = "https://schema.oparl.org/1.1/Paper"


def paper(number: int, **values: Any) -> dict[str, Any]:
    return {"id": f"urn:{number}", "type": PAPER, **values}


def read(data: bytes, size: int = 1 << 20) -> list[dict[str, Any] | Refusal]:
    return list(elements(data[start : start + size] for start in range(0, len(data), size)))


def ids(data: bytes, size: int = 1 << 20) -> list[str]:
    """Ids; of refusals with a "!" before them."""
    return [f"!{found.id}" if isinstance(found, Refusal) else found["id"] for found in read(data, size)]


def encoded(value: Any, **options: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **options).encode()


# --- Forms --------------------------------------------------------------------------------------
PAPERS = [paper(1, name='Er sagt: "[{" \\'), paper(2, name="ä€😀", mainFile={"id": "urn:f"}), paper(3)]
PAGE = {"pagination": {"currentPage": 1}, "data": PAPERS, "links": {"next": "urn:next"}}


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    "data",
    [
        encoded(PAPERS),
        encoded(PAPERS, indent=2),
        encoded(PAPERS, indent=0),
        b"\xef\xbb\xbf" + encoded(PAPERS),
        b" \r\n" + encoded(PAPERS) + b"\n\n",
        encoded(PAGE),
        encoded({"data": PAPERS, "pagination": {}, "links": {}}, indent=1),
        b"\n".join(map(encoded, PAPERS)),
        b",\n".join(map(encoded, PAPERS)),
        b"".join(map(encoded, PAPERS)),
        b"".join(b"\x1e" + encoded(entry) + b"\n" for entry in PAPERS)[1:],
        encoded(PAPERS[:2]) + encoded(PAPERS[2:]),
        encoded([PAGE]),
        encoded([PAPERS]),
    ],
)
def test_forms(data: bytes, size: int) -> None:
    assert read(data, size) == PAPERS


def test_one_object() -> None:
    assert read(encoded(paper(1), indent=4)) == [paper(1)]
    assert read(encoded({"name": "ohne Id"})) == [{"name": "ohne Id"}]


def test_an_object_with_an_id_is_no_page() -> None:
    assert read(encoded({"id": "urn:1", "data": [paper(2)]})) == [{"id": "urn:1", "data": [paper(2)]}]
    assert read(encoded({"data": "nichts"})) == [{"data": "nichts"}]


def test_empty_lists() -> None:
    assert read(b"[]") == []
    assert read(b" [ ] ") == []
    assert read(encoded({"data": [], "links": {}})) == []


# --- What is not quite JSON ---------------------------------------------------------------------
def test_raw_control_characters_stay_for_the_cleaner() -> None:
    assert read(b'[{"id": "urn:1", "name": "Haft\x01ung\n\tGmbH"}]') == [
        {"id": "urn:1", "name": "Haft\x01ung\n\tGmbH"}
    ]


def test_no_numbers_are_null_and_the_last_of_two_keys_counts() -> None:
    (found,) = read(b'[{"id": "a", "id": "b", "x": NaN, "y": -Infinity, "z": 1e999}]')
    assert isinstance(found, dict)
    assert (found["id"], found["x"], found["y"]) == ("b", None, None)


def test_numbers_with_thousands_of_digits_are_refused() -> None:
    assert ids(b'[{"id": "urn:1", "x": ' + b"9" * 5_000 + b'}, {"id": "urn:2"}]') == ["!urn:1", "urn:2"]


def test_other_encodings_are_noted() -> None:
    notes: list[str] = []
    latin = '[{"id": "1", "name": "Größe"}, {"id": "2", "name": "Maß"}]'.encode("latin-1")
    assert [found["name"] for found in elements([latin], notes.append) if isinstance(found, dict)] == [
        "Größe",
        "Maß",
    ]
    assert notes == ["Bytes that are no UTF-8 were read as windows-1252."]
    notes.clear()
    mixed = '[{"id": "1", "name": "Größe '.encode() + b'\x84"}]'
    assert [found["name"] for found in elements([mixed], notes.append) if isinstance(found, dict)] == [
        "Größe \ufffd"
    ]
    assert notes == ["Bytes that are no UTF-8 were replaced."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "nothing in it"),
        (b" \n", "nothing in it"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"%PDF-1.7", "no JSON"),
        (b"\x1f\x8b\x08", "no JSON"),
        (b"\xff\xfe[\x00", "UTF-16"),
        (b'"urn:1"', "no JSON"),
        (b"[", "cut off"),
    ],
)
def test_no_json(data: bytes, reason: str) -> None:
    (refusal,) = read(data)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


# --- One broken element -------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 1 << 20])
@pytest.mark.parametrize(
    "broken",
    [
        b'{"id": "urn:x", "name": }',
        b'{"name": {"id": "urn:other"}, "id": "urn:x", "list": [1,]}',
        b'{"id": "urn:x", "name": "\\q"}',
        b'{"id": "urn:x", "name": undefined}',
        b'{"id": "urn:x" "name": "Haushalt"}',
        b'{"id": "urn:x", "name": [}]',
    ],
)
def test_a_broken_element_spares_the_others(broken: bytes, size: int) -> None:
    data = b"[" + encoded(paper(1)) + b", " + broken + b", " + encoded(paper(2)) + b"]"
    assert ids(data, size) == ["urn:1", "!urn:x", "urn:2"]


@pytest.mark.parametrize(
    "broken",
    [
        # A bracket or a quote is missing.
        b'{"id": "urn:x", "mainFile": {"id": "urn:f"',
        b'{"id": "urn:x", "auxiliaryFile": [{"id": "urn:f"}, {"id": "urn:g"}',
        b'{"id": "urn:x", "name": "Haushalt, "date": "2025-01-01"',
    ],
)
def test_after_missing_brackets_the_next_of_its_kind_is_found(broken: bytes) -> None:
    rest = [paper(2, mainFile={"id": "urn:f2", "type": "File"}), paper(3)]
    data = b"[" + encoded(paper(1)) + b", " + broken + b"}, " + encoded(rest)[1:]
    found = ids(data)
    assert found[:2] == ["urn:1", "!urn:x"]
    assert found[-1] == "urn:3"
    assert "urn:f2" not in found


def test_a_cut_off_file() -> None:
    data = encoded([paper(1), paper(2), paper(3)])
    assert ids(data[:-20]) == ["urn:1", "urn:2", "!urn:3", "!"]


def test_broken_lines() -> None:
    data = encoded(paper(1)) + b"\n" + b'{"id": "urn:x", }\nStoerung\n' + encoded(paper(2))
    assert ids(data) == ["urn:1", "!urn:x", "!", "urn:2"]


def test_what_is_no_object_is_refused() -> None:
    assert ids(b'["urn:1", 7, null, [[1]], {"id": "urn:2"}]') == ["!", "!", "!", "!", "urn:2"]


def test_stray_brackets() -> None:
    assert ids(b'[{"id": "urn:1"}}, , {"id": "urn:2"}]') == ["urn:1", "urn:2"]
    assert "urn:1" in ids(b'[{"id": "urn:1"}]]]')


# --- Bombs --------------------------------------------------------------------------------------
@pytest.mark.parametrize("bomb", [b"[" * 50_000 + b"]" * 50_000, b'{"x":' * 5_000 + b"1" + b"}" * 5_000])
def test_nesting_is_refused(bomb: bytes) -> None:
    data = b"[" + encoded(paper(1)) + b"," + bomb + b"," + encoded(paper(2)) + b"]"
    assert ids(data) == ["urn:1", "!", "urn:2"]
    with pytest.raises(UnreadableError, match="nested"):
        loads(bomb)


def test_nesting_without_end() -> None:
    assert ids(b"[" * 200_000)[0] == "!"
    assert ids(b'{"a":[' * 200_000)[0] == "!"


def test_as_deep_as_allowed() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH - 1):
        deep = [deep]
    assert read(encoded([paper(1, x=deep)])) == [paper(1, x=deep)]
    assert ids(encoded([paper(1, x=[deep])])) == ["!urn:1"]


def test_too_large_elements_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "MAX_ELEMENT", 5_000)
    monkeypatch.setattr(split, "_READ", 1_000)
    for large in (
        encoded({"id": "urn:x", "text": "x" * 20_000}),
        encoded({"id": "urn:x", "text": '\\"]}' * 5_000}),
        encoded({"id": "urn:x", "list": [{"n": [n]} for n in range(2_000)]}),
        encoded("y" * 20_000),
    ):
        data = b"[" + encoded(paper(1)) + b"," + large + b"," + encoded(paper(2)) + b"]"
        found = ids(data, 777)
        assert (found[0], found[-1], len(found)) == ("urn:1", "urn:2", 3), large[:30]
        assert found[1] in ("!", "!urn:x")


def test_memory_is_flat() -> None:
    one = encoded(paper(1, name="x" * 1_000)) + b","

    def chunks() -> Iterator[bytes]:
        yield b'{"data": ['
        for _ in range(1_000):
            yield one * 30
        yield encoded(paper(2)) + b"]}"

    tracemalloc.start()
    try:
        count = sum(1 for _ in elements(chunks()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 30_001
    assert peak < 3_000_000


def test_the_first_element_needs_no_more_than_the_first_bytes() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"[" + encoded(paper(1)) + b"," + b" " * (1 << 19)
        raise AssertionError("read on")

    assert list(islice(elements(chunks()), 1)) == [paper(1)]


# --- One value ----------------------------------------------------------------------------------
def test_loads() -> None:
    assert loads(b'\xef\xbb\xbf{"a": "\x01", "b": NaN}') == {"a": "\x01", "b": None}
    assert loads(b"[1]") == [1]


@pytest.mark.parametrize("data", [b"", b"<html>", b"{", b'{"a": 1} x', b"[" + b"9" * 5_000 + b"]"])
def test_loads_refuses(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        loads(data)
