"""Whose own paper a record is: the names under which people publish, compared with the authors of records. No IO."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from review.text import fold

_WORD = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,3}\Z")
"""What stands behind a family name without a comma (``Smith AB``, ``Smith A.-B.``) when it is in capitals."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it can be compared: the family name in one word, and given names or initials in their order."""

    family: str
    given: tuple[str, ...]

    def may_be(self, other: Name) -> bool:
        """Say whether two names may be one person's: same family name, and given names that do not contradict.

        An initial stands for every given name that begins with it. A family name alone is nobody's.
        """
        pairs = list(zip(self.given, other.given, strict=False))
        return bool(pairs) and self.family == other.family and all(a.startswith(b) or b.startswith(a) for a, b in pairs)


def read_name(text: str) -> Name:
    """Read ``Family, Given``, ``Family AB`` or ``Given Family``; of a single word the given names are empty.

    >>> read_name("Smith, Ann B."), read_name("Smith AB")
    (Name(family='smith', given=('ann', 'b')), Name(family='smith', given=('a', 'b')))
    >>> read_name("A. Smith"), read_name("Ann van der Berg").family, read_name("Smith")
    (Name(family='smith', given=('a',)), 'vanderberg', Name(family='smith', given=()))
    """
    family, comma, given = text.partition(",")
    if not comma:
        family, given = _parted(text.split())
    return Name(fold(family).replace(" ", ""), tuple(part for word in _WORD.findall(given) for part in _parts(word)))


def _parted(words: list[str]) -> tuple[str, str]:
    """Split a name without a comma into family and given names."""
    if len(words) < 2:
        return " ".join(words), ""
    if words[-1].isupper() and _INITIALS.match(words[-1]):
        at = next((n for n, word in enumerate(words) if n and word.isupper() and _INITIALS.match(word)))
        return " ".join(words[:at]), " ".join(words[at:])
    at = next((n for n, word in enumerate(words) if n and word[:1].islower()), len(words) - 1)
    return " ".join(words[at:]), " ".join(words[:at])


def _parts(word: str) -> Iterable[str]:
    return fold(word) if word.isupper() and len(word) <= 3 else (fold(word),)


def own_papers(
    papers_as: Mapping[str, Iterable[str]], authors: Mapping[int, Iterable[str]]
) -> dict[int, frozenset[str]]:
    """Give report -> the people who may be among its authors, for the reports that have such.

    Parameters
    ----------
    papers_as : mapping
        Person -> names under which the person publishes.
    authors : mapping
        Report -> names of its authors.
    """
    ours = [(person, read_name(text)) for person, texts in sorted(papers_as.items()) for text in texts]
    if not ours:
        return {}

    def people(text: str) -> frozenset[str]:
        near = fold(text).replace(" ", "")
        some = [(person, own) for person, own in ours if own.family in near]  # few names need to be read
        return frozenset(person for person, own in some if own.may_be(read_name(text)))

    found = {report: frozenset[str]().union(*map(people, names)) for report, names in authors.items()}
    return {report: some for report, some in found.items() if some}
