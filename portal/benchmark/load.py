"""The reader who asks: one connection that is kept open, one question after the other."""

import http.client
import math
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 30
LARGEST_ANSWER = 50_000_000
"""Bytes; what sends more is broken and shall not fill our memory."""

_END_OF_HEAD = b"\r\n\r\n"


class NotMeasuredError(RuntimeError):
    """Something could not be measured; the message is one line for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    """As it came over the line: compressed where `content-encoding` says so."""
    received: int
    """Bytes of head and body together."""
    seconds: float
    """From the first byte sent to the last byte received."""


class Reader:
    """A connection of HTTP/1.1 to a server on this machine.

    Bytes on a socket and not http.client: that takes nearly as long for reading the head of an answer as the
    bare view for giving it, and so would make every page look closer to the bare view than it is.
    """

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.socket.close()

    def get(self, path: str, **headers: str) -> Answer:
        """The answer to GET `path`; `headers` with _ for -. Raises NotMeasuredError."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        question = "\r\n".join([*lines, "", ""]).encode("ascii")
        begin = time.perf_counter()
        try:
            self.socket.sendall(question)
            received, end_of_head = self._read()
        except OSError as error:
            raise NotMeasuredError(f"{path}: {error}") from error
        seconds = time.perf_counter() - begin
        status, named = _parse_head(bytes(received[:end_of_head]))
        return Answer(status, named, bytes(received[end_of_head:]), len(received), seconds)

    def _read(self) -> tuple[bytearray, int]:
        """One answer, and where its body begins."""
        received = bytearray()
        while (position := received.find(_END_OF_HEAD)) < 0:
            self._receive(received)
        start = position + len(_END_OF_HEAD)
        head = bytes(received[:start]).lower()
        if head.split(b" ", 2)[1] in (b"204", b"304"):
            return received, start
        _, found, length = head.partition(b"\r\ncontent-length:")
        if not found:
            raise OSError("the answer does not say how long it is")
        end = start + int(length.split(b"\r\n", 1)[0])
        while len(received) < end:
            self._receive(received)
        return received, start

    def _receive(self, into: bytearray) -> None:
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        into += part
        if len(into) > LARGEST_ANSWER:
            raise OSError(f"the answer is longer than {LARGEST_ANSWER} bytes")


def _parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    status_line, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return int(status_line.split(" ", 2)[1]), {name.lower(): value.strip() for name, value in pairs}


def expect_page(path: str, answer: Answer) -> Answer:
    """The answer, if it is one. Raises NotMeasuredError for an error page."""
    if answer.status != http.client.OK:
        raise NotMeasuredError(f"{path} answered {answer.status}.")
    return answer


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed (nearest rank)."""
    ordered: Sequence[float] = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
