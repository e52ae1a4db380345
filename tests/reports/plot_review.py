"""An invented review of any size, and what every figure must keep: everything inside, no word over another."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast
from xml.etree import ElementTree

from sqlalchemy import Connection

from reports.material import Material
from reports.metrics import width
from reports.plots.canvas import Disc, Figure, Path, Rect, Shape, Words, svg
from reports.rows import Paper
from reports.studies import Study
from review.forms import Component, Extracted, Final, Framework, Instrument, Item, Option
from review.protocol.model import Level, Protocol, StageRules, Synthesis
from review.record import Record

LIST = Instrument(
    "list-2018", "2018", "Small list", "https://example.org", "free", ("qualitative",),
    (Option("yes", "Yes"), Option("cant_tell", "Can't tell"), Option("no", "No")),
    (Item("1", "Aims are clear", "A"), Item("2", "Design fits the aims", "A"), Item("3", "Worth", "B", open=True)),
)  # fmt: skip
FRAMEWORK = Framework(
    "model", "Model", "1", "https://example.org",
    (Component("work", "Better work", "", ("career", "workload")), Component("health", "Better health", "")),
)  # fmt: skip
LEVELS = (Level("High", (("no", 0),)), Level("Low", ()))


def studies(n: int) -> tuple[Study, ...]:
    """Give studies ``s1`` to ``sn``, one label in seven a long one."""
    who = ("Brown", "Castillo and Ng", "Fernández-Llamazares et al.", "Ito", "Li", "Kowalczyk et al.",
           "The National Collaborative Group for Mentoring of Doctors in Training and Afterwards")  # fmt: skip
    keys = (f"s{i}" for i in range(1, n + 1))
    return tuple(Study(key, f"{who[i % 7]} {1990 + i // 7}", (Paper(i, key, Record()),)) for i, key in enumerate(keys))


def judged(instrument: Instrument, *given: tuple[str, str, str | None]) -> dict[tuple[str, str, str], Final]:
    """Give judgements from (study, item, response); ``None`` is not settled."""
    return {
        (study, instrument.name, item): Final(
            study, instrument.name, item, value, None, None, None, None, "single" if value else "open"
        )
        for study, item, value in given
    }


def coded(study: str, component: str, polarity: str, **more: Any) -> dict[str, Any]:
    """Give one coding."""
    return {"study": study, "component": component, "polarity": polarity, "subelement": None, "evidence": None, **more}


CODINGS = (
    coded("s1", "work", "+", subelement="career", evidence="opinion"), coded("s1", "work", "-", evidence="measured"),
    coded("s2", "work", "+", subelement="career"), coded("s2", "health", "0"), coded("s3", "health", "-"),
    coded("s3", "work", "+", subelement="emergent:pay", evidence="perceived"), coded("gone", "work", "-"),
)  # fmt: skip
THEMES = {"emergent:pay": "Pay & money"}


def many_codings(n: int) -> list[dict[str, Any]]:
    """Give codings of most of ``n`` studies."""
    chance = random.Random(3)
    return [
        coded(f"s{i}", component, chance.choice("+++-0"), evidence=chance.choice(["measured", "opinion", None]),
              subelement=chance.choice(["career", "workload", None]))
        for i in range(1, n + 1) for component in ("work", "health") for _ in range(chance.choice((0, 1, 2)))
    ]  # fmt: skip


def material(
    found: Sequence[Study],
    instruments: Sequence[Instrument] = (LIST,),
    *,
    judgements: dict[tuple[str, str, str], Final] | None = None,
    codings: Sequence[dict[str, Any]] = (),
    levels: tuple[Level, ...] = (),
    themes: dict[str, str] | None = None,
) -> Material:
    """Give the material of a review without a store: figures read studies and what was extracted only."""
    rules = StageRules()
    protocol = Protocol("T", "Q", "h", "t", title_abstract=rules, full_text=rules, synthesis=Synthesis(levels=levels))
    taken = Extracted({}, judgements or {}, tuple(codings), themes or {}, (), ())
    made = Material(cast(Connection, None), protocol, None, FRAMEWORK, tuple(instruments), taken)
    vars(made)["studies"] = tuple(found)
    return made


def texts(one: Figure) -> list[str]:
    """Give all words of a figure in order."""
    return [shape.text for shape in one.shapes if isinstance(shape, Words)]


def sound(one: Figure) -> Figure:
    """Check a figure: valid XML, letters of 7 points at least, everything inside, no word over another."""
    ElementTree.fromstring(svg(one))
    words = [shape for shape in one.shapes if isinstance(shape, Words) and shape.text]
    assert min(shape.size for shape in words) >= 7 * 96 / 72
    for shape in one.shapes:
        left, top, right, bottom = _box(shape)
        assert left >= -0.5 and top >= -0.5, shape
        assert right <= one.width + 0.5 and bottom <= one.height + 0.5, shape
    boxes = sorted((_box(shape), shape.text) for shape in words)
    for (a, text), (b, other) in _near(boxes):
        apart = b[0] >= a[2] - 0.5 or b[1] >= a[3] - 0.5 or a[1] >= b[3] - 0.5
        assert apart, (text, other)
    return one


def _near(boxes: Sequence[tuple[Box, str]]) -> Iterator[tuple[tuple[Box, str], tuple[Box, str]]]:
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            if other[0][0] > one[0][2]:
                break
            yield one, other


Box = tuple[float, float, float, float]


def _box(shape: Shape) -> Box:
    if isinstance(shape, Rect):
        return shape.x, shape.y, shape.x + shape.w, shape.y + shape.h
    if isinstance(shape, Disc):
        return shape.x - shape.r, shape.y - shape.r, shape.x + shape.r, shape.y + shape.r
    if isinstance(shape, Path):
        xs, ys = zip(*shape.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    wide = width(shape.text, shape.size, bold=shape.bold)
    left = shape.x - wide * {"start": 0, "middle": 0.5, "end": 1}[shape.anchor]
    return left, shape.y - 0.73 * shape.size, left + wide, shape.y + 0.2 * shape.size


def bars_of(one: Figure) -> dict[str, float]:
    """Give what is clicked on -> how high it is."""
    return {shape.key: round(shape.h, 1) for shape in one.shapes if isinstance(shape, Rect) and shape.key}


def rows_of(figures: Iterable[Figure]) -> list[str]:
    """Give the keys that a click shows the records of, in order."""
    return [shape.key for one in figures for shape in one.shapes if isinstance(shape, Rect) and shape.key]
