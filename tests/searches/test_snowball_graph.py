"""Citation searching over a made-up graph: everything that can be reached is found, once, and every count balances."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from review.protocol import Protocol
from review.store import Store, open_store, schema
from searches import rows
from searches.citing.chase import Direction
from searches.run import Place
from searches.snowball import Snowballed, snowball
from tests.searches.citation_graph import NAMES, Graph, opened, record

Links = dict[str, set[tuple[int, int]]]

LINKS = st.dictionaries(
    st.sampled_from(NAMES), st.sets(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=9), max_size=4
)


@pytest.fixture(scope="module")
def made_protocol() -> Any:
    """Give a protocol that outlives one example."""
    return Protocol(title="Made up", question="?", hash="0" * 64, text="")


def reachable(links: Links, seeds: Collection[int], direction: Direction) -> set[int]:
    """Give what a walk from the seeds along the links of all indexes meets."""
    pairs = set().union(*links.values())
    steps = pairs if direction == "backward" else {(b, a) for a, b in pairs}
    steps = steps if direction != "both" else pairs | {(b, a) for a, b in pairs}
    met: set[int] = set()
    border = set(seeds)
    while border:
        border = {b for a, b in steps if a in border} - met
        met |= border
    return met


def new_store(folder: Path) -> Store:
    seconds = count()
    clock = lambda: f"2026-11-22T{(n := next(seconds)) // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000000Z"  # noqa: E731
    numbers = count(1)
    return open_store(folder, clock=clock, mint=lambda: f"{next(numbers):04d}")


def start(store: Store, seeds: Sequence[int]) -> list[int]:
    """Import the seeds as one file; give their reports."""
    facts = {"source": "x", "label": "X", "kind": "database", "method": "file", "started_at": "", "status": "complete"}
    with store.write() as connection:
        number = rows.start_search(connection, facts)
        rows.add_records(connection, number, [(i, record(n), "yes") for i, n in enumerate(seeds, 1)])
        return [report for report, _ in rows.hits_of(connection, number)]


def found(store: Store, done: Sequence[Snowballed]) -> list[int]:
    """Give the documents that searches hit, with repetitions."""
    with store.read() as connection:
        hits = [one for search in done for _, one in rows.hits_of(connection, search.outcome.search)]
    return [int(re.sub(r"\D", "", one.title or "")) for one in hits]


def balances(store: Store, one: Snowballed) -> bool:
    """Compare the counts of a search with one another and with what the store holds of it."""
    number = one.outcome.search
    with store.read() as connection:
        records, rejected = (
            connection.scalar(select(func.count()).select_from(table).where(table.c.search == number))
            for table in (schema.record, schema.rejected)
        )
    parts = one.new + one.known + one.excluded
    return (parts, one.outcome.rejected, one.outcome.hits) == (records, rejected, parts + rejected + one.doubles)


def run(
    links: Links, seeds: Sequence[int], direction: Direction, order: Sequence[str], protocol: Any
) -> tuple[set[int], list[Snowballed]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        responses.RequestsMock(assert_all_requests_are_fired=False) as wire,
    ):
        store = new_store(Path(folder))
        Graph(links).put(wire)
        reports = start(store, seeds)
        place = Place(store, Path(folder), lambda label, done, total: None)
        done = list(snowball(place, protocol, opened(protocol, order), direction, reports=reports, rounds=None))
        assert all(one.outcome.status == "complete" for one in done), [one.outcome.error for one in done]
        assert all(balances(store, one) for one in done)
        for name in order:
            for number in {one.round for one in done}:
                here = found(store, [one for one in done if one.outcome.source == name and one.round == number])
                assert len(here) == len(set(here)), "no hit twice in one search"
        union = set(found(store, done))
        store.close()
        new = sum(one.new for one in done)
        assert new == len(union - set(seeds)), "each is new once, whichever index names it first"
        return union, done


@settings(max_examples=8)
@given(links=LINKS, seeds=st.sets(st.integers(1, 9), min_size=1, max_size=3), order=st.permutations(NAMES))
@pytest.mark.parametrize("direction", ["backward", "forward", "both"])
def test_rounds_until_nothing_new_find_what_can_be_reached(
    links: Links, seeds: set[int], order: list[str], direction: Direction, made_protocol: Any
) -> None:
    assert run(links, sorted(seeds), direction, order, made_protocol)[0] == reachable(links, seeds, direction)


def test_a_chain_takes_a_round_per_link(made_protocol: Any) -> None:
    links: Links = {"openalex": {(1, 2)}, "semanticscholar": {(2, 3)}, "opencitations": {(3, 4)}, "europepmc": {(4, 5)}}
    union, done = run(links, [1], "backward", NAMES, made_protocol)
    assert union == {2, 3, 4, 5}
    new = {(one.round, one.outcome.source): one.new for one in done if one.new}
    assert new == {(1, "openalex"): 1, (2, "semanticscholar"): 1, (3, "opencitations"): 1, (4, "europepmc"): 1}
    assert max(one.round for one in done) == 5, "the last round finds nothing new"
