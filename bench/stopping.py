"""Measure the rules for stopping on labelled sets: what each reads, finds and misses. The table of docs/methods.md.

Run: ``python bench/stopping.py DATA [SEEDS]``. DATA holds one folder per set with ``records.csv`` (``record_id, title,
abstract, label_included, label_abstract``); the sets are no part of this project. Each is screened SEEDS times (10)
with one relevant and one irrelevant record given, and once with its question instead: for what was included in the end
and, where it is recorded, for what passed title and abstract. Labels are free of error, the order is the model's alone.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from ranking_sets import QUESTIONS, Labelled, sets

from screening.ranking.reading import Paper, Reading
from screening.ranking.simulation import Priors, simulate
from screening.ranking.stops import Stop, stops
from screening.stopping_rules import LABELS

ENOUGH = 0.95


def main(data: Path, seeds: int) -> None:
    """Print a table per set and kind of label, as soon as it is there, and one over all."""
    every: list[tuple[int, list[Stop]]] = []
    for found in sets(data):
        plans = [("", Priors(1, 1), seed) for seed in range(1, seeds + 1)]
        if question := QUESTIONS.get(found.name):
            plans.append((question, Priors(0, 0), 1))
        runs = list(_runs(found, plans))
        _print(f"{found.name}, {found.label}: {sum(found.labels):,} of {len(found.labels):,} relevant", runs)
        every += runs
    _print("All sets", every)


def _runs(found: Labelled, plans: Sequence[tuple[str, Priors, int]]) -> Iterator[tuple[int, list[Stop]]]:
    papers = [
        Paper(title or None, abstract or None) for title, abstract in zip(found.titles, found.abstracts, strict=True)
    ]
    readings = {text: Reading(papers, text) for text, _, _ in plans}
    for text, priors, seed in plans:
        order = simulate(readings[text], found.labels, seed=seed, priors=priors)
        yield len(order.shuffled), stops(order, found.labels)


def _print(title: str, runs: Sequence[tuple[int, list[Stop]]]) -> None:
    print(f"\n{title}: {len(runs)} runs\n")
    print("| rule | read | mean recall | worst recall | runs with 95 % or more | missed, sum |")
    print("| --- | --- | --- | --- | --- | --- |")
    by_rule: defaultdict[str, list[tuple[int, Stop]]] = defaultdict(list)
    for total, made in runs:
        for stop in made:
            by_rule[stop.rule].append((total, stop))
    for rule, label in LABELS.items():
        recalls = [stop.recall for _, stop in by_rule[rule]]
        print(
            f"| {label} | {100 * fmean(stop.read / total for total, stop in by_rule[rule]):.0f} % "
            f"| {100 * fmean(recalls):.1f} % | {100 * min(recalls):.1f} % "
            f"| {sum(one >= ENOUGH - 1e-9 for one in recalls)} of {len(recalls)} "
            f"| {sum(stop.missed for _, stop in by_rule[rule]):,} |",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 10)
