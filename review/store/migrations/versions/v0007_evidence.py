"""Extraction by two people and what they came to; versions of forms; themes, findings and configurations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "recoded",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("from", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", "coder", "from", name=op.f("pk_recoded")),
    )
    op.create_table(
        "assent",
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("acts_on", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assent_person")),
        sa.PrimaryKeyConstraint("finding", "person", name=op.f("pk_assent")),
    )
    op.create_table(
        "cmo",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("mechanism", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("supporting", sa.JSON(), nullable=False),
        sa.Column("refuting", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_cmo_person")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cmo")),
    )
    op.create_table(
        "filling",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_filling_person")),
        sa.PrimaryKeyConstraint("study", "sheet", "person", name=op.f("pk_filling")),
    )
    op.create_index("ix_filling_sheet", "filling", ["sheet", "person"])
    op.create_table(
        "finding",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("supporting", sa.JSON(), nullable=False),
        sa.Column("contradicting", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_finding_person")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_finding")),
    )
    op.create_table(
        "memo",
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_memo_person")),
        sa.PrimaryKeyConstraint("theme", "person", name=op.f("pk_memo")),
    )
    op.create_table(
        "settled",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("missing", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("acts_on", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_settled_person")),
        sa.PrimaryKeyConstraint("study", "sheet", "field", name=op.f("pk_settled")),
    )
    op.create_index("ix_settled_sheet", "settled", ["sheet"])
    op.create_table(
        "sheet",
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pilot", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_sheet_person")),
        sa.PrimaryKeyConstraint("sheet", "sha256", name=op.f("pk_sheet")),
    )
    op.create_table(
        "theme",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("gloss", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_theme_person")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_theme")),
    )
    op.create_table(
        "apart",
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["left"], ["report.id"], name=op.f("fk_apart_left")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_apart_person")),
        sa.ForeignKeyConstraint(["right"], ["report.id"], name=op.f("fk_apart_right")),
        sa.PrimaryKeyConstraint("left", "right", name=op.f("pk_apart")),
    )
    op.add_column("coding", sa.Column("file", sa.String(), nullable=True))
    op.add_column("coding", sa.Column("framework", sa.String(), nullable=True))
    op.add_column("judgement", sa.Column("file", sa.String(), nullable=True))

    _answers_by_name()


def _answers_by_name() -> None:
    """Key answers by the name of their form; of one person's under several versions the newest stays."""
    names = ("study", "field", "person", "value", "missing", "quote", "place", "event")
    answer = sa.table("answer", *(sa.column(name) for name in (*names, "form")))
    event = sa.table("event", *(sa.column(name) for name in ("id", "at", "log", "seq")))
    typed = [c if c.name != "value" else sa.type_coerce(c, sa.JSON()).label("value") for c in answer.c]
    given = sa.select(*typed).join(event, event.c.id == answer.c.event)
    rows = {}
    for row in op.get_bind().execute(given.order_by(event.c.at, event.c.log, event.c.seq)).mappings():
        form, _, version = row["form"].partition("@")
        kept = {**row, "form": form, "version": version}
        rows[row["study"], form, row["field"], row["person"]] = kept
    op.drop_table("answer")
    made = op.create_table(
        "answer",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("missing", sa.String(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_answer_person")),
        sa.PrimaryKeyConstraint("study", "form", "field", "person", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_form", "answer", ["form", "person", "study"])
    op.bulk_insert(made, list(rows.values()))
