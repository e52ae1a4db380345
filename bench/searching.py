"""Search five sources that one local server speaks for (tests/searches/services.py): nothing lost, pace, speed, memory.

    python bench/searching.py faults [--records 50000] [--kills 6]
    python bench/searching.py pace [--seconds 60] [--source S …]
    python bench/searching.py speed [--records 20000] [--source S …]
    python bench/searching.py memory [--records 10000 100000] [--source S …]

*faults* runs the real command with a tenth of the replies 429 or 5xx and others cut, reset or wrong, kills it with
SIGKILL, and runs it again until nothing is left to ask. *pace* runs it against a server without faults and compares
with what the intervals between requests alone take. *speed* and *memory* run the loop without intervals; records come
over HTTP from a process of its own, which makes each page when it is asked for it (*waiting*), and go through parsing,
local evaluation and the store.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.protocol import read_protocol
from review.store import open_store
from searches.registry import SOURCES
from searches.run import Access, Place, run_search
from searches.source import Credentials, Request
from searches.sources import crossref
from searches.transport import Line, Reply
from tests.searches.services import Services, serving

ROOT = Path(__file__).resolve().parents[1]
REVIEW = [sys.executable, "-m", "review.cli.main"]
ENVIRON = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "OPENALEX_API_KEY": "0123456789"}
SHARES = {"pubmed": 0.34, "europepmc": 0.25, "openalex": 0.2, "doaj": 0.19, "crossref": 0.02}
"""How the records are shared out among the sources; Crossref gives no more than its cap."""
PROTOCOL = """
[review]
title = "Synthetic"
question = "How fast?"
[concepts.who]
role = "P"
terms = ["doctor*", "physician*", "junior doctors"]
[concepts.what]
role = "I"
terms = ["mentor*", "mentee*", "mentorship"]
[strategies.main]
concepts = ["who", "what"]
[screening.full-text]
reasons = [{ code = "other", text = "Other" }]
"""


@contextmanager
def served(counts: Mapping[str, int], seed: int | None = None) -> Iterator[Services]:
    """Run the server in a process of its own; give what tells its addresses and ids."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(counts, seed, theirs), daemon=True)
    process.start()
    try:
        yield Services(counts, seed=seed, port=ours.recv())
    finally:
        process.kill()
        process.join()


def _serve(counts: Mapping[str, int], seed: int | None, told: Connection) -> None:
    with serving(Services(counts, seed=seed)) as services:
        told.send(services.port)
        signal.pause()


def _folder(services: Services, folder: str) -> Path:
    sources = (f'[sources.{name}]\nbase_url = "{services.base_url(name)}"\n' for name in services.counts)
    (Path(folder) / "protocol.toml").write_text(PROTOCOL + "".join(sources))
    return Path(folder)


