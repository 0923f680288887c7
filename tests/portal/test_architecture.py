"""The rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {"portal": set[str](), "sessions": {"portal"}, "strategy": {"portal", "sessions"}}
"""What each package may import: kernel ← sessions ← strategy."""

COMPOSING = {Path("portal/urls.py"), Path("portal/views.py"), Path("portal/benchmark")}
"""Parts of portal that bring the apps together."""

PRINTING = {
    Path("portal/benchmark/bare.py"),
    Path("portal/embedded/__main__.py"),
    Path("portal/embedded/keeper.py"),
}
"""What runs without Django, as a process of its own."""

WRITING = {"identity.py", "writer.py", "run.py", "pages", "store", "upsert"}
"""Modules and folders below sessions/imports that bring records into the database."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_run_one_way(package: str) -> None:
    others = set(ALLOWED) - {package} - ALLOWED[package]
    breaches = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        if not any(part in {path.relative_to(ROOT), *path.relative_to(ROOT).parents} for part in COMPOSING)
        for name in imported(path)
        if name in others
    ]
    assert breaches == []


def test_the_council_lives_in_the_folder_sessions() -> None:
    config = apps.get_app_config("council")
    assert config.name == "sessions"
    assert apps.get_app_config("sessions").name == "django.contrib.sessions"


@pytest.mark.parametrize(
    "module", sorted((ROOT / "sessions" / "imports").rglob("*.py")), ids=lambda p: p.name
)
def test_parsers_are_pure(module: Path) -> None:
    """Between bytes and records there is no Django; only what writes may know it."""
    if WRITING & set(module.relative_to(ROOT / "sessions" / "imports").parts):
        return
    assert "django" not in set(imported(module))


def test_only_what_runs_without_django_prints() -> None:
    """Commands write to self.stdout, pages to their response; the server's keeper has neither."""
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in ALLOWED
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.relative_to(ROOT) not in PRINTING
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == []
