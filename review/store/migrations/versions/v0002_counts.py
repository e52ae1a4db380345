"""Hits per line of a strategy; what is needed to read a raw reply or an export file again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "hit_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("hits", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hit_count")),
        sqlite_autoincrement=True,
    )
    op.add_column("search", sa.Column("parts", sa.JSON(), nullable=True))
    op.add_column("search", sa.Column("columns", sa.JSON(), nullable=True))
    op.add_column("page", sa.Column("cursor", sa.Text(), nullable=True))
    op.add_column("page", sa.Column("aside", sa.Boolean(), server_default=sa.false(), nullable=False))
