"""A labelled set screened again: every report once, learning from nothing but what was read."""

from __future__ import annotations

import numpy as np
import pytest

from review.record import Record
from screening import recall
from screening.ranking.labelled import Labelled
from screening.ranking.metrics import metrics
from screening.ranking.reading import Paper, Reading
from screening.ranking.simulation import Order, Priors, simulate
from screening.ranking.stops import stops
from screening.ranking.trials import Plan, trial
from screening.stopping_rules import LABELS

TOPIC = "mentor mentee mentoring guidance career supervision peer".split()
OTHER = "soil harvest orchard irrigation beetle pollen drought compost pasture barley vineyard tractor".split()
BOTH = "study of a group in the region with effects over time and results that we report".split()


def invented(count: int, relevant: int) -> tuple[list[Paper], list[bool]]:
    """Give reports on mentoring among reports on other things."""
    chance = np.random.default_rng(3)
    labels = chance.permutation([True] * relevant + [False] * (count - relevant)).tolist()
    papers = [
        Paper(
            " ".join(chance.choice(TOPIC if label else OTHER, 3)),
            " ".join(chance.permutation([*chance.choice(TOPIC if label else OTHER, 8), *chance.choice(BOTH, 15)])),
        )
        for label in labels
    ]
    return papers, labels


def labels_of(order: Order, labels: list[bool]) -> list[bool]:
    return [labels[row] for row in order.rows[order.given :]]


def test_every_report_is_read_once_after_what_was_given() -> None:
    papers, labels = invented(80, 10)
    reading = Reading(papers, "")
    seen: list[int] = []
    order = simulate(reading, labels, seed=1, priors=Priors(2, 3), notify=seen.append)
    assert sorted(order.rows) == list(range(80))
    assert order.given == 5
    assert [labels[row] for row in order.rows[:5]] == [True, True, False, False, False]
    assert sorted(order.shuffled) == sorted(order.rows[5:])
    assert seen == sorted(seen)
    assert seen[-1] == 80
    assert metrics(labels_of(order, labels)).wss95 > 0.6
    assert order == simulate(reading, labels, seed=1, priors=Priors(2, 3))
    assert order.rows != simulate(reading, labels, seed=2, priors=Priors(2, 3)).rows


def test_the_question_alone_finds_the_first_one_and_chance_has_no_part_in_the_order() -> None:
    papers, labels = invented(50, 6)
    reading = Reading(papers, "mentoring and career guidance")
    order = simulate(reading, labels, seed=1, priors=Priors(0, 0))
    assert metrics(labels_of(order, labels)).first_relevant == 1
    assert order.rows == simulate(reading, labels, seed=9, priors=Priors(0, 0)).rows


def test_with_nothing_to_learn_from_chance_decides_what_comes_first() -> None:
    papers, labels = invented(16, 2)
    reading = Reading(papers, "")
    first = {simulate(reading, labels, seed=seed, priors=Priors(0, 0)).rows[0] for seed in range(6)}
    assert len(first) > 2


def test_no_label_of_an_unread_report_is_looked_at() -> None:
    """Labels are turned round behind a point; up to it nothing changes."""
    papers, labels = invented(50, 15)
    reading = Reading(papers, "")
    order = simulate(reading, labels, seed=4, priors=Priors(1, 1))
    late = set(order.rows[12:])
    assert any(labels[row] for row in late)
    turned = [not label if row in late else label for row, label in enumerate(labels)]
    priors = {row: turned[row] for row in order.rows[:2]}
    assert priors == {row: labels[row] for row in order.rows[:2]}
    again = _from(reading, turned, order.rows[:2])
    assert again[:13] == order.rows[:13]
    assert again[13:] != order.rows[13:]


def _from(reading: Reading, labels: list[bool], given: tuple[int, ...]) -> tuple[int, ...]:
    """Screen with given priors, found by trying seeds."""
    for seed in range(5000):
        order = simulate(reading, labels, seed=seed, priors=Priors(1, 1)) if _draws(labels, seed) == given else None
        if order:
            return order.rows
    pytest.fail("no seed draws these priors")


def _draws(labels: list[bool], seed: int) -> tuple[int, ...]:
    chance, truth = np.random.default_rng(seed), np.array(labels)
    return (int(chance.permutation(np.flatnonzero(truth))[0]), int(chance.permutation(np.flatnonzero(~truth))[0]))


def test_the_rules_stop_where_they_say() -> None:
    labels = [False, *[True] * 9, *[False] * 120, True, *[False] * 869]
    rows = tuple(range(1000))
    found = {stop.rule: stop for stop in stops(Order(1, rows, 0, rows[::-1]), labels)}
    assert list(found) == list(LABELS)
    assert [(found[r].read, found[r].found, found[r].missed, found[r].fired) for r in ("row_50", "row_200")] == [
        (60, 9, 1, True), (331, 10, 0, True),
    ]  # fmt: skip
    assert found["row_100"].recall == 0.9
    assert found["recall_test"].read == recall.stop_after(labels, 1000)
    # drawn at random: from the end, until one is relevant; that is the 870th: more than half of them are read
    assert (found["safe"].read, found["safe"].found, found["safe"].fired) == (870 + 60, 10, True)


def test_a_rule_that_never_speaks_reads_everything() -> None:
    rows = tuple(range(20))
    found = {stop.rule: stop for stop in stops(Order(1, rows, 0, rows), [True, *[False] * 19])}
    assert (found["row_50"].read, found["row_50"].missed, found["row_50"].fired) == (20, 0, False)


def test_a_plan_of_several_seeds_gives_means_and_the_worst() -> None:

    papers, labels = invented(60, 8)
    records = tuple(Record(title=paper.title, abstract=paper.abstract) for paper in papers)
    found = Labelled(records, tuple(labels), tuple(map(str, range(60))), "the column x", 0, 0, ())
    ticks = iter([10.0, 12.5])
    told: list[tuple[int, int]] = []
    one = trial(
        "x.csv",
        found,
        Plan((5, 6), Priors(1, 1), ""),
        lambda: next(ticks),
        lambda done, total: told.append((done, total)),
    )
    assert one.seconds == 2.5
    assert told[-1] == (120, 120)
    assert [run.order.seed for run in one.runs] == [5, 6]
    assert one.metrics.wss95 == pytest.approx(sum(run.metrics.wss95 for run in one.runs) / 2)
    for summary, first, second in zip(one.stops, one.runs[0].stops, one.runs[1].stops, strict=True):
        assert summary.read == (first.read + second.read) / 2
        assert summary.worst_recall == min(first.recall, second.recall)
        assert summary.fired == first.fired + second.fired
