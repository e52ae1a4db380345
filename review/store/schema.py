"""Every table of a review, once. Portable column types only; words as in PRISMA 2020 (docs/decisions/0001-rooms.md).

Four sorts of table: what machines found (search, page, record, rejected, pair, hit_count), the log of what people and
rules did (event: append-only), and projections of the log (report.merged_into, value, decision, resolution, standing,
retrieval, study, answer, judgement, coding, pair.verdict) that ``review.store.projection`` alone writes and ``verify``
rebuilds; and who may sign in to the pages (account, invitation, session, attempt).
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
    text,
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

value = Table(
    "value",  # which record's value a person chose to be shown of a merged report
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("field", String, primary_key=True),
    Column("record", Integer, ForeignKey("record.id")),  # NULL: what the rule of the field says
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
    Column("note", Text),
    Column("acts_on", JSON, nullable=False, server_default=text("'[]'")),  # the same person's votes on merged copies
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

PROJECTIONS = (value, decision, resolution, retrieval, standing, study, answer, judgement, coding)
"""Tables that hold nothing but what follows from the log (with report.merged_into and pair.verdict)."""

# -- who may sign in to the pages: no part of the review, in no archive; no secret stands here, only its hash

account = Table(
    "account",
    metadata,
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("login", Text, nullable=False, unique=True),  # normalised, see review.web.passwords
    Column("password", Text, nullable=False),  # argon2id, with its salt and parameters
    Column("made_at", String, nullable=False),
    Column("password_at", String, nullable=False),
    Column("password_by", Text),  # who made the link that it was chosen with; NULL: by the person, or on the server
    Column("seen_at", String, nullable=False),
    Column("disabled_at", String),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token", String, primary_key=True),  # SHA-256 of the secret in the link
    Column("name", Text, nullable=False, index=True),
    Column("made_by", Text),  # NULL: on the server
    Column("made_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("used_at", String),
)

session = Table(
    "session",
    metadata,
    Column("cookie", String, primary_key=True),  # SHA-256 of the cookie
    Column("person", String, ForeignKey("account.person"), nullable=False, index=True),
    Column("made_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("agent", Text, nullable=False),
)

attempt = Table(
    "attempt",  # failed sign-ins, counted
    metadata,
    Column("key", String, primary_key=True),  # SHA-256 of the login or the network that it came from
    Column("failures", Integer, nullable=False),
    Column("at", String, nullable=False, index=True),
)
