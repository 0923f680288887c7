"""Suggestions while typing: which there are, in which order, and that nothing unpublished is among them."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from portal.searching import suggesting
from portal.searching.index import catch_up
from portal.searching.models import SearchPending
from portal.searching.suggesting import LONGEST, MOST, MOST_TITLES, suggestions
from strategy.models import Measure
from tests import factories
from tests.sessions.council import a_meeting, a_paper


def texts(typed: str) -> list[str]:
    catch_up()
    return [suggestion.text for suggestion in suggestions(typed)]


def words(typed: str) -> list[str]:
    """Those that are words to go on with."""
    catch_up()
    return [suggestion.text for suggestion in suggestions(typed) if not suggestion.kind_label]


def titles(typed: str) -> list[str]:
    catch_up()
    return [suggestion.text for suggestion in suggestions(typed) if suggestion.kind_label]


@pytest.mark.django_db
class TestTitles:
    def test_lead_to_the_page_and_say_what_it_is(self) -> None:
        measure = factories.a_measure(name="Voicebot der Telefonzentrale")
        catch_up()
        first = suggestions("voic")[0]
        assert first.text == "Voicebot der Telefonzentrale"
        assert first.kind_label == "Maßnahme"
        assert first.url == measure.get_absolute_url()

    def test_measures_come_first_then_the_newest(self) -> None:
        for year in (2023, 2025, 2024):
            meeting = a_meeting(start=datetime(year, 5, 6, 14, tzinfo=UTC))
            factories.an_item(number="", title=f"Voicebot im Jahr {year}", meeting=meeting)
        factories.a_measure(name="Voicebot")
        assert titles("voicebot") == [
            "Voicebot", "Voicebot im Jahr 2025", "Voicebot im Jahr 2024", "Voicebot im Jahr 2023",
        ]  # fmt: skip

    def test_contain_all_the_words_the_last_as_it_begins(self) -> None:
        factories.a_measure(name="Digitale Verwaltung")
        factories.a_measure(name="Digitale Schule")
        assert titles("digitale verw") == ["Digitale Verwaltung"]
        assert titles("verwaltung dig") == ["Digitale Verwaltung"]
        assert titles("digitale verz") == []

    @pytest.mark.parametrize("typed", ["verw", "verwaltu", "verwaltun", "VERWALTUNG", "Verwaltung "])
    def test_stay_while_a_word_is_typed_to_its_end(self, typed: str) -> None:
        """The index keeps the stem "verwalt": typed letters go beyond it."""
        factories.a_measure(name="Moderne Verwaltung")
        factories.an_item(number="", title="Sparsame Verwaltung")
        assert titles(typed) == ["Moderne Verwaltung", "Sparsame Verwaltung"]

    @pytest.mark.parametrize("typed", ["gebü", "gebue", "gebuehren", "gebu"])
    def test_are_found_in_any_spelling(self, typed: str) -> None:
        factories.a_measure(name="Gebühren online")
        assert titles(typed) == ["Gebühren online"]

    @pytest.mark.parametrize("typed", ["strasse", "straße", "strassenz", "straßenz", "Stra"])
    def test_are_found_with_ss_and_with_ß(self, typed: str) -> None:
        factories.a_measure(name="Straßenzustand je Straße")
        assert titles(typed) == ["Straßenzustand je Straße"]

    def test_are_found_by_words_that_begin_like_a_stop_word(self) -> None:
        factories.a_measure(name="Dienste")
        factories.an_item(number="", title="Dienstreisen")
        assert set(titles("die")) == {"Dienste", "Dienstreisen"}

    @pytest.mark.parametrize("typed", ["MV/119", "11986", "mv 11986", "MV11986", "119"])
    def test_are_found_by_the_beginning_of_their_number(self, typed: str) -> None:
        a_paper(name="Voicebot", reference="MV/11986/25")
        assert titles(typed) == ["Voicebot"]

    def test_equal_ones_come_once_whatever_number_is_in_front(self) -> None:
        for number in ("Ö 4", "Ö 7.1", "N 3"):
            factories.an_item(number=number, title="Verschiedenes zum Voicebot")
        factories.an_item(number="Ö 5", title="Voicebot")
        found = titles("voicebot")
        assert len(found) == 2
        assert sum("Verschiedenes" in title for title in found) == 1

    def test_equal_ones_crowd_nothing_out(self) -> None:
        for _ in range(20):
            factories.an_item(title="Verschiedenes zum Voicebot")
        a_paper(name="Vorlage zum Voicebot")
        assert "Vorlage zum Voicebot" in titles("voicebot")

    def test_that_are_nothing_but_a_number_stay(self) -> None:
        factories.a_measure(name="2025")
        assert titles("202") == ["2025"]

    def test_leave_room_for_words(self) -> None:
        for number in range(MOST + 2):
            factories.a_measure(name=f"Voicebot Voicebox Voicemail {'x' * number}")
        assert len(titles("voic")) == MOST_TITLES
        assert len(texts("voic")) == MOST


@pytest.mark.django_db
class TestWords:
    def test_complete_what_was_typed_the_shorter_first(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Voicemailsystem, Voicebot und Voicebox")
        assert words("voi") == ["Voicebot", "Voicebox", "Voicemailsystem"]
        assert words("Voicem") == ["Voicemailsystem"]

    def test_nouns_come_first(self) -> None:
        """Whoever searches looks for things; German writes them with a capital letter."""
        factories.an_item(
            title="Punkt", resolution_text="Wir betonen den Betrieb und betreuen die Betriebskita"
        )
        assert words("bet") == ["Betrieb", "Betriebskita", "betonen", "betreuen"]

    def test_headings_do_not_shout_and_abbreviations_stay(self) -> None:
        factories.an_item(title="Punkt", resolution_text="DIGITALISIERUNG DIGIZ")
        assert words("digi") == ["DIGIZ", "Digitalisierung"]

    def test_words_with_hyphens_are_words(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Die OZG-Umsetzung")
        assert words("ozg") == ["OZG-Umsetzung"]
        assert words("OZG-ums") == ["OZG-Umsetzung"]

    def test_a_word_with_hyphens_needs_a_text_of_its_own(self) -> None:
        """That its pieces stand somewhere says nothing: the word may be of something that is public no more."""
        factories.an_item(title="Punkt", resolution_text="Erst der Bau, dann der Stopp")
        gone = factories.an_item(title="Punkt", resolution_text="Der Bau-Stopp")
        assert words("bau") == ["Bau-Stopp"]
        gone.delete()
        assert words("bau") == []

    def test_lead_to_the_search(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Der Voicebot & mehr")
        catch_up()
        (word,) = suggestions("mehr & voi")
        assert word.text == "mehr & Voicebot"
        assert word.kind_label == ""
        assert word.url == f"{reverse('portal:search')}?q=mehr+%26+Voicebot"

    def test_come_with_those_before_them_only_where_both_occur_together(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Haushalt und Voicebot")
        factories.an_item(title="Punkt", resolution_text="Voicemail")
        assert words("Haushalt voic") == ["Haushalt Voicebot"]

    def test_keep_what_stands_before_them_as_it_was_typed(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Haushalt und Voicebot")
        assert words('Schule -Sport "haushalt und voi') == ['Schule -Sport "haushalt und Voicebot']
        assert words("OZG-voi ODER voi") == ["OZG-voi ODER Voicebot"]

    def test_forms_of_one_word_come_once(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Maßnahme Maßnahmen Maßnahmenliste")
        assert words("maßn") == ["Maßnahme", "Maßnahmenliste"]

    def test_nothing_is_left_to_complete_of_a_whole_word(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Voicebot Voicebots Voicebotsystem")
        assert words("Voicebot") == ["Voicebotsystem"]
        assert words("Voicebot ") == []
        assert words("voice, ") == []

    def test_stop_words_are_none(self) -> None:
        factories.an_item(title="Punkt", resolution_text="einen anderen welchen")
        assert words("eine") == words("ander") == words("welc") == []


@pytest.mark.django_db
class TestOnlyWhatIsPublished:
    def test_drafts_and_closed_items_are_in_no_suggestion(self) -> None:
        factories.a_measure(published=False, name="Geheimplan")
        closed = factories.an_item(public=False, title="Geheimsache")
        factories.a_paragraph(closed, "Geheimwort im Absatz")
        assert texts("geheim") == []

    def test_what_was_withdrawn_is_gone_before_and_after_the_index_follows(self) -> None:
        measure = factories.a_measure(name="Geheimplan", summary="Geheimwort")
        assert texts("geheim") == ["Geheimplan", "Geheimplan", "Geheimwort"]
        # A statement that no code of ours sees: the trigger notes it.
        Measure.objects.filter(pk=measure.pk).update(published_at=None, published_by=None)
        assert SearchPending.objects.exists()
        assert suggestions("geheim") == []
        assert texts("geheim") == []

    def test_an_index_that_lags_behind_without_a_note_shows_no_title(self) -> None:
        measure = factories.a_measure(name="Geheimplan")
        factories.a_measure(name="Geheimtipp")
        catch_up()
        Measure.objects.filter(pk=measure.pk).update(published_at=None, published_by=None)
        SearchPending.objects.all().delete()
        assert [s.text for s in suggestions("geheim") if s.kind_label] == ["Geheimtipp"]

    def test_a_new_name_is_suggested_once_the_index_has_it(self) -> None:
        measure = factories.a_measure(name="Altname")
        catch_up()
        Measure.objects.filter(pk=measure.pk).update(name="Neuname")
        assert suggestions("altn") == []
        assert titles("neun") == ["Neuname"]
        assert texts("altn") == []

    def test_people_are_not_suggested(self) -> None:
        factories.a_person(name="Seltenername")
        assert texts("selt") == []


@pytest.mark.django_db
class TestAnyInput:
    @pytest.mark.parametrize(
        "typed", ["", " ", "v", "  v ", "stadt v", "%", "--", '"', "|", "&!():*<->\\'", "😀", "\x00"]
    )
    def test_too_little_suggests_nothing(self, typed: str) -> None:
        factories.a_measure(name="Voicebot der Stadt")
        assert texts(typed) == []

    def test_too_much_suggests_nothing(self) -> None:
        factories.a_measure(name="Voicebot")
        catch_up()
        assert suggestions("voicebot " * 10_000) == []
        assert suggestions("x " * (LONGEST // 2 - 2) + "voi") == []

    @pytest.mark.parametrize(
        "typed", ["vo%", "vo_ce", "vo\\", "vo'; DROP TABLE portal_searchword; --", "'vo':*", "vo & !bot", "vo:*", "voi\u202ec"]
    )  # fmt: skip
    def test_signs_have_no_power(self, typed: str) -> None:
        factories.a_measure(name="Voicebot")
        assert texts(typed) in ([], ["Voicebot"]) or all(typed[:2] in text for text in texts(typed))
        assert titles("voic") == ["Voicebot"]

    def test_percent_and_underscore_stand_for_nothing_else(self) -> None:
        factories.an_item(title="Punkt", resolution_text="Voicebot")
        assert words("%icebot") == []
        assert words("vo_") == []

    @pytest.mark.parametrize("typed", ["voi\xadce", "vo\u200bic", "voic\ud800"])
    def test_invisible_letters_do_not_count(self, typed: str) -> None:
        factories.a_measure(name="Voicebot")
        assert titles(typed) == ["Voicebot"]

    @given(
        typed=st.one_of(
            st.text(max_size=60), st.text(alphabet="abß'\"&|!:*()<->\\%_ \x00ÄİŞ１²ﬁ", max_size=30)
        )
    )
    def test_hypothesis(self, typed: str) -> None:
        for suggestion in suggestions(typed):
            assert suggestion.text


@pytest.mark.django_db
class TestQueries:
    def test_their_number_does_not_grow(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        def add() -> None:
            factories.a_measure(name="Voicebot", summary="Voicebox")
            factories.an_item(title="Voicebot")
            a_paper(name="Voicebot Vorlage")

        add()
        catch_up()
        with django_assert_num_queries(7):
            assert len(suggestions("voic")) == 5
        for _ in range(20):
            add()
        catch_up()
        with django_assert_num_queries(7):
            suggestions("voic")

    def test_too_little_asks_nothing(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(0):
            suggestions("v")

    def test_many_entries_are_not_read_one_by_one(self) -> None:
        """However common a word is: each of them has "Verwaltung" in its title."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO portal_searchshelf (kind, field, status, committees) VALUES ('item', '', '', '{}')"
            )
            cursor.execute(
                'INSERT INTO portal_searchentry (kind, object_id, shelf_id, title, "references", body, parts)'
                " SELECT 'item', n, (SELECT id FROM portal_searchshelf), 'Verwaltung ' || n, '', 'Verwaltung ' || n, ''"
                " FROM generate_series(1, 5000) n"
            )
            cursor.execute(
                "INSERT INTO portal_searchword (word, spelling, in_entries)"
                " SELECT 'wort' || n, 'Wort' || n, true FROM generate_series(1, 5000) n"
                " UNION ALL VALUES ('verwaltung', 'Verwaltung', true)"
            )
            cursor.execute("ANALYZE portal_searchentry, portal_searchword, portal_searchpending")
        with CaptureQueriesContext(connection) as asked:
            suggestions("verwalt")
        words, titles, _, _, hits = (_plan(query["sql"]) for query in asked.captured_queries)
        assert "Index Cond: (((word)::text " in words
        assert "search_entry_title_tsv" in titles
        assert "search_entry_tsv" in hits
        assert "Seq Scan on portal_searchentry" not in titles + hits
        assert "Seq Scan on portal_searchword" not in words


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_kinds_suggested_are_there() -> None:
    from portal.searching.kinds import kinds

    assert set(suggesting.SUGGESTED) <= set(kinds())
