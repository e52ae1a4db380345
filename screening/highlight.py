"""Mark the words of the PICO concepts in a text, escaped: one class per concept, and one each for the words that speak
for and against a record. Pure; no page or store is known here.

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
from review.protocol.model import Highlights
from review.query import parse, terms
from review.query.matching import ONE, spelled
from review.text import fold

STYLES = 6
"""How many looks screen.css has (``c1`` … ``c6``); further concepts begin again."""

WORDS = (("for", "Speaks for inclusion"), ("against", "Speaks for exclusion"))
"""Class and label of the words that the protocol names beside those of the concepts."""

_WORD = re.compile(r"[^\W_]+")

Finder: TypeAlias = Callable[[str], Markup]
Spans: TypeAlias = Callable[[str], list[tuple[int, int, str]]]


def highlighter(concepts: Iterable[Concept], words: Highlights | None = None) -> Finder:
    """Make a function that escapes a text and wraps each word of a concept in ``<mark class="c1">``.

    The protocol's own ``words`` come first, as ``<mark class="for">`` and ``<mark class="against">``: whole words and
    phrases, truncated where they end in ``*``. Where terms of two concepts overlap, the concept that the protocol
    names first is marked; within one concept the longest term.

    >>> highlighter([Concept("P", "Doctors", "population", ("doctor*",))])("Junior doctors <b>")
    Markup('Junior <mark class="c1" title="Doctors">doctors</mark> &lt;b&gt;')
    """
    known = _known(concepts, words)
    patterns = [pattern for _, _, pattern in known]
    opened = [f'<mark class="{style}" title="{escape(label)}">' for style, label, _ in known]

    def mark(text: str) -> Markup:
        text = unicodedata.normalize("NFC", text)
        parts, at = [], 0
        for start, end, which in _spans(text, patterns):
            parts += [escape(text[at:start]), opened[which], escape(text[start:end]), "</mark>"]
            at = end
        return Markup("".join([*parts, escape(text[at:])]))

    return mark


def places(concepts: Iterable[Concept], words: Highlights | None = None) -> Spans:
    """Make a function that says what ``highlighter`` would mark in a text, as (start, end, class), in order.

    >>> places([Concept("P", "Doctors", "population", ("doctor*",))])("Junior doctors")
    [(7, 14, 'c1')]
    """
    known = _known(concepts, words)
    patterns = [pattern for _, _, pattern in known]
    return lambda text: [(start, end, known[which][0]) for start, end, which in _spans(text, patterns)]


def _known(concepts: Iterable[Concept], words: Highlights | None) -> list[tuple[str, str, re.Pattern[str]]]:
    """Give class, label and pattern of everything that is marked."""
    words = words or Highlights()
    wanted = [
        (style, label, [term.strip('"') for term in terms])
        for (style, label), terms in zip(WORDS, (words.include, words.exclude), strict=True)
    ]
    wanted += [
        (f"c{number % STYLES + 1}", concept.label, [text for term in concept.terms for text in _leaves(term)])
        for number, concept in enumerate(concepts)
    ]
    return [(style, label, found) for style, label, texts in wanted if (found := _pattern(texts)) is not None]


def _spans(text: str, patterns: list[re.Pattern[str]]) -> list[tuple[int, int, int]]:
    """Give (start, end, number of the pattern) of every mark in the text, in order, none overlapping."""
    columns = text.translate(_COLUMNS)
    if _LONGER in columns:
        return _spans_by_word(text, patterns)
    taken: list[tuple[int, int, int]] = []
    used = bytearray(len(columns))
    for which, pattern in enumerate(patterns):
        for hit in pattern.finditer(f" {columns} "):
            start, end = hit.start() - 1, hit.end() - 1
            if not any(used[start:end]):
                used[start:end] = bytes([1]) * (end - start)
                taken.append((start, end, which))
    return sorted(taken)


_LONGER = "\0"


class _Columns(dict[int, str]):
    """A table that folds a text letter by letter, so that every letter stays in its place; filled as they are met.

    What is no part of a word becomes a space, and a letter that folds to several or to none ``_LONGER``.
    """

    def __missing__(self, code: int) -> str:
        letters = fold(chr(code)) if chr(code).isalnum() else " "
        self[code] = letters if len(letters) == 1 else _LONGER
        return self[code]


_COLUMNS = _Columns()


def _spans_by_word(text: str, patterns: list[re.Pattern[str]]) -> list[tuple[int, int, int]]:
    """Do as ``_spans``, several times slower, where letters do not stay in their places (ß, ﬁ)."""
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


def _pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    """Match any of some terms and phrases as whole words of a folded text, the longest first."""
    alternatives = set()
    for text in texts:
        words, truncated = spelled(text)
        if words:
            alternatives.add(words.replace(ONE, r"\w").replace(" ", " +") + (r"\w*" if truncated else ""))
    if not alternatives:
        return None
    return re.compile(f"(?<= )(?:{'|'.join(sorted(alternatives, key=lambda a: (-len(a), a)))})(?= )")


def _leaves(term: str) -> list[str]:
    """Give the single terms and phrases that a term holds; words without quotes are a phrase."""
    try:
        return [leaf.text for leaf in terms(parse(term))]
    except QueryError:
        return [term]
