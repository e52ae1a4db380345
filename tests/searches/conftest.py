"""Sources in miniature on the wire, a place to search in, and the published review's strategies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

from review.cli.main import main
from review.protocol import Protocol, template
from review.protocol.model import Limits, Strategy
from review.query import parse
from review.store import Store
from searches.registry import SOURCES
from searches.run import Access, Place
from searches.source import Credentials
from searches.transport import Line
from tests.searches.miniatures import MINIATURES, Server

Q1 = "Ment* AND (doctor* OR medic* OR physician) AND (health OR well-being)"
Q2 = (
    "Ment* AND (doctor* OR medic* OR physician) AND "
    "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)"
)


@pytest.fixture
def miniature() -> Callable[..., Server]:
    """Give the maker of a source in miniature: ``(name, count, extra=, faults=)``."""
    return lambda name, *rest, **more: Server(MINIATURES[name], *rest, **more)


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Give the mock that answers all HTTP of a test."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def naps() -> list[float]:
    """Give the list of seconds that lines have slept."""
    return []


@pytest.fixture
def reach(wire: responses.RequestsMock, naps: list[float]) -> Callable[..., tuple[Access, Server]]:
    """Give the function ``(name, count, key=, contact=, …)`` that puts a miniature on the wire and opens a line."""

    def open_line(
        name: str, count: int = 3, *, key: str | None = None, contact: str | None = None, **rest: Any
    ) -> tuple[Access, Server]:
        server = Server(MINIATURES[name], count, **rest)
        source = SOURCES[name]
        if source.about.key_required:
            key = key or "a-key-of-the-test"
        address = re.compile(re.escape(source.about.base_url))
        for method in (responses.GET, responses.POST, responses.PUT):
            wire.add_callback(method, address, callback=server.answer)
        known = Credentials(key, contact)
        line = Line(source.about, known, now=lambda: 0.0, sleep=naps.append, random=lambda: 0.0)
        return Access(source, known, line.send, line.rest), server

    return open_line


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Place:
    """Give a store and folder to search in; nobody is told."""
    return Place(store, tmp_path, lambda label, done, total: None)


@pytest.fixture
def protocol() -> Protocol:
    """Give the published review's two strategies and its limits."""
    strategies = tuple(Strategy(name, name, (), text, parse(text)) for name, text in (("q1", Q1), ("q2", Q2)))
    return Protocol(
        title="Mentoring",
        question="?",
        hash="0" * 64,
        text="",
        strategies=strategies,
        limits=Limits("2006-01", "2016-01", ("eng",)),
    )


@pytest.fixture
def data() -> Path:
    """Give the folder of recorded and hand-written replies."""
    return Path(__file__).parent.parent / "data" / "api"


@pytest.fixture
def review_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a review folder with the published review's protocol; no keys in the environment, and lines do not sleep."""
    for name in ("NCBI_API_KEY", "OPENALEX_API_KEY", "REVIEW_CONTACT", "REVIEW_DATABASE", "REVIEW_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Line.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    return tmp_path


@pytest.fixture
def review(
    review_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Give the function that runs ``review`` there and gives (exit code, standard output, standard error)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["review", *arguments, "-C", str(review_folder)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    return call
