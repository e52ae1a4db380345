"""What the log says of retractions and corrections of included reports, and when sources were asked. Queries only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from review.store import schema


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as one source tells it; ``on`` is its date as far as known."""

    kind: str
    on: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Notices by report, and by report when each source was last asked; absent where nothing is known."""

    notices: Mapping[int, Sequence[Notice]]
    asked: Mapping[int, Mapping[str, str]]


def told(connection: Connection, reports: Iterable[int]) -> Told:
    """Give what sources said of some reports, on whichever of their records it was found."""
    wanted = set(reports)
    notice, checked, report = schema.notice.c, schema.checked.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id).label("root")
    notices: dict[int, list[Notice]] = defaultdict(list)
    found = select(root, notice.kind, notice.on, notice.label).join(schema.report, report.id == notice.report)
    for row in connection.execute(found.order_by("root", notice.kind, notice.source, notice.about, notice.report)):
        if row.root in wanted:
            notices[row.root].append(Notice(row.kind, row.on, row.label))
    asked: dict[int, dict[str, str]] = defaultdict(dict)
    checks = select(root, checked.source, checked.at).join(schema.report, report.id == checked.report)
    for top, source, at in connection.execute(checks):
        if top in wanted:
            asked[top][source] = max(at, asked[top].get(source, ""))
    return Told(notices, asked)
