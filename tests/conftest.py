"""Fixtures of every room: a clock that ticks, a store with synthetic records, and a PostgreSQL of our own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from postgres import cluster
from sqlalchemy import create_engine, insert, inspect, text

from review.record import Record
from review.store import Store, open_store, schema
from review.store.engine import FILE_NAME
from review.store.migrate import upgrade
from review.store.projection import open_reports
from review.store.records import as_row

# No test depends on how fast the machine is; CI tries the same examples each time, a desk new ones.
settings.register_profile(
    "house", deadline=None, derandomize=bool(os.environ.get("CI")), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.fixture
def clock() -> Callable[[], str]:
    """Give a clock that starts at the same moment in every test and goes on by one second per look."""
    ticks = itertools.count()

    def now() -> str:
        hours, seconds = divmod(next(ticks), 3600)
        return f"2026-11-22T{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}.000000Z"

    return now


@pytest.fixture
def mint() -> Callable[[], str]:
    """Give a maker of ids that counts."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):04d}"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a SQLite database with the newest schema and nothing in it; a copy is made 20 times as fast as another."""
    path = tmp_path_factory.mktemp("migrated") / FILE_NAME
    engine = create_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path.read_bytes()


@pytest.fixture
def store(tmp_path: Path, clock: Callable[[], str], mint: Callable[[], str], migrated: bytes) -> Iterator[Store]:
    """Give an empty store on SQLite."""
    (tmp_path / FILE_NAME).write_bytes(migrated)
    opened = open_store(tmp_path, clock=clock, mint=mint)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Callable[[], str], mint: Callable[[], str]
) -> Iterator[Store]:
    """Give an empty store, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("store")
        return
    url = request.getfixturevalue("postgres_database")
    opened = open_store(tmp_path, url=url, clock=clock, mint=mint)
    yield opened
    opened.close()


def synthetic(number: int) -> Record:
    """Give a made-up record: every third without an abstract, all with a DOI that names the number."""
    return Record(
        title=f"Synthetic report {number}",
        authors=(f"Maker, A{number}",),
        date=str(2000 + number % 20),
        abstract=None if number % 3 == 0 else f"A made-up abstract about topic {number}.",
        doi=f"10.5555/{number}",
        pmid=str(1000 + number),
    )


def _fill(store: Store, count: int, *, label: str = "Synthetic list", file_name: str = "synthetic.ris") -> list[int]:
    """Import synthetic records as one search, and give the ids of their reports."""
    with store.write() as connection:
        facts = {"source": "test", "label": label, "kind": "database", "method": "file", "status": "complete"}
        search = connection.execute(
            insert(schema.search).values(**facts, started_at=store.clock(), losses=[], notes=[], file_name=file_name)
        ).inserted_primary_key[0]
        rows = [
            {**as_row(synthetic(n)), "search": search, "page": None, "position": n, "matched": "yes"}
            for n in range(1, count + 1)
        ]
        connection.execute(insert(schema.record), rows)
        open_reports(connection, search)
        found = connection.execute(
            text("SELECT id FROM record WHERE search = :search ORDER BY id"), {"search": search}
        ).scalars()
        return list(found)


@pytest.fixture
def fill() -> Callable[..., list[int]]:
    """Give the function ``(store, count, label=, file_name=)`` that imports synthetic records as one more search."""
    return _fill


@pytest.fixture
def filled(store: Store) -> Store:
    """Give a store on SQLite with twelve synthetic records of one search, reports 1 to 12."""
    _fill(store, 12)
    return store


@pytest.fixture
def any_filled(any_store: Store) -> Store:
    """Give ``filled`` once on SQLite and once on PostgreSQL."""
    _fill(any_store, 12)
    return any_store


# -- a PostgreSQL server of our own


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a private PostgreSQL server; without one skip, and on CI fail, with a reason."""
    try:
        with cluster("-c fsync=off") as address:
            yield address
    except FileNotFoundError as missing:
        pytest.fail(str(missing)) if os.environ.get("CI") == "true" else pytest.skip(str(missing))


@pytest.fixture
def postgres_database(postgres_server: str) -> str:
    """Give the address of the server's database, emptied: its tables are migrated by the first test only."""
    engine = create_engine(postgres_server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        there = set(inspect(connection).get_table_names()) - {"alembic_version"}
        if there:
            connection.execute(text(f"TRUNCATE {', '.join(sorted(there))} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return postgres_server
