"""Let ASReview 3 screen a labelled set, as its own command in an environment of its own, and read the order it took.

Run: ``python bench/ranking_peer.py DATA ASREVIEW FOLDER [--seeds N]`` keeps one JSON file per set and seed in FOLDER;
those that are there are not made again. ASREVIEW is its command. It learns anew after every label (model ELAS u4).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.ranking_sets import Labelled, sets

ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def peer(command: Path, one: Labelled, seed: int, kept: Path) -> dict[str, object]:
    """Give ``order`` (rows; the priors first, what was not read last), ``seconds`` and ``cpu`` of a simulation."""
    file = kept / f"{one.name}-{seed}.json"
    if not file.exists():
        file.write_text(json.dumps(_made(command, one, seed)), encoding="utf-8")
    found: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _made(command: Path, one: Labelled, seed: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        with (folder / "set.csv").open("w", encoding="utf-8", newline="") as sink:
            writer = csv.writer(sink)
            writer.writerow(["title", "abstract", "included"])
            writer.writerows(zip(one.titles, one.abstracts, map(int, one.labels), strict=True))
        said = [str(command), "simulate", str(folder / "set.csv"), "--prior-idx", *map(str, priors(one, seed))]
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [*said, "--seed", str(seed), "--output", str(folder / "out.asreview")],
            check=True, capture_output=True, env=os.environ | ALONE,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with zipfile.ZipFile(folder / "out.asreview") as packed:
            (results,) = [name for name in packed.namelist() if name.endswith("results.db")]
            packed.extract(results, folder)
        database = sqlite3.connect(folder / results)
        read = [row for (row,) in database.execute(
            "SELECT record.dataset_row FROM results JOIN record USING (record_id) ORDER BY results.rowid")]  # fmt: skip
        database.close()
        return {
            "order": [*read, *sorted(set(range(len(one.labels))) - set(read))],
            "seconds": time.perf_counter() - began,
            "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "read": len(read),
        }


def priors(one: Labelled, seed: int) -> list[int]:
    """Draw one relevant and one irrelevant row, the same as ``screening.ranking.simulation.simulate`` draws."""
    chance, truth = np.random.default_rng(seed), np.array(one.labels)
    return [int(chance.permutation(np.flatnonzero(truth == wanted))[0]) for wanted in (True, False)]


def main() -> None:
    """Make what is missing, all sets of one seed after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("asreview", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for seed in range(asked.seeds):
        for one in sets(asked.data):
            if one.label == "label_included":
                made = peer(asked.asreview, one, seed, asked.folder)
                print(one.name, seed, f"{made['seconds']:.1f} s, {made['cpu']:.1f} CPU s, {made['read']} read")


if __name__ == "__main__":
    main()
