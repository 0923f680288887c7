"""The production server under clients that are slow or only hold the line."""

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit
from urllib.request import urlopen

HALF_A_REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nhalf"
WHOLE_REQUEST = b"GET /impressum/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_slow_and_idle_clients_do_not_keep_others_out(demo: str) -> None:
    port = urlsplit(demo).port
    with ExitStack() as stack:
        for sent in [HALF_A_REQUEST, WHOLE_REQUEST] * 40:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port or 0), timeout=10))
            client.sendall(sent)
            if sent is WHOLE_REQUEST:
                assert client.recv(100).startswith(b"HTTP/1.1 200")
        with urlopen(f"{demo}/", timeout=10) as response:  # noqa: S310 - our own address
            assert response.status == 200
