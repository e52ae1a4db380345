"""Tables that are no part of the review, and in no archive: who may sign in, work in progress, how people like it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from review.store.schema import metadata

# -- who may sign in: no secret stands here, only its hash

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

# -- work in progress

lease = Table(
    "lease",  # a report is on somebody's screen
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("until", String, nullable=False, index=True),
    Column("served", JSON(none_as_null=True)),  # how it came there, kept for the vote
)

ranking = Table(
    "ranking",  # the order in which a person reads, as the worker last made it
    metadata,
    Column("stage", String, primary_key=True),
    Column("person", String, primary_key=True),  # "" everybody's
    Column("model", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("trained", Integer, nullable=False),  # votes that it learnt from
    Column("relevant", Integer, nullable=False),
    Column("about", JSON, nullable=False),
    Column("places", LargeBinary, nullable=False),  # report ids in their order: int32, little-endian, zlib
    Column("drawn", LargeBinary, nullable=False),  # one bit per place: drawn at random; zlib
    Column("words", LargeBinary, nullable=False),  # what tells why a report has its place: screening.ranking.words
)

worker = Table(
    "worker",  # who does the long work just now
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", String, nullable=False),
)

job = Table(
    "job",  # long work that a page asked for
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("args", JSON, nullable=False),
    Column("person", String, ForeignKey("person.id"), nullable=False),
    Column("asked_at", String, nullable=False),
    Column("started_at", String),
    Column("finished_at", String),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("message", Text),
    Column("until", String),  # taken by a worker until then
    sqlite_autoincrement=True,
)

page_text = Table(
    "page_text",  # what can be read of the pages of a stored file, made again from it at will
    metadata,
    Column("file", String, primary_key=True),
    Column("number", Integer, primary_key=True),  # counted from 1
    Column("label", Text, nullable=False),  # the page's number as printed by a viewer, or a section's name
    Column("text", Text, nullable=False),
)

preference = Table(
    "preference",
    metadata,
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
)
