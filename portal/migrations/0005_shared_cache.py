from django.db import migrations

# As `createcachetable` makes it. Unlogged: what a crash empties are counters of the last minutes.
CREATE = """
CREATE UNLOGGED TABLE portal_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX portal_cache_expires ON portal_cache (expires);
"""


class Migration(migrations.Migration):
    """The cache that all processes share: rate limits of the sign-in count in it."""

    dependencies = [("portal", "0004_groups")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE portal_cache")]
