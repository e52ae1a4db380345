"""Screen a labelled set again, in the order that the ranking would have given. Pure; chance comes from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.ranking.learning import Examples, learn
from screening.ranking.order import GROWTH
from screening.ranking.reading import Reading


@dataclass(frozen=True, slots=True)
class Priors:
    """How many relevant and irrelevant reports are given before the reading begins, drawn by chance."""

    relevant: int
    irrelevant: int


@dataclass(frozen=True, slots=True)
class Order:
    """One simulated screening: rows of the reading, first the ``given`` priors, then in reading order.

    ``shuffled`` are the rows without the priors in an order drawn by chance, for what a random share would have said.
    """

    seed: int
    rows: tuple[int, ...]
    given: int
    shuffled: tuple[int, ...]


def simulate(
    reading: Reading,
    labels: Sequence[bool],
    *,
    seed: int,
    priors: Priors,
    notify: Callable[[int], None] = lambda read: None,
) -> Order:
    """Read all reports, each time those that the model of what was read before puts first.

    The labels are looked at only of what has been read (and to see that nothing relevant is left). Without priors and
    without a question nothing can be learnt at first: reports come in an order drawn by chance until one is known.

    Parameters
    ----------
    reading : Reading
        The papers, with the question that counts as a relevant one.
    labels : sequence of bool
        One per paper: whether it is relevant.
    seed : int
        Decides which priors are drawn, and every other draw.
    notify : callable
        Is told after each round how many have been read.
    """
    truth = np.array(labels, dtype=bool)
    chance = np.random.default_rng(seed)
    given = [
        *chance.permutation(np.flatnonzero(truth))[: priors.relevant].tolist(),
        *chance.permutation(np.flatnonzero(~truth))[: priors.irrelevant].tolist(),
    ]
    shuffled = chance.permutation(np.setdiff1d(np.arange(len(truth)), given))
    read, unread = list(given), np.ones(len(truth), dtype=bool)
    unread[given] = False
    while unread.any():
        first = _first(reading, truth, read, shuffled)
        left = first[unread[first]]
        # After the last relevant one no order finds anything: ASReview's simulation ends there too.
        batch = left[: max(1, int(GROWTH * len(read)))] if truth[unread].any() else left
        read += batch.tolist()
        unread[batch] = False
        notify(len(read))
    return Order(seed, tuple(read), len(given), tuple(shuffled.tolist()))


def _first(
    reading: Reading, truth: NDArray[np.bool_], read: Sequence[int], shuffled: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give rows, those first that should be read first."""
    if not read and not reading.asked:
        return shuffled
    known = truth[list(read)].tolist()
    model = learn(reading, Examples(read, known, [1.0] * len(read)))
    return np.argsort(-model.scores, kind="stable")
