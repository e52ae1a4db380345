"""What a coding stands under now: merged themes, and codings that a split moved, followed to their end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from review.forms import EMERGENT

Ref = tuple[str, str]
"""A coding: its key and the id of the person who made it."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Where names of components, sub-elements and themes lead now.

    ``merged`` is theme -> theme, ``moved`` (coding's key, coder, theme) -> theme, ``labels`` theme -> label.
    """

    merged: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str, person: str, name: str) -> str:
        """Give what a coding stands under now that was once put under a name.

        >>> Resolver({"emergent:a": "emergent:b"}, {("k", "p", "emergent:b"): "emergent:c"}).of("k", "p", "emergent:a")
        'emergent:c'
        """
        if (key, person, name) not in self.moved and name not in self.merged:  # almost every one of thousands
            return name
        line = [name]
        while (into := self.moved.get((key, person, line[-1])) or self.merged.get(line[-1])) is not None:
            if into in line:  # people who worked apart moved it in a ring
                return self._one_of(line[line.index(into) :])
            line.append(into)
        return line[-1]

    def living(self, name: str) -> str:
        """Give the theme that a theme was merged into, at the end; itself when it was not."""
        return self.of("", "", name)

    def leading_to(self, name: str) -> frozenset[str]:
        """Give the names that a coding may have been put under that stands under a name now, and perhaps others.

        >>> sorted(Resolver({"emergent:a": "emergent:b"}, {("k", "p", "x"): "emergent:a"}).leading_to("emergent:b"))
        ['emergent:a', 'emergent:b', 'x']
        """
        found, wave = {name}, {name}
        while wave:
            before = {old for old, into in self.merged.items() if into in wave}
            wave = (before | {old for (_, _, old), into in self.moved.items() if into in wave}) - found
            found |= wave
        return frozenset(found)

    def label(self, name: str) -> str:
        """Give what people call a theme; a component's id as it is."""
        return self.labels.get(name) or name.removeprefix(EMERGENT).strip()

    def _one_of(self, ring: list[str]) -> str:
        return min([name for name in ring if name not in self.merged] or ring)
