# ruff: noqa: E501 - the triggers of the history, as pghistory writes them.

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FOUR_EYES = """
CREATE FUNCTION strategy_review_four_eyes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Lock first and ask then: somebody may be writing the report right now.
    PERFORM FROM strategy_statusreport WHERE id = NEW.report_id FOR SHARE;
    IF EXISTS (
        SELECT FROM strategy_statusreport AS report WHERE report.id = NEW.report_id
            AND NEW.reviewer_id IN (report.written_by_id, report.changed_by_id, report.submitted_by_id)
    ) OR EXISTS (
        SELECT FROM strategy_statusreportevent AS event WHERE event.pgh_obj_id = NEW.report_id
            AND NEW.reviewer_id IN (event.written_by_id, event.changed_by_id, event.submitted_by_id)
    ) THEN
        RAISE EXCEPTION '%: who has written report % does not review it', TG_NAME, NEW.report_id
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Somebody else reviews it.';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER review_four_eyes BEFORE INSERT ON strategy_review
    FOR EACH ROW EXECUTE FUNCTION strategy_review_four_eyes();
ALTER TABLE strategy_review ENABLE ALWAYS TRIGGER review_four_eyes;
"""

WHO_REVIEWED = """
ALTER TABLE strategy_review DISABLE TRIGGER review_stands;
UPDATE strategy_review AS review SET person_id = seat.person_id
    FROM strategy_councilseat AS seat WHERE seat.user_id = review.reviewer_id;
-- A table with checks to come is not altered.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE strategy_review ENABLE ALWAYS TRIGGER review_stands;
"""

# As in 0004, except that the import may find out that two rows of the council are one person.
JOINED = """
    IF to_jsonb(OLD) - 'person_id' IS NOT DISTINCT FROM to_jsonb(NEW) - 'person_id' AND EXISTS (
        SELECT FROM council_person AS before JOIN council_person AS after USING (body_id, name)
            WHERE before.id = OLD.person_id AND after.id = NEW.person_id
    ) THEN
        RETURN NEW;
    END IF;"""
REVIEW_STANDS = """
CREATE OR REPLACE FUNCTION strategy_review_stands() RETURNS trigger LANGUAGE plpgsql
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
    -- joined
    -- Another word of the same member takes its place; it never goes away and never comes back.
    IF to_jsonb(OLD) - 'superseded_at' IS DISTINCT FROM to_jsonb(NEW) - 'superseded_at'
        OR OLD.superseded_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'review % stands', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """A verdict keeps as whom its account gave it, and whoever has written a report does not review it.

    Verdicts that stand get the person whom the seat of their account names today; the history tells of it.
    """

    dependencies = [
        ("council", "0004_source_object_embedded"),
        ("strategy", "0008_words_are_kept"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="review",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="review",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="review",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="review",
            name="person",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="als wer das Konto prüfte",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="council.person",
                verbose_name="Person im Rat",
            ),
        ),
        migrations.AddField(
            model_name="reviewevent",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                help_text="als wer das Konto prüfte",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="council.person",
                verbose_name="Person im Rat",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "strategy_reviewevent" ("comment", "created_at", "id", "is_public", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "reviewer_id", "submission", "superseded_at", "verdict") VALUES (NEW."comment", NEW."created_at", NEW."id", NEW."is_public", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."report_id", NEW."reviewer_id", NEW."submission", NEW."superseded_at", NEW."verdict"); RETURN NULL;',
                    hash="5f06157ee3c74d01240eb055df97fa430fe04640",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_37aa2",
                    table="strategy_review",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "strategy_reviewevent" ("comment", "created_at", "id", "is_public", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "reviewer_id", "submission", "superseded_at", "verdict") VALUES (NEW."comment", NEW."created_at", NEW."id", NEW."is_public", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."report_id", NEW."reviewer_id", NEW."submission", NEW."superseded_at", NEW."verdict"); RETURN NULL;',
                    hash="34a111be9f1e85097ccfe5a32db58514a9de83ff",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b31e7",
                    table="strategy_review",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "strategy_reviewevent" ("comment", "created_at", "id", "is_public", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "reviewer_id", "submission", "superseded_at", "verdict") VALUES (OLD."comment", OLD."created_at", OLD."id", OLD."is_public", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."report_id", OLD."reviewer_id", OLD."submission", OLD."superseded_at", OLD."verdict"); RETURN NULL;',
                    hash="c424f00dfeb8f5ef20c42cf728af5ce37387211e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_baaf5",
                    table="strategy_review",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FOUR_EYES, "DROP FUNCTION strategy_review_four_eyes CASCADE"),
        migrations.RunSQL(WHO_REVIEWED, migrations.RunSQL.noop),
        migrations.RunSQL(REVIEW_STANDS.replace("    -- joined", JOINED), REVIEW_STANDS),
    ]
