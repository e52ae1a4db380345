"""Retractions and corrections of included reports in the reports: marks, sentences, warnings. Pure; nobody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from reports.notice_rows import Notice, Told
from reports.rows import Paper
from reports.studies import Study
from review.text import many

OLDEST = 30
"""Days after which a check is called old: notices come every working day, and it is to be made again shortly before a
manuscript is submitted (https://ebm.bmj.com/content/29/2/121, https://inspect.sr/chapters/check_1_1.html). The number
is ours: long enough for writing up, short enough to be asked again at submission."""
FLAGS = {"retracted": "retracted", "concern": "expression of concern", "corrected": "corrected"}
"""Kinds of notices as the flags of a record name them."""
_SOURCES = {"crossref": "Crossref", "openalex": "OpenAlex", "pubmed": "PubMed"}
_MARKED = ("retracted", "expression of concern")
_PARTIAL = "partial"


def flagged(papers: Iterable[Paper], told: Told) -> tuple[Paper, ...]:
    """Give the papers with the flags that sources told since, beside those that their records came with."""
    return tuple(
        replace(paper, record=replace(paper.record, flags=tuple(dict.fromkeys((*paper.record.flags, *flags)))))
        for paper in papers
        for flags in ([FLAGS[notice.kind] for notice in told.notices.get(paper.report, ()) if notice.kind in FLAGS],)
    )


def mark(study: Study, told: Told) -> str:
    """Give what stands behind the name of a study of which a report was retracted or is in doubt, with the date."""
    return "".join(f" [{text}]" for flag in _MARKED if (text := _mark(study, told, flag)))


def _mark(study: Study, told: Told, flag: str) -> str:
    papers = [paper for paper in study.papers if flag in paper.record.flags]
    if not papers:
        return ""
    own = [n for p in papers for n in told.notices.get(p.report, ()) if FLAGS.get(n.kind) == flag]
    on = min((notice.on for notice in own if notice.on), default=None)
    whose = "" if len(papers) == len(study.papers) else f"{len(papers)} of {len(study.papers)} reports "
    return whose + ("partially " if _partly(own) else "") + flag + (f" {on}" if on else "")


def _partly(notices: Sequence[Notice]) -> bool:
    """Say whether every source speaks of a part only."""
    return bool(notices) and all(_PARTIAL in (notice.label or "").lower() for notice in notices)


def sentences(papers: Sequence[Paper], told: Told) -> Iterator[str]:
    """Say when the included reports were last checked, at which sources, and what is known of them."""
    if not papers:
        return
    last = sorted(max(at.values())[:10] for at in told.asked.values())
    if not last:
        yield "It was not checked whether the included reports have been retracted or corrected."
    else:
        when = f"on {last[0]}" if last[0] == last[-1] else f"between {last[0]} and {last[-1]}"
        sources = sorted({_SOURCES.get(source, source) for at in told.asked.values() for source in at})
        left = len(papers) - len(last)
        rest = f"; {many(left, 'report')} could not be checked" if left else ""
        yield f"The retraction status of the included reports was last checked {when} ({', '.join(sources)}){rest}."
    counted = [(sum(flag in paper.record.flags for paper in papers), flag) for flag in FLAGS.values()]
    named = {"expression of concern": "with an expression of concern"}
    if any(n for n, _ in counted):
        known = ", ".join(f"{n:,} {named.get(flag, flag)}" for n, flag in counted if n)
        yield f"Of {many(len(papers), 'included report')}: {known}."


def warnings(papers: Sequence[Paper], studies: Sequence[Study], told: Told) -> Iterator[str]:
    """Name included reports that are retracted or in doubt, and say what was never checked."""
    labels = {paper.report: study.label for study in studies for paper in study.papers}
    for flag, what in (("retracted", "retracted"), ("expression of concern", "with an expression of concern")):
        some = [f"{paper.report} ({labels[paper.report]})" for paper in papers if flag in paper.record.flags]
        if some:
            yield f"included reports {what}: {', '.join(some)}"
    left = sum(paper.report not in told.asked for paper in papers)
    if left and not told.asked:
        yield "it was never checked whether included reports were retracted: review retractions"
    elif left:
        yield f"included reports not checked for retraction: {left:,} (new, unknown to the sources, or without any id)"


def overdue(papers: Sequence[Paper], told: Told, today: str) -> Iterator[str]:
    """Say that a check is old; ``today`` is an ISO day."""
    asked = [max(told.asked[paper.report].values())[:10] for paper in papers if paper.report in told.asked]
    if asked and (date.fromisoformat(today) - date.fromisoformat(min(asked))).days > OLDEST:
        day = min(asked)
        yield f"included reports were last checked for retraction on {day}, over {OLDEST} days ago: review retractions"
