"""Everything that the reports show, counted and read once from the store. No files, no formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from reports import (
    appraised,
    cerqual,
    characteristics,
    findings,
    notice_rows,
    notices,
    rows,
    search_tables,
    selection,
    stop_rows,
    synthesis,
)
from reports.appendix import balanced
from reports.characteristics import Retractions
from reports.counting import count_flow
from reports.flow import Flow
from reports.identities import enforce
from reports.search_facts import Known, SearchLog
from reports.selection import Selection
from reports.studies import Study, studies
from reports.table import Table
from review.errors import ProtocolError
from review.forms import Extracted, Form, Framework, Instrument
from review.protocol import Protocol, read_protocol
from review.record import Record
from review.store.events import heads
from review.store.tally import of_one_study, tally, unjudged_pairs
from review.text import many

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""The date that files bear when the log is empty."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the reports show, read once; ``overdue`` says on a day (ISO) what was checked too long before."""

    protocol: Protocol
    flow: Flow
    tables: tuple[Table, ...]
    searches: SearchLog
    selection: Selection
    included: tuple[Record, ...]
    heads: tuple[tuple[str, int, str], ...]
    last: str | None
    warnings: tuple[str, ...]
    overdue: Callable[[str], Iterable[str]]

    @property
    def moment(self) -> datetime:
        """The time of the newest event, which every file bears."""
        return datetime.fromisoformat(self.last) if self.last else _EPOCH


def flow_of(connection: Connection, protocol: Protocol) -> Flow:
    """Count the flow of a review and check that it balances.

    Raises
    ------
    CountError
        It does not; both sides are in the message.
    """
    reasons = {reason.code: reason.text for reason in protocol.full_text.reasons}
    records, stops = rows.count_records(connection), selection.said(stop_rows.stops(connection))
    found = rows.terminals(connection), rows.sources(connection)
    return enforce(count_flow(*found, records=records, reasons=reasons, stops=stops))


def searches_of(connection: Connection, protocol: Protocol, known: Known) -> SearchLog:
    """Read what the log says of the searches, with the versions of the protocol that they cite."""
    found = rows.search_rows(connection)
    cited = {row.facts["protocol"] for row in found} - {None, protocol.hash}
    versions = {key: _readable(text) for key, text in rows.protocol_texts(connection, cited).items()}
    return SearchLog(
        protocol, found, versions, rows.merging(connection), known, rows.last_moment(connection),
        rows.line_counts(connection),
    )  # fmt: skip


def _readable(text: str) -> Protocol | None:
    try:
        return read_protocol(text.encode())
    except ProtocolError:
        return None


def gather(
    connection: Connection,
    protocol: Protocol,
    form: Form | None,
    framework: Framework | None,
    instruments: tuple[Instrument, ...],
    extracted: Extracted | None = None,
    *,
    known: Known | None = None,
) -> Material:
    """Read and count everything that the reports show.

    ``extracted`` is what the extraction room gives of the studies, ``known`` what the searches room knows.
    """
    taken = extracted or Extracted({}, {}, (), {}, (), ())
    flow = flow_of(connection, protocol)
    papers = rows.papers(connection, "included")
    told = notice_rows.told(connection, [paper.report for paper in papers])
    papers = notices.flagged(papers, told)
    found = studies(papers)
    searches = searches_of(connection, protocol, known or Known())
    balanced(searches.rows, flow)
    reasons = {reason.code: reason.text for reason in protocol.full_text.reasons}
    tables = (
        *characteristics.characteristics(found, form, taken.answers, _retractions(papers, found, told)),
        characteristics.excluded(rows.papers(connection, "excluded"), reasons),
        *appraised.appraisal(found, instruments, taken, protocol.synthesis.levels),
        *appraised.reasons(found, instruments, taken),
        synthesis.theme_matrix(found, framework, taken.codings, taken.themes),
        synthesis.themes(found, framework, taken.codings, taken.themes, taken.findings),
        *findings.findings(found, framework, taken),
        *findings.configurations(found, taken),
        *cerqual.cerqual(found, instruments, taken),
        search_tables.searches(searches.rows, searches.known),
    )
    return Material(
        protocol=protocol,
        flow=flow,
        tables=tables,
        searches=searches,
        selection=_selection(connection, protocol, tuple(notices.sentences(papers, told))),
        overdue=partial(notices.overdue, papers, told),
        included=tuple(paper.record for study in found for paper in study.papers),
        heads=heads(connection),
        last=searches.last,
        warnings=(
            *_open(flow, searches.rows, unjudged_pairs(connection)),
            *_apart(papers, of_one_study(connection)),
            *notices.warnings(papers, found, told),
            *taken.warnings,
            *(
                f"study {study} has no answer to '{characteristics.KIND}': it stands with the other papers"
                for study in characteristics.unsorted(found, form, taken.answers)
            ),
        ),
    )


def _selection(connection: Connection, protocol: Protocol, retractions: tuple[str, ...]) -> Selection:
    reading, stops = stop_rows.reading(connection, "title-abstract"), stop_rows.stops(connection)
    return Selection(protocol, tally(connection).screened, reading, stops, retractions)


def _retractions(papers: Sequence[rows.Paper], found: Sequence[Study], told: notice_rows.Told) -> Retractions:
    """Give what the tables of included studies say of retractions: what stands behind a name, and below."""
    marks = {study.key: notices.mark(study, told) for study in found}
    return Retractions(marks, " ".join(notices.sentences(papers, told)))


def _apart(papers: Sequence[rows.Paper], pairs: Sequence[tuple[int, int]]) -> Iterator[str]:
    study = {paper.report: paper.study for paper in papers}
    for a, b in pairs:
        if a in study and b in study and study[a] != study[b]:
            yield (
                f"reports {a} and {b} were judged to be of one study but are counted as two studies:"
                " join them with review extract join"
            )


def _open(flow: Flow, searches: Sequence[rows.SearchRow], pairs: int) -> Iterator[str]:
    stopped = sum(note.n for note in flow.footnotes if note.key in ("not_screened", "other_not_screened"))
    records, reports = flow.open_records + flow.open_other_records, flow.open_reports + flow.open_other_reports
    if not searches:
        yield "there is nothing to report yet: no search was run, no file was imported"
    for search in searches:
        if search.facts["status"] != "complete":
            yield f"search {search.facts['id']} ({search.facts['label']}) is not complete"
    if stopped:
        yield f"screening was stopped by a person: {many(stopped, 'report')} not screened (see methods and diagram)"
    if pairs:
        yield f"possible duplicates that nobody has judged yet: {many(pairs, 'pair')}"
    if records and not (flow.records_screened or flow.other_sought_reports):
        yield f"nothing is screened yet ({many(records, 'record')}): all that follows from screening is empty"
    elif records:
        yield f"records still to be screened: {records:,}"
    if reports:
        yield f"reports still to be assessed at full text: {reports:,}"
