"""The snowball network: what citation searching found from which reports, with arrows to what is cited. Pure.

What stands where is in ``network_layout``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from reports.material import Material
from reports.metrics import width
from reports.plots import network_rows
from reports.plots.axes import LINE, SIZE, SMALL, lines, note
from reports.plots.canvas import Disc, Figure, Path, Shape, Words, figure
from reports.plots.network_layout import Item, Net, Node, chosen, net
from reports.plots.network_rows import State
from reports.rows import combined_records
from reports.studies import cited
from review.text import many

NAMES, GAP, RADIUS, TOP = 150.0, 70.0, 6.0, 52.0
COLUMN = NAMES + GAP + 2 * RADIUS + 8
_SMALLER = 10.0
SAID: Mapping[str, str] = {
    "included": "included", "excluded": "excluded at full text", "open": "sought, not assessed",
    "screened_out": "screened out", "undecided": "not screened", "known": "known",
}  # fmt: skip
_DISCS: Mapping[State, tuple[str, str]] = {
    "included": ("first", "first"), "excluded": ("paper", "ink"), "open": ("none", "ink"),
    "screened_out": ("paper", "line"), "undecided": ("paper", "line"),
}  # fmt: skip
Point = tuple[float, float]


def network(m: Material) -> Iterator[Figure]:
    """Draw what citation searching found, when the log notes for a hit from which report it came."""
    chase = network_rows.chase(m.connection)
    if not chase.links:
        return
    shown = chosen(chase)
    names = {p.report: s.label for s in m.studies if len(s.papers) == 1 for p in s.papers}
    records = combined_records(m.connection, sorted(shown - names.keys()))
    yield drawn(net(chase, shown, names | {root: cited(record) for root, record in records.items()}))


def drawn(net: Net) -> Figure:
    """Draw a network."""
    broken = {one: lines(node.label, NAMES, SMALL, 2) for one, node in net.nodes.items()}
    below = {one: lines(_also(node), NAMES, _SMALLER, 3) if node.also else () for one, node in net.nodes.items()}
    heights = {one: 8 + LINE * len(broken[one]) + 12 * len(below[one]) for one in net.nodes}
    places, bottom = _places(net, heights)
    shapes: list[Shape] = []
    for number, n in enumerate(net.found):
        x = COLUMN * number
        shapes.append(Words(x, 16, f"Round {number}" if number else "Seeds", SIZE, bold=True))
        shapes.append(Words(x, 33, f"{n:,} found" if number else many(n, "report"), SMALL, tone="quiet"))
    for link in net.links:
        shapes += _arrow(net, link.seed, link.hit, link.way == "backward", places)
    for one, node in net.nodes.items():
        x, y = places[one]
        shapes += _node(node, x, y, broken[one], below[one])
    total = COLUMN * max(len(net.found), 2) - GAP
    legend, end = _legend(net, bottom + 24)
    said, end = note(_said(net), 0, end + 4, total)
    return figure("network", "What citation searching found, from which reports", _told(net), (total + 6, end),
                  (*shapes, *legend, *said))  # fmt: skip


def _also(node: Node) -> str:
    return "+ " + ", ".join(f"{n:,} {SAID[sort]}" for sort, n in node.also)


def _places(net: Net, heights: Mapping[int, float]) -> tuple[dict[Item, Point], float]:
    """Give the centre of every item, and where the last ends: each as near as may be to the middle of its seeds."""
    high = {one: heights[one] if isinstance(one, int) else LINE for column in net.columns for one in column}
    bottom = TOP + max(sum(high[one] for one in column) for column in net.columns)
    places: dict[Item, Point] = {}
    for number, column in enumerate(net.columns):
        tops: list[float] = []
        free = TOP
        for one in column:
            seeds = [one[0]] if not isinstance(one, int) else [link.seed for link in net.links if link.hit == one]
            wished = sum(places[seed][1] for seed in seeds) / len(seeds) - high[one] / 2 if seeds else free
            tops.append(max(free, wished))
            free = tops[-1] + high[one]
        below = bottom
        for at, one in reversed(list(enumerate(column))):
            below = min(tops[at], below - high[one])
            places[one] = COLUMN * number + RADIUS + 1, below + (4 + LINE / 2 if isinstance(one, int) else LINE / 2)
    return places, bottom


def _node(node: Node, x: float, y: float, broken: tuple[str, ...], below: tuple[str, ...]) -> Iterator[Shape]:
    tone, edge = _DISCS[node.state]
    yield Disc(x, y, RADIUS, tone, edge)
    start = x + RADIUS + 6
    for at, text in enumerate(broken):
        yield Words(start, y + 4.3 + LINE * at, text, SMALL, bold=node.state == "included")
    for at, text in enumerate(below):
        yield Words(start, y + LINE * len(broken) + 2 + 12 * at, text, _SMALLER, tone="quiet")


def _arrow(net: Net, seed: int, hit: int, backward: bool, places: Mapping[Item, Point]) -> Iterator[Shape]:
    """Draw a line from a seed to a hit, with its head at what is cited: the hit, or in the other direction the seed."""
    node = net.nodes[seed]
    label = lines(node.label, NAMES, SMALL, 2)[0]
    (x, y), (to_x, to_y) = places[seed], places[hit]
    y += -2 if backward else 3
    start = x + RADIUS + 11 + width(label, SMALL, bold=node.state == "included")
    points: list[Point] = [(start, y), (max(start, x + RADIUS + 12 + NAMES), y)]
    for item in sorted((i for i in places if not isinstance(i, int) and i[:2] == (seed, hit)), key=str):
        at, high = places[item]
        points += [(at - RADIUS, high), (at + RADIUS + 12 + NAMES, high)]
    points.append((to_x - RADIUS - 2, to_y))
    tone = "first" if backward else "second"
    yield Path(tuple(points), tone, 1.3, "" if backward else "6 3")
    yield _head(points[-2], points[-1], tone) if backward else _head((start + 9, y), (start - 3, y), tone)


def _head(before: Point, tip: Point, tone: str) -> Path:
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    sides = [(tip[0] - 8 * math.cos(angle + turn), tip[1] - 8 * math.sin(angle + turn)) for turn in (-0.4, 0.4)]
    return Path((tip, *sides), tone, fill=tone)


def _legend(net: Net, y: float) -> tuple[list[Shape], float]:
    """Say what lines and discs mean, of those that there are."""
    shapes: list[Shape] = []
    ways = {link.way for link in net.links}
    for way, text in (
        ("backward", "backward: the report on the left cites the one on the right"),
        ("forward", "forward: the report on the right cites the one on the left"),
    ):
        if way in ways:
            tone, dashes = ("first", "") if way == "backward" else ("second", "6 3")
            ends = ((0.0, y - 4), (30.0, y - 4)) if way == "backward" else ((30.0, y - 4), (0.0, y - 4))
            shapes += [Path(ends, tone, 1.3, dashes), _head(*ends, tone), Words(40, y, text, SMALL)]
            y += 19
    states = {node.state for node in net.nodes.values()}
    x = 0.0
    for state, (tone, edge) in _DISCS.items():
        if state in states:
            text = SAID[state]
            shapes += [Disc(x + RADIUS + 1, y - 4, RADIUS, tone, edge), Words(x + 20, y, text, SMALL)]
            x += 36 + width(text, SMALL)
    return shapes, y + 20


def _said(net: Net) -> str:
    """Say in how far this is all."""
    total = many(sum(net.counts.values()), "report")
    counts = ", ".join(f"{net.counts[sort]:,} {text}" for sort, text in SAID.items() if net.counts.get(sort))
    left = ", ".join(f"{n:,} {SAID.get(sort, 'seeds')}" for sort, n in net.left.items())
    return (
        f"{total} found by citation searching, each counted once: {counts}. Below a name: what else was found from that"
        " report; known: found otherwise too, or in an earlier round. A seed from which nothing was found is not drawn."
        + (f" Not drawn for want of room: {left}." if left else "")
    )


def _told(net: Net) -> str:
    """Say the same for those who do not see it: every seed, and what was found from it."""
    found: dict[int, list[str]] = {}
    for link in net.links:
        found.setdefault(link.seed, []).append(
            f"{net.nodes[link.hit].label} ({link.way}, {SAID[net.nodes[link.hit].state]})"
        )
    told = [
        f"{node.label}: " + "; ".join([*found.get(one, ()), *([_also(node)] if node.also else ())])
        for one, node in net.nodes.items()
        if one in found or node.also
    ]
    return f"{_said(net)} {'. '.join(told)}."
