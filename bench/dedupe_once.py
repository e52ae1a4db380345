"""Deduplicate one set in a process of its own, so that its time and memory are its own; write the outcome as JSON.

    python bench/dedupe_once.py records.csv OUT.json
    python bench/dedupe_once.py made:10000 OUT.json
    python bench/dedupe_once.py "alike:one DOI:100000" OUT.json

The file holds ``records``, ``wall`` and ``cpu`` seconds of ``find_duplicates`` alone, ``pairs`` (candidates
that blocking gave), ``clusters`` and ``unsure`` as ids, or as positions where the set has no ids.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dedupe_made import alike, synthetic

from review.formats import read
from review.record import Record
from searches.dedupe import find_duplicates

FIND = importlib.import_module("searches.dedupe.find")


def records_of(source: str) -> Sequence[Record]:
    """Make or read the records, as an import would."""
    match source.split(":"):
        case ["made", n]:
            return synthetic(int(n))[0]
        case ["alike", name, n]:
            return alike(name, int(n))
        case _:
            path = Path(source)
            return read(path.read_bytes(), name=path.name).records


def cpu() -> float:
    """Give the processor seconds of this process and of those that it waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, who))


def measured(records: Sequence[Record]) -> dict[str, Any]:
    """Find the duplicates and say what it took."""
    pairs: list[int] = []
    block = FIND.block

    def counted(table: Any) -> Any:
        found = block(table)
        pairs.append(len(found[0]))
        return found

    FIND.block = counted  # type: ignore[attr-defined]
    spent, began = cpu(), time.perf_counter()
    result = find_duplicates(records)
    wall, spent = time.perf_counter() - began, cpu() - spent
    own = [record.source_id for record in records]
    names = own if all(own) else [str(i) for i in range(len(records))]
    return {
        "records": len(records), "wall": wall, "cpu": spent, "pairs": sum(pairs),
        "clusters": [[names[i] for i in cluster] for cluster in result.clusters],
        "unsure": [[names[link.left], names[link.right]] for link in result.unsure],
    }  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(measured(records_of(sys.argv[1]))), encoding="utf-8")
