"""GeoJSON as sources write it, which may be anything. Pure."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from sessions.imports.oparl import quirks

_GEOMETRIES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_LONGITUDES = (5.0, 16.0)
_LATITUDES = (47.0, 55.5)
"""Germany with a margin. The two do not overlap, so what is swapped is proven."""
_MAX_POSITIONS = 20_000


def geojson(value: Any) -> dict[str, Any] | None:
    """A GeoJSON object with numbers for coordinates (Session writes them as texts), longitude first. None
    where anything in it is not what the format asks for."""
    budget = iter(range(_MAX_POSITIONS))
    return _shape(quirks.single(value), budget, 4)


def _shape(value: Any, budget: Iterator[int], levels: int) -> dict[str, Any] | None:
    if not isinstance(value, dict) or levels == 0:
        return None
    kind = value.get("type")
    if kind == "Feature":
        geometry = _shape(value.get("geometry"), budget, levels - 1)
        properties = value.get("properties")
        kept = _plain(properties) if isinstance(properties, dict) else {}
        return {"type": kind, "geometry": geometry, "properties": kept} if geometry else None
    for collection, key in (("FeatureCollection", "features"), ("GeometryCollection", "geometries")):
        if kind == collection:
            parts = [_shape(part, budget, levels - 1) for part in quirks.listed(value.get(key))]
            return {"type": kind, key: parts} if parts and None not in parts else None
    if not isinstance(kind, str) or kind not in _GEOMETRIES:
        return None
    coordinates = _coordinates(value.get("coordinates"), budget, 4)
    return {"type": kind, "coordinates": coordinates} if coordinates else None


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    """Name and number of a feature: what stands in it beyond that is no part of a place."""
    pairs = ((quirks.text(key), quirks.text(value)) for key, value in list(properties.items())[:50])
    return {key[:100]: value[:500] for key, value in pairs if key and value}


def _coordinates(value: Any, budget: Iterator[int], levels: int) -> list[Any] | None:
    if not isinstance(value, list) or not value or levels == 0:
        return None
    if isinstance(value[0], list):
        parts = [_coordinates(part, budget, levels - 1) for part in value]
        return parts if None not in parts else None
    if next(budget, None) is None or not 2 <= len(value) <= 4:
        return None
    numbers = [_coordinate(entry) for entry in value]
    if any(number is None for number in numbers):
        return None
    first, second = numbers[0] or 0.0, numbers[1] or 0.0
    if _within(first, _LATITUDES) and _within(second, _LONGITUDES):
        # Latitude first, as SD.NET and the standard's own examples have it.
        numbers[:2] = [second, first]
    elif abs(first) > 180 or abs(second) > 90:
        return None
    return numbers


def _within(number: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= number <= bounds[1]


def _coordinate(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
