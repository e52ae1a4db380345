"""Which files tell of the review in words, and which hold its references: paths, parts, and who makes each. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from reports.material import Material
from reports.narrative.word import as_docx
from reports.planned import Planned
from reports.rows import Paper
from review.formats import write
from review.record import Record


def narrative_files(m: Material) -> Iterator[Planned]:
    """Plan ``methods.*``, ``results.*`` and ``summary.*``."""
    told = m.narrative
    texts: dict[str, tuple[str, Callable[[], str]]] = {
        "methods": ("Methods", lambda: told.methods),
        "results": ("Results", lambda: told.results),
        "summary": ("Summary on one page", lambda: told.summary),
    }
    for name, (title, text) in texts.items():
        yield Planned(f"{name}.md", (name,), title, partial(_markdown, text))
        yield Planned(f"{name}.docx", (name,), title, partial(_word, text, m, title, compact=name == "summary"))


def _markdown(text: Callable[[], str]) -> bytes:
    return text().encode()


def _word(text: Callable[[], str], m: Material, title: str, *, compact: bool) -> bytes:
    return as_docx(text(), title=title, moment=m.moment, compact=compact)


def reference_files(m: Material) -> Iterator[Planned]:
    """Plan the included reports as references, and those excluded at full text with their reasons."""
    title = "Included reports, as references"
    yield Planned("included.ris", ("included",), title, lambda: write(m.included, "ris"))
    yield Planned("included.bib", ("included",), title, lambda: write(m.included, "bibtex"))
    yield Planned(
        "excluded_full_text.ris", ("included", "excluded_full_text"),
        "Reports excluded at full text, as references with reasons",
        lambda: write([_with_reason(paper, m.reasons) for paper in m.excluded], "ris"),
    )  # fmt: skip


def _with_reason(paper: Paper, reasons: dict[str, str]) -> Record:
    """Put the reason into the notes, where reference managers show it."""
    reason = reasons.get(paper.reason, paper.reason) if paper.reason else "no reason noted"
    return replace(paper.record, notes=(f"Excluded at full text: {reason}", *paper.record.notes))
