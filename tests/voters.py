"""``review serve`` as a process of its own, and people who vote on it over HTTP: for tests and measurements under load.

The client is a bare socket: it must cost little beside the server that shares its processors.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from sqlalchemy import insert
from team_server import door, join

from review.record import Record
from review.stages import open_workspace
from review.store import Entry, append_many, schema
from review.store.events import read_events
from review.store.projection import open_reports
from review.store.records import as_row
from review.store.verify import verify

PROTOCOL = """
[review]
title = "Load"
question = "How many people can vote at once?"
{team}
[concepts.doctors]
role = "P"
label = "Doctors"
terms = ["doctor*", "physician*", "GP"]

[concepts.mentoring]
role = "I"
label = "Mentoring"
terms = ["mentor*", "peer support"]

[strategies.all]
concepts = ["doctors", "mentoring"]

[screening.title-abstract]
votes = 2
reasons = [{{ code = "a", text = "Not about doctors" }}, {{ code = "b", text = "No mentoring" }}]

[screening.full-text]
reasons = [{{ code = "a", text = "Not about doctors" }}]
"""

BASE = "/screen/title-abstract"
AHEAD, LOW, RECOUNT = 8, 5, 25
"""How many records the page fetches ahead, below how many it asks for more, and after how many votes it asks how far
the person has come (``screen.js``)."""
PATIENCE = 60.0
"""Seconds until a reply is given up: more than any server should need, and less than for ever."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person sent about one report; ``client`` is the sender's own id of it."""

    client: str
    report: int
    verdict: str


def prepare(folder: Path, environ: dict[str, str], records: Sequence[Record], *, people: int) -> list[str]:
    """Make a review with a team and a queue, every tenth report merged; give a session's cookie for each person."""
    names = [f"Person {n}" for n in range(1, people + 1)]
    team = "".join(f'\n[[team]]\nname = "{name}"\n' for name in names)
    (folder / "protocol.toml").write_text(PROTOCOL.format(team=team), "utf-8")
    workspace = open_workspace(folder, environ)
    with workspace.store.write() as connection:
        facts = {"source": "test", "label": "Made up", "kind": "database", "method": "file", "status": "complete"}
        connection.execute(insert(schema.search).values(id=1, **facts, started_at="", losses=[], notes=[]))
        for start in range(0, len(records), 10_000):
            rows = [
                {**as_row(record), "id": n, "search": 1, "page": None, "position": n, "matched": "yes"}
                for n, record in enumerate(records[start : start + 10_000], start + 1)
            ]
            connection.execute(insert(schema.record), rows)
        open_reports(connection, 1)
    merges = [Entry("merge", {"reports": [n - 1, n], "rule": "t", "score": 1.0}) for n in range(10, len(records), 10)]
    software = workspace.software()
    with workspace.store.write() as connection:
        append_many(workspace.store, connection, software, merges)
    members, named = door(workspace), f"review_{workspace.store.installation}"
    cookies = [f"{named}={join(members, name, name.replace(' ', '.').lower())}" for name in names]
    workspace.store.close()
    return cookies


@dataclass(frozen=True, slots=True)
class Counted:
    """What is in the log beside what the voters were told; ``lost`` was acknowledged and is not there."""

    acknowledged: int
    logged: int
    lost: tuple[Vote, ...]
    twice: int
    of_nobody: int
    events: int


def counted(folder: Path, environ: dict[str, str], voters: Sequence[Voter]) -> Counted:
    """Compare the log with what the voters were told, and verify the review; raises ``TamperError``."""
    workspace = open_workspace(folder, environ)
    with workspace.store.read() as connection:
        logged = [(event.client, event.payload) for event in read_events(connection, "decision")]
        events = verify(connection).events
    workspace.store.close()
    clients = [client for client, _ in logged]
    said = {(client, p["report"], p["verdict"]) for client, p in logged}
    votes = [vote for voter in voters for vote in voter.acknowledged]
    lost = tuple(vote for vote in votes if (vote.client, vote.report, vote.verdict) not in said)
    cast = {vote.client for vote in votes} | {voter.open.client for voter in voters if voter.open}
    twice, of_nobody = len(clients) - len(set(clients)), len(set(clients) - cast)
    return Counted(len(votes), len(logged), lost, twice, of_nobody, events)


