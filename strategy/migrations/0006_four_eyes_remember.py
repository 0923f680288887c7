from django.db import migrations

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

TRIGGERS = """
CREATE TRIGGER strategy_four_eyes BEFORE UPDATE ON strategy_strategy FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_strategyevent', 'written_by_id');
ALTER TABLE strategy_strategy ENABLE ALWAYS TRIGGER strategy_four_eyes;

CREATE TRIGGER edition_four_eyes BEFORE UPDATE ON strategy_edition FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_editionevent', 'written_by_id');
ALTER TABLE strategy_edition ENABLE ALWAYS TRIGGER edition_four_eyes;

CREATE TRIGGER target_area_four_eyes BEFORE UPDATE ON strategy_targetarea FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_targetareaevent', 'written_by_id');
ALTER TABLE strategy_targetarea ENABLE ALWAYS TRIGGER target_area_four_eyes;

CREATE TRIGGER field_of_action_four_eyes BEFORE UPDATE ON strategy_fieldofaction FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_fieldofactionevent', 'written_by_id');
ALTER TABLE strategy_fieldofaction ENABLE ALWAYS TRIGGER field_of_action_four_eyes;

CREATE TRIGGER measure_four_eyes BEFORE UPDATE ON strategy_measure FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_measureevent', 'written_by_id');
ALTER TABLE strategy_measure ENABLE ALWAYS TRIGGER measure_four_eyes;

CREATE TRIGGER question_four_eyes BEFORE UPDATE ON strategy_question FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_questionevent', 'written_by_id', 'answered_by_id');
ALTER TABLE strategy_question ENABLE ALWAYS TRIGGER question_four_eyes;

CREATE TRIGGER report_four_eyes BEFORE UPDATE ON strategy_statusreport FOR EACH ROW
    WHEN (NEW.published_by_id IS NOT NULL AND OLD.published_by_id IS DISTINCT FROM NEW.published_by_id)
    EXECUTE FUNCTION strategy_four_eyes(
        'strategy_statusreportevent', 'written_by_id', 'changed_by_id', 'submitted_by_id');
ALTER TABLE strategy_statusreport ENABLE ALWAYS TRIGGER report_four_eyes;
"""


class Migration(migrations.Migration):
    """Who has ever written something does not publish it, even where others wrote after them.

    The columns of a row name the first and the last of its writers; the history names all of them.
    """

    dependencies = [("strategy", "0005_history_stands")]

    operations = [
        migrations.RunSQL([RULE, TRIGGERS], ["DROP FUNCTION strategy_four_eyes CASCADE"]),
    ]
