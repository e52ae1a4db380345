"""Duplicates found on Dask workers: the same result as here, whoever dies; clear words when it cannot be."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import dask.config
import dask_tasks
import psutil
import pytest
from distributed import LocalCluster

from review.errors import ReviewError
from review.record import Record
from searches.dedupe import find, find_duplicates
from searches.dedupe.dask_engine import ENVIRONMENT, Parcel, dask_engine
from searches.dedupe.engines import Engine

ROOT = Path(__file__).parents[2]
PAIRS = json.loads((ROOT / "tests/data/dedupe/pairs.json").read_text(encoding="utf-8"))
HERE_ONLY = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}


def two_workers() -> LocalCluster:
    return LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=None, **HERE_ONLY)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster of two processes, whom nobody may kill: Dask does not restart every one."""
    with two_workers() as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def engine(scheduler: str) -> Iterator[Engine]:
    with dask_engine(scheduler) as engine:
        yield engine


@pytest.fixture
def mortal() -> Iterator[Engine]:
    """An engine on two processes of its own, in which a part may cost one worker and not two."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        two_workers() as cluster,
        dask_engine(cluster.scheduler_address) as engine,
    ):
        yield engine


@pytest.fixture
def many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "RECORDS", 60)
    monkeypatch.setattr(find, "PAIRS", 100)


def papers(n: int) -> list[Record]:
    """Make up papers and damaged copies of some: no title, other spelling, cut authors, page or year a little off."""
    chance = random.Random(7)
    words = "mentoring doctors remote wards night shifts stress sleep nurses rural survey trial of in and for".split()
    made: list[Record] = []
    while len(made) < n:
        if made and chance.random() < 0.4:
            paper = chance.choice(made)
            changes: dict[str, Any] = chance.choice([
                {}, {"doi": None}, {"title": (paper.title or "").upper()}, {"authors": paper.authors[:1]},
                {"pages": None}, {"date": "2003"}, {"journal": None, "doi": None}, {"title": None}, {"volume": "99"},
            ])  # fmt: skip
            made.append(replace(paper, **changes))
            continue
        number = len(made)
        made.append(Record(
            title=" ".join(chance.choice(words) for _ in range(8)).capitalize(),
            authors=tuple(f"{chance.choice(('Elm', 'Fir', 'Oak', 'Ash'))}, {chance.choice('ABC')}" for _ in range(3)),
            date=str(chance.randint(1999, 2004)), journal="Journal of Imaginary Medicine",
            volume=str(chance.randint(1, 9)), pages=f"{number}-{number + 9}", doi=f"10.5555/{number}",
        ))  # fmt: skip
    return made


def hand_written() -> list[Record]:
    sides = (pair[side] for pair in PAIRS for side in ("left", "right"))
    return [Record(**{**fields, "authors": tuple(fields.get("authors", ()))}) for fields in sides]


class Deadly:
    """An engine that loses a worker in each step."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self.markers: list[Path] = []

    def map(self, task: Callable[[Any], Any], parts: Iterable[Any]) -> Iterator[Any]:
        self.markers.append(self._folder / f"step{len(self.markers)}")
        return self._engine.map(partial(dask_tasks.die_once, task=task, marker=self.markers[-1]), parts)


@pytest.mark.usefixtures("many_parts")
@pytest.mark.parametrize("records", [papers(600), hand_written(), papers(1), []], ids=["600", "by hand", "one", "none"])
def test_the_result_is_that_of_this_process(engine: Engine, records: list[Record]) -> None:
    result = find_duplicates(records, engine=engine)
    assert result == find_duplicates(records)
    assert bool(result.clusters) == (len(records) > 1)


@pytest.mark.usefixtures("many_parts")
def test_a_worker_killed_in_each_step_changes_nothing(mortal: Engine, tmp_path: Path) -> None:
    deadly = Deadly(mortal, tmp_path)
    assert find_duplicates(papers(600), engine=deadly) == find_duplicates(papers(600))
    assert len(deadly.markers) >= 2
    assert all(marker.exists() for marker in deadly.markers)


def test_results_come_in_the_order_of_the_parts_and_parts_are_taken_as_needed(engine: Engine) -> None:
    taken = 0

    def parts() -> Iterator[int]:
        nonlocal taken
        for taken in range(1, 41):
            yield -taken

    results = engine.map(abs, parts())
    assert next(results) == 1
    assert taken <= 5  # two workers, two parts each, and the one that waits for a place
    assert list(results) == list(range(2, 41))


