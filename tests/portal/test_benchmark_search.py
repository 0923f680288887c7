"""`manage.py benchmark search`: its texts, its queries, its checks of plans, its tables."""

from collections.abc import Iterator
from typing import cast

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from portal.benchmark import searching
from portal.benchmark.load import NotMeasuredError
from portal.benchmark.search_content import COMMON, WORDS, Vocabulary, fill_minutes
from portal.benchmark.search_report import class_table, in_words, plan_table, size_table
from portal.benchmark.searching import (
    QUERIES,
    Filled,
    Plan,
    QueryClass,
    check_plans,
    explained,
    index_sizes,
    measure_inside,
    memory_of_server,
    query_classes,
    search_path,
)
from portal.management.commands import benchmark
from portal.searching.index import catch_up
from portal.searching.lexicon import Lexicon
from portal.searching.models import SearchEntry
from sessions.models import AgendaItem, Contribution, Paper

DEMO = ["Die Verwaltung berichtet von der Verwaltung.", "Der Ausschuss stimmt zu."]


class Nouns:
    """A thousand nouns; every second one has two parts."""

    def nouns(self, number: int) -> Iterator[str]:
        for n in range(1000):
            letters = f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}"
            yield f"Ba{letters}haus{letters}en"

    def parts(self, word: str) -> tuple[str, ...]:
        return (word[:5].lower() + "s", "haus" + word[9:].lower()) if word < "Bam" else ()


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary.of(DEMO, cast("Lexicon", Nouns()))


def filled(vocabulary: Vocabulary, texts: int = 120) -> list[int]:
    return list(fill_minutes(texts, vocabulary))


def test_every_text_is_public_labelled_and_of_usual_length(db: None, vocabulary: Vocabulary) -> None:
    assert filled(vocabulary) == [120]
    assert AgendaItem.objects.published().filter(title__startswith="Beispiel").count() == 120
    assert Paper.objects.published().count() == 12
    paragraphs = list(Contribution.objects.published().current().values_list("text", flat=True))
    assert len(paragraphs) == 150
    assert abs(sum(len(text.split()) for text in paragraphs) / 120 - WORDS) < 3


def test_some_words_are_common_and_most_are_rare(db: None, vocabulary: Vocabulary) -> None:
    filled(vocabulary, 400)
    shares = [vocabulary.texts[word] / 400 for word in vocabulary.common]
    assert len(shares) == COMMON
    assert all(0.15 < share < 0.35 for share in shares)
    assert vocabulary.texts["Verwaltung"] > 390
    assert sum(number < 40 for number in vocabulary.texts.values()) > 300


def test_the_same_numbers_give_the_same_texts(db: None, vocabulary: Vocabulary) -> None:
    filled(vocabulary, 30)
    texts = list(Contribution.objects.order_by("pk").values_list("text", flat=True))
    Contribution.objects.all().delete()
    for model in (AgendaItem, Paper):
        model.objects.all().delete()
    from sessions.models import Meeting, Organization

    Meeting.objects.all().delete()
    Organization.objects.all().delete()
    filled(Vocabulary.of(DEMO, cast("Lexicon", Nouns())), 30)
    assert list(Contribution.objects.order_by("pk").values_list("text", flat=True)) == texts


def test_there_are_queries_of_each_class(db: None, vocabulary: Vocabulary) -> None:
    filled(vocabulary, 400)
    classes = query_classes(vocabulary, 400)
    assert [listed.name for listed in classes][:4] == ["common", "rare", "part of compounds", "two words"]
    none = [query for listed in classes[4:] for query in listed.queries]
    assert all(len(set(listed.queries)) == QUERIES for listed in classes[:4])
    assert len(set(none)) == QUERIES
    assert not set(none) & set(vocabulary.texts)
    assert all(len(query.split()) == 2 for query in classes[3].queries)


