"""PDF files in a process of their own: what is read, and that nothing in a file does any harm."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from sessions.imports.texts import extract
from sessions.imports.texts.extract import Limits, Reading, State, read_pdf
from sessions.models import FileText
from tests.sessions.imports.texts.pdf import a_bomb, a_pdf, a_stream, an_encrypted_pdf, with_table

PLAIN = a_pdf("Ein Satz.")
END = '{"end": true, "cut": false, "lost": 0}'


def command(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", code)


def saying(*lines: str) -> tuple[str, ...]:
    return command(f"print({chr(10).join(lines)!r})")


def small(pages: int = 500, on_page: int = 20_000, characters: int = 2_000_000) -> tuple[str, ...]:
    """The real reader, with other caps."""
    return (*extract.COMMAND[:-3], str(pages), str(on_page), str(characters))


# --- What is read
def test_every_page_with_its_number() -> None:
    assert read_pdf(a_pdf("Erste Seite", "", "Größe: 5 €")) == Reading(
        state=State.EXTRACTED, pages=((1, "Erste Seite"), (3, "Größe: 5 €")), page_count=3
    )


def test_lines_become_paragraphs_and_parted_words_whole() -> None:
    text = (
        "Die Straßenzustands-\nerfassung hilft bei der\nOZG-\nUmsetzung.\n\nZweiter Absatz\nmit zwei Zeilen."
    )
    assert read_pdf(a_pdf(text)).pages == (
        (1, "Die Straßenzustandserfassung hilft bei der OZG-Umsetzung.\n\nZweiter Absatz mit zwei Zeilen."),
    )


def test_a_few_bytes_before_the_beginning_do_no_harm() -> None:
    assert read_pdf(b"\xef\xbb\xbf\r\n" + PLAIN).state == State.EXTRACTED


def test_a_file_without_words_is_a_scan() -> None:
    assert read_pdf(a_pdf("", "")) == Reading(state=State.EMPTY, page_count=2)


# --- What is no good
@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"", State.BROKEN),
        (b"<!DOCTYPE html><html><body>Bitte anmelden</body></html>", State.NOT_PDF),
        (b"PK\x03\x04" + bytes(3000) + b"%PDF-1.4", State.NOT_PDF),
        (b"%PDF-1.7", State.BROKEN),
        (b"%PDF-1.7\n" + bytes(range(256)) * 200, State.BROKEN),
        (PLAIN[:60], State.BROKEN),
        (an_encrypted_pdf(), State.ENCRYPTED),
        (a_pdf("Text", kids="99 0 R"), State.BROKEN),
        (a_pdf(), State.BROKEN),
    ],
    ids=["empty", "html", "zip", "magic", "garbage", "truncated", "encrypted", "no such page", "no page"],
)
def test_what_cannot_be_read_is_marked(data: bytes, state: State) -> None:
    reading = read_pdf(data)
    assert (reading.state, reading.pages) == (state, ())
    assert reading.reason


@pytest.mark.parametrize("length", range(0, len(PLAIN), 97))
def test_a_file_cut_off_anywhere_ends_in_a_state(length: int) -> None:
    reading = read_pdf(PLAIN[:length])
    assert reading.state in (State.BROKEN, State.EMPTY, State.EXTRACTED)


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_BYTES", len(PLAIN) - 1)
    assert read_pdf(PLAIN, command=("/nowhere",)).state == State.TOO_LARGE
    monkeypatch.setattr(extract, "MAX_BYTES", len(PLAIN))
    assert read_pdf(PLAIN).state == State.EXTRACTED


# --- Too much
def test_pages_letters_and_the_whole_have_an_end() -> None:
    book = a_pdf(*(f"Seite {number} und Text" for number in range(1, 8)))
    whole = read_pdf(book)
    assert not whole.cut
    few = read_pdf(book, command=small(pages=3))
    assert (few.cut, few.page_count, few.pages) == (True, 7, whole.pages[:3])
    short = read_pdf(book, command=small(on_page=7))
    assert (short.cut, short.pages[-1]) == (True, (7, "Seite 7"))
    little = read_pdf(book, command=small(characters=30))
    assert (little.cut, len(little.pages), little.page_count) == (True, 2, 7)
    assert read_pdf(book, command=small(pages=7)).cut is False


def test_this_side_does_not_rely_on_the_caps_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_PAGE_CHARACTERS", 10)
    monkeypatch.setattr(extract, "MAX_CHARACTERS", 15)
    reading = read_pdf(a_pdf("a" * 50, "b" * 50, "c" * 50))
    assert (reading.cut, reading.pages) == (True, ((1, "a" * 10), (2, "b" * 5)))


@pytest.mark.parametrize("count", [10**6, 2**31 - 1, 2**40, -5])
def test_a_number_of_pages_may_be_a_lie(count: int) -> None:
    reading = read_pdf(a_pdf("Text", count=count))
    assert reading.state in (State.EXTRACTED, State.BROKEN)
    FileText(page_count=reading.page_count or 0).clean_fields(exclude=["file", "state", "read_at"])


def test_a_page_that_contains_itself() -> None:
    assert read_pdf(a_pdf("Text", kids="2 0 R 4 0 R", count=2)).state in (State.EXTRACTED, State.BROKEN)


def test_what_is_nested_deeply() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    file = with_table(
        [b"<< /Type /Catalog /Pages 2 0 R /Deep " + deep + b" >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    )
    assert read_pdf(file).state == State.BROKEN


def test_forms_that_draw_each_other() -> None:
    """Two to the power of thirty times, if anybody let them."""
    names = [f"/X {number} 0 R" for number in range(5, 36)]
    forms = [
        a_stream(b"/X Do /X Do").replace(
            b"<< ",
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << {name} >> >> ".encode(),
            1,
        )
        for name in names
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
    file = with_table(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page,
            a_stream(b"/X Do"),
            *forms,
        ]
    )
    assert read_pdf(file, limits=Limits(seconds=1)).state in (State.EMPTY, State.TIMED_OUT, State.BROKEN)


def test_a_bomb_takes_no_more_memory_than_it_may() -> None:
    data = a_bomb(2**28)
    assert len(data) < 20_000
    assert read_pdf(data, limits=Limits(memory=2**28)).state == State.BROKEN


# --- A reader that goes wrong
def test_a_reader_that_sleeps_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "still there"
    mark.touch()
    code = f"""
