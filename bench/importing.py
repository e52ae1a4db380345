"""Import 100,000 synthetic RIS records into a fresh review: records per second and peak memory.

usage: python bench/importing.py [RECORDS]
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from review.protocol import read_protocol, template
from review.store import open_store
from review.store.events import enrol
from review.store.tally import tally
from screening import worklist
from searches.imports import Ran, import_file

WORDS = (
    "mentoring doctor medical health well being support stress junior trainee programme survey interview hospital "
    "career development relationship clinical practice outcome patient study method result conclusion"
).split()


def ris(count: int) -> bytes:
    """Make a RIS file of ``count`` records with abstracts of about 180 words; the same each time."""
    pick = random.Random(7)
    lines = []
    for i in range(count):
        abstract = " ".join(pick.choices(WORDS, k=180)).capitalize() + "."
        lines += [
            "TY  - JOUR", f"TI  - {' '.join(pick.choices(WORDS, k=12)).capitalize()} {i}", f"AU  - Maker, A{i % 977}",
            f"AU  - Writer, B{i % 53}", f"PY  - {2000 + i % 20}", "JO  - Journal of Synthetic Studies",
            f"VL  - {i % 40}", f"SP  - {i % 900}", f"EP  - {i % 900 + 7}", f"DO  - 10.5555/{i}", f"AB  - {abstract}",
            "KW  - mentoring", "KW  - health", "ER  - ", "",
        ]  # fmt: skip
    return "\n".join(lines).encode()


def main() -> None:
    """Run once and print one row."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    data = ris(count)
    protocol = read_protocol(template("mentoring").encode())
    with tempfile.TemporaryDirectory() as place:
        store = open_store(Path(place))
        began = time.perf_counter()
        done = import_file(store, protocol, Path(place), data, "synthetic.ris", Ran("cinahl"))
        seconds = time.perf_counter() - began
        with store.write() as connection:
            person = enrol(store, connection, "Ann")
        with store.read() as connection:
            status = _milliseconds(lambda: tally(connection))
            next_record = _milliseconds(
                lambda: worklist.next_report(connection, person, "title-abstract", store.clock())
            )
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| records | file MB | seconds | records/s | peak MB | status ms | next record ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    rate = done.records / seconds
    print(
        f"| {done.records:,} | {len(data) / 1e6:.0f} | {seconds:.1f} | {rate:,.0f} | {peak:,.0f} "
        f"| {status:.0f} | {next_record:.1f} |"
    )


def _milliseconds(call: Callable[[], object]) -> float:
    """Give the median of nine calls."""
    took = []
    for _ in range(9):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
