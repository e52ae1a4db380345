"""Tables of what machines found: searches, pages of replies, records, parts that could not be read, counts of hits."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
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
