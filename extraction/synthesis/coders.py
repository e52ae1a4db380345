"""Two coders compared: which of them put which study under which component, and with which polarity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from extraction import filling_rows, fillings
from extraction.synthesis import coding_rows
from review.agreement import Rated, TwoRaters, two_raters
from review.errors import DecisionError
from review.forms import POLARITIES, Framework
from review.protocol import Protocol

By = Literal["both", "first", "second", "neither"]
_CODES = ("coded", "not coded")


@dataclass(frozen=True, slots=True)
class Cell:
    """One study under one component: who coded it there, and the polarities that each gave, in their order."""

    study: str
    component: str
    by: By
    first: tuple[str, ...]
    second: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Both coded it, but not with the same polarities."""
        return self.by == "both" and self.first != self.second


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two coders came to independently.

    ``names`` of the two; ``studies`` that both coded to the end; ``waiting`` those that only one did so far: nothing is
    told of them. ``components`` with the agreement on each (one unit per study), ``overall`` over all cells.
    """

    names: tuple[str, str]
    studies: tuple[str, ...]
    waiting: tuple[str, ...]
    cells: tuple[Cell, ...]
    components: tuple[tuple[str, TwoRaters], ...]
    overall: TwoRaters


def pairs(connection: Connection, protocol: Protocol, framework: Framework) -> list[tuple[str, str]]:
    """Give the pairs of people (ids) of whom both coded at least one study, those with most studies first."""
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for people in _coders(connection, protocol, framework)[0].values():
        for n, one in enumerate(people):
            for other in people[n + 1 :]:
                shared[one, other] += 1
    return sorted(shared, key=lambda pair: (-shared[pair], pair))


def compare(connection: Connection, protocol: Protocol, framework: Framework, a: str, b: str) -> Comparison:
    """Compare what two people (ids) coded in the studies that both are done with.

    Raises
    ------
    DecisionError
        There is no study yet that both coded to the end.
    """
    ready, begun = _coders(connection, protocol, framework)
    names = filling_rows.names(connection)
    first, second = (names.get(one, one) for one in (a, b))
    studies = sorted(study for study, people in ready.items() if {a, b} <= set(people))
    waiting = sorted(study for study, people in begun.items() if {a, b} & set(people) and study not in studies)
    if not studies:
        hint = "they are compared once both said that they are done with a study"
        raise DecisionError(f"there is no study yet that {first} and {second} both coded", hint=hint)
    both = frozenset(studies)
    mine = [row for row in coding_rows.placed(connection) if row["study"] in both and row["person"] in (a, b)]
    cells = tuple(_cells(studies, _components(framework, mine), mine, (a, b)))
    columns = dict.fromkeys(cell.component for cell in cells)
    each = tuple((name, _agreement(cell for cell in cells if cell.component == name)) for name in columns)
    return Comparison((first, second), tuple(studies), tuple(waiting), cells, each, _agreement(cells))


def rated(connection: Connection, protocol: Protocol, framework: Framework) -> Iterator[Rated]:
    """Give the agreement of each two coders as a report shows it: whether a component is found in a study."""
    step = f"Coding: {framework.label}"
    found = pairs(connection, protocol, framework)
    if not found:
        double = protocol.synthesis.coding == "double"
        yield Rated(step, "", why="nothing to compare yet" if double else "not applicable: one person")
    for a, b in found:
        compared = compare(connection, protocol, framework, a, b)
        yield Rated(step, "Two coders", "votes", compared.overall)


def _coders(
    connection: Connection, protocol: Protocol, framework: Framework
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Give, per study, who is done with it where nothing is hidden, and who has begun."""
    sheet = fillings.framework_sheet(framework)
    hidden = fillings.hidden(connection, protocol, sheet)
    double = fillings.by(protocol, sheet) == "double"
    ready, begun = {}, {}
    for study, held in filling_rows.held(connection, sheet).items():
        working = [one for one in held if one.state != "left" and one.role == "extractor"]
        begun[study] = [one.person for one in working]
        if study not in hidden:
            ready[study] = sorted(one.person for one in working if one.state == "done" or not double)
    return ready, begun


def _components(framework: Framework, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    used = {row["component"] for row in rows}
    own = [c.id for c in framework.components if not c.core or c.id in used]
    return [*own, *sorted(used - set(own))]


def _cells(
    studies: Sequence[str], components: Sequence[str], rows: Iterable[Mapping[str, Any]], people: tuple[str, str]
) -> Iterable[Cell]:
    said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        said[row["study"], row["component"], row["person"]].add(row["polarity"])
    for study in studies:
        for component in components:
            one, two = (
                tuple(sign for sign in POLARITIES if sign in said[study, component, person]) for person in people
            )
            by: By = ("both" if two else "first") if one else ("second" if two else "neither")
            yield Cell(study, component, by, one, two)


def _agreement(cells: Iterable[Cell]) -> TwoRaters:
    return two_raters([(_CODES[not cell.first], _CODES[not cell.second]) for cell in cells], _CODES)
