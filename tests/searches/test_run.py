"""The loop: slices, a full disk, two processes, Ctrl-C in a real process against a real server on this machine."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, StageError
from review.protocol import Protocol
from review.record import Record
from review.store import Store
from review.store.verify import check_files, verify
from searches import raw, rows
from searches.run import Place, run_search
from searches.source import About, Page, Request, Window
from searches.transport import Reply

Reach = Callable[..., Any]
ABOUT = About("x", "X", "https://docs.example.org", "2026-11-22", "https://api.example.org", (1.0, 1.0), 10)


def page(*ids: int, total: int | None = 3, cursor: str | None = None, **rest: Any) -> Page:
    return Page(tuple(Record(title=str(i), source_id=str(i)) for i in ids), total, cursor, **rest)


class Sliced:
    """A source that gives at most two records of a window; one record per year of ``years``."""

    def __init__(self, access: Any, years: list[int], lost: int | None = None) -> None:
        self.years, self.lost = years, lost
        self.source = replace(access.source, ask=self.ask, read=self.read)
        self.windows: list[Window | None] = []

    def ask(self, translation: Any, window: Window | None, cursor: Any, credentials: Any) -> Request:
        self.windows.append(window)
        return Request("https://x.org")

    def send(self, request: Request) -> Reply:
        return Reply(b"reply", request.url)

    def read(self, body: bytes, cursor: str | None) -> Page:
        window = self.windows[-1]
        inside = [y for y in self.years if window is None or window.start <= f"{y}-07-01" <= window.end]
        if len(inside) > 2:
            return page(total=len(inside), split=True)
        return page(*[y for y in inside if not (window and y == self.lost)], total=len(inside) - (self.lost in inside))


def test_slices_add_up_to_the_whole(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed")
    sliced = Sliced(access, [1990, 1999, 2006, 2007, 2014, 2015, 2026])
    outcome = run_search(
        place, protocol, replace(access, source=sliced.source, send=sliced.send), protocol.strategies[0]
    )
    assert (outcome.status, outcome.hits, outcome.records, outcome.error) == ("complete", 7, 7, None)


def test_slices_that_do_not_add_up_are_said(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed")
    sliced = Sliced(access, [1990, 1999, 2006, 2007], lost=2007)
    sliced.years[3] = 2007
    whole = sliced.read

    def read(body: bytes, cursor: str | None) -> Page:
        found = whole(body, cursor)
        return replace(found, total=4) if sliced.windows[-1] is None else found

    source = replace(sliced.source, read=read)
    outcome = run_search(place, protocol, replace(access, source=source, send=sliced.send), protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("incomplete", 4, 3)
    assert outcome.error == "the slices by date add up to 3, the whole search has 4"


def test_another_query_is_another_search(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("europepmc")
    first = run_search(place, protocol, access, protocol.strategies[0])
    changed = replace(protocol, limits=replace(protocol.limits, end="2017-12"))
    assert run_search(place, changed, access, protocol.strategies[0]).search != first.search


def test_a_query_that_cannot_be_asked_is_a_failed_search_with_its_reason(
    place: Place, protocol: Protocol, reach: Reach
) -> None:
    from review.query import Term

    access, server = reach("pubmed")
    short = replace(protocol.strategies[0], query=Term("men*"))
    outcome = run_search(place, protocol, access, short)
    assert (outcome.status, outcome.hits, server.asked) == ("failed", None, [])
    assert "at least 4 letters" in str(outcome.error)
    assert outcome.failure is not None and outcome.failure.exit_code == 6


def test_progress_is_told_after_each_page(place: Place, protocol: Protocol, reach: Reach) -> None:
    told: list[tuple[str, int, int | None]] = []
    access, _ = reach("openalex", 101)
    telling = replace(place, notify=lambda label, done, total: told.append((label, done, total)))
    run_search(telling, protocol, access, protocol.strategies[0])
    assert told == [("OpenAlex, q1", 100, 101), ("OpenAlex, q1", 101, 101)]


def test_a_process_killed_before_comparing_only_compares(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("openalex", 101)

    def killed(label: str, done: int, total: int | None) -> None:
        if done == total:
            raise SystemExit  # after the last page was written

    with pytest.raises(SystemExit):
        run_search(replace(place, notify=killed), protocol, access, protocol.strategies[0])
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records, len(server.asked)) == ("complete", 101, 101, 2)


def test_any_database_holds_a_search_that_stopped(
    any_store: Store, tmp_path: Path, protocol: Protocol, reach: Reach
) -> None:
    place = Place(any_store, tmp_path, lambda label, done, total: None)
    access, _ = reach("openalex", 250, faults={2: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        run_search(place, protocol, access, protocol.strategies[0])
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.records, outcome.matched, outcome.unknown) == ("complete", 250, 125, 125)
    with any_store.read() as connection:
        assert verify(connection).events == 0
        assert check_files(connection, tmp_path).missing == ()


def full_disk(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_saves_nothing_by_halves(
    place: Place, protocol: Protocol, reach: Reach, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, server = reach("openalex", 250)
    real, calls = os.fsync, []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        full_disk() if len(calls) == 2 else real(descriptor)

    monkeypatch.setattr(raw.os, "fsync", fsync)
    with pytest.raises(StageError, match="the disk is full") as caught:
        run_search(place, protocol, access, protocol.strategies[0])
    assert "goes on where it stopped" in str(caught.value.hint)
    assert [p.name for p in sorted(tmp_path.glob("raw/openalex/*"))] == ["1-1.gz"]
    with store.read() as connection:
        assert len(rows.records_in(connection, 1)) == 100
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.records, len(server.asked)) == ("complete", 250, 4)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file where a folder should be")
    with pytest.raises(StageError, match="cannot be written"):
        raw.keep(tmp_path, "pubmed", "1-1", b"{}")


def test_two_processes_do_not_count_a_page_twice(
    place: Place, protocol: Protocol, reach: Reach, store: Store, tmp_path: Path
) -> None:
    access, _ = reach("openalex", 250)
    busy = False

    def send(request: Request) -> Reply:
        nonlocal busy
        reply = Reply(access.send(request).body + b" ", request.url)
        if not busy:  # another process runs the same search while this one waits for its first reply
            busy = True
            assert run_search(place, protocol, access, protocol.strategies[0]).records == 250
        return reply

    with pytest.raises(StageError, match="another process is running search 1"):
        run_search(place, protocol, replace(access, send=send), protocol.strategies[0])
    with store.read() as connection:
        assert len(rows.records_in(connection, 1)) == 250
        assert rows.search_row(connection, 1)["status"] == "complete"
        pages = connection.exec_driver_sql("SELECT path, sha256 FROM page").all()
    for path, sha256 in pages:
        body = gzip.decompress((tmp_path / path).read_bytes())
        assert hashlib.sha256(body).hexdigest() == sha256, "the bytes kept are those of the page that counts"
    assert len(list(tmp_path.glob("raw/openalex/*"))) == len(pages) == 3


def test_a_reply_that_is_an_error_in_disguise_is_asked_again(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("openalex", 3)
    read, calls = access.source.read, []

    def once_busy(body: bytes, cursor: str | None) -> Page:
        calls.append(cursor)
        if len(calls) == 1:
            raise SourceBusy("timed out", source="openalex")
        return read(body, cursor)

    outcome = run_search(
        place, protocol, replace(access, source=replace(access.source, read=once_busy)), protocol.strategies[0]
    )
    assert (outcome.status, len(server.asked)) == ("complete", 2)


def test_an_unreadable_reply_says_where_it_is_kept(
    place: Place, protocol: Protocol, reach: Reach, tmp_path: Path
) -> None:
    access, _ = reach("europepmc", faults={1: (200, {}, b"{"), 2: (200, {}, b"{")})
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert isinstance(outcome.failure, SourceChanged)
    assert str(outcome.failure.url).startswith("https://www.ebi.ac.uk/europepmc/webservices/rest/search?query=")
    assert outcome.failure.hint == "the reply is kept in raw/europepmc/1-1.unread.gz"
    assert gzip.decompress((tmp_path / "raw/europepmc/1-1.unread.gz").read_bytes()) == b"{"


# -- a real process and a real server


PROTOCOL = """
[review]
title = "Mentoring"
question = "?"