@contextmanager
def serving(folder: Path, url: str | None = None) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Start the server on a folder, and end it; give the process and what it says of itself."""
    command = [sys.executable, "-m", "review.cli.main", "serve", "-C", str(folder), "--port", "0", "--json"]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"} | ({"REVIEW_DATABASE": url} if url else {})
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    assert server.stdout is not None
    try:
        yield server, json.loads(server.stdout.readline())
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
        server.stdout.close()


class Line:
    """One browser's connection to the server, kept open."""

    def __init__(self, url: str, cookie: str) -> None:
        self._address = urlsplit(url)
        self._cookie = cookie
        self._socket: socket.socket | None = None

    def send(self, method: str, path: str, fields: Sequence[tuple[str, object]] = ()) -> None:
        """Send a request, without reading the reply."""
        if self._socket is None:
            self._socket = socket.create_connection((self._address.hostname, self._address.port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = urlencode(fields)
        self._socket.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: {self._address.netloc}\r\nCookie: {self._cookie}\r\n"
            "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def receive(self) -> tuple[int, bytes]:
        """Give status and body of the reply; raises ``OSError`` when the server is gone."""
        assert self._socket is not None
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _more(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server hung up")
        return part


@dataclass(slots=True)
class Voter:
    """One person at the page: fetches records ahead and votes on them until told to stop or the server is gone.

    ``acknowledged`` are the votes that the server said it has saved; ``open`` the one whose reply never came.
    """

    line: Line
    chance: random.Random
    verdicts: Mapping[str, float]
    queue: list[int] = field(default_factory=list)
    acknowledged: list[Vote] = field(default_factory=list)
    open: Vote | None = None
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    again: int = 0
    """Votes sent a second time."""

    def work(self, stop: threading.Event, most: int = sys.maxsize) -> None:
        """Vote until ``stop``, until ``most`` votes are acknowledged, or until nothing waits for this person."""
        with suppress(OSError):
            while not stop.is_set() and len(self.acknowledged) < most:
                if self.acknowledged and len(self.acknowledged) % RECOUNT == 0:
                    self.line.send("GET", f"{BASE}/progress")
                    self._reply()
                if len(self.queue) < LOW and not self._fetch() and not self.queue:
                    return
                self.vote(self._vote_on(self.queue.pop(0)))
        self.line.close()

    def vote(self, vote: Vote) -> None:
        """Send one vote and wait for the reply; now and then hang up instead and send it again, or send it twice."""
        self.open = vote
        luck = self.chance.random()
        if luck < 0.01:
            self._send(vote)
            self.line.close()
        began = time.perf_counter()
        self._send(vote)
        said = self._reply()
        self.seconds.append(time.perf_counter() - began)
        if said is None:
            return
        self.acknowledged.append(vote)
        self.open = None
        if luck > 0.98:
            self.again += 1
            self._send(vote)
            self._reply()

    def _fetch(self) -> bool:
        self.line.send("POST", f"{BASE}/ahead", [("count", AHEAD), ("holding", ",".join(map(str, self.queue)))])
        said = self._reply()
        fresh = [card["report"] for card in said["cards"]] if said else []
        self.queue += [report for report in fresh if report not in self.queue]
        return bool(fresh)

    def _vote_on(self, report: int) -> Vote:
        verdict = self.chance.choices(list(self.verdicts), list(self.verdicts.values()))[0]
        return Vote(str(UUID(int=self.chance.getrandbits(128))), report, verdict)

    def _send(self, vote: Vote) -> None:
        reason = [("reason", "a")] if vote.verdict == "exclude" else []
        told = [("report", vote.report), ("verdict", vote.verdict), *reason, ("client", vote.client)]
        self.line.send("POST", f"{BASE}/votes", told)

    def _reply(self) -> Any:
        status, body = self.line.receive()
        if status == 200:
            return json.loads(body)
        self.errors.append(f"{status}: {body.decode()[:200]}")
        return None


def all_at_once(voters: Iterable[Voter], stop: threading.Event, most: int = sys.maxsize) -> list[threading.Thread]:
    """Let every voter work in a thread of its own; give the threads, started."""
    threads = [threading.Thread(target=voter.work, args=(stop, most)) for voter in voters]
    for thread in threads:
        thread.start()
    return threads
