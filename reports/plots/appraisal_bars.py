"""Critical appraisal by item: the share of studies with each response. One figure per instrument. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from reports.appraised import BEYOND, Block
from reports.material import Material
from reports.plots import bars
from reports.plots.appraisal import counted, full_name, known_blocks, shown_marks
from reports.plots.bars import Bar, Bars
from reports.plots.canvas import Figure
from reports.plots.naming import names
from review.forms import OVERALL, Item
from review.text import many


def appraisal_bars(m: Material) -> Iterator[Figure]:
    """Draw per item how many studies got each response; nothing is weighted and nothing summed over items."""
    blocks = known_blocks(m)
    for block, name in zip(blocks, names("appraisal_bars", [one.instrument.name for one in blocks]), strict=True):
        yield from bars.figures(_bars(block, name))


def _bars(block: Block, name: str) -> Bars:
    items = [item for item in block.items if item.id != OVERALL]
    marks = shown_marks(block, [option.label for option in block.instrument.responses])
    counts = {item.id: Counter(block.cell(item, own) for _, own in block.given) for item in items}
    parts = [label for label in marks if label != BEYOND and any(counts[item.id][label] for item in items)]

    def bar(item: Item) -> Bar:
        return Bar(f"{item.id} {item.cue}", tuple(counts[item.id][label] for label in parts))

    groups = tuple((section, tuple(map(bar, some))) for section, some in groupby(items, lambda item: item.section))
    n = many(len(block.given), "study")
    notes = [f"{full_name(block)}: {n}. A bar is the studies that an item is for; numbers are studies."]
    told = (f"{item.id} {item.cue}: {counted(counts[item.id], parts)}." for item in items)
    return Bars(
        name,
        f"Critical appraisal by item: {full_name(block)}",
        f"Responses of {n} to each item of {full_name(block)}. {' '.join(told)}",
        tuple((marks[label], label) for label in parts),
        groups,
        tuple(notes),
    )
