"""The critical appraisal table: studies by items, and items by responses. No total is computed anywhere. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.characteristics import KIND, NOT_SETTLED, RESEARCH
from reports.studies import Study
from reports.table import Table, table
from review.forms import MISSING, NOT_REPORTED, OVERALL, Extracted, Final, Instrument, Item
from review.protocol import levels as rule
from review.protocol.model import Level

NOT_APPRAISED = "not appraised"
NOT_JUDGED = "not judged"
BEYOND = "–"
"""An item for another design than the study's."""
NO_LEVEL = "no level"
SIDE_BY_SIDE = 15
"""So many studies stand side by side as columns; of more, the table of studies by items says the same."""
_NOT_REPORTED = MISSING[NOT_REPORTED]
_TITLE = "Critical appraisal of included studies"
_ITEMS = "Critical appraisal: responses to each item"
_REASONS = "Critical appraisal: reasons, quotes and open items"
_LEVEL = "Level (the team's rule)"


@dataclass(frozen=True, slots=True)
class Block:
    """What was judged under one instrument: its items with a column, and per study item -> what counts."""

    instrument: Instrument
    items: tuple[Item, ...]
    given: tuple[tuple[Study, Mapping[str, Final]], ...]

    def cell(self, item: Item, own: Mapping[str, Final]) -> str:
        """Say the response to an item; without one it is still to be judged or settled, or for another design."""
        if item.id in own:
            return said(self.instrument, item, own[item.id])
        return NOT_JUDGED if self.applies(item, own) else BEYOND

    def applies(self, item: Item, own: Mapping[str, Final]) -> bool:
        """Say whether an item is for the study: its set is begun (MMAT has five), or it is for every design."""
        return not item.designs or item.designs in {one.designs for one in self.items if one.id in own}


def appraisal(
    found: Sequence[Study], instruments: Sequence[Instrument], extracted: Extracted, levels: Sequence[Level] = ()
) -> tuple[Table, ...]:
    """Make the tables, each with a block per instrument used: studies by items, items by studies, and by responses.

    Notes say what each item asks. Studies that nobody appraised come last, in a block of their own when there are
    several instruments; when nobody appraised any, there is no second table.

    Parameters
    ----------
    levels : sequence of Level
        The team's own rule: printed in the note, with a column. It is not applied where an instrument lacks a response
        that it counts, and a study of which a response is not known has no level.
    """
    studies = [one for one in instruments if one.of == "study"]
    blocks = [block for one in studies if (block := block_of(found, one, extracted)).given]
    appraised = {study.key for block in blocks for study, _ in block.given}
    rest = [(study.label, NOT_APPRAISED) for study in found if study.key not in appraised]
    if len(blocks) == 1:
        return _by_study(blocks[0], extracted, levels, rest), *_across(blocks[0], name=None), _by_item(blocks[0])
    made = [_by_study(one, extracted, levels, (), name=_name(one)) for one in blocks]
    if rest or not blocks:
        name = "studies not appraised" if blocks else None
        made.append(table("appraisal", _TITLE, ("Study", "Instrument"), rest, block=name))
    across = (table for one in blocks for table in _across(one, name=_name(one)))
    return *made, *across, *(_by_item(one) for one in blocks)


def reasons(found: Sequence[Study], instruments: Sequence[Instrument], extracted: Extracted) -> tuple[Table, ...]:
    """Make the table of what was said besides a response: reasons, quotes, and the text of open items."""
    rows = [
        (study.label, _name(block), f"{item.id} {item.cue}", said(block.instrument, item, one), *told)
        for instrument in instruments
        if instrument.of == "study"
        for block in (block_of(found, instrument, extracted),)
        for study, own in block.given
        for item in instrument.judged
        if (one := own.get(item.id)) is not None
        for told in (tuple(text or "" for text in (one.reason, one.quote, one.place)),)
        if any(told) or (item.open and one.value is not None)
    ]
    columns = ("Study", "Instrument", "Item", "Response", "Reason", "Quote", "Place")
    return (table("appraisal_reasons", _REASONS, columns, rows),) if rows else ()