def test_parts_run_in_other_processes_and_at_the_same_time(engine: Engine, tmp_path: Path) -> None:
    here = os.getpid()
    one, other = engine.map(partial(dask_tasks.meet, folder=tmp_path), [1, 2])
    assert len({one, other, here}) == 3


def test_a_part_that_kills_its_workers_is_given_up_and_others_still_run(mortal: Engine) -> None:
    with pytest.raises(ReviewError, match="2 workers died of the same part") as given_up:
        list(mortal.map(dask_tasks.die, ["only"]))
    assert given_up.value.hint is not None
    assert "memory" in given_up.value.hint
    assert list(mortal.map(abs, [-1, -2])) == [1, 2]


def test_a_fault_of_the_task_is_the_same_error_as_here(engine: Engine) -> None:
    with pytest.raises(ValueError, match="part 3 cannot be done"):
        list(engine.map(dask_tasks.fail, [3, 4]))


def test_a_log_cannot_show_what_is_in_a_parcel() -> None:
    assert "secret" not in f"{Parcel(b'secret')} {Parcel(b'secret')!r}"


# Who can and cannot be reached


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a second, and not ten, for somebody who never answers."""
    monkeypatch.setattr("searches.dedupe.dask_engine.CONNECT", 1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a second, and not two minutes, for workers that never come."""
    monkeypatch.setattr("searches.dedupe.dask_engine.PATIENCE", 1)
    monkeypatch.setattr("searches.dedupe.dask_engine.ASK", 1)


def refusal(scheduler: str | None) -> str:
    """Give what the user reads."""
    with pytest.raises(ReviewError) as refused, dask_engine(scheduler):
        pass
    return f"{refused.value}\n{refused.value.hint}"


