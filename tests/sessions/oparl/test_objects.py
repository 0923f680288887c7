"""/oparl/v1.1/ and every object under its id."""

import pytest

from tests.sessions.oparl.conftest import MODELS, ROOT, Reader, Town
from tests.sessions.oparl.standard import faults


def test_everything_is_as_the_standard_says(reader: Reader, town: Town) -> None:
    things = list(reader.everything())
    types = {thing["type"].rpartition("/")[2] for thing in things}
    assert len(types) == 12
    assert [(thing["id"], fault) for thing in things for fault in faults(thing)] == []


@pytest.mark.parametrize("path", MODELS)
def test_an_object_answers_under_its_id(reader: Reader, town: Town, path: str) -> None:
    row = town.rows()[path]
    thing = reader.get(f"{path}/{row.pk}/")
    assert thing["id"] == f"{ROOT}{path}/{row.pk}/"
    assert thing["strategieportal:sourceId"] == row.external_id
