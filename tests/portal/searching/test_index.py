"""Entries follow what is published; words that wait are completed; a rebuild makes everything anew."""

from collections.abc import Callable, Collection, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.database import application_user
from portal.searching import index
from portal.searching.index import (
    LexiconSource,
    catch_up,
    complete_words,
    fill_spellings,
    note_differences,
    rebuild,
    renew_spellings,
)
from portal.searching.lexicon import Lexicon
from portal.searching.models import (
    SearchEntry,
    SearchPending,
    SearchShelf,
    SearchSpelling,
    SearchWord,
    backlog,
)
from strategy.models import Partner
from tests import factories
from tests.portal.searching.partners import (
    KIND,
    Dictionary,
    Partners,
    a_partner,
    entry_of,
    knowing,
    noted,
    only_partners,
)

TRAM = Dictionary(straßenbahn="straße bahn")


@pytest.fixture
def partners(db: None) -> Iterator[Partners]:
    with only_partners() as found:
        yield found


def finds(query: str) -> list[str]:
    """Titles of the entries whose vector has all of the words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title FROM portal_searchentry WHERE tsv @@ plainto_tsquery('german', %s) ORDER BY title",
            [query],
        )
        return [title for (title,) in cursor.fetchall()]


def finds_in_title(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title FROM portal_searchentry WHERE title_tsv @@ plainto_tsquery('german', %s)", [query]
        )
        return [title for (title,) in cursor.fetchall()]


# --- Entries ----------------------------------------------------------------------------------
def test_an_entry_holds_bare_words(partners: Partners) -> None:
    partner = a_partner("SPD/Grüne: Antrag", note="Die Straßen-Bahn (2025) fährt.")
    partners.references[partner.pk] = "MV/0123/25"
    catch_up()
    entry = entry_of(partner)
    assert (entry.title, entry.body) == ("SPD Grüne Antrag", "Die Straßen Bahn 2025 fährt")
    assert {"MV", "0123", "mv012325", "123"} <= set(entry.references.split())
    assert finds_in_title("mv012325") == finds_in_title("Grünen") == ["SPD Grüne Antrag"]
    assert finds_in_title("Bahn") == []
    assert finds("Bahn 2025") == finds("Straßenbahn") == ["SPD Grüne Antrag"]
    assert noted() == []


def test_an_entry_follows_its_object(partners: Partners) -> None:
    partner = a_partner("Vorher")
    catch_up()
    Partner.objects.update(name="Nachher")
    assert finds("vorher") == ["Vorher"]
    assert catch_up() == 1
    assert (finds("vorher"), finds("nachher")) == ([], ["Nachher"])
    Partner.objects.update(website="https://example.org/unseen")
    catch_up()
    assert not SearchEntry.objects.exists()
    Partner.objects.update(website="")
    catch_up()
    assert entry_of(partner).title == "Nachher"
    partner.delete()
    catch_up()
    assert not SearchEntry.objects.exists()
    assert noted() == []


def test_what_did_not_change_is_not_written(partners: Partners) -> None:
    a_partner("Straßenbahn")
    catch_up(knowing(TRAM))
    SearchPending.objects.create(kind=KIND, object_id=Partner.objects.get().pk)
    with CaptureQueriesContext(connection) as queries:
        catch_up(knowing(TRAM))
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert written == []


def test_many_notes_are_worked_off_in_batches(partners: Partners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BATCH", 2)
    Partner.objects.bulk_create(Partner(slug=str(n), name=f"Nummer {n}") for n in range(5))
    assert catch_up(most=2) == 2
    assert len(noted()) == 3
    assert catch_up() == 3
    assert SearchEntry.objects.count() == 5


def test_long_texts_are_worked_off_in_portions(partners: Partners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.searching.drafts.PORTION", 10)
    Partner.objects.bulk_create(
        Partner(slug=str(n), name=f"Nummer {n}", note="lang " * 9 * (n % 2)) for n in range(5)
    )
    catch_up()
    assert SearchEntry.objects.count() == 5


def test_notes_and_entries_of_a_kind_that_is_gone_go(partners: Partners) -> None:
    shelf = SearchShelf.objects.create(kind="gone")
    SearchEntry.objects.create(kind="gone", object_id=1, shelf=shelf, title="Alt")
    SearchPending.objects.create(kind="gone", object_id=1)
    SearchPending.objects.create(kind="never", object_id=1)
    assert catch_up() == 2
    assert not SearchEntry.objects.exists()


def test_objects_with_the_same_facets_share_a_shelf(partners: Partners) -> None:
    Partner.objects.bulk_create(Partner(slug=str(n), name=f"Nummer {n}") for n in range(3))
    catch_up()
    a_partner("Vierter")
    catch_up()
    assert SearchShelf.objects.count() == 1


# --- Words ------------------------------------------------------------------------------------
def test_with_a_lexicon_new_words_are_found_by_their_parts_at_once(partners: Partners) -> None:
    a_partner("Die Straßenbahn")
    catch_up(knowing(TRAM))
    assert finds("Bahn") == ["Die Straßenbahn"]
    assert backlog() == {"entries": 0, "words": 0, "since": None}


def test_without_a_lexicon_they_wait_and_are_completed(partners: Partners) -> None:
    a_partner("Die Straßenbahn")
    a_partner("Die Straße")
    catch_up()
    assert finds("Bahn") == []
    assert backlog()["words"] == 3
    assert complete_words(knowing(TRAM)) == 3
    assert finds("Bahn") == ["Die Straßenbahn"]
    assert backlog()["words"] == 0
    assert complete_words(knowing(TRAM)) == 0


def test_a_word_waits_until_every_entry_has_its_parts(partners: Partners) -> None:
    """An importer that meets a waiting word again completes its own entries only."""
    a_partner("Erste Straßenbahn")
    catch_up()
    a_partner("Zweite Straßenbahn")
    catch_up(knowing(TRAM))
    assert finds("Bahn") == ["Zweite Straßenbahn"]
    complete_words(knowing(TRAM))
    assert finds("Bahn") == ["Erste Straßenbahn", "Zweite Straßenbahn"]


def test_nothing_is_loaded_where_nothing_waits(partners: Partners) -> None:
    a_partner("Die Straßenbahn")
    catch_up(knowing(TRAM))

    def not_now() -> Lexicon:
        raise AssertionError("the lexicon was loaded")

    Partner.objects.update(note="Die Straßenbahn")
    catch_up(not_now)
    assert complete_words(not_now) == 0
    assert finds("Bahn") == ["Die Straßenbahn"]


def test_words_with_hyphens_are_completed(partners: Partners) -> None:
    a_partner("Stand", note="Zur OZG-Umsetzungsfrist:")
    a_partner("Anderes", note="Umsetzungsfrist des OZG")
    catch_up()
    assert finds("OZGUmsetzungsfrist") == ["Stand"]
    complete_words(knowing(Dictionary(**{"ozg-umsetzungsfrist": "ozg umsetzung frist"})))
    assert finds("Frist") == ["Stand"]


def test_words_that_the_database_leaves_out_are_completed(partners: Partners) -> None:
    """The German configuration has no place for "weg"."""
    a_partner("Weg")
    catch_up()
    complete_words(knowing(Dictionary(weg="wege")))
    assert finds("Wege") == ["Weg"]


def test_entries_with_the_same_stem_are_left_alone(partners: Partners) -> None:
    a_partner("Digitalisierungs")
    a_partner("Digitalisierung")
    catch_up()
    dictionary = Dictionary(digitalisierungs="digital")
    with CaptureQueriesContext(connection) as queries:
        complete_words(knowing(dictionary))
    (written,) = [query["sql"] for query in queries if query["sql"].startswith('INSERT INTO "portal_searche')]
    assert "'Digitalisierungs'" in written
    assert "'Digitalisierung'" not in written
    assert finds("digital") == ["Digitalisierungs"]


def test_very_many_words_are_completed(partners: Partners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_LOOKED_FOR", 0)
    monkeypatch.setattr(index, "BATCH", 2)
    Partner.objects.bulk_create(Partner(slug=str(n), name=f"Straßenbahn {n}") for n in range(5))
    catch_up()
    complete_words(knowing(TRAM))
    assert len(finds("Bahn")) == 5


def test_a_word_is_looked_up_as_it_is_written(partners: Partners) -> None:
    dictionary = Dictionary()
    a_partner("Der Weg ist weg")
    catch_up(knowing(dictionary))
    assert sorted(dictionary.asked) == ["Der", "Weg", "ist"]


def test_numbers_are_no_words(partners: Partners) -> None:
    a_partner("2025 12345")
    catch_up()
    assert not SearchWord.objects.exists()
    assert finds("12345") == ["2025 12345"]


# --- Any text ---------------------------------------------------------------------------------
TEXTS: dict[str, Callable[[], str]] = {
    "two million letters": lambda: "Haushalt der Stadt mit Anlagen " * 65_000,
    "a hundred thousand different words": lambda: " ".join(f"wort{n:x}x" for n in range(100_000)),
    "long words": lambda: " ".join(chr(97 + n % 26) * 10_000 for n in range(100)),
    "long words with hyphens": lambda: "-".join(f"teil{n}" for n in range(5_000)),
    "words with many hyphens": lambda: " ".join(f"a-b-{n}" for n in range(10_000)),
    "emoji": lambda: "🚲 Radweg 👩‍👩‍👧‍👦 " * 20_000,
    "right to left": lambda: " ".join(f"مدينة{n} עיר{n}" for n in range(20_000)),
    "letters that grow in lower case": lambda: " ".join("Ⱥ" * 90 + f"{n}" for n in range(4_000)),
    "dotted": lambda: "İ" * 300,
    "no letter": lambda: "\u200b\u00ad \u202e ... --- ½ ² ́",
    "half a letter": lambda: "Stadt\ud83d Rat",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_indexed(partners: Partners, text: Callable[[], str]) -> None:
    partner = a_partner("Titel")
    partners.bodies[partner.pk] = text()
    partners.references[partner.pk] = text()[:100_000]
    catch_up()
    assert finds("Titel") == ["Titel"]
    # With more parts than there is room for, too.
    many = Dictionary(**{word: " ".join(f"{word[:40]}teil{n}" for n in range(9)) for word in _words(500)})
    complete_words(knowing(many))
    assert finds("Titel") == ["Titel"]
    assert backlog()["words"] == 0


def _words(number: int) -> list[str]:
    return list(SearchWord.objects.order_by("pk").values_list("pk", flat=True)[:number])


def test_parts_of_a_very_long_text_have_room(partners: Partners) -> None:
    """Each word of a full vector with parts of its own: together they stay below what a vector holds."""
    partner = a_partner("Titel")
    partners.bodies[partner.pk] = " ".join(f"Beispielwort{n:x}y" for n in range(60_000))
    catch_up()
    every = Dictionary(**{word: f"{word}a {word}b" for word in _words(100_000)})
    complete_words(knowing(every))
    entry = entry_of(partner)
    assert len(entry.parts) > 200_000
    assert len(entry.body) > 400_000


# --- Differences and rebuild ------------------------------------------------------------------
def test_what_triggers_did_not_see_is_noted(partners: Partners) -> None:
    missing, gone, right = a_partner("Fehlt"), a_partner("Weg"), a_partner("Bleibt")
    catch_up()
    SearchEntry.objects.filter(object_id=missing.pk).delete()
    Partner.objects.filter(pk=gone.pk).delete()
    shelf = SearchShelf.objects.create(kind="gone")
    SearchEntry.objects.create(kind="gone", object_id=1, shelf=shelf)
    SearchPending.objects.all().delete()
    assert note_differences() == 3
    catch_up()
    assert set(SearchEntry.objects.values_list("kind", "object_id")) == {
        (KIND, missing.pk),
        (KIND, right.pk),
    }
    assert note_differences() == 0


def test_a_rebuild_makes_everything_anew(partners: Partners) -> None:
    a_partner("Straßenbahn")
    a_partner("Ohne Neues", note="OZG-Umsetzung")
    catch_up()
    SearchEntry.objects.filter(title="Straßenbahn").update(title="verfälscht", body="verfälscht")
    SearchWord.objects.create(word="verfälscht", spelling="verfälscht", keys="", in_entries=True)
    SearchWord.objects.create(word="nie-gehört", spelling="nie-gehört", keys="", in_entries=True)
    SearchSpelling.objects.create(word="alt")
    SearchShelf.objects.create(kind="gone")
    told: list[str] = []
    rebuild(knowing(TRAM), told.append)
    assert told == ["Partner: 2"]
    assert finds("Bahn") == ["Straßenbahn"]
    assert finds("verfälscht") == []
    words = set(SearchWord.objects.values_list("pk", flat=True))
    assert words == {"straßenbahn", "ohne", "neues", "ozg", "umsetzung", "ozg-umsetzung"}
    assert list(SearchSpelling.objects.values_list("pk", flat=True)) == ["straßenbahn"]
    assert [shelf.kind for shelf in SearchShelf.objects.all()] == [KIND]
    assert backlog() == {"entries": 0, "words": 0, "since": None}


def test_a_rebuild_with_another_lexicon_changes_the_parts(partners: Partners) -> None:
    a_partner("Straßenbahn")
    catch_up(knowing(TRAM))
    rebuild(knowing(Dictionary(straßenbahn="tram")))
    assert (finds("Bahn"), finds("Tram")) == ([], ["Straßenbahn"])
    assert backlog()["words"] == 0


def test_a_rebuild_of_nothing_is_nothing(partners: Partners) -> None:
    rebuild(knowing(TRAM))
    assert not SearchEntry.objects.exists()


# --- Spellings --------------------------------------------------------------------------------
def spellings() -> set[str]:
    return set(SearchSpelling.objects.values_list("word", flat=True))


def test_spellings_are_filled_once_and_renewed_on_demand(db: None) -> None:
    def dictionary(*words: str) -> Lexicon:
        return knowing(Dictionary(**dict.fromkeys(words, "")))()

    fill_spellings(dictionary("haus", "straße"))
    fill_spellings(dictionary("neu"))
    assert spellings() == {"haus", "straße"}
    renew_spellings(dictionary("haus", "neu"))
    assert spellings() == {"haus", "neu"}


# --- Rights -----------------------------------------------------------------------------------
def test_the_applications_role_may_do_all_of_it(partners: Partners) -> None:
    role = application_user()
    assert role
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
    a_partner("Straßenbahn")
    assert catch_up() == 1
    complete_words(knowing(TRAM))
    rebuild(knowing(TRAM))
    Partner.objects.all().delete()
    assert catch_up() == 1
    rebuild(knowing(TRAM))
    assert not SearchWord.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_what_cannot_be_indexed_keeps_no_other_back(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    measures = [factories.a_measure(name=f"Rathaus {number}") for number in range(3)]
    bad = measures[1].pk
    real = index.write

    def write(kind: str, ids: Collection[int], lexicon: LexiconSource | None = None) -> None:
        if bad in ids:
            raise ValueError("no text")
        real(kind, ids, lexicon)

    monkeypatch.setattr(index, "write", write)
    catch_up()
    found = SearchEntry.objects.filter(kind="measure").values_list("object_id", flat=True)
    assert set(found) == {measures[0].pk, measures[2].pk}
    assert set(SearchPending.objects.values_list("object_id", flat=True)) == {bad}
    assert f"measure {bad} cannot be indexed" in caplog.text
    monkeypatch.undo()
    catch_up()
    assert not SearchPending.objects.exists()
