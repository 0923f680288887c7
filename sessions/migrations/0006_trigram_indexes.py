from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """For words anywhere in a paragraph, as the search for evidence at the desk asks for them."""

    dependencies = [
        ("council", "0005_file_texts"),
        # Creates the extension pg_trgm.
        ("portal", "0006_search"),
    ]

    operations = [
        migrations.AddIndex(
            "contribution", GinIndex(OpClass(Upper("text"), "gin_trgm_ops"), name="contribution_text_part")
        ),
    ]
