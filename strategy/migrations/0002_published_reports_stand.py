from django.db import migrations

REFUSE = """
CREATE FUNCTION strategy_published_report_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM strategy_statusreport WHERE state = 'published') THEN
            RAISE EXCEPTION 'published reports cannot be removed'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END IF;
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'report % is published and can neither be changed nor deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write a new report that corrects it.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION strategy_published_evidence_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_report bigint := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN OLD.report_id END;
    new_report bigint := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN NEW.report_id END;
BEGIN
    PERFORM FROM strategy_statusreport
        WHERE id IN (old_report, new_report) AND state = 'published' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'the evidence of a published report can neither be added, changed nor removed'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write a new report that corrects it.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER published_report_stands BEFORE UPDATE OR DELETE ON strategy_statusreport
    FOR EACH ROW EXECUTE FUNCTION strategy_published_report_stands();
CREATE TRIGGER published_reports_stay BEFORE TRUNCATE ON strategy_statusreport
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_published_report_stands();
CREATE TRIGGER published_evidence_stands BEFORE INSERT OR UPDATE OR DELETE ON strategy_evidence
    FOR EACH ROW EXECUTE FUNCTION strategy_published_evidence_stands();
CREATE TRIGGER published_evidence_stays BEFORE TRUNCATE ON strategy_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_published_report_stands();

-- Also where somebody pretends to be a replica.
ALTER TABLE strategy_statusreport ENABLE ALWAYS TRIGGER published_report_stands;
ALTER TABLE strategy_statusreport ENABLE ALWAYS TRIGGER published_reports_stay;
ALTER TABLE strategy_evidence ENABLE ALWAYS TRIGGER published_evidence_stands;
ALTER TABLE strategy_evidence ENABLE ALWAYS TRIGGER published_evidence_stays;
"""

UNDO = """
DROP FUNCTION strategy_published_report_stands CASCADE;
DROP FUNCTION strategy_published_evidence_stands CASCADE;
"""


class Migration(migrations.Migration):
    """A published report and its evidence stand: the database refuses every change.

    Written as SQL and not with a trigger library, because a library's triggers can be switched off by a
    session variable. Whoever owns the tables could still drop the triggers; therefore the application's
    database user owns nothing (docs/deploy.md).
    """

    dependencies = [("strategy", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, UNDO)]
