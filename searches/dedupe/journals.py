"""Whether two journal names mean one journal. A rule instead of a list: abbreviations follow ISO 4, which keeps the
first letters of each word and drops articles and prepositions (https://www.issn.org/services/online-services/access-to-the-ltwa/).
"""

from __future__ import annotations

from rapidfuzz import fuzz

_SMALL = frozenset(
    ("a", "an", "and", "at", "by", "da", "de", "del", "der", "des", "di", "die", "du", "et", "fur", "for", "in", "la",
     "le", "les", "of", "on", "the", "to", "und", "y", "supplement", "supplements", "suppl")
)  # fmt: skip
"""Words that abbreviations drop, and the supplement, which is the journal's own."""


def agreement(left: str, right: str) -> float:
    """Compare two folded journal names: 1 the same, 0 nothing alike.

    >>> agreement("br j gen pract", "british journal of general practice"), agreement("bmj", "british medical journal")
    (1.0, 1.0)
    >>> agreement("medical education oxford", "med educ") > 0.9, agreement("lancet", "mentoring today") < 0.5
    (True, True)
    """
    if left == right:
        return 1.0
    one, other = _words(left), _words(right)
    if not one or not other:
        return 0.0
    if len(one) > len(other):
        one, other = other, one
    if abbreviates(one, other) or (len(one) == 1 and one[0] == "".join(word[0] for word in other)):
        return 1.0
    if len(one) >= 2 and abbreviates(one, other[: len(one)]):
        return 0.95  # a place or a subtitle after the name: "Medical Education-Oxford"
    return fuzz.ratio(" ".join(one), " ".join(other)) / 100


def abbreviates(short: list[str], long: list[str]) -> bool:
    """Tell whether every word of one name begins the word in the same place of the other, or is begun by it.

    >>> abbreviates(["int", "j", "nurs"], ["international", "journal", "nursing"])
    True
    """
    return len(short) == len(long) and all(_begins(a, b) for a, b in zip(short, long, strict=True))


def _begins(one: str, other: str) -> bool:
    """Begin alike, or be a contraction with the same ends: ``natl`` for ``national``."""
    if len(one) > len(other):
        one, other = other, one
    if other.startswith(one):
        return True
    rest = iter(other)
    return len(one) >= 3 and one[0] == other[0] and all(letter in rest for letter in one)


def _words(name: str) -> list[str]:
    return [word for word in name.split() if word not in _SMALL]
