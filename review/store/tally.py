"""Count where a review stands; every number comes from the tables, none is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from review.store import schema

DEDUPLICATED = "deduplicated"
"""Key in the table meta: the highest id of the records that deduplication has looked at."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are of everything.

    ``new_records`` are those that deduplication has not looked at; ``title_abstract`` and ``full_text`` count reports
    by status.
    """

    searches: int
    unfinished_searches: int
    records: int
    new_records: int
    rejected: int
    reports: int
    unjudged_pairs: int
    title_abstract: dict[str, int]
    full_text: dict[str, int]
    included_studies: int
    extracted_studies: int
    appraised_studies: int
    coded_studies: int

    @property
    def included_reports(self) -> int:
        """Reports included at full text."""
        return self.full_text.get("included", 0)

    @property
    def excluded(self) -> int:
        """Reports excluded at either stage."""
        return self.title_abstract.get("excluded", 0) + self.full_text.get("excluded", 0)

    @property
    def screened(self) -> int:
        """Reports with an outcome at title/abstract."""
        return self.title_abstract.get("excluded", 0) + self.title_abstract.get("included", 0)

    @property
    def not_screened(self) -> int:
        """Reports that nobody had voted on when a person stopped the reading of titles and abstracts."""
        return self.title_abstract.get("not_screened", 0)

    @property
    def conflicts(self) -> int:
        """Reports in conflict at either stage."""
        return self.title_abstract.get("conflict", 0) + self.full_text.get("conflict", 0)


def tally(connection: Connection) -> Tally:
    """Count a review."""
    report, standing = schema.report, schema.standing.c
    by_stage: dict[str, dict[str, int]] = {"title-abstract": {}, "full-text": {}}
    rows = connection.execute(
        select(standing.stage, standing.status, func.count().label("n")).group_by(standing.stage, standing.status)
    )
    for row in rows:
        by_stage[row.stage][row.status] = row.n
    included = select(standing.report).where(standing.stage == "full-text", standing.status == "included")
    keys = study_of(connection)
    studies = {keys.get(one, f"report {one}") for one in connection.scalars(included)}

    def count(table: str, *where: object) -> int:
        query = select(func.count()).select_from(schema.metadata.tables[table])
        return connection.scalar(query.where(*where)) or 0  # type: ignore[arg-type]

    def touched(table: str) -> int:
        column = schema.metadata.tables[table].c.study
        return len(studies & set(connection.scalars(select(column).distinct())))

    seen = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == DEDUPLICATED))
    return Tally(
        searches=count("search"),
        unfinished_searches=_unfinished(connection),
        records=count("record"),
        # counted over reports: they have the records' ids, and their rows are small
        new_records=count("report", report.c.id > int(seen or 0)),
        rejected=count("rejected"),
        reports=count("report", report.c.merged_into.is_(None)),
        unjudged_pairs=unjudged_pairs(connection),
        title_abstract=by_stage["title-abstract"],
        full_text=by_stage["full-text"],
        included_studies=len(studies),
        extracted_studies=touched("answer"),
        appraised_studies=touched("judgement"),
        coded_studies=touched("coding"),
    )


def study_of(connection: Connection) -> dict[int, str]:
    """Give report -> study for the top of every group: the key noted last for the report or one merged into it."""
    study, report, event = schema.study.c, schema.report.c, schema.event.c
    rows = connection.execute(
        select(study.report, study.study, report.merged_into)
        .join(schema.report, report.id == study.report)
        .join(schema.event, event.id == study.event)
        .order_by(event.at, event.log, event.seq, study.report)
    )
    return {row.merged_into or row.report: row.study for row in rows}


def unjudged_pairs(connection: Connection) -> int:
    """Count the pairs that rules ask a person about: not judged, and not in one report by now."""
    report, pair = schema.report.c, schema.pair.c
    root_of = select(report.id, func.coalesce(report.merged_into, report.id).label("root")).subquery()
    left, right = root_of.alias(), root_of.alias()
    found = connection.scalar(
        select(func.count())
        .select_from(schema.pair)
        .join(left, left.c.id == pair.left)
        .join(right, right.c.id == pair.right)
        .where(pair.verdict.is_(None), pair.score.is_not(None), left.c.root != right.c.root)
    )
    return found or 0


def of_one_study(connection: Connection) -> tuple[tuple[int, int], ...]:
    """Give the pairs of reports that people judged to be two reports of one study, by the tops of their groups."""
    pair, report = schema.pair.c, schema.report
    left, right = report.alias(), report.alias()
    rows = connection.execute(
        select(func.coalesce(left.c.merged_into, left.c.id), func.coalesce(right.c.merged_into, right.c.id))
        .select_from(schema.pair)
        .join(left, left.c.id == pair.left)
        .join(right, right.c.id == pair.right)
        .where(pair.verdict == "study")
        .order_by(pair.left, pair.right)
    )
    return tuple((a, b) for a, b in rows)


def _unfinished(connection: Connection) -> int:
    """Count the searches that asking again can complete: no export files, and none whose source gives no more."""
    search = schema.search.c
    left = connection.scalars(select(search.state).where(search.status != "complete", search.method != "file"))
    return sum(1 for state in left if not (state and state.get("capped") and not state["tasks"]))
