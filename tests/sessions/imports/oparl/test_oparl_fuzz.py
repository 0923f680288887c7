"""Whatever JSON comes: no exception, the same result each time, and nothing that a database cannot store."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.imports.oparl import places, quirks
from sessions.imports.oparl.columns import COLUMNS, PLACES, REFERENCES, REVERSE
from sessions.imports.oparl.objects import Context, LeftOut, raw_digest, read_object, record_digest
from sessions.imports.oparl.records import TYPES, ObjectRecord, Refusal
from sessions.imports.oparl.split import elements

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "", " ", "N/A", "a\x00b", "\ud800", "\u202eabc", "x" * 600, "2025-01-22T19:00:00+01:00", "0000-00-00",
            "9999-12-31T23:59:59+14:00", "22.01.2025", "true", "0", "pdf", "https://ris.example.org/oparl/papers/1",
            "https://ris.example.org/public/to010?SILFDNR=664", "http://[", "N 1", "Fraktion", "Schriftführer",
            "https://schema.oparl.org/1.1/Paper", "urn:1", "Point", "Feature",
        ]
    ),
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
KEYS = st.sampled_from(
    sorted(
        {"id", "type", "deleted", "created", "modified", "web", "status", "title", "formOfAddress", "persons"}
        | {
            "coordinates",
            "geometry",
            "features",
            "properties",
            "data",
            "message",
            "organizationType",
            "start",
        }
        | {
            f"strategieportal:{name}"
            for name in ("sourceId", "vote", "motion", "contribution", "kind", "type")
        }
        | {"position", "on", "result", "yes", "text", "wording", "speaker"}
        | {column.key for columns in COLUMNS.values() for column in columns}
        | {key for pairs in REFERENCES.values() for key, _ in pairs}
        | {place.key for places in PLACES.values() for place in places}
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS | TEXTS, inner, max_size=6)),
    max_leaves=25,
)
CONTEXTS = st.builds(
    Context,
    listed_as=st.sampled_from([None, *TYPES]),
    has_allris_numbers=st.booleans(),
    administration=st.just(frozenset({"urn:1"})),
)


def objects_of(type_: str) -> dict[str, Any]:
    """One object with something at each of its places."""
    raw = {"id": f"https://ris.example.org/oparl/{type_}/1", "type": f"https://schema.oparl.org/1.1/{type_}"}
    raw |= {column.key: "2025-01-01" for column in COLUMNS[type_]}  # type: ignore[index]  # names of TYPES
    raw |= {key: "urn:1" for key, _ in REFERENCES[type_]}  # type: ignore[index]  # names of TYPES
    for place in PLACES[type_]:  # type: ignore[index]  # names of TYPES
        raw[place.key] = [objects_of(place.type), "urn:2"]  # type: ignore[assignment]  # a list among texts
    return raw


VALID = [objects_of(type_) for type_ in TYPES]


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container in a value with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in pairs:
        yield value, key
        yield from spots(entry)


@st.composite
def nearly_valid(draw: Callable[[Any], Any]) -> dict[str, Any]:
    raw: dict[str, Any] = deepcopy(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 4))):
        places = list(spots(raw))
        container, key = places[draw(st.integers(0, len(places) - 1))]
        container[key] = draw(JSON)
    return raw


def storable(value: Any) -> bool:
    if isinstance(value, str):
        # PostgreSQL takes no NUL, no encoding takes half a character.
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, datetime):
        return value.tzinfo is not None and value.year in range(1900, 2201)
    if isinstance(value, date):
        return value.year in range(1900, 2201)
    if isinstance(value, dict):
        return all(map(storable, value.values())) and all(map(storable, value))
    if isinstance(value, list | tuple):
        return all(map(storable, value))
    if isinstance(value, float):
        return abs(value) < float("inf")
    return value is None or isinstance(value, bool | int)


def check(raw: dict[str, Any], context: Context) -> None:
    results = read_object(raw, context)
    assert results == read_object(deepcopy(raw), context)
    assert raw_digest(raw) == raw_digest(deepcopy(raw))
    assert results, "an object is a record, a refusal or left out"
    names = [result.name for result in results if isinstance(result, ObjectRecord)]
    assert len(names) == len(set(names))
    for result in results:
        if not isinstance(result, ObjectRecord):
            assert isinstance(result, Refusal | LeftOut)
            continue
        assert record_digest(result) == record_digest(result)
        assert 0 < len(result.id) <= quirks.MAX_ID
        assert 0 < len(result.row_name) <= quirks.MAX_ID
        said = asdict(result)
        assert storable({key: value for key, value in said.items() if key not in ("created", "modified")})
        limits = {column.name: column.limit for column in COLUMNS[result.type]}
        for name, value in result.values.items():
            assert value is not None
            assert value != ""
            if limit := limits.get(name):
                assert len(value) <= limit, name
        known = {name for _, name in REFERENCES[result.type]}
        known |= {place.reference for place in PLACES[result.type]} | {
            "body",
            "person",
            "organization",
            "paper",
        }
        known |= {"meeting", "agenda_item"} | {name for type_, name in REVERSE if type_ == result.type}
        assert set(result.references) <= known
        assert all(result.references.values())


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS | TEXTS, JSON, max_size=12), CONTEXTS)
def test_any_object(raw: dict[str, Any], context: Context) -> None:
    check(raw, context)


@settings(max_examples=150, deadline=None)
@given(nearly_valid(), CONTEXTS)
def test_nearly_valid_objects(raw: dict[str, Any], context: Context) -> None:
    check(raw, context)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_value_for_each_quirk(value: Any) -> None:
    for read in (
        quirks.text, quirks.paragraphs, quirks.texts, quirks.whole, quirks.size, quirks.flag, quirks.moment,
        quirks.day, quirks.start, quirks.end, quirks.identifier, quirks.identifiers, quirks.address,
        quirks.file_address, quirks.mime_type, quirks.file_name, quirks.sha512, quirks.ags, quirks.rgs,
        places.geojson, quirks.stated_type,
    ):  # fmt: skip
        assert storable(read(value)), read


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(TEXTS, JSON, max_size=5), max_size=5), st.sampled_from([None, 0, 2]))
def test_any_list_comes_out_as_it_went_in(objects: list[dict[str, Any]], indent: int | None) -> None:
    pages = [entry for entry in objects if isinstance(entry.get("data"), list)]
    if pages:
        return
    data = json.dumps(objects, indent=indent, allow_nan=False, default=str) if _is_finite(objects) else "[]"
    found = list(elements([data.encode()]))
    assert found == (objects if _is_finite(objects) else [])


def _is_finite(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.binary(max_size=40) | st.sampled_from([b'{"id":"1","type":"Paper"}', b"[", b"]", b",", b'"']),
        max_size=30,
    )
)
def test_any_bytes(chunks: list[bytes]) -> None:
    joined = b"".join(chunks)
    found = list(elements(chunks))
    assert found == list(elements([joined]))
    assert found or joined.strip().startswith((b"[", b"{", b"\xef\xbb\xbf"))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 45), st.text('{}[]",:\\ a1\n', max_size=6) | st.binary(max_size=6), st.integers(0, 6))
def test_one_damage_costs_few_objects(where: int, damage: str | bytes, removed: int) -> None:
    papers = [
        {"id": f"urn:{number}", "mainFile": {"id": "urn:f"}, "type": "https://schema.oparl.org/1.1/Paper"}
        for number in range(9)
    ]
    data = json.dumps(papers).encode()
    where += data.index(b'{"id": "urn:4"')
    bytes_ = damage if isinstance(damage, bytes) else damage.encode()
    found = list(elements([data[:where] + bytes_ + data[where + removed :]]))
    ids = {entry["id"] for entry in found if isinstance(entry, dict) and isinstance(entry.get("id"), str)}
    assert len({paper["id"] for paper in papers} - ids) <= 2