@pytest.mark.parametrize(
    "address",
    [
        "", "here", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:x",
        "tcp://127.0.0.1:0", "tcp://127.0.0.1:99999", "tcp://me@127.0.0.1:8786", "tcp://127.0.0.1:8786/x",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_before_anything_is_tried(address: str) -> None:
    said = refusal(address)
    assert f"{address!r} is no address" in said
    assert "tcp://10.0.0.5:8786" in said


@pytest.mark.usefixtures("hasty")
def test_nobody_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        said = refusal(address)
    assert f"no Dask scheduler answers at {address}" in said
    assert "dask scheduler" in said


@pytest.mark.usefixtures("hasty")
def test_somebody_listens_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert f"no Dask scheduler answers at {address}" in refusal(address)


def test_tls_needs_certificates(scheduler: str) -> None:
    said = refusal(scheduler.replace("tcp", "tls"))
    assert "needs certificates" in said
    assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in said


def test_certificates_that_are_not_there(scheduler: str) -> None:
    files = {"ca-file": "/no/ca.pem", "client.cert": "/no/cert.pem", "client.key": "/no/key.pem"}
    with dask.config.set({f"distributed.comm.tls.{name}": file for name, file in files.items()}):
        said = refusal(scheduler.replace("tcp", "tls"))
    assert "certificates" in said
    assert "cannot be used: [Errno 2]" in said


@pytest.mark.usefixtures("impatient")
def test_a_scheduler_without_workers() -> None:
    with LocalCluster(n_workers=0, **HERE_ONLY) as empty:
        said = refusal(empty.scheduler_address)
    assert "has had no worker for 1 seconds" in said
    assert "dask worker" in said


@pytest.mark.usefixtures("impatient")
def test_the_last_worker_goes_and_none_comes() -> None:
    with LocalCluster(n_workers=1, threads_per_worker=1, **HERE_ONLY) as cluster:

        def parts() -> Iterator[int]:
            yield -1
            yield -2
            cluster.scale(0)
            yield -3

        with dask_engine(cluster.scheduler_address) as engine, pytest.raises(ReviewError, match="no worker for"):
            list(engine.map(abs, parts()))


def test_the_scheduler_goes() -> None:
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, **HERE_ONLY)

    def parts() -> Iterator[int]:
        yield -1
        cluster.close()
        yield -2

    with (
        dask_engine(cluster.scheduler_address) as engine,
        pytest.raises(ReviewError, match=r"connection to the Dask scheduler at .* was lost"),
    ):
        list(engine.map(abs, parts()))


# Who would judge otherwise


def test_another_version_is_refused_at_the_start(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searches.dedupe.dask_engine.ENVIRONMENT", {**ENVIRONMENT, "rapidfuzz": "0.1"})
    said = refusal(scheduler)
    assert f"rapidfuzz is {ENVIRONMENT['rapidfuzz']}, here 0.1" in said
    assert "numpy" not in said
    assert "(and 1 more)" in said
    assert "install the same there" in said


def test_another_version_is_refused_when_its_worker_joins_later(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searches.dedupe.dask_engine.ENVIRONMENT", {**ENVIRONMENT, "its code": "other"})
    with pytest.raises(ReviewError, match=f"its code is {ENVIRONMENT['its code']}, here other"):
        list(engine.map(abs, [-1]))


@contextmanager
def bare(program: str, *options: str) -> Iterator[None]:
    """Run a program of Dask in a process that has no package ``review``."""
    code = f"import sys; sys.modules['review'] = None; from distributed.cli.dask_{program} import main; main()"
    command = [sys.executable, "-c", code, "--host", "127.0.0.1", "--no-dashboard", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def test_a_worker_without_this_package() -> None:
    with (
        LocalCluster(n_workers=0, **HERE_ONLY) as cluster,
        bare("worker", cluster.scheduler_address, "--no-nanny", "--nthreads", "1"),
    ):
        said = refusal(cluster.scheduler_address)
    assert "the worker at tcp://127.0.0.1:" in said
    assert f"narrative-review {ENVIRONMENT['narrative-review']} could not be loaded" in said


def test_a_scheduler_without_this_package(tmp_path: Path) -> None:
    note = tmp_path / "scheduler.json"
    with bare("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(note)):
        while not note.exists() or not note.read_text():
            time.sleep(0.05)
        said = refusal(json.loads(note.read_text())["address"])
    assert "the scheduler at tcp://127.0.0.1:" in said
    assert "could not be loaded" in said


# The cluster of this machine


def offspring() -> set[str]:
    """List the processes that this one started, by their ids; Python's own tracker of resources stays."""
    children = psutil.Process().children(recursive=True)
    return {str(child.pid) for child in children if "resource_tracker" not in " ".join(child.cmdline())}


@pytest.mark.usefixtures("many_parts")
def test_without_a_scheduler_processes_of_this_machine_do_the_work_and_end() -> None:
    before = offspring()
    with dask_engine(None) as engine:
        assert find_duplicates(papers(200), engine=engine) == find_duplicates(papers(200))
        assert offspring() > before
    assert offspring() <= before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_nothing_is_left_running_after_an_end_by_force(stop: type[BaseException]) -> None:
    before = offspring()
    with pytest.raises(stop), dask_engine(None) as engine:
        next(engine.map(abs, range(-9, 0)))
        raise stop
    assert offspring() <= before


def test_workers_of_this_machine_leave_ctrl_c_to_this_process() -> None:
    with dask_engine(None) as engine:
        assert set(engine.map(signal.getsignal, [signal.SIGINT] * 4)) == {signal.SIG_IGN}


def test_the_cluster_of_this_machine_is_closed_to_others() -> None:
    with dask_engine(None) as engine:
        address = engine._client.scheduler.address  # type: ignore[attr-defined]
        listening = {c.laddr.ip for p in (psutil.Process(), *psutil.Process().children(recursive=True))
                     for c in p.net_connections() if c.status == psutil.CONN_LISTEN}  # fmt: skip
        assert address.startswith("tls://127.0.0.1:")
        assert listening == {"127.0.0.1"}
        assert "needs certificates" in refusal(address)


# Where Dask may be


def test_dask_is_imported_in_one_module() -> None:
    users = set()
    for room in ("review", "searches", "screening", "extraction", "reports"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                users |= {path.name for name in names if name.split(".")[0] in ("dask", "distributed")}
    assert users == {"dask_engine.py"}


def test_without_dask_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    spec = importlib.util.spec_from_file_location("dask_engine_again", ROOT / "searches/dedupe/dask_engine.py")
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(ReviewError, match="not installed: distributed") as refused:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert "narrative-review[dask]" in str(refused.value.hint)
