import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_search"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="searchword", name="search_word_tsv"),
        migrations.RemoveIndex(model_name="searchword", name="search_word_waiting"),
        migrations.AddField(
            model_name="searchword",
            name="in_entries",
            field=models.BooleanField(default=False, verbose_name="in allen Einträgen"),
        ),
        migrations.AddIndex(
            model_name="searchword",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["tsv"], name="search_word_tsv"
            ),
        ),
        migrations.AddIndex(
            model_name="searchword",
            index=models.Index(
                condition=models.Q(("in_entries", False)), fields=["word"], name="search_word_waiting"
            ),
        ),
    ]
