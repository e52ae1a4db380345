"""What ``review dedupe`` says, as lines for people and as keys for programs. Nothing is printed or computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.text import many

if TYPE_CHECKING:
    from searches.merging import Merged
    from searches.plain_files import Deduplicated, FileCounts

_SHOWN = 10
"""Records set aside that are named one by one; ``--json`` names all."""
_COLUMNS = ("records", "removed: same file", "removed: other file", "kept", "set aside")


def file_keys(
    done: Deduplicated, losses: Sequence[str], written: Sequence[Path], warnings: Sequence[str], seconds: float
) -> dict[str, Any]:
    """Give the JSON object for plain files."""
    from searches.file_report import reasons

    return {
        "records": len(done.records),
        "reports": len(done.kept),
        "duplicates": len(done.records) - len(done.kept),
        "unsure": len(done.result.unsure),
        "seconds": seconds,
        "files": [
            {
                "file": one.name,
                "format": one.format,
                "platform": one.platform,
                "records": one.records,
                "rejected": len(one.set_aside),
                "duplicates_within": one.within,
                "duplicates_elsewhere": one.elsewhere,
                "kept": one.kept,
                "losses": [*one.losses, *_set_aside(one)],
            }
            for one in done.files
        ],
        "reasons": [
            {"verdict": row.verdict, "rule": row.rule, "reason": row.reason, "pairs": row.pairs}
            for row in reasons(done)
        ],
        "written": [str(path) for path in written],
        "losses": list(losses),
        "warnings": [*warnings, *done.warnings],
    }


def file_lines(
    done: Deduplicated,
    losses: Sequence[str],
    written: Sequence[Path],
    warnings: Sequence[str],
    seconds: float,
    *,
    look_in: Path | None,
) -> Iterator[str]:
    """Say what became of each file, why records were removed, what is left to a person, and what was written."""
    from searches.file_report import reasons

    unsure = len(done.result.unsure)
    yield _summary(len(done.records), len(done.kept), unsure, seconds)
    yield from _table(done.files)
    if any(one.elsewhere for one in done.files):
        yield "A document that several files hold is counted as kept for the file that was named first."
    found = reasons(done)
    if any(row.verdict == "merged" for row in found):
        yield "Why records were removed:"
        yield from (f"  {row.pairs:>9,}  {row.reason}" for row in found if row.verdict == "merged")
    if unsure:
        yield "Perhaps duplicates, but not merged:"
        alike = {row.rule: "alike, but " if row.rule.startswith("not_") else "" for row in found}
        yield from (f"  {row.pairs:>9,}  {alike[row.rule]}{row.reason}" for row in found if row.verdict == "unsure")
        yield f"Look at them in {look_in}." if look_in else "To look at them add: --unsure unsure.csv"
    yield from (f"Note: {text}" for text in (*warnings, *done.warnings))
    yield from (f"Note: {one.name}: {loss}" for one in done.files for loss in one.losses)
    for one in done.files:
        aside = _set_aside(one)
        yield from (f"Note: {one.name}: {text}" for text in aside[:_SHOWN])
        if len(aside) > _SHOWN:
            yield f"Note: {one.name}: {len(aside) - _SHOWN:,} more were set aside; --json names all"
    yield from (f"Note: {loss}" for loss in losses)
    names = ", ".join(map(str, written))
    yield f"Written: {names}" if names else "Nothing was written; to keep it add: -o merged.ris"


def _summary(records: int, reports: int, unsure: int, seconds: float) -> str:
    return (
        f"{many(records, 'record')}, {many(records - reports, 'duplicate')} merged: {many(reports, 'report')}; "
        f"{many(unsure, 'pair')} to look at ({seconds:.1f} s)."
    )


def _table(files: Sequence[FileCounts]) -> Iterator[str]:
    """Align a line for each file and one for all; records set aside have a column when there are any."""
    rows = [(one.name, one.records, one.within, one.elsewhere, one.kept, len(one.set_aside)) for one in files]
    if len(rows) > 1:
        rows.append(("all files", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    columns = [(name, i) for i, name in enumerate(_COLUMNS, 1) if name != "set aside" or any(row[i] for row in rows)]
    width = max(len(row[0]) for row in rows)
    yield "  ".join(["  " + "".ljust(width), *(name for name, _ in columns)])
    for row in rows:
        yield "  ".join(["  " + row[0].ljust(width), *(f"{row[i]:,}".rjust(len(name)) for name, i in columns)])


def _set_aside(one: FileCounts) -> list[str]:
    return [f"record {rejected.position} was set aside: {rejected.reason}" for rejected in one.set_aside]


def review_keys(result: Merged, seconds: float) -> dict[str, Any]:
    """Give the JSON object for a review."""
    return {
        "records": result.records,
        "reports": result.reports,
        "unsure": result.unsure,
        "duplicates": result.duplicates,
        "seconds": seconds,
        "new": result.new,
        "conflicts": [
            {"report": one.report, "stage": one.stage, "outcomes": [list(pair) for pair in one.outcomes]}
            for one in result.conflicts
        ],
    }


def review_lines(result: Merged, seconds: float) -> Iterator[str]:
    """Say what a run in a review did and what comes next."""
    yield _summary(result.records, result.reports, result.unsure, seconds)
    if not result.everything and result.new < result.records:
        news = (
            f"only {many(result.new, 'record')} that came since the last run" if result.new else "nothing: none is new"
        )
        yield f"Compared: {news}. To compare all again: review dedupe --all"
    for one in result.conflicts:
        before = ", ".join(f"{report} {outcome.replace('_', ' ')}" for report, outcome in one.outcomes)
        yield f"Report {one.report} was merged from reports that were decided differently at {one.stage}: {before}."
    if result.conflicts:
        yield "All votes are kept. Next: review screen conflicts"
    if result.unsure:
        yield "Next: review pairs list"
