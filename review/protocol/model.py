"""What a protocol says, as frozen values. Reading and checking live in ``reading``; nothing here touches a disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from review.errors import Fault
from review.query import Limited, Node
from review.query.limits import UNLIMITED
from review.query.pieces import Lost

Stage = Literal["title-abstract", "full-text"]
STAGES: tuple[Stage, ...] = ("title-abstract", "full-text")

SearchKind = Literal["database", "register", "website", "organisation", "citation", "other"]
"""PRISMA 2020's columns: databases and registers, or one of the other methods."""

Role = Literal["lead", "reviewer", "adjudicator", "reader"]


@dataclass(frozen=True, slots=True)
class Concept:
    """One PICO concept: its letter (P, I, C, O or another), its label and its terms as people write them."""

    id: str
    label: str
    role: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """One named search: ``text`` as printed in a publication, ``query`` the same as a tree.

    ``syntax`` is the platform's that ``text`` is written in, ``None`` is our own. Of one that was brought in,
    ``limits`` are those that stand in it (they are shown, and never asked: ``[limits]`` is), ``losses`` what could not
    be carried over, and ``faults`` what a librarian would ask about.
    """

    id: str
    label: str
    concepts: tuple[str, ...]
    text: str
    query: Node
    syntax: str | None = None
    limits: Limited = UNLIMITED
    losses: tuple[Lost, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What every search is limited to; ``None`` and ``()`` mean no limit.

    ``start`` and ``end`` are ISO dates cut to a month or day, both inclusive. ``languages`` are ISO 639-2 codes.
    ``fields`` is where terms are looked for: of ``title``, ``abstract``, ``keywords``. ``words`` are the words that a
    truncated term stands for where a source has no truncation (``("ment*", ("mentor", "mentoring"))``).
    """

    start: str | None = None
    end: str | None = None
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("title", "abstract", "keywords")
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A source asked over its API; ``base_url`` replaces the scheme and host of the documented address.

    ``collections`` names the parts of the source to search, all of it when there are none.
    """

    name: str
    strategies: tuple[str, ...] = ()
    base_url: str | None = None
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """A database that people search by hand on a platform, and whose export file is imported."""

    id: str
    label: str
    platform: str
    kind: SearchKind = "database"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """An export file under ``imports/`` and how its search was run, so that importing it can be scripted.

    ``columns`` maps the column names of a table that is not known to the fields of a record.
    """

    file: str
    source: str
    searched_on: str | None = None
    hits: int | None = None
    query_file: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One eligibility criterion, in the protocol's order; ``reason`` is the code of the exclusions that it leads to."""

    id: str
    text: str
    include: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One exclusion reason of one stage; the order in the protocol decides which of several is the primary one."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class StageRules:
    """How one screening stage is decided.

    ``mode`` asks for a verdict, or for yes, no or unclear per criterion. ``conflicts`` says who ends a conflict: the
    screeners in discussion, a third person, or the lead. ``accelerated``: one include is enough, an exclusion needs all
    votes. ``reason_conflicts``: different primary reasons are a conflict. ``names_hidden``: conflicts are resolved
    without knowing whose votes they are. ``hide`` names what of a record is not shown: authors, journal, year.
    """

    votes: int = 1
    reasons: tuple[Reason, ...] = ()
    reason_required: bool = False
    maybe: Literal["discuss", "include"] = "discuss"
    mode: Literal["verdict", "criteria"] = "verdict"
    conflicts: Literal["discuss", "third", "lead"] = "discuss"
    accelerated: bool = False
    reason_conflicts: bool = False
    names_hidden: bool = False
    hide: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the team, by the name that they sign with.

    ``papers_as`` are the names under which the person publishes (``Smith, Ann``): nobody judges an own paper.
    """

    name: str
    roles: tuple[Role, ...] = ("reviewer",)
    papers_as: tuple[str, ...] = ()


By = Literal["single", "checked", "double"]
"""Who does a work: one person; one, and another checks it; two, who do not see each other's until both are done."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a team's own rule of appraisal: a study has it with at most so many of each response named."""

    label: str
    at_most: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """How studies are extracted, appraised and coded; ``levels`` is the team's own rule, the first that fits holds.

    No rule excludes a study: it is printed with the table of appraisal.
    """

    extraction: By = "single"
    appraisal: By = "single"
    coding: By = "single"
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Previous:
    """The version of the review that this one updates, as it was published: ``None`` is not reported.

    ``also`` names studies (their keys) that it included already, of which this version found a further report.
    """

    studies: int | None = None
    reports: int | None = None
    cite: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A footnote of the team's own on a box of the flow diagram, named by its key."""

    box: str
    text: str


@dataclass(frozen=True, slots=True)
class Reporting:
    """How reports are written; no choice here changes a count.

    ``language`` is that of the flow diagram. ``title_abstract_reasons`` shows the reasons of exclusions at title and
    abstract; ``after_duplicates`` shows per source how many records were left when duplicates were out;
    ``hide_empty`` leaves out lines and boxes that count 0; ``boxes`` names the optional boxes. ``research`` and
    ``other`` are the fields of the proforma that the tables of characteristics show. ``style`` is a citation style: a
    shipped one or a ``.csl`` file of the folder. ``licence`` is an SPDX id, for the archive.
    """

    language: str = "en"
    title_abstract_reasons: bool = False
    after_duplicates: bool = False
    hide_empty: bool = False
    boxes: tuple[str, ...] = ()
    research: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    style: str = "vancouver"
    licence: str | None = None
    footnotes: tuple[Remark, ...] = ()
    previous: Previous | None = None

    @property
    def earlier(self) -> tuple[str, ...]:
        """The studies that an earlier version of the review included already, by their keys."""
        return self.previous.also if self.previous else ()


@dataclass(frozen=True, slots=True)
class Highlights:
    """Words to mark in a text beside those of the concepts: what speaks for and what against a record."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """A whole protocol. ``hash`` is the SHA-256 of its text, which every event cites."""

    title: str
    question: str
    hash: str
    text: str
    registration: str | None = None
    funding: str | None = None
    interests: str | None = None
    concepts: tuple[Concept, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    limits: Limits = field(default_factory=Limits)
    sources: tuple[SourceChoice, ...] = ()
    platforms: tuple[Platform, ...] = ()
    imports: tuple[ExportFile, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    title_abstract: StageRules = field(default_factory=StageRules)
    full_text: StageRules = field(default_factory=lambda: StageRules(reason_required=True))
    team: tuple[Member, ...] = ()
    framework: str | None = None
    proforma: str | None = None
    instruments: tuple[str, ...] = ()
    remove_unmatched: bool = False
    cochrane_updates: bool = False
    highlights: Highlights = field(default_factory=Highlights)
    synthesis: Synthesis = field(default_factory=Synthesis)
    reporting: Reporting = field(default_factory=Reporting)

    def rules(self, stage: Stage) -> StageRules:
        """Give the rules of a stage."""
        return self.title_abstract if stage == "title-abstract" else self.full_text
