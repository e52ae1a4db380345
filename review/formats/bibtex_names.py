"""Names of persons in BibTeX (``First von Last``, ``von Last, Jr, First``) to ``Family, Given``, and back. Pure."""

from __future__ import annotations

import re

from review.formats.bibtex_latex import to_latex, to_text
from review.formats.values import name, names
from review.text import tidy

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*")
_SPACE = re.compile(r"[\s~]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?){1,4}\Z")
_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|[IVX]+)\.?\Z", re.IGNORECASE)
OTHERS = "others"
"""What BibTeX writes for "et al."."""


def people(value: str) -> tuple[str, ...]:
    """Split an author field and give each name as ``Family, Given``; ``others`` stays as it is.

    Source: Markey, Tame the BeaST (2009), section 11, https://ctan.org/pkg/tamethebeast, checked 2026-11-22.

    >>> people("Jan van der Berg and de la Cruz, Jr., Juan and {Health and Care Board} and others")
    ('van der Berg, Jan', 'de la Cruz, Juan, Jr.', 'Health and Care Board', 'others')
    """
    parts = [part for part in _apart(value, _AND) if part.strip()]
    if len(parts) == 1 and ";" in value and "{" not in value:  # some exporters
        return names(to_text(value))
    return tuple(found for part in parts if (found := tidy(_person(part.strip()))))


def _person(value: str) -> str:
    parts = [part for part in _apart(value, _COMMA) if part.strip()]
    if len(parts) == 1:
        return given_first(parts[0])
    if len(parts) == 3:
        parts = [parts[0], parts[2], parts[1]]
    return ", ".join(to_text(part) for part in parts)


def given_first(value: str) -> str:
    """Find the family name of a person: from the first word in lower case on, else the last word.

    >>> given_first("Jan van der Berg"), given_first("Plato")
    ('van der Berg, Jan', 'Plato')
    """
    tokens = [to_text(token) for token in _apart(value.strip(), _SPACE) if token]
    if len(tokens) < 2:
        return " ".join(tokens)
    if _INITIALS.match(tokens[-1]):
        return name(" ".join(tokens))
    von = next((i for i, token in enumerate(tokens[:-1]) if token[:1].islower()), len(tokens) - 1)
    family, given = " ".join(tokens[von:]), " ".join(tokens[:von])
    return f"{family}, {given}" if given else family


def _apart(value: str, separator: re.Pattern[str]) -> list[str]:
    """Split where the separator stands outside all braces."""
    if "{" not in value:
        return separator.split(value)
    parts, start, depth = [], 0, 0
    for mark in re.finditer(rf"\\.|[{{}}]|{separator.pattern}", value, separator.flags | re.DOTALL):
        if mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
        elif depth <= 0 and mark[0][0] != "\\":
            parts.append(value[start : mark.start()])
            start = mark.end()
    return [*parts, value[start:]]


def person(author: str) -> str:
    """Write one name so that it reads back the same; one that cannot be split goes into braces whole.

    >>> person("van der Berg, Jan"), person("de la Cruz, Juan, Jr."), person("Health and Care Board")
    ('van der Berg, Jan', 'de la Cruz, Jr., Juan', '{Health and Care Board}')
    """
    parts = author.split(", ")
    if len(parts) == 3 and _SUFFIX.match(parts[2]):
        parts = [parts[0], parts[2], parts[1]]
    elif len(parts) != 2:
        return "{" + to_latex(author) + "}"
    return ", ".join(_braced(part) for part in parts)


def _braced(part: str) -> str:
    return "{" + to_latex(part) + "}" if "," in part or _AND.search(f" {part} ") else to_latex(part)
