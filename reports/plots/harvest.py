"""The harvest plot: per theme and direction of its findings a bar per study. Pure.

Votes are counted by direction only, never by statistical significance.
Source: Ogilvie et al. 2008, https://doi.org/10.1186/1471-2288-8-8, checked 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from reports.appraised import level_of
from reports.material import Material
from reports.metrics import width, wrap
from reports.plots.appraisal import applied, known_blocks
from reports.plots.canvas import Figure, Path, Rect, Shape, Words, figure
from reports.plots.foot import Placed, foot
from reports.plots.grid import PAGE, SMALL
from reports.plots.heat import SIGNS, described, directions
from reports.plots.marks import letters, on
from reports.synthesis import AGAINST, BOTH, CONDITION, SUPPORTS, components_of
from review.forms import Component, Option, themes_of
from review.protocol import levels as rule
from review.text import many

_ORDER = (AGAINST, BOTH, CONDITION, SUPPORTS)
_EVIDENCE = (("measured", "Measured"), ("perceived", "Perceived"), ("opinion", "Opinion"))
"""Kinds of evidence as coders note them, the highest bar first."""
_EDGE, _LABEL, _SIZE, _LOW, _STEP = 6.0, 132.0, 10.5, 11.0, 15.0
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class _Heights:
    """How high bars are: what that shows, its grades from the highest on, and which a bar has (study, theme)."""

    told: str
    grades: tuple[str, ...]
    of: Mapping[tuple[str, str], str]

    def share(self, study: str, theme: str) -> float | None:
        """Say how high a bar is between the lowest (0) and the highest grade (1); ``None`` when it is not known."""
        if not self.grades:
            return 0.5
        grade = self.of.get((study, theme))
        return None if grade is None else 1 - self.grades.index(grade) / max(len(self.grades) - 1, 1)

    def rank(self, study: str, theme: str) -> float:
        """Give the share as a number to sort by: what is not known comes last."""
        share = self.share(study, theme)
        return -1 if share is None else share


Bars = Mapping[str, tuple[tuple[int, str], ...]]
"""Direction -> its bars: number and key of a study."""
Themes = tuple[tuple[Component, Bars], ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What stands where: per theme its bars (number of study, its key) by direction, the highest first, and how many
    bars each direction has room for side by side.
    """

    themes: Themes
    slots: Mapping[str, int]
    pitch: float
    heights: _Heights
    whole: int

    def steps(self, theme: str, bars: Bars) -> tuple[float, ...]:
        """Say how high each line of bars of a theme is: as its highest bar (the first of a line), and the numbers."""
        lines = max(1, *(-(-len(some) // self.slots[one]) for one, some in bars.items()))
        firsts = (
            [some[at][1] for one, some in bars.items() if (at := line * self.slots[one]) < len(some)]
            for line in range(lines)
        )
        return tuple(max([14.0, *(self.bar(study, theme) for study in some)]) + _STEP for some in firsts)

    @property
    def wide(self) -> float:
        """How wide labels and bars are."""
        return _LABEL + sum(self.slots.values()) * self.pitch + _GAP * len(_ORDER)

    @property
    def tall(self) -> float:
        """How high the highest bar is."""
        return 34.0 if self.whole <= 60 else 26.0

    def high(self, theme: Component, bars: Bars) -> float:
        """Say how high a theme is: its bars, line above line, or its label."""
        return max(sum(self.steps(theme.id, bars)) + 22, 1.2 * _SIZE * len(_lines(theme)) + 24)

    def bar(self, study: str, theme: str) -> float:
        """Say how high a bar is; each known one holds a letter."""
        share = self.heights.share(study, theme)
        return 4.0 if share is None else _LOW + (self.tall - _LOW) * share


def harvest(m: Material) -> Iterator[Figure]:
    """Draw a bar per study for each theme, under the direction of what it found.

    A bar's height is the level of the study by the team's own rule where there is one, else the kind of evidence where
    coders noted it; without either all are alike.
    """
    found, codings = m.studies, m.extracted.codings
    signs = directions(found, codings)
    if not signs:
        return
    themes = components_of(m.framework, codings, m.extracted.themes)
    numbers = {study.key: number for number, study in enumerate(found, start=1)}
    heights = _heights(m, signs)

    def bars(theme: str, one: str) -> tuple[tuple[int, str], ...]:
        mine = [(n, key) for key, n in numbers.items() if signs.get((key, theme)) == one]
        return tuple(sorted(mine, key=lambda bar: (-heights.rank(bar[1], theme), bar[0])))

    rows = tuple((theme, {one: bars(theme.id, one) for one in _ORDER}) for theme in themes)
    pitch = max(14.0, width(str(len(found)), SMALL) + 4)
    plan = _Plan(rows, _slots(rows, pitch), pitch, heights, len(found))
    coded = {study for study, _ in signs}
    key = [(str(n), study.label) for n, study in enumerate(found, start=1) if study.key in coded]
    notes = tuple(_notes(plan, len(found) - len(coded)))
    description = f"Harvest plot. {described(found, themes, signs)}"
    yield from _figures(plan, key, notes, description)


def _figures(
    plan: _Plan, key: Sequence[tuple[str, str]], notes: Sequence[str], description: str
) -> Iterator[Figure]:  # fmt: skip
    pages, left = _pages(plan)
    keys = _keys(key, notes, left, plan.wide)
    pages += [()] * (len(keys) - 1)
    for number, page in enumerate(pages, start=1):
        shapes, low = _drawn(replace(plan, themes=page)) if page else ([], 0.0)
        own = keys[number - 1 - len(pages) + len(keys)] if number > len(pages) - len(keys) else ()
        told = notes if number == len(pages) else ("Key and notes are on the last part.",)
        more, low = _foot(own, told, low + 8, plan.wide)
        part, name = (f" (part {number} of {len(pages)})", f"harvest_{number}") if len(pages) > 1 else ("", "harvest")
        yield figure(
            name, f"Harvest plot{part}", description, (plan.wide + 2 * _EDGE, low + _EDGE + 2), (*shapes, *more)
        )


def _pages(plan: _Plan) -> tuple[list[Themes], float]:
    """Share themes out among pages; and say how much room the last page has left."""
    room = PAGE[1] - 2 * _EDGE - 40
    pages, left = list[Themes]([()]), room
    for one in plan.themes:
        need = plan.high(*one)
        if need > left and pages[-1]:
            pages, left = [*pages, ()], room
        pages[-1] = (*pages[-1], one)
        left -= need
    return pages, left


def _keys(
    key: Sequence[tuple[str, str]], notes: Sequence[str], left: float, wide: float
) -> list[Sequence[tuple[str, str]]]:  # fmt: skip
    """Share the key out: below the last themes where it fits, else on pages of its own after an empty part."""
    if _foot(key, notes, 0, wide)[1] <= left:
        return [key]
    for parts in range(1, len(key) + 1):
        each = -(-len(key) // parts)
        cut = [key[at : at + each] for at in range(0, len(key), each)]
        if all(_foot(one, notes, 0, wide)[1] <= PAGE[1] - 40 for one in cut):
            break
    return [(), *cut]


def _foot(key: Sequence[tuple[str, str]], notes: Sequence[str], y: float, wide: float) -> Placed:
    return foot((), key, notes, (_EDGE, y), wide, SMALL, int(wide // 165))


def _slots(rows: Themes, pitch: float) -> dict[str, int]:
    """Share the width out among directions: room for a heading, then to whichever needs the most lines."""
    most = {one: max(len(bars[one]) for _, bars in rows) for one in _ORDER}
    slots = dict.fromkeys(_ORDER, int(-(-60 // pitch)))
    for _ in range(int((PAGE[0] - 2 * _EDGE - _LABEL - _GAP * len(_ORDER)) // pitch) - sum(slots.values())):
        needy = max(_ORDER, key=lambda one: most[one] / slots[one])
        slots[needy] += most[needy] > slots[needy]
    return slots


def _heights(m: Material, signs: Mapping[tuple[str, str], str]) -> _Heights:
    levels = tuple(one.label for one in m.protocol.synthesis.levels)
    given: dict[str, list[str]] = {}
    for block in known_blocks(m):
        if applied(block, m.protocol.synthesis.levels):
            for study, own in block.given:
                if level := level_of(block, own, m.protocol.synthesis.levels):
                    given.setdefault(study.key, []).append(level)
    if given:
        lowest = {study: max(some, key=levels.index) for study, some in given.items()}
        labels = {option.code: option.label for instrument in m.instruments for option in instrument.responses}
        stated = "; ".join(rule.said(one, labels) for one in m.protocol.synthesis.levels)
        two = ", the lower where a study has two" if any(len(set(some)) > 1 for some in given.values()) else ""
        told = f"level of the study by the team's own rule, not an instrument's ({stated}){two}"
        return _Heights(told, levels, {cell: lowest[cell[0]] for cell in signs if cell[0] in lowest})
    kinds = [code for code, _ in _EVIDENCE]
    noted: dict[tuple[str, str], str] = {}
    for coding in m.extracted.codings:
        if (kind := coding.get("evidence")) in kinds:
            for theme in themes_of(coding):
                cell = coding["study"], theme
                noted[cell] = min(noted.get(cell, kind), kind, key=kinds.index)
    if noted:
        names = dict(_EVIDENCE)
        told = "kind of evidence, the first that a study has for the theme"
        return _Heights(told, tuple(names.values()), {cell: names[kind] for cell, kind in noted.items()})
    return _Heights("", (), {})


def _notes(plan: _Plan, left: int) -> Iterator[str]:
    yield (
        "Harvest plot after Ogilvie et al. 2008 (doi:10.1186/1471-2288-8-8). A bar is a study, once per theme, by the"
        " direction of its findings, never by statistical significance; its number is in the key."
    )
    if plan.heights.grades:
        signs = _signs(plan.heights)
        graded = ", ".join(f"{signs[one]} {one}" for one in plan.heights.grades)
        yield f"Height: {plan.heights.told}: {graded}; a low empty bar: not known."
    else:
        yield "All bars are of one height: neither level nor kind of evidence was recorded."
    if left:
        yield f"Nothing coded: {many(left, 'study')}."


def _signs(heights: _Heights) -> dict[str, str]:
    return letters([Option(one, one) for one in heights.grades])


def _drawn(plan: _Plan) -> tuple[list[Shape], float]:
    shapes: list[Shape] = []
    y, starts = _EDGE + 22, _starts(plan)
    for one, x in starts.items():
        mark, name = SIGNS[one]
        shapes.append(Words(x, y - 7, f"{mark.letter} {name.capitalize()}", _SIZE, bold=True))
    for number, (theme, bars) in enumerate(plan.themes):
        high = plan.high(theme, bars)
        shapes.append(Rect(_EDGE, y, plan.wide, high, "band" if number % 2 == 0 else "paper"))
        lines = _lines(theme)
        n = sum(map(len, bars.values()))
        shapes += (Words(_EDGE + 4, y + 16 + 1.2 * _SIZE * i, line, _SIZE, bold=True) for i, line in enumerate(lines))
        below = y + 16 + 1.2 * _SIZE * len(lines)
        shapes.append(Words(_EDGE + 4, below, f"n = {n} of {plan.whole}", SMALL, tone="quiet"))
        for one, x in starts.items():
            shapes += _cell(plan, theme, one, bars, (x, y))
        y += high
    return shapes, y


def _lines(theme: Component) -> tuple[str, ...]:
    return wrap(theme.label, _LABEL - 12, _SIZE, bold=True)


def _starts(plan: _Plan) -> dict[str, float]:
    starts, x = dict[str, float](), _EDGE + _LABEL
    for one in _ORDER:
        starts[one] = x
        x += plan.slots[one] * plan.pitch + _GAP
    return starts


def _cell(plan: _Plan, theme: Component, one: str, bars: Bars, at: tuple[float, float]) -> Iterator[Shape]:
    x, y = at
    signs, slots = _signs(plan.heights), plan.slots[one]
    yield Words(x, y + 13, f"n = {len(bars[one])}", SMALL, tone="quiet")
    bases = accumulate(plan.steps(theme.id, bars), initial=y + 18 - _STEP)
    for line, base in enumerate(list(bases)[1:]):
        some = bars[one][line * slots : (line + 1) * slots]
        if not some:
            return
        for place, (number, study) in enumerate(some):
            left, high = x + place * plan.pitch, plan.bar(study, theme.id)
            grade = plan.heights.of.get((study, theme.id))
            known = grade is not None or not plan.heights.grades
            tone = SIGNS[one][0].tone if known else "paper"
            wide = plan.pitch - 2
            yield Rect(left, base - high, wide, high, tone, None if known else "quiet", key=f"study:{study}")
            middle = left + wide / 2
            if grade is not None:
                yield Words(middle, base - 2.5, signs[grade], SMALL, "middle", bold=True, tone=on(tone))
            yield Words(middle, base + 10, str(number), SMALL, "middle")
        yield Path(((x - 1, base), (x + len(some) * plan.pitch - 1, base)), thick=0.8)
