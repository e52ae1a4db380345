"""Learn from what people decided which papers are like those that they want: scores, chances, and the words behind.

A linear support vector machine over the terms of ``screening.ranking.reading``. The same examples give the same
numbers: the only sample there is, of unread papers, is always drawn alike. What was tried: docs/methods.md, *Ranking*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from screening.ranking.reading import Reading
from screening.ranking.words import SHOWN, Word, strongest

VERSION = "svm-1"
"""Named beside every ranking that was served; another one when the numbers would be others."""
STRICTNESS = 0.05
"""Cost of a wrong example (C of the machine). Smaller ones find few papers sooner and many papers later."""
BALANCE = 9.8
"""All relevant examples together weigh this many times what all irrelevant ones do (as in ASReview's ELAS u4)."""
PRESUMED = 300
"""So many unread papers are presumed irrelevant: most are, and those that were read are no fair picture of the rest.
Cormack & Grossman, arXiv:1504.06868 (AutoTAR), draw 100; checked 2026-11-22."""
PRESUMPTION = 0.3
"""What all presumed papers together weigh beside all that people found irrelevant."""
QUESTION = 5.0
"""The question weighs one paper at first, half of one when so many relevant ones are known: they say better what is
wanted. bench/RESULTS.md, *Ranking*."""
ENOUGH = 10
"""Fewer relevant or fewer irrelevant examples than these tell no chances."""
FOLDS = 3
ROUNDS = 3
"""How often the chances of presumed papers are guessed from the curve, and the curve drawn again through the guesses.
bench/RESULTS.md, *Ranking*: without, chances were several times too high early on."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What people decided: rows of a reading, whether each is relevant, and how much it weighs (1: one paper)."""

    rows: Sequence[int]
    relevant: Sequence[bool]
    weights: Sequence[float]


class Model:
    """What was learnt.

    Attributes
    ----------
    scores : array, float64, one per paper
        Higher is to be read sooner; ties are read in the order of the rows. Scores of two models are not comparable.
    weights : array, float64, one per column of the reading
    """

    def __init__(self, reading: Reading, lesson: _Lesson) -> None:
        self._reading, self._lesson = reading, lesson
        self.weights = _weights(lesson)
        self.scores: NDArray[np.float64] = (reading.matrix @ self.weights)[: reading.papers]

    @cached_property
    def chances(self) -> NDArray[np.float64] | None:
        """Probability of being relevant, 0..1, one per paper; never higher for a lower score.

        Worked out when first asked for, in three times what learning takes. ``None`` while fewer than ``ENOUGH``
        relevant or irrelevant papers were decided on, and where the score does not tell them apart.
        """
        curve = _curve(self._lesson)
        if curve is None:
            return None
        slope, start = curve
        return np.asarray(1 / (1 + np.exp(-np.clip(slope * self.scores + start, -500, 500))), dtype=np.float64)

    def words(self, row: int, count: int = SHOWN) -> list[Word]:
        """Name the terms that move a paper most, for (positive) and against (negative), the strongest first."""
        start, end = self._reading.matrix.indptr[row : row + 2]
        columns, values = self._reading.matrix.indices[start:end], self._reading.matrix.data[start:end]
        added: dict[str, float] = {}
        for column, value in zip(columns, values * self.weights[columns], strict=True):
            if value:
                term = self._reading.term(column)
                added[term] = added.get(term, 0.0) + float(value)
        return strongest(added, count)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Rows to learn from: ``decided`` ones by people, the question, at last ``presumed`` ones of ``unread`` papers."""

    matrix: sparse.csr_array
    relevant: NDArray[np.bool_]
    weights: NDArray[np.float64]
    decided: int
    presumed: int
    unread: int

    def part(self, kept: NDArray[np.bool_]) -> _Lesson:
        return _Lesson(self.matrix[np.flatnonzero(kept)], self.relevant[kept], self.weights[kept], 0, 0, 0)


def learn(reading: Reading, examples: Examples) -> Model:
    """Learn from examples, from the question, a relevant paper of falling weight, and from papers presumed irrelevant.

    Where nothing is known to be relevant nothing is presumed: with irrelevant examples alone the papers least like
    them come first; with nothing at all every score is 0.
    """
    return Model(reading, _lesson(reading, examples))


def _lesson(reading: Reading, examples: Examples) -> _Lesson:
    known = np.array(examples.rows, dtype=np.int32)
    weights = np.array(examples.weights, dtype=np.float64)
    relevant = np.array(examples.relevant, dtype=bool)
    asked = np.array([reading.papers] if reading.asked else [], dtype=np.int32)
    drawn = np.random.default_rng(0).permutation(reading.papers).astype(np.int32)
    presumed = drawn[~np.isin(drawn, known)][: PRESUMED if relevant.any() or reading.asked else 0]
    against = weights[~relevant].sum() or 1.0
    return _Lesson(
        reading.matrix[np.concatenate([known, asked, presumed])].astype(np.float64),
        np.concatenate([relevant, np.ones(len(asked), bool), np.zeros(len(presumed), bool)]),
        np.concatenate(
            [
                weights,
                np.full(len(asked), QUESTION / (QUESTION + relevant.sum())),
                np.full(len(presumed), PRESUMPTION * against / max(1, len(presumed))),
            ]
        ),
        len(known),
        len(presumed),
        reading.papers - len(known),
    )


def _weights(lesson: _Lesson) -> NDArray[np.float64]:
    """Find the weight of each term."""
    relevant, weights = lesson.relevant, lesson.weights
    if relevant.all() or not relevant.any() or not lesson.matrix.nnz:
        return np.asarray(lesson.matrix.T @ np.where(relevant, weights, -weights), dtype=np.float64)
    balanced = np.where(relevant, weights, weights * weights[relevant].sum() / (BALANCE * weights[~relevant].sum()))
    machine = LinearSVC(C=STRICTNESS, random_state=0)
    machine.fit(lesson.matrix, relevant, sample_weight=balanced * weights.sum() / balanced.sum())
    found: NDArray[np.float64] = machine.coef_.ravel()
    return found


def _curve(lesson: _Lesson) -> tuple[float, float] | None:
    """Fit chance = 1 / (1 + exp(-(slope * score + start))) to scores that papers got from a model without them.

    Those that people decided on count as decided. Presumed ones stand for all that are unread: irrelevant at first, and
    then as likely relevant as the curve says. Sources: Platt JC, Probabilistic outputs for SVMs, 1999;
    Dempster AP et al. 1977, doi:10.1111/j.2517-6161.1977.tb01600.x (here few rounds, not to the end).
    """
    decided = lesson.relevant[: lesson.decided]
    if min(decided.sum(), (~decided).sum()) < ENOUGH:
        return None
    rows = np.r_[: lesson.decided, len(lesson.relevant) - lesson.presumed : len(lesson.relevant)]
    kind = np.concatenate([decided, np.full(lesson.presumed, 2)])
    fold = np.full(len(lesson.relevant), -1)
    for one in range(3):
        of_kind = rows[kind == one]
        fold[of_kind] = np.arange(len(of_kind)) % FOLDS
    found = np.empty(len(lesson.relevant))
    for number in range(FOLDS):
        left_out = np.flatnonzero(fold == number)
        found[left_out] = lesson.matrix[left_out] @ _weights(lesson.part(fold != number))
    spread = float(found[: lesson.decided].std())
    if spread == 0:
        return None
    scores = np.concatenate([found[rows], found[rows[lesson.decided :]]])[:, None] / spread
    said = np.concatenate([decided, np.zeros(lesson.presumed), np.ones(lesson.presumed)])
    each = lesson.unread / max(1, lesson.presumed)
    guess = np.zeros(lesson.presumed)
    for _ in range(ROUNDS + 1):
        weights = np.concatenate([np.ones(lesson.decided), each * (1 - guess), each * guess])
        curve = LogisticRegression(C=100.0).fit(scores, said, sample_weight=weights)
        guess = curve.predict_proba(scores[len(rows) :])[:, 1] if lesson.presumed else guess
    slope = float(curve.coef_[0, 0]) / spread
    return (slope, float(curve.intercept_[0])) if slope > 0 else None
