"""Faults of vocabulary that a query can have although it is well formed; advice for a person, never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.errors import Fault
from review.query.matching import ONE, spelled
from review.query.tree import And, Field, Near, Node, Not, Or, Phrase, Term

SHORTEST_STEM = 4
"""Letters before ``*`` that PubMed asks for, the most of all sources: https://pubmed.ncbi.nlm.nih.gov/help/#truncation"""

_HYPHEN = re.compile("[-‐‑]")


def lint(node: Node) -> tuple[Fault, ...]:
    """List what a librarian would ask about a query, in reading order; ``where`` is the term.

    Stems that are too short, hyphenated words without their joined spelling beside them, and terms that a truncated
    term (or the same word) beside them makes redundant.

    >>> [str(fault) for fault in lint(Or((Term("ment*"), Term("mentors"))))]
    ['mentors: ment* beside it finds this too (take one of them out)']
    """
    return tuple(fault for group in _alternatives(node) for fault in _faults(group))


def _alternatives(node: Node) -> Iterator[list[Term | Phrase]]:
    """Give the terms that stand in one OR with each other; a term on its own is a list of one."""
    match node:
        case Term() | Phrase():
            yield [node]
        case Or(items):
            yield [item for item in items if isinstance(item, Term | Phrase)]
            for item in items:
                if not isinstance(item, Term | Phrase):
                    yield from _alternatives(item)
        case And(items):
            for item in items:
                yield from _alternatives(item)
        case Near(left, right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case Not(item) | Field(_, item):
            yield from _alternatives(item)


def _faults(group: list[Term | Phrase]) -> Iterator[Fault]:
    for position, term in enumerate(group):
        yield from _stem(term)
        yield from _joined(term, group)
        for other_position, other in enumerate(group):
            mutual = _covers(term, other) and position < other_position
            if position != other_position and _covers(other, term) and not mutual:
                yield Fault(term.text, f"{other.text} beside it finds this too", "take one of them out")
                break


def _stem(term: Term | Phrase) -> Iterator[Fault]:
    words, truncated = spelled(term.text)
    letters = len(words.split()[-1])
    if truncated and letters < SHORTEST_STEM:
        what = f"the stem has {letters} letters, and some sources ask for {SHORTEST_STEM} before *"
        yield Fault(term.text, what, "write the words that you mean, joined by OR")


def _joined(term: Term | Phrase, group: list[Term | Phrase]) -> Iterator[Fault]:
    """Ask for ``wellbeing`` beside ``well-being``: neither finds the other."""
    words, truncated = spelled(term.text)
    if not isinstance(term, Term) or " " not in words or not _HYPHEN.search(term.text):
        return
    spelling = words.replace(" ", "").replace(ONE, "?") + "*" * truncated
    if not any(_covers(other, Term(spelling)) for other in group):
        yield Fault(term.text, f"the spelling {spelling} is not found by it", f"add OR {spelling}")


def _covers(wide: Term | Phrase, narrow: Term | Phrase) -> bool:
    """Say whether ``wide`` finds everything that ``narrow`` finds."""
    (words, truncated), (narrow_words, narrow_truncated) = spelled(wide.text), spelled(narrow.text)
    if truncated:
        return narrow_words.startswith(words) and narrow_words.count(" ") == words.count(" ")
    return words == narrow_words and not narrow_truncated
