"""Fixtures of the extraction room: a store with synthetic reports included at full text, and a small form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from browser import chromium
from playwright.sync_api import Browser

from review.forms import Field, Form, Option, Section
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol


def _actor(store: Store, name: str) -> Actor:
    with store.write() as connection:
        return Actor(enrol(store, connection, name), "0" * 64)


def _include(store: Store, actor: Actor, reports: Sequence[int]) -> None:
    votes = [
        Entry("decision", {"report": r, "stage": stage, "verdict": "include", "reasons": [], "note": None})
        for r in reports
        for stage in ("title-abstract", "full-text")
    ]
    with store.write() as connection:
        append_many(store, connection, actor, votes)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def include() -> Callable[[Store, Actor, Sequence[int]], None]:
    """Give the function that includes reports at both stages."""
    return _include


@pytest.fixture
def ann(filled: Store) -> Actor:
    """Give a person of the review."""
    return _actor(filled, "Ann")


@pytest.fixture
def ben(filled: Store) -> Actor:
    """Give another person of the review."""
    return _actor(filled, "Ben")


@pytest.fixture
def cleo(filled: Store) -> Actor:
    """Give a third person of the review."""
    return _actor(filled, "Cleo")


@pytest.fixture
def two_studies(filled: Store, ann: Actor) -> Store:
    """Give a store where reports 1 and 2 (Maker 2001, Maker 2002) are included: studies maker2001 and maker2002."""
    _include(filled, ann, [1, 2])
    return filled


@pytest.fixture
def form() -> Form:
    """Give a form with one field of each type."""
    design = (Option("qualitative", "Qualitative"), Option("mixed", "Mixed methods"))
    roles = (Option("mentors", "Mentors"), Option("mentees", "Mentees"), Option("controls", "Controls"))
    fields = (
        Field("aim", "Aim", required=True, quote=True),
        Field("design", "Design", "single", required=True, options=design),
        Field("roles", "Roles", "multiple", options=roles),
        Field("location", "Location", "country"),
        Field("n", "Participants", "number", unit="people"),
        Field("until", "Data collected until", "date"),
    )
    return Form("small", "1", "Small form", "made up for tests", (Section("All", fields),))
