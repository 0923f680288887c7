import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

# Only what is counted and sorted by stays in the row, so that counting 50,000 hits reads few pages. The
# vector is kept as it is: to unpack it costs more than to read it.
NARROW = """
ALTER TABLE portal_searchentry SET (toast_tuple_target = 128);
ALTER TABLE portal_searchentry ALTER COLUMN tsv SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0005_shared_cache"),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="SearchSpelling",
            fields=[
                (
                    "word",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="Wort"),
                ),
            ],
            options={
                "verbose_name": "bekannte Schreibweise",
                "verbose_name_plural": "bekannte Schreibweisen",
            },
        ),
        migrations.CreateModel(
            name="SearchPending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="Art")),
                ("object_id", models.BigIntegerField(verbose_name="Objekt")),
                ("noted_at", models.DateTimeField(auto_now_add=True, verbose_name="vermerkt am")),
            ],
            options={
                "verbose_name": "offener Eintrag der Suche",
                "verbose_name_plural": "offene Einträge der Suche",
                "indexes": [models.Index(fields=["kind", "object_id"], name="search_pending_object")],
            },
        ),
        migrations.CreateModel(
            name="SearchShelf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="Art")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Jahr")),
                (
                    "field",
                    models.CharField(blank=True, default="", max_length=100, verbose_name="Handlungsfeld"),
                ),
                ("status", models.CharField(blank=True, default="", max_length=40, verbose_name="Status")),
                (
                    "committees",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Gremien",
                    ),
                ),
            ],
            options={
                "verbose_name": "Fach der Suche",
                "verbose_name_plural": "Fächer der Suche",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "year", "field", "status", "committees"),
                        name="search_shelf_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "word",
                    models.CharField(
                        help_text="klein geschrieben",
                        max_length=100,
                        primary_key=True,
                        serialize=False,
                        verbose_name="Wort",
                    ),
                ),
                (
                    "spelling",
                    models.CharField(
                        help_text="wie es zuerst gelesen wurde", max_length=100, verbose_name="Schreibweise"
                    ),
                ),
                ("keys", models.TextField(blank=True, null=True, verbose_name="auch zu finden unter")),
                ("in_entries", models.BooleanField(default=False, verbose_name="in allen Einträgen")),
                (
                    "tsv",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "word", "keys", config="german"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "Wort der Suche",
                "verbose_name_plural": "Wörter der Suche",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["tsv"], name="search_word_tsv"
                    ),
                    models.Index(
                        condition=models.Q(("in_entries", False)), fields=["word"], name="search_word_waiting"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                # First of the columns: behind texts of any length, every hit that is counted costs a walk
                # past them.
                (
                    "shelf",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.searchshelf",
                        verbose_name="Fach",
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="Art")),
                ("object_id", models.BigIntegerField(verbose_name="Objekt")),
                ("day", models.DateField(blank=True, null=True, verbose_name="Tag")),
                ("title", models.TextField(blank=True, default="", verbose_name="Titel")),
                ("references", models.TextField(blank=True, default="", verbose_name="Nummern")),
                ("body", models.TextField(blank=True, default="", verbose_name="Text")),
                ("parts", models.TextField(blank=True, default="", verbose_name="Wortteile")),
                (
                    "tsv",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.CombinedSearchVector(
                                django.contrib.postgres.search.SearchVector(
                                    "title", "references", config="german", weight="A"
                                ),
                                "||",
                                django.contrib.postgres.search.SearchVector(
                                    "body", config="german", weight="B"
                                ),
                                django.contrib.postgres.search.SearchConfig("german"),
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector("parts", config="german", weight="D"),
                            django.contrib.postgres.search.SearchConfig("german"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "title_tsv",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "title", "references", config="german"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "Eintrag der Suche",
                "verbose_name_plural": "Einträge der Suche",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["tsv"], name="search_entry_tsv"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["title_tsv"], name="search_entry_title_tsv"
                    ),
                    models.Index(
                        models.OrderBy(models.F("day"), descending=True, nulls_last=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="search_entry_newest",
                    ),
                    models.Index(fields=["shelf"], name="search_entry_shelf"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id"), name="search_entry_once")
                ],
            },
        ),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
    ]
