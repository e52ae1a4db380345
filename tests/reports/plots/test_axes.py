"""Numbered pins and their key."""

from __future__ import annotations

from itertools import combinations
from math import hypot

from report_log import HOSTILE, LONG

from reports.metrics import width
from reports.plots.axes import Pin, key, pins, rise
from reports.plots.canvas import Disc, Words


def test_pins_at_one_place_stand_above_each_other_and_inside_the_room_they_ask_for() -> None:
    some = [Pin(x, "a") for x in (10.0, 12.0, 30.0, 10.0, 20.0)]
    discs = [shape for shape in pins(some, 100, 200) if isinstance(shape, Disc)]
    assert [disc.x for disc in discs] == [pin.x for pin in some]
    assert all(hypot(a.x - b.x, a.y - b.y) >= 2 * a.r for a, b in combinations(discs, 2))
    assert min(disc.y - disc.r for disc in discs) == 100 - rise(some)
    assert rise([]) == discs[0].r


def test_a_key_wraps_long_texts_and_gives_where_it_ends() -> None:
    shapes, end = key([Pin(0, HOSTILE), Pin(0, LONG), Pin(0, "short")], 0, 20, 300)
    texts = [shape for shape in shapes if isinstance(shape, Words)]
    assert all(shape.x + width(shape.text, shape.size) <= 300 for shape in texts if not shape.bold)
    assert [shape.text for shape in texts if shape.bold] == ["1", "2", "3"]
    assert end > max(shape.y for shape in texts)
    assert any(shape.text.endswith("…") for shape in texts)
