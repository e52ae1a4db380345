"""Which reports are one: groups that merges join and splits part. Pure; a group's smallest number stands for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


class Grouping:
    """Reports in groups; whoever was never merged is alone. ``touched`` are all that a merge or split was about."""

    def __init__(self, root: Mapping[int, int] | None = None) -> None:
        """Begin with report -> root of those that are merged into another."""
        self.root: dict[int, int] = dict(root or {})
        self.touched: set[int] = set()
        self._members: dict[int, set[int]] = defaultdict(set)
        for member, top in self.root.items():
            self._members[top].add(member)

    def of(self, report: int) -> set[int]:
        """Give the group that a report is in."""
        top = self.root.get(report, report)
        return {top, *self._members.get(top, ())}

    def merge(self, reports: Iterable[int]) -> None:
        """Make one group of the groups of some reports."""
        self._settle(set().union(*map(self.of, reports)))

    def split(self, reports: Iterable[int]) -> None:
        """Let some reports stand alone; what is left of their groups stays together."""
        for one in reports:
            rest = self.of(one) - {one}
            self._settle({one})
            if rest:
                self._settle(rest)

    def _settle(self, some: set[int]) -> None:
        top = min(some)
        for member in some:
            self._members.pop(member, None)
            self.root.pop(member, None)
        for member in some - {top}:
            self.root[member] = top
        if len(some) > 1:
            self._members[top] = some - {top}
        self.touched |= some
