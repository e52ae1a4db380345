"""How time and memory grow: large sets, and sets in which all records look alike. Every run is a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedupe_made import ALIKE
from dedupe_process import Cost, Failed, run
from dedupe_sets import Scores, read_groups, read_ids, read_pairs, score

ONCE = Path(__file__).with_name("dedupe_once.py")
REVIEW = Path(sys.executable).with_name("review")
LIMIT = 3600.0
"""Seconds after which a run is ended."""


def find(source: str | Path) -> tuple[Cost, dict[str, Any]]:
    """Run ``find_duplicates`` alone, in a process of its own; give what the process cost and what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        cost = run([sys.executable, str(ONCE), str(source), str(out)], limit=LIMIT)
        return cost, json.loads(out.read_text("utf-8"))


@dataclass(frozen=True)
class Written:
    """What a command cost and the clusters and unsure pairs that it wrote."""

    cost: Cost
    clusters: list[list[str]]
    unsure: list[tuple[str, str]]


def whole_command(records: Path) -> Written:
    """Run ``review dedupe`` as a person would, from file to file."""
    with tempfile.TemporaryDirectory() as folder:
        out, clusters, unsure = (Path(folder) / name for name in ("out.ris", "clusters.csv", "unsure.csv"))
        command: list[str | Path] = [REVIEW, "dedupe", records, "-o", out, "--clusters", clusters, "--unsure", unsure]
        cost = run(command, limit=LIMIT)
        return Written(cost, read_groups(clusters), read_pairs(unsure))


def growth(folder: Path) -> Iterator[str]:
    """Give two rows for one set: ``find_duplicates`` alone, and the whole command."""
    ids, truth = read_ids(folder / "records.csv"), read_groups(folder / "clusters.csv")
    cost, found = find(folder / "records.csv")
    alone = Cost(found["wall"], found["cpu"], cost.peak)
    yield _line("find_duplicates", alone, score(ids, truth, found["clusters"], found["unsure"]))
    done = whole_command(folder / "records.csv")
    yield _line("review dedupe", done.cost, score(ids, truth, done.clusters, done.unsure))


GROWTH = (
    "| records | what | seconds | CPU s | peak MB | µs/record | precision | recall | lost | unsure |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def _line(what: str, cost: Cost, s: Scores) -> str:
    return (
        f"| {s.records:,} | {what} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:,.0f} "
        f"| {cost.wall / s.records * 1e6:,.0f} | {s.precision:.4f} | {s.recall:.4f} | {s.lost} | {s.unsure} |"
    )


BLOCKS = (
    "| all share | records | seconds | CPU s | peak MB | pairs | wrongly merged | unsure | x10 costs |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def blocks(n: int) -> Iterator[str]:
    """Give a row for each kind of block, with the growth of its CPU seconds from a tenth of the size."""
    for name in ALIKE:
        try:
            small = find(f"alike:{name}:{n // 10}")[1]
            cost, found = find(f"alike:{name}:{n}")
        except Failed as failed:
            yield f"| {name} | {n:,} | {failed} |"
            continue
        merged = sum(len(cluster) - 1 for cluster in found["clusters"])
        yield (
            f"| {name} | {n:,} | {found['wall']:.1f} | {found['cpu']:.1f} | {cost.peak:,.0f} | {found['pairs']:,} "
            f"| {merged} | {len(found['unsure']):,} | {found['cpu'] / small['cpu']:.1f} |"
        )
