"""What was coded under the framework at a glance: studies by component, and sub-elements by direction. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from reports.material import Material
from reports.metrics import width
from reports.plots import bars, grid
from reports.plots.bars import Bar, Bars
from reports.plots.canvas import Figure
from reports.plots.grid import Column, Grid, Row
from reports.plots.marks import NONE, Mark
from reports.studies import Study
from reports.synthesis import AGAINST, BOTH, CONDITION, SUPPORTS, Coding, components_of, sign
from review.forms import Component, themes_of
from review.text import many

SIGNS: dict[str, tuple[Mark, str]] = {
    SUPPORTS: (Mark("+", "cell", "good"), "supports"),
    BOTH: (Mark("±", "cell", "unsure"), "both"),
    AGAINST: (Mark("−", "cell", "bad"), "adverse"),
    CONDITION: (Mark("0", "cell", "none"), "condition"),
}
"""Sign of the matrix -> how it is drawn, and its short name."""
_LEGEND = (
    (SIGNS[SUPPORTS][0], "supports a benefit"), (SIGNS[BOTH][0], "both"), (SIGNS[AGAINST][0], "adverse"),
    (SIGNS[CONDITION][0], "condition or context only"),
)  # fmt: skip
_NAMED = 30, 8, 110.0
"""Studies, components and width of a word at most for names to stand above columns; else numbers do, with a key."""


def theme_map(m: Material) -> Iterator[Figure]:
    """Draw the matrix of studies by components, in its order, with the number of studies per direction below."""
    signs = directions(m.studies, m.extracted.codings)
    themes = components_of(m.framework, m.extracted.codings, m.extracted.themes)
    if not signs:
        return
    words = [width(word, 12, bold=True) for theme in themes for word in theme.label.split(" ")]
    named = len(m.studies) <= _NAMED[0] and len(themes) <= _NAMED[1] and max(words) <= _NAMED[2]
    rows = tuple(
        Row(study.label, tuple(_mark(signs.get((study.key, theme.id))) for theme in themes), f"study:{study.key}")
        for study in m.studies
    )
    counts = {theme.id: counted(theme, m.studies, signs) for theme in themes}
    of = f" of the {m.framework.label}" if m.framework else ""
    yield from grid.figures(
        Grid(
            "theme_map",
            f"Studies by component{of}",
            described(m.studies, themes, signs),
            tuple(Column(theme.label, 72) if named else Column(str(n)) for n, theme in enumerate(themes, start=1)),
            rows,
            _LEGEND,
            () if named else tuple((str(n), theme.label) for n, theme in enumerate(themes, start=1)),
            (f"{many(len(m.studies), 'study')}; an empty cell: nothing coded.",),
            tuple(_totals(themes, counts)),
        )
    )


def theme_parts(m: Material) -> Iterator[Figure]:
    """Draw per sub-element of each component how many studies say what of it; none when none is coded."""
    codings, themes = m.extracted.codings, components_of(m.framework, m.extracted.codings, m.extracted.themes)
    keys = {study.key for study in m.studies}
    said: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for coding in codings:
        if coding.get("subelement") and coding["study"] in keys:
            said[coding["component"], coding["subelement"]][coding["study"]].add(coding["polarity"])
    counts = {part: Counter(sign(one) for one in own.values()) for part, own in said.items()}
    if not counts:
        return

    def bar(part: str, own: Counter[str]) -> Bar:
        return Bar(m.extracted.themes.get(part, part), tuple(own[one] for one in SIGNS))

    groups = []
    for theme in themes:
        parts = sorted(
            ((part, own) for (component, part), own in counts.items() if component == theme.id),
            key=lambda one: (-one[1].total(), m.extracted.themes.get(one[0], one[0]).casefold()),
        )
        if parts:
            groups.append((theme.label, tuple(bar(*one) for one in parts)))
    told = "; ".join(
        f"{heading}: {', '.join(f'{one.label} {sum(one.parts)}' for one in some)}" for heading, some in groups
    )
    yield from bars.figures(
        Bars(
            "theme_parts",
            "Sub-elements by direction",
            f"Studies with a coding under each sub-element, of {len(m.studies)}. {told}.",
            _LEGEND,
            tuple(groups),
            (f"Numbers are studies, of {len(m.studies)}; a study counts once per sub-element.",),
            max(own.total() for own in counts.values()),
        )
    )


def directions(found: Sequence[Study], codings: Sequence[Coding]) -> dict[tuple[str, str], str]:
    """Give (study, component) -> its sign, as the matrix has it, for included studies."""
    keys = {study.key for study in found}
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for coding in codings:
        for theme in themes_of(coding) if coding["study"] in keys else ():
            said[coding["study"], theme].add(coding["polarity"])
    return {cell: sign(polarities) for cell, polarities in said.items()}


def counted(theme: Component, found: Sequence[Study], signs: dict[tuple[str, str], str]) -> Counter[str]:
    """Count the studies per sign of one component."""
    return Counter(signs[study.key, theme.id] for study in found if (study.key, theme.id) in signs)


def described(found: Sequence[Study], themes: Sequence[Component], signs: dict[tuple[str, str], str]) -> str:
    """Say how many studies say what of each component."""
    told = []
    for theme in themes:
        own = counted(theme, found, signs)
        said = ", ".join(f"{name} {own[one]}" for one, (_, name) in SIGNS.items() if own[one])
        told.append(f"{theme.label}: {own.total()} of {len(found)}{f' ({said})' if said else ''}.")
    return f"{many(len(found), 'study')} by {many(len(themes), 'component')}. " + " ".join(told)


def _mark(one: str | None) -> Mark:
    return SIGNS[one][0] if one else NONE


def _totals(themes: Sequence[Component], counts: dict[str, Counter[str]]) -> Iterator[tuple[str, ...]]:
    for one, (mark, name) in SIGNS.items():
        if any(counts[theme.id][one] for theme in themes):
            yield f"{mark.letter} {name}", *(str(counts[theme.id][one]) for theme in themes)
    yield "Studies", *(str(counts[theme.id].total()) for theme in themes)
