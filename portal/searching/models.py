"""The index of the search. All of it can be made anew from what the apps publish: `manage.py reindex`.

docs/search.md tells how the parts belong together.
"""

from datetime import datetime
from typing import TypedDict

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models import F


class SearchShelf(models.Model):
    """One combination of what results are narrowed by. Entries that share it stand on one shelf.

    Counting a common word shelf by shelf reads one number per entry, however many filters a page counts.
    """

    kind = models.CharField("Art", max_length=20)
    year = models.PositiveSmallIntegerField("Jahr", null=True, blank=True)
    field = models.CharField("Handlungsfeld", max_length=100, blank=True, default="")
    status = models.CharField("Status", max_length=40, blank=True, default="")
    committees = ArrayField(models.CharField(max_length=20), verbose_name="Gremien", blank=True, default=list)

    class Meta:
        verbose_name = "Fach der Suche"
        verbose_name_plural = "Fächer der Suche"
        constraints = [
            models.UniqueConstraint(
                name="search_shelf_once",
                fields=["kind", "year", "field", "status", "committees"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.kind, self.year, self.field, self.status) if part)


class SearchEntry(models.Model):
    """What the search knows of one public object, as bare words.

    title, references, body: words of `portal.searching.text.words`, joined by spaces. parts: further words
    under which it shall be found, from `SearchWord.keys`. Weights of `tsv`: A title and references, B body,
    D parts.
    """

    kind = models.CharField("Art", max_length=20)
    object_id = models.BigIntegerField("Objekt")
    shelf = models.ForeignKey(SearchShelf, verbose_name="Fach", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("Tag", null=True, blank=True)
    title = models.TextField("Titel", blank=True, default="")
    references = models.TextField("Nummern", blank=True, default="")
    body = models.TextField("Text", blank=True, default="")
    parts = models.TextField("Wortteile", blank=True, default="")
    tsv = models.GeneratedField(
        expression=SearchVector("title", "references", weight="A", config="german")
        + SearchVector("body", weight="B", config="german")
        + SearchVector("parts", weight="D", config="german"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    title_tsv = models.GeneratedField(
        expression=SearchVector("title", "references", config="german"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "Eintrag der Suche"
        verbose_name_plural = "Einträge der Suche"
        constraints = [models.UniqueConstraint(name="search_entry_once", fields=["kind", "object_id"])]
        # Without fastupdate: a list of postings not sorted in yet would slow every reader down.
        indexes = [
            GinIndex(fields=["tsv"], name="search_entry_tsv", fastupdate=False),
            GinIndex(fields=["title_tsv"], name="search_entry_title_tsv", fastupdate=False),
            models.Index(F("day").desc(nulls_last=True), F("id").desc(), name="search_entry_newest"),
            models.Index(fields=["shelf"], name="search_entry_shelf"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.title[:60]}"


class SearchWordQuerySet(models.QuerySet["SearchWord"]):
    def waiting(self) -> "SearchWordQuerySet":
        """Words that are not found by their parts everywhere: `index.complete_words` has not come to them."""
        return self.filter(in_entries=False)


class SearchWord(models.Model):
    """A word that stands in an entry, and the further words under which it shall be found.

    keys: of `Lexicon.found_under`, joined by spaces; null until a process with a lexicon has seen the word.
    in_entries: whether every entry with the word has these keys among its parts.
    """

    word = models.CharField("Wort", max_length=100, primary_key=True, help_text="klein geschrieben")
    spelling = models.CharField("Schreibweise", max_length=100, help_text="wie es zuerst gelesen wurde")
    keys = models.TextField("auch zu finden unter", null=True, blank=True)  # noqa: DJ001 - null: nobody has looked
    in_entries = models.BooleanField("in allen Einträgen", default=False)
    tsv = models.GeneratedField(
        expression=SearchVector("word", "keys", config="german"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        verbose_name = "Wort der Suche"
        verbose_name_plural = "Wörter der Suche"
        # Without fastupdate: a list of postings not sorted in yet would slow every reader down.
        indexes = [
            GinIndex(fields=["tsv"], name="search_word_tsv", fastupdate=False),
            models.Index(fields=["word"], name="search_word_waiting", condition=models.Q(in_entries=False)),
        ]

    def __str__(self) -> str:
        return self.spelling


class SearchSpelling(models.Model):
    """A spelling that is a real German word, whether anything has it or not: it is never taken for a typo."""

    word = models.CharField("Wort", max_length=40, primary_key=True)

    class Meta:
        verbose_name = "bekannte Schreibweise"
        verbose_name_plural = "bekannte Schreibweisen"

    def __str__(self) -> str:
        return self.word


class SearchPending(models.Model):
    """An object whose entry is older than the object: written by triggers with the change itself.

    A log without uniqueness, so that two writers of the same object never wait for each other. Until it is
    worked off (portal.searching.index.catch_up) the entry is in no result.
    """

    kind = models.CharField("Art", max_length=20)
    object_id = models.BigIntegerField("Objekt")
    noted_at = models.DateTimeField("vermerkt am", auto_now_add=True)

    class Meta:
        verbose_name = "offener Eintrag der Suche"
        verbose_name_plural = "offene Einträge der Suche"
        indexes = [models.Index(fields=["kind", "object_id"], name="search_pending_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Backlog(TypedDict):
    """What waits for a process that writes the index."""

    entries: int
    """Objects whose entry is older than they are."""
    words: int
    """Words that are not found by their parts yet."""
    since: datetime | None
    """When the oldest of the objects was noted."""


def backlog() -> Backlog:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT (kind, object_id)), min(noted_at),"
            " (SELECT count(*) FROM portal_searchword WHERE NOT in_entries) FROM portal_searchpending"
        )
        entries, since, words = cursor.fetchone()
    return {"entries": entries, "words": words, "since": since}
