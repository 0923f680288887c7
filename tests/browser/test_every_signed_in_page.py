"""Every page of somebody who is signed in, found by its links, in each role: no error, no message, no barrier.

Of pages that one view makes with the same parameters a few are enough: the tests look at the first that the
crawl meets, and only ask for the answer of the rest.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext

from tests.browser.conftest import ROOT, SignIn, _environment
from tests.browser.test_every_page import AXE, FIND_IDS, FIND_LINKS, RULES, RUN_AXE, SIDEWAYS

ROLES = ["Redaktion", "Freigabe", "Rat", "Administration"]
STARTS = ["/redaktion/", "/pruefung/", "/admin/", "/konto/"]
LOOKED_AT = 1
"""Pages of one view and one set of parameters that are looked at."""
ASKED_FOR = 6
"""Such pages that are asked for."""

CONTENT = """
import json
from datetime import timedelta
from django.contrib.auth.models import Group
from django.utils import timezone
from portal.accounts.actions import invite
from portal.dates import Period
from portal.models import ImportRun, User
from portal.roles import Role
from sessions.models import AgendaItem
from strategy import actions
from strategy.models import Measure, Milestone, Status, StatusReport

def account(name, role):
    email = f"{name}@example.org"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, first_name=name)
    user.groups.add(Group.objects.get(name=role))
    return user

editor, releaser = account("inhalt-schreibt", "Redaktion"), account("inhalt-gibt-frei", "Freigabe")
reviewer, admin = account("inhalt-prueft", "Rat"), account("inhalt-verwaltet", "Administration")
item = AgendaItem.objects.get(pk=1000181)
free = Measure.objects.published().exclude(reports__in=StatusReport.objects.open()).order_by("slug")
measures = [measure for measure in free if measure.reports.exists()][:3] + [
    measure for measure in free if not measure.reports.exists()][:2]

def draft(measure):
    report = actions.draft_report(
        measure=measure, status=Status.objects.get(code="running"), as_of=Period.parse("2026-01"), by=editor,
        reason="Der Probebetrieb läuft seit Januar. " * 8, schedule="late", schedule_reason="Die Lieferung dauert.",
        new_end=Period.parse("2027-Q4"), results="- Erstes **Ergebnis**\\n- Zweites", next_steps="Schulen.",
    )
    actions.add_evidence(subject=report, source=item, paragraph=1, by=editor)
    milestone = measure.milestones.first() or actions.create(
        model=Milestone, values={"measure": measure.pk, "name": "Start", "planned": "2026-09"}, by=editor).obj
    if milestone:
        actions.report_milestone(report=report, milestone=milestone, reached=Period.parse("2026-02"), by=editor)
    return report

drafts = [draft(measure) for measure in measures]
for report in drafts[1:4]:
    actions.submit_report(report=report, by=editor)
for report in drafts[2:3]:
    actions.return_report(report=report, reason="Bitte einen Beleg für den Januar nennen.", by=releaser)
submitted = StatusReport.objects.get(pk=drafts[1].pk)
actions.review_report(report=submitted, submission=submitted.submission, verdict="needs_evidence", by=reviewer,
                      comment="Wo steht das?", is_public=True)
actions.publish_report(report=StatusReport.objects.get(pk=drafts[3].pk), by=releaser, urgent_reason="Morgen tagt der Rat.")
actions.ask_question(measure=measures[0], text="Was kostet der Probebetrieb?", by=reviewer)
answered = actions.ask_question(measure=measures[0], text="Wann ist der Probebetrieb zu Ende?", by=reviewer)
actions.answer_question(question=answered, answer="Im Dezember.", is_partial=True, by=editor,
                        base={"answer": "", "answer_is_partial": False})
actions.save(obj=measures[0], values={"summary": measures[0].summary + " Neu."},
             base=actions.effective(measures[0]), by=editor, note="Besser")
actions.create(model=Milestone, values={"measure": measures[1].pk, "name": "Ende", "planned": "2027"}, by=editor)
back = actions.save(obj=measures[1], values={"summary": "Anders."}, base=actions.effective(measures[1]), by=editor)
actions.return_change(change=back.change, reason="Zu kurz.", by=releaser)
new = actions.create(
    model=Measure, values={"name": "Noch nicht öffentlich", "field": measures[0].field_id}, by=editor)
ImportRun.objects.create(
    kind="import_oparl", source="https://ris.example.org/", state="refused_some", finished_at=timezone.now(),
    refused=[{"id": "paper:1", "reason": "Ein Titel fehlt."}])
invite(email="wird-eingeladen@example.org", roles=[Role.EDITOR], by=admin)
print(json.dumps({"ok": True}))
"""


@pytest.fixture(scope="module")
def content(demo: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Reports, changes and questions in every state, so that every page has something to show."""
    answer = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports"],
        input=f"exec({CONTENT!r}, {{}})\n",
        env=_environment(tmp_path_factory),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == {"ok": True}