def _start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [*REVIEW, *arguments, "--json", "-C", str(folder)]
    return subprocess.Popen(command, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _asked(folder: Path, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(folder / "review.sqlite")) as store:
        return store.execute(query).fetchall()


def faults(records: int, kills: int) -> None:
    """Search with faults, kill, go on, and compare what is held with what the server has."""
    counts = {name: round(records * share) for name, share in SHARES.items()}
    chance = random.Random(11)
    with served(counts, seed=3) as services, tempfile.TemporaryDirectory() as place:
        folder = _folder(services, place)
        began, runs, killed = time.perf_counter(), 0, 0
        while True:
            process, runs = _start(folder, "search"), runs + 1
            try:
                out, _ = process.communicate(timeout=chance.uniform(5, 25) if killed < kills else None)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                killed += 1
                continue
            if process.returncode == 0:
                break
        seconds = time.perf_counter() - began
        found = {one["source"]: one for one in json.loads(out)["searches"]}
        print("| source | records there | held | lost | twice | status | pages |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, count in counts.items():
            of = f"JOIN search s ON s.id = x.search WHERE s.source = '{name}'"
            held = [row[0] for row in _asked(folder, f"SELECT source_id FROM record x {of}")]
            (pages,) = _asked(folder, f"SELECT count(*) FROM page x {of}")[0]
            lost = len(services.ids(name) - set(held))
            print(f"| {name} | {count:,} | {len(held):,} | {lost} | {len(held) - len(set(held))} "
                  f"| {found[name]['status']} | {pages} |")  # fmt: skip
        verify = _start(folder, "verify")
        raw = json.loads(verify.communicate()[0])
        print(f"\n{seconds:.0f} s, {runs} runs, {killed} of them killed; verify: {raw['raw_files']} raw replies, "
              f"{len(raw['missing'])} missing, {len(raw['stray'])} stray, exit {verify.returncode}")  # fmt: skip


def pace(seconds: float, names: Sequence[str]) -> None:
    """Search each source for about some seconds, and compare with what its interval dictates."""
    print("| source | requests | records | dictated s | search took s | longer | whole command s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in names:
        about = SOURCES[name].about
        interval = about.interval[1 if name == "openalex" else 0]
        count = int(seconds / interval) * about.page_size
        count = min(count, crossref.MOST) if name == "crossref" else count
        with served({name: count}) as services, tempfile.TemporaryDirectory() as place:
            folder = _folder(services, place)
            began = time.perf_counter()
            _start(folder, "search").communicate()
            whole = time.perf_counter() - began
            (requests,) = _asked(folder, "SELECT count(*) FROM page")[0]
            (held,) = _asked(folder, "SELECT count(DISTINCT source_id) FROM record")[0]
            times = _asked(folder, "SELECT started_at, finished_at FROM search")[0]
        start, end = map(datetime.fromisoformat, times)
        took, dictated = (end - start).total_seconds(), (int(requests) - 1) * interval
        rate = f"{dictated:.1f} | {took:.1f} | {took / dictated - 1:+.1%} | {whole:.1f}"
        print(f"| {name} | {requests} | {held:,} | {rate} |", flush=True)


def loop(records: int, names: Sequence[str]) -> None:
    """Run each source without intervals in a process of its own."""
    print("| source | records | seconds | of it waiting | records/s | records/CPU s | peak MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    context = multiprocessing.get_context("spawn")
    for name in names:
        count = min(records, 9_000) if name == "crossref" else records
        with served({name: count}) as services:
            process = context.Process(target=_loop, args=(name, count, services.base_url(name)))
            process.start()
            process.join()


def _loop(name: str, count: int, base_url: str) -> None:
    crossref.MOST = 9_000  # of a size to measure; a search takes less
    source = SOURCES[name]
    source = replace(source, about=replace(source.about, interval=(0.0, 0.0)))
    credentials = Credentials("0123456789")
    line = Line(source.about, credentials, base_url=base_url)
    protocol = read_protocol(PROTOCOL.encode())
    with tempfile.TemporaryDirectory() as place:
        store = open_store(Path(place))
        waited = 0.0

        def send(request: Request) -> Reply:
            nonlocal waited
            asked = time.perf_counter()
            reply = line.send(request)
            waited += time.perf_counter() - asked
            return reply

        began, worked = time.perf_counter(), time.process_time()
        access = Access(source, credentials, send, line.rest)
        done = run_search(Place(store, Path(place), lambda *_: None), protocol, access, protocol.strategies[0])
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if (done.status, done.records) != ("complete", count):
        raise SystemExit(f"{name}: {done}")
    rates = f"{seconds:.1f} | {waited:.1f} | {count / seconds:,.0f} | {count / cpu:,.0f}"
    print(f"| {name} | {count:,} | {rates} | {peak:.0f} |", flush=True)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("faults")
    one.add_argument("--records", type=int, default=50_000)
    one.add_argument("--kills", type=int, default=6)
    commands.add_parser("pace").add_argument("--seconds", type=float, default=60.0)
    commands.add_parser("speed").add_argument("--records", type=int, default=20_000)
    commands.add_parser("memory").add_argument("--records", type=int, nargs="+", default=[10_000, 100_000])
    for command in ("pace", "speed", "memory"):
        commands.choices[command].add_argument("--source", choices=SHARES, nargs="+", default=list(SHARES))
    asked = parser.parse_args()
    if asked.command == "faults":
        faults(asked.records, asked.kills)
    elif asked.command == "pace":
        pace(asked.seconds, asked.source)
    else:
        for records in asked.records if asked.command == "memory" else [asked.records]:
            loop(records, asked.source)


if __name__ == "__main__":
    main()
