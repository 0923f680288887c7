"""What somebody typed, read as people mean it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.searching.query import LONGEST, MOST_WORDS, Query, Term, parse


def words(*groups: str) -> tuple[tuple[Term, ...], ...]:
    return tuple((Term((word,)),) for word in groups)


def test_words_next_to_each_other_must_all_occur() -> None:
    assert parse("Voicebot Telefon") == Query(words("Voicebot", "Telefon"))


@pytest.mark.parametrize("typed", ['"der Rat tagt"', "„der Rat tagt“", "»der Rat tagt«", '"der Rat tagt'])
def test_quotes_ask_for_the_words_as_they_stand(typed: str) -> None:
    assert parse(typed) == Query(((Term(("der", "Rat", "tagt"), quoted=True),),))


@pytest.mark.parametrize("sign", ["-", "\u2212", "\u2013"])
def test_a_minus_leaves_out(sign: str) -> None:
    assert parse(f"Rat {sign}Sport") == Query(words("Rat"), (Term(("Sport",)),))


def test_a_minus_may_stand_before_quotes() -> None:
    assert parse('Rat -"alter Plan"').excluded == (Term(("alter", "Plan"), quoted=True),)


@pytest.mark.parametrize("joint", ["OR", "ODER", "|", "||"])
def test_or_binds_closer_than_what_stands_beside_it(joint: str) -> None:
    query = parse(f"Kosten Voicebot {joint} Chatbot 2026")
    assert query.groups == (
        (Term(("Kosten",)),),
        (Term(("Voicebot",)), Term(("Chatbot",))),
        (Term(("2026",)),),
    )


def test_a_line_needs_no_blanks() -> None:
    assert parse("Voicebot|Chatbot").groups == ((Term(("Voicebot",)), Term(("Chatbot",))),)


@pytest.mark.parametrize("word", ["AND", "UND", "&", "&&", "+"])
def test_and_is_what_is_meant_anyway(word: str) -> None:
    assert parse(f"Rat {word} Sport").groups == words("Rat", "Sport")


@pytest.mark.parametrize("before", ["Vorlage", "Vorlage Nr.", "Drucksache", "Nr.", "Drs."])
@pytest.mark.parametrize("number", ["11986", "MV/11986/25", "MV 11986-25"])
def test_what_a_number_is_called_is_left_out(before: str, number: str) -> None:
    assert parse(f"{before} {number}") == parse(number)


@pytest.mark.parametrize("typed", ["Vorlage Schulhof", "Vorlage", "11986 Vorlage", '"Vorlage" 11986'])
def test_before_anything_else_it_is_a_word(typed: str) -> None:
    assert any("Vorlage" in term.words for term in parse(typed).terms)


def test_oder_in_small_letters_is_a_word() -> None:
    assert parse("Rat oder Ausschuss").groups == words("Rat", "oder", "Ausschuss")


@pytest.mark.parametrize("typed", ["OR Rat", "Rat OR", "OR OR Rat OR", "| Rat"])
def test_an_or_without_a_side_is_nothing(typed: str) -> None:
    assert parse(typed).groups == words("Rat")


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("OZG-Umsetzung", ("OZG", "Umsetzung")),
        ("MV/11986/25", ("MV", "11986", "25")),
        ("SPD/Grüne", ("SPD", "Grüne")),
        ("§12a", ("12a",)),
    ],
)
def test_what_is_typed_together_belongs_together(typed: str, pieces: tuple[str, ...]) -> None:
    assert parse(typed) == Query(((Term(pieces),),))


@pytest.mark.parametrize(
    "typed",
    ["", " ", '"', '""', "-", "- -", "OR", "()&|!:*", "\0", "\ud800", "\U0001f642", "\u202e", "'; --"],
)
def test_nothing_to_look_for_is_an_empty_query(typed: str) -> None:
    assert parse(typed).is_empty


def test_only_words_to_leave_out_find_nothing() -> None:
    assert parse("-Rat").is_empty


def test_more_words_are_left_out() -> None:
    query = parse(" ".join(f"wort{n}" for n in range(100)))
    assert len(query.groups) == MOST_WORDS
    assert len(parse('"' + "wort " * 100 + '"').groups[0][0].words) == MOST_WORDS


def test_long_input_is_cut() -> None:
    assert parse("x" * 10_000).groups == words("x" * 100)
    assert parse("a " * LONGEST + "ende").groups[-1] == (Term(("a",)),)


@given(st.text(max_size=300))
def test_any_text_is_a_query(text: str) -> None:
    query = parse(text)
    terms = [*query.terms, *query.excluded]
    assert sum(len(term.words) for term in terms) <= MOST_WORDS
    assert all(word.isalnum() for term in terms for word in term.words)


@given(st.text(max_size=100))
def test_a_term_is_read_again_as_itself(text: str) -> None:
    for term in parse(text).terms:
        (again,) = parse(str(term)).groups if term.quoted else [parse("-".join(term.words)).groups[0]]
        assert again[0].words == term.words
