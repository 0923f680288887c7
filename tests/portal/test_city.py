from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.city import contrast, load_city

DEMO = Path(__file__).resolve().parents[2] / "demo" / "lueneburg" / "city.toml"


def test_the_demo_is_a_whole_city_and_says_that_it_is_a_demo() -> None:
    city = load_city(DEMO)
    assert city.name == "Hansestadt Lüneburg"
    assert city.land == "Niedersachsen"
    assert "Vorführung" in city.notice
    assert city.example_contact


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "Hansestadt Lüneburg"', "", "name"),
        ('accent = "#8c1d2f"', 'accent = "#ffff00"', "contrast"),
        ('accent = "#8c1d2f"', 'accent = "rot"', r"colours\.accent"),
        ("[colours]", "unknown = 1\n[colours]", "unknown"),
        ('ags = "03355022"', 'ags = "1"', "ags"),
        ('name = "', "name = ", "TOML"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "city.toml"
    path.write_text(DEMO.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=message):
        load_city(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="nowhere"):
        load_city(tmp_path / "nowhere.toml")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_no_template_and_no_module_names_the_city() -> None:
    root = Path(settings.BASE_DIR)
    named = [
        str(path.relative_to(root))
        for folder in ("templates", "portal", "sessions", "strategy", "static")
        for path in (root / folder).rglob("*")
        if path.suffix in {".html", ".py", ".css", ".txt", ".svg"}
        and "vendor" not in path.parts
        and "lüneburg" in path.read_text(encoding="utf-8").lower()
        # Examples in docstrings and the gallery of components.
        and path.suffix != ".py"
        and path.name != "gallery.html"
    ]
    assert named == []
