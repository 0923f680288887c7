"""The papers of the repository say what is true of the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pghistory.models
import pytest
import yaml
from django.apps import apps
from django.core.management import get_commands
from django.db import models
from django.db.models import CheckConstraint, UniqueConstraint

from strategy.migrations import __path__ as strategy_migrations

ROOT = Path(__file__).resolve().parents[2]
MODELS = [
    model
    for label in ("portal", "council", "strategy")
    for model in apps.get_app_config(label).get_models()
    # What keeps the history of others: events, and ties that are models only for that.
    if not issubclass(model, pghistory.models.Event) and not model._meta.proxy
]
FOLDERS = (
    "demo",
    "docker",
    "docs",
    "portal",
    "scripts",
    "sessions",
    "static",
    "strategy",
    "templates",
    "tests",
)
"""What is the project's own; the other folders hold what was installed."""
REGISTRY = re.compile(r"[\w-]*(?:pypi|npmjs|registry|pythonhosted|artifactory|mirror)[\w-]*\.[a-z]{2,}\b")
"""The host of a package registry, whatever its name is on the machine that wrote the document."""

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s[^)]*)?\)")
HTML_LINK = re.compile(r"""<(?:img|a)\b[^>]*\b(?:src|href)="([^"]+)\"""")
TICKED = re.compile(r"`([^`]+)`")


