"""Tables that are no part of the review, and in no archive: who may sign in, who reads what, how people like it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text

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
)

preference = Table(
    "preference",
    metadata,
    Column("person", String, ForeignKey("person.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
)
