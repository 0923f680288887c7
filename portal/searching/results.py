"""From what the index names to what a page shows: rows as they are published at this moment."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from portal.searching.finding import Hits, Key
from portal.searching.kinds import Found, kinds
from portal.searching.marks import Excerpt, excerpts, marked


@dataclass(frozen=True, slots=True)
class Result:
    kind: str
    """What kind of thing it is, as the page calls it."""
    title: str
    marked_title: SafeString
    url: str
    where: str
    excerpts: list[Excerpt]

    @property
    def is_external(self) -> bool:
        """It leads out of the portal: to the document at its source."""
        return self.url.startswith(("https://", "http://"))


class HitList(Sequence[Key]):
    """All hits, as a list that reads no more than the slice it is asked for."""

    def __init__(self, hits: Hits) -> None:
        self._hits = hits

    def __len__(self) -> int:
        return self._hits.total

    def __getitem__(self, part: Any) -> Any:
        start, stop, _ = part.indices(len(self))
        return self._hits.page(start, stop - start)


def results(keys: Collection[Key], words: Collection[str] = ()) -> list[Result]:
    """In the order of the keys; what is not published any more is left out.

    words: in lower case, to be marked; of the passages only those with one of them are shown. A constant
    number of queries per kind that occurs.
    """
    return list(_results(keys, words))


def _results(keys: Collection[Key], words: Collection[str]) -> Iterator[Result]:
    wanted: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in keys:
        wanted[kind].append(object_id)
    found: dict[Key, Found] = {
        (kind, object_id): one
        for kind, ids in wanted.items()
        if kind in kinds()
        for object_id, one in kinds()[kind].results(ids, words).items()
    }
    for key in keys:
        if one := found.get(key):
            yield Result(
                kinds()[key[0]].label,
                one.title,
                marked(one.title, words),
                one.url,
                one.where,
                excerpts(one.passages, words),
            )
