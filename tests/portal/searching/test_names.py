"""Names of people that the search keeps to itself."""

import pytest
from pytest_django import DjangoAssertNumQueries

from portal.searching.index import catch_up
from portal.searching.models import SearchSpelling
from portal.searching.names import only_names
from portal.searching.suggesting import suggestions
from tests.factories import a_paragraph, a_person, an_item

pytestmark = pytest.mark.django_db


def test_a_name_that_is_no_other_word() -> None:
    a_person(name="Erika Mustermeyer-Koch")
    SearchSpelling.objects.create(word="koch")
    assert only_names({"mustermeyer", "koch", "voicebot"}) == {"mustermeyer"}


def test_signs_in_words_are_no_pattern() -> None:
    a_person(name="Erika Mustermeyer")
    assert only_names({".*", "(", "mustermeyer-x"}) == set()


def test_without_words_or_names_nothing_more_is_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert only_names(set()) == set()
    with django_assert_num_queries(1):
        assert only_names({"voicebot"}) == set()


def test_a_box_proposes_no_name_of_the_minutes() -> None:
    a_person(name="Erika Mustermeyer")
    a_paragraph(an_item(), "Frau Mustermeyer fragt nach dem Musterverfahren.")
    catch_up()
    assert [suggestion.text for suggestion in suggestions("muster")] == ["Musterverfahren"]
