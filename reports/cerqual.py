"""How much confidence to have in each finding: the evidence profile of GRADE-CERQual. Pure.

Columns as in Lewin S et al., Implementation Science 2018; 13 (suppl 1), https://doi.org/10.1186/s13012-017-0689-2
(paper 2, profile and summary table), checked 2026-11-22. People judge; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.appraised import NOT_JUDGED, is_research, said
from reports.characteristics import KIND
from reports.studies import Study, labels
from reports.table import Table, table
from review.forms import FINDING, OVERALL, Extracted, Instrument, Item

_TITLE = "Confidence in the findings"

Finding = Mapping[str, Any]


def cerqual(found: Sequence[Study], instruments: Sequence[Instrument], extracted: Extracted) -> tuple[Table, ...]:
    """Make profile and summary per instrument for findings that was used; with none used there is no table.

    Findings that nobody appraised stand there too, as not judged.
    """
    used = {name for study, name, _ in extracted.judgements if study.startswith(FINDING)}
    mine = [one for one in instruments if one.of == "finding" and one.name in used]
    named = [(one, f"{one.label} ({one.edition})" if len(mine) > 1 else None) for one in mine]
    return (
        *(_profile(found, one, extracted, name=name) for one, name in named),
        *(_summary(found, one, extracted, name=name) for one, name in named if _overall(one)),
    )


def _overall(instrument: Instrument) -> list[Item]:
    return [item for item in instrument.judged if item.id == OVERALL]


def _summary(found: Sequence[Study], instrument: Instrument, extracted: Extracted, *, name: str | None) -> Table:
    """Make the summary of qualitative findings: what the profile comes to."""
    rows = [
        (
            finding["statement"],
            _contributing(finding, found, extracted),
            *(_judged(finding, instrument, item, extracted, reason=False) for item in _overall(instrument)),
            *(_reason(finding, instrument, item, extracted) for item in _overall(instrument)),
        )
        for finding in extracted.findings
    ]
    columns = ("Review finding", "Studies contributing", "Confidence", "Explanation")
    return table("cerqual_summary", "Summary of qualitative findings", columns, rows, block=name)


def _profile(found: Sequence[Study], instrument: Instrument, extracted: Extracted, *, name: str | None) -> Table:
    overall = _overall(instrument)
    rows = [
        (
            finding["statement"],
            _contributing(finding, found, extracted),
            *(_judged(finding, instrument, item, extracted) for item in instrument.items),
            *(_judged(finding, instrument, item, extracted, reason=False) for item in overall),
            *(_reason(finding, instrument, item, extracted) for item in overall),
        )
        for finding in extracted.findings
    ]
    return table(
        "cerqual",
        f"{_TITLE} ({instrument.label})",
        (
            "Review finding",
            "Studies contributing",
            *(item.cue.partition(":")[0] for item in instrument.items),
            *(("Confidence", "Explanation") if overall else ()),
        ),
        rows,
        note=" ".join(_notes(instrument, found, extracted)),
        block=name,
    )


def _contributing(finding: Finding, found: Sequence[Study], extracted: Extracted) -> str:
    """Say which studies support a finding, with their number, and which speak against it; by name."""
    names = _names(found, extracted)
    study = {(row["key"], row["person"]): row["study"] for row in extracted.codings}
    supporting, contradicting = (
        sorted({names.get(study[ref], study[ref]) for ref in map(tuple, finding[side]) if ref in study})
        for side in ("supporting", "contradicting")
    )
    told = f"{len(supporting)}: {'; '.join(supporting)}" if supporting else "none"
    return f"{told}. Against it: {'; '.join(contradicting)}" if contradicting else told


def _names(found: Sequence[Study], extracted: Extracted) -> dict[str, str]:
    """Give what each study is called; a paper that is no research is marked, since the method is for research."""
    kinds = {key: extracted.answers.get((key, KIND)) for key in labels(found)}
    other = {key for key, kind in kinds.items() if kind is not None and not is_research(kind)}
    return {key: f"{label} (not research)" if key in other else label for key, label in labels(found).items()}


def _judged(finding: Finding, instrument: Instrument, item: Item, extracted: Extracted, *, reason: bool = True) -> str:
    one = extracted.judgements.get((FINDING + finding["key"], instrument.name, item.id))
    if one is None:
        return NOT_JUDGED
    because = f": {one.reason}" if reason and one.reason and one.method != "open" else ""
    return said(instrument, item, one) + because


def _reason(finding: Finding, instrument: Instrument, item: Item, extracted: Extracted) -> str:
    one = extracted.judgements.get((FINDING + finding["key"], instrument.name, item.id))
    return one.reason or "" if one is not None and one.method != "open" else ""


def _notes(instrument: Instrument, found: Sequence[Study], extracted: Extracted) -> Iterator[str]:
    yield f"{instrument.label} ({instrument.edition}): people judge each component and the whole; nothing is computed."
    yield f"Method: {instrument.url}."
    there = {(row["key"], row["person"]) for row in extracted.codings}
    cited = [ref for one in extracted.findings for side in ("supporting", "contradicting") for ref in one[side]]
    gone = sum((key, person) not in there for key, person in cited)
    if gone:
        yield f"Codings cited that are taken back, not settled or of a study not included, not counted here: {gone}."
