"""Recall curves as SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from reports.curve import APART, MOST, STYLES, Curve, Mark, found, plot, svg
from review.errors import ReviewError

NS = {"s": "http://www.w3.org/2000/svg"}
EARLY = [True, True] + [False] * 8
LATE = [False] * 8 + [True, True]


def test_the_share_found_goes_from_nothing_to_all() -> None:
    shares = found(EARLY)
    assert (shares[0], shares[40], shares[80], shares[-1]) == (0, 0.5, 1, 1)
    assert found([False])[-1] == 0


def test_line_band_and_words_say_the_same() -> None:
    drawing = svg([Curve("a.csv: 2 of 10 relevant", (EARLY, LATE)), Curve("b.csv", (EARLY,))])
    assert drawing == svg([Curve("a.csv: 2 of 10 relevant", (EARLY, LATE)), Curve("b.csv", (EARLY,))])
    root = ET.fromstring(drawing)
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert {"curve-1", "band-1", "line-1", "curve-2", "line-2"} <= set(ids)
    assert "band-2" not in ids  # one run has no band
    description = root.findtext("s:desc", namespaces=NS) or ""
    assert "a.csv: 2 of 10 relevant: found 0 % after 5 %, 25 % after 10 %, 50 % after 20 %" in description
    assert root.get("aria-labelledby") == "curve-title curve-desc"
    texts = [node.text for node in root.iter(f"{{{NS['s']}}}text")]
    assert "a.csv: 2 of 10 relevant; line: mean of 2 runs, band: from the worst to the best" in texts
    points = root.find(".//s:polyline[@id='line-2']", NS)
    assert points is not None
    assert (points.get("points") or "").startswith("64,444 ")
    assert (points.get("points") or "").endswith("684,44 ")


def test_names_are_escaped_and_long_ones_wrapped() -> None:
    drawing = svg([Curve("<b>&\x00" + " long name" * 30, (EARLY,))])
    root = ET.fromstring(drawing)
    lines = [node.text or "" for node in root.findall(".//s:g[@id='legend']/s:text", NS)]
    assert lines[0].startswith("<b>& long name")
    assert len(lines) > 2


def test_marks_that_would_cover_each_other_move_apart() -> None:
    drawn = plot([Curve("a", (EARLY,), tuple(Mark(str(n), 0.3, 0.9) for n in range(3)))], "t")
    heights = [mark.circle_y for mark in drawn.marks]
    assert [below - above for above, below in pairwise(heights)] == [APART, APART]
    assert {mark.y for mark in drawn.marks} == {drawn.marks[0].circle_y}


def test_more_lines_than_can_be_told_apart_are_refused() -> None:
    assert len(STYLES) == MOST == len({dashes for _, dashes in STYLES})
    with pytest.raises(ReviewError, match="6 recall curves at most"):
        svg([Curve("a", (EARLY,))] * 7)
