"""The snowball network: what was found from which reports."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise

from report_log import HOSTILE, LONG, Log, papers

from reports.material import Material
from reports.plots import network_rows
from reports.plots.canvas import Disc, Figure, Path, Words, svg
from reports.plots.network import drawn, network
from reports.plots.network_layout import MOST, TALL, chosen, net
from reports.plots.network_rows import Chase, Link, State
from review.record import Record


def cited(title: str, *ways: str) -> Record:
    return Record(title=title, authors=(title.split()[0],), date="2015", extra=tuple(("snowball", w) for w in ways))


def made(log: Log) -> list[Figure]:
    with log.store.read() as connection:
        return list(network(Material(connection, log.protocol)))


def test_without_ways_in_the_log_there_is_no_network(log: Log) -> None:
    log.search(papers(2), kind="citation", method="snowball")
    log.include(1, 2)
    assert made(log) == []


def test_hits_stand_in_the_column_of_their_round_and_the_rest_is_summed_per_seed(log: Log) -> None:
    log.search(papers(3))
    log.include(1, 2)
    log.vote([3], "exclude")
    log.search([
        cited("Found", "round 1, backward, from report 1 (W1)", "round 1, forward, from report 2 (W2)"),
        cited("Out", "round 1, backward, from report 1 (W1)"),
        cited("Assessed", "round 1, forward, from report 2 (W2)"),
        cited("Known", "round 1, forward, from report 2 (W2)"),
        cited("Unread", "round 1, backward, from report 1 (W1)"),
    ], kind="citation", source="openalex", method="snowball")  # fmt: skip
    log.merge((3, 7))
    log.search([cited(f"{HOSTILE} {LONG}", "round 2, backward, from report 4 (W4)")], kind="citation",
               source="openalex", method="snowball")  # fmt: skip
    log.vote([5], "exclude")
    log.vote([6], "include")
    log.vote([6], "exclude", "review", stage="full-text")
    log.include(4, 9)
    with log.store.read() as connection:
        chase = network_rows.chase(connection)
    assert [(x.seed, x.hit, x.round, x.way) for x in chase.links] == [
        (1, 4, 1, "backward"), (1, 5, 1, "backward"), (1, 8, 1, "backward"), (2, 3, 1, "forward"), (2, 4, 1, "forward"),
        (2, 6, 1, "forward"), (4, 9, 2, "backward"),
    ]  # fmt: skip
    laid = net(chase, chosen(chase), {n: str(n) for n in chase.states})
    assert [set(column) for column in laid.columns] == [{1, 2}, {4, 6}, {9}]
    assert {one: node.also for one, node in laid.nodes.items() if node.also} == {
        1: (("screened_out", 1), ("undecided", 1)), 2: (("known", 1),),
    }  # fmt: skip
    assert laid.found == (2, 4, 1)
    assert laid.counts == {"included": 2, "screened_out": 1, "undecided": 1, "excluded": 1, "known": 1}
    (figure,) = made(log)
    assert "6 reports found by citation searching, each counted once: 2 included, 1 excluded at full text, " in (
        figure.description
    )
    assert "Author1 2014: Found 2015 (backward, included); + 1 screened out, 1 not screened" in figure.description
    lines = [shape for shape in figure.shapes if isinstance(shape, Path) and not shape.fill and shape.dashes]
    assert len(lines) == 3  # two forward, and the legend
    assert max(len(shape.text) for shape in figure.shapes if isinstance(shape, Words) and shape.bold) < 40
    ET.fromstring(svg(figure))


def many(seeds: int) -> Chase:
    """Each seed leads to one included and one assessed hit, shared by three, in round 1; and one skips a round."""
    states: dict[int, State] = dict.fromkeys(range(1, seeds + 1), "included")
    links = []
    for seed in range(1, seeds + 1):
        for hit, state in (
            (1000 + seed // 3, "included"),
            (2000 + seed // 3, "excluded"),
            (3000 + seed, "screened_out"),
        ):
            states[hit] = state  # type: ignore[assignment]
            links.append(Link(seed, hit, 1, "backward"))
    states[5000] = "included"
    return Chase((*links, Link(1, 5000, 2, "forward"), Link(1000, 5000, 2, "backward")), frozenset(), states)


def test_more_than_a_page_holds_is_counted_and_not_drawn() -> None:
    chase = many(90)
    shown = chosen(chase)
    laid = net(chase, shown, {n: f"Author {n}" for n in chase.states})
    discs = Counter(disc.x for disc in drawn(laid).shapes if isinstance(disc, Disc))
    assert len(shown) <= MOST
    assert max(len([i for i in column if isinstance(i, int)]) for column in laid.columns) == TALL
    drawn_hits = Counter(chase.states[one] for one in shown if one >= 1000)
    assert drawn_hits["included"] + laid.left["included"] == laid.counts["included"] == 32
    assert drawn_hits["excluded"] + laid.left["excluded"] == laid.counts["excluded"] == 31
    assert laid.left["seed"] == 90 - sum(one < 1000 for one in shown)
    assert sum(discs.values()) >= len(shown)
    found = sum(n for one in shown if one <= 90 for _, n in laid.nodes[one].also)
    assert found + len({(x.seed, x.hit) for x in laid.links if x.seed <= 90}) == sum(
        x.seed in shown for x in chase.links if x.seed <= 90
    )


def test_a_line_over_a_column_has_a_place_of_its_own_there_and_nothing_overlaps() -> None:
    chase = many(12)
    laid = net(chase, chosen(chase), {n: f"Author {n}" for n in chase.states})
    assert (1, 5000, 1) in laid.columns[1]
    figure = drawn(laid)
    assert (
        figure.description
        == drawn(net(many(12), chosen(many(12)), {n: f"Author {n}" for n in chase.states})).description
    )
    discs = sorted((d.x, d.y) for d in figure.shapes if isinstance(d, Disc))
    assert all(b[1] - a[1] >= 12 for a, b in pairwise(discs) if a[0] == b[0])
