from django.db import migrations


def first_events(apps, schema_editor):
    """What stands already gets an event too, so that its first change shows what was there before."""
    quote = schema_editor.connection.ops.quote_name
    for event in apps.get_app_config("strategy").get_models():
        columns = [field.column for field in event._meta.fields]
        if "pgh_id" not in columns:
            continue
        tracked = apps.get_model("strategy", event.__name__.removesuffix("Event"))
        kept = [quote(column) for column in columns if not column.startswith("pgh_")]
        target, values = [*kept, "pgh_created_at", "pgh_label"], [*kept, "now()", "'before'"]
        key = quote(tracked._meta.pk.column)
        if "pgh_obj_id" in columns:
            target, values = [*target, "pgh_obj_id"], [*values, key]
        table, events = quote(tracked._meta.db_table), quote(event._meta.db_table)
        known = f"SELECT {key} FROM {events}"  # noqa: S608 - names of tables and columns
        rows = f"SELECT {', '.join(values)} FROM {table} WHERE {key} NOT IN ({known}) ORDER BY {key}"  # noqa: S608
        schema_editor.execute(f"INSERT INTO {events} ({', '.join(target)}) {rows}")


class Migration(migrations.Migration):
    """The history begins with what stood before it: one event labelled "before" for each row.

    That events and contexts stand is the work of portal/history_guard.py, after each `migrate`.
    """

    dependencies = [("strategy", "0004_the_way_of_a_report")]

    operations = [migrations.RunPython(first_events, migrations.RunPython.noop)]
