"""Objects of a source that were saved as files.

One file holds a list of objects, a stored list page, one object, or an object in each line. Files are read
in the order in which their objects need each other, one element at a time.
"""

import re
import stat
from collections.abc import Iterator, Set
from datetime import datetime
from logging import getLogger
from pathlib import Path
from typing import Any

from sessions.imports.oparl import quirks
from sessions.imports.oparl.feed import Element, SourceError
from sessions.imports.oparl.records import TYPES, ObjectType, Refusal
from sessions.imports.oparl.split import elements

logger = getLogger(__name__)

SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
"""Of the files in a folder. A file that is named itself may have any other."""
_CHUNK = 1 << 17
_LIST_NAME = re.compile(r"([a-z]+)[-_ .0-9]*")


class FileFeed:
    """A folder with all its folders, or one file. Implements feed.Feed."""

    def __init__(self, path: str | Path) -> None:
        """path: as somebody typed it; it becomes the address of the source. Raises SourceError where nothing
        is there."""
        self.path = Path(path)
        self._address = str(path)
        self._types: set[ObjectType] = set()
        self._failed = False
        if not self._address.strip():
            raise SourceError("The source has no name; give an address, a file or a folder.")
        try:
            self._is_folder = stat.S_ISDIR(self.path.stat().st_mode)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            shown = self._address if len(self._address) <= 200 else f"{self._address[:200]}…"
            raise SourceError(
                f"{shown} cannot be read ({reason}); name a file, a folder, or an address with https://."
            ) from error

    @property
    def address(self) -> str:
        return self._address

    @property
    def total(self) -> int | None:
        """Unknown: to count the objects takes as long as to split them."""
        return None

    def elements(self, since: datetime | None) -> Iterator[Element | Refusal]:
        """Everything, whatever `since`: a file does not tell what changed in it."""
        self._types.clear()
        self._failed = False
        # Refused files first, so that nobody has to look for them between the objects.
        files: list[tuple[int, str, Path]] = []
        for path in self._files():
            try:
                files.append((self._rank(path), str(path), path))
            except OSError as error:
                yield self._refused(path, f"The file cannot be read: {error.strerror or error}.")
        for _, _, path in sorted(files):
            yield from self._read(path)

    def complete_types(self) -> Set[ObjectType]:
        return frozenset() if self._failed else frozenset(self._types)

    def fetch(self, ids: list[str]) -> Iterator[Element | Refusal]:
        """Nothing: there is no server to ask."""
        yield from ()

    def _files(self) -> list[Path]:
        """Raises SourceError where there are none."""
        if not self._is_folder:
            return [self.path]
        # Links to folders are not followed, so nobody is led around in a circle.
        files = [
            path
            for path in self.path.rglob("*")
            if path.suffix.lower() in SUFFIXES
            and not any(part.startswith(".") for part in path.relative_to(self.path).parts)
            and (path.is_symlink() or not path.is_dir())
        ]
        if not files:
            kinds = ", ".join(sorted(SUFFIXES))
            raise SourceError(f"{self._address} holds no OParl objects; expected files that end in {kinds}.")
        return files

    def _read(self, path: Path) -> Iterator[Element | Refusal]:
        listed_as, shown = self._type_in_name(path), self._shown(path)
        try:
            split = elements(_chunks(path), lambda words: logger.warning("%s: %s", path, words))
            for number, found in enumerate(split, 1):
                if isinstance(found, Refusal):
                    yield self._refused(path, found.reason, found.id)
                    continue
                type_ = _type(found) or listed_as
                if type_:
                    self._types.add(type_)
                yield Element(raw=found, listed_as=type_, place=f"{shown}, object {number}")
        except OSError as error:
            yield self._refused(path, f"The file cannot be read: {error.strerror or error}.")

    def _rank(self, path: Path) -> int:
        """Where the type of its first object stands in TYPES. Raises OSError."""
        first = next((found for found in elements(_chunks(path)) if isinstance(found, dict)), {})
        type_ = _type(first) or self._type_in_name(path)
        return TYPES.index(type_) if type_ else len(TYPES)

    def _type_in_name(self, path: Path) -> ObjectType | None:
        """ "papers.json", "papers-2025.json" and "papers/12.json" are lists of papers."""
        names = [path.stem] if path == self.path else [path.stem, path.parent.name]
        found = (_LIST_NAME.fullmatch(name.lower()) for name in names)
        return next((type_ for name in found if name and (type_ := quirks.type_in_id(name[1]))), None)

    def _shown(self, path: Path) -> str:
        return path.name if path == self.path else str(path.relative_to(self.path))

    def _refused(self, path: Path, reason: str, id_: str = "") -> Refusal:
        self._failed = True
        place = self._shown(path)
        return Refusal(id=id_ or place, reason=reason if not id_ else f"{reason} It stands in {place}.")


def _type(raw: dict[str, Any]) -> ObjectType | None:
    return quirks.stated_type(raw.get("type")) or quirks.type_in_id(quirks.identifier(raw.get("id")))


def _chunks(path: Path) -> Iterator[bytes]:
    """Raises OSError; also for what is no regular file, which might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("it is no regular file")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
