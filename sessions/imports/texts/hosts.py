"""Which server may be asked for a file: one that told of it, or one that somebody named."""

from collections.abc import Iterable

import httpx

from sessions.imports.http import ForbiddenAddressError
from sessions.imports.http.addresses import host_of, parsed, shown


def start_of(url: str, allowed: Iterable[str]) -> str | ForbiddenAddressError:
    """The start of a server, "https://ratsinfo.example.org:8443/", where it has the host of the address and
    is among the allowed; else why nobody is asked. One with the same port comes first."""
    try:
        wanted = parsed(url)
        hosts = [known for known in map(parsed, allowed) if host_of(known) == host_of(wanted)]
    except ForbiddenAddressError as error:
        return error
    if not hosts:
        host = host_of(wanted)
        return ForbiddenAddressError(
            f"{host or shown(wanted)} is no server of its source: --allow-host {host}"
        )
    return _root(next((known for known in hosts if known.port == wanted.port), hosts[0]))


def _root(address: httpx.URL) -> str:
    return str(address.copy_with(raw_path=b"/", fragment=None))
