"""Sample values for templates/components/gallery.html, where every component of the look stands once.

The gallery is for whoever builds pages; the tests render it and look at it in a browser.
"""

from datetime import UTC, date, datetime
from typing import Any

from django.core.paginator import Paginator

from portal.charts import Bar, Milestone, Segment
from portal.dates import Period
from portal.lists import Chip, Choice, Facet

CHOICES = [
    Choice("running", "läuft", 5, True),
    Choice("planned", "geplant", 4, False),
    Choice("completed", "abgeschlossen", 0, False),
]


def sample_context() -> dict[str, Any]:
    """Everything that the gallery shows; invented, deterministic, without the database."""
    return {
        "long_word": "Beispielwortzusammensetzungsüberlängenprüfungswort",
        "day": date(2025, 8, 20),
        "moment": datetime(2025, 8, 20, 14, 0, tzinfo=UTC),
        "today": date(2025, 11, 22),
        "statuses": ["unknown", "planned", "running", "completed", "paused", "stopped"],
        "bindings": ["outlook", "decided", "funded", "unknown"],
        "results": [
            "accepted", "accepted_amended", "rejected", "noted", "recommended", "referred",
            "postponed", "withdrawn", "settled", "removed", "forwarded", "unclear",
        ],
        "segments": [
            Segment("unknown", "noch kein Sachstand", 2, "?status=unknown"),
            Segment("planned", "geplant", 4, "?status=planned"),
            Segment("running", "läuft", 5, "?status=running"),
            Segment("completed", "abgeschlossen", 3, "?status=completed"),
            Segment("paused", "ruht", 1, "?status=paused"),
            Segment("stopped", "eingestellt", 1, "?status=stopped"),
        ],
        "bars": [
            Bar(
                label="Geplant",
                kind="planned",
                start=Period.parse("2024-07"),
                end=Period.parse("2026-Q2"),
            ),
            Bar(label="Tatsächlich", kind="actual", start=Period.parse("2024-07-15")),
        ],
        "milestones": [
            Milestone(label="Beispiel: ein erreichter Schritt", on=Period.parse("2024-Q4"), reached=True),
            Milestone(label="Beispiel: ein Schritt mit einem langen Namen", on=Period.parse("2025")),
            Milestone(label="Beispiel: ein Tag", on=Period.parse("2026-03-18")),
            Milestone(label="Beispiel: ohne Zeit"),
        ],
        "choices": CHOICES,
        "filter": {
            "is_narrowed": True,
            "filters": {"q": {"label": "Suchwort"}},
            "data": {"q": "Beispiel"},
            "facets": {"status": Facet("status", "Status", CHOICES)},
            "sort_choices": [Choice("", "Handlungsfeld", None, True), Choice("name", "Name", None, False)],
        },
        "messages": ["Der Filter „Jahr“ kennt „bald“ nicht und wurde nicht angewandt."],
        "chips": [Chip("Status: läuft", "?jahr=2025"), Chip("Jahr: 2025", "?status=running")],
        "page": Paginator(range(1000), 10).page(7),
    }  # fmt: skip
