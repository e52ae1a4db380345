"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION event_append_only() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION event_append_only()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("name", name=op.f("uq_person_name")),
    )
    op.create_table(
        "protocol_version",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_protocol_version")),
    )
    op.create_table(
        "search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=True),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("searched_on", sa.String(), nullable=True),
        sa.Column("started_at", sa.String(), nullable=False),
        sa.Column("finished_at", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("losses", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("updates", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_sha256", sa.String(), nullable=True),
        sa.Column("protocol", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["updates"], ["search.id"], name=op.f("fk_search_updates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answer",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("missing", sa.String(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_answer_person")),
        sa.PrimaryKeyConstraint("study", "form", "field", "person", name=op.f("pk_answer")),
    )
    op.create_table(
        "coding",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("subelement", sa.String(), nullable=True),
        sa.Column("polarity", sa.String(), nullable=False),
        sa.Column("perspective", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_coding_person")),
        sa.PrimaryKeyConstraint("key", "person", name=op.f("pk_coding")),
    )
    op.create_index(op.f("ix_coding_study"), "coding", ["study"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=True),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_event_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("client", name=op.f("uq_event_client")),
        sa.UniqueConstraint("log", "seq", name=op.f("uq_event_log_seq")),
    )
    op.create_index("ix_event_kind", "event", ["kind"], unique=False)
    op.create_table(
        "judgement",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_judgement_person")),
        sa.PrimaryKeyConstraint("study", "instrument", "item", "person", name=op.f("pk_judgement")),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["search"], ["search.id"], name=op.f("fk_page_search")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("search", "number", name=op.f("uq_page_search_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("journal", sa.Text(), nullable=True),
        sa.Column("volume", sa.Text(), nullable=True),
        sa.Column("issue", sa.Text(), nullable=True),
        sa.Column("pages", sa.Text(), nullable=True),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("pmid", sa.String(), nullable=True),
        sa.Column("pmcid", sa.String(), nullable=True),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.Column("matched", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name=op.f("fk_record_page")),
        sa.ForeignKeyConstraint(["search"], ["search.id"], name=op.f("fk_record_search")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("search", "position", name=op.f("uq_record_search_position")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rejected",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name=op.f("fk_rejected_page")),
        sa.ForeignKeyConstraint(["search"], ["search.id"], name=op.f("fk_rejected_search")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rejected_search"), "rejected", ["search"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_report_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["report.id"], name=op.f("fk_report_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_merged_into"), "report", ["merged_into"], unique=False)
    op.create_table(
        "decision",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_decision_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_decision_report")),
        sa.PrimaryKeyConstraint("report", "stage", "person", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_person", "decision", ["person", "stage", "report"], unique=False)
    op.create_table(
        "pair",
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["left"], ["report.id"], name=op.f("fk_pair_left")),
        sa.ForeignKeyConstraint(["right"], ["report.id"], name=op.f("fk_pair_right")),
        sa.PrimaryKeyConstraint("left", "right", name=op.f("pk_pair")),
    )
    op.create_table(
        "resolution",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("acts_on", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_resolution_report")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_resolution")),
    )
    op.create_index(op.f("ix_resolution_report"), "resolution", ["report"], unique=False)
    op.create_table(
        "retrieval",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_retrieval_report")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_retrieval")),
    )
    op.create_table(
        "standing",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_standing_report")),
        sa.PrimaryKeyConstraint("report", "stage", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_queue", "standing", ["stage", "status", "report"], unique=False)
    op.create_index("ix_standing_stage", "standing", ["stage", "report"], unique=False)
    op.create_table(
        "study",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_study_report")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_study")),
    )
    op.create_index(op.f("ix_study_study"), "study", ["study"], unique=False)
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
