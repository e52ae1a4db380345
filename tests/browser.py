"""A review with synthetic records, its pages on a free port, and Debian's Chromium: for the tests of pages."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import insert

from review.cli.serve import listen
from review.protocol import Concept, Criterion, Member, Protocol, Reason, StageRules
from review.record import Record
from review.site import build_app
from review.stages import Workspace
from review.store import Actor, Store, append, schema
from review.store.events import SOFTWARE, enrol
from review.store.projection import open_reports
from review.store.records import as_row
from review.web import Members

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=20_000)  # no test depends on how busy the machine is
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
HOSTS = ("review.example",)
"""Names that a server with accounts answers to besides this machine's."""
REASONS = (
    Reason("language", "Not in English"),
    Reason("population", "Not about doctors"),
    Reason("intervention", "No mentoring"),
    Reason("outcome", "No outcome on health or well-being"),
)
CONCEPTS = (
    Concept("P", "Doctors", "population", ("doctor*", "physician*", "GP")),
    Concept("I", "Mentoring", "intervention", ("mentor*", '"peer support"')),
    Concept("O", "Well-being", "outcome", ("well-being", "burnout", "health")),
)
CRITERIA = (
    Criterion("c1", "Doctors at any point of their career, in any country", True),
    Criterion("c2", "Mentoring as mentor or mentee, formal or informal", True),
    Criterion("c3", "Students only", False),
)


def review(
    folder: Path, store: Store, records: Sequence[Record], *, team: Sequence[str | Member] = ("Ann",), votes: int = 1
) -> Workspace:
    """Put a protocol in force and import records as one search; reports are numbered from 1."""
    protocol = Protocol(
        title="Mentoring and doctors’ well-being",
        question="How does taking part in mentoring relate to doctors’ health and well-being?",
        hash="h",
        text="",
        concepts=CONCEPTS,
        criteria=CRITERIA,
        title_abstract=StageRules(votes=votes, reasons=REASONS),
        full_text=StageRules(votes=votes, reasons=REASONS, reason_required=True),
        team=tuple(one if isinstance(one, Member) else Member(one) for one in team),
    )
    rules = {"votes": votes, "maybe": "discuss", "reasons": [reason.code for reason in REASONS]}
    with store.write() as connection:
        software = Actor(enrol(store, connection, SOFTWARE), "h")
        facts = {"source": "test", "label": "PubMed", "kind": "database", "method": "file", "status": "complete"}
        search = connection.execute(
            insert(schema.search).values(**facts, started_at=store.clock(), losses=[], notes=[])
        ).inserted_primary_key[0]
        rows = [
            {**as_row(r), "search": search, "page": None, "position": n, "matched": "yes" if r.abstract else "unknown"}
            for n, r in enumerate(records, 1)
        ]
        if rows:
            connection.execute(insert(schema.record), rows)
            open_reports(connection, search)
    append(store, software, "protocol", {"hash": "h", "rules": {"title-abstract": rules, "full-text": rules}})
    return Workspace(folder, protocol, store, {})


class Served:
    """A running site: its address, and a link that opens it."""

    def __init__(self, workspace: Workspace, door: Members | None = None) -> None:
        self.workspace = workspace
        self.app = build_app(workspace, door, hosts=HOSTS if door else ())
        self._listener = listen("127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            self.app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1,
            proxy_headers=door is not None, forwarded_allow_ips=["127.0.0.1"],
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    @property
    def link(self) -> str:
        """The one-time link that works now."""
        return f"{self.url}/open/{self.app.state.site.sessions.token}"

    def stop(self) -> None:
        """End the server; its port is free afterwards."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


class Visitor:
    """Somebody who is signed in by the one-time link and sends what forms and scripts send."""

    def __init__(self, site: Served, name: str = "Ann") -> None:
        self.site, self.name = site, name
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.get(site.link)
        self.http.post(f"{site.url}/who", data={"name": name})

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(self.site.url + path, headers=headers)

    def post(self, path: str, data: dict[str, object], **headers: str) -> requests.Response:
        return self.http.post(self.site.url + path, data=data, headers=headers)


@contextmanager
def visitors(site: Served) -> Iterator[Callable[..., Visitor]]:
    """Give a function that signs people in; they leave at the end."""
    made: list[Visitor] = []

    def visitor(name: str = "Ann") -> Visitor:
        made.append(Visitor(site, name))
        return made[-1]

    yield visitor
    for one in made:
        one.http.close()


@contextmanager
def served(workspace: Workspace, door: Members | None = None) -> Iterator[Served]:
    """Serve a review from a thread: as on a laptop, or with accounts."""
    site = Served(workspace, door)
    try:
        yield site
    finally:
        site.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; without it skip, and on CI fail, with a reason."""
    if not CHROMIUM.exists():
        missing = f"no {CHROMIUM}: install it with apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, site: Served, **options: Any) -> Iterator[Page]:
    """Open a page of a site through its link; any request to another host, or error in a script, fails the test."""
    context = browser.new_context(base_url=site.url, **options)
    page = context.new_page()
    strangers: list[str] = []
    faults: list[str] = []
    page.on("request", lambda r: r.url.startswith(site.url) or strangers.append(r.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(site.link)
    yield page
    context.close()
    assert strangers == []
    assert faults == []