import os, time
child = os.fork()
while os.path.exists({str(mark)!r}):
    os.utime({str(mark)!r})
    time.sleep(0.01)
"""
    reading = read_pdf(PLAIN, command=command(code), limits=Limits(seconds=0.3))
    assert (reading.state, reading.pages) == (State.TIMED_OUT, ())
    times = {mark.stat().st_mtime_ns}
    read_pdf(PLAIN)
    times.add(mark.stat().st_mtime_ns)
    mark.unlink()
    assert len(times) == 1


def test_a_reader_that_says_all_and_does_not_end_is_ended() -> None:
    code = "import os, time; os.write(1, b'{\"pages\": 0}'); os.close(1); time.sleep(60)"
    assert read_pdf(PLAIN, command=command(code), limits=Limits(seconds=0.3)).state == State.TIMED_OUT


def test_what_a_reader_left_behind_is_ended(tmp_path: Path) -> None:
    """It has ended itself, and what it started would go on."""
    mark = tmp_path / "still there"
    mark.touch()
    code = f"""
import os, time
if os.fork() == 0:
    os.close(1)
    while os.path.exists({str(mark)!r}):
        os.utime({str(mark)!r})
        time.sleep(0.01)
else:
    print('{{"pages": 1}}\\n{END}')
"""
    assert read_pdf(PLAIN, command=command(code)).state == State.EMPTY
    times = {mark.stat().st_mtime_ns}
    read_pdf(PLAIN)
    times.add(mark.stat().st_mtime_ns)
    mark.unlink()
    assert len(times) == 1


def test_a_reader_that_reckons_for_ever_is_ended() -> None:
    """The time of the processor counts for itself: the clock of a machine that was asleep runs on."""
    reading = read_pdf(PLAIN, command=command("while True: pass"), limits=Limits(processor=1))
    assert reading == Reading(state=State.TIMED_OUT, reason="It takes too much of the processor.")


def test_a_reader_gets_little_memory() -> None:
    reading = read_pdf(PLAIN, command=command("x = bytes(2**29)"), limits=Limits(memory=2**28))
    assert reading.state == State.BROKEN
    assert "MemoryError" in reading.reason


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
        ("raise SystemExit(3)", "exit code 3"),
        ("raise ValueError('x' * 5000)", "exit code 1"),
        ("import sys; sys.stderr.write('y' * 10**6); sys.exit(1)", "Its reader broke down"),
    ],
)
def test_a_reader_that_breaks_down_says_why(code: str, words: str) -> None:
    reading = read_pdf(PLAIN, command=command(code))
    assert reading.state == State.BROKEN
    assert words in reading.reason
    assert len(reading.reason) < 300


def test_a_reader_that_is_not_there() -> None:
    assert read_pdf(PLAIN, command=("/nowhere/at/all",)).state == State.BROKEN


def test_a_reader_knows_nothing_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
    code = """