def said(instrument: Instrument, item: Item, one: Final) -> str:
    """Say what counts for an item: the label of its response, or why there is none."""
    if one.method == "open":
        return NOT_SETTLED
    response = one.missing or str(one.value)
    return {**MISSING, **{option.code: option.label for option in instrument.choices(item)}}.get(response, response)


def block_of(found: Sequence[Study], instrument: Instrument, extracted: Extracted) -> Block:
    """Take together what counts under one instrument, for the studies of which anything was judged."""
    judged = {item.id: item for item in instrument.judged}
    own: dict[str, dict[str, Final]] = {}
    for (study, name, item), one in extracted.judgements.items():
        if name == instrument.name and item in judged:
            own.setdefault(study, {})[item] = one
    given = tuple((study, own[study.key]) for study in found if study.key in own)
    begun = {judged[item].designs for _, some in given for item in some} | {()}
    items = tuple(item for item in instrument.judged if not item.open and item.designs in begun)
    return Block(instrument, items, given)


def responded(extracted: Extracted, instrument: Instrument) -> tuple[frozenset[str], frozenset[str]]:
    """Give the studies or findings judged under an instrument: those of which a response is known or to be settled, and
    those of which every item is not reported, as where an appraisal was taken over from a publication."""
    silent: dict[str, bool] = {}
    for (study, name, _), one in extracted.judgements.items():
        if name == instrument.name:
            silent[study] = silent.get(study, True) and _response(one) == NOT_REPORTED
    return frozenset(s for s in silent if not silent[s]), frozenset(s for s in silent if silent[s])


def _name(block: Block) -> str:
    return f"{block.instrument.label} ({block.instrument.edition})"


def _by_study(
    block: Block,
    extracted: Extracted,
    levels: Sequence[Level],
    rest: Iterable[tuple[str, str]],
    *,
    name: str | None = None,
) -> Table:
    heads = ["Overall" if item.id == OVERALL else item.id for item in block.items]
    rows = [
        (study.label, block.instrument.label, *(block.cell(item, own) for item in block.items))
        for study, own in block.given
    ]
    ruled = rule.applies(levels, [option.code for option in block.instrument.responses])
    if ruled:
        heads.append(_LEVEL)
        rows = [
            (*row, level_of(block, own, levels) or NO_LEVEL) for row, (_, own) in zip(rows, block.given, strict=True)
        ]
    notes = [*_asked(block, rows), *_ruled(block, levels, ruled=ruled), *_misfits(block, extracted)]
    return table(
        "appraisal",
        _TITLE,
        ("Study", "Instrument", *heads),
        [*rows, *((*one, *[""] * len(heads)) for one in rest)],
        note=" ".join(notes),
        block=name,
    )


