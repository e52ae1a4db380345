"""Faults of vocabulary that a query can have although it is well formed; advice for a person, never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.errors import Fault
from review.query.matching import ONE, spelled
from review.query.parsing import TAGS, meant
from review.query.printing import show
from review.query.tree import And, Field, Heading, Near, Node, Not, Or, Phrase, Term
from review.query.variants import plural, spellings

SHORTEST_STEM = 4
"""Letters before ``*`` that PubMed asks for, the most of all sources: https://pubmed.ncbi.nlm.nih.gov/help/#truncation"""

_SUFFIX = re.compile(r"(.*\w[*?]?)\.([A-Za-z]{2,}(?:,[A-Za-z]{2,})*)\.?")


def lint(node: Node) -> tuple[Fault, ...]:
    """List what a librarian would ask about a query, in reading order; ``where`` is the term.

    Stems that are too short, words that end like a field, spellings and plurals that are missing beside a word, and
    terms that a truncated term (or the same word) beside them makes redundant. See ``stems`` for what needs records.

    >>> [str(fault) for fault in lint(Or((Term("ment*"), Term("mentors"))))]
    ['mentors: ment* beside it finds this too (take one of them out)']
    """
    return tuple(fault for group in _alternatives(node) for fault in _faults(group))


def _alternatives(node: Node) -> Iterator[list[Term | Phrase]]:
    """Give the terms that stand in one OR with each other; a term on its own is a list of one."""
    match node:
        case Term() | Phrase():
            yield [node]
        case Heading():
            return
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
        yield from _field(term)
        yield from _missing(term, group)
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


def _field(term: Term | Phrase) -> Iterator[Fault]:
    """Ask about a word that ends like a field: ``mentor.tiab`` is looked for as it stands."""
    found = _SUFFIX.fullmatch(term.text)
    if isinstance(term, Term) and found is not None:
        fields = [meant(name, TAGS) for name in found[2].split(",")]
        if all(fields):
            names = ",".join(name for name in fields if name)
            hint = f"if a field is meant, write {found[1]}.{names}. with a point behind"
            yield Fault(term.text, "it ends like a field, but is looked for as a word", hint)


def _missing(term: Term | Phrase, group: list[Term | Phrase]) -> Iterator[Fault]:
    """Ask for other spellings and plurals: ``wellbeing`` beside ``well-being``, ``doctors`` beside ``doctor``."""
    for other in spellings(term):
        if not any(_covers(beside, other) for beside in group):
            yield Fault(term.text, f"the spelling {other.text} is not found by it", f"add OR {show(other)}")
    many = plural(term)
    if many is not None and not any(_covers(beside, many) for beside in group):
        yield Fault(
            term.text, f"its plural {many.text} is not found by it", f"add OR {many.text}, or truncate the word"
        )


def _covers(wide: Term | Phrase, narrow: Term | Phrase) -> bool:
    """Say whether ``wide`` finds everything that ``narrow`` finds."""
    (words, truncated), (narrow_words, narrow_truncated) = spelled(wide.text), spelled(narrow.text)
    if truncated:
        covered = narrow_words.startswith(words) and narrow_words.count(" ") == words.count(" ")
    else:
        covered = words == narrow_words and not narrow_truncated
    if covered or ONE not in words or (narrow_truncated and not truncated):
        return covered
    pattern = words.replace(ONE, r"\w") + (r"\w*" if truncated else "")
    return re.fullmatch(pattern, narrow_words) is not None
