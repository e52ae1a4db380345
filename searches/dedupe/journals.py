"""Whether two journal names mean one journal. A rule instead of a list: abbreviations follow ISO 4, which keeps the
first letters of each word and drops articles and prepositions (https://www.issn.org/services/online-services/access-to-the-ltwa/).
"""

from __future__ import annotations

from itertools import product

from rapidfuzz import fuzz

OR = "|"
"""Stands between the names that one record gives its journal: one name in two languages."""

_SMALL = frozenset(
    ("a", "an", "and", "at", "by", "da", "das", "de", "del", "dem", "den", "der", "des", "det", "di", "die", "do",
     "dos", "du", "el", "en", "et", "fur", "for", "het", "in", "la", "las", "le", "les", "los", "och", "of", "og", "on",
     "the", "to", "und", "van", "von", "voor", "y", "zur", "series", "ser", "section", "sect", "part",
     "supplement", "supplements", "supplementum", "suppl",
     "d", "l", "s")
)  # fmt: skip
"""Words that abbreviations drop, what an apostrophe cut off, and the supplement, which is the journal's own."""

_OF_MEETINGS = frozenset(
    ("annual", "conference", "meeting", "of", "proc", "proceedings", "symposium", "the", "workshop")
)
"""Words beside the acronym of a conference."""
_CONTRACTED = 8
"""Letters of the longest contraction (``geneeskd``); a longer word with the same letters is another word
(``neurology`` is in ``neuropsychology``)."""
_SAME_WORD = 80
"""Two words with fewer letters in common (percent) are no two spellings of one."""
_OTHER = 0.7
"""The most that names count for of which one word is certainly another: below every threshold of the rules."""


def agreement(left: str, right: str) -> float:
    """Compare two folded journal names: 1 the same, 0 nothing alike.

    >>> agreement("br j gen pract", "british journal of general practice"), agreement("bmj", "british medical journal")
    (1.0, 1.0)
    >>> agreement("medical education oxford", "med educ") > 0.9, agreement("lancet", "mentoring today") < 0.5
    (True, True)
    """
    if left == right or (acronym(left) and acronym(left) == acronym(right)):
        return 1.0
    return max(_agreement(one, other) for one, other in product(left.split(OR), right.split(OR)))


def acronym(name: str) -> str:
    """Give the acronym by which a conference is named, ``""`` where it is named otherwise.

    >>> acronym("icis 2009 proceedings"), acronym("amcis"), acronym("international conference on information systems")
    ('icis', 'amcis', '')
    """
    words = [word for word in name.split() if word not in _OF_MEETINGS and not word[0].isdigit()]
    return words[0] if len(words) == 1 and len(words[0]) <= _CONTRACTED else ""


def _agreement(left: str, right: str) -> float:
    one, other = _words(left), _words(right)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    rest = _rest(one, other)
    if rest is not None:
        return 1.0 if not rest else 0.95  # a place or a subtitle after the name: "Medical Education-Oxford"
    score = fuzz.ratio(" ".join(one), " ".join(other)) / 100
    return min(score, _OTHER) if len(one) == len(other) and not all(map(_spelling, one, other)) else score


def _rest(one: list[str], other: list[str]) -> list[str] | None:
    """Give the words left over when the names agree word by word to the end of one; ``None`` where they do not.

    >>> _rest(["ann", "ny", "acad"], ["annals", "new", "york", "academy", "sciences"])
    ['sciences']
    """
    i = j = 0
    while i < len(one) and j < len(other):
        a, b = one[i], other[j]
        if _begins(a, b):
            i, j = i + 1, j + 1
        elif a == _initials(other[j : j + len(a)]):
            i, j = i + 1, j + len(a)
        elif b == _initials(one[i : i + len(b)]):
            i, j = i + len(b), j + 1
        else:
            return None
    rest = one[i:] + other[j:]
    letters = (
        min(len(one), len(other)) > 1 or max(i, j) > 3
    )  # one word may go on as another journal: Brain, Brain Injury
    return rest if not rest or letters else None


def _begins(one: str, other: str) -> bool:
    """Begin alike, or be a contraction with the same ends: ``natl`` for ``national``."""
    if len(one) > len(other):
        one, other = other, one
    if other.startswith(one):
        return True
    rest = iter(other)
    return 3 <= len(one) <= _CONTRACTED and one[0] == other[0] and all(letter in rest for letter in one)


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def _spelling(one: str, other: str) -> bool:
    return _begins(one, other) or fuzz.ratio(one, other) >= _SAME_WORD


def _words(name: str) -> list[str]:
    """Give the words that count, without the acronym that some put before the name (``ajr am j roentgenol``)."""
    words = [word for word in name.replace("n y ", "new york ").split() if word not in _SMALL]
    return words[1:] if len(words) > 2 and words[0] == _initials(words[1:]) else words
