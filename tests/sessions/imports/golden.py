"""Golden pairs: tests/data/allris/<name>.html or .txt and the record it must give, <name>.json.

After a wanted change of the parsers: `python -m tests.sessions.imports.golden`, then read the diff.
"""

import json
from dataclasses import asdict
from pathlib import Path

from sessions.imports.allris import parse_page

FOLDER = Path(__file__).parents[2] / "data" / "allris"


def pages() -> list[Path]:
    return [path for path in sorted(FOLDER.iterdir()) if path.suffix in (".html", ".txt")]


def as_json(page: Path) -> str:
    """The record of a page: dates as ISO 8601, everything else as it is."""
    record = asdict(parse_page(page.read_bytes()))
    return json.dumps(record, ensure_ascii=False, indent=2, default=lambda day: day.isoformat()) + "\n"


def regenerate() -> None:
    for page in pages():
        page.with_suffix(".json").write_text(as_json(page), encoding="utf-8")


if __name__ == "__main__":
    regenerate()
