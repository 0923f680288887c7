"""pytest plugin (`-p tests.database_plugin`): a database, before pytest-django reads the settings."""

from collections.abc import Generator
from contextlib import ExitStack

import pytest

from portal.database import database_for_tests
from portal.embedded import EmbeddedDatabaseError


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    stack = ExitStack()
    try:
        stack.enter_context(database_for_tests())
    except EmbeddedDatabaseError as error:
        raise pytest.UsageError(str(error)) from error
    early_config.add_cleanup(stack.close)
    return (yield)
