"""Measure reading and learning with many papers, each size in a process of its own.

Run: ``python bench/ranking_sizes.py DATA [--papers N [N ...]]``. The papers are those of labelled sets, then mixtures,
each of runs of words of two of them, some words spelled anew, so that the vocabulary grows as in a real set.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.ranking_sets import QUESTIONS, sets
from screening.ranking.learning import Examples, learn
from screening.ranking.reading import Paper, Reading

DECIDED = 1_000
RELEVANT = 50
RUN = 12
"""Words that stay together."""
NEW = 0.004
"""Part of the words that are new."""


def papers(data: Path, count: int) -> list[Paper]:
    """Make papers, those of the sets first."""
    chance = random.Random(0)
    known = [(one.titles[n], one.abstracts[n])
             for one in sets(data) if one.label == "label_included" for n in range(len(one.titles))]  # fmt: skip
    made = [Paper(title or None, abstract or None) for title, abstract in known[:count]]
    while len(made) < count:
        title, _ = chance.choice(known)
        parts = []
        for _ in range(2):
            words = chance.choice(known)[1].split()
            parts += [words[start : start + RUN] for start in range(0, len(words), RUN)]
        chance.shuffle(parts)
        half = [word for part in parts[: (len(parts) + 1) // 2] for word in part]
        made.append(
            Paper(title, " ".join(w + hex(chance.getrandbits(24)) if chance.random() < NEW else w for w in half))
        )
    return made


def measure(data: Path, count: int) -> None:
    """Print one row of the table."""
    made = papers(data, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    reading = Reading(made, QUESTIONS["nagtegaal_2019"])
    read = time.process_time()
    learn(reading, Examples([], [], []))
    first = time.process_time()
    known = Examples(range(DECIDED), [n < RELEVANT for n in range(DECIDED)], [1.0] * DECIDED)
    model = learn(reading, known)
    again = time.process_time()
    chances = model.chances
    told = time.process_time()
    words = model.words(count - 1)
    shown = time.process_time()
    assert chances is not None and words
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    columns = [f"{count:,}", f"{reading.matrix.shape[1]:,}"]
    columns += [f"{seconds:.2f}" for seconds in (read - began, first - read, again - first, told - again)]
    columns += [f"{(shown - told) * 1000:.1f}", f"{before / 1024:,.0f}", f"{peak / 1024:,.0f}"]
    print("| " + " | ".join(columns) + " |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[2_000, 20_000, 100_000])
    asked = parser.parse_args()
    if len(asked.papers) == 1:
        measure(asked.data, asked.papers[0])
        return
    print("| papers | terms | reading CPU s | first order s | 1,000 decided s | chances s | words of a paper ms "
          "| MB before | MB peak |\n" + "| --- " * 9 + "|", flush=True)  # fmt: skip
    for count in asked.papers:
        subprocess.run([sys.executable, __file__, str(asked.data), "--papers", str(count)], check=True)


if __name__ == "__main__":
    main()
