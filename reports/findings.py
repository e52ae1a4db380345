"""What the synthesis found: findings with their studies and what contradicts them; realist configurations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.studies import Study, labels
from reports.synthesis import quotes
from reports.table import Table, table
from review.forms import Extracted, Framework
from review.text import many

Row = Mapping[str, Any]
Names = Mapping[str, str]


def findings(found: Sequence[Study], framework: Framework | None, taken: Extracted) -> tuple[Table, ...]:
    """Make the table of findings: theme, statement, studies, contradictory evidence, quotes, how many agree.

    No table when no finding is stated. Order: that of the framework's components, then emergent themes by label.
    """
    if not taken.findings:
        return ()
    themes = {c.id: c.label for c in framework.components} if framework else {}
    names, by_ref = labels(found), _by_ref(taken)
    order = list(themes)

    def place(one: Row) -> tuple[int, str]:
        theme = one["theme"]
        return (order.index(theme), "") if theme in themes else (len(order), taken.themes.get(theme, theme).casefold())

    ordered = sorted(taken.findings, key=place)
    rows: list[tuple[str, ...]] = [
        (
            themes.get(one["theme"]) or taken.themes.get(one["theme"], one["theme"]),
            one["statement"],
            _supported(_codings(one["supporting"], by_ref), names),
            _against(_codings(one["contradicting"], by_ref), names),
            quotes(_codings(one["supporting"], by_ref), names),
            _agreed(one["assents"]),
        )
        for one in ordered
    ]
    columns = ["Theme", "Finding", "Studies", "Contradictory evidence", "Quotes", "Agreed"]
    if any(one["note"] for one in taken.findings):
        columns.append("Note")
        rows = [(*row, one["note"] or "") for row, one in zip(rows, ordered, strict=True)]
    note = "Agreed: members of the team who agreed with the finding as it stands."
    return (table("findings", "Findings of the synthesis", columns, rows, note=note),)


def configurations(found: Sequence[Study], taken: Extracted) -> tuple[Table, ...]:
    """Make the table of context-mechanism-outcome configurations, one row each; no table when there is none."""
    if not taken.cmos:
        return ()
    names, by_ref = labels(found), _by_ref(taken)
    rows = [
        (
            "; ".join(one["context"]),
            "; ".join(one["mechanism"]),
            one["outcome"],
            one["statement"] or "",
            "; ".join(names.get(source, source) for source in one["sources"]),
            _texts(_codings(one["supporting"], by_ref), names),
            _against(_codings(one["refuting"], by_ref), names),
            one["note"] or "",
        )
        for one in taken.cmos
    ]
    columns = ("Context", "Mechanism", "Outcome", "Statement", "Sources", "Supporting", "Refuting", "Note")
    return (table("cmo", "Context-mechanism-outcome configurations", columns, rows),)


def _by_ref(taken: Extracted) -> dict[tuple[str, str], Row]:
    return {(row["key"], row["person"]): row for row in taken.codings}


def _codings(refs: Iterable[Sequence[str]], by_ref: Mapping[tuple[str, str], Row]) -> list[Row]:
    return [by_ref[key, person] for key, person in refs if (key, person) in by_ref]


def _supported(codings: Sequence[Row], names: Names) -> str:
    studies = _studies(codings, names)
    return f"{len(studies)} of {len(names)}" + (f": {'; '.join(studies)}" if studies else "")


def _against(codings: Sequence[Row], names: Names) -> str:
    return _texts(codings, names) or "none named"


def _texts(codings: Sequence[Row], names: Names) -> str:
    by_text: dict[str, list[Row]] = {}
    for row in codings:
        by_text.setdefault(row["text"], []).append(row)
    return "; ".join(f"{text} ({'; '.join(_studies(some, names))})" for text, some in by_text.items())


def _studies(codings: Iterable[Row], names: Names) -> list[str]:
    return sorted({names[row["study"]] for row in codings if row["study"] in names}, key=str.casefold)


def _agreed(assents: Iterable[Row]) -> str:
    said = [one["agrees"] for one in assents if one["current"]]
    against = f"; {many(said.count(False), 'member')} did not" if False in said else ""
    return f"{said.count(True)}{against}" if said else ""
