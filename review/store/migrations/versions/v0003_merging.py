"""Chosen values of merged reports; the votes that a vote on a merged report takes the place of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "value",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_value_person")),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_value_record")),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_value_report")),
        sa.PrimaryKeyConstraint("report", "field", name=op.f("pk_value")),
    )
    op.add_column("decision", sa.Column("acts_on", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    # Where merged reports stand follows from other rules now; who opens the store next works it out (engine).
    op.execute("INSERT INTO meta (key, value) VALUES ('restand', '0003')")
