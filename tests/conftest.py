import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: its driver keeps an event loop in this thread, where Django then refuses to ask
    a database of ours."""
    items.sort(key=lambda item: "tests/browser" in item.nodeid)
