"""/datenschutz/: what the portal keeps of whom."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def page(client: Client, db: None) -> str:
    response = client.get("/datenschutz/")
    assert response.status_code == 200
    return response.content.decode()


def test_says_what_the_browser_keeps_of_forms_as_long_as_the_script_does(page: str) -> None:
    script = Path(settings.BASE_DIR, "static/js/keep.js").read_text()
    days = re.search(r"LONGEST = (\d+) \* 24 \* 60 \* 60 \* 1000;", script)
    assert days is not None
    assert days[1] == "7"
    assert "merkt sich Ihr Browser auf diesem Gerät" in page
    assert "älter als eine Woche" in page


def test_a_sitting_is_one_of_the_council(page: str) -> None:
    assert "Sitzung" not in page.partition("<main")[2].partition("</main>")[0]
