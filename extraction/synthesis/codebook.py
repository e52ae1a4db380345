"""The codebook: components, sub-elements and emergent themes, with what was coded under each, and its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from extraction.synthesis import coding_rows, memos
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.resolving import Resolver
from review.forms import EMERGENT, Framework

GONE = "Not in the framework as it is now; what was coded under it stays"
"""What is said of a component that an earlier version of the framework had."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code: what it means, the codings (number) and studies under it, what people note of it.

    ``under`` is the component that a sub-element belongs to; ``merged`` are themes that became part of this one.
    """

    id: str
    kind: Literal["component", "sub-element", "theme"]
    label: str
    gloss: str | None
    under: str | None
    codings: int
    studies: tuple[str, ...]
    memos: tuple[Row, ...]
    merged: tuple[str, ...]


def codebook(
    connection: Connection, framework: Framework, shown: Callable[[list[Row]], list[Row]] = list
) -> tuple[Code, ...]:
    """Give the framework's components with their sub-elements, in its order, then the living emergent themes by label.

    A component that the framework has no more follows its own as long as something stands under it.

    Parameters
    ----------
    shown : function
        Leaves out the codings that may not be counted yet (``fillings.seen``).
    """
    now, rows = coding_rows.resolver(connection), shown(coding_rows.placed(connection))
    noted = memos.all(connection)
    described = {row["key"]: row for row in coding_rows.themes(connection)}
    codes, own = [], {component.id for component in framework.components}
    for component in framework.components:
        here = [row for row in rows if row["component"] == component.id]
        codes.append(_code(component.id, "component", component.label, component.gloss, None, here, noted, ()))
        for name in component.subelements:
            some = [row for row in here if row["subelement"] == name]
            codes.append(_code(name, "sub-element", name, None, component.id, some, (), ()))
    gone = sorted({row["component"] for row in rows if not row["component"].startswith(EMERGENT)} - own)
    for key in gone:
        here = [row for row in rows if row["component"] == key]
        codes.append(_code(key, "component", key, GONE, None, here, noted, ()))
    for key in sorted(_living(now, rows, described), key=lambda one: now.label(one).casefold()):
        here = [row for row in rows if key in (row["component"], row["subelement"])]
        gloss = described[key]["gloss"] if key in described else None
        merged = tuple(sorted(now.label(one) for one in now.merged if now.living(one) == key))
        codes.append(_code(key, "theme", now.label(key), gloss, None, here, noted, merged))
    return tuple(codes)


def _living(now: Resolver, rows: Iterable[Row], described: Mapping[str, Row]) -> set[str]:
    used = {name for row in rows for name in (row["component"], row["subelement"])}
    return {name for name in used if name and name.startswith(EMERGENT)} | (set(described) - set(now.merged))


def _code(
    name: str, kind: Literal["component", "sub-element", "theme"], label: str, gloss: str | None, under: str | None,
    rows: list[Row], noted: Iterable[Mapping[str, Any]], merged: tuple[str, ...],
) -> Code:  # fmt: skip
    studies = tuple(sorted({row["study"] for row in rows}))
    mine = tuple(dict(memo) for memo in noted if memo["theme"] == name)
    return Code(name, kind, label, gloss, under, len(rows), studies, mine, merged)
