"""What was coded under a framework: study by component, and the findings with what speaks against them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reports.studies import Study, labels
from reports.table import Table, table
from review.forms import Component, Framework, themes_of
from review.text import fold

SUPPORTS, AGAINST, CONDITION, BOTH = "+", "-", "0", "±"
_QUOTES = 2
"""So many quotes illustrate a finding, of different studies; all of them are in the review."""
LEGEND = (
    "+ supports a benefit; - adverse; ± both; 0 a condition or context only; an empty cell: nothing coded."
)  # fmt: skip
_DIGITS = re.compile(r"(\d+)")

Coding = Mapping[str, Any]
Names = Mapping[str, str]
NO_NAMES: Names = {}


def theme_matrix(
    found: Sequence[Study], framework: Framework | None, codings: Sequence[Coding], names: Names = NO_NAMES
) -> Table:
    """Make the matrix: rows studies, one column per component, cells +, -, ±, 0 or empty.

    ``names`` gives the labels of emergent themes.
    """
    components = components_of(framework, codings, names)
    of = f" of the {framework.label}" if framework else ""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for coding in codings:
        for theme in themes_of(coding):
            said[coding["study"], theme].add(coding["polarity"])
    rows = [(study.label, *(sign(said[study.key, c.id]) for c in components)) for study in found]
    totals = ", ".join(f"{c.label} {sum(bool(said[s.key, c.id]) for s in found)}" for c in components)
    return table(
        "theme_matrix",
        f"Studies by component{of}",
        ("Study", *(c.label for c in components)),
        rows,
        note="\n".join(
            (LEGEND, f"Studies with a coding, of {len(found)}: {totals}.", *_left_out(framework, components))
        ),
    )


def themes(
    found: Sequence[Study],
    framework: Framework | None,
    codings: Sequence[Coding],
    named: Names = NO_NAMES,
    findings: Sequence[Mapping[str, Any]] = (),
) -> Table:
    """Make the synthesis: per component all its studies, then each finding with its studies and what contradicts it.

    ``named`` gives the labels of emergent themes. What ``findings`` name as contradicting stands with their component.
    """
    names = labels(found)
    mine = [c for c in codings if c["study"] in names]
    rows: list[tuple[str | None, ...]] = []
    components = components_of(framework, codings, named)
    for component in components:
        here = [c for c in mine if component.id in themes_of(c)]
        against = {(key, person) for f in findings if f["theme"] == component.id for key, person in f["contradicting"]}
        contradicting = [c for c in mine if (c.get("key"), c.get("person")) in against]
        rows.append(_summary(component, here, contradicting, names))
        rows += [_finding(component, some, names) for some in _statements(here)]
    return table(
        "themes",
        "Synthesis" + (f" under the {framework.label}" if framework else ""),
        ("Component", "Finding", "Direction", "Studies", "Contradictory evidence", "Quotes"),
        rows,
        note="\n".join((LEGEND, *_left_out(framework, components))),
    )


def components_of(
    framework: Framework | None, codings: Iterable[Coding], names: Names = NO_NAMES
) -> tuple[Component, ...]:
    """Give the framework's components, then those that emerged in coding, by name.

    The core of a framework is one of them only when something is coded under it.
    """
    coded = {theme for coding in codings for theme in themes_of(coding)}
    known = framework.components if framework else ()
    shown = (component for component in known if component.id in coded or not component.core)
    more = sorted((names.get(c, c), c) for c in coded - {component.id for component in known})
    return (*shown, *(Component(c, label, "") for label, c in more))


def _left_out(framework: Framework | None, shown: Sequence[Component]) -> Iterator[str]:
    for component in framework.components if framework else ():
        if component not in shown:
            yield f"{component.label}, the core of the framework, is left out: nothing is coded under it."


def sign(polarities: Iterable[str]) -> str:
    """Give the one sign of several codings.

    >>> sign(["+", "0"]), sign(["+", "-"]), sign(["0"]), sign([])
    ('+', '±', '0', '')
    """
    seen = set(polarities)
    if {SUPPORTS, AGAINST} <= seen:
        return BOTH
    return next((one for one in (SUPPORTS, AGAINST, CONDITION) if one in seen), "")


def _summary(
    component: Component, here: Sequence[Coding], contradicting: Sequence[Coding], names: Names
) -> tuple[str, ...]:
    studies = {c["study"] for c in here}
    against = [c for c in here if c["polarity"] == AGAINST]
    against += [c for c in contradicting if c not in against]
    adverse = [_finding_text(some) + f" ({_listed(some, names)})" for some in _statements(against)]
    return (
        component.label,
        "All findings" + (f": {component.gloss}" if component.gloss else ""),
        sign(c["polarity"] for c in here),
        f"{len(studies)} of {len(names)}" + (f": {_listed(here, names)}" if studies else ""),
        "; ".join(adverse) or "none coded",
        "",
    )


def _finding(component: Component, some: Sequence[Coding], names: Mapping[str, str]) -> tuple[str, ...]:
    against = [c for c in some if c["polarity"] == AGAINST]
    mixed = sign(c["polarity"] for c in some) == BOTH
    return (
        component.label,
        _finding_text(some),
        sign(c["polarity"] for c in some),
        _listed([c for c in some if c not in against] if mixed else some, names),
        _listed(against, names) if mixed else "",
        quotes(some, names),
    )


def quotes(codings: Iterable[Coding], names: Names) -> str:
    """Give the quotes that illustrate a finding, each with its place, of different studies."""
    first: dict[str, str] = {}
    for row in codings:
        if row["quote"] and row["study"] in names:
            place = f", {row['place']}" if row["place"] else ""
            first.setdefault(row["study"], f"“{row['quote']}” ({names[row['study']]}{place})")
    return "\n".join(list(first.values())[:_QUOTES])


def _statements(codings: Sequence[Coding]) -> list[list[Coding]]:
    """Put codings of one statement together, by its id.

    Two coders who say the same in the same words make one statement, and one id of theirs for different things two.
    """
    groups: dict[tuple[str, str], list[Coding]] = {}
    saying: dict[str, tuple[str, str]] = {}
    for coding in codings:
        own, said = (coding["statement"], coding.get("person", "")), fold(coding["text"])
        alike = [key for key in {own: 0, saying.get(said): 0} if key in groups]
        if len(alike) > 1:
            alike = [key for key in groups if key in alike]
            saying.update({text: alike[0] for text, key in saying.items() if key in alike})
        saying[said] = alike[0] if alike else own
        groups[saying[said]] = [one for key in alike for one in groups.pop(key)] + [coding]
    return sorted(groups.values(), key=lambda some: min(_natural(one["statement"]) for one in some))


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in _DIGITS.split(text) if part)


def _finding_text(some: Sequence[Coding]) -> str:
    said: dict[str, str] = {}
    for coding in some:
        said.setdefault(fold(coding["text"]), str(coding["text"]))
    return "; ".join(said.values())


def _listed(codings: Iterable[Coding], names: Mapping[str, str]) -> str:
    return "; ".join(sorted({names[c["study"]] for c in codings}, key=str.casefold))
