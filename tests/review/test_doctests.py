"""The examples in the docstrings of pure modules hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import review
import searches

PURE = [
    f"review.{name}" for name in ("record", "text", "identifiers", "agreement", "claims", "forms")
] + [
    module.name
    for package, prefix in ((review, "review.query"), (review, "review.formats"), (searches, "searches.dedupe"))
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    if module.name.startswith(prefix)
]  # fmt: skip


@pytest.mark.parametrize("name", PURE)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