def kind_of(address: str) -> tuple[str, ...]:
    """View and, at the desk, parameters; what stands in a path as a word of few (a model of the admin) counts as well."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return (parts.path,)
    words = [str(match.kwargs.get(name, "")) for name in ("word", "kind", "app_label")]
    if not parts.path.startswith(("/redaktion/", "/pruefung/", "/konto/")):
        return (match.view_name, *words)
    return (match.view_name, *words, *sorted(parse_qs(parts.query, keep_blank_values=True)))


class Crawl:
    """Everything that a role's pages lead to, and what is wrong with it."""

    def __init__(self, context: BrowserContext, demo: str) -> None:
        self.demo, self.context, self.page = demo, context, context.new_page()
        self.axe = AXE.read_text(encoding="utf-8")
        self.faults: list[str] = []
        self.anchors: dict[str, set[str]] = {}
        self.wanted_anchors: set[str] = set()
        self.looked_at: list[str] = []
        self.is_axe_at_work = False
        self.page.on("console", lambda message: self._heard(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self._heard(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self._heard(f"failed: {request.url}"))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, words: str) -> None:
        # axe reads stylesheets by adding some to the page, which the policy of ours forbids.
        if not self.is_axe_at_work:
            self.faults.append(f"{self.page.url}: {words}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(f"{self.demo}/"):
            self._heard(f"request elsewhere: {url}")

    def run(self) -> None:
        # A role is refused at the doors of others, and follows their links nowhere.
        waiting = [
            (f"{self.demo}{start}", "") for start in STARTS if self.context.request.get(start).status != 403
        ]
        seen = set()
        asked: Counter[tuple[str, ...]] = Counter()
        while waiting:
            address, before = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            kind = kind_of(address)
            asked[kind] += 1
            if asked[kind] > ASKED_FOR:
                continue
            answer = self.context.request.get(address)
            if answer.status >= 400:
                self.faults.append(f"{address}: {answer.status}, linked from {before}")
            if asked[kind] > LOOKED_AT or "text/html" not in answer.headers.get("content-type", ""):
                continue
            waiting += [(link, address) for link in self._look(address)]
            assert len(self.looked_at) < 400, "the portal has no end"

    def _look(self, address: str) -> Iterator[str]:
        """Looks at the page; the links that it leads to."""
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(color_scheme="light")
        self.page.goto(address)
        self.looked_at.append(address)
        if (headings := self.page.locator("h1").count()) != 1:
            self.faults.append(f"{address}: {headings} h1")
        if (language := self.page.locator("html").get_attribute("lang")) != "de":
            self.faults.append(f"{address}: language {language}")
        self.is_axe_at_work = True
        self.page.evaluate(self.axe)
        self._measure(address, "1280 light")
        self.page.set_viewport_size({"width": 320, "height": 900})
        self.page.emulate_media(color_scheme="dark")
        self._measure(address, "320 dark")
        self.is_axe_at_work = False
        self._other_ways_of_reading(address)
        self.anchors[address] = set(self.page.evaluate(FIND_IDS))
        for href in self.page.evaluate(FIND_LINKS):
            link = urljoin(self.page.url, href)
            if link.startswith(f"{self.demo}/") and "/oparl/" not in link:
                if urldefrag(link).fragment:
                    self.wanted_anchors.add(link)
                yield urldefrag(link).url

    def _measure(self, address: str, view: str) -> None:
        self.faults += [f"{address} {view}: {barrier}" for barrier in self.page.evaluate(RUN_AXE, RULES)]
        self._sideways(address, view)

    def _sideways(self, address: str, view: str) -> None:
        if (sideways := self.page.evaluate(SIDEWAYS)) > 0:
            self.faults.append(f"{address} {view}: scrolls {sideways} px sideways")

    def _other_ways_of_reading(self, address: str) -> None:
        """Forced colours, paper, and text of double size."""
        self.page.emulate_media(forced_colors="active")
        self._sideways(address, "320 forced colours")
        self.page.emulate_media(media="print", forced_colors="none")
        self._sideways(address, "320 print")
        self.page.emulate_media(media="screen", color_scheme="light")
        self.page.set_viewport_size({"width": 640, "height": 900})
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        self._sideways(address, "640 double text")

    def missing_anchors(self) -> list[str]:
        return [
            link
            for link in sorted(self.wanted_anchors)
            if (parts := urldefrag(link)).url in self.anchors
            and parts.fragment not in self.anchors[parts.url]
        ]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_that_a_role_reaches(content: None, sign_in: SignIn, demo: str, role: str) -> None:
    crawl = Crawl(sign_in(f"geht-alles-durch-{role}@example.org".lower(), role), demo)
    crawl.run()
    assert "\n".join(crawl.faults) == ""
    assert crawl.missing_anchors() == []
    assert len(crawl.looked_at) > 30
