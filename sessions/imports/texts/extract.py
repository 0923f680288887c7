"""Bytes of a file → text of its pages, read by a process of its own that may crash, hang or be killed.

This process never looks into a PDF: whoever writes a file for a council may write one for PDFium's next
fault.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from sessions.imports.texts.cleaning import clean

MAX_BYTES: Final = 50 * 2**20
"""Of one file."""
MAX_PAGES: Final = 500
MAX_PAGE_CHARACTERS: Final = 20_000
MAX_CHARACTERS: Final = 2_000_000
"""Of one file."""
SECONDS: Final = 60.0
"""For one file; of the clock and of the processor."""
MEMORY: Final = 2**30
"""Bytes of addresses that the process may have, PDF and libraries included."""

_HERE: Final = Path(__file__).resolve().parent
# -I: no folder and no variable of this process may slip a module in. -B: it writes no file.
_PYTHON: Final = (sys.executable, "-I", "-B")
COMMAND: Final = (
    *_PYTHON, str(_HERE / "child.py"), str(MAX_PAGES), str(MAX_PAGE_CHARACTERS), str(MAX_CHARACTERS),
)  # fmt: skip
MAX_OUTPUT: Final = 12 * MAX_CHARACTERS + 100 * MAX_PAGES
"""Bytes; a letter outside the basic plane is written as two escapes of six."""
_MAGIC: Final = b"%PDF-"
_MAGIC_WITHIN: Final = 1024
"""Bytes before which a PDF says that it is one; some programs put a few others first."""
_MOST_COUNTED: Final = 2**31 - 1


class State(StrEnum):
    """What came of reading; as FileText.State, without what a server may do."""

    EXTRACTED = "extracted"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    NOT_PDF = "not_pdf"
    TOO_LARGE = "too_large"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What could be read of one file."""

    state: State
    pages: tuple[tuple[int, str], ...] = ()
    """Number from 1, and text that is not empty; in their order, those without text left out."""
    page_count: int | None = None
    """Of the file, whether read or not; None: nobody knows."""
    cut: bool = False
    """The file has more than may be read."""
    reason: str = ""
    """Why not, or what is missing: a sentence for people, maybe with words of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    memory: int = MEMORY
    """Bytes."""
    seconds: float = SECONDS
    """Of the clock."""
    processor: int = int(SECONDS)
    """Seconds that it may reckon."""
    output: int = MAX_OUTPUT
    """Bytes."""


class _FailureError(Exception):
    """The reader did not come to its end. Its message is the reason."""


class _TimeOutError(_FailureError):
    pass


def read_pdf(data: bytes, *, command: Sequence[str] = COMMAND, limits: Limits | None = None) -> Reading:
    """The text of a PDF, or why there is none. Never raises for what stands in the file.

    command, limits: for tests; the command gets the file on its standard input and says what `child` says.
    """
    limits = limits or Limits()
    if len(data) > MAX_BYTES:
        return Reading(state=State.TOO_LARGE, reason=f"The file is longer than {MAX_BYTES:,} bytes.")
    if not data:
        return Reading(state=State.BROKEN, reason="The file is empty.")
    if _MAGIC not in data[: _MAGIC_WITHIN + len(_MAGIC)]:
        return Reading(state=State.NOT_PDF, reason="The file does not begin as a PDF does.")
    try:
        return _reading(_run(data, command, limits))
    except _TimeOutError as error:
        return Reading(state=State.TIMED_OUT, reason=str(error))
    except _FailureError as error:
        return Reading(state=State.BROKEN, reason=str(error))


# --- The process
def _run(data: bytes, command: Sequence[str], limits: Limits) -> bytes:
    """What the command says. Raises _FailureError, _TimeOutError."""
    until = time.monotonic() + limits.seconds
    with TemporaryFile() as file, TemporaryFile() as complaints:
        file.write(data)
        file.seek(0)
        with subprocess.Popen(
            [
                *_PYTHON, "-S", str(_HERE / "limited.py"),
                str(limits.memory), str(limits.processor), *command,
            ],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=complaints,
            # Nothing of what this process knows: the password of the database stands in its environment.
            env={},
            cwd="/",
            # A group of its own, to be killed with all that it started.
            start_new_session=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
            try:
                output = _output(process.stdout, limits, until)
                _wait_for_end(process, limits, until)
            finally:
                # The whole group, also where its leader has ended: what it started may go on. Nobody has
                # asked yet how the leader ended, so its number is not given to anybody else.
                os.killpg(process.pid, signal.SIGKILL)
        if process.returncode != 0:
            raise _ended(process.returncode, complaints)
    return output


def _output(stream: IO[bytes], limits: Limits, until: float) -> bytes:
    found = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise _too_slow(limits)
            piece = os.read(stream.fileno(), 2**16)
            if not piece:
                return bytes(found)
            found += piece
            if len(found) > limits.output:
                raise _FailureError(f"Its reader said more than {limits.output:,} bytes.")


def _wait_for_end(process: subprocess.Popen[bytes], limits: Limits, until: float) -> None:
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= until:
            raise _too_slow(limits)
        time.sleep(0.002)


def _too_slow(limits: Limits) -> _TimeOutError:
    return _TimeOutError(f"It takes longer than {limits.seconds:g} seconds to read.")


def _ended(code: int, complaints: IO[bytes]) -> _FailureError:
    if code == -signal.SIGXCPU:
        return _TimeOutError("It takes too much of the processor.")
    complaints.seek(0)
    said = complaints.read().decode(errors="replace").strip().splitlines()
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return _FailureError(f"Its reader broke down ({': '.join([how, *said[-1:]])[:200]}).")


# --- What it says
def _reading(output: bytes) -> Reading:
    """Raises _FailureError for anything that `child` would not say."""
    try:
        return _understood(list(_messages(output)))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise _FailureError("What its reader said cannot be understood.") from error


def _messages(output: bytes) -> Iterator[dict[str, Any]]:
    for line in output.decode("ascii").splitlines():
        message = json.loads(line)
        if not isinstance(message, dict):
            raise TypeError("no object")
        yield message


def _understood(messages: Sequence[dict[str, Any]]) -> Reading:
    first, *rest = messages
    if "error" in first:
        return Reading(state=State(_word(first["error"])), reason=clean(_word(first["reason"]))[:200])
    *pages, end = rest
    if end["end"] is not True:
        raise ValueError("no end")
    count, lost, cut = _number(first["pages"], 0), _number(end["lost"], 0), end["cut"] is True
    found: list[tuple[int, str]] = []
    length = before = 0
    for page in pages:
        number = _number(page["page"], before + 1)
        text = clean(_word(page["text"])[:MAX_PAGE_CHARACTERS])
        # A ligature and a letter put together are longer or shorter than what they came from.
        text, is_longer = _shortened(text, min(MAX_PAGE_CHARACTERS, MAX_CHARACTERS - length))
        cut = cut or is_longer
        length, before = length + len(text), number
        if text:
            found.append((number, text))
    if count and lost >= min(count, MAX_PAGES):
        return Reading(state=State.BROKEN, page_count=count, reason="None of its pages can be read.")
    return Reading(
        state=State.EXTRACTED if found else State.EMPTY,
        pages=tuple(found),
        page_count=count,
        cut=cut,
        reason=f"{lost} of its pages cannot be read." if lost else "",
    )


def _shortened(text: str, most: int) -> tuple[str, bool]:
    return (text, False) if len(text) <= most else (text[:most].rstrip(), True)


def _number(value: object, least: int) -> int:
    if type(value) is not int or not least <= value <= _MOST_COUNTED:
        raise ValueError("no number of pages")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
