"""Reading everything again: saved replies, export files, and evaluations after the protocol has changed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.protocol import Protocol
from review.protocol.model import Limits, Strategy
from review.query import parse
from review.store import Store
from searches import rows
from searches.evaluation import evaluate_again
from searches.imports import Ran, import_file
from searches.registry import SOURCES
from searches.replay import Replayed, replay
from searches.run import Place, run_search
from tests.searches.miniatures import MINIATURES

Reach = Callable[..., Any]
TITLES = ("Mentoring and the health of doctors", "Nurses")
RIS = "\n".join(f"TY  - JOUR\nTI  - {title}\nAB  - Text.\nER  -\n" for title in TITLES).encode()


def quiet(label: str, done: int, total: int | None) -> None:
    return


@pytest.fixture
def again(store: Store, protocol: Protocol, tmp_path: Path) -> Callable[..., Replayed]:
    """Give the function that reads the one search again."""

    def read(*names: str) -> Replayed:
        (done,) = replay(store, protocol, tmp_path, names, quiet)
        return done

    return read


def contents(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM record ORDER BY id")]


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_record_is_rebuilt_from_the_saved_replies(
    name: str, reach: Reach, place: Place, protocol: Protocol, store: Store, again: Callable[..., Replayed]
) -> None:
    count = SOURCES[name].about.page_size + 3
    access, server = reach(name, count)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert outcome.records == count
    before, asked = contents(store), len(server.asked)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE record SET title = 'spoilt', authors = '[]', more = '{}', matched = 'no'")
    done = again()
    assert (done.records, done.changed, done.same, done.added, done.gone) == (count, count, 0, 0, 0)
    assert contents(store) == before
    assert len(server.asked) == asked, "nobody is asked"
    assert (again().same, again().changed) == (count, 0)
    assert name in MINIATURES


def test_a_record_that_is_now_read_is_added_and_none_is_taken_away(
    reach: Reach, place: Place, protocol: Protocol, store: Store, again: Callable[..., Replayed]
) -> None:
    access, _ = reach("europepmc", 3)
    source = access.source

    def first_only(body: bytes, cursor: str | None) -> Any:
        page = source.read(body, cursor)
        return replace(page, records=page.records[:1])

    run_search(place, protocol, replace(access, source=replace(source, read=first_only)), protocol.strategies[0])
    done = again()
    assert (done.same, done.added, done.gone) == (1, 2, 0)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE record SET source_id = 'MED:9' WHERE id = 1")
    assert (again().added, again().gone) == (1, 1)
    with store.read() as connection:
        standing = connection.exec_driver_sql("SELECT count(*) FROM standing WHERE status = 'waiting'").scalar()
    assert standing == 4, "each stands in the queue"


def test_replies_that_are_missing_or_changed_are_said_and_change_nothing(
    reach: Reach, place: Place, protocol: Protocol, store: Store, again: Callable[..., Replayed], tmp_path: Path
) -> None:
    access, _ = reach("europepmc", 2 * SOURCES["europepmc"].about.page_size + 1)
    run_search(place, protocol, access, protocol.strategies[0])
    before = contents(store)
    one, two, three, _ = sorted((tmp_path / "raw" / "europepmc").glob("*.gz"))
    one.unlink()
    two.write_bytes(b"no gzip")
    three.write_bytes(gzip.compress(b"{}"))
    done = again()
    assert (done.unread, done.gone, done.changed) == (3, 0, 0)
    assert [note.split(":")[0] for note in done.notes] == [
        "raw/europepmc/1-1.gz is missing",
        "raw/europepmc/1-2.gz is damaged",
        "raw/europepmc/1-3.gz is not what was saved",
    ]
    assert contents(store) == before


def test_an_export_file_is_read_again(
    store: Store, protocol: Protocol, tmp_path: Path, again: Callable[..., Replayed]
) -> None:
    import_file(store, protocol, tmp_path, RIS, "a.ris", Ran("CINAHL"))
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE record SET title = 'spoilt' WHERE position = 2")
    assert (again().changed, again("CINAHL").same) == (1, 2)
    with store.read() as connection:
        assert [r.title for r in rows.records_in(connection, 1)] == ["Mentoring and the health of doctors", "Nurses"]


def test_records_are_evaluated_again_when_the_strategies_change(
    store: Store, protocol: Protocol, tmp_path: Path
) -> None:
    import_file(store, protocol, tmp_path, RIS, "a.ris", Ran("CINAHL"))
    assert evaluate_again(store, protocol, quiet) == 0
    nurses = (Strategy("q1", "Nurses", (), "nurse*", parse("nurse*")),)
    assert evaluate_again(store, replace(protocol, strategies=nurses), quiet) == 2
    with store.read() as connection:
        assert rows.count_records(connection, 1) == {"yes": 1, "no": 1, "unknown": 0, "rejected": 0}
    assert evaluate_again(store, replace(protocol, strategies=nurses), quiet) == 0
    late = replace(protocol, strategies=nurses, limits=Limits(start="2020"))
    assert evaluate_again(store, late, quiet) == 0, "records without a date stay in"
