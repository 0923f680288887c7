"""The servers that are asked: granian with the same settings for the portal and for the bare view."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.benchmark.load import NotMeasuredError
from portal.embedded import die_with_parent

PROJECT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 10

GRANIAN = (
    *("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4"),
    *("--log-level", "error", "--host", "127.0.0.1"),
)
"""As in production, but one worker, because one reader asks: a second one would only take memory."""


@contextmanager
def serving(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Runs `application` ("portal.wsgi:application") for the time of the block; gives its port.

    `environment` replaces or adds variables. Raises NotMeasuredError where the server does not start.
    """
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *GRANIAN, "--port", str(port), application],
        cwd=PROJECT,
        env={**os.environ, **environment},
        # A Ctrl-C of the terminal goes to the benchmark alone, which then ends its servers.
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        _wait_until_listening(server, application, port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_listening(server: "subprocess.Popen[bytes]", application: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise NotMeasuredError(f"The server of {application} ended with status {server.returncode}.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotMeasuredError(f"The server of {application} did not answer within {START_SECONDS} seconds.")