[[team]]
name = "Ada"

[concepts.mentoring]
role = "I"
label = "Mentoring"
terms = ["ment*"]

[strategies.main]
label = "Main search"
concepts = ["mentoring"]

[screening.full-text]
reasons = [{ code = "other", text = "Other" }]

[sources.openalex]
base_url = "ADDRESS"
"""


@pytest.fixture
def server(miniature: Callable[..., Any]) -> Iterator[Any]:
    """Serve a miniature of OpenAlex on this machine; ``at_request[n]`` is called before request n is half answered."""
    small = miniature("openalex", 350)
    at_request: dict[int, Callable[[], None]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            request: Any = SimpleNamespace(url=self.path, body=None, headers=self.headers)
            status, _, body = small.answer(request)
            if act := at_request.get(len(small.asked)):
                act()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if act else body)

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{served.server_address[1]}/mirror"
        yield SimpleNamespace(address=address, small=small, at_request=at_request)
        served.shutdown()
        thread.join()


def review(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {"PATH": os.environ["PATH"], "OPENALEX_API_KEY": "0123456789"}
    command = [sys.executable, "-m", "review.cli.main", *arguments, "-C", str(folder)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_in_the_middle_then_all_records_once(server: Any, tmp_path: Path) -> None:
    (tmp_path / "protocol.toml").write_text(PROTOCOL.replace("ADDRESS", server.address))
    running: list[subprocess.Popen[str]] = []
    started = threading.Event()

    def interrupt() -> None:
        started.wait()
        running[0].send_signal(signal.SIGINT)
        running[0].wait()

    server.at_request[3] = interrupt
    running.append(review(tmp_path, "search"))
    started.set()
    _, said = running[0].communicate()
    assert running[0].returncode == 130
    assert "run the same command again to go on" in said
    assert "Traceback" not in said
    again = review(tmp_path, "search", "--json")
    out, said = again.communicate()
    assert again.returncode == 0, said
    (found,) = json.loads(out)["searches"]
    assert (found["status"], found["hits"], found["records"]) == ("complete", 350, 350)
    assert len(server.small.asked) == 5, "pages 1 and 2, page 3 twice, page 4"


def test_a_connection_that_breaks_in_the_middle_of_a_reply(server: Any, tmp_path: Path) -> None:
    (tmp_path / "protocol.toml").write_text(PROTOCOL.replace("ADDRESS", server.address))
    server.at_request[2] = lambda: None  # half of the reply, then the connection closes
    done = review(tmp_path, "search", "--json")
    out, said = done.communicate()
    assert done.returncode == 0, said
    assert json.loads(out)["searches"][0]["records"] == 350
    assert len(server.small.asked) == 5
