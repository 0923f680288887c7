from collections.abc import Iterator

import pytest
from django.db import connection, transaction


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: its driver keeps an event loop in this thread, where Django then refuses to ask
    a database of ours."""
    items.sort(key=lambda item: "tests/browser" in item.nodeid)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Really commits. The tables of records that stand are emptied by taking their guards away."""
    yield
    with transaction.atomic(), connection.cursor() as cursor:
        # 32: a trigger on TRUNCATE. "A": it fires always, also for a replica.
        cursor.execute(
            "SELECT quote_ident(relname), quote_ident(tgname) FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid"
            " WHERE tgtype & 32 <> 0 AND tgenabled = 'A'"
        )
        guards = cursor.fetchall()
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute(f"TRUNCATE {', '.join(sorted({table for table, _ in guards}))} CASCADE")
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


@pytest.fixture(autouse=True)
def _really_commits(request: pytest.FixtureRequest) -> None:
    """Tests marked with `transaction=True` leave rows of history, which nobody may remove either."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        request.getfixturevalue("committed")
