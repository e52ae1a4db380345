"""``review count`` and ``review known``: what they print and how they exit."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import PATH, Call, common, existing_file
from review.errors import StageError
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Protocol
    from searches.counting import Counted, Line
    from searches.known import Finding
    from searches.papers import Paper
    from searches.places import Spot

FORM = "out/checklists/press.docx"


@click.command()
@click.option("--source", "names", multiple=True, metavar="S", help="Only this source; repeatable.")
@click.option("--strategy", "ids", multiple=True, metavar="ID", help="Only this strategy; repeatable.")
@common
def count(call: Call, names: tuple[str, ...], ids: tuple[str, ...]) -> None:
    """Count the hits of each line of the strategies at each source; nothing is downloaded."""
    from searches.counting import count_lines
    from searches.registry import access
    from searches.run import Place
    from searches.strategies import asked, chosen

    workspace = call.workspace()
    protocol = workspace.protocol
    _known_strategies(protocol, ids)
    sources = [(access(choice, workspace.environ), choice) for choice in asked(protocol, names)]
    counted: list[Counted] = []
    with call.progress() as notify:
        place = Place(workspace.store, workspace.folder, notify)
        for source, choice in sources:
            for strategy in chosen(protocol, choice.strategies):
                if not ids or strategy.id in ids:
                    counted += count_lines(place, protocol, source, strategy)
    call.give({"lines": [_line(one) for one in counted]})
    for strategy in protocol.strategies:
        own = [one for one in counted if one.strategy == strategy.id]
        if own:
            call.say(f"{strategy.id}: {strategy.label}", *_table(own), "")
    call.say(*_remarks(counted))
    rough = dict.fromkeys(source.source.about.label for source, _ in sources if not source.source.about.exact)
    call.say(*(f"The counts of {label} are estimates." for label in rough))
    codes = [one.told.failure.exit_code for one in counted if one.told.failure]
    if codes:
        sys.exit(max(codes))


def _known_strategies(protocol: Protocol, ids: Sequence[str]) -> None:
    known = [strategy.id for strategy in protocol.strategies]
    for one in ids:
        if one not in known:
            raise StageError(f"the protocol has no strategy {one}", hint=f"it has: {', '.join(known) or 'none'}")


def _line(one: Counted) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    told = one.told
    return {
        "source": one.source, "strategy": one.strategy, "part": one.line.part, "line": one.line.text,
        "query": told.query, "hits": told.hits, "error": told.error, "at": one.at,
    }  # fmt: skip


_PARTS = {"term": "", "concept": "concept: ", "whole": "whole: ", "limited": "with limits: "}


def _table(counted: Sequence[Counted]) -> Iterator[str]:
    """Lay out the lines of one strategy: numbers of each source, then the line."""
    labels = list(dict.fromkeys(one.label for one in counted))
    hits: dict[Line, dict[str, str]] = {}
    for one in counted:
        hits.setdefault(one.line, {})[one.label] = "?" if one.told.hits is None else f"{one.told.hits:,}"
    widths = {label: max(len(label), *(len(told.get(label, "")) for told in hits.values())) for label in labels}
    yield "      " + "  ".join(f"{label:>{widths[label]}}" for label in labels) + "  line"
    for number, (line, told) in enumerate(hits.items(), start=1):
        cells = "  ".join(f"{told.get(label, ''):>{widths[label]}}" for label in labels)
        yield f"{number:>4}  {cells}  {_PARTS[line.part]}{line.text}"


def _remarks(counted: Sequence[Counted]) -> Iterator[str]:
    """Say why a number is missing, which lines find nothing, and where the form for peer review will be."""
    from searches.counting import nothing_found

    if not counted:
        yield "There is nothing to count: the protocol names no source to ask, or no strategy."
        return
    for (label, error), group in groupby(_unknown(counted), key=lambda one: (one.label, one.told.error)):
        yield f"? {label}: {error}: {'; '.join(dict.fromkeys(one.line.text for one in group))}"
    for (label, strategy), group in groupby(nothing_found(counted), key=lambda one: (one.label, one.strategy)):
        empty = "; ".join(dict.fromkeys(one.line.text for one in group))
        yield f"No hits (a slip of spelling or field?): {label}, {strategy}: {empty}"
    fresh = sum(one.told.asked for one in counted)
    again = sum(one.told.hits is not None and not one.told.asked for one in counted)
    earlier = f"; {many(again, 'line')} counted today by the same query were not asked again" if again else ""
    yield f"{many(fresh, 'query')} asked{earlier}."
    yield f"The form for peer review of the strategies (PRESS): review report --only checklists writes {FORM}"


def _unknown(counted: Sequence[Counted]) -> list[Counted]:
    unknown = (one for one in counted if one.told.hits is None)
    return sorted(unknown, key=lambda one: (one.label, one.told.error or ""))


@click.command()
@click.argument("file", type=PATH)
@click.option("--offline", is_flag=True, help="Ask no source; look only at what is kept.")
@click.option("--keep", is_flag=True, help="Remember those found: the ranking and the advice on stopping use them.")
@common
def known(call: Call, file: Path, offline: bool, keep: bool) -> None:
    """Say which known relevant papers in FILE each source found, and why the others were missed."""
    from screening import key_papers
    from searches.known import look, reports
    from searches.papers import read_papers
    from searches.registry import access

    given = read_papers(existing_file(file), file.name)
    workspace = call.workspace()
    protocol = workspace.protocol
    if keep:
        call.actor(workspace, "rules")
    accesses = [] if offline else [access(choice, workspace.environ) for choice in protocol.sources]
    with call.progress() as notify:
        findings = look(workspace.store, protocol, given.papers, accesses, notify)
    kept = (
        key_papers.keep(workspace.store, workspace.software(), reports(workspace.store, given.papers)) if keep else None
    )
    groups: dict[Spot, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.spot, []).append(finding)
    call.give(
        {
            "papers": [_paper(finding) for finding in findings],
            "recall": [
                {"source": spot.source, "strategy": spot.strategy.id if spot.strategy else None, **_recall(group)}
                for spot, group in groups.items()
            ],
            "union": _recall(findings),
            "rejected": [{"position": one.position, "reason": one.reason} for one in given.rejected],
            "kept": kept,
        }
    )
    call.say(*(f"Not looked for: no. {one.position} of {file.name}: {one.reason}" for one in given.rejected))
    call.say(*_summary(groups, findings))
    if kept is not None:
        call.say(f"{many(kept, 'report')} of the review kept as known: what was kept before is replaced.")


def _paper(finding: Finding) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    paper, spot = finding.paper, finding.spot
    return {
        "id": paper.id, "title": paper.record.title, "source": spot.source,
        "strategy": spot.strategy.id if spot.strategy else None, "found": finding.found, "status": finding.status,
        "failed_concepts": list(finding.failed), "why": finding.why,
    }  # fmt: skip


def _recall(findings: Sequence[Finding]) -> dict[str, int]:
    from searches.known import found_of

    found, papers = found_of(findings)
    return {"found": found, "of": papers}


def _summary(groups: Mapping[Spot, Sequence[Finding]], findings: Sequence[Finding]) -> Iterator[str]:
    """Say the recall of each place and of all together, then each paper that a place missed, and the concepts."""
    if not findings:
        yield "There is nothing to compare: no paper is known, or the protocol names no source and no platform."
        return
    for spot, group in groups.items():
        if not spot.searches:
            yield f"{_named(spot)}: {spot.open}"
            continue
        recall = _recall(group)
        statuses = Counter(finding.status for finding in group if not finding.found)
        rest = "".join(f", {n:,} {status}" for status, n in statuses.items())
        yield f"{_named(spot)}: {recall['found']:,} of {recall['of']:,} found{rest}"
    whole = _recall(findings)
    yield f"All together: {whole['found']:,} of {whole['of']:,} found"
    missed: dict[Paper, list[Finding]] = {}
    for finding in findings:
        if not finding.found and (finding.spot.searches or finding.spot.kind == "api"):
            missed.setdefault(finding.paper, []).append(finding)
    for paper, some in missed.items():
        title = f": {paper.record.title}" if paper.record.title and paper.record.title != paper.id else ""
        yield f"{paper.id}{title}"
        yield from (f"  {_named(one.spot)}: {one.status}: {one.why}" for one in some)
    failed = Counter(concept for _, concept in {(one.paper, concept) for one in findings for concept in one.failed})
    yield from (f"Concept that failed: {concept}: {many(n, 'paper')}" for concept, n in sorted(failed.items()))


def _named(spot: Spot) -> str:
    return f"{spot.label}, {spot.strategy.id}" if spot.strategy else spot.label
