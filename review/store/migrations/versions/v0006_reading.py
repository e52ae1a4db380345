"""Full texts and quotes, notices of retraction, stops; the order of reading, the worker and what it is asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "page_text",
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("file", "number", name=op.f("pk_page_text")),
    )
    op.create_table(
        "ranking",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("trained", sa.Integer(), nullable=False),
        sa.Column("relevant", sa.Integer(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.Column("drawn", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stage", "person", name=op.f("pk_ranking")),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("asked_at", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=True),
        sa.Column("finished_at", sa.String(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("until", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_job_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_job_kind"), "job", ["kind"])
    op.create_table(
        "stop",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("how", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("ended", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_stop_person")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_stop")),
    )
    op.create_table(
        "checked",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_checked_report")),
        sa.PrimaryKeyConstraint("report", "source", name=op.f("pk_checked")),
    )
    op.create_table(
        "full_text",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_full_text_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_full_text_report")),
        sa.PrimaryKeyConstraint("report", "sha256", name=op.f("pk_full_text")),
    )
    op.create_table(
        "notice",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("on", sa.String(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_notice_report")),
        sa.PrimaryKeyConstraint("report", "source", "kind", "about", name=op.f("pk_notice")),
    )
    op.create_table(
        "quote",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_quote_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_quote_report")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_quote")),
    )
    op.create_index(op.f("ix_quote_report"), "quote", ["report"])
    op.create_table(
        "stopped",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_stopped_report")),
        sa.PrimaryKeyConstraint("report", "stage", name=op.f("pk_stopped")),
    )
    op.add_column("decision", sa.Column("served", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("lease", sa.Column("served", sa.JSON(none_as_null=True), nullable=True))
    _widen_retrieval()


def _widen_retrieval() -> None:
    """Make the table of retrievals anew with who noted each and when, which the log has said all along."""
    kept = op.get_bind().execute(
        sa.text(
            "SELECT r.report, r.outcome, r.route, r.note, r.event, e.person, e.at"
            " FROM retrieval r JOIN event e ON e.id = r.event"
        )
    )
    rows = [dict(row) for row in kept.mappings()]
    op.drop_table("retrieval")
    made = op.create_table(
        "retrieval",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_on", sa.String(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_retrieval_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_retrieval_report")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_retrieval")),
    )
    op.bulk_insert(made, rows)
