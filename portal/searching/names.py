"""People are not searchable: the search proposes no name of a person that the council's record lists.

Names that stand in printed minutes alone are words of a public text like all others.
"""

from collections.abc import Collection

from portal.searching.kinds import names_among
from portal.searching.models import SearchSpelling


def only_names(words: Collection[str]) -> set[str]:
    """Of words in lower case, those that are somebody's name and no other word: "koch" is both. At most two
    queries."""
    names = names_among(words)
    if not names:
        return set()
    return names - set(SearchSpelling.objects.filter(word__in=names).values_list("word", flat=True))
