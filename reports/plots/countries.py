"""Included studies by country, as people extracted it; a country is never guessed from a record. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reports.characteristics import NOT_EXTRACTED, NOT_SETTLED, place_asked
from reports.material import Material
from reports.plots.axes import LINE, SIZE, SMALL, lines, note
from reports.plots.canvas import Figure, Path, Rect, Shape, Words, figure
from review import countries as known
from review.forms import MISSING, Field
from review.text import many

NAMES, WIDE, ROW, TOP = 150.0, 270.0, 26.0, 8.0
LEFT = NAMES + 10


def countries(m: Material) -> Iterator[Figure]:
    """Draw how many included studies come from each country; a study in several counts in each."""
    field = None if m.form is None else place_asked(m.form)
    if field is None:
        return
    counts, apart, several = Counter[str](), Counter[str](), 0
    for study in m.studies:
        answer = m.extracted.answers.get((study.key, field.id))
        if answer is None:
            apart[NOT_EXTRACTED] += 1
        elif answer.method == "open":
            apart[NOT_SETTLED] += 1
        elif answer.missing is not None or not answer.value:
            apart[MISSING.get(answer.missing or "not_reported", str(answer.missing))] += 1
        else:
            codes = sorted(set(answer.value if isinstance(answer.value, list) else [answer.value]))
            counts.update(known.NAMES.get(str(code), str(code)) for code in codes)
            several += len(codes) > 1
    if counts:
        yield _drawn(field, _ranked(counts), _ranked(apart), len(m.studies), several)


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0].casefold()))


def _drawn(
    field: Field, counts: list[tuple[str, int]], apart: list[tuple[str, int]], total: int, several: int
) -> Figure:
    most = max(n for _, n in (*counts, *apart))
    shapes: list[Shape] = []
    y = TOP
    for name, n, tone in (*((*one, "first") for one in counts), *((*one, "none") for one in apart)):
        broken = lines(name, NAMES, SMALL)
        high = max(ROW, LINE * len(broken) + 6)
        middle = y + high / 2
        start = middle + 4.3 - LINE * (len(broken) - 1) / 2
        shapes += (Words(NAMES, start + LINE * at, text, SMALL, "end") for at, text in enumerate(broken))
        shapes.append(Rect(LEFT, middle - 9, WIDE * n / most, 18, tone))
        shapes.append(Words(LEFT + WIDE * n / most + 6, middle + 4.5, f"{n:,}", SIZE))
        y += high
    shapes.append(Path(((LEFT, TOP), (LEFT, y)), "ink"))
    both = f" {many(several, 'study')} in several countries: counted in each." if several else ""
    said = f"{many(total, 'included study')}, by “{field.label}” of the proforma.{both}"
    below, end = note(said, LEFT, y + 20, WIDE + 40)
    told = "; ".join(f"{name}: {n:,}" for name, n in (*counts, *apart))
    return figure(
        "countries", "Included studies by country", f"{said} {told}.", (LEFT + WIDE + 44, end), (*shapes, *below)
    )
