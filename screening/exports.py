"""Decisions out: every vote as CSV, XLSX or RIS, with how the reports stand. Nothing in a file runs in a spreadsheet.

A cell that a spreadsheet program would compute gets an apostrophe in front, which reading takes away again
(https://owasp.org/www-community/attacks/CSV_Injection, checked 2026-11-22).
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace

from sqlalchemy import Connection

from review.errors import DecisionError, RoleError
from review.formats import registry
from review.formats.cells import cell, guarded
from review.formats.zipped import steady
from review.protocol import STAGES, Protocol, Stage
from review.record import Record
from review.text import tidy
from screening import exchange_rows, rows
from screening.comments import Remark, remarks
from screening.exchange_rows import Outcome, Resolved
from screening.repairs import Repair, all_repairs


@dataclass(frozen=True, slots=True)
class Row:
    """One current vote, as a row of the file; from ``outcome`` on, how the report stands at the stage.

    A ``resolution`` is the one that settled this vote. What depends on the votes of others is empty in one's own
    export. ``criteria`` are the answers that the vote follows from (``c1=yes; c2=unclear``), ``tags`` the person's own
    on the report, at whatever stage they were given.
    """

    report: int
    stage: Stage
    person: str
    verdict: str
    reasons: str
    note: str | None
    at: str
    title: str | None
    doi: str | None
    outcome: str | None
    resolution: str | None = None
    resolution_reasons: str | None = None
    resolution_note: str | None = None
    resolved_by: str | None = None
    resolved_at: str | None = None
    criteria: str = ""
    tags: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One report at one stage; ``conflict`` is ``open``, ``resolved`` or nothing."""

    report: int
    stage: Stage
    title: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    outcome: str
    votes: int
    include: int
    exclude: int
    maybe: int
    primary_reason: str | None
    conflict: str | None
    resolution: str | None
    resolution_note: str | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Export:
    """What an export holds: the votes, and (not in one's own) the reports at a stage, the repairs and the comments."""

    votes: tuple[Row, ...]
    reports: tuple[Standing, ...]
    records: Mapping[int, Record]
    repairs: tuple[Repair, ...] = ()
    comments: tuple[Remark, ...] = ()


# -- what goes out


def export(connection: Connection, stage: Stage | None = None, *, only: str | None = None) -> Export:
    """Give every current vote of a stage (or of all), by stage, report and person, and where every report stands.

    ``only`` is the opaque id of a person: then only this person's votes, and nothing that tells of others'.
    """
    stages = STAGES if stage is None else (stage,)
    records = exchange_rows.whole(connection)
    tags = exchange_rows.tags(connection)
    votes: list[Row] = []
    reports: list[Standing] = []
    for one in stages:
        cast = rows.all_votes(connection, one)
        standing = exchange_rows.outcomes(connection, one)
        settled = exchange_rows.resolutions(connection, one)
        for root, some in cast.items():
            for vote in sorted(some, key=lambda v: (v.name, v.report)):
                if only in (None, vote.person):
                    named = (root, one, vote.name, vote.verdict, ";".join(vote.reasons), vote.note, vote.at)
                    row = Row(*named, records[root].title, records[root].doi, None)
                    row = replace(row, criteria=_answers(vote), tags=cell(tags.get((root, vote.person), ())))
                    votes.append(row if only else _with_outcome(row, vote, standing.get(root), settled.get(root, ())))
        if only is None:
            for root, outcome in standing.items():
                reports.append(_standing(root, one, records[root], outcome, cast.get(root, ()), settled.get(root, ())))
    if only is not None:
        return Export(tuple(votes), (), records)
    said = tuple(remark for one in stages for remark in remarks(connection, one))
    return Export(tuple(votes), tuple(reports), records, tuple(all_repairs(connection)), said)


def _answers(vote: rows.Vote) -> str:
    return "; ".join(f"{criterion}={answer}" for criterion, answer in vote.criteria)


def may_export_all(connection: Connection, protocol: Protocol, person: str, stage: Stage | None) -> None:
    """Let nobody but a lead see others' votes in a file while a stage is going on, where the team has a lead.

    ``person`` is an opaque id.

    Raises
    ------
    RoleError
        Reports of a stage still wait for votes, and the person is no lead.
    """
    leads = [member.name for member in protocol.team if "lead" in member.roles]
    if not leads or rows.people(connection)[person] in leads:
        return
    for one in STAGES if stage is None else (stage,):
        counted, _ = rows.count_by_status(connection, one)
        if left := counted.get("waiting", 0) + counted.get("started", 0):
            raise RoleError(
                f"{left} reports still wait for votes at {one}: until then only {' or '.join(leads)} may export "
                "everybody's",
                hint="your own votes: review screen export --mine FILE",
            )


def _with_outcome(row: Row, vote: rows.Vote, outcome: Outcome | None, settled: Sequence[Resolved]) -> Row:
    row = replace(row, outcome=outcome.status if outcome else None)
    ended = next((one for one in reversed(settled) if vote.event in one.acts_on), None)
    if ended is None:
        return row
    return replace(
        row,
        resolution=ended.verdict,
        resolution_reasons=";".join(ended.reasons),
        resolution_note=ended.note,
        resolved_by=ended.name,
        resolved_at=ended.at,
    )


