"""Which studies probably are one, and what was written under keys that are no study now. Reads; joins nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from extraction import rows, study_rows
from extraction.companions import Strength, companions
from extraction.rows import Included
from extraction.studies import Study, grouped
from review.store.tally import of_one_study


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two studies whose reports seem to be of one, and why."""

    left: Study
    right: Study
    strength: Strength
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What was written under a key that is no study now: its reports were joined to others, or excluded since."""

    key: str
    written: Mapping[str, int]
    why: Literal["joined", "excluded"]
    now: tuple[str, ...]
    """The studies that its reports belong to now."""


def suggestions(connection: Connection, reports: Sequence[Included]) -> tuple[Suggestion, ...]:
    """Give pairs of studies that probably are one, strong ones first; those said to be different come not again."""
    known = grouped(reports, rows.study_keys(connection))
    of = {report: study for study in known for report in study.reports}
    apart = {one.roots for one in study_rows.apart(connection)}
    found: dict[tuple[str, str], Suggestion] = {}
    for pair in companions({one.report: one.record for one in reports}, of_one_study(connection)):
        left, right = sorted((of[pair.left], of[pair.right]), key=lambda study: study.key)
        if left.key == right.key or (pair.left, pair.right) in apart:
            continue
        before = found.get((left.key, right.key))
        reasons = tuple(dict.fromkeys([*(before.reasons if before else ()), *pair.reasons]))
        found[left.key, right.key] = Suggestion(left, right, before.strength if before else pair.strength, reasons)
    return tuple(found.values())


def left_behind(connection: Connection, reports: Sequence[Included]) -> tuple[LeftBehind, ...]:
    """Give the keys under which something is written that are no study now, so that nobody forgets it."""
    noted = rows.study_keys(connection)
    of = {report: study.key for study in grouped(reports, noted) for report in study.reports}
    members = {member: of[one.report] for one in reports for member in one.members}
    had = study_rows.former_keys(connection)
    keys, found = set(of.values()), []
    for key, written in sorted(study_rows.written(connection).items()):
        if key in keys or key.startswith("finding:"):
            continue
        now = sorted({members[report] for report, keys in had.items() if key in keys and report in members})
        found.append(LeftBehind(key, written, "excluded" if key in noted.values() else "joined", tuple(now)))
    return tuple(found)
