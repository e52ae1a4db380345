"""The test for a missed recall and the estimate from the random share."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction

import pytest

from screening.recall import estimate, missed_target, random_share, relevant_in_all, stop_after


def read(gaps: Sequence[int], tail: int) -> list[bool]:
    """Give labels: so many irrelevant reports before each relevant one, and so many at the end."""
    return [label for gap in gaps for label in (*[False] * gap, True)] + [False] * tail


MIXED = (0, 0, 0, 1, 0, 2, 4, 9, 20)
BUSCARPY = (
    ((), 100, 1000, 0.95, 0.9),
    ((0,), 30, 100, 0.95, 0.696969696969697),
    ((0, 1, 2, 3, 5), 150, 500, 0.95, 0.6900826446280992),
    (MIXED, 300, 1000, 0.95, 0.6858638743455497),
    (MIXED, 600, 1000, 0.95, 0.3717277486910995),
    (MIXED, 900, 1000, 0.95, 0.05759162303664922),
    ([1] * 19, 400, 2000, 0.95, 0.6337344788097774),
    ([1] * 20, 400, 2000, 0.95, 0.6334031315435822),
    ([2] * 57, 1000, 3000, 0.95, 0.17450942954050694),
    (range(40), 3000, 6000, 0.95, 0.07447900780230268),
    (range(40), 3000, 6000, 0.9, 0.013166755464317927),
    ([0, 3] * 60, 2500, 20000, 0.8, 0.014840112866980705),
    ([1] * 100, 2000, 20000, 0.99, 0.808178252039053),
    ((500,), 499, 1001, 0.95, 0.001998001998001998),
)
"""Gaps, tail, all reports, target, and what ``buscarpy.calculate_h0`` of buscarpy 0.0.2 (the package of the test's
authors, with SciPy 1.17.1) gave on 2026-11-22. The package itself is no dependency: it needs matplotlib and pandas."""


@pytest.mark.parametrize(("gaps", "tail", "total", "target", "expected"), BUSCARPY)
def test_the_chance_is_that_of_the_authors_own_program(
    gaps: Sequence[int], tail: int, total: int, target: float, expected: float
) -> None:
    assert missed_target(read(gaps, tail), total, target).p == pytest.approx(expected, rel=1e-9)


def by_definition(labels: Sequence[bool], total: int, target: Fraction) -> Fraction:
    """Compute the chance as the paper says it, with whole numbers, for every window."""
    found, best = sum(labels), Fraction(1)
    least = math.floor(found / target) + 1
    for size in range(1, len(labels) + 1):
        inside = sum(labels[-size:])
        urn, relevant = total - len(labels) + size, least - (found - inside)
        ways = sum(
            math.comb(relevant, k) * math.comb(urn - relevant, size - k)
            for k in range(inside + 1)
            if size - k <= urn - relevant
        )
        best = min(best, Fraction(ways, math.comb(urn, size)))
    return best


def test_the_chance_is_exact_and_the_rule_stops_where_it_first_falls_under_five_percent() -> None:
    chance = random.Random(6)
    for _ in range(12):
        total = chance.randint(60, 90)
        labels = [chance.random() < 0.3 * (1 - at / total) ** 4 for at in range(total)]
        chances = [missed_target(labels[:end], total).p for end in range(total + 1)]
        for end in range(0, total, 7):
            assert chances[end] == pytest.approx(float(by_definition(labels[:end], total, Fraction(19, 20))), abs=1e-12)
        assert stop_after(labels, total) == next((end for end, p in enumerate(chances) if p < 0.05), None)


def test_nothing_read_is_no_reason_to_stop_and_all_read_is_one() -> None:
    assert missed_target([], 10).p == 1
    assert missed_target([False] * 10, 10).p == 0
    last = missed_target(read([0] * 19, 1), 21)  # one unread: at worst 19 of 20, which is the target
    assert (last.missed, last.p, last.rejected) == (2, 0, True)
    assert stop_after([], 10) is None


def test_a_hundred_thousand_labels_are_a_matter_of_one_look_per_find() -> None:
    labels = [at % 100 == 0 for at in range(100_000)]
    found = missed_target(labels, 150_000)
    assert found.p > 0.5
    assert found.missed == 53


def test_the_interval_is_that_of_the_exact_tails() -> None:
    total, drawn, relevant = 200, 40, 3

    def tail(number: int, sizes: range) -> Fraction:
        ways = sum(math.comb(number, k) * math.comb(total - number, drawn - k) for k in sizes)
        return Fraction(ways, math.comb(total, drawn))

    inside = [
        n for n in range(relevant, total - drawn + relevant + 1)
        if tail(n, range(relevant + 1)) > Fraction(1, 40) and tail(n, range(relevant, drawn + 1)) > Fraction(1, 40)
    ]  # fmt: skip
    assert relevant_in_all(relevant, drawn, total) == (inside[0], inside[-1])


def test_the_random_share_ends_at_the_first_report_that_nobody_read() -> None:
    assert random_share([True, False, None, True]) == [True, False]
    assert estimate([None, True, False]) is None


def test_the_estimate_knows_what_was_read() -> None:
    sample = estimate([True, False, False, False, *[None] * 4, True, True])
    assert sample is not None
    assert (sample.drawn, sample.relevant) == (4, 1)
    assert sample.in_all.low >= 3  # three are found already
    assert sample.in_all.high <= 7  # and four are unread
    assert sample.in_all.point == 3
    assert sample.recall.low == 3 / sample.in_all.high
    whole = estimate([True, False])
    assert whole is not None
    assert whole.recall.low == whole.recall.point == whole.recall.high == 1
    nothing = estimate([False, None])
    assert nothing is not None
    assert nothing.in_all.point is None
    assert nothing.recall.low == 0  # nothing found, and one may be there


def screened(chance: random.Random, total: int, relevant: int) -> tuple[list[bool | None], float]:
    """Screen with a ranking that is good, every tenth report at random, until somebody stops; give the true recall."""
    truth = [row < relevant for row in range(total)]
    drawn = chance.sample(range(total), total)
    ranked = sorted(range(total), key=lambda row: chance.random() * (0.3 if truth[row] else 1))
    seen: set[int] = set()
    for _ in range(chance.randint(20, total)):
        queue = drawn if chance.random() < 0.1 else ranked
        seen.add(next(row for row in queue if row not in seen))
    found = sum(truth[row] for row in seen)
    return [truth[row] if row in seen else None for row in drawn], found / relevant


@pytest.mark.parametrize(("total", "relevant"), [(300, 15), (500, 60)])
def test_the_intervals_hold_the_truth_although_most_reports_were_not_drawn_at_random(total: int, relevant: int) -> None:
    chance, runs, held = random.Random(17), 0, 0
    while runs < 120:
        shuffled, recall = screened(chance, total, relevant)
        sample = estimate(shuffled)
        if sample is not None:
            runs += 1
            held += sample.in_all.low <= relevant <= sample.in_all.high
            assert (sample.recall.low <= recall + 1e-12) == (sample.in_all.high >= relevant)
    assert held >= 0.95 * runs


def test_without_scipy_one_sentence_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['scipy'] = None\n"
        "from screening.recall import missed_target\n"
        "from review.errors import StageError\n"
        "try: missed_target([True], 3)\n"
        "except StageError as error: sys.exit(error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "pip install 'narrative-review[ranking]'"
