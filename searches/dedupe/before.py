"""What an update has to respect: old records are reports already, which are neither parted nor joined with one another.

Row numbers and positions only; knows nothing of titles or DOIs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from searches.dedupe.block import Rows
from searches.dedupe.cluster import Pair
from searches.dedupe.model import Link, Options
from searches.dedupe.rules import FITS_BOTH, SURE


def parted_copies(digests: Sequence[str], options: Options) -> set[int]:
    """Give the old positions whose record lies identically in two old reports: they may not become one row."""
    reports: dict[str, set[int]] = {}
    report_of = _reports(options)
    for position, digest in enumerate(digests[: options.new_from]):
        reports.setdefault(digest, set()).add(report_of.get(position, position))
    return {position for position, digest in enumerate(digests[: options.new_from]) if len(reports[digest]) > 1}


def _reports(options: Options) -> dict[int, int]:
    """Give position -> first position of its report, for reports of several records."""
    return {position: min(group) for group in options.settled for position in group}


class Before:
    """The reports that were there before, as rows: ``first`` is row -> first row of its report, for old rows only."""

    def __init__(self, rows: Sequence[Sequence[int]], options: Options) -> None:
        """Take the positions that every row holds; old positions of one row are of one report."""
        report_of = _reports(options)
        old = sorted((min(node), row) for row, node in enumerate(rows) if min(node) < options.new_from)
        top: dict[int, int] = {}
        self.first: dict[int, int] = {
            row: top.setdefault(report_of.get(position, position), row) for position, row in old
        }
        self._label: Rows = np.full(len(rows), -1, dtype=np.int64)
        self._label[list(self.first)] = list(self.first.values())

    def settled(self) -> list[Pair]:
        """Give pairs that join the rows of every old report."""
        return [_ordered(row, top) for row, top in self.first.items() if row != top]

    def telling(self, left: Rows, right: Rows) -> tuple[Rows, Rows]:
        """Keep the pairs that are worth comparing: not two rows of different old reports."""
        if not self.first:
            return left, right
        one, other = self._label[left], self._label[right]
        worth = (one < 0) | (other < 0) | (one == other)
        return left[worth], right[worth]

    def parted(self, pair: Pair) -> bool:
        """Say whether two rows are of different old reports."""
        one, other = (self.first.get(row) for row in pair)
        return one is not None and other is not None and one != other

    def strongest_first(self, links: Mapping[Pair, Link]) -> dict[Pair, Link]:
        """Put links by sure rules before the others: what a new row joins first keeps it from other old reports."""
        if not self.first:
            return dict(links)
        return dict(sorted(links.items(), key=lambda one: one[1].rule not in SURE))  # sorting keeps the order else

    def torn(self, links: Mapping[Pair, Link], certain: Collection[Pair]) -> Iterator[tuple[Pair, Link]]:
        """Give the links of new rows that sure rules put into two old reports or more: a person has to choose.

        A row that is certainly of one report is of that one.
        """
        decided = {row for pair in certain if any(one in self.first for one in pair) for row in pair}
        fits: dict[int, dict[Pair, Link]] = {}
        for pair, link in links.items():
            new = [row for row in pair if row not in self.first]
            if len(new) == 1 and self.first and new[0] not in decided:
                fits.setdefault(new[0], {})[pair] = link
        for found in fits.values():
            if len({self._old(pair) for pair, link in found.items() if link.rule in SURE}) > 1:
                yield from found.items()

    def asked(
        self, torn: Mapping[Pair, Link], crossing: Sequence[tuple[Pair, Pair]], score: Mapping[Pair, Link]
    ) -> list[Link]:
        """Give what a person is asked when new rows fit two old reports: the old ones, and the new with each."""
        fits: dict[int, list[Link]] = {}
        for pair, link in torn.items():
            new = next(row for row in pair if row not in self.first)
            fits.setdefault(new, []).append(link)
        asked = [Link(*reports, FITS_BOTH, score[pair].score) for pair, reports in crossing]
        for links in fits.values():
            asked += [Link(link.left, link.right, FITS_BOTH, link.score) for link in links]
            best = {self._old((link.left, link.right)): link.score for link in reversed(links)}
            tops = sorted(best)
            asked += [Link(a, b, FITS_BOTH, min(best[a], best[b])) for at, a in enumerate(tops) for b in tops[at + 1 :]]
        return asked

    def _old(self, pair: Pair) -> int:
        return next(self.first[row] for row in pair if row in self.first)


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
