"""Measure the screening queue at 100,000 reports: next report, progress, votes per second.

Run: ``python bench/voting.py [REPORTS]``. Records, standings and earlier votes are inserted with plain SQL into
a temporary SQLite store; the votes that are timed go through the log like any other. Two situations: one vote decides,
and two votes are needed with all earlier ones by the person who asks (the longest walk for the queue).
"""

from __future__ import annotations

import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, insert, update

from review.protocol.model import Protocol, Reason, StageRules
from review.record import Record
from review.store import Actor, Store, append, open_store, schema
from review.store.events import enrol
from review.store.projection import open_reports
from review.store.records import as_row
from screening import decisions, worklist
from screening.exchange import import_decisions

STAGE = "title-abstract"
REPEATS = 9
VOTES = 300
ROWS = 5_000
PEOPLE = 6
TARGET_MILLISECONDS = 100


def main(reports: int) -> None:
    """Print one table per situation."""
    print(f"{reports:,} reports, SQLite, Python {platform.python_version()}, {platform.machine()}")
    for votes in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(Path(folder))
            panel = _prepare(store, reports, votes)
            print(f"\nvotes needed: {votes}")
            print(
                f"{'decided':>9} {'next (ms)':>10} {'arrow (ms)':>10} {'progress (ms)':>14} "
                f"{'show (ms)':>10} {'votes/s':>8}"
            )
            before = 0
            for decided in (0, reports // 2, reports - reports // 100):
                _decide(store, panel[1], range(before + 1, decided + 1), "excluded" if votes == 1 else "started")
                before = decided
                print(f"{decided:>9,} " + " ".join(_times(store, panel, decided)))
            print(f"importing {ROWS:,} decisions from CSV: {_import(store, panel):.1f} s")
            print(f"sharing them out to {PEOPLE} people, two each: {_share(store, panel[1], reports):.1f} s")
            store.close()


def _prepare(store: Store, reports: int, votes: int) -> tuple[Protocol, Actor]:
    with store.write() as connection:
        connection.execute(
            insert(schema.search).values(
                id=1, source="bench", label="Bench", kind="database", method="file", started_at="", status="complete",
                losses=[], notes=[],
            )
        )  # fmt: skip
        for start in range(0, reports, 10_000):
            rows = [
                {**as_row(_record(n)), "search": 1, "page": None, "position": n, "matched": "yes"}
                for n in range(start + 1, min(start + 10_000, reports) + 1)
            ]
            connection.execute(insert(schema.record), rows)
        open_reports(connection, 1)
        _merge_every_tenth(connection)
        actor = Actor(enrol(store, connection, "Bench"), "bench")
    rules = {STAGE: {"votes": votes, "reasons": ["a"]}}
    append(store, actor, "protocol", {"hash": "bench", "rules": rules})
    return Protocol("Bench", "?", "bench", "", title_abstract=StageRules(votes, (Reason("a", "A"),))), actor


def _merge_every_tenth(connection: Connection) -> None:
    """Merge report 10 into 9, 20 into 19, and so on."""
    report, standing = schema.report.c, schema.standing.c
    connection.execute(update(schema.report).where(report.id % 10 == 0).values(merged_into=report.id - 1))
    connection.execute(schema.standing.delete().where(standing.report % 10 == 0))


def _record(number: int) -> Record:
    return Record(title=f"Made-up report {number}", abstract="A made-up sentence. " * 60, doi=f"10.5555/{number}")


def _decide(store: Store, actor: Actor, reports: range, status: str) -> None:
    with store.write() as connection:
        standing, rows = schema.standing.c, []
        for report in reports:
            rows.append(
                {"report": report, "stage": STAGE, "person": actor.person, "verdict": "exclude", "reasons": ["a"],
                 "event": f"{report:064}", "at": f"2026-{report:09}"}
            )  # fmt: skip
        for start in range(0, len(rows), 10_000):
            connection.execute(insert(schema.decision), rows[start : start + 10_000])
        connection.execute(
            update(schema.standing)
            .where(standing.stage == STAGE, standing.report >= reports.start, standing.report < reports.stop)
            .values(status=status, votes=1)
        )


def _times(store: Store, panel: tuple[Protocol, Actor], decided: int) -> Iterator[str]:
    protocol, actor = panel

    def ask(question: Callable[..., object], *given: object, **named: object) -> str:
        spent = []
        for _ in range(REPEATS):
            begun = time.perf_counter()
            with store.read() as connection:
                question(connection, *given, **named)
            spent.append((time.perf_counter() - begun) * 1000)
        worst = max(spent)
        return f"{statistics.median(spent):.1f}{'!' if worst > TARGET_MILLISECONDS else ''}"

    yield f"{ask(worklist.next_report, actor.person, STAGE, store.clock()):>10}"
    yield f"{ask(worklist.next_report, actor.person, STAGE, store.clock(), after=decided // 2):>10}"
    yield f"{ask(worklist.progress, actor.person, STAGE):>14}"
    yield f"{ask(worklist.show, decided + 1, actor.person, STAGE):>10}"
    begun = time.perf_counter()
    for report in [r for r in range(decided + 1, decided + VOTES + 1) if r % 10]:
        decisions.decide(store, protocol, actor, report=report, stage=STAGE, verdict="include")  # type: ignore[arg-type]
    yield f"{0.9 * VOTES / (time.perf_counter() - begun):>8.0f}"
    with store.write() as connection:  # the next situation starts from the plain votes again
        standing, decision = schema.standing.c, schema.decision.c
        connection.execute(schema.standing.delete().where(standing.report > decided, standing.stage == "full-text"))
        connection.execute(update(schema.standing).where(standing.report > decided).values(status="waiting", votes=0))
        connection.execute(schema.decision.delete().where(decision.report > decided))


def _import(store: Store, panel: tuple[Protocol, Actor]) -> float:
    rows = "\n".join(f"10.5555/{n},{STAGE},include" for n in range(1, ROWS + 1))
    begun = time.perf_counter()
    import_decisions(store, *panel, f"doi,stage,verdict\n{rows}\n".encode())
    return time.perf_counter() - begun


def _share(store: Store, actor: Actor, reports: int) -> float:
    with store.write() as connection:
        people = [enrol(store, connection, f"Person {n}") for n in range(PEOPLE)]
    roots = [one for one in range(1, reports + 1) if one % 10]
    add = {
        person: [one for at, one in enumerate(roots) if at % PEOPLE in (number, (number + 1) % PEOPLE)]
        for number, person in enumerate(people)
    }
    begun = time.perf_counter()
    about = {"name": "main", "kind": "main", "seed": 1, "how": {}}
    append(store, actor, "assignment", {"stage": STAGE, "round": about, "add": add})
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
