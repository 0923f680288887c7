"""`manage.py search_check` puts pairs of words through the real search and leaves nothing behind."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.searching.check import Pair, read_pairs
from portal.searching.models import SearchSpelling, SearchWord
from tests.factories import a_paragraph, an_item

PUBLIC_PAIRS = Path(__file__).parents[3] / "shared" / "data" / "search" / "pairs.tsv"
HEADER = "kind\tdocument_word\tquery\n"
PAIRS = (
    HEADER
    + """\
Beugung\tBrücken\tBrücke
Grundwort\tSportstättenkonzept\tKonzept
Tippfehler\tSpielplatz\tSpielpaltz

Erfunden\tSpielplatz\tKläranlage
MUST_NOT\tSpielplatz\tSpielplätze
MUST_NOT\tSpielplatz\tKläranlage
"""
)


def checked(path: Path) -> list[str]:
    out = StringIO()
    call_command("search_check", path, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


@pytest.fixture
def spelling(db: None) -> None:
    """One, so that the real ones are not copied."""
    SearchSpelling.objects.create(word="spielplatz")


def counts() -> dict[str, int]:
    """Rows of every table."""
    with connection.cursor() as cursor:
        counted = {}
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of ours
            counted[table] = cursor.fetchone()[0]
    return counted


def test_tells_what_went_wrong_and_both_numbers(pairs: Path, spelling: None) -> None:
    assert checked(pairs) == [
        "MISS Erfunden: Spielplatz <- Kläranlage",
        "FALSE MUST_NOT: Spielplatz <- Spielplätze",
        "found 3/4, false 1/2",
    ]


def test_leaves_nothing_behind(pairs: Path, spelling: None) -> None:
    before = counts()
    checked(pairs)
    assert counts() == before


def test_other_texts_do_not_count_as_found(tmp_path: Path, spelling: None) -> None:
    """Those that wait for the index do not either."""
    a_paragraph(an_item(), "Eine Kläranlage und ein Tippfeler.")
    path = tmp_path / "pairs.tsv"
    path.write_text(HEADER + "Erfunden\tSpielplatz\tKläranlage\n")
    assert checked(path)[-1] == "found 0/1, false 0/0"


def test_does_not_leave_words_of_its_documents(pairs: Path, spelling: None) -> None:
    checked(pairs)
    assert not SearchWord.objects.filter(word="sportstättenkonzept").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1"),
        (b"word\tquery\n", "line 1"),
        (b"kind\tdocument_word\tquery\nBeugung\tHaus\tHaus\nBeugung\tHaus\n", "line 3"),
        (b"kind\tdocument_word\tquery\nBeugung\t\tHaus\n", "line 2"),
        (b"kind\tdocument_word\tquery\n\n\nBeugung\tH\xe4user\tHaus\n", "line 4"),
        (b"kind\tdocument_word\tquery\nBeugung\tHa\0us\tHaus\n", "line 2"),
        (b"\0", "line 1"),
    ],
)
def test_names_the_line_that_is_wrong(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=rf"pairs\.tsv: {says}:"):
        checked(path)


def test_says_that_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        checked(tmp_path / "nowhere.tsv")


def test_reads_files_of_other_systems() -> None:
    content = "\ufeffkind\tdocument_word\tquery\r\nBeugung\tHäuser\tdas Haus\r\n".encode()
    assert read_pairs(content) == [Pair("Beugung", "Häuser", "das Haus")]


def test_only_the_header_is_no_error() -> None:
    assert read_pairs(HEADER.encode()) == []


@pytest.mark.django_db
@pytest.mark.skipif(
    not PUBLIC_PAIRS.exists(), reason="needs the public pairs, which are no part of the project"
)
def test_understands_the_public_pairs() -> None:
    found, false = checked(PUBLIC_PAIRS)[-1].removeprefix("found ").split(", false ")
    assert int(found.split("/")[0]) >= 38
    assert int(false.split("/")[0]) <= 1
