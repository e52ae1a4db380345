"""Screen labelled sets again in the order of the ranking, beside ASReview 3 with the same two papers known.

Run: ``python bench/ranking.py DATA [--seeds N] [--asreview COMMAND --kept FOLDER]``. DATA is described in
``ranking_sets.py``. Known papers are left out of all numbers. Simulations of ASReview (``ranking_peer.py``) are kept in
FOLDER and not made again. Differences are paired by seed, with 95 % intervals (t).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.stats import t as student

from bench.ranking_peer import peer, priors
from bench.ranking_sets import QUESTIONS, Labelled, sets
from screening.ranking.learning import Examples, learn
from screening.ranking.metrics import Metrics, metrics
from screening.ranking.reading import Paper, Reading
from screening.ranking.simulation import Priors, simulate

READ = (0.05, 0.1, 0.2, 0.4)
"""Parts of a set at which the chances of the unread are compared with the truth."""
NEXT = 50


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--asreview", type=Path)
    parser.add_argument("--kept", type=Path)
    asked = parser.parse_args()
    tasks = list(sets(asked.data))
    side_by_side(tasks, asked.seeds, asked.asreview, asked.kept)
    questions(tasks)
    calibration(tasks)


def side_by_side(tasks: Sequence[Labelled], seeds: int, command: Path | None, kept: Path | None) -> None:
    """Print WSS@95 and recall of both, each seed with the same known papers, and the times of whole simulations."""
    print(f"One relevant and one irrelevant paper known, {seeds} seeds; no question\n")
    row("set", "labels", "WSS@95", "ASReview", "difference", "R@10%", "ASReview", "difference", "WSS@100", "ASReview",
        "CPU s", "ASReview")  # fmt: skip
    row(*["---"] * 12)
    for one in tasks:
        reading, began = _reading(one, ""), time.process_time()
        ours = [
            _metrics(one, simulate(reading, one.labels, seed=seed, priors=Priors(1, 1)).rows) for seed in range(seeds)
        ]
        seconds = (time.process_time() - began) / seeds
        made = command and kept and one.label == "label_included"
        runs = [peer(command, one, seed, kept) for seed in range(seeds)] if made else []
        for seed, run in enumerate(runs):
            assert run["order"][:2] == priors(one, seed)
        theirs = [_metrics(one, run["order"]) for run in runs]
        row(one.name, one.label.removeprefix("label_"), *_compared([m.wss95 for m in ours], [m.wss95 for m in theirs]),
            *_compared([m.recall[10] for m in ours], [m.recall[10] for m in theirs]),
            f"{statistics.mean(m.wss100 for m in ours):.3f}",
            f"{statistics.mean(m.wss100 for m in theirs):.3f}" if theirs else "",
            f"{seconds:.1f}", f"{statistics.mean(run['cpu'] for run in runs):.1f}" if runs else "")  # fmt: skip


def questions(tasks: Sequence[Labelled]) -> None:
    """Print what comes of the question alone."""
    print("\nThe question, and no paper known\n")
    row("set", "labels", "first relevant at", "R@5%", "R@10%", "WSS@95", "WSS@100")
    row(*["---"] * 7)
    for one in tasks:
        order = simulate(_reading(one, QUESTIONS[one.name]), one.labels, seed=0, priors=Priors(0, 0))
        found = metrics([one.labels[n] for n in order.rows])
        row(one.name, one.label.removeprefix("label_"), found.first_relevant, f"{found.recall[5]:.3f}",
            f"{found.recall[10]:.3f}", f"{found.wss95:.3f}", f"{found.wss100:.3f}")  # fmt: skip


def calibration(tasks: Sequence[Labelled]) -> None:
    """Print chances beside the truth, of the papers that were unread at some moments."""
    print(
        f"\nChances of the unread papers; *next* are the {NEXT} highest. Brier score, and that of one chance for all\n"
    )
    row("set", "labels", "read", "left", "expected", "next", "expected", "Brier", "one chance")
    row(*["---"] * 9)
    for one in tasks:
        reading = _reading(one, QUESTIONS[one.name])
        order = simulate(reading, one.labels, seed=0, priors=Priors(0, 0)).rows
        for part in READ:
            read = order[: int(part * len(order))]
            chances = learn(reading, Examples(read, [one.labels[n] for n in read], [1.0] * len(read))).chances
            left = np.setdiff1d(np.arange(len(order)), read)
            truth = np.array(one.labels)[left]
            if chances is None or not truth.any():
                continue
            told = chances[left]
            high = np.argsort(-told, kind="stable")[:NEXT]
            row(one.name, one.label.removeprefix("label_"), f"{part:.0%}", truth.sum(), f"{told.sum():.0f}",
                truth[high].sum(), f"{told[high].sum():.1f}", f"{((told - truth) ** 2).mean():.4f}",
                f"{truth.mean() * (1 - truth.mean()):.4f}")  # fmt: skip


def row(*cells: object) -> None:
    """Print a row of a table."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def _reading(one: Labelled, question: str) -> Reading:
    papers = [Paper(title or None, text or None) for title, text in zip(one.titles, one.abstracts, strict=True)]
    return Reading(papers, question)


def _metrics(one: Labelled, order: Sequence[int]) -> Metrics:
    return metrics([one.labels[n] for n in order[2:]])


def _compared(ours: Sequence[float], theirs: Sequence[float]) -> tuple[str, str, str]:
    if not theirs:
        return f"{statistics.mean(ours):.3f}", "", ""
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    told = f"{statistics.mean(differences):+.3f}"
    if len(ours) > 1:
        half = student.ppf(0.975, len(ours) - 1) * statistics.stdev(differences) / len(ours) ** 0.5
        told += f" ± {half:.3f}"
    return f"{statistics.mean(ours):.3f}", f"{statistics.mean(theirs):.3f}", told


if __name__ == "__main__":
    main()
