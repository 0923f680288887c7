"""The history of a measure and the pages of e-mail in a real browser: no barrier, on paper too."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, SignIn, _environment
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

EMAIL = "verlauf@example.org"
WRITE = """
import json
from django.contrib.auth.models import Group
from portal.models import Notice, User
from portal.notices import unsubscribe_token
from sessions.models import AgendaItem
from strategy import actions
from strategy.models import Change, Evidence, Measure, Milestone

def account(email, role, **names):
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, **names)
    user.groups.add(Group.objects.get(name=role))
    return user

editor = account("historie-schreibt@example.org", "Redaktion", first_name="Anna", last_name="Beispiel")
releaser = account("historie-gibt-frei@example.org", "Freigabe", first_name="Bea", last_name="Beispiel")
reader = account("verlauf@example.org", "Redaktion")
measure = Measure.objects.get(slug="voicebot-telefonzentrale")

def change(obj, **values):
    base = actions.effective(obj)
    saved = actions.save(obj=obj, values=values, base=base, by=editor, note="Geheimwort")
    actions.apply_change(change=saved.change, by=releaser)

change(measure, summary=measure.summary + " Er antwortet rund um die Uhr.", planned_end="2027-Q2",
       description="Ein **langer** Text mit Donaudampfschifffahrtsgesellschaftskapitänspatentprüfungsordnung.\\n\\n"
       + "Er hat viele Sätze. " * 40)
saved = actions.create(model=Milestone, values={"measure": measure.pk, "name": "Probebetrieb", "planned": "2026-09"},
                       by=editor)
actions.apply_change(change=saved.change, by=releaser)
proposal = actions.propose_evidence(
    subject=measure, by=editor,
    values={"measure": measure.pk, "agenda_item": 1000181, "quote": "", "aspect": "general"})
actions.apply_change(change=proposal, by=releaser)
actions.save(obj=measure, values={"name": "Geheimwort"}, base=actions.effective(measure), by=editor)
Notice.objects.create(recipient=reader, kind="asked", text="Voicebot: Aus dem Rat kam eine Frage.",
                      path="/massnahmen/voicebot-telefonzentrale/", reason="weil Sie diese Maßnahme betreuen")
print(json.dumps({"slug": measure.slug, "token": unsubscribe_token(releaser)}))
"""


@pytest.fixture(scope="module")
def written(demo: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A measure with changes, one that still waits, and somebody with a notice."""
    answer = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports"],
        input=f"exec({WRITE!r}, {{}})\n",
        env=_environment(tmp_path_factory),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def look(page: Page, address: str) -> list[str]:
    """What axe and a ruler find on a page, wide and narrow, light and dark."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    response = page.goto(address)
    assert response is not None
    assert response.status == 200
    assert complaints == []
    # axe adds stylesheets to read ours, which the policy forbids.
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{width} {scheme}: {barrier}" for barrier in page.evaluate(RUN_AXE, RULES)]
        if (sideways := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{width} {scheme}: scrolls {sideways} px sideways")
    return found


def test_readers_follow_the_changes(page: Page, demo: str, written: dict[str, Any]) -> None:
    page.goto(f"{demo}/massnahmen/{written['slug']}/")
    page.get_by_role("link", name="Alle Änderungen an dieser Maßnahme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verlauf")
    main = page.locator("main")
    expect(main.locator("ins", has_text="2. Quartal 2027")).to_be_visible()
    expect(main.locator("ins", has_text="rund um die Uhr")).to_be_visible()
    expect(main.get_by_role("heading", name="Meilenstein Probebetrieb: neu")).to_be_visible()
    expect(main).to_contain_text("Freigabe")
    expect(main).to_contain_text("Import")
    expect(main).not_to_contain_text("Geheimwort")
    expect(main).not_to_contain_text("Bea")
    assert page.context.cookies() == []
    assert look(page, f"{demo}/massnahmen/{written['slug']}/verlauf/") == []


def test_staff_see_who_and_narrow_it_down(sign_in: SignIn, written: dict[str, Any]) -> None:
    page = sign_in(EMAIL, "Redaktion").new_page()
    address = f"/redaktion/massnahmen/{written['slug']}/verlauf/"
    assert look(page, address) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("main")).to_contain_text("Name: Geheimwort")
    page.get_by_label("Wer").select_option(label="Bea Beispiel")
    page.get_by_label("Was").select_option(label="Meilenstein")
    page.get_by_role("button", name="Anwenden").click()
    expect(page.get_by_role("heading", name="Meilenstein Probebetrieb: neu")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Änderungsvorschlag:")


def test_paper_shows_the_changes_and_not_the_filter(sign_in: SignIn, written: dict[str, Any]) -> None:
    page = sign_in(EMAIL, "Redaktion").new_page()
    page.goto(f"/redaktion/massnahmen/{written['slug']}/verlauf/")
    page.emulate_media(media="print")
    expect(page.get_by_label("Wer")).to_be_hidden()
    expect(page.locator("ins", has_text="2. Quartal 2027").first).to_be_visible()


def test_notices_are_chosen_and_ended(
    sign_in: SignIn, written: dict[str, Any], page: Page, demo: str
) -> None:
    signed_in = sign_in(EMAIL, "Redaktion").new_page()
    assert look(signed_in, "/konto/nachrichten/") == []
    signed_in.get_by_label("Ein Sachstand ist überfällig").uncheck()
    signed_in.get_by_role("button", name="Speichern").click()
    expect(signed_in.get_by_role("status")).to_contain_text("gespeichert")
    expect(signed_in.get_by_label("Ein Sachstand ist überfällig")).not_to_be_checked()
    address = f"{demo}/konto/nachrichten/abbestellen/{written['token']}/"
    assert look(page, address) == []
    page.get_by_role("button", name="Alle Nachrichten abbestellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Nachrichten sind abbestellt")