def read(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """Markdown without its fenced blocks."""
    return FENCE.sub("", text)


def links(text: str) -> Iterator[str]:
    for pattern in (INLINE_LINK, HTML_LINK):
        yield from pattern.findall(TICKED.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """Anchors of the headings, as the usual hosts of repositories make them."""
    titles = re.findall(r"^#+\s+(.+?)\s*$", prose(text), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


def rows(text: str, head: str) -> list[list[str]]:
    """Cells of every table whose head begins with `head`."""
    found = []
    inside = False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
        elif line.startswith(head):
            inside = True
        elif inside and not line.startswith("|---"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


MARKDOWN = sorted(
    [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
)
DOCUMENTS = [*MARKDOWN, ROOT / "publiccode.yml"]
DATA_MODEL = read("docs/data-model.md")
DESCRIBED = {cells[1].strip("`"): cells for cells in rows(DATA_MODEL, "| German | Model | Constraints")}


# --- The data model ---------------------------------------------------------------------------
def test_every_model_is_described_and_no_other() -> None:
    assert sorted(DESCRIBED) == sorted(model.__name__ for model in MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_a_model_is_described_as_it_is(model: type[models.Model]) -> None:
    german, _, constraints = DESCRIBED[model.__name__]
    assert german == model._meta.verbose_name
    in_database = {
        constraint.name
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert set(TICKED.findall(constraints)) == in_database


def test_the_diagrams_show_every_model_and_no_other() -> None:
    shown = set()
    for kind, block in FENCE.findall(DATA_MODEL):
        assert kind == "mermaid"
        assert block.startswith("erDiagram\n")
        for line in block.splitlines()[1:]:
            match = re.fullmatch(r' {4}(\w+)(?: [|}][|o](?:--)[|o][|{] (\w+) : (?:\w+|"[\w ]+"))?', line)
            assert match, line
            shown |= {name for name in match.groups() if name}
    assert shown == set(DESCRIBED)


def test_a_tie_in_a_diagram_is_a_relation_of_the_models() -> None:
    by_name = {model.__name__: model for model in MODELS}
    related = {
        frozenset((model, field.related_model))
        for model in MODELS
        for field in model._meta.get_fields()
        if field.is_relation
    }
    for _, block in FENCE.findall(DATA_MODEL):
        for first, second in re.findall(r"^ {4}(\w+) \S+ (\w+) :", block, re.MULTILINE):
            assert frozenset((by_name[first], by_name[second])) in related, (first, second)


def test_the_triggers_are_described() -> None:
    sql = "".join(path.read_text() for folder in strategy_migrations for path in Path(folder).glob("*.py"))
    made = dict(re.findall(r"CREATE TRIGGER (\w+) BEFORE [\w ]+ ON (\w+)", sql))
    table = rows(DATA_MODEL, "| Trigger | Table | Refuses |")
    described = {cells[0].strip("`"): cells[1].strip("`") for cells in table}
    assert made
    assert described == made


# --- Decisions --------------------------------------------------------------------------------
def test_decisions_are_numbered_and_short() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}. "), path.name
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
        assert len(text.splitlines()) <= 25, path.name


# --- Links, addresses, paths ------------------------------------------------------------------
@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in links(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{name_of(path)} links to {link}"
        assert target.is_relative_to(ROOT), f"{name_of(path)} links to {link}, outside the project"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{name_of(path)} links to {link}"


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_files_of_the_project_that_a_document_names_are_there(path: Path) -> None:
    """`portal/html.py` in a sentence: a document that speaks of a file that went away is wrong."""
    for name in TICKED.findall(prose(path.read_text(encoding="utf-8"))):
        if re.fullmatch(rf"(?:{'|'.join(FOLDERS)})/[\w./-]+", name):
            assert (ROOT / name).exists() or (path.parent / name).exists(), f"{name_of(path)} names {name}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_no_document_knows_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not REGISTRY.search(text)
    assert not re.search(r"--(?:extra-)?index-url|registry=", text)
    assert not re.search(r"(?<![\w.~-])/(?:home|Users)/\w", text)
    for place in {ROOT, ROOT.parent, Path.home()} - {Path("/")}:
        assert not re.search(rf"(?<![\w.~-]){re.escape(str(place))}(?![\w-])", text)


# --- README, licence, changelog ---------------------------------------------------------------
def test_readme_names_the_two_commands() -> None:
    targets = re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE)
    shown = re.findall(r"^make (\w+)", read("README.md"), re.MULTILINE)
    assert shown[:2] == ["demo", "test"]
    assert set(shown) <= set(targets)


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md"])
def test_commands_that_a_document_shows_exist(path: str) -> None:
    shown = set(re.findall(r"manage\.py ([a-z]\w+)", read(path)))
    assert shown
    assert shown <= set(get_commands())


def test_readme_tells_the_trap_of_the_two_sessions() -> None:
    text = read("README.md")
    assert "`migrate council`" in text or "migrate council" in text
    assert apps.get_app_config("council").name == "sessions"


@pytest.mark.parametrize("picture", ["start.png", "measure-phone.png"])
def test_pictures_are_small(picture: str) -> None:
    data = (ROOT / "docs" / "img" / picture).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(data) < 200_000


def test_the_licence_is_complete() -> None:
    """All articles and the appendix of the EUPL 1.2; the other papers name the same licence."""
    text = read("LICENSE")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert re.findall(r"^(\d+)\.\S", text, re.MULTILINE) == [str(number) for number in range(1, 16)]
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text
    assert 'license = "EUPL-1.2"' in read("pyproject.toml")


def test_the_changelog_knows_this_version() -> None:
    version = re.search(r'^version = "(.+)"$', read("pyproject.toml"), re.MULTILINE)
    assert version
    assert re.search(rf"^## {re.escape(version[1])}\b", read("CHANGELOG.md"), re.MULTILINE)


# --- publiccode.yml ---------------------------------------------------------------------------
@pytest.fixture(scope="module")
def publiccode() -> Any:
    return yaml.safe_load(read("publiccode.yml"))


def test_publiccode_has_what_the_standard_demands(publiccode: Any) -> None:
    assert publiccode["publiccodeYmlVersion"] == "0.5"
    assert publiccode["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert publiccode["softwareType"] == "standalone/web"
    assert publiccode["platforms"] == ["web"]
    assert publiccode["categories"]
    assert publiccode["legal"]["license"] == "EUPL-1.2"
    assert publiccode["maintenance"]["type"] in {"internal", "community"}
    assert all(contact["name"] for contact in publiccode["maintenance"]["contacts"])
    assert publiccode["localisation"] == {"localisationReady": False, "availableLanguages": ["de"]}


@pytest.mark.parametrize("language", ["de", "en"])
def test_publiccode_describes_the_portal(publiccode: Any, language: str) -> None:
    text = publiccode["description"][language]
    assert 0 < len(text["shortDescription"]) <= 150
    assert "\n" not in text["shortDescription"]
    assert 150 <= len(text["longDescription"]) <= 10_000
    assert text["features"]
    for picture in text["screenshots"]:
        assert (ROOT / picture).is_file()


def test_publiccode_invents_nobody(publiccode: Any) -> None:
    """Until a city publishes the code, every address is one that can belong to nobody."""
    addresses = re.findall(r"https?://[^\s\"]+|[\w.]+@[\w.]+", read("publiccode.yml"))
    assert addresses
    for address in addresses:
        assert re.search(r"(?:^|[@/.])example\.org(?:/|$)", address), address
