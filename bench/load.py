"""Measure twenty people who vote at once on ``review serve``, with 100,000 reports in the queue.

Run: ``python bench/load.py [--database postgres] [--reports N] [--people N] [--seconds N] [--kill]``. The server is the
real command in a process of its own, its accounts a team's. Everybody asks for records ahead as the page does, and
votes as fast as the replies come; some votes are sent twice, some connections cut. Two votes are needed, so that
people meet. Afterwards the log is read: every vote that was acknowledged must be in it once, none that nobody cast.
On PostgreSQL two servers share the database, as a team with two processors would host it; each has half of the people.
With ``--kill`` they are killed with SIGKILL halfway and started again.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from postgres import cluster
from voters import Line, Vote, Voter, all_at_once, counted, prepare, serving

from review.record import Record

VERDICTS = {"exclude": 0.8, "include": 0.15, "maybe": 0.05}
ABSTRACT = "".join(
    f"{label}: {'Doctors in three towns were asked about health, sleep and work, some of them by a mentor. ' * 4}"
    for label in ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
)


def main() -> None:
    """Print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--kill", action="store_true", help="kill the servers halfway")
    asked = parser.parse_args()
    database = cluster() if asked.database == "postgres" else nullcontext()
    with tempfile.TemporaryDirectory() as named, database as url:
        print(f"{asked.database}, {asked.reports:,} reports, {asked.people} people, Python {platform.python_version()}")
        folder, environ = Path(named), {"REVIEW_DATABASE": url} if url else {}
        began = time.perf_counter()
        cookies = prepare(folder, environ, [made_up(n) for n in range(1, asked.reports + 1)], people=asked.people)
        print(f"prepared in {time.perf_counter() - began:.0f} s")
        voters = run(folder, url, cookies, asked.seconds / (2 if asked.kill else 1), asked.kill)
        if asked.kill:
            voters = [*voters, *run(folder, url, cookies, asked.seconds / 2, left=[v.open for v in voters])]
        check(folder, environ, voters)


def made_up(number: int) -> Record:
    """Give a record that reads like one: an abstract of four parts, words of the concepts in every sentence."""
    return Record(
        title=f"Made-up report {number} on mentoring of doctors", abstract=ABSTRACT, doi=f"10.5555/{number}",
        authors=("Made, Up", "Also, Made"), date="2020", journal="Journal of Examples",
    )  # fmt: skip


def run(
    folder: Path, url: str | None, cookies: Sequence[str], seconds: float, kill: bool = False,
    left: Sequence[Vote | None] = (),
) -> list[Voter]:  # fmt: skip
    """Let everybody vote for a while and print how it went; ``left`` are votes of before to be sent again first."""
    with ExitStack() as stack:
        servers, told = zip(*(stack.enter_context(serving(folder, url)) for _ in range(2 if url else 1)), strict=True)
        voters = [
            Voter(Line(told[n % len(told)]["url"], cookie), random.Random(n), VERDICTS)
            for n, cookie in enumerate(cookies)
        ]
        for voter, vote in zip(voters, left, strict=False):
            voter.chance = random.Random(vote.client if vote else id(voter))
            if vote:
                voter.vote(vote)
        stop, began, spent, ours = threading.Event(), time.perf_counter(), _cpu(servers), time.process_time()
        threads = all_at_once(voters, stop)
        time.sleep(seconds)
        lasted, spent, ours = time.perf_counter() - began, _cpu(servers) - spent, time.process_time() - ours
        for server in servers if kill else ():
            server.kill()
        stop.set()
        for thread in threads:
            thread.join()
    times = sorted(1000 * s for voter in voters for s in voter.seconds)
    count = sum(len(voter.acknowledged) for voter in voters)
    p50, p95, p99 = (times[int(len(times) * part)] for part in (0.5, 0.95, 0.99))
    print(
        f"{count:,} votes acknowledged in {lasted:.1f} s: {count / lasted:.0f}/s; p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"p99 {p99:.0f} ms, longest {times[-1]:.0f} ms; {sum(v.again for v in voters)} sent twice"
    )
    print(
        f"{len(servers)} server(s): {1000 * spent / count:.2f} ms of CPU a vote ({spent / lasted:.0%} of a core), "
        f"voters {1000 * ours / count:.2f} ms; load average {os.getloadavg()[0]:.1f}"
    )
    fewest = min(len(voter.acknowledged) for voter in voters)
    print(f"mean {statistics.mean(times):.0f} ms; the slowest voter had {fewest} votes")
    for error in [error for voter in voters for error in voter.errors][:10]:
        print(f"ERROR {error}")
    return voters


def _cpu(servers: Iterable[subprocess.Popen[str]]) -> float:
    stats = [Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split() for server in servers]
    return sum(int(user) + int(system) for user, system in (stat[11:13] for stat in stats)) / os.sysconf("SC_CLK_TCK")


def check(folder: Path, environ: dict[str, str], voters: Sequence[Voter]) -> None:
    """Compare the log with what the voters were told."""
    began = time.perf_counter()
    found = counted(folder, environ, voters)
    print(
        f"acknowledged {found.acknowledged:,}, in the log {found.logged:,}; lost {len(found.lost)}, twice "
        f"{found.twice}, of nobody {found.of_nobody}, errors {sum(len(voter.errors) for voter in voters)}"
    )
    print(f"verify: {found.events:,} events agree with every table, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
