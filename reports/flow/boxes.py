"""The boxes of the PRISMA 2020 flow diagram and what stands in each: content and order, no geometry.

Which of the four templates (new or updated, with or without other methods) follows from the flow alone.
Source: https://www.prisma-statement.org/prisma-2020-flow-diagram, checked 2026-11-22.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.clean import legal
from reports.flow.counts import OTHER_BOXES, Count, Flow, Footnote
from reports.words import counted, wording

Column = Literal["previous", "main", "main_side", "other", "other_side"]
_SIGNS = ("*", "†", "‡", "§", "¶")
MARKS = tuple(sign * times for times in (1, 2, 3) for sign in _SIGNS)


@dataclass(frozen=True, slots=True)
class Item:
    """One paragraph of a box."""

    text: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its place in the grid (row counted from 0 at the top) and its paragraphs."""

    id: str
    column: Column
    row: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole diagram as content: boxes, arrows between their ids, column titles, phases with first and last row."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]
    heads: tuple[tuple[Column, str], ...]
    phases: tuple[tuple[str, int, int], ...]
    footnotes: tuple[str, ...]


def chart(flow: Flow, title: str) -> Chart:
    """Lay a flow out as boxes, arrows, titles and footnotes.

    Parameters
    ----------
    flow : Flow
        Its counts; ``None`` is shown as *not reported*.
    title : str
        The review's title, for the description that a screen reader reads.
    """
    words = wording()
    columns = words["columns_updated"] if flow.updated else words["columns"]
    heads: list[tuple[Column, str]] = [("main", columns["newstud"])]
    if flow.updated:
        heads.insert(0, ("previous", columns["prevstud"]))
    if flow.by_other_methods:
        heads.append(("other", columns["othstud"]))
    boxes = tuple(_boxes(flow, _labels(flow)))
    names = {box.id for box in boxes}
    return Chart(
        title=f"{words['title']}: {legal(title)}",
        boxes=boxes,
        arrows=tuple(arrow for arrow in _ARROWS if names.issuperset(arrow)),
        heads=tuple(heads),
        phases=tuple(
            (words["phases"][key], first, last + (flow.updated and key == "included")) for key, first, last in _PHASES
        ),
        footnotes=tuple(f"{MARKS[i % len(MARKS)]} {footnote(note)}" for i, note in enumerate(flow.footnotes)),
    )


_PHASES = (("identification", 0, 0), ("screening", 1, 3), ("included", 4, 4))

_ARROWS = (
    ("identified", "removed"), ("identified", "screened"), ("screened", "excluded"), ("screened", "sought"),
    ("sought", "not_retrieved"), ("sought", "assessed"), ("assessed", "reports_excluded"), ("assessed", "new"),
    ("other_identified", "other_sought"), ("other_sought", "other_not_retrieved"), ("other_sought", "other_assessed"),
    ("other_assessed", "other_reports_excluded"), ("other_assessed", "new"), ("new", "total"), ("previous", "total"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels of the boxes with the marks of their footnotes."""

    flow: Flow
    words: Mapping[str, str]
    marks: Mapping[str, str]

    def item(self, key: str, indent: int = 0) -> Item:
        return Item(counted(self.words[key], getattr(self.flow, key), self.marks.get(key, "")), indent)

    def head(self, text: str, box: str) -> Item:
        return Item(text.removesuffix(":") + self.marks.get(box, "") + ":")


def _labels(flow: Flow) -> _Labels:
    words = wording()
    marks: dict[str, str] = {}
    for i, note in enumerate(flow.footnotes):
        marks[note.box] = marks.get(note.box, "") + MARKS[i % len(MARKS)]
    return _Labels(flow, {**words["boxes"], **(words["boxes_updated"] if flow.updated else {})}, marks)


def _boxes(flow: Flow, labels: _Labels) -> Iterator[Box]:
    heads, item = wording()["heads"], labels.item
    if flow.updated:
        yield Box("previous", "previous", 0, (item("previous_studies"), item("previous_reports")))
    yield Box("identified", "main", 0, (labels.head(heads["identified"], "identified"), *_found(flow, labels)))
    removed = (item(key, 1) for key in ("duplicates", "excluded_automatic", "excluded_other"))
    yield Box("removed", "main_side", 0, (labels.head(heads["removed"], "removed"), *removed))
    yield Box("screened", "main", 1, (item("records_screened"),))
    yield Box("excluded", "main_side", 1, (item("records_excluded"),))
    yield Box("sought", "main", 2, (item("dbr_sought_reports"),))
    yield Box("not_retrieved", "main_side", 2, (item("dbr_notretrieved_reports"),))
    yield Box("assessed", "main", 3, (item("dbr_assessed"),))
    yield Box("reports_excluded", "main_side", 3, _reasons(labels, "dbr_excluded", flow.dbr_reasons))
    if flow.by_other_methods:
        methods = [item(key, 1) for key in OTHER_BOXES.values() if getattr(flow, key) != 0]
        yield Box("other_identified", "other", 0, (labels.head(heads["identified"], "other_identified"), *methods))
        yield Box("other_sought", "other", 2, (item("other_sought_reports"),))
        yield Box("other_not_retrieved", "other_side", 2, (item("other_notretrieved_reports"),))
        yield Box("other_assessed", "other", 3, (item("other_assessed"),))
        yield Box("other_reports_excluded", "other_side", 3, _reasons(labels, "other_excluded", flow.other_reasons))
    yield Box("new", "main", 4, (item("new_studies"), item("new_reports")))
    if flow.updated:
        yield Box("total", "main", 5, (item("total_studies"), item("total_reports")))


def _found(flow: Flow, labels: _Labels) -> Iterator[Item]:
    for key, sources in (("database_results", flow.databases), ("register_results", flow.registers)):
        yield labels.item(key, 1)
        if len(sources) > 1:
            yield from (Item(counted(isolated(s.label), s.n), 2) for s in sources)


def _reasons(labels: _Labels, key: str, reasons: Sequence[Count]) -> tuple[Item, ...]:
    total = labels.item(key)
    if not reasons:
        return (total,)
    return (Item(total.text + ":"), *(Item(counted(isolated(r.label), r.n), 1) for r in reasons))


def footnote(note: Footnote) -> str:
    """Write what has to be said about a box."""
    return str(wording()["footnotes"][note.key]).format(n=f"{note.n:,}", how=legal(note.how))


def isolated(text: str) -> str:
    """Clean a text of a user's; one that runs right to left is kept from turning the count behind it round."""
    text = " ".join(legal(text).split())
    rightward = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"\u2068{text}\u2069" if rightward else text
