"""What the ranking reads of a report, and papers as numbers. Built once per set of papers; nothing is learnt here.

A paper becomes one row of TF-IDF weights over words and pairs of neighbouring words, of its whole text and, in columns
of their own, of its title alone. A pair of words is one number, so that a set of 100,000 papers needs no dictionary
of eight million strings and each column can still be named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from screening.ranking.words import WORD

TITLE = 0.3
"""Weight of the title's own columns beside those of the whole text. bench/RESULTS.md, *Ranking*."""
COMMON = 0.95
"""A term that is in more than this part of the papers tells none from another. Function words below it do help."""
BLOCK = 2_000
"""Papers counted at a time, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is read of a report; absent is ``None``."""

    title: str | None
    abstract: str | None
    keywords: tuple[str, ...] = ()


class Reading:
    """Papers as numbers.

    Parameters
    ----------
    papers : sequence of Paper
    question : str
        The review's question and the terms of its concepts, read as a paper's title is; ``""`` where there is none.

    Attributes
    ----------
    papers : int
        How many there are.
    matrix : sparse array, float32, one row per paper and a last one for the question
    titles : int
        The first of the columns of titles.
    rarity : array, float32, one per column
        Weight that a term has where it is once, before it is divided by the length of its row.
    lengths : array, float32, one row per paper and a last one, two columns
        Lengths that the weights of the whole text and of the title were divided by; 0 without a word.
    asked : bool
        Whether the question has a word that is in a paper.
    """

    def __init__(self, papers: Sequence[Paper], question: str) -> None:
        self.papers = len(papers)
        texts = [*papers, Paper(question or None, None)]
        numbers: defaultdict[str, int] = defaultdict(count(1).__next__)
        titles = [_numbered([paper.title], numbers) for paper in texts]
        others = [_numbered([paper.abstract, *paper.keywords], numbers) for paper in texts]
        self._words = ["", *numbers]
        whole = [np.concatenate(parts) for parts in zip(titles, others, strict=True)]
        body, body_terms, body_rarity, body_lengths = self._weighed(whole)
        title, title_terms, title_rarity, title_lengths = self._weighed(titles)
        self._terms = np.concatenate([body_terms, title_terms])
        self.titles = len(body_terms)
        self.rarity = np.concatenate([body_rarity, title_rarity * np.float32(TITLE)])
        self.lengths = np.stack([body_lengths, title_lengths], axis=1)
        self.matrix = sparse.hstack([body, title * np.float32(TITLE)], format="csr", dtype=np.float32)
        self.asked = bool(self.matrix.indptr[-1] > self.matrix.indptr[-2])

    def term(self, column: int) -> str:
        """Name the word or the pair of words of a column."""
        first, second = divmod(int(self._terms[column]), len(self._words))
        return f"{self._words[first]} {self._words[second]}".rstrip()

    def _weighed(
        self, texts: Sequence[NDArray[np.int32]]
    ) -> tuple[sparse.csr_array, NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """Give TF-IDF weights of texts, each row of length 1; term and rarity of each column, the rows' lengths before.

        A term of one text alone cannot tell of another: it counts in the length of its row and has no column.
        """
        blocks = list(_blocks(texts, len(self._words)))
        known, found_in = _distinct(np.concatenate([terms for _, terms, _ in blocks]))
        usable = found_in <= max(1.0, COMMON * len(texts))
        rarity = np.where(usable, np.log((1 + len(texts)) / (1 + found_in)) + 1, 0).astype(np.float32)
        shared = usable & (found_in > 1)
        column = (np.cumsum(shared) - 1).astype(np.int32)  # scikit-learn takes no wider one
        parts, long = [], []
        while blocks:  # each is let go when it was used
            lengths, terms, times = blocks.pop(0)
            place = np.searchsorted(known, terms)
            weights = (1 + np.log(times)) * rarity[place]
            starts = np.concatenate([[0], np.cumsum(lengths)])
            squares = np.add.reduceat(np.append(weights * weights, np.float32(0)), starts[:-1]) * (lengths > 0)
            long.append(np.sqrt(squares).astype(np.float32))
            weights /= np.repeat(np.where(squares > 0, long[-1], np.float32(1)), lengths)
            kept = shared[place]
            ends = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)[starts]
            shape = (len(lengths), int(shared.sum()))
            parts.append(sparse.csr_array((weights[kept], column[place[kept]], ends), shape=shape))
        return sparse.vstack(parts, format="csr"), known[shared], rarity[shared], np.concatenate(long)


def _numbered(texts: Iterable[str | None], numbers: defaultdict[str, int]) -> NDArray[np.int32]:
    """Give the words of texts as numbers, 0 after each text, so that no pair of words spans two of them."""
    found: list[int] = []
    for text in texts:
        if text:
            found += map(numbers.__getitem__, WORD.findall(text.lower()))
            found.append(0)
    return np.array(found, dtype=np.int32)


def _distinct(terms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give sorted terms, each once, and how often each is there; ``terms`` is sorted in place, to save memory."""
    terms.sort()
    starts = np.flatnonzero(np.concatenate([[True], terms[1:] != terms[:-1]])[: len(terms)])
    return terms[starts], np.diff(np.append(starts, len(terms)))


def _blocks(
    texts: Sequence[NDArray[np.int32]], size: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
    """Count terms, block by block: how many differ in each text, and text by text, sorted, each and how often it is.

    The term of a word is ``number * size``, that of a pair is ``first * size + second``: a pair with no second word.
    """
    for start in range(0, len(texts), BLOCK):
        block = texts[start : start + BLOCK]
        words = np.concatenate(block).astype(np.int64)
        text = np.repeat(np.arange(len(block)), [len(one) for one in block])
        place = text * size * size + words * size
        paired = (words[:-1] > 0) & (words[1:] > 0) & (text[:-1] == text[1:])
        keys, times = np.unique(
            np.concatenate([place[words > 0], place[:-1][paired] + words[1:][paired]]), return_counts=True
        )
        row, terms = np.divmod(keys, size * size)
        yield np.bincount(row, minlength=len(block)), terms, times.astype(np.float32)
