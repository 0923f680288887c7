import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
DATABASE = f"upgrade_{os.getpid()}"

UPGRADE = """
import json
from datetime import datetime, UTC
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

def migrate(targets):
    executor = MigrationExecutor(connection)
    return executor.migrate(targets or executor.loader.graph.leaf_nodes()).apps

apps = migrate([("strategy", "0002_published_reports_stand")])

def make(app, model, **fields):
    return apps.get_model(app, model).objects.create(**fields)

user = make("portal", "User", email="import@localhost", password="!")
out = {"published_at": datetime(2025, 9, 1, tzinfo=UTC), "published_by": user}
body = make("council", "Body", pk=1, external_id="body:1", name="Beispielstadt")
strategy = make("strategy", "Strategy", slug="s", name="Strategie", body=body, **out)
area = make("strategy", "TargetArea", strategy=strategy, slug="z", name="Zielfeld", **out)
field = make("strategy", "FieldOfAction", target_area=area, slug="f", name="Feld", **out)
measure = make("strategy", "Measure", field=field, slug="m", name="Voicebot", **out)
status, _ = apps.get_model("strategy", "Status").objects.get_or_create(
    code="running", defaults={"label": "läuft", "criterion": "Es läuft."})
report = make("strategy", "StatusReport", measure=measure, number=1, status=status, reason="Es läuft.",
              as_of="2025-08-01", as_of_precision="month", written_by=user)
report.state, report.published_at, report.published_by = "published", out["published_at"], user
report.save()

apps = migrate([("strategy", "0008_words_are_kept")])
report = apps.get_model("strategy", "StatusReport").objects.get()
person = make("council", "Person", pk=1, body_id=1, external_id="person:1", name="Grimm")
seated, standing = (make("portal", "User", email=f"{name}@localhost", password="!") for name in ("rat", "neu"))
make("strategy", "CouncilSeat", user_id=seated.pk, person_id=person.pk)
for reviewer in (seated, standing):
    for superseded_at in (timezone.now(), None):
        make("strategy", "Review", report_id=report.pk, reviewer_id=reviewer.pk, verdict="noted",
             superseded_at=superseded_at)

apps = migrate(None)
report = apps.get_model("strategy", "StatusReport").objects.get()
with connection.cursor() as cursor:
    cursor.execute("SELECT tgname, tgenabled FROM pg_trigger"
                   " WHERE tgname IN ('published_report_stands', 'review_stands', 'review_four_eyes')")
    guards = dict(cursor.fetchall())
reviews = [[row.reviewer.email, row.person and row.person.name]
           for row in apps.get_model("strategy", "Review").objects.order_by("pk")]
told = apps.get_model("strategy", "ReviewEvent").objects.order_by("pgh_obj_id", "pgh_id")
events = apps.get_model("strategy", "MeasureEvent").objects.values_list("pgh_label", "name")
print(json.dumps({"written_by": report.written_by.email, "published_by": report.published_by.email,
                  "reason": report.reason, "guards": guards, "events": list(events), "reviews": reviews,
                  "told": list(told.values_list("pgh_label", "person"))}))
"""


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_filled_database_comes_along() -> None:
    """Imports once wrote and published in one name; history begins with what is there.

    Verdicts get the person of their account's seat, whether they count or not, and the history tells of it.
    """
    owner_url = os.environ["DATABASE_URL"]
    url = urlunsplit(urlsplit(owner_url)._replace(path=f"/{DATABASE}"))
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {DATABASE}")  # type: ignore[arg-type]  # a name of ours
        try:
            answer = subprocess.run(
                [
                    sys.executable,
                    str(ROOT / "manage.py"),
                    "shell",
                    "--no-imports",
                    "-c",
                    f"exec({UPGRADE!r}, {{}})",
                ],
                env=os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url},
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            owner.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")  # type: ignore[arg-type]
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == {
        "written_by": "import@portal.invalid",
        "published_by": "import@localhost",
        "reason": "Es läuft.",
        "guards": {"published_report_stands": "A", "review_stands": "A", "review_four_eyes": "A"},
        "events": [["before", "Voicebot"]],
        "reviews": [["rat@localhost", "Grimm"]] * 2 + [["neu@localhost", None]] * 2,
        "told": [["insert", None], ["update", 1]] * 2 + [["insert", None]] * 2,
    }
