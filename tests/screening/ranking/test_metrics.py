"""Measures of a reading order, against values computed by hand."""

from __future__ import annotations

import pytest

from screening.ranking.metrics import mean, metrics


def order(places: set[int], total: int) -> list[bool]:
    return [place in places for place in range(1, total + 1)]


def test_by_hand() -> None:
    # 40 reports, relevant ones at 1, 2, 5, 20: 5 % are 2 reports, 10 % are 4, 20 % are 8, 50 % are 20
    found = metrics(order({1, 2, 5, 20}, 40))
    assert found.recall == {5: 0.5, 10: 0.5, 20: 0.75, 50: 1.0}
    assert found.wss95 == pytest.approx((40 - 20) / 40 - 0.05)  # 95 % of 4 are all 4
    assert found.wss100 == 0.5
    assert found.atd == 7
    assert found.first_relevant == 1


def test_95_percent_of_20_are_19_and_of_a_share_of_reports_the_rest_is_dropped() -> None:
    found = metrics(order({*range(1, 20), 99}, 99))
    assert found.wss95 == pytest.approx((99 - 19) / 99 - 0.05)
    assert found.wss100 == 0
    assert found.recall[10] == 9 / 20  # 9.9 reports are 9


def test_the_mean_is_over_runs() -> None:
    both = mean([metrics(order({1}, 4)), metrics(order({4}, 4))])
    assert both.recall == {5: 0, 10: 0, 20: 0, 50: 0.5}
    assert (both.wss100, both.atd, both.first_relevant) == (0.375, 2.5, 2)


def test_an_order_without_anything_relevant_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="no relevant"):
        metrics([False])
