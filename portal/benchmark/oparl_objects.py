"""OParl objects to import: invented ones in the shape of a big city's year, or copies of real ones.

The invented year has the proportions of a real one (Karlsruhe 2025): 76 organizations, 173 meetings with
1,789 items, 1,378 papers of which 183 are tombstones, 1,444 consultations, 3,978 files. Nothing in it is
true.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ORGANIZATIONS, MEETINGS, ITEMS, PAPERS, TOMBSTONES, CONSULTATIONS = 76, 173, 1_789, 1_378, 183, 1_444
FILES_OF_MEETINGS, FILES_OF_PAPERS = 189, 3_789
RESULTS = (
    "Kenntnisnahme", "einstimmig beschlossen", "mehrheitlich abgelehnt", "erledigt", "vertagt",
    "mehrheitlich beschlossen, 23 Ja-Stimmen, 12 Nein-Stimmen", "",
)  # fmt: skip
PAPER_TYPES = ("Beschlussvorlage", "Informationsvorlage", "Antrag", "Anfrage")
BASE = "https://oparl.example.org"
TEXT = (
    "Beispiel: Ausbau der digitalen Angebote der Verwaltung und ihrer Anmeldung, Stand und weiteres Vorgehen"
)


def write_example(folder: Path, years: int) -> None:
    """Files by type with so many invented years, each with objects of its own."""
    numbers = range(years)
    _write(folder / "organizations.json", (o for year in numbers for o in _organizations(year)))
    _write(folder / "meetings.json", (o for year in numbers for o in _meetings(year)))
    _write(folder / "papers.json", (o for year in numbers for o in _papers(year)))


def write_copies(source: Path, folder: Path, times: int) -> None:
    """The lists of `source` so many times; from the second on every address in them is another one."""
    for path in sorted(source.glob("*.json")):
        objects = json.loads(path.read_text(encoding="utf-8"), strict=False)
        rows = objects if isinstance(objects, list) else [objects]
        _write(folder / path.name, (_copy(row, number) for number in range(times) for row in rows))


def count_objects(folder: Path) -> int:
    """Objects in the files, embedded ones included; tombstones are objects too."""
    return sum(
        _count(row)
        for path in folder.glob("*.json")
        for row in json.loads(path.read_text(encoding="utf-8"), strict=False)
    )


def _count(value: object) -> int:
    if isinstance(value, dict):
        return ("id" in value) + sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list) else 0


def _write(path: Path, rows: Iterable[Json]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            file.write(",\n" if number else "[\n")
            json.dump(row, file, ensure_ascii=False)
        file.write("\n]\n")


def _copy(value: Any, number: int) -> Any:
    if not number:
        return value
    if isinstance(value, dict):
        return {key: row if key == "type" else _copy(row, number) for key, row in value.items()}
    if isinstance(value, list):
        return [_copy(row, number) for row in value]
    is_address = isinstance(value, str) and value.startswith(("http://", "https://"))
    return f"{value}{'&' if '?' in value else '?'}copy={number}" if is_address else value


def _object(kind: str, path: str, year: int, place: int, /, **more: Any) -> Json:
    stated = {key: value for key, value in more.items() if value not in ("", [])}
    moment = f"{2010 + year % 10}-{1 + place % 12:02}-{1 + place % 28:02}T09:30:00+01:00"
    return {
        "id": _id(path, year, place),
        "type": f"https://schema.oparl.org/1.1/{kind}",
        "created": moment,
        "modified": moment,
        **stated,
    }


def _id(path: str, year: int, number: int) -> str:
    return f"{BASE}/{path}/{year}-{number}"


def _organizations(year: int) -> Iterator[Json]:
    for number in range(ORGANIZATIONS):
        kind = "Gremium" if number % 3 else "Verwaltungsbereich"
        name = f"Beispiel: {'Ausschuss' if number % 3 else 'Amt'} {year}-{number}"
        yield _object("Organization", "organizations", year, number, name=name, organizationType=kind)


def _file(path: str, year: int, number: int) -> Json:
    address = f"{BASE}/dokumente/{path}-{year}-{number}.pdf"
    return _object(
        "File", f"files/{path}", year, number,
        name=f"Beispiel: Anlage {number}", fileName=f"{number}.pdf", mimeType="application/pdf",
        date="2025-02-03", accessUrl=address, downloadUrl=address,
    )  # fmt: skip


def _meetings(year: int) -> Iterator[Json]:
    for number in range(MEETINGS):
        items = [
            _object(
                "AgendaItem",
                "items",
                year,
                item,
                meeting=_id("meetings", year, number),
                name=f"{TEXT} ({item})",
                order=order,
                number=str(order),
                public=True,
                result=RESULTS[item % len(RESULTS)],
                consultation=_id("consultations", year, item) if item < CONSULTATIONS else "",
            )
            for order, item in enumerate(range(number, ITEMS, MEETINGS), start=1)
        ]
        files = [_file("meetings", year, file) for file in range(number, FILES_OF_MEETINGS, MEETINGS)]
        day = f"2025-{1 + number % 12:02}-{1 + number % 28:02}"
        yield _object(
            "Meeting", "meetings", year, number,
            name=f"Beispiel: Sitzung {number}", start=f"{day}T17:00:00+01:00", end=f"{day}T19:30:00+01:00",
            organization=[_id("organizations", year, number % ORGANIZATIONS)],
            location=_object("Location", "locations", year, number, description="Beispiel: Rathaus"),
            agendaItem=items, invitation=files[0], auxiliaryFile=files[1:],
        )  # fmt: skip


def _papers(year: int) -> Iterator[Json]:
    for number in range(PAPERS):
        if number >= PAPERS - TOMBSTONES:
            yield _object("Paper", "papers", year, number, deleted=True)
            continue
        living = PAPERS - TOMBSTONES
        stations = [
            _object(
                "Consultation",
                "consultations",
                year,
                item,
                paper=_id("papers", year, number),
                agendaItem=_id("items", year, item),
                meeting=_id("meetings", year, item % MEETINGS),
                role="Entscheidung",
                authoritative=True,
                organization=[_id("organizations", year, item % ORGANIZATIONS)],
            )
            for item in range(number, CONSULTATIONS, living)
        ]
        yield _object(
            "Paper", "papers", year, number,
            name=f"{TEXT} ({number})", reference=f"{2010 + year}/{number:04}", date="2025-01-20",
            paperType=PAPER_TYPES[number % len(PAPER_TYPES)],
            underDirectionOf=[_id("organizations", year, number % ORGANIZATIONS)],
            consultation=stations,
            auxiliaryFile=[_file("papers", year, file) for file in range(number, FILES_OF_PAPERS, living)],
        )  # fmt: skip
