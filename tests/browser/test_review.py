"""A council member reviews, asks and prepares a meeting: with the keyboard alone, on paper, without barriers."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, SignIn, _environment
from tests.browser.test_every_page import AXE, RULES, RUN_AXE, SIDEWAYS, VIEWS

SUBMIT = """
import json
from datetime import timedelta
from django.utils import timezone
from django.contrib.auth.models import Group
from portal.dates import Period
from portal.models import User
from sessions.models import AgendaItem, Meeting
from strategy.actions import add_evidence, ask_question, draft_report, review_report, submit_report
from strategy.models import Measure, StatusReport

def account(email, role):
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    user.groups.add(Group.objects.get(name=role))
    return user

editor, member = account("schreibt@example.org", "Redaktion"), account("mitglied@example.org", "Rat")
busy = StatusReport.objects.open().values("measure")
reported = StatusReport.objects.published().exclude(measure__in=busy).order_by("-measure__slug")
before = reported.newest_first().first()
item = AgendaItem.objects.published().get(pk=1000181)
report = draft_report(
    measure=before.measure, status=before.status, as_of=Period.parse("2026-01"), by=editor,
    reason=before.reason + " Der Probebetrieb läuft seit Januar.", schedule="late",
    schedule_reason="Die Lieferung dauert länger.", new_end=Period.parse("2026-Q4"),
    results="- Erstes **Ergebnis**\\n- Zweites Ergebnis",
)
add_evidence(subject=report, source=item, by=editor)
submit_report(report=report, by=editor)
report.refresh_from_db()
review_report(report=report, submission=report.submission, verdict="needs_evidence", by=member,
              comment="Wo steht das?", is_public=True)
ask_question(measure=report.measure, text="Wann ist der Probebetrieb zu Ende?", by=member)
meeting = Meeting.objects.create(
    external_id="browser:meeting", body=item.meeting.body, start=timezone.now() + timedelta(days=9),
)
meeting.organizations.set(item.meeting.organizations.all())
coming = AgendaItem.objects.create(
    external_id="browser:item", meeting=meeting, number="Ö 5", title="Stand der Strategie", public=True
)
for consultation in item.consultations.all():
    consultation.pk, consultation.external_id, consultation.agenda_item = None, "browser:consultation", coming
    consultation.save()
print(json.dumps({"report": report.pk, "slug": report.measure.slug, "name": report.measure.name,
                  "number": report.number, "meeting": item.meeting_id, "coming": meeting.pk}))
