"""Fixtures of the reports room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from report_log import CODES, REASONS, Log

from review.protocol.model import Protocol, StageRules
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol


@pytest.fixture
def make_log() -> Callable[..., Log]:
    """Give the function ``(store, votes=1, remove_unmatched=False)`` that makes a log with its protocol in force."""

    def make(store: Store, *, votes: int = 1, remove_unmatched: bool = False) -> Log:
        rules = StageRules(votes=votes, reasons=REASONS)
        protocol = Protocol("Mentoring and doctors", "Does mentoring help doctors?", "hash", "text",
                            title_abstract=rules, full_text=rules, remove_unmatched=remove_unmatched)  # fmt: skip
        with store.write() as connection:
            actor = Actor(enrol(store, connection, "Ann"), protocol.hash)
            stage = {"votes": votes, "maybe": "discuss", "reasons": list(CODES), "remove_unmatched": remove_unmatched}
            payload = {"hash": protocol.hash, "rules": {"title-abstract": stage, "full-text": stage}}
            append_many(store, connection, actor, [Entry("protocol", payload)])
        return Log(store, protocol, actor)

    return make


@pytest.fixture
def log(store: Store, make_log: Callable[..., Log]) -> Log:
    """Give an empty log."""
    return make_log(store)
