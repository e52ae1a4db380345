"""Every table of a review, once. Portable column types only; words as in PRISMA 2020 (docs/decisions/0001-rooms.md).

Three sorts of table: what machines found (search, page, record, rejected, pair, hit_count), the log of what people and
rules did (event: append-only), and projections of the log (report.merged_into, decision, resolution, standing,
retrieval, study, answer, judgement, coding, pair.verdict) that ``review.store.projection`` alone writes and ``verify``
rebuilds.
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
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

search = Table(
    "search",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("label", Text, nullable=False),
    Column("platform", Text),
    Column("kind", String, nullable=False),  # database, register, website, organisation, citation, other
    Column("method", String, nullable=False),  # api, file, snowball
    Column("strategy", String),
    Column("query", Text),
    Column("parts", JSON),  # the queries that were asked instead, where the whole one is too long
    Column("searched_on", String),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    Column("status", String, nullable=False),  # running, complete, incomplete, failed
    Column("hits", Integer),
    Column("error", Text),
    Column("losses", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("state", JSON),
    Column("updates", Integer, ForeignKey("search.id")),
    Column("file_name", Text),
    Column("file_sha256", String),
    Column("columns", JSON),  # what the columns of an unknown table were said to be
    Column("protocol", String),
    sqlite_autoincrement=True,
)

page = Table(
    "page",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("search", Integer, ForeignKey("search.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("cursor", Text),  # what the reply's reader needs beside its bytes
    Column("aside", Boolean, nullable=False, default=False, server_default=false()),  # holds no hits: seeds looked up
    Column("path", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", String, nullable=False),
    UniqueConstraint("search", "number"),
    sqlite_autoincrement=True,
)

record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("search", Integer, ForeignKey("search.id"), nullable=False),
    Column("page", Integer, ForeignKey("page.id")),
    Column("position", Integer, nullable=False),
    Column("source_id", Text),
    Column("title", Text),
    Column("authors", JSON, nullable=False),
    Column("date", String),
    Column("journal", Text),
    Column("volume", Text),
    Column("issue", Text),
    Column("pages", Text),
    Column("abstract", Text),
    Column("keywords", JSON, nullable=False),
    Column("kind", String),
    Column("language", String),
    Column("doi", Text),
    Column("pmid", String),
    Column("pmcid", String),
    Column("more", JSON, nullable=False),
    Column("matched", String, nullable=False),  # yes, no, unknown: the query evaluated here
    UniqueConstraint("search", "position"),
    sqlite_autoincrement=True,
)

rejected = Table(
    "rejected",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("search", Integer, ForeignKey("search.id"), nullable=False, index=True),
    Column("page", Integer, ForeignKey("page.id")),
    Column("position", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
    sqlite_autoincrement=True,
)

hit_count = Table(
    "hit_count",  # what review count was told; the newest of a line counts
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("strategy", String, nullable=False),
    Column("line", Text, nullable=False),  # as written in the protocol
    Column("part", String, nullable=False),  # term, concept, whole
    Column("query", Text),  # as sent; null where it cannot be asked
    Column("hits", Integer),
    Column("error", Text),
    Column("at", String, nullable=False),
    Column("protocol", String, nullable=False),
    sqlite_autoincrement=True,
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

decision = Table(
    "decision",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("verdict", String, nullable=False),  # include, exclude, maybe
    Column("reasons", JSON, nullable=False),
    Column("note", Text),
    Column("event", String, nullable=False),
    Column("at", String, nullable=False),
    Index("ix_decision_person", "person", "stage", "report"),
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
    Column("outcome", String, nullable=False),  # retrieved, not_retrieved
    Column("route", Text),
    Column("note", Text),
    Column("event", String, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("votes", Integer, nullable=False),
    Column("reason", String),
    Index("ix_standing_queue", "stage", "status", "report"),
    Index("ix_standing_stage", "stage", "report"),
)

study = Table(
    "study",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("study", String, nullable=False, index=True),
    Column("event", String, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    Column("study", String, primary_key=True),
    Column("form", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("value", JSON),
    Column("missing", String),  # not_reported, not_applicable, unclear
    Column("quote", Text),
    Column("place", Text),
    Column("event", String, nullable=False),
)

judgement = Table(
    "judgement",
    metadata,
    Column("study", String, primary_key=True),
    Column("instrument", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("response", String, nullable=False),
    Column("reason", Text),
    Column("quote", Text),
    Column("place", Text),
    Column("event", String, nullable=False),
)

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
    Column("event", String, nullable=False),
)

PROJECTIONS = (decision, resolution, retrieval, standing, study, answer, judgement, coding)
"""Tables that hold nothing but what follows from the log (with report.merged_into and pair.verdict)."""
