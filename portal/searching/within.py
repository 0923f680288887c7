"""The search inside a list of one kind: the list finds what the search would find."""

from django.db.models import BooleanField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from portal.searching.matching import match
from portal.searching.models import SearchEntry, SearchPending


def matching_objects(kind: str, text: str) -> "QuerySet[SearchEntry, int]":
    """Ids of the objects of this kind that the search finds for `text`, for `filter(pk__in=…)`.

    Asks the words of the index at once (see `match`), the entries as part of the list's own queries. Nothing
    where there is nothing to search for, as with "der" alone.
    """
    matching = match(text)
    if matching.is_empty:
        return SearchEntry.objects.none().values_list("object_id", flat=True)
    hit = RawSQL("tsv @@ %s::tsquery", [matching.tsquery], BooleanField())
    # An entry with a note is older than its object.
    old = SearchPending.objects.filter(kind=OuterRef("kind"), object_id=OuterRef("object_id"))
    return SearchEntry.objects.filter(hit, ~Exists(old), kind=kind).values_list("object_id", flat=True)
