"""The tables of extraction, appraisal and coding: what people took out of the studies. Projections of the log.

A *sheet* is whatever is filled in study by study: ``form:NAME``, ``instrument:NAME`` or ``framework:NAME``. Places are
as printed (``"554"``, ``"Methods"``); ``file`` is the SHA-256 of the stored full text that the quote was taken from.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from review.store.found import metadata

# -- studies

study = Table(
    "study",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("study", String, nullable=False, index=True),
    Column("event", String, nullable=False),
)

apart = Table(
    "apart",  # two reports of which a person said that they are of two studies
    metadata,
    Column("left", Integer, ForeignKey("report.id"), primary_key=True),
    Column("right", Integer, ForeignKey("report.id"), primary_key=True),
    Column("note", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

# -- what is filled in

sheet = Table(
    "sheet",  # a version of a form, an instrument or a framework that was taken into use
    metadata,
    Column("sheet", String, primary_key=True),
    Column("sha256", String, primary_key=True),  # of the text
    Column("version", String, nullable=False),
    Column("text", Text, nullable=False),  # TOML
    Column("state", String, nullable=False),  # pilot, open, frozen
    Column("pilot", JSON, nullable=False),  # keys of the studies that it is tried on
    Column("note", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

filling = Table(
    "filling",  # a person's work on one sheet for one study
    metadata,
    Column("study", String, primary_key=True),
    Column("sheet", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("role", String, nullable=False),  # extractor, checker
    Column("state", String, nullable=False),  # open, done, left
    Column("version", String),  # of the sheet
    Column("event", String, nullable=False),
    Index("ix_filling_sheet", "sheet", "person"),
)

answer = Table(
    "answer",
    metadata,
    Column("study", String, primary_key=True),
    Column("form", String, primary_key=True),  # its name: an answer outlives a version
    Column("field", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("version", String, nullable=False),  # of the form that it was given under
    Column("value", JSON(none_as_null=True)),
    Column("missing", String),  # not_reported, not_applicable, unclear
    Column("quote", Text),
    Column("place", Text),
    Column("file", String),
    Column("origin", String),  # record: taken over from the bibliographic record as it stood
    Column("event", String, nullable=False),
    Index("ix_answer_form", "form", "person", "study"),
)

judgement = Table(
    "judgement",
    metadata,
    Column("study", String, primary_key=True),  # or finding:KEY, for an instrument that appraises findings
    Column("instrument", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("response", String, nullable=False),
    Column("reason", Text),
    Column("quote", Text),
    Column("place", Text),
    Column("file", String),
    Column("event", String, nullable=False),
)

settled = Table(
    "settled",  # the third record: what two extractors, or an extractor and a checker, came to
    metadata,
    Column("study", String, primary_key=True),
    Column("sheet", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("value", JSON(none_as_null=True)),
    Column("missing", String),
    Column("reason", Text),  # of a judgement
    Column("quote", Text),
    Column("place", Text),
    Column("file", String),
    Column("method", String, nullable=False),  # agreed, discussion, third, checked
    Column("note", Text),  # why so
    Column("acts_on", JSON, nullable=False),  # the events of the answers that it settles
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
    Index("ix_settled_sheet", "sheet"),
)

# -- synthesis

coding = Table(
    "coding",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("study", String, nullable=False, index=True),
    Column("statement", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("component", String, nullable=False),
    Column("subelement", String),
    Column("polarity", String, nullable=False),  # +, -, 0
    Column("perspective", String),
    Column("evidence", String),
    Column("quote", Text),
    Column("place", Text),
    Column("file", String),
    Column("framework", String),  # NAME@VERSION that it was coded under
    Column("event", String, nullable=False),
)

theme = Table(
    "theme",  # a theme that emerged: emergent:NAME
    metadata,
    Column("key", String, primary_key=True),
    Column("label", Text, nullable=False),
    Column("gloss", Text),
    Column("merged_into", String),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

recoded = Table(
    "recoded",  # codings that a split of their theme put under another one
    metadata,
    Column("key", String, primary_key=True),
    Column("coder", String, primary_key=True),
    Column("from", String, primary_key=True),
    Column("into", String, nullable=False),
    Column("event", String, nullable=False),
)

memo = Table(
    "memo",
    metadata,
    Column("theme", String, primary_key=True),  # a component's id, or emergent:NAME
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("event", String, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("key", String, primary_key=True),
    Column("theme", String, nullable=False),
    Column("statement", Text, nullable=False),
    Column("supporting", JSON, nullable=False),  # of codings: [key, person]
    Column("contradicting", JSON, nullable=False),
    Column("note", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

assent = Table(
    "assent",  # who agrees with a finding as it stood
    metadata,
    Column("finding", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("agrees", Boolean, nullable=False),
    Column("note", Text),
    Column("acts_on", String, nullable=False),  # the event of the finding
    Column("event", String, nullable=False),
)

cmo = Table(
    "cmo",  # a context-mechanism-outcome configuration
    metadata,
    Column("key", String, primary_key=True),
    Column("context", JSON, nullable=False),
    Column("mechanism", JSON, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("statement", Text),
    Column("sources", JSON, nullable=False),  # study keys, or names of other sources
    Column("supporting", JSON, nullable=False),
    Column("refuting", JSON, nullable=False),
    Column("note", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

EVIDENCE = (
    study, apart, sheet, filling, answer, judgement, settled, coding, theme, recoded, memo, finding, assent, cmo,
)  # fmt: skip