import json, os, resource
kinds = ("CORE", "FSIZE", "NOFILE", "AS")
found = {kind: resource.getrlimit(getattr(resource, f"RLIMIT_{kind}"))[1] for kind in kinds}
found |= {"environment": sorted(os.environ), "place": os.getcwd()}
print(json.dumps({"error": "broken", "reason": json.dumps(found)}))
"""
    found: dict[str, Any] = json.loads(read_pdf(PLAIN, command=command(code)).reason)
    assert not any("DATABASE" in name for name in found.pop("environment"))
    assert found == {"CORE": 0, "FSIZE": 65536, "NOFILE": 64, "AS": 2**30, "place": "/"}


@pytest.mark.parametrize(
    "lines",
    [
        [""],
        ["no JSON"],
        ["[]"],
        ["[" * 100_000],
        ['{"pages": 1}'],
        ['{"pages": 1}', '{"end": 1, "cut": false, "lost": 0}'],
        ['{"pages": "1"}', END],
        ['{"pages": true}', END],
        ['{"pages": -1}', END],
        ['{"pages": 2147483648}', END],
        [f'{{"pages": {"9" * 5000}}}', END],
        ['{"pages": 2}', '{"page": 0, "text": "x"}', END],
        ['{"pages": 2}', '{"page": 2, "text": "x"}', '{"page": 2, "text": "x"}', END],
        ['{"pages": 2}', '{"page": 1, "text": 7}', END],
        ['{"pages": 2}', '{"page": 1}', END],
        ['{"error": "extracted"}'],
        ['{"error": "tired", "reason": "x"}'],
        ['{"error": ["broken"], "reason": "x"}'],
        ["ä"],
    ],
)
def test_what_no_reader_says_is_not_believed(lines: list[str]) -> None:
    reading = read_pdf(PLAIN, command=saying(*lines))
    assert reading == Reading(state=State.BROKEN, reason="What its reader said cannot be understood.")


def test_a_reader_that_does_not_stop_talking() -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 10**5)"
    reading = read_pdf(PLAIN, command=command(code), limits=Limits(output=10**6))
    assert reading == Reading(state=State.BROKEN, reason="Its reader said more than 1,000,000 bytes.")


def test_pages_that_are_lost_are_told() -> None:
    lost = '{"end": true, "cut": false, "lost": 1}'
    reading = read_pdf(PLAIN, command=saying('{"pages": 2}', '{"page": 2, "text": "x"}', lost))
    assert (reading.state, reading.reason) == (State.EXTRACTED, "1 of its pages cannot be read.")


def test_letters_outside_the_plane_come_whole_and_halves_not_at_all() -> None:
    text = json.dumps("💡 \ud83d Idee \x00")
    reading = read_pdf(PLAIN, command=saying('{"pages": 1}', f'{{"page": 1, "text": {text}}}', END))
    assert reading.pages == ((1, "💡 Idee"),)


def test_every_state_is_one_of_a_file() -> None:
    assert {state.value for state in State} == set(FileText.State.values) - {"unreachable"}
