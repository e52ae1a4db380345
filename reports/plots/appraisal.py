"""Critical appraisal at a glance: studies by items, a sign for each response. One figure per instrument. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from reports.appraised import BEYOND, NO_LEVEL, Block, block_of, level_of
from reports.material import Material
from reports.plots import grid
from reports.plots.canvas import Figure
from reports.plots.grid import Column, Grid, Row
from reports.plots.marks import STATES, Mark, letters, marks_of
from reports.plots.naming import names
from review.forms import OVERALL, Item, Option
from review.protocol import levels as rule
from review.protocol.model import Level
from review.text import many


def appraisal(m: Material) -> Iterator[Figure]:
    """Draw the responses under every instrument of which at least one is known.

    An appraisal that was taken over from a publication which reports no response gives no figure: the table says so.
    """
    blocks = known_blocks(m)
    appraised = {study.key for block in blocks for study, _ in block.given}
    left = sum(study.key not in appraised for study in m.studies)
    for block, name in zip(blocks, names("appraisal", [block.instrument.name for block in blocks]), strict=True):
        yield from grid.figures(_grid(block, name, m.protocol.synthesis.levels, left))


def known_blocks(m: Material) -> list[Block]:
    """Give what was judged, per instrument for studies of which a response is known."""
    blocks = [block_of(m.studies, one, m.extracted) for one in m.instruments if one.of == "study"]
    return [block for block in blocks if set(_cells(block)) - set(STATES)]


def full_name(block: Block) -> str:
    """Give an instrument's name with its edition."""
    return f"{block.instrument.label} ({block.instrument.edition})"


def key_of(items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """Say what each item asks."""
    return tuple((item.id, item.cue) for item in items if item.id != OVERALL)


def counted(counts: Mapping[str, int], words: Sequence[str]) -> str:
    """Say how often each of some words was counted, those only that were."""
    said = ((("for another design" if word == BEYOND else word), counts[word]) for word in words if counts.get(word))
    return ", ".join(f"{word} {n}" for word, n in said)


def _cells(block: Block) -> Iterator[str]:
    return (block.cell(item, own) for _, own in block.given for item in block.items)


def _grid(block: Block, name: str, levels: Sequence[Level], left: int) -> Grid:
    ruled, of_level = applied(block, levels), _level_marks(levels)
    responses = [one.label for one in block.instrument.responses]
    marks = shown_marks(block, responses)
    rows = []
    for study, own in block.given:
        said = [block.cell(item, own) for item in block.items]
        level = [of_level[level_of(block, own, levels) or NO_LEVEL]] if ruled else []
        rows.append(Row(study.label, (*(marks[one] for one in said), *level), f"study:{study.key}"))
    heads = [Column("Overall" if item.id == OVERALL else item.id) for item in block.items]
    legend = [(mark, "item for another design" if one == BEYOND else one) for one, mark in marks.items()]
    return Grid(
        name,
        f"Critical appraisal: {full_name(block)}",
        _description(block),
        (*heads, *([Column("Level")] if ruled else [])),
        tuple(rows),
        tuple(legend),
        key_of(block.items),
        tuple(_notes(block, levels, left, ruled=ruled)),
    )


def shown_marks(block: Block, always: Sequence[str] = ()) -> dict[str, Mark]:
    """Give what was said of any item -> its sign; ``always`` are labels that are there though nobody said them.

    A response that the instrument does not have any more gets a star.
    """
    marks, met = marks_of(block.instrument), set(_cells(block))
    known = {label: mark for label, mark in marks.items() if label in met or label in always}
    return known | {label: Mark("*", "ring", "paper") for label in sorted(met - set(marks))}


def applied(block: Block, levels: Sequence[Level]) -> bool:
    """Say whether the team's rule of levels can be applied under an instrument."""
    return rule.applies(levels, [option.code for option in block.instrument.responses])


def _level_marks(levels: Sequence[Level]) -> dict[str, Mark]:
    signs = letters([Option(one.label, one.label) for one in levels])
    return {
        **{label: Mark(letter, "bare", "head") for label, letter in signs.items()},
        NO_LEVEL: Mark("–", "bare", "paper"),
    }


def _notes(block: Block, levels: Sequence[Level], left: int, *, ruled: bool) -> Iterator[str]:
    yield f"{full_name(block)}: {many(len(block.given), 'study')}."
    if any(item.id == OVERALL for item in block.items):
        yield "Overall: a person's judgement, not computed."
    if ruled:
        labels = {option.code: option.label for option in block.instrument.responses}
        signs = letters([Option(one.label, one.label) for one in levels])
        stated = "; ".join(f"{signs[one.label]} {rule.said(one, labels)}" for one in levels)
        yield f"Level: the team's own rule, not the instrument's (the first that holds): {stated}; – {NO_LEVEL}."
    if left:
        yield f"Not appraised: {many(left, 'study')}."


def _description(block: Block) -> str:
    words = list(marks_of(block.instrument))
    items = [item for item in block.items if item.id != OVERALL]
    per_item = {item.id: Counter(block.cell(item, own) for _, own in block.given) for item in block.items}
    whole: Counter[str] = Counter()
    for item in items:
        whole += per_item[item.id]
    n = many(len(block.given), "study")
    told = [f"{n} by {many(len(items), 'item')} of {full_name(block)}: {counted(whole, words)}."]
    told += (
        f"{'Overall' if item.id == OVERALL else f'{item.id} {item.cue}'}: {counted(per_item[item.id], words)}."
        for item in block.items
    )
    return " ".join(told)
