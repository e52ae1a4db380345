"""Every table of a review, once. Portable column types only; words as in PRISMA 2020 (docs/decisions/0001-rooms.md).

Three sorts of table: what machines found (``found``, and pair), the log of what people and rules did (event:
append-only), and projections of the log (``PROJECTIONS``, report.merged_into, pair.verdict) that
``review.store.projection`` alone writes and ``verify`` rebuilds; those of extraction and synthesis are in ``evidence``.
What is no part of the review stands in ``aside``.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)

from review.store.evidence import EVIDENCE
from review.store.evidence import answer as answer
from review.store.evidence import apart as apart
from review.store.evidence import assent as assent
from review.store.evidence import cmo as cmo
from review.store.evidence import coding as coding
from review.store.evidence import filling as filling
from review.store.evidence import finding as finding
from review.store.evidence import judgement as judgement
from review.store.evidence import memo as memo
from review.store.evidence import recoded as recoded
from review.store.evidence import settled as settled
from review.store.evidence import sheet as sheet
from review.store.evidence import study as study
from review.store.evidence import theme as theme
from review.store.found import hit_count as hit_count
from review.store.found import metadata as metadata
from review.store.found import page as page
from review.store.found import record as record
from review.store.found import rejected as rejected
from review.store.found import search as search

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),  # opaque: hashed payloads never hold a name
    Column("name", Text, nullable=False, unique=True),
)

protocol_version = Table(
    "protocol_version",
    metadata,
    Column("hash", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", String, nullable=False),
)

report = Table(
    "report",
    metadata,
    Column("id", Integer, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("merged_into", Integer, ForeignKey("report.id"), index=True),
)

event = Table(
    "event",
    metadata,
    Column("id", String, primary_key=True),  # SHA-256 over everything else of the event
    Column("log", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("previous", String),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("client", String, unique=True),
    Column("protocol", String, nullable=False),
    Column("payload", Text, nullable=False),  # canonical JSON
    UniqueConstraint("log", "seq"),
    Index("ix_event_kind", "kind"),
)

pair = Table(
    "pair",
    metadata,
    Column("left", Integer, ForeignKey("report.id"), primary_key=True),
    Column("right", Integer, ForeignKey("report.id"), primary_key=True),
    Column("score", Float),
    Column("reason", Text),
    Column("verdict", String),  # same, different, study; NULL: to be judged
    Column("event", String),
)

value = Table(
    "value",  # which record's value a person chose to be shown of a report, or the text that a person gave instead
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("field", String, primary_key=True),
    Column("record", Integer, ForeignKey("record.id")),  # NULL without a text: what the rule of the field says
    Column("text", Text),  # a repair: what no record holds
    Column("source", Text),  # where the person took the text from
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("verdict", String, nullable=False),  # include, exclude, maybe
    Column("reasons", JSON, nullable=False),
    Column("criteria", JSON, nullable=False, server_default=text("'{}'")),  # criterion -> yes, no, unclear
    Column("note", Text),
    Column("acts_on", JSON, nullable=False, server_default=text("'[]'")),  # the same person's votes on merged copies
    Column("served", JSON(none_as_null=True)),  # how the report came to be read: by a model, at random, in plain order
    Column("event", String, nullable=False),
    Column("at", String, nullable=False),
    Index("ix_decision_person", "person", "stage", "report"),
    Index("ix_decision_time", "person", "stage", "at"),
)

resolution = Table(
    "resolution",
    metadata,
    Column("event", String, primary_key=True),
    Column("report", Integer, ForeignKey("report.id"), nullable=False, index=True),
    Column("stage", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("note", Text),
    Column("person", String, nullable=False),
    Column("acts_on", JSON, nullable=False),
    Column("at", String, nullable=False),
)

retrieval = Table(
    "retrieval",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("outcome", String, nullable=False),  # tried, asked, retrieved, not_retrieved
    Column("route", Text),
    Column("note", Text),
    Column("asked_on", String),
    Column("url", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
    Column("at", String, nullable=False),
)

full_text = Table(
    "full_text",  # the files that are held of a report
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("kind", String, nullable=False),  # pdf, jats
    Column("size", Integer, nullable=False),  # bytes
    Column("pages", Integer),
    Column("name", Text),  # the file's own, where a person gave it
    Column("licence", Text),
    Column("version", Text),
    Column("url", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

quote = Table(
    "quote",
    metadata,
    Column("key", String, primary_key=True),
    Column("report", Integer, ForeignKey("report.id"), nullable=False, index=True),
    Column("file", String),
    Column("page", Text, nullable=False),  # a number, or the name of a section
    Column("text", Text, nullable=False),
    Column("note", Text),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
)

notice = Table(
    "notice",  # what a source says of a report: retracted, expression of concern, corrected
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("source", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("about", Text, primary_key=True),  # DOI or PMID of the notice; "" unknown
    Column("on", String),  # the notice's date
    Column("label", Text),
    Column("since", String, nullable=False),  # when it was first found
    Column("seen", Boolean, nullable=False),
    Column("event", String, nullable=False),
)

checked = Table(
    "checked",  # when a source was last asked for notices on a report
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("source", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("event", String, nullable=False),
)

stop = Table(
    "stop",  # a person ended the reading of a stage before its end
    metadata,
    Column("event", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("how", JSON, nullable=False),  # the rule and the numbers that it was decided on
    Column("why", Text),
    Column("ended", String),  # the event that took it back
)

stopped = Table(
    "stopped",  # reports that a stop in force left unread
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("event", String, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("votes", Integer, nullable=False),
    Column("needed", Integer, nullable=False, server_default=text("1")),  # votes that it needs
    Column("open", Boolean, nullable=False, server_default=true()),  # fewer people are assigned than votes needed
    Column("reason", String),
    Index("ix_standing_queue", "stage", "status", "open", "report"),
    Index("ix_standing_stage", "stage", "report"),
)

round_ = Table(
    "round",  # records handed out to people at once: a share of the work, a pilot, a check of exclusions, a second look
    metadata,
    Column("stage", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),  # main, pilot, quality, again
    Column("seed", Integer),
    Column("how", JSON, nullable=False),  # what was asked for, as it is printed in a methods section
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("event", String, nullable=False),
    Column("at", String, nullable=False),
)

assignment = Table(
    "assignment",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("round", String, primary_key=True),
    Column("kind", String, nullable=False),  # the round's
    Column("since", String, nullable=False),  # a vote cast after this moment fulfils it; "" any vote
    Column("done", Boolean, nullable=False),
    Column("event", String, nullable=False),
    Index("ix_assignment_queue", "person", "stage", "done", "kind", "report"),
)

tag = Table(
    "tag",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("tag", Text, primary_key=True),  # "background": not eligible, but useful
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("event", String, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("event", String, primary_key=True),
    Column("report", Integer, ForeignKey("report.id"), nullable=False, index=True),
    Column("stage", String, nullable=False),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("replies_to", String),
    Column("at", String, nullable=False),
)

PROJECTIONS = (
    value, decision, resolution, retrieval, full_text, quote, notice, checked, stop, stopped, standing, round_,
    assignment, tag, comment, *EVIDENCE,
)  # fmt: skip
"""Tables that hold nothing but what follows from the log (with report.merged_into and pair.verdict)."""
