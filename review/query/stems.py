"""What a truncated term really met in records, counted, and whether these are words of one family. No IO."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from review.errors import Fault
from review.query.matching import matched_words, spelled
from review.query.tree import FIELDS, Node
from review.record import Record

_ENDING = re.compile(r"(?:ings?|e[ds]?|ies|s|y)$")
"""Endings that leave a word in the family of its stem: ``nurs*`` meets nurse, nurses and nursing."""

SHARE = 0.1
"""The part of all meetings that a second family, or the bare stem, must have before it counts as more than noise."""

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Stem:
    """A truncated term: the words that it met, each with its records, and the same words parted into families.

    Both are sorted by records, most first, then by word.
    """

    text: str
    words: tuple[tuple[str, int], ...]
    families: tuple[tuple[str, ...], ...]
    suspicious: bool

    @property
    def fault(self) -> Fault | None:
        """Say what the stem met, where that is more than one family of words."""
        if not self.suspicious:
            return None
        counts = dict(self.words)
        families = [f"{family[0]} ({sum(counts[word] for word in family)})" for family in self.families[:_SHOWN]]
        what = f"it finds words of {len(self.families)} families, such as {', '.join(families)}"
        return Fault(self.text, what, "write the words that you mean, joined by OR")


def stems(node: Node, records: Iterable[Record], fields: tuple[str, ...] = FIELDS) -> tuple[Stem, ...]:
    """Give each truncated term of a query with the words that it really met.

    Words that share two letters more than the stem, or have an ending only behind it, are a family. A stem is
    suspicious when two families or more each have a tenth of all meetings (``SHARE``), unless the stem is itself a
    word that is met as often: the words of ``doctor*`` are all built on *doctor*, but those of ``ment*`` are not.

    >>> from review.query import Term
    >>> records = [Record(title="Mental health"), Record(title="A mentor"), Record(title="Mentors mention")]
    >>> found = stems(Term("ment*"), records)[0]
    >>> found.families, found.suspicious
    ((('mentor', 'mentors'), ('mental',), ('mention',)), True)
    """
    found = matched_words(node, records, fields)
    return tuple(_stem(text, counts) for text, counts in found.items() if text.endswith("*"))


def _stem(text: str, counts: Counter[str]) -> Stem:
    words = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    stem = spelled(text)[0].split()[-1]
    parted: dict[str, list[str]] = {}
    for word, _ in words:
        parted.setdefault(_family(word.split()[-1], stem), []).append(word)
    total = sum(counts.values())
    sizes = sorted((sum(counts[word] for word in family) for family in parted.values()), reverse=True)
    whole = sum(count for word, count in words if word.split()[-1] in (stem, stem + "s"))
    families = sorted(parted.values(), key=lambda family: (-sum(counts[word] for word in family), family[0]))
    several = len(sizes) > 1 and sizes[1] >= SHARE * total
    return Stem(text, words, tuple(tuple(family) for family in families), several and whole < SHARE * total)


def _family(word: str, stem: str) -> str:
    """Give what words of one family share: the stem and two letters, or less where only an ending follows it."""
    base = word[: len(stem)] + _ENDING.sub("", word[len(stem) :]) if len(word) > len(stem) else word
    return base[: len(stem) + 2]
