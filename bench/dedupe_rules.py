"""Run deduplication with other tables of rules, in this process only: rows taken away, recorded, or thresholds shifted.

Relies on two things: ``searches.dedupe.judge`` holds the tuples ``MERGE``, ``VETO`` and ``UNSURE``, and each row has a
``name`` and a ``when`` over compared pairs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any, TypeAlias

import numpy as np

JUDGE = importlib.import_module("searches.dedupe.judge")
NAMES = ("MERGE", "VETO", "UNSURE")
SIMILARITIES = ("title", "words", "authors", "abstract")

Tables: TypeAlias = dict[str, tuple[Any, ...]]


def full() -> Tables:
    """Give the tables as they are now."""
    return {name: getattr(JUDGE, name) for name in NAMES}


@contextmanager
def using(tables: Tables) -> Iterator[None]:
    """Judge with other tables."""
    before = full()
    try:
        for name, rows in tables.items():
            setattr(JUDGE, name, rows)
        yield
    finally:
        for name, rows in before.items():
            setattr(JUDGE, name, rows)


def without(tables: Tables, rows: set[tuple[str, str]]) -> Tables:
    """Take rows away, each named by its table and its name."""
    return {table: tuple(row for row in tables[table] if (table, row.name) not in rows) for table in tables}


def recorded(tables: Tables, deciding: set[tuple[str, str]]) -> Tables:
    """Give the same tables; the rows that decide about a pair which would be merged are added to ``deciding``.

    A row of ``MERGE`` decides when it is the first that holds and no veto does; a veto when it is the first that holds
    and a row of ``MERGE`` holds as well.
    """
    first, *rest = tables["MERGE"]

    def when(pairs: Any) -> Any:
        merge, veto = (_first([row.when(pairs) for row in tables[name]]) for name in ("MERGE", "VETO"))
        for name, found in (("MERGE", merge[(merge >= 0) & (veto < 0)]), ("VETO", veto[(merge >= 0) & (veto >= 0)])):
            deciding.update((name, tables[name][number].name) for number in np.unique(found))
        return first.when(pairs)

    return {**tables, "MERGE": (replace(first, when=when), *rest)}


def _first(masks: Sequence[Any]) -> Any:
    """Give the number of the first mask that holds, -1 where none does."""
    every = np.array(masks)
    return np.where(every.any(axis=0), every.argmax(axis=0), -1)


def shifted(tables: Tables, by: float) -> Tables:
    """Let the rules see every similarity of text raised by so much, as if their thresholds were that much lower.

    What is equal stays equal, and what is unknown unknown.
    """

    def seen_by(when: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda pairs: when(_moved(pairs, by))

    return {name: tuple(replace(row, when=seen_by(row.when)) for row in rows) for name, rows in tables.items()}


def _moved(pairs: Any, by: float) -> Any:
    names = [one.name for one in fields(pairs) if one.name in SIMILARITIES]
    values = {name: getattr(pairs, name) for name in names}
    return replace(pairs, **{name: np.where(x == 1, x, np.clip(x + by, 0, 1)) for name, x in values.items()})
