"""What a dialect is: the facts that the printer needs, and nothing that does something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from searches.source import Loss


@dataclass(frozen=True, slots=True)
class Scope:
    """How terms are limited to fields: ``{}`` in the template stands for the term, group or query."""

    fields: tuple[str, ...]
    template: str
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """How two words near each other are asked; ``{n}`` is the number of words between them plus ``extra``.

    ``ordered`` is ``None`` where the platform cannot keep the order; ``most`` is its largest number. ``words_only``
    takes no phrases and no wildcards, ``groups`` takes words in brackets, joined by OR. ``tags`` (fields, ``{tag}``)
    are needed where the fields stand beside the number.
    """

    template: str
    ordered: str | None = None
    extra: int = 0
    most: int | None = None
    words_only: bool = False
    groups: bool = False
    tags: tuple[tuple[tuple[str, ...], str], ...] = ()
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Headings:
    """How a subject heading is asked: formats with ``text``, ``quoted`` (in quotes unless one word), ``qualifier``.

    ``vocabularies`` are those that the platform has. ``None`` is a form that it does not have. ``qualifier`` is a
    format with ``name``, ``code`` (two letters) and ``lower`` (the code in lower case); ``floating`` is one for a
    subheading behind any heading, with ``quoted`` and ``code``.
    """

    vocabularies: tuple[str, ...]
    plain: str
    exploded: str | None = None
    major: str | None = None
    major_exploded: str | None = None
    qualifier: str | None = None
    floating: str | None = None
    floating_loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates are limited: a format with ``start`` and ``end`` (dates, both inclusive).

    ``since`` and ``until`` are the formats for one end alone, where they are known.
    """

    template: str
    whole_years: bool = False
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The spelling of a strategy as numbered lines: the label in front of a line and the reference to it."""

    label: str
    reference: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one source or platform spells a query.

    ``checked`` is when the facts were compared with ``docs``, ``None`` where they have not been yet. ``level`` is what
    a scope goes around: each term, each group of alternatives, or the whole query. ``booleans`` is false where words
    are all that is read. ``truncation`` holds the stem as ``{}``; ``None`` is a platform without. ``one_character``
    stands for exactly one, and ``one_character_last`` for one or none where the former may not end a word.
    ``truncated_phrase`` is a template and what stands between the words. ``headings`` begins with the platform's own;
    ``()`` is one without. ``language`` is a format with ``name`` and ``lower``; ``None`` is not asked, because the
    platform does not know the language of every record and would drop those in silence, or cannot be asked at all.
    ``limited`` puts the query and its limits together; ``last`` and ``following`` are line numbers of a history.
    ``longest`` is the length of a query without its limits, in characters or in bytes as an address holds them.
    """

    name: str
    label: str
    kind: Literal["api", "platform"]
    docs: str
    checked: str | None
    level: Literal["term", "group", "query"]
    scopes: tuple[Scope, ...]
    dates: Dates
    operators: tuple[str, str, str] = (" AND ", " OR ", " NOT ")
    booleans: bool = True
    truncation: str | None = "{}*"
    truncation_loss: Loss | None = None
    shortest_stem: int = 1
    one_character: str | None = "?"
    one_character_last: str | None = None
    one_character_loss: Loss | None = None
    truncated_phrase: tuple[str, str] | None = ('"{}"', " ")
    near: Near | None = None
    headings: tuple[Headings, ...] = ()
    language: str | None = None
    limited: str = "{query}\n{limits}"
    limit_joint: str = " AND "
    history: History | None = None
    longest: int | None = None
    longest_in: Literal["characters", "bytes"] = "characters"
    most_operators: int | None = None
    losses: tuple[Loss, ...] = ()