def _asked(block: Block, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    asked = "; ".join(f"{item.id} {item.cue}" for item in block.items if item.id != OVERALL)
    yield f"{_name(block)}: {asked}. Official form: {block.instrument.url}."
    if any(item.id == OVERALL for item in block.items):
        yield "Overall: a person's judgement, not computed; it excludes no study by itself."
    if any(BEYOND in row for row in rows):
        yield f"{BEYOND} The item is for another study design."


def _ruled(block: Block, levels: Sequence[Level], *, ruled: bool) -> Iterator[str]:
    if not levels:
        return
    labels = {option.code: option.label for option in block.instrument.responses}
    stated = "; ".join(rule.said(one, labels) for one in levels)
    yield f"The team's own rule, not the instrument's (the first that holds): {stated}."
    if ruled:
        yield (
            f"{NO_LEVEL.capitalize()}: an item is not judged, not settled or not reported, or none holds."
            " The rule excludes no study."
        )
    else:
        yield "It is not applied here, because this instrument lacks a response that it counts."


def level_of(block: Block, own: Mapping[str, Final], levels: Sequence[Level]) -> str | None:
    """Give the level of a study by the team's own rule; ``None`` when a response is not known, or none holds."""
    wanted = [item for item in block.items if item.id != OVERALL and block.applies(item, own)]
    return rule.level_of(levels, [_response(own.get(item.id)) for item in wanted])


def _response(one: Final | None) -> str | None:
    if one is None or one.method == "open":
        return None
    return one.missing or str(one.value)


def _misfits(block: Block, extracted: Extracted) -> Iterator[str]:
    """Name the studies for whose design the instrument is not made."""
    for study, _ in block.given:
        design = _design(extracted, study.key)
        if design is not None and design not in block.instrument.designs:
            what = "not research" if design == "none" else design
            made = ", ".join(block.instrument.designs).replace("none", "papers that are not research")
            yield f"{study.label} is {what}: the instrument is made for {made}."


def _design(extracted: Extracted, key: str) -> str | None:
    """Give a study's design as extracted; ``"none"`` for a paper that is not research."""
    design, kind = extracted.answers.get((key, "design")), extracted.answers.get((key, KIND))
    if design is not None and design.value:
        return str(design.value)
    if (design is not None and design.missing == "not_applicable") or (kind is not None and not is_research(kind)):
        return "none"
    return None


def is_research(kind: Final) -> bool:
    """Say whether a paper's kind is research; one of which nobody knows may be."""
    return kind.value in (None, RESEARCH)


def _by_item(block: Block) -> Table:
    """Count the responses to each item: number and per cent of those known; what is not known is apart."""
    items = [item for item in block.items if item.id != OVERALL]
    counts = {item.id: Counter(block.cell(item, own) for _, own in block.given) for item in items}
    labels = [option.label for option in block.instrument.responses]
    apart = [w for w in (_NOT_REPORTED, NOT_SETTLED, NOT_JUDGED, BEYOND) if any(counts[i.id][w] for i in items)]
    rows = []
    for item in items:
        here = counts[item.id]
        known = sum(here[label] for label in labels)
        rows.append((item.id, item.cue, *(_share(here[one], known) for one in labels), *(str(here[w]) for w in apart)))
    return table(
        "appraisal_items",
        _ITEMS,
        ("Item", "What it asks", *labels, *("other design" if word == BEYOND else word for word in apart)),
        rows,
        note=" ".join(_counted(block)),
        block=_name(block),
    )


def _across(block: Block, *, name: str | None) -> Iterator[Table]:
    """Give items by studies, where the studies fit side by side."""
    if len(block.given) > SIDE_BY_SIDE:
        return
    rows = [(item.id, item.cue, *(block.cell(item, own) for _, own in block.given)) for item in block.items]
    heads = ("Item", "What it asks", *(study.label for study, _ in block.given))
    yield table("appraisal_by_item", f"{_TITLE}, item by item", heads, rows, block=name)


def _share(n: int, of: int) -> str:
    """Write a count with its per cent, halves away from zero; of none there is no per cent.

    >>> _share(1, 8), _share(0, 0)
    ('1 (13%)', '0')
    """
    return f"{n} ({(200 * n + of) // (2 * of)}%)" if of else str(n)


def _counted(block: Block) -> Iterator[str]:
    n = len(block.given)
    yield f"{'One study' if n == 1 else f'{n} studies'}. Per cent of the studies with a known response to the item."
    overall = next((item for item in block.items if item.id == OVERALL), None)
    if overall is not None:
        counts = Counter(block.cell(overall, own) for _, own in block.given)
        words = [*(option.label for option in block.instrument.overall), _NOT_REPORTED, NOT_SETTLED, NOT_JUDGED]
        yield "Overall: " + ", ".join(f"{word} {counts[word]}" for word in words if counts[word]) + "."
