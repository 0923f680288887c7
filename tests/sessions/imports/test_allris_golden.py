from pathlib import Path

import pytest

from tests.sessions.imports import golden


@pytest.mark.parametrize("page", golden.pages(), ids=lambda page: page.name)
def test_page_gives_its_golden_record(page: Path) -> None:
    assert golden.as_json(page) == page.with_suffix(".json").read_text(encoding="utf-8")


def test_no_golden_record_without_its_page() -> None:
    records = {path.stem for path in golden.FOLDER.glob("*.json")}
    assert records == {page.stem for page in golden.pages()}
