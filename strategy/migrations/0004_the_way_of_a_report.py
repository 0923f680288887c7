from django.db import migrations

RULES = """
CREATE OR REPLACE FUNCTION strategy_published_report_stands() RETURNS trigger LANGUAGE plpgsql
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
                USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write, submit, publish.';
        END IF;
        RETURN NEW;
    ELSIF OLD.state = 'published' THEN
        RAISE EXCEPTION 'report % is published and can neither be changed nor deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Write a new report that corrects it.';
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.state = 'submitted' THEN
            RAISE EXCEPTION 'report % is submitted and cannot be deleted', OLD.id
                USING ERRCODE = 'integrity_constraint_violation', HINT = 'Take it back first.';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('returned', 'submitted'),
        ('submitted', 'draft'), ('submitted', 'returned'), ('submitted', 'published')
    ) THEN
        RAISE EXCEPTION 'report % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- What is submitted is what others review and publish: nobody changes it under their eyes.
    IF OLD.state = 'submitted' AND (
        OLD.measure_id, OLD.number, OLD.status_id, OLD.reason, OLD.results, OLD.next_steps, OLD.schedule,
        OLD.schedule_reason, OLD.new_end, OLD.new_end_precision, OLD.as_of, OLD.as_of_precision,
        OLD.corrects_id, OLD.written_by_id, OLD.changed_by_id, OLD.submission, OLD.submitted_by_id
    ) IS DISTINCT FROM (
        NEW.measure_id, NEW.number, NEW.status_id, NEW.reason, NEW.results, NEW.next_steps, NEW.schedule,
        NEW.schedule_reason, NEW.new_end, NEW.new_end_precision, NEW.as_of, NEW.as_of_precision,
        NEW.corrects_id, NEW.written_by_id, NEW.changed_by_id, NEW.submission, NEW.submitted_by_id
    ) THEN
        RAISE EXCEPTION 'report % is submitted and stands until it is returned or taken back', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = 'published' THEN
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

CREATE OR REPLACE FUNCTION strategy_published_evidence_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_report bigint := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN OLD.report_id END;
    new_report bigint := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN NEW.report_id END;
    found_state text;
BEGIN
    -- Lock first and ask then: somebody may be submitting or publishing the report right now.
    PERFORM FROM strategy_statusreport WHERE id IN (old_report, new_report) FOR SHARE;
    SELECT state INTO found_state FROM strategy_statusreport
        WHERE id IN (old_report, new_report) AND state IN ('submitted', 'published') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the % report stands with what it rests on and states', found_state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER published_milestones_stand BEFORE INSERT OR UPDATE OR DELETE ON strategy_reportmilestone
    FOR EACH ROW EXECUTE FUNCTION strategy_published_evidence_stands();
CREATE TRIGGER published_milestones_stay BEFORE TRUNCATE ON strategy_reportmilestone
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_published_report_stands();
CREATE TRIGGER published_figures_stand BEFORE INSERT OR UPDATE OR DELETE ON strategy_reportfigure
    FOR EACH ROW EXECUTE FUNCTION strategy_published_evidence_stands();
CREATE TRIGGER published_figures_stay BEFORE TRUNCATE ON strategy_reportfigure
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_published_report_stands();

CREATE FUNCTION strategy_review_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM strategy_review) THEN
            RAISE EXCEPTION 'reviews cannot be removed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'reviews cannot be removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Another word of the same member takes its place; it never goes away and never comes back.
    IF to_jsonb(OLD) - 'superseded_at' IS DISTINCT FROM to_jsonb(NEW) - 'superseded_at'
        OR OLD.superseded_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'review % stands', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER review_stands BEFORE UPDATE OR DELETE ON strategy_review
    FOR EACH ROW EXECUTE FUNCTION strategy_review_stands();
CREATE TRIGGER reviews_stay BEFORE TRUNCATE ON strategy_review
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_review_stands();

CREATE FUNCTION strategy_change_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    decision text[] := ARRAY['state', 'decided_at', 'decided_by_id', 'decision_reason', 'object_id'];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM strategy_change) THEN
            RAISE EXCEPTION 'changes cannot be removed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
        OR to_jsonb(OLD) - decision IS DISTINCT FROM to_jsonb(NEW) - decision
    THEN
        RAISE EXCEPTION 'a change stands as it was written and decided'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Withdraw it and write another one.';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER change_stands BEFORE UPDATE OR DELETE ON strategy_change
    FOR EACH ROW EXECUTE FUNCTION strategy_change_stands();
CREATE TRIGGER changes_stay BEFORE TRUNCATE ON strategy_change
    FOR EACH STATEMENT EXECUTE FUNCTION strategy_change_stands();

-- Also where somebody pretends to be a replica.
ALTER TABLE strategy_reportmilestone ENABLE ALWAYS TRIGGER published_milestones_stand;
ALTER TABLE strategy_reportmilestone ENABLE ALWAYS TRIGGER published_milestones_stay;
ALTER TABLE strategy_reportfigure ENABLE ALWAYS TRIGGER published_figures_stand;
ALTER TABLE strategy_reportfigure ENABLE ALWAYS TRIGGER published_figures_stay;
ALTER TABLE strategy_review ENABLE ALWAYS TRIGGER review_stands;
ALTER TABLE strategy_review ENABLE ALWAYS TRIGGER reviews_stay;
ALTER TABLE strategy_change ENABLE ALWAYS TRIGGER change_stands;
ALTER TABLE strategy_change ENABLE ALWAYS TRIGGER changes_stay;
"""

UNDO = """
DROP TRIGGER published_milestones_stand ON strategy_reportmilestone;
DROP TRIGGER published_milestones_stay ON strategy_reportmilestone;
DROP TRIGGER published_figures_stand ON strategy_reportfigure;
DROP TRIGGER published_figures_stay ON strategy_reportfigure;
DROP FUNCTION strategy_review_stands CASCADE;
DROP FUNCTION strategy_change_stands CASCADE;
"""


class Migration(migrations.Migration):
    """The way of a report, and what others look at, in the database.

    draft or returned, then submitted, then published, returned or taken back; nothing of a submitted report
    changes. Reviews and decided changes stand. Migrating back leaves the stricter functions of reports and
    evidence in place: migration 0002 takes them along.
    """

    dependencies = [("strategy", "0003_editing_and_history")]

    operations = [migrations.RunSQL(RULES, UNDO)]
