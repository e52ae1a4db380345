"""Mark the words of the PICO concepts in a text, escaped: one class per concept. Pure; no page or store is known here.

Words are compared as ``review.query`` compares them (case, accents and hyphens do not count), so what is marked is
what the strategy looks for.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import TypeAlias

from markupsafe import Markup, escape

from review.errors import QueryError
from review.protocol import Concept
from review.query import parse, terms
from review.query.matching import ONE, spelled
from review.text import fold

STYLES = 6
"""How many looks screen.css has (``c1`` … ``c6``); further concepts begin again."""

_WORD = re.compile(r"[^\W_]+")

Finder: TypeAlias = Callable[[str], Markup]


def highlighter(concepts: Iterable[Concept]) -> Finder:
    """Make a function that escapes a text and wraps each word of a concept in ``<mark class="c1">``.

    Where terms of two concepts overlap, the concept that the protocol names first is marked; within one concept the
    longest term.

    >>> highlighter([Concept("P", "Doctors", "population", ("doctor*",))])("Junior doctors <b>")
    Markup('Junior <mark class="c1" title="Doctors">doctors</mark> &lt;b&gt;')
    """
    patterns = [
        (f"c{number % STYLES + 1}", concept.label, pattern)
        for number, concept in enumerate(concepts)
        if (pattern := _pattern(concept.terms)) is not None
    ]

    def mark(text: str) -> Markup:
        text = unicodedata.normalize("NFC", text)
        found = _spans(text, [pattern for _, _, pattern in patterns])
        parts, at = [], 0
        for start, end, which in found:
            style, label, _ = patterns[which]
            inner = escape(text[start:end])
            parts += [escape(text[at:start]), Markup(f'<mark class="{style}" title="{escape(label)}">{inner}</mark>')]
            at = end
        return Markup("").join([*parts, escape(text[at:])])

    return mark


def _spans(text: str, patterns: list[re.Pattern[str]]) -> list[tuple[int, int, int]]:
    """Give (start, end, number of the pattern) of every mark in the text, in order, none overlapping."""
    folded, starts, words = " ", [], []
    for word in _WORD.finditer(text):
        starts.append(len(folded))
        words.append(word.span())
        folded += fold(word[0]).replace(" ", "") + " "
    taken: list[tuple[int, int, int]] = []
    used: set[int] = set()
    for which, pattern in enumerate(patterns):
        for hit in pattern.finditer(folded):
            first, last = bisect_right(starts, hit.start()) - 1, bisect_right(starts, hit.end() - 1) - 1
            covered = range(first, last + 1)
            if used.isdisjoint(covered):
                used.update(covered)
                taken.append((words[first][0], words[last][1], which))
    return sorted(taken)


def _pattern(written: Iterable[str]) -> re.Pattern[str] | None:
    """Match any of the terms as whole words of a folded text, the longest first."""
    alternatives = set()
    for term in written:
        for text in _leaves(term):
            words, truncated = spelled(text)
            if words:
                alternatives.add(words.replace(ONE, r"\w") + (r"\w*" if truncated else ""))
    if not alternatives:
        return None
    return re.compile(f"(?<= )(?:{'|'.join(sorted(alternatives, key=lambda a: (-len(a), a)))})(?= )")


def _leaves(term: str) -> list[str]:
    """Give the single terms and phrases that a term holds; words without quotes are a phrase."""
    try:
        return [leaf.text for leaf in terms(parse(term))]
    except QueryError:
        return [term]
