from django.db import migrations

RULE = """
CREATE OR REPLACE FUNCTION strategy_published_evidence_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_report bigint := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN OLD.report_id END;
    new_report bigint := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN NEW.report_id END;
    found_state text;
    words text[] := ARRAY['cited_place', 'cited_speaker', 'stated_name', 'stated_unit'];
BEGIN
    -- Lock first and ask then: somebody may be submitting or publishing the report right now.
    PERFORM FROM strategy_statusreport WHERE id IN (old_report, new_report) FOR SHARE;
    SELECT state INTO found_state FROM strategy_statusreport
        WHERE id IN (old_report, new_report) AND state IN ('submitted', 'published')
        ORDER BY state LIMIT 1;
    IF found_state = 'submitted' AND TG_OP = 'UPDATE' THEN
        -- Who publishes it first keeps the words in which it cites and states.
        IF to_jsonb(OLD) - words = to_jsonb(NEW) - words THEN
            RETURN NEW;
        END IF;
    END IF;
    IF found_state IS NOT NULL THEN
        RAISE EXCEPTION 'the % report stands with what it rests on and states', found_state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    """Of what a submitted report cites and states only the words may be filled in that publishing keeps.

    Migrating back leaves the function in place: migration 0002 takes it along.
    """

    dependencies = [("strategy", "0007_words_as_published")]

    operations = [migrations.RunSQL(RULE, migrations.RunSQL.noop)]
