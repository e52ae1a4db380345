"""Included studies as the tables name them: one line per study, with its reports. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from reports.rows import Paper
from review.record import Record


@dataclass(frozen=True, slots=True)
class Study:
    """One included study: key, label (``"Eisen et al. 2014"``) and its reports, the earliest first."""

    key: str
    label: str
    papers: tuple[Paper, ...]


def studies(papers: Iterable[Paper]) -> tuple[Study, ...]:
    """Group included reports into studies, sorted by label; equal labels get a letter."""
    groups: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        groups[paper.study].append(paper)
    found = []
    for key, some in groups.items():
        some.sort(key=lambda p: (p.record.date or "9999", p.report))
        found.append((cited(some[0].record), key, tuple(some)))
    found.sort(key=lambda s: (s[0].casefold(), s[1]))
    same: dict[str, list[str]] = defaultdict(list)
    for label, key, _ in found:
        same[label].append(key)
    return tuple(Study(key, label + _letter(same[label], key), some) for label, key, some in found)


def cited(record: Record) -> str:
    """Name a record as a text cites it.

    >>> cited(Record(authors=("Tietjen, P", "Griner, PF"), date="2013")), cited(Record(authors=("A", "B", "C")))
    ('Tietjen and Griner 2013', 'A et al. (year not reported)')
    """
    names = [author.partition(",")[0].strip() for author in record.authors]
    if not names:
        title = record.title or "Untitled"
        who = title if len(title) <= 60 else title[:57].rstrip() + "…"
    else:
        who = names[0] + (" et al." if len(names) > 2 else f" and {names[1]}" if len(names) == 2 else "")
    return f"{who} {record.year}" if record.year else f"{who} (year not reported)"


def labels(found: Sequence[Study]) -> Mapping[str, str]:
    """Give key -> label."""
    return {study.key: study.label for study in found}


def _letter(keys: Sequence[str], key: str) -> str:
    if len(keys) == 1:
        return ""
    at = keys.index(key)
    return ascii_lowercase[at] if at < len(ascii_lowercase) else f"-{at + 1}"
