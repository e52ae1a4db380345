"""Read the strategies of a protocol, in our own words or as they were written for a platform, and advise on them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.errors import Fault, QueryError
from review.protocol.faults import Reader, meant
from review.protocol.model import Concept, Limits, Protocol, Strategy
from review.query import LANGUAGES, SYNTAXES, Limited, lint, parse, read_syntax
from review.query.gathering import together

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_AROUND = 40
"""Characters of a long strategy that are shown on either side of a fault."""

_NAMES = {code: name.title() for name, code in LANGUAGES.items()}


def read_strategy(name: str, table: Reader, concepts: tuple[Concept, ...]) -> Strategy | None:
    """Read ``[strategies.NAME]``; ``None`` where a fault was noted."""
    label, wanted, query = table.text("label") or name, table.texts("concepts"), table.text("query")
    syntax = table.text("syntax")
    table.close()
    if bool(wanted) == bool(query):
        table.notes.add(table.path, "needs either 'concepts' or 'query'", 'concepts = ["…"] joins them with AND')
        return None
    if syntax and not query:
        table.fault("syntax", "belongs to 'query', and here are only concepts", "take it out")
        return None
    if syntax and not table.one_of("syntax", syntax, SYNTAXES):
        return None
    known = {c.id: c for c in concepts}
    pattern = query or " AND ".join(f"{{{c}}}" for c in wanted)
    used = tuple(dict.fromkeys(_PLACEHOLDER.findall(pattern)))
    if syntax:
        return _foreign(name, label, table, pattern, syntax, [one for one in used if one in known])
    unknown = [c for c in used if c not in known]
    for one in unknown:
        table.fault("query" if query else "concepts", f"there is no concept '{one}'", meant(one, known))
    if unknown:
        return None
    text = _PLACEHOLDER.sub(lambda m: _expression(known[m.group(1)]), pattern)
    try:
        return bring(name, label, text, used=used)
    except QueryError as error:
        table.notes.add(table.path, excerpt(error), error.hint)
        return None


def _foreign(name: str, label: str, table: Reader, text: str, syntax: str, ours: list[str]) -> Strategy | None:
    """Read a strategy in the syntax of a platform, where ``{concept}`` has another meaning or none."""
    if ours:
        hint = "write its terms out, or leave syntax away"
        table.fault("query", f"{{{ours[0]}}} can stand only in our own syntax, not in that of {syntax}", hint)
        return None
    try:
        return bring(name, label, text, syntax)
    except QueryError as error:
        table.fault("query", excerpt(error), error.hint)
        return None


def bring(name: str, label: str, text: str, syntax: str | None = None, *, used: tuple[str, ...] = ()) -> Strategy:
    """Make a strategy of a text: in our own syntax, or as it was written for a platform (a name of ``SYNTAXES``).

    Raises
    ------
    QueryError
        With the place of what cannot be read.
    """
    if syntax is None:
        return Strategy(name, label, used, text, parse(text))
    brought = read_syntax(text, syntax)
    query = together(brought.query)
    return Strategy(name, label, used, text, query, syntax, brought.limits, brought.losses, brought.faults)


def excerpt(error: QueryError) -> str:
    """Say what is wrong with a query and where, with no more of a long one than fits under each other on a screen."""
    what = f"{error.message.splitlines()[0]} (column {error.column})"
    start = max(0, error.column - 1 - _AROUND)
    shown = error.query[start : error.column - 1 + _AROUND].replace("\n", " ").replace("\t", " ")
    before, behind = "… " if start else "", " …" if start + len(shown) < len(error.query) else ""
    return f"{what}\n  {before}{shown}{behind}\n  {' ' * (len(before) + error.column - 1 - start)}^"


def advice(protocol: Protocol) -> Iterator[Fault]:
    """List what a librarian would ask about the strategies of a protocol; ``where`` is ``strategies.NAME``."""
    for strategy in protocol.strategies:
        where = f"strategies.{strategy.id}"
        if apart := outside(strategy.limits, protocol.limits):
            what = f"it says {' and '.join(apart)}, and [limits] something else: only [limits] is asked"
            yield Fault(where, what, "change [limits], or take it out of the strategy")
        for fault in strategy.faults:
            yield Fault(where, fault.what if fault.where == "query" else f"{fault.where}: {fault.what}", fault.hint)
        for fault in lint(strategy.query):
            yield Fault(where, f"{fault.where}: {fault.what}", fault.hint)


def outside(limited: Limited, limits: Limits) -> tuple[str, ...]:
    """Name the limits written in a strategy that are not those of the protocol; a day may be cut to its month or year.

    >>> outside(Limited("2006", "2016", ("eng",)), Limits("2006-01", "2015-12"))
    ('to 2016', 'in English')
    """
    found = []
    if limited.start and _day(limited.start, "-01-01") != _day(limits.start, "-01-01"):
        found.append(f"from {limited.start}")
    if limited.end and _day(limited.end, "-12-31") != _day(limits.end, "-12-31"):
        found.append(f"to {limited.end}")
    if limited.languages and {*limited.languages} != {*limits.languages}:
        found.append(f"in {_spoken(limited.languages)}")
    return tuple(found)


def described(limited: Limited) -> str:
    """Say limits in words, ``""`` where there are none.

    >>> described(Limited("2006", None, ("eng", "fre")))
    'from 2006, in English or French'
    """
    parts = [f"{word} {date}" for word, date in (("from", limited.start), ("to", limited.end)) if date]
    return ", ".join(parts + ([f"in {_spoken(limited.languages)}"] if limited.languages else []))


def _spoken(codes: tuple[str, ...]) -> str:
    return " or ".join(_NAMES.get(code, code) for code in codes)


def _day(date: str | None, rest: str) -> str | None:
    """Fill a date that is cut with the first or last of what is left out; a month has 31 days here."""
    return date and (date + rest[len(date) - 4 :])[:10]


def _expression(concept: Concept) -> str:
    """Write a concept as a query: its terms joined by OR, phrases in quotes."""
    terms = [f'"{t}"' if " " in t and not t.startswith('"') else t for t in concept.terms]
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"
