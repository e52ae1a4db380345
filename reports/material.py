"""Everything that the reports show, counted from one reading of the store. No files, no formats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from reports import (
    agreement,
    appraised,
    cerqual,
    characteristics,
    findings,
    notice_rows,
    notices,
    rows,
    search_tables,
    stop_rows,
    synthesis,
)
from reports.appendix import balanced
from reports.characteristics import Retractions
from reports.counted import Counted, counted
from reports.drawing import PPI
from reports.flow import boxes, layout
from reports.flow.counts import Flow, Source, Terminal
from reports.flow.rounds import Rounds
from reports.narrative import process_rows
from reports.narrative.handed import Handed
from reports.offline.listing import Entry, Listing, decisions, listing
from reports.search_facts import Known, SearchLog
from reports.selection import Selection
from reports.snowballing import snowballing
from reports.studies import Study, studies
from reports.table import Table
from review.agreement import Rated
from review.errors import ProtocolError
from review.forms import Extracted, Form, Framework, Instrument
from review.protocol import Protocol, read_protocol
from review.protocol.model import STAGES, Stage
from review.record import Record
from review.store.events import heads
from review.store.tally import of_one_study, unjudged_pairs
from review.text import many

if TYPE_CHECKING:
    from reports.narrative.text import Narrative

NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)
"""The date that files bear when the log is empty."""


@dataclass(frozen=True)
class Material:
    """What the reports show; each part is read and counted when it is first asked for, all from one reading.

    Parameters
    ----------
    connection : Connection
        One reading of the store: every part sees the same state.
    form, framework, instruments
        What the protocol names, read by the extraction room.
    taken : Extracted, or what gives it when it is asked for
        What it gives of the studies, as it counts now.
    told : Known, or what gives it when it is asked for
        What the searches room knows of interfaces and rules.
    beside : callable
        Gives what the texts say of checks and next steps, and the team's own templates.
    rated : callable
        Gives how well people agree who worked independently of each other, from screening and extraction.
    ppi : int
        Dots per inch of every PNG.
    """

    connection: Connection
    protocol: Protocol
    form: Form | None = None
    framework: Framework | None = None
    instruments: tuple[Instrument, ...] = ()
    taken: Extracted | Callable[[], Extracted] = lambda: Extracted({}, {}, (), {}, (), ())
    told: Known | Callable[[], Known] = Known
    beside: Callable[[], Handed] = Handed
    rated: Callable[[], tuple[Rated, ...]] = tuple
    ppi: int = PPI

    @cached_property
    def extracted(self) -> Extracted:
        """What was taken out of the studies."""
        return self.taken if isinstance(self.taken, Extracted) else self.taken()

    @cached_property
    def known(self) -> Known:
        """What is known of interfaces and rules."""
        return self.told if isinstance(self.told, Known) else self.told()

    @cached_property
    def last(self) -> str | None:
        """The time of the newest event, ISO 8601; ``None`` in an empty review."""
        return rows.last_moment(self.connection)

    @property
    def moment(self) -> datetime:
        """The time of the newest event, which every file bears."""
        return datetime.fromisoformat(self.last) if self.last else NO_MOMENT

    @cached_property
    def heads(self) -> tuple[tuple[str, int, str], ...]:
        """The head of every log: (log, number, id)."""
        return heads(self.connection)

    @cached_property
    def _counted(self) -> Counted:
        return counted(self.connection, self.protocol, self.terminals, lambda: self.extracted)

    @property
    def flow(self) -> Flow:
        """The counted flow; it balances, or ``CountError`` says where not."""
        return self._counted.flow

    @property
    def rounds(self) -> Rounds | None:
        """Citation searching round by round; ``None`` when there was none."""
        return self._counted.rounds

    @cached_property
    def chart(self) -> boxes.Chart:
        """The flow as boxes, arrows and footnotes, in the words and with the choices of the protocol."""
        return boxes.chart(self.flow, self.protocol.title, self.protocol.reporting)

    @cached_property
    def terminals(self) -> tuple[Terminal, ...]:
        """Where every record ended."""
        return rows.terminals(self.connection)

    @cached_property
    def listing(self) -> Listing:
        """Every record with the boxes of the flow that count it."""
        found, labels = rows.sources(self.connection), {study.key: study.label for study in self.studies}
        return listing(self.connection, self.protocol, self.terminals, found, labels, keys=self._counted.listed)

    @cached_property
    def decisions(self) -> tuple[Entry, ...]:
        """Everything that was decided on a record, in the order of time."""
        return decisions(self.connection, self.protocol)

    @cached_property
    def papers(self) -> tuple[rows.Paper, ...]:
        """Every included report, with what is known of its retraction."""
        return notices.flagged(rows.papers(self.connection, "included"), self._told)

    @cached_property
    def _told(self) -> notice_rows.Told:
        return notice_rows.told(self.connection, [p.report for p in rows.papers(self.connection, "included")])

    @cached_property
    def excluded(self) -> tuple[rows.Paper, ...]:
        """Every report excluded at full text."""
        return rows.papers(self.connection, "excluded")

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """The included studies, by label."""
        return studies(self.papers)

    @property
    def included(self) -> tuple[Record, ...]:
        """The combined record of every included report, study by study."""
        return tuple(paper.record for study in self.studies for paper in study.papers)

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Code -> text of the reasons at full text, in the protocol's order."""
        return {reason.code: reason.text for reason in self.protocol.full_text.reasons}

    @cached_property
    def searches(self) -> SearchLog:
        """What the log says of the searches; it balances with the flow."""
        log = searches_of(self.connection, self.protocol, self.known)
        balanced(log.rows, self.flow)
        return log

    @cached_property
    def selection(self) -> Selection:
        """How records were selected, in words."""
        reading = stop_rows.reading(self.connection, "title-abstract"), stop_rows.stops(self.connection)
        return Selection(*reading, tuple(notices.sentences(self.papers, self._told)))

    @cached_property
    def agreements(self) -> tuple[Rated, ...]:
        """How people agreed who worked independently."""
        return self.rated()

    @cached_property
    def stages(self) -> Mapping[Stage, process_rows.Stage]:
        """What the log shows of each stage of screening."""
        return {name: process_rows.stage(self.connection, name) for name in STAGES}

    @cached_property
    def handed(self) -> Handed:
        """What other rooms and the folder give to the texts."""
        return self.beside()

    @cached_property
    def narrative(self) -> Narrative:
        """The methods and results sections and the summary; each is written when it is first asked for."""
        from reports.narrative.text import Narrative

        return Narrative(self)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in the order in which they are printed."""
        found, taken, framework = self.studies, self.extracted, self.framework
        return (
            *characteristics.characteristics(found, self._asked, self._retractions),
            characteristics.excluded(self.excluded, self.reasons),
            *appraised.appraisal(found, self.instruments, taken, self.protocol.synthesis.levels),
            *appraised.reasons(found, self.instruments, taken),
            synthesis.theme_matrix(found, framework, taken.codings, taken.themes),
            synthesis.themes(found, framework, taken.codings, taken.themes, taken.findings),
            *findings.findings(found, framework, taken),
            *findings.configurations(found, taken),
            *cerqual.cerqual(found, self.instruments, taken),
            *agreement.agreement(self.agreements),
            search_tables.searches(self.searches.rows, self.searches.known),
            *snowballing(self.rounds),
        )

    @cached_property
    def checklists(self) -> Mapping[str, Callable[[], tuple[Table, ...]]]:
        """Name of a checklist's files -> its tables, each filled in when it is first asked for."""
        from reports.checklists.files import checklists

        return checklists(self)

    @property
    def _asked(self) -> characteristics.Asked:
        """What the tables of characteristics show: the fields that the protocol names, or the usual ones."""
        chosen = self.protocol.reporting
        research, other = chosen.research or characteristics.COLUMNS, chosen.other or characteristics.OTHER_COLUMNS
        return characteristics.Asked(self.form, self.extracted.answers, research, other)

    @property
    def _retractions(self) -> Retractions:
        """What the tables of included studies say of retractions: what stands behind a name, and below."""
        marks = {study.key: notices.mark(study, self._told) for study in self.studies}
        return Retractions(marks, " ".join(notices.sentences(self.papers, self._told)))

    @cached_property
    def flow_warnings(self) -> tuple[str, ...]:
        """What of it concerns the flow."""
        found = _open(self.flow, rows.sources(self.connection), unjudged_pairs(self.connection))
        included = {t.study or f"report {t.root}" for t in self.terminals if t.state == "included"}
        return (*found, *_earlier(self.protocol.reporting.earlier, included), *layout.unprintable(self.chart))

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What an author should look at first."""
        return (
            *self.flow_warnings,
            *_apart(self.papers, of_one_study(self.connection)),
            *notices.warnings(self.papers, self.studies, self._told),
            *self.extracted.warnings,
            *(f"[reports] names the field '{name}', which the proforma does not have" for name in self._asked.unknown),
            *(
                f"study {study} has no answer to '{characteristics.KIND}': it stands with the other papers"
                for study in characteristics.unsorted(self.studies, self.form, self.extracted.answers)
            ),
        )

    def overdue(self, today: str) -> Iterable[str]:
        """Say on a day (ISO) what was checked too long before."""
        return notices.overdue(self.papers, self._told, today)


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


def _apart(papers: Sequence[rows.Paper], pairs: Sequence[tuple[int, int]]) -> Iterator[str]:
    study = {paper.report: paper.study for paper in papers}
    for a, b in pairs:
        if a in study and b in study and study[a] != study[b]:
            yield (
                f"reports {a} and {b} were judged to be of one study but are counted as two studies:"
                " join them with review extract join"
            )


def _earlier(also: Iterable[str], included: Collection[str]) -> Iterator[str]:
    for key in also:
        if key not in included:
            yield (
                f"[previous] says in 'also' that the earlier version included the study '{key}', but no study of this"
                " key is included now: correct the key (review extract studies) or take it out"
            )


def _open(flow: Flow, searches: Sequence[Source], pairs: int) -> Iterator[str]:
    stopped = sum(note.n for note in flow.footnotes if note.key in ("not_screened", "other_not_screened"))
    records, reports = flow.open_records + flow.open_other_records, flow.open_reports + flow.open_other_reports
    if not searches:
        yield "there is nothing to report yet: no search was run, no file was imported"
    for search in searches:
        if search.status != "complete":
            yield f"search {search.id} ({search.label}) is not complete"
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
