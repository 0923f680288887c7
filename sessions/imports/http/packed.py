"""Answers that the server packed."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import httpx

from sessions.imports.http.addresses import FetchError, shown

_PIECE: Final = 64 * 1024


def unpacked(url: httpx.URL, pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body as it was before the server packed it. A piece of 64 kB may hold 64 MB of zeros, so it is
    unpacked in steps between which the caller can stop."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"{shown(url)} is packed as {encoding[:50]!r}, which nobody asked for.")
    # 32: finds out by itself whether it is gzip or zlib.
    unpacker = zlib.decompressobj(32 + zlib.MAX_WBITS)
    empty = True
    try:
        for piece in pieces:
            empty = empty and not piece
            # What follows the end of the packed data is padding of old servers.
            while not unpacker.eof:
                unpacked = unpacker.decompress(piece, _PIECE)
                yield unpacked
                piece = unpacker.unconsumed_tail
                # A full step may have left something inside the unpacker even where no input is left.
                if not piece and len(unpacked) < _PIECE:
                    break
    except zlib.error as error:
        raise FetchError(f"{shown(url)} is packed in a way that cannot be read: {error}.") from error
    if not empty and not unpacker.eof:
        raise FetchError(f"{shown(url)} breaks off in the middle.", again=True)
