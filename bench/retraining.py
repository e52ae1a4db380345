"""Measure the ranking from store to stored order, and what handing out by it costs.

Run: ``python bench/retraining.py [REPORTS …]``. Made-up records in words of which few are frequent, as in a language;
each size is learnt in a process of its own, whose largest memory is given. The first order reads all texts and learns
from the question alone; the next ones learn from 100 and from 1,000 votes. Then the next eight records are handed out
by id and by rank; at last by an order whose first 300 records have been read since it was made.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import insert, select, update

from review.protocol.model import Concept, Protocol, StageRules
from review.record import Record
from review.store import Actor, Store, append, open_store, schema
from review.store.events import enrol
from review.store.projection import open_reports
from review.store.records import as_row
from screening import turns, worklist
from screening.preference_rows import prefer
from screening.ranked import Ranker
from screening.ranking.order import unpacked

STAGE = "title-abstract"
SIZES = (20_000, 100_000)
VOTES = (100, 1_000)
TOPIC = ("mentoring", "mentor", "coaching", "burnout", "residents")
ABSTRACT, TITLE, WORDS = 180, 12, 60_000
HANDED, REPEATS, READ = 8, 25, 300


def main(sizes: list[int]) -> None:
    """Print one table."""
    print("| records | first order s | from 100 votes s | from 1,000 votes s | peak MB "
          "| hand out by id ms | by rank ms | 300 read since ms |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(Path(folder))
            _prepare(store, size)
            store.close()
            done = subprocess.run(
                [sys.executable, __file__, "--here", folder], capture_output=True, text=True, check=True
            )  # fmt: skip
            print(f"| {size:,} | {done.stdout.strip()} |", flush=True)


def _protocol() -> Protocol:
    return Protocol(
        "Bench", "Does mentoring protect residents from burnout?", "bench", "",
        title_abstract=StageRules(1), concepts=(Concept("I", "Mentoring", "intervention", TOPIC),),
    )  # fmt: skip


def _prepare(store: Store, reports: int) -> None:
    with store.write() as connection:
        search = insert(schema.search).values(
            id=1, source="bench", label="Bench", kind="database", method="file", started_at="", status="complete",
            losses=[], notes=[],
        )  # fmt: skip
        connection.execute(search)
        rows = []
        for number, record in enumerate(_records(reports), 1):
            rows.append({**as_row(record), "search": 1, "page": None, "position": number, "matched": "yes"})
            if len(rows) == 10_000 or number == reports:
                connection.execute(insert(schema.record), rows)
                rows = []
        open_reports(connection, 1)
        actor = Actor(enrol(store, connection, "Bench"), "bench")
    append(store, actor, "protocol", {"hash": "bench", "rules": {STAGE: {"votes": 1}}})


def _records(reports: int) -> Iterator[Record]:
    """Give made-up records, every fiftieth of them on the topic."""
    chance = np.random.default_rng(1)
    for number in range(reports):
        ranks = chance.zipf(1.15, size=ABSTRACT + TITLE) % WORDS
        words = [f"w{rank}" for rank in ranks.tolist()]
        if number % 50 == 0:
            for place in chance.choice(len(words), size=12, replace=False).tolist():
                words[place] = TOPIC[place % len(TOPIC)]
        yield Record(title=" ".join(words[:TITLE]), abstract=" ".join(words[TITLE:]), keywords=(words[0],))


def _here(folder: Path) -> None:
    """Measure in this process, and print one row."""
    store, protocol = open_store(folder), _protocol()
    with store.write() as connection:
        person = enrol(store, connection, "Bench")
    ranker = Ranker(store, protocol)
    spent = [_timed(ranker)]
    for votes in VOTES:
        _vote(store, person, votes)
        spent.append(_timed(ranker))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _prefer(store, person, turns.PLAIN)
    handed = [_handed(store, person)]
    _prefer(store, person, "ranked")
    handed.append(_handed(store, person))
    _vote(store, person, VOTES[-1] + READ)
    handed.append(_handed(store, person))
    store.close()
    print(" | ".join([*spent, f"{peak:,.0f}", *handed]))


def _timed(ranker: Ranker) -> str:
    """Give the seconds of one order, in brackets those of this process alone."""
    begun, busy = time.perf_counter(), time.process_time()
    if ranker.step() is None:
        raise SystemExit("there was nothing to learn")
    return f"{time.perf_counter() - begun:.2f} ({time.process_time() - busy:.2f})"


def _vote(store: Store, person: str, upto: int) -> None:
    """Put votes in place on the first reports of the order, until there are so many; by plain SQL."""
    with store.write() as connection:
        ranking = turns.ranking_of(connection, person, STAGE)
        standing, voted = schema.standing.c, set(connection.scalars(select(schema.decision.c.report)))
        assert ranking is not None
        order = unpacked(ranking.places, ranking.bits).places
        reports = [one for one in order if one not in voted][: upto - len(voted)]
        rows = [
            {"report": one, "stage": STAGE, "person": person, "verdict": "include" if one % 50 == 1 else "exclude",
             "reasons": [], "event": f"{one:064}", "at": f"2026-{one:09}"}
            for one in reports
        ]  # fmt: skip
        connection.execute(insert(schema.decision), rows)
        for status, wanted in (("included", 1), ("excluded", 0)):
            mine = [one for one in reports if (one % 50 == 1) == bool(wanted)]
            changed = update(schema.standing).where(standing.stage == STAGE, standing.report.in_(mine))
            connection.execute(changed.values(status=status, votes=1))


def _prefer(store: Store, person: str, order: str) -> None:
    with store.write() as connection:
        prefer(connection, person, turns.PREFERENCE, order)


def _handed(store: Store, person: str) -> str:
    """Give the median milliseconds of handing out the next records, in brackets those of this process alone."""
    spent, worked = [], []
    for _ in range(REPEATS):
        begun, busy = time.perf_counter(), time.process_time()
        worklist.hand_out(store, person, STAGE, HANDED)
        spent.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return f"{statistics.median(spent):.1f} ({statistics.median(worked):.1f})"


if __name__ == "__main__":
    if "--here" in sys.argv:
        _here(Path(sys.argv[-1]))
    else:
        main([int(one) for one in sys.argv[1:]] or list(SIZES))
