"""Advice on stopping, computed from what was read at a stage. Pure: no store, no model, no clock.

Advice only: a person stops, and says why. Rules are in ``screening.stopping_rules``, statistics in
``screening.recall``, the checklist in ``screening.safe``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from screening.recall import TARGET, RecallTest, Sample, estimate, missed_target
from screening.safe import Counts, Line, checklist
from screening.stopping_rules import IN_A_ROW, LABELS, RISKS, Risk, irrelevant_in_a_row


@dataclass(frozen=True, slots=True)
class History:
    """What was read at a stage so far, as the person who asks may know it.

    Attributes
    ----------
    labels : sequence of bool
        One per report that somebody has read, in the order in which they were first read. True is relevant: included,
        or a maybe, or still in conflict.
    shuffled : sequence of bool or None
        One per report of the stage, in the order that chance drew once and that random reports are served in: its
        label, or ``None`` while it is unread.
    partly_read, votes_left : int
        Of the reports that were read, those that wait for further votes; and how many votes these wait for.
    key_found, key_total : int
        Papers known to be relevant beforehand that are at the stage: found relevant by now, and all.
    expected : float or None
        The sum of the model's calibrated chances over the unread reports; ``None`` without any.
    other_model, checked : int or None
        As in ``screening.safe.Counts``.
    target : float, 0..1
        The recall to be reached.
    """

    labels: Sequence[bool]
    shuffled: Sequence[bool | None]
    partly_read: int = 0
    votes_left: int = 0
    key_found: int = 0
    key_total: int = 0
    expected: float | None = None
    other_model: int | None = None
    checked: int | None = None
    target: float = TARGET


@dataclass(frozen=True, slots=True)
class Run:
    """A rule of thumb: how many irrelevant reports in a row it needs, and what it has missed elsewhere."""

    code: str
    label: str
    needed: int
    reached: bool
    risk: Risk


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model itself expects to be unread and relevant. Rough, and no test of the model."""

    unread_relevant: float
    recall: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that is known about stopping now; ``read`` + ``unread`` = ``total``.

    ``sample`` is ``None`` while the first report of the random share is unread, ``guess`` without a model that knows
    chances. ``partly_read`` of the reports that were read need ``votes_left`` further votes, whoever stops.
    """

    total: int
    read: int
    unread: int
    found: int
    in_a_row: int
    partly_read: int
    votes_left: int
    test: RecallTest
    runs: tuple[Run, ...]
    sample: Sample | None
    guess: Guess | None
    safe: tuple[Line, ...]


def advice(history: History) -> Advice:
    """Compute all of it.

    Raises
    ------
    StageError
        SciPy is not installed.
    ValueError
        ``labels`` and ``shuffled`` do not tell of the same reports.
    """
    labels, total = list(map(bool, history.labels)), len(history.shuffled)
    if Counter(labels) != Counter(bool(label) for label in history.shuffled if label is not None):
        raise ValueError("the labels in reading order and those in drawn order are not of the same reports")
    read, found, row = len(labels), sum(labels), irrelevant_in_a_row(labels)
    sample = estimate(history.shuffled)
    counts = Counts(
        total=total, read=read, drawn=sample.drawn if sample else 0, drawn_relevant=sample.relevant if sample else 0,
        key_found=history.key_found, key_total=history.key_total, in_a_row=row, other_model=history.other_model,
        checked=history.checked,
    )  # fmt: skip
    return Advice(
        total=total, read=read, unread=total - read, found=found, in_a_row=row,
        partly_read=history.partly_read, votes_left=history.votes_left,
        test=missed_target(labels, total, history.target),
        runs=tuple(
            Run(rule.code, LABELS[rule.code], rule.needed(total), row >= rule.needed(total) and found > 0,
                RISKS[rule.code])
            for rule in IN_A_ROW
        ),
        sample=sample, guess=_guess(history.expected, found), safe=checklist(counts),
    )  # fmt: skip


def _guess(expected: float | None, found: int) -> Guess | None:
    if expected is None:
        return None
    return Guess(expected, found / (found + expected) if found + expected else None)
