from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def retries_without_pauses() -> Iterator[None]:
    """As many tries as in real life, but nobody waits between them."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
