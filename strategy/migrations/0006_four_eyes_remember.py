from django.db import migrations

# Table, its table of events, who has a hand in it.
PUBLISHED = [
    ("strategy", "strategy", ["written_by_id"]),
    ("edition", "edition", ["written_by_id"]),
    ("target_area", "targetarea", ["written_by_id"]),
    ("field_of_action", "fieldofaction", ["written_by_id"]),
    ("measure", "measure", ["written_by_id"]),
    ("question", "question", ["written_by_id", "answered_by_id"]),
    ("report", "statusreport", ["written_by_id", "changed_by_id", "submitted_by_id"]),
]

RULE = """
-- Arguments of its triggers: the table of events, then the columns that name who wrote.
CREATE FUNCTION strategy_four_eyes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    has_written boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %I AS event WHERE event.pgh_obj_id = $1 AND EXISTS ('
        'SELECT FROM unnest($2) AS name WHERE to_jsonb(event) -> name = to_jsonb($3)))', TG_ARGV[0]
    ) INTO has_written USING NEW.id, TG_ARGV[1:], NEW.published_by_id;
    IF has_written THEN
        RAISE EXCEPTION '%: who has written % % does not publish it', TG_NAME, TG_TABLE_NAME, NEW.id
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Somebody else publishes it.';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGER = """
CREATE TRIGGER {name}_four_eyes BEFORE UPDATE ON strategy_{table} FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes('strategy_{table}event', {columns});
ALTER TABLE strategy_{table} ENABLE ALWAYS TRIGGER {name}_four_eyes;
"""

TRIGGERS = "".join(
    TRIGGER.format(name=name, table=table, columns=", ".join(f"'{column}'" for column in columns))
    for name, table, columns in PUBLISHED
)


class Migration(migrations.Migration):
    """Who has ever written something does not publish it, even where others wrote after them.

    The columns of a row name the first and the last of its writers; the history names all of them.
    """

    dependencies = [("strategy", "0005_history_stands")]

    operations = [
        migrations.RunSQL([RULE, TRIGGERS], ["DROP FUNCTION strategy_four_eyes CASCADE"]),
    ]
