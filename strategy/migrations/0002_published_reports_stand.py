from django.db import migrations

REFUSE = """
CREATE FUNCTION strategy_published_report_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM strategy_statusreport WHERE state = 'published') THEN
            RAISE EXCEPTION 'published reports cannot be removed'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state = 'published' THEN
            RAISE EXCEPTION 'a new row cannot be a published report'
                USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write a draft and publish it.';
        END IF;
        RETURN NEW;
    ELSIF OLD.state = 'published' THEN
        RAISE EXCEPTION 'report % is published and can neither be changed nor deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write a new report that corrects it.';
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSIF NEW.state = 'published' THEN
        -- The city may word its statuses anew; this report keeps the words that it is published with.
        SELECT label, criterion INTO NEW.status_label, NEW.criterion
            FROM strategy_status WHERE code = NEW.status_id;
        -- Who is changing what it rests on now comes before it or after it, never beside it.
        PERFORM FROM strategy_measure WHERE id = NEW.measure_id FOR SHARE;
        PERFORM FROM strategy_outsidedocument
            WHERE id IN (SELECT document_id FROM strategy_evidence WHERE report_id = NEW.id) FOR SHARE;
        PERFORM FROM council_contribution
            WHERE id IN (SELECT contribution_id FROM strategy_evidence WHERE report_id = NEW.id) FOR SHARE;
        PERFORM FROM council_motion
            WHERE id IN (SELECT motion_id FROM strategy_evidence WHERE report_id = NEW.id) FOR SHARE;
        PERFORM FROM council_vote
            WHERE id IN (SELECT vote_id FROM strategy_evidence WHERE report_id = NEW.id) FOR SHARE;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION strategy_published_evidence_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_report bigint := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN OLD.report_id END;
    new_report bigint := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN NEW.report_id END;
BEGIN
    -- Lock first and ask then: somebody may be publishing the report right now.
    PERFORM FROM strategy_statusreport WHERE id IN (old_report, new_report) FOR SHARE;
    IF EXISTS (
        SELECT FROM strategy_statusreport WHERE id IN (old_report, new_report) AND state = 'published'
    ) THEN
        RAISE EXCEPTION 'the evidence of a published report can neither be added, changed nor removed'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write a new report that corrects it.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- Arguments of its triggers: what of a report or of its evidence names the row, then the columns that stand.
CREATE FUNCTION strategy_ground_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_row jsonb := to_jsonb(OLD);
    new_row jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) END;
    is_ground boolean := false;
BEGIN
    -- A deleted row has lost all of them.
    IF EXISTS (
        SELECT FROM unnest(TG_ARGV[1:]) AS name WHERE old_row -> name IS DISTINCT FROM new_row -> name
    ) THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM strategy_statusreport AS report'
            ' LEFT JOIN strategy_evidence AS evidence ON evidence.report_id = report.id'
            ' WHERE report.state = ''published'' AND ' || TG_ARGV[0] || ' = $1)'
            INTO is_ground USING OLD.id;
    END IF;
    IF is_ground THEN
        RAISE EXCEPTION '% % stands, because a published report rests on it', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Add a new row.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER published_report_stands BEFORE INSERT OR UPDATE OR DELETE ON strategy_statusreport
    FOR EACH ROW EXECUTE FUNCTION strategy_published_report_stands();
CREATE TRIGGER published_reports_stay BEFORE TRUNCATE ON strategy_statusreport
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_published_report_stands();
CREATE TRIGGER published_evidence_stands BEFORE INSERT OR UPDATE OR DELETE ON strategy_evidence
    FOR EACH ROW EXECUTE FUNCTION strategy_published_evidence_stands();
CREATE TRIGGER published_evidence_stays BEFORE TRUNCATE ON strategy_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_published_report_stands();
-- The id among them: else another row could take the place of the one that is cited.
CREATE TRIGGER reported_measure_stands BEFORE UPDATE OR DELETE ON strategy_measure
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION strategy_ground_stands(
        'report.measure_id', 'id', 'slug', 'published_at', 'published_by_id');
CREATE TRIGGER cited_document_stands BEFORE UPDATE OR DELETE ON strategy_outsidedocument
    FOR EACH ROW EXECUTE FUNCTION strategy_ground_stands(
        'evidence.document_id',
        'id', 'title', 'title_is_description', 'publisher', 'url', 'dated', 'dated_precision');
CREATE TRIGGER cited_paragraph_stands BEFORE UPDATE OR DELETE ON council_contribution
    FOR EACH ROW EXECUTE FUNCTION strategy_ground_stands('evidence.contribution_id', 'id', 'text');
CREATE TRIGGER cited_motion_stands BEFORE UPDATE OR DELETE ON council_motion
    FOR EACH ROW EXECUTE FUNCTION strategy_ground_stands('evidence.motion_id', 'id', 'wording');
CREATE TRIGGER cited_vote_stands BEFORE UPDATE OR DELETE ON council_vote
    FOR EACH ROW EXECUTE FUNCTION strategy_ground_stands(
        'evidence.vote_id', 'id', 'on', 'result', 'majority', 'yes', 'no', 'abstain', 'phrase');

-- Also where somebody pretends to be a replica.
ALTER TABLE strategy_statusreport ENABLE ALWAYS TRIGGER published_report_stands;
ALTER TABLE strategy_statusreport ENABLE ALWAYS TRIGGER published_reports_stay;
ALTER TABLE strategy_evidence ENABLE ALWAYS TRIGGER published_evidence_stands;
ALTER TABLE strategy_evidence ENABLE ALWAYS TRIGGER published_evidence_stays;
ALTER TABLE strategy_measure ENABLE ALWAYS TRIGGER reported_measure_stands;
ALTER TABLE strategy_outsidedocument ENABLE ALWAYS TRIGGER cited_document_stands;
ALTER TABLE council_contribution ENABLE ALWAYS TRIGGER cited_paragraph_stands;
ALTER TABLE council_motion ENABLE ALWAYS TRIGGER cited_motion_stands;
ALTER TABLE council_vote ENABLE ALWAYS TRIGGER cited_vote_stands;
"""

UNDO = """
DROP FUNCTION strategy_published_report_stands CASCADE;
DROP FUNCTION strategy_published_evidence_stands CASCADE;
DROP FUNCTION strategy_ground_stands CASCADE;
"""


class Migration(migrations.Migration):
    """A published report, its evidence and what both rest on stand: the database refuses every change.

    Written as SQL and not with a trigger library, because a library's triggers can be switched off by a
    session variable. Whoever owns the tables could still drop the triggers; therefore the application's
    database user owns nothing (docs/deploy.md). Each function names its schemas, pg_temp last: no table or
    function that a session puts in front stands in for the real one.
    """

    dependencies = [("council", "0001_initial"), ("strategy", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, UNDO)]
