from django.db import migrations

from portal.content_version import DROP, FUNCTIONS


class Migration(migrations.Migration):
    """The counter that tells readers' pages apart; see portal/content_version.py."""

    dependencies = [("portal", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, DROP)]
