"""The flow of a review as values: a record's one terminal state, and the boxes of the PRISMA 2020 diagram.

Values only: they are counted in ``counting``, checked in ``identities`` and drawn elsewhere.
Source: Page MJ et al. 2021, The PRISMA 2020 statement, doi:10.1136/bmj.n71, checked 2026-11-22.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

State = Literal[
    "duplicate", "removed", "not_screened", "open_record", "excluded_title_abstract", "not_retrieved", "open_report",
    "excluded_full_text", "included",
]  # fmt: skip
"""Where a record ended: merged into another; removed before screening; not screened, since a person stopped; still to
be screened; excluded on title and abstract; its report not retrieved, still to be assessed, excluded at full text, or
included."""

MAIN_KINDS = frozenset({"database", "register"})
OTHER_BOXES = {
    "website": "website_results",
    "organisation": "organisation_results",
    "citation": "citations_results",
    "other": "other_results",
}
"""Kind of search -> the box of the other-methods column that its records are counted in."""


@dataclass(frozen=True, slots=True)
class Source:
    """One search as the flow sees it: its number, its source, what people call that, and its kind.

    ``rejected`` counts the parts of what came that could not be read as records.
    """

    id: int
    source: str
    label: str
    kind: str
    status: str = "complete"
    rejected: int = 0


class Terminal(NamedTuple):
    """One record's end; a tuple, since there is one of every record.

    ``root`` is the report that it belongs to (itself when it is no duplicate). ``reason`` is the code of the primary
    reason of an exclusion, at either stage; ``early`` is the report that it belongs to by the merges made before
    screening, ``None`` when that is ``root``; ``study`` is the study of an included report, ``None`` when it stands for
    its own; ``stop`` is the stop (its event) by which it was not screened.
    """

    record: int
    search: int
    root: int
    state: State
    reason: str | None = None
    early: int | None = None
    study: str | None = None
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A labelled number inside a box; ``None`` is not reported.

    ``after`` is how many of a source's records were left when duplicates were out, each counted at the source that
    found it first. ``code`` is the source or reason as ``members`` lists it; empty where no reason was given.
    """

    label: str
    n: int | None
    after: int | None = None
    code: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Footnote:
    """What has to be said about a box: ``key`` is one of the wording table, ``n`` its number, ``how`` further words.

    ``more`` are (name, number) that the wording names besides.
    """

    box: str
    key: str
    n: int
    how: str = ""
    more: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """The boxes of the flow diagram, named as the R package PRISMA2020 names them (``other_results`` is ours).

    ``None`` is *not reported* and never 0. The ``open_`` numbers are records and reports without a decision yet: no
    box of the diagram counts them, and footnotes say them.

    ``title_abstract_reasons`` split ``records_excluded``, ``other_title_abstract_reasons`` what the second column has
    no box for. ``other_sources`` are (box, count) of the sources of one method, such as two websites, where there are
    several. ``appraised`` are the included studies with a judgement, ``in_synthesis`` those with a coding.
    ``of_update``: there is an earlier version of the review, even when its numbers are not known.
    """

    previous_studies: int | None = None
    previous_reports: int | None = None
    database_results: int | None = None
    register_results: int | None = None
    website_results: int | None = None
    organisation_results: int | None = None
    citations_results: int | None = None
    other_results: int | None = None
    duplicates: int | None = None
    excluded_automatic: int | None = None
    excluded_other: int | None = None
    records_screened: int | None = None
    records_excluded: int | None = None
    excluded_by_people: int | None = None
    excluded_by_automation: int | None = None
    dbr_sought_reports: int | None = None
    dbr_notretrieved_reports: int | None = None
    dbr_assessed: int | None = None
    dbr_excluded: int | None = None
    other_sought_reports: int | None = None
    other_notretrieved_reports: int | None = None
    other_assessed: int | None = None
    other_excluded: int | None = None
    new_studies: int | None = None
    new_reports: int | None = None
    total_studies: int | None = None
    total_reports: int | None = None
    total_studies_ma: int | None = None
    total_reports_ma: int | None = None
    appraised: int | None = None
    in_synthesis: int | None = None
    databases: tuple[Count, ...] = ()
    registers: tuple[Count, ...] = ()
    dbr_reasons: tuple[Count, ...] = ()
    other_reasons: tuple[Count, ...] = ()
    title_abstract_reasons: tuple[Count, ...] = ()
    other_title_abstract_reasons: tuple[Count, ...] = ()
    other_sources: tuple[tuple[str, Count], ...] = ()
    open_records: int = 0
    open_reports: int = 0
    open_other_records: int = 0
    open_other_reports: int = 0
    of_update: bool = False
    footnotes: tuple[Footnote, ...] = ()

    @property
    def updated(self) -> bool:
        """Whether this is the flow of an update of an earlier version of the review."""
        return self.of_update or self.previous_studies is not None or self.previous_reports is not None

    @property
    def after_duplicates(self) -> int | None:
        """The records of every source of the first column when duplicates were out; ``None`` when one is not known."""
        after = [count.after for count in (*self.databases, *self.registers)]
        return None if None in after or not after else sum(n for n in after if n is not None)

    @property
    def all_studies(self) -> int | None:
        """The studies of the review, those of an earlier version among them."""
        return self.total_studies if self.updated else self.new_studies

    @property
    def all_reports(self) -> int | None:
        """The reports of all studies of the review."""
        return self.total_reports if self.updated else self.new_reports

    @property
    def by_other_methods(self) -> bool:
        """Whether anything was, or may have been, found by other methods: chooses the template with two columns."""
        return any(getattr(self, box) != 0 for box in OTHER_BOXES.values())


EXTRA = (
    "excluded_by_people", "excluded_by_automation", "total_studies_ma", "total_reports_ma", "appraised", "in_synthesis",
)  # fmt: skip
"""Numbers that not every diagram has: shown only when they are known."""
META_ANALYSIS = ("total_studies_ma", "total_reports_ma")
"""Those of them that the R package has."""
BOXES = tuple(name for name, kind in Flow.__annotations__.items() if kind == "int | None" and name not in EXTRA)
"""Every box, in PRISMA's order; the keys of the wording table, of the R package's CSV and of ``review audit``."""
NOTED = (
    "previous_studies", "previous_reports", "identified", "database_results", "register_results", "removed",
    "duplicates", "excluded_automatic", "excluded_other", "records_screened", "records_excluded",
    "excluded_by_people", "excluded_by_automation", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed",
    "dbr_excluded", "other_identified", *OTHER_BOXES.values(), "other_sought_reports", "other_notretrieved_reports",
    "other_assessed", "other_excluded", "new_studies", "new_reports", "total_studies", "total_reports",
    "total_studies_ma", "total_reports_ma", "appraised", "in_synthesis",
)  # fmt: skip
"""What a footnote may hang on, as it is read: the boxes, and the heads of three (``…identified``, ``removed``)."""
