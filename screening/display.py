"""How a report looks on the page: an abstract with its structure, one line about it, what to beware of. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from review.formats.languages import CODES
from review.record import Record
from review.text import plain, tidy
from screening import tags
from screening.highlight import Finder
from screening.reading import Reading
from screening.repairs import Repair
from screening.worklist import Shown

MANY_AUTHORS = 6

# Labels of structured abstracts: https://structuredabstracts.nlm.nih.gov/downloads.shtml, checked 2026-11-22.
_LABELS = (
    "abstract|aims?|background|conclusions?|context|design|discussion|findings|funding|importance|interpretation|"
    "interventions?|introduction|limitations|main outcome measures?|main results|materials and methods|"
    "measurements|methods|methodology|objectives?|originality|outcomes?|participants|patients|purpose|rationale|"
    "research questions?|results|setting|study design|study selection|subjects|summary"
)
_START = r"(?:^|(?<=[.!?\])])\s+)"
_LABEL = re.compile(rf"{_START}((?:{_LABELS})(?: ?(?:and|/|&) ?(?:{_LABELS}))?)\s*[:：]\s+", re.IGNORECASE)
_CAPITALS = re.compile(rf"{_START}([A-Z][A-Z /&,-]{{3,48}})\s*[:：]\s+")
_HEADING = re.compile(r"<h[1-6][^<>]*>(.*?)</h[1-6]>|<(?:jats:)?title[^<>]*>(.*?)</(?:jats:)?title>", re.I | re.S)
_BREAK = re.compile(r"</?(?:p|div|br|li|sec|jats:(?:p|sec))(?:\s[^<>]*)?/?>|\r\n?|\n", re.IGNORECASE)

_NAMES = {three: name.capitalize() for name, three in reversed(CODES.items()) if len(name) > 3}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One part of an abstract; ``label`` is its heading (``Methods``) where it has one."""

    label: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that the page shows of a report, escaped and marked.

    ``criteria`` are (criterion, answer), ``tags`` (tag, how it is shown), ``reading`` is what stands beside it at full
    text.
    """

    report: int
    title: Markup | None
    authors: str
    year: int | None
    journal: str | None
    links: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    chips: tuple[str, ...]
    abstract: tuple[tuple[str | None, Markup], ...]
    keywords: tuple[Markup, ...]
    verdict: str | None
    reasons: tuple[str, ...]
    note: str | None
    criteria: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    repairs: tuple[Repair, ...] = ()
    reading: Reading | None = None


def card(shown: Shown, mark: Finder, hide: Collection[str] = ()) -> Card:
    """Prepare a report for the page; ``mark`` escapes a text and highlights in it.

    ``hide`` names what is not shown: ``authors``, ``journal``, ``year``.
    """
    record, mine = shown.record, shown.mine
    title = plain(record.title)
    return Card(
        report=shown.report,
        title=mark(title) if title else None,
        authors="" if "authors" in hide else authors(record.authors),
        year=None if "year" in hide else record.year,
        journal=None if "journal" in hide else plain(record.journal),
        links=links(record),
        sources=shown.sources,
        chips=chips(shown),
        abstract=tuple((part.label, mark(part.text)) for part in paragraphs(record.abstract)),
        keywords=tuple(mark(text) for keyword in record.keywords if (text := plain(keyword))),
        verdict=mine.verdict if mine else None,
        reasons=mine.reasons if mine else (),
        note=mine.note if mine else None,
        criteria=mine.criteria if mine else (),
        tags=tuple((tag, tags.name(tag)) for tag in shown.tags),
    )


def authors(names: tuple[str, ...]) -> str:
    """Name the authors, the first six of many.

    >>> authors(("Smith, Ann", "WHO")), authors(())
    ('Smith, Ann; WHO', '')
    """
    rest = len(names) - MANY_AUTHORS
    shown = "; ".join(names[:MANY_AUTHORS])
    return f"{shown} and {rest} more" if rest > 0 else shown


def links(record: Record) -> tuple[tuple[str, str], ...]:
    """Give (label, address) of where the report can be read; only addresses made here, never one out of a file."""
    found = []
    if record.doi:
        found.append((f"doi:{record.doi}", f"https://doi.org/{record.doi}"))
    if record.pmid and record.pmid.isdecimal():
        found.append((f"PMID {record.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"))
    return tuple(found)


def chips(shown: Shown) -> tuple[str, ...]:
    """Say what a screener must beware of."""
    record = shown.record
    language = record.language
    found = [
        ("Retracted", "retracted" in record.flags),
        *((flag.replace("_", " ").capitalize(), flag != "retracted") for flag in record.flags),
        ("Preprint", record.kind == "preprint"),
        ("No abstract", not tidy(plain(record.abstract))),
        (_NAMES.get(language or "", language or ""), language not in (None, "eng", "und")),
        ("Query match unknown", shown.matched == "unknown"),
        ("Outside query or limits", shown.matched == "no"),
        ("Not screened: reading was stopped", shown.status == "not_screened"),
    ]
    return tuple(dict.fromkeys(text for text, holds in found if holds and text))


def paragraphs(abstract: str | None) -> tuple[Paragraph, ...]:
    """Take an abstract apart at its headings and line ends.

    >>> [(part.label, part.text) for part in paragraphs("AIM: To see. METHODS: We asked.\\nThen we read.")]
    [('Aim', 'To see.'), ('Methods', 'We asked.'), (None, 'Then we read.')]
    >>> paragraphs("<h4>Aim</h4>To see."), paragraphs(None)
    ((Paragraph(label='Aim', text='To see.'),), ())
    """
    if not abstract:
        return ()
    headed = _HEADING.sub(lambda found: f"\n\x1f{found[1] or found[2] or ''}\x1f", abstract)
    parts: list[Paragraph] = []
    for line in _BREAK.split(headed):
        label, text = None, line
        if line.startswith("\x1f"):
            label, text = line[1:].split("\x1f", 1)
        parts += _labelled(plain(label), plain(text) or "")
    return tuple(_joined(parts))


def _labelled(label: str | None, text: str) -> list[Paragraph]:
    pieces = _LABEL.split(text)
    if len(pieces) == 1:
        pieces = _CAPITALS.split(text)
    first = [Paragraph(label and _sentence(label), pieces[0].strip())]
    return first + [
        Paragraph(_sentence(name), body.strip()) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _sentence(label: str) -> str:
    label = label.strip().rstrip(":")
    return label.capitalize() if label.isupper() or label.islower() else label


def _joined(parts: list[Paragraph]) -> list[Paragraph]:
    """Give a heading that stands alone to the text after it; drop what is empty."""
    done: list[Paragraph] = []
    waiting: str | None = None
    for part in parts:
        if part.text:
            done.append(Paragraph(part.label or waiting, part.text))
            waiting = None
        elif part.label:
            waiting = part.label
    return done
