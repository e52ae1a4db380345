"""The boxes of the PRISMA 2020 flow diagram and what stands in each: content and order, no geometry.

Which of the four templates (new or updated, with or without other methods) follows from the flow alone.
Source: https://www.prisma-statement.org/prisma-2020-flow-diagram, checked 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from reports.clean import legal
from reports.flow.counts import OTHER_BOXES, Count, Flow
from reports.flow.notes import labelled, notes, placed
from reports.words import counted, wording
from review.protocol.model import Reporting

Column = Literal["previous", "main", "main_side", "other", "other_side"]


@dataclass(frozen=True, slots=True)
class Item:
    """One paragraph of a box; ``key`` is what it counts, as ``members`` lists it (a head counts nothing)."""

    text: str
    indent: int = 0
    key: str | None = None


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
    language: str
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]
    heads: tuple[tuple[Column, str], ...]
    phases: tuple[tuple[str, int, int], ...]
    footnotes: tuple[str, ...]


def chart(flow: Flow, title: str, reporting: Reporting | None = None) -> Chart:
    """Lay a flow out as boxes, arrows, titles and footnotes.

    Parameters
    ----------
    flow : Flow
        Its counts; ``None`` is shown as *not reported*.
    title : str
        The review's title, for the description that a screen reader reads.
    reporting : Reporting, optional
        The language, the optional boxes and lines, and the team's own footnotes.
    """
    reporting = reporting or Reporting()
    words, said = wording(reporting.language), notes(flow, reporting)
    plain = _boxes(_Labels(flow, reporting, {note.box: "" for note in said}))
    drawn = [key for box in plain for key in (box.id, *(item.key for item in box.items)) if key]
    signs, footnotes = placed(said, drawn)
    boxes = _boxes(_Labels(flow, reporting, signs))
    used = sorted({box.row for box in boxes})
    return Chart(
        title=f"{words['title']}: {legal(title)}",
        language=reporting.language,
        boxes=tuple(replace(box, row=used.index(box.row)) for box in boxes),
        arrows=tuple(_arrows({box.id for box in boxes})),
        heads=tuple(_heads(flow, words["columns_updated" if flow.updated else "columns"])),
        phases=tuple(
            (words["phases"][phase], used.index(rows[0]), used.index(rows[-1]))
            for phase, inside in _PHASES.items()
            if (rows := [row for row in used if row in inside])
        ),
        footnotes=footnotes,
    )


_PHASES = {"identification": range(1), "screening": range(1, 4), "included": range(4, 9)}

_DOWN = (
    ("identified", "screened", "sought", "assessed", "new", "total", "appraised", "in_synthesis", "in_meta_analysis"),
    ("other_identified", "other_sought", "other_assessed", "new"),
    ("previous", "total"),
)
"""What leads to what; a box that is left out is passed over."""

_ASIDE = (
    ("identified", "removed"), ("screened", "excluded"), ("sought", "not_retrieved"), ("assessed", "reports_excluded"),
    ("other_sought", "other_not_retrieved"), ("other_assessed", "other_reports_excluded"),
)  # fmt: skip


def _arrows(drawn: set[str]) -> Iterator[tuple[str, str]]:
    yield from (pair for pair in _ASIDE if drawn.issuperset(pair))
    for chain in _DOWN:
        if chain[0] in drawn:
            yield from pairwise(box for box in chain if box in drawn)


def _heads(flow: Flow, columns: Mapping[str, str]) -> Iterator[tuple[Column, str]]:
    if flow.updated:
        yield "previous", columns["prevstud"]
    yield "main", columns["newstud"]
    if flow.by_other_methods:
        yield "other", columns["othstud"]


@dataclass(frozen=True, slots=True)
class _Labels:
    """What stands in the boxes; ``signs`` of footnotes by the key of what they hang on."""

    flow: Flow
    reporting: Reporting
    signs: Mapping[str, str]

    def wanted(self, key: str, parts: Sequence[Count] = ()) -> bool:
        """Whether a line is drawn: one that counts 0 may be left out, but not when a footnote hangs on it.

        One of whose ``parts`` is not 0, or not known, stays too.
        """
        empty = getattr(self.flow, key) == 0 and all(part.n == 0 for part in parts)
        return not (self.reporting.hide_empty and empty and key not in self.signs)

    def item(self, key: str, indent: int = 0) -> Item:
        language = self.reporting.language
        words = wording(language)
        label = words["boxes"][key]
        if self.flow.updated:
            label = words["boxes_updated"].get(key, label)
        text = counted(label, getattr(self.flow, key), self.signs.get(key, ""), language=language)
        return Item(text, indent, key)

    def items(self, *keys: str, indent: int = 0) -> tuple[Item, ...]:
        return tuple(self.item(key, indent) for key in keys if self.wanted(key))

    def head(self, key: str, box: str) -> Item:
        words = wording(self.reporting.language)
        return Item(words["heads"][key] + self.signs.get(box, "") + words["colon"])

    def counts(self, key: str, counts: Sequence[Count], indent: int, *, after: bool = False) -> Iterator[Item]:
        for count in counts:
            if not (self.reporting.hide_empty and count.n == 0):
                code = None if count.code is None else f"{key}:{legal(count.code)}"
                yield Item(labelled(count, self.reporting.language, after=after), indent, code)

    def split(self, key: str, *inside: Item) -> tuple[Item, ...]:
        """Give a total with what it consists of below."""
        total = self.items(key)
        if not total or not inside:
            return total
        return (replace(total[0], text=total[0].text + wording(self.reporting.language)["colon"]), *inside)


def _boxes(labels: _Labels) -> tuple[Box, ...]:
    """Give every box that has something in it."""
    flow, items = labels.flow, labels.items
    boxes = [
        Box("previous", "previous", 0, _previous(labels)),
        Box("identified", "main", 0, _found(labels)),
        Box("removed", "main_side", 0, _removed(labels)),
        Box("screened", "main", 1, items("records_screened")),
        Box("excluded", "main_side", 1, _excluded(labels)),
        *_assessment(labels, "main", "", "dbr", flow.dbr_reasons),
    ]
    if flow.by_other_methods:
        boxes.append(Box("other_identified", "other", 0, _found_otherwise(labels)))
        boxes += _assessment(labels, "other", "other_", "other", flow.other_reasons)
    boxes += _included(labels)
    return tuple(box for box in boxes if box.items)


def _previous(labels: _Labels) -> tuple[Item, ...]:
    return (labels.item("previous_studies"), labels.item("previous_reports")) if labels.flow.updated else ()


def _found(labels: _Labels) -> tuple[Item, ...]:
    flow, after = labels.flow, labels.reporting.after_duplicates
    lines: list[Item] = []
    for key, sources in (("database_results", flow.databases), ("register_results", flow.registers)):
        if labels.wanted(key, sources):
            lines += (labels.item(key, 1), *(labels.counts(key, sources, 2, after=after) if len(sources) > 1 else ()))
    return (labels.head("identified", "identified"), *(lines or [labels.item("database_results", 1)]))


def _removed(labels: _Labels) -> tuple[Item, ...]:
    lines = labels.items("duplicates", "excluded_automatic", "excluded_other", indent=1)
    return (labels.head("removed", "removed"), *lines) if lines or "removed" in labels.signs else ()


def _excluded(labels: _Labels) -> tuple[Item, ...]:
    """Split what was excluded by who did it, where a tool did, and by reasons, where the team wants them."""
    flow = labels.flow
    by_whom = labels.items("excluded_by_people", "excluded_by_automation", indent=1)
    reasons = flow.title_abstract_reasons if labels.reporting.title_abstract_reasons else ()
    return labels.split(
        "records_excluded",
        *(by_whom if flow.excluded_by_automation else ()),
        *labels.counts("records_excluded", reasons, 1),
    )


def _assessment(
    labels: _Labels, column: Literal["main", "other"], box: str, key: str, reasons: Sequence[Count]
) -> Iterator[Box]:
    side: Column = "main_side" if column == "main" else "other_side"
    excluded = labels.split(f"{key}_excluded", *labels.counts(f"{key}_excluded", reasons, 1))
    yield Box(f"{box}sought", column, 2, labels.items(f"{key}_sought_reports"))
    yield Box(f"{box}not_retrieved", side, 2, labels.items(f"{key}_notretrieved_reports"))
    yield Box(f"{box}assessed", column, 3, labels.items(f"{key}_assessed"))
    yield Box(f"{box}reports_excluded", side, 3, excluded)


def _found_otherwise(labels: _Labels) -> tuple[Item, ...]:
    """List the methods that found something, and the sources of each where there are several."""
    lines: list[Item] = []
    for key in OTHER_BOXES.values():
        if getattr(labels.flow, key) != 0 or key in labels.signs:
            lines.append(labels.item(key, 1))
            lines += labels.counts(key, [count for box, count in labels.flow.other_sources if box == key], 2)
    return (labels.head("identified", "other_identified"), *lines)


def _included(labels: _Labels) -> Iterator[Box]:
    flow, wanted = labels.flow, labels.reporting.boxes
    yield Box("new", "main", 4, (labels.item("new_studies"), labels.item("new_reports")))
    if flow.updated:
        yield Box("total", "main", 5, (labels.item("total_studies"), labels.item("total_reports")))
    if "appraisal" in wanted:
        yield Box("appraised", "main", 6, (labels.item("appraised"),))
    if "synthesis" in wanted:
        yield Box("in_synthesis", "main", 7, (labels.item("in_synthesis"),))
    known = [key for key in ("total_studies_ma", "total_reports_ma") if getattr(flow, key) is not None]
    yield Box("in_meta_analysis", "main", 8, tuple(labels.item(key) for key in known))
