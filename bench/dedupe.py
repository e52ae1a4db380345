"""Measure deduplication: how right on labelled sets, how fast and how large, and how much of it was learnt by heart.

    python bench/dedupe.py DATA                     labelled sets and edge cases under a folder
    python bench/dedupe.py DATA --leave-out         how much hangs on rules made with the set itself; shifted thresholds
    python bench/dedupe.py --growth FOLDER ...      large labelled sets, whole command and the finding alone
    python bench/dedupe.py --blocks 100000          made-up records that all look alike
    python bench/dedupe.py --sizes 10000 50000      made-up records with copies

Labelled sets: see ``dedupe_sets``. Edge cases: files ``test_cases.json`` with a list ``cases``, each with ``id``,
``record_a``, ``record_b`` and ``expected_duplicate``. Memory is the peak of the whole process (``dedupe_process``),
time that of ``find_duplicates`` alone, if not said otherwise. The comparison with another tool: ``dedupe_peers.py``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dedupe_growth import BLOCKS, GROWTH, blocks, find, growth
from dedupe_heldout import Labelled, check, leave_out, shift
from dedupe_made import synthetic
from dedupe_process import Cost, Failed
from dedupe_sets import Scores, folders, pair_scores, read_groups, read_ids, score

from review.formats import read
from review.record import Record
from searches.dedupe import Options, find_duplicates

LABELLED = (
    "| set | records | seconds | CPU s | peak MB | precision | recall | F1 | sensitivity | specificity | lost "
    "| unsure (true) | % of records |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)
SIZES = (
    "| records | seconds | CPU s | peak MB | precision | recall | F1 | unsure |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def read_records(path: Path) -> list[Record]:
    """Read a set as an import would."""
    return list(read(path.read_bytes(), name=path.name).records)


def read_clusters(path: Path, records: Sequence[Record]) -> list[list[int]]:
    """Read the labels as positions of the records."""
    position = {record.source_id: i for i, record in enumerate(records)}
    return [[position[name] for name in cluster] for cluster in read_groups(path)]


def labelled(data: Path) -> Iterator[str]:
    """Score each labelled set, each in its own process."""
    yield LABELLED
    for folder in folders(data):
        cost, found = find(folder / "records.csv")
        truth = read_groups(folder / "clusters.csv")
        s = score(read_ids(folder / "records.csv"), truth, found["clusters"], found["unsure"])
        yield _line(folder.name, Cost(found["wall"], found["cpu"], cost.peak), s)


def _line(name: str, cost: Cost, s: Scores) -> str:
    return (
        f"| {name} | {s.records:,} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:.0f} "
        f"| {s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f} | {s.sensitivity:.4f} | {s.specificity:.4f} | {s.lost} "
        f"| {s.unsure} ({s.true_unsure}) | {s.unsure / s.records:.2%} |"
    )


def edge_cases(path: Path) -> Iterator[str]:
    """Judge each pair of a file by itself, by default and with Cochrane updates joined; name the wrong ones."""
    cases = read_cases(path)
    yield f"{path.parent.name}: {len(cases)} pairs"
    for words, options in (("by default", Options()), ("Cochrane updates joined", Options(cochrane_updates=True))):
        wrong = []
        for case, pair in cases:
            result = find_duplicates(pair, options=options)
            if bool(result.clusters) != case["expected_duplicate"]:
                wrong.append(f"{case['id']} ({'asked' if result.unsure else 'merged' if result.clusters else 'apart'})")
        yield f"  {words}: {len(cases) - len(wrong)} right; wrong: {', '.join(wrong) or 'none'}"


def read_cases(path: Path) -> list[tuple[dict[str, Any], list[Record]]]:
    """Read the edge cases of a file, each with its two records as an import would read them."""
    return [(case, _pair(case)) for case in json.loads(path.read_text("utf-8"))["cases"]]


def _pair(case: dict[str, Any]) -> list[Record]:
    rows = [{k: v for k, v in case[name].items() if v is not None} for name in ("record_a", "record_b")]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    records = list(read(text.getvalue().encode(), name="pair.csv").records)
    if len(records) != 2:
        raise SystemExit(f"{case['id']}: {len(records)} of its two records could be read")
    return records


def held_out(data: Path) -> Iterator[str]:
    """Give both tables of ``dedupe_heldout``."""
    sets = []
    for folder in folders(data):
        records = read_records(folder / "records.csv")
        truth = [[str(i) for i in cluster] for cluster in read_clusters(folder / "clusters.csv", records)]
        sets.append(Labelled(folder.name, [records], truth))
    for path in sorted(data.glob("*/test_cases.json")):
        cases = read_cases(path)
        truth = [[str(2 * i), str(2 * i + 1)] for i, (case, _) in enumerate(cases) if case["expected_duplicate"]]
        sets.append(Labelled(path.parent.name, [pair for _, pair in cases], truth))
    check(max(sets, key=lambda one: len(one.truth)))
    yield from leave_out(sets)
    yield ""
    yield from shift(sets)


def made(size: int) -> str:
    """Measure made-up records with copies."""
    cost, found = find(f"made:{size}")
    truth = [[str(i) for i in cluster] for cluster in synthetic(size)[1]]
    precision, recall, f1 = pair_scores(found["clusters"], truth)
    return (
        f"| {size:,} | {found['wall']:.1f} | {found['cpu']:.1f} | {cost.peak:.0f} | {precision:.4f} | {recall:.4f} "
        f"| {f1:.4f} | {len(found['unsure'])} |"
    )


def report(arguments: argparse.Namespace) -> Iterator[str]:
    """Give the lines that were asked for."""
    if arguments.data and arguments.leave_out:
        yield from held_out(arguments.data)
    elif arguments.data:
        yield from labelled(arguments.data)
        for path in sorted(arguments.data.glob("*/test_cases.json")):
            yield ""
            yield from edge_cases(path)
    if arguments.growth:
        yield GROWTH
        for folder in arguments.growth:
            yield from growth(folder)
    if arguments.blocks:
        yield BLOCKS
        yield from blocks(arguments.blocks)
    if arguments.sizes:
        yield SIZES
        yield from map(made, arguments.sizes)


def main() -> None:
    """Print the tables that were asked for; without any argument, made-up records, which need no data."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder of labelled sets")
    parser.add_argument("--leave-out", action="store_true", help="on DATA: leave one set out; shift thresholds")
    parser.add_argument("--growth", nargs="+", type=Path, default=[], help="folders of large labelled sets")
    parser.add_argument("--blocks", type=int, help="so many made-up records that all look alike, of each kind")
    parser.add_argument("--sizes", nargs="+", type=int, default=[], help="made-up sets of so many records")
    arguments = parser.parse_args()
    if arguments.leave_out and not arguments.data:
        parser.error("--leave-out needs DATA")
    if not (arguments.data or arguments.growth or arguments.blocks or arguments.sizes):
        arguments.sizes = [10_000, 50_000]
    try:
        for line in report(arguments):
            print(line, flush=True)
    except Failed as failed:
        raise SystemExit(f"The measured process {failed}") from failed


if __name__ == "__main__":
    main()
