"""Rounds and assignments, tags, comments, repairs, answers to criteria; leases and preferences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("value", sa.Column("text", sa.Text(), nullable=True))
    op.add_column("value", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("criteria", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    op.create_index(op.f("ix_decision_time"), "decision", ["person", "stage", "at"])
    op.add_column("standing", sa.Column("needed", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("standing", sa.Column("open", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "round",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("how", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_round_person")),
        sa.PrimaryKeyConstraint("stage", "name", name=op.f("pk_round")),
    )
    op.create_table(
        "assignment",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assignment_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_assignment_report")),
        sa.PrimaryKeyConstraint("report", "stage", "person", "round", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_queue"), "assignment", ["person", "stage", "done", "kind", "report"])
    op.create_table(
        "tag",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_tag_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_tag_report")),
        sa.PrimaryKeyConstraint("report", "tag", "person", name=op.f("pk_tag")),
    )
    op.create_table(
        "comment",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replies_to", sa.String(), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_comment_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_comment_report")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_report"), "comment", ["report"])
    op.create_table(
        "lease",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_lease_person")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_lease_report")),
        sa.PrimaryKeyConstraint("report", "stage", "person", name=op.f("pk_lease")),
    )
    op.create_index(op.f("ix_lease_until"), "lease", ["until"])
    op.create_table(
        "preference",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_preference_person")),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_preference")),
    )
    op.drop_index("ix_standing_queue", "standing")
    op.create_index("ix_standing_queue", "standing", ["stage", "status", "open", "report"])
    # The votes that a report needs are kept with where it stands now; who opens the store next works them out (engine).
    op.execute("DELETE FROM meta WHERE key = 'restand'")  # left by an earlier migration, not yet worked off
    op.execute("INSERT INTO meta (key, value) VALUES ('restand', '0005')")
