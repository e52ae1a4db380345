"""Names of people that a source gives as one text, given names first. A table and one function."""

from __future__ import annotations

from review.formats import values

_PARTICLES = frozenset(
    ("al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "la", "le", "ten", "ter",
     "van", "von", "zu")
)  # fmt: skip


def inverted(name: str) -> str:
    """Give ``Family, Given``: the last word with its particles is the family name, unless there is a comma.

    >>> inverted("Ada B. van der Maker"), inverted("Maker, Ada B."), inverted("Mononym")
    ('van der Maker, Ada B.', 'Maker, Ada B.', 'Mononym')
    """
    if "," in name:
        return values.name(name)
    words = name.split()
    if len(words) < 2:
        return name
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].lower() in _PARTICLES:
        cut -= 1
    return f"{' '.join(words[cut:])}, {' '.join(words[:cut])}"
