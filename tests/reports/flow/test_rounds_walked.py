"""Citation searching really walked over made-up graphs: its rounds as the reports read them back from the store."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from report_log import make_log
from responses import RequestsMock

from reports.material import Material
from reports.round_rows import citing
from review.record import Record
from review.store.engine import FILE_NAME
from searches import rows
from searches.citing.chase import WAY, Direction
from searches.run import Place
from searches.snowball import snowball
from tests.searches.citation_graph import Graph, opened
from tests.searches.test_snowball_graph import new_store, start

INDEXES = ("openalex", "opencitations")
LINKS = st.fixed_dictionaries({
    name: st.sets(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=3, max_size=9) for name in INDEXES
})  # fmt: skip


@settings(max_examples=5, deadline=None)
@given(links=LINKS, direction=st.sampled_from(("backward", "forward", "both")))
def test_rounds_seeds_and_entries_are_those_of_the_walk(
    migrated: bytes, links: dict[str, set[tuple[int, int]]], direction: Direction
) -> None:
    with tempfile.TemporaryDirectory() as folder, RequestsMock(assert_all_requests_are_fired=False) as wire:
        (Path(folder) / FILE_NAME).write_bytes(migrated)
        store = new_store(Path(folder))
        log = make_log(store)
        Graph(links).put(wire)
        seeds = start(store, [1, 2])
        place = Place(store, Path(folder), lambda label, done, total: None)
        done = snowball(place, log.protocol, opened(log.protocol, INDEXES), direction, reports=seeds, rounds=None)
        with store.read() as connection:
            hits = [hit for one in done for hit in rows.hits_of(connection, one.outcome.search)]
        of: dict[str, list[int]] = {"1": [seeds[0]], "2": [seeds[1]]}
        for report, record in hits:
            of.setdefault(_document(record), []).append(report)
        log.merge(*(reports for reports in of.values() if len(reports) > 1))
        with store.read() as connection:
            m = Material(connection, log.protocol)
            found, flow, read = m.rounds, m.flow, citing(connection)
        store.close()
    assert found is not None and read is not None
    assert [(one.round, one.direction, len(one.seeds)) for one in read.chases] == [
        (one.round, one.direction, one.seeds) for one in done
    ]  # fmt: skip
    entries = Counter[int]()
    for one in done:
        entries[one.round] += (one.outcome.hits or 0) - one.outcome.rejected
    listed = Counter[int]()
    for row in found.rounds:
        listed[row.number or 0] += row.hits
        assert row.hits == row.main + row.elsewhere + row.earlier + row.repeated + row.new
    assert +listed == +entries
    assert sum(row.new for row in found.rounds) == len(of) - 2 == flow.citations_results
    known = [record for _, record in hits if _document(record) in ("1", "2")]
    assert sum(row.main for row in found.rounds) == sum(tag == WAY for record in known for tag, _ in record.extra)
    assert sum(seed.reports for seed in found.followed) >= found.reports


def _document(record: Record) -> str:
    return re.sub(r"\D", "", record.title or "")