def _standing(
    root: int, stage: Stage, record: Record, outcome: Outcome, cast: Sequence[rows.Vote], settled: Sequence[Resolved]
) -> Standing:
    verdicts = [vote.verdict for vote in cast]
    current = {vote.event for vote in cast}
    ended = next((one for one in reversed(settled) if one.acts_on == current), None)
    return Standing(
        report=root,
        stage=stage,
        title=record.title,
        year=record.year,
        doi=record.doi,
        pmid=record.pmid,
        outcome=outcome.status,
        votes=len(cast),
        include=verdicts.count("include"),
        exclude=verdicts.count("exclude"),
        maybe=verdicts.count("maybe"),
        primary_reason=outcome.reason,
        conflict="open" if outcome.status == "conflict" else "resolved" if ended else None,
        resolution=ended.verdict if ended else None,
        resolution_note=ended.note if ended else None,
        resolved_by=ended.name if ended else None,
    )


# -- as a file


def write(found: Export, ending: str) -> bytes:
    """Write an export in the format that a file's ending says: ``.csv``, ``.xlsx`` or ``.ris``.

    Raises
    ------
    DecisionError
        Another ending, or a text longer than a cell of a workbook can be.
    """
    if ending == ".csv":
        return write_csv(found.votes)
    if ending == ".xlsx":
        return write_xlsx(found)
    if ending == ".ris":
        return write_ris(found)
    raise DecisionError(f"decisions are not written as '{ending}'", hint="end the file's name in .csv, .xlsx or .ris")


def write_csv(votes: Iterable[Row] | Iterable[Repair], kind: type[Row] | type[Repair] = Row) -> bytes:
    """Write votes, or repairs, as CSV: UTF-8 with a byte order mark (for spreadsheets), CR LF."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow([field.name for field in fields(kind)])
    for row in votes:
        table.writerow([guarded(_text(value)) for value in astuple(row)])
    return text.getvalue().encode("utf-8-sig")


_CELL = 32_767
"""Characters that a cell holds, https://support.microsoft.com/office/excel-specifications-and-limits."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_THEN = datetime.datetime(1980, 1, 1)


def write_xlsx(found: Export) -> bytes:
    """Write a workbook: the sheet ``votes`` as in the CSV file, ``reports`` (a row per report and stage), ``repairs``
    and ``comments``.

    Every cell is text. The same export gives the same bytes.
    """
    from openpyxl import Workbook  # 0.5 s: only when a workbook is written
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheets = [
        (name, kind, [[_fitting(guarded(_text(value)), row.report) for value in astuple(row)] for row in some])
        for name, kind, some in (
            ("votes", Row, found.votes),
            ("reports", Standing, found.reports),
            ("repairs", Repair, found.repairs),
            ("comments", Remark, found.comments),
        )
    ]
    book = Workbook(write_only=True)
    for name, kind, lines in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        head = [WriteOnlyCell(sheet, value=field.name) for field in fields(kind)]
        for one in head:
            one.font = Font(bold=True)
        sheet.append(head)
        for line in lines:
            sheet.append([text or None for text in line])  # texts all: guarded, none begins like a formula
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), _THEN)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _fitting(text: str, report: int) -> str:
    if len(text.encode("utf-16-le")) // 2 > _CELL:
        raise DecisionError(
            f"a text of report {report} is longer than a cell of a workbook can be ({_CELL:,} characters)",
            hint="write a .csv file: it has no such limit",
        )
    return _NOT_XML.sub(" ", text)


def write_ris(found: Export) -> bytes:
    """Write the reports that stand at a stage, or have a vote in the export, for a reference manager.

    Every vote is a note (N1) ``Screening vote | STAGE | PERSON | VERDICT | REASONS | TIME | NOTE``, every outcome a
    note ``Screening outcome | STAGE | OUTCOME | PRIMARY REASON`` and a keyword (KW) ``screening STAGE: OUTCOME``.
    """
    notes: dict[int, list[str]] = {}
    keywords: dict[int, list[str]] = {}
    for one in found.reports:
        notes.setdefault(one.report, []).append(_line("outcome", one.stage, one.outcome, one.primary_reason))
        keywords.setdefault(one.report, []).append(f"screening {one.stage}: {one.outcome}")
    for vote in found.votes:
        said = _line("vote", vote.stage, vote.person, vote.verdict, vote.reasons, vote.at, vote.note)
        notes.setdefault(vote.report, []).append(said)
        if not found.reports:
            keywords.setdefault(vote.report, []).append(f"screening {vote.stage}: {vote.verdict}")
    records = [
        replace(
            found.records[root],
            notes=(*found.records[root].notes, *some),
            keywords=(*found.records[root].keywords, *keywords.get(root, ())),
        )
        for root, some in sorted(notes.items())
    ]
    return registry.write(records, "ris")


def _line(what: str, *parts: str | None) -> str:
    return tidy(" | ".join([f"Screening {what}", *(part or "-" for part in parts)])) or ""
