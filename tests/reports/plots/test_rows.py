"""What the figures read is the same on both databases."""

from __future__ import annotations

from report_log import make_log, papers

from reports.plots import network_rows, overlap_rows, progress_rows
from reports.plots.network_rows import Link
from reports.plots.progress_rows import Read
from review.record import Record
from review.store import Store

WAY = (("snowball", "round 1, backward, from report 1 (W1)"),)


def test_figures_read_the_same_on_both_databases(any_store: Store) -> None:
    log = make_log(any_store)
    log.search(papers(4))
    log.search([*papers(1, start=2), Record(title="Hit", extra=WAY)], source="openalex", kind="citation",
               method="snowball")  # fmt: skip
    log.merge((2, 5))
    given = {"stage": "title-abstract", "round": {"name": "one", "kind": "main", "seed": 1, "how": {}},
             "add": {log.actor.person: [1, 2]}}  # fmt: skip
    log.note([("assignment", given)])
    log.include(1)
    log.vote([2], "include")
    log.vote([2, 3, 6], "exclude")
    with any_store.read() as connection:
        found = overlap_rows.sources(connection)
        shared = overlap_rows.shared(connection, [one.searches for one in found])
        votes = progress_rows.votes_by_day(connection)
        (handed,) = progress_rows.rounds(connection)
        read = progress_rows.read(connection)
        chase = network_rows.chase(connection)
    assert [(one.source, one.records) for one in found] == [("medline", 4), ("openalex", 2)]
    assert [(one.mask, one.reports, one.included) for one in shared] == [(1, 3, 1), (2, 1, 0), (3, 1, 0)]
    assert sum(n for _, _, n in votes) == 5
    assert (handed.name, handed.reports) == ("one", 2)
    assert read == Read(read.moments, (1,), 5, 0, 4, 4)
    assert len(read.moments) == 4
    assert read.read_at(read.moments[1]) >= 2
    assert chase.links == (Link(1, 6, 1, "backward"),)
    assert (chase.states[1], chase.states[6]) == ("included", "screened_out")
    assert chase.elsewhere == frozenset({2})
