"""The process behind the pages: one at a time, taken over when it dies, and no failure of one piece stops the rest."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from browser import review
from sqlalchemy import insert

from review import worker
from review.errors import SourceBusy, StageError
from review.record import Record
from review.store import Store, jobs, open_store, schema
from review.store.accounts import moved
from review.store.projection import open_reports
from review.store.records import as_row
from review.worker import DUTY_SECONDS, Worker

RECORDS = [Record(title=f"Made-up report {n}", abstract="Doctors and mentors.") for n in range(1, 6)]


def later(store: Store, seconds: float) -> Store:
    clock = store.clock
    return dataclasses.replace(store, clock=lambda: moved(clock(), seconds=seconds))


def test_one_process_has_the_duty_until_it_leaves_or_its_time_passes(any_store: Store) -> None:
    assert jobs.hold(any_store, "a", 60)
    assert not jobs.hold(any_store, "b", 60)
    assert jobs.hold(later(any_store, 50), "a", 60), "whoever has it keeps it"
    assert not jobs.hold(later(any_store, 70), "b", 60)
    assert jobs.hold(later(any_store, 170), "b", 60), "the first was killed"
    assert not jobs.hold(later(any_store, 171), "a", 60)
    jobs.leave(any_store, "a")
    with any_store.read() as connection:
        assert jobs.at_work(connection, any_store.clock())
    jobs.leave(any_store, "b")
    with any_store.read() as connection:
        assert not jobs.at_work(connection, any_store.clock())
    assert jobs.hold(any_store, "a", 60)


def test_a_job_is_asked_for_once_and_begun_again_after_a_death(any_store: Store) -> None:
    with any_store.write() as connection:
        from review.store.events import enrol

        ann = enrol(any_store, connection, "Ann")
    first = jobs.ask(any_store, "retractions", ann, {})
    assert jobs.ask(any_store, "retractions", ann, {}) == first
    second = jobs.ask(any_store, "retractions", ann, {"reports": [1]})
    assert second != first, "something else is asked for"
    jobs.hold(any_store, "a", 60)
    assert jobs.take(any_store, "b") is None, "it has not the duty"
    job = jobs.take(any_store, "a")
    assert job is not None
    assert (job.id, job.kind, job.person, job.done, job.total) == (first, "retractions", ann, 0, None)
    assert job.started_at is not None
    jobs.say(any_store, first, 3, 8, "PubMed")
    assert jobs.ask(any_store, "retractions", ann, {}) == first, "it is under way"
    other = jobs.take(any_store, "a")
    assert other is not None
    assert other.id == second
    jobs.end(any_store, second, "1 report looked up")
    assert jobs.take(any_store, "a") is None
    again = jobs.take(later(any_store, jobs.JOB_SECONDS + 60), "b")
    assert again is not None
    assert (again.id, again.done) == (first, 0), "whoever worked on it has died"
    jobs.put_back(any_store, first)
    assert jobs.take(any_store, "a") is not None
    jobs.end(any_store, first, "done")
    assert jobs.ask(any_store, "retractions", ann, {}) > second
    with any_store.read() as connection:
        latest = jobs.latest(connection, "retractions")
        assert latest is not None
        assert (latest.finished_at, latest.id) == (None, second + 1)
        assert jobs.latest(connection, "fulltext") is None


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """Give a review whose clock is the wall's: processes and threads wait in it."""
    store = open_store(tmp_path)
    yield review(tmp_path, store, RECORDS)
    store.close()


def test_a_failure_is_said_once_and_the_rest_goes_on(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def failing(workspace: Any, job: Any, tell: Any, stop: Any) -> str:
        tries.append(job.id)
        tell("PubMed", 1, 2)
        if job.args:
            raise SourceBusy("PubMed does not answer", source="pubmed", hint="wait a little")
        return "all well"

    monkeypatch.setattr(worker, "RUNS", {"retractions": failing})
    ann = made.actor("Ann").person
    asked = [jobs.ask(made.store, "retractions", ann, args) for args in ({"n": 1}, {"n": 2}, {})]
    said: list[str] = []
    warned: list[str] = []
    stop = threading.Event()
    working = threading.Thread(target=Worker(made, "a", said.append, warned.append, stop).run)
    working.start()
    end = time.monotonic() + 60
    while len(said) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    stop.set()
    working.join(timeout=30)
    assert tries == asked
    assert warned == ["retractions: PubMed does not answer (wait a little)"]
    assert sorted(said) == [
        "retractions: all well", "title-abstract: 5 reports put in order for everybody, learnt from 0 votes",
    ]  # fmt: skip
    with made.store.read() as connection:
        assert not jobs.at_work(connection, made.store.clock()), "the duty was given back"


def test_who_waits_for_the_duty_outlives_a_database_that_does_not_answer(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, warned, asked = threading.Event(), list[str](), list[str]()

    def away(store: Store, holder: str, seconds: float) -> bool:
        asked.append(holder)
        if len(asked) == 1:
            raise StageError("the database did not answer")
        stop.set()
        return False

    monkeypatch.setattr(jobs, "hold", away)
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0)
    Worker(made, "a", lambda said: None, warned.append, stop).run()
    assert (asked, warned) == (["a", "a"], ["Taking over the work: the database did not answer"])


def test_a_second_one_waits_and_once_does_not(made: Any) -> None:
    assert jobs.hold(made.store, "other", DUTY_SECONDS)
    said: list[str] = []
    stop = threading.Event()
    assert Worker(made, "a", said.append, said.append, stop).once() is False
    waiting = threading.Thread(target=Worker(made, "b", said.append, said.append, stop).run)
    waiting.start()
    end = time.monotonic() + 60
    while not said and time.monotonic() < end:
        time.sleep(0.02)
    assert said == ["Another process works for this review; this one takes over when that ends."]
    jobs.leave(made.store, "other")
    while len(said) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    stop.set()
    waiting.join(timeout=30)
    assert said[1].startswith("title-abstract: 5 reports")


@pytest.mark.parametrize("how", ["signal", "pipe"])
def test_the_command_ends_cleanly_and_with_whoever_started_it(tmp_path: Path, how: str) -> None:
    from review.protocol import template

    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    more = ["--while-read"] if how == "pipe" else []
    command = [sys.executable, "-m", "review.cli.main", "worker", "-C", str(tmp_path), *more]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().endswith(": working. Ctrl-C stops.\n")
        if how == "signal":
            running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, "Stopped.\n", "")


def test_it_goes_by_the_protocol_in_force_whatever_this_folder_says(tmp_path: Path) -> None:
    from review.protocol import template
    from review.stages import open_workspace
    from screening import order_rows

    written = tmp_path / "protocol.toml"
    written.write_text(template("mentoring"), "utf-8")
    before = open_workspace(tmp_path, {})
    with before.store.write() as connection:
        facts = {"id": 1, "source": "t", "label": "T", "kind": "database", "method": "file", "status": "complete"}
        connection.execute(insert(schema.search).values(**facts, started_at="", losses=[], notes=[]))
        connection.execute(insert(schema.record).values(**as_row(RECORDS[0]), search=1, position=1, matched="yes"))
        open_reports(connection, 1)
    written.write_text(template("mentoring").replace("mentor", "tutor"), "utf-8")
    after = open_workspace(tmp_path, {})
    after.store.close()
    assert before.protocol.hash != after.protocol.hash
    assert Worker(before, "a", lambda _: None, print, threading.Event()).once()
    with before.store.read() as connection:
        assert order_rows.made(connection)["title-abstract", ""]["seen"]["protocol"] == after.protocol.hash
    before.store.close()
