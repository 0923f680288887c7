"""The text of files: what the database refuses, and that a page is public where its file is."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from sessions.models import File, FilePage, FileText
from tests.factories import an_item
from tests.sessions.council import GONE, a_file, a_meeting, a_paper

pytestmark = pytest.mark.django_db


def a_read_file(**fields: Any) -> File:
    fields.setdefault("paper", None if {"agenda_item", "meeting"} & set(fields) else a_paper())
    file = a_file(**fields)
    FileText.objects.create(file=file, state="extracted", page_count=1, sha512="0", read_at=timezone.now())
    FilePage.objects.create(file=file, number=1, text="Ein Wort.")
    return file


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "extracted", "page_count": None, "sha512": "0"},
        {"state": "extracted", "page_count": 1, "sha512": ""},
        {"state": "broken", "attempts": 0},
        {"state": "broken", "page_count": -1},
    ],
)
def test_a_reading_that_cannot_be(fields: dict[str, Any]) -> None:
    file = a_file(paper=a_paper())
    with pytest.raises(IntegrityError):
        FileText.objects.create(file=file, read_at=timezone.now(), **fields)


def test_a_file_is_read_once() -> None:
    with pytest.raises(IntegrityError):
        FileText.objects.bulk_create([FileText(file=a_read_file(), state="empty", read_at=timezone.now())])


@pytest.mark.parametrize("fields", [{"number": 0}, {"number": 2, "text": ""}, {"number": 1}])
def test_a_page_that_cannot_be(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        FilePage.objects.create(**{"file": a_read_file(), "text": "x"} | fields)


def test_the_text_goes_with_its_file() -> None:
    a_read_file().delete()
    assert (FileText.objects.count(), FilePage.objects.count()) == (0, 0)


def test_pages_of_public_files_are_public() -> None:
    files = [a_read_file(), a_read_file(agenda_item=an_item()), a_read_file(meeting=a_meeting())]
    assert set(FilePage.objects.published()) == {file.pages.get() for file in files}


@pytest.mark.parametrize("change", [{"public": False}, {"public": None}, {"withdrawn_at": GONE}])
def test_a_file_that_is_closed_later_takes_its_pages_along(change: dict[str, Any]) -> None:
    file = a_read_file()
    assert FilePage.objects.published().exists()
    File.objects.filter(pk=file.pk).update(**change)
    assert FilePage.objects.count() == 1
    assert not FilePage.objects.published().exists()


@pytest.mark.parametrize("change", [{"public": False}, {"withdrawn_at": GONE}])
def test_so_does_a_paper_or_an_item(change: dict[str, Any]) -> None:
    papers_file, items_file = a_read_file(), a_read_file(agenda_item=an_item())
    meetings_file = a_read_file(meeting=a_meeting())
    assert FilePage.objects.published().count() == 3
    for row in (papers_file.paper, items_file.agenda_item):
        assert row is not None
        type(row).objects.filter(pk=row.pk).update(**change)
    assert FilePage.objects.published().get().file == meetings_file


def test_what_it_is_called() -> None:
    file = a_read_file(name="Anlage 1")
    assert str(file.extraction) == "Anlage 1: gelesen"
    assert str(file.pages.get()) == "Anlage 1, Seite 1"
