"""What the ranking reads of a report, and papers as numbers. Built once per set of papers; nothing is learnt here.

A paper becomes one row of TF-IDF weights over words and pairs of neighbouring words, of its whole text and, in columns
of their own, of its title alone. A pair of words is one number, so that a set of 100,000 papers needs no dictionary
of eight million strings and each column can still be named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from screening.ranking.words import WORD

TITLE = 0.3
"""Weight of the title's own columns beside those of the whole text. bench/RESULTS.md, *Ranking*."""
COMMON = 0.95
"""A term that is in more than this part of the papers tells none from another. Function words below it do help."""
BLOCK, PARTS = 2_000, 8
"""Papers counted at a time, and parts in which their terms are brought together: both bound the memory."""
LAST = np.iinfo(np.int64).max


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
        bodies, body_terms, body_rarity, body_lengths = self._weighed(
            [np.concatenate(parts) for parts in zip(titles, others, strict=True)]
        )
        del others
        headings, title_terms, title_rarity, title_lengths = self._weighed(titles)
        self._terms = np.concatenate([body_terms, title_terms])
        self.titles = len(body_terms)
        self.rarity = np.concatenate([body_rarity, title_rarity * np.float32(TITLE)])
        self.lengths = np.stack([body_lengths, title_lengths], axis=1)
        self.matrix = _beside(bodies, headings)
        self.asked = bool(self.matrix.indptr[-1] > self.matrix.indptr[-2])

    def term(self, column: int) -> str:
        """Name the word or the pair of words of a column."""
        first, second = divmod(int(self._terms[column]), len(self._words))
        return f"{self._words[first]} {self._words[second]}".rstrip()

    def _weighed(
        self, texts: Sequence[NDArray[np.int32]]
    ) -> tuple[list[sparse.csr_array], NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """Give TF-IDF weights of texts, each row of length 1, in blocks; each column's term and rarity; rows' lengths.

        A term of one text alone cannot tell of another: it counts in the length of its row and has no column.
        """
        blocks = list(_blocks(texts, len(self._words)))
        known, found_in = _shared([terms for _, terms, _ in blocks])
        usable = np.append(found_in <= COMMON * len(texts), False)
        found_in = np.append(found_in, 1)  # after the last one: whatever is in one text only
        rarity = np.where(usable | (found_in == 1), np.log((1 + len(texts)) / (1 + found_in)) + 1, 0)
        rarity = rarity.astype(np.float32)
        column = (np.cumsum(usable) - 1).astype(np.int32)  # scikit-learn takes no wider one
        parts, long = [], []
        while blocks:  # each is let go when it was used
            lengths, terms, times = blocks.pop(0)
            place = np.searchsorted(known[:-1], terms)
            place[known[place] != terms] = len(known) - 1
            weights = (1 + np.log(times)) * rarity[place]
            starts = np.concatenate([[0], np.cumsum(lengths)])
            squares = np.add.reduceat(np.append(weights * weights, np.float32(0)), starts[:-1]) * (lengths > 0)
            long.append(np.sqrt(squares).astype(np.float32))
            weights /= np.repeat(np.where(squares > 0, long[-1], np.float32(1)), lengths)
            kept = usable[place]
            ends = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)[starts]
            shape = (len(lengths), int(usable.sum()))
            parts.append(sparse.csr_array((weights[kept], column[place[kept]], ends), shape=shape))
        return parts, known[usable], rarity[usable], np.concatenate(long)


def _beside(bodies: list[sparse.csr_array], headings: list[sparse.csr_array]) -> sparse.csr_array:
    """Put the columns of titles, at their weight, beside those of whole texts; both lists are used up on the way."""
    columns = bodies[0].shape[1] + headings[0].shape[1]
    size = sum(part.nnz for part in (*bodies, *headings))
    data, indices = np.empty(size, np.float32), np.empty(size, np.int32)
    ends, filled = [np.zeros(1, np.int32)], 0
    while bodies:
        part = sparse.hstack([bodies.pop(0), headings.pop(0) * np.float32(TITLE)], format="csr")
        data[filled : filled + part.nnz], indices[filled : filled + part.nnz] = part.data, part.indices
        ends.append((part.indptr[1:] + filled).astype(np.int32))
        filled += part.nnz
    pointers = np.concatenate(ends)
    return sparse.csr_array((data, indices, pointers), shape=(len(pointers) - 1, columns))


def _numbered(texts: Iterable[str | None], numbers: defaultdict[str, int]) -> NDArray[np.int32]:
    """Give the words of texts as numbers, 0 after each text, so that no pair of words spans two of them."""
    found: list[int] = []
    for text in texts:
        if text:
            found += map(numbers.__getitem__, WORD.findall(text.lower()))
            found.append(0)
    return np.array(found, dtype=np.int32)


def _shared(texts: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the terms that are in more than one text, sorted, and in how many; a range of terms at a time.

    A last term, larger than any, stands for all others; it has no number.
    """
    sample = np.sort(np.concatenate([terms[::PARTS] for terms in texts]))
    bounds = [np.iinfo(np.int64).min, *sample[len(sample) // PARTS :: len(sample) // PARTS + 1], LAST]
    known, found_in = [], []
    for low, high in pairwise(bounds):
        some = np.concatenate([terms[(terms >= low) & (terms < high)] for terms in texts])
        some.sort()
        starts = np.flatnonzero(np.concatenate([[True], some[1:] != some[:-1]])[: len(some)])
        times = np.diff(np.append(starts, len(some)))
        known.append(some[starts[times > 1]])
        found_in.append(times[times > 1])
    return np.concatenate([*known, [LAST]]), np.concatenate(found_in)


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
