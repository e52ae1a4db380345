"""A small panel: twelve synthetic reports, a protocol in force, two screeners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import Served, chromium, review, served, visiting
from playwright.sync_api import Browser, Page
from screen_page import BASE, RECORDS

from review.protocol.model import Protocol, Reason, Stage, StageRules
from review.store import Actor, Event, Store, append
from review.store.events import enrol
from screening import decisions

REASONS = (Reason("wrong_population", "Not about doctors"), Reason("wrong_outcome", "No outcome of interest"))


@dataclass(frozen=True, slots=True)
class Panel:
    """What a test of this room needs: a store of reports 1 to 12, the rules, and Ann and Ben."""

    store: Store
    protocol: Protocol
    ann: Actor
    ben: Actor

    def vote(self, who: Actor, report: int, verdict: str, *reasons: str, stage: Stage = "title-abstract") -> Event:
        """Cast a vote."""
        return decisions.decide(
            self.store, self.protocol, who, report=report, stage=stage, verdict=verdict, reasons=reasons
        )

    def merge(self, *reports: int) -> None:
        """Merge reports into the one with the smallest id."""
        append(self.store, self.ann, "merge", {"reports": list(reports), "rule": "test", "score": 1.0})

    def status(self, report: int, stage: Stage = "title-abstract") -> str | None:
        """Look up where a report stands."""
        from screening import rows

        with self.store.read() as connection:
            return rows.statuses(connection, stage, (report,)).get(report)


@pytest.fixture
def make_panel() -> Callable[..., Panel]:
    """Give the function ``(store, votes=1, maybe="discuss")`` that puts a protocol in force and enrols Ann and Ben."""

    def make(store: Store, *, votes: int = 1, maybe: str = "discuss") -> Panel:
        protocol = Protocol(
            title="Synthetic",
            question="Synthetic?",
            hash="h",
            text="",
            title_abstract=StageRules(votes=votes, reasons=REASONS, maybe=maybe),  # type: ignore[arg-type]
            full_text=StageRules(votes=votes, reasons=REASONS, reason_required=True),
        )
        rules = {"votes": votes, "maybe": maybe, "reasons": [r.code for r in REASONS]}
        with store.write() as connection:
            people = [Actor(enrol(store, connection, name), "h") for name in ("software", "Ann", "Ben")]
        append(store, people[0], "protocol", {"hash": "h", "rules": {"title-abstract": rules, "full-text": rules}})
        return Panel(store, protocol, people[1], people[2])

    return make


@pytest.fixture
def solo(any_filled: Store, make_panel: Callable[..., Panel]) -> Panel:
    """Give a panel where one vote decides, on SQLite and on PostgreSQL."""
    return make_panel(any_filled)


@pytest.fixture
def pair(any_filled: Store, make_panel: Callable[..., Panel]) -> Panel:
    """Give a panel where two votes are needed, on SQLite and on PostgreSQL."""
    return make_panel(any_filled, votes=2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(review(tmp_path, store, RECORDS)) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    with visiting(browser, site) as opened:
        opened.goto(BASE)
        yield opened