def test_too_few_texts_are_not_measured(vocabulary: Vocabulary) -> None:
    with pytest.raises(NotMeasuredError, match="take more"):
        query_classes(vocabulary, 100)


def test_every_statement_is_explained(db: None, vocabulary: Vocabulary) -> None:
    filled(vocabulary)
    catch_up()
    assert SearchEntry.objects.count() == 132
    classes = [QueryClass("common", [vocabulary.common[0]]), QueryClass("none", ["qqqqqqqq"])]
    plans = explained(classes)
    check_plans(plans)
    assert {plan.query for plan in plans} == {vocabulary.common[0], "qqqqqqqq"}
    assert all("search_entry" in " ".join(plan.indexes) for plan in plans)
    assert "best of a page" in plan_table(plans)
    measure_inside(classes, 2)
    assert [len(listed.inside) for listed in classes] == [2, 2]
    assert classes[0].hits[0] > 0


def test_a_statement_without_the_index_is_an_error() -> None:
    good = Plan("SELECT", "Straße", frozenset({"search_entry_tsv"}), 0, 1.0)
    check_plans([good])
    for bad in (
        Plan("SELECT", "Straße", frozenset({"search_entry_tsv"}), 1, 1.0),
        Plan("SELECT", "Straße", frozenset(), 0, 1.0),
    ):
        with pytest.raises(NotMeasuredError, match="Without an index, for 'Straße'"):
            check_plans([good, bad])
    with pytest.raises(NotMeasuredError, match="No statement"):
        check_plans([])


def test_a_scan_in_a_plan_is_seen() -> None:
    scan = {"Node Type": "Seq Scan", "Relation Name": "portal_searchentry", "Actual Loops": 1}
    other = {"Node Type": "Bitmap Index Scan", "Index Name": "search_entry_tsv", "Actual Loops": 1}
    plan = searching._plan(
        "SELECT 1", "x", {"Plan": {"Node Type": "Append", "Plans": [scan, other]}, "Execution Time": 2.5}
    )
    assert (plan.scans, plan.indexes, plan.milliseconds) == (1, {"search_entry_tsv"}, 2.5)


def test_sizes_name_tables_and_indexes(db: None) -> None:
    names = [name for name, _, _ in index_sizes()]
    assert {"portal_searchentry", "search_entry_tsv", "search_word_tsv"} <= set(names)
    assert "| `search_entry_tsv` " in size_table(index_sizes())


def test_memory_of_nobody_is_not_measured() -> None:
    with pytest.raises(NotMeasuredError, match="No process serves port 1"):
        memory_of_server(1)


def test_being_over_a_budget_is_a_result(vocabulary: Vocabulary) -> None:
    listed = QueryClass("common", ["Straße"], inside=[0.01], hits=[12_345])
    listed.http.bare, listed.http.page = [0.001], [0.049]
    assert class_table([listed]).splitlines()[-1].split("|")[1:-1][-1].strip() == "ok"
    listed.http.page = [0.051]
    row = [cell.strip() for cell in class_table([listed]).splitlines()[-1].split("|")[1:-1]]
    assert row == ["common", "`Straße`", "12,345", "51.0", "51.0", "51", "10.0", "10.0", "over"]
    report = in_words(Filled(1000, vocabulary, 1.0, 2.0), (150.0, 171.0))
    assert "(500 a second)" in report
    assert "after 200 searches: over (at most 20 MB more)" in report


def test_queries_are_written_as_addresses() -> None:
    assert search_path("Straße & Weg") == "/suche/?q=Stra%C3%9Fe+%26+Weg"


def test_the_document_of_the_repository_has_its_place_for_the_tables() -> None:
    benchmark._split(settings.BASE_DIR / "docs" / "benchmarks.md", "search")


@pytest.mark.parametrize("option", ["--texts=99", "--rounds=0", "--texts=many"])
def test_a_number_that_measures_nothing_is_refused(option: str) -> None:
    with pytest.raises(CommandError, match="a number from"):
        call_command("benchmark", "search", option)