"""


@pytest.fixture(scope="module")
def records(demo: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A submitted report with a verdict, a question that waits, and a meeting to come."""
    answer = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports"],
        input=f"exec({SUBMIT!r}, {{}})\n",
        env=_environment(tmp_path_factory),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def tab_to(page: Page, wanted: Locator) -> None:
    """Walks with the Tab key until the focus is there."""
    target = wanted.element_handle()
    for _ in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_report_is_reviewed_with_the_keyboard_alone(
    sign_in: SignIn, records: dict[str, Any], script: bool
) -> None:
    email = f"tastatur-{script}@example.org".lower()
    page = sign_in(email, "Rat", java_script_enabled=script).new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto("/pruefung/")
    submitted = page.get_by_role("region", name="Zur Prüfung eingereicht")
    tab_to(page, submitted.get_by_role("link", name=f"{records['name']}: Sachstand {records['number']}"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sachstand {records['number']} prüfen")
    difference = page.get_by_role("region", name="Was ist anders")
    expect(difference.locator("ins").filter(has_text="Der Probebetrieb läuft seit Januar.")).to_be_visible()
    evidence = page.get_by_role("region", name="Der Sachstand").locator("summary")
    tab_to(page, evidence)
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("region", name="Der Sachstand").get_by_role("link", name="Ö 13").first
    ).to_be_visible()
    tab_to(page, page.get_by_role("radio", name="zur Kenntnis genommen"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Prüfvermerk abgeben"))
    page.keyboard.press("Enter")
    # Without a word on what is wrong it is not taken, and says so where the focus is.
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("welcher Beleg fehlt oder was nicht stimmt")
    tab_to(page, wrong.get_by_role("link", name=re.compile("^Anmerkung")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Anmerkung")).to_be_focused()
    page.keyboard.type("Der Probebetrieb begann später.")
    tab_to(page, page.get_by_role("radio", name=re.compile("^Nur die Verwaltung")))
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_attribute("value", "alle")
    tab_to(page, page.get_by_role("button", name="Prüfvermerk abgeben"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Ihr Prüfvermerk ist gespeichert.")
    own = page.locator("article.verdict").filter(has_text="Sie")
    expect(own).to_contain_text("widerspricht")
    expect(own).to_contain_text("Der Probebetrieb begann später.")
    page.goto("/pruefung/")
    expect(page.get_by_role("region", name="Zur Prüfung eingereicht")).to_contain_text("von Ihnen geprüft")
    assert messages == []


def test_a_question_is_asked_from_the_page_of_the_measure(sign_in: SignIn, records: dict[str, Any]) -> None:
    page = sign_in("fragt@example.org", "Rat").new_page()
    page.goto(f"/massnahmen/{records['slug']}/")
    page.get_by_role("link", name="Frage zu dieser Maßnahme stellen").click()
    page.get_by_label("Ihre Frage").fill("Was kostet der Probebetrieb?")
    page.get_by_role("button", name="Frage stellen").click()
    expect(page.get_by_role("status").first).to_contain_text("ist gestellt")
    expect(page.get_by_role("region", name="Ihre Fragen")).to_contain_text("wartet auf Antwort")


def test_no_barrier_and_no_sideways_scroll(sign_in: SignIn, records: dict[str, Any]) -> None:
    page = sign_in("axe@example.org", "Rat").new_page()
    axe = AXE.read_text(encoding="utf-8")
    shots = os.environ.get("SCREENSHOTS")
    barriers: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.evaluate(axe)
        for medium in ("screen", "print"):
            for width, scheme in VIEWS:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(
                    media="print" if medium == "print" else "screen",
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                found = page.evaluate(RUN_AXE, RULES)
                if medium == "print":  # Nobody presses paper.
                    found = [words for words in found if not words.startswith("target-size")]
                if (sideways := page.evaluate(SIDEWAYS)) > 0:
                    found.append(f"scrolls {sideways} px sideways")
                if found:
                    barriers[f"{name} {medium} {width} {scheme}"] = found
                if shots:
                    page.screenshot(path=f"{shots}/{name}-{medium}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(media="screen", color_scheme="light")

    for name, path in {
        "home": "/pruefung/",
        "submitted": "/pruefung/eingereicht/",
        "published": "/pruefung/veroeffentlicht/",
        "questions": "/pruefung/fragen/",
        "report": f"/pruefung/sachstaende/{records['report']}/",
        "ask": f"/pruefung/massnahmen/{records['slug']}/frage/",
        "meetings": "/pruefung/sitzungen/",
        "folder": f"/pruefung/sitzung/{records['meeting']}/",
        "coming": f"/pruefung/sitzung/{records['coming']}/",
        "measure": f"/massnahmen/{records['slug']}/",
    }.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        look(name)
    page.goto(f"/pruefung/sachstaende/{records['report']}/")
    page.get_by_role("button", name="Prüfvermerk abgeben").click()
    look("wrong")
    page.goto("/pruefung/")
    page.get_by_role("button", name="Alles gesehen").click()
    look("seen")
    assert barriers == {}


def test_the_folder_on_paper(sign_in: SignIn, records: dict[str, Any]) -> None:
    """No navigation, every measure on a page of its own, addresses in words."""
    page = sign_in("papier@example.org", "Rat").new_page()
    page.goto(f"/pruefung/sitzung/{records['meeting']}/")
    measures = page.locator(".folder__measure").count()
    assert measures > 1
    page.emulate_media(media="print")
    for name in ("Hauptmenü", "Ihr Konto", "Sie sind hier"):
        expect(page.get_by_role("navigation", name=name)).to_be_hidden()
    expect(page.get_by_role("navigation", name="Inhalt")).to_be_visible()
    address = page.locator(".folder__measure h2 a").first
    printed = address.evaluate("element => getComputedStyle(element, '::after').content")
    assert "http" in printed or "attr(href)" in printed
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    if shots := os.environ.get("SCREENSHOTS"):
        with open(f"{shots}/folder.pdf", "wb") as file:
            file.write(paper)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) > measures
