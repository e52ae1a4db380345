"""Fixtures of the reports room."""

from __future__ import annotations

import pytest
from report_log import Log, make_log

from review.store import Store


@pytest.fixture
def log(store: Store) -> Log:
    """Give an empty log with its protocol in force."""
    return make_log(store)
