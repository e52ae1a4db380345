"""A publication's flow in its own order: what is left goes down the middle, what went stands right, what came left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.clean import legal
from reports.flow.boxes import Box, Chart, Column, Item
from reports.flow.published import Published, Step
from reports.words import counted


@dataclass(frozen=True, slots=True)
class _Stop:
    """One number that is left, with what came before it and what went after it."""

    left: Step
    came: tuple[Step, ...]
    went: tuple[Step, ...]


def chart(published: Published) -> Chart:
    """Lay the publication's own account out: a row per number that is left.

    What was removed stands beside the number that it was removed from, what was added beside the one that holds it.
    """
    stops = _stops(published.steps)
    boxes: list[Box] = []
    arrows: list[tuple[str, str]] = []
    for row, stop in enumerate(stops):
        boxes.append(Box(f"step-{row}", "main", row, _items((stop.left,))))
        arrows += [(f"step-{row - 1}", f"step-{row}")] if row else []
        if stop.came:
            boxes.append(Box(f"came-{row}", "previous", row, _items(stop.came)))
            arrows.append((f"came-{row}", f"step-{row}"))
        if stop.went:
            boxes.append(Box(f"went-{row}", "main_side", row, _items(stop.went)))
            arrows.append((f"step-{row}", f"went-{row}"))
    heads: tuple[tuple[Column, str], ...] = (("main", "In the publication's own order"),)
    return Chart(legal(published.title), "en", tuple(boxes), tuple(arrows), heads, (), ())


def _stops(steps: Sequence[Step]) -> list[_Stop]:
    stops: list[_Stop] = []
    came: tuple[Step, ...] = ()
    for step in steps:
        if step.what == "added":
            came = (*came, step)
        elif step.what == "removed" and stops:
            last = stops[-1]
            stops[-1] = _Stop(last.left, last.came, (*last.went, step))
        else:
            stops.append(_Stop(step, came, ()))
            came = ()
    return stops


def _items(steps: Sequence[Step]) -> tuple[Item, ...]:
    items: list[Item] = []
    for step in steps:
        items.append(Item(counted(legal(step.label), step.n)))
        items += (Item(counted(legal(part.label), part.n), 1) for part in step.parts)
    return tuple(items)
