"""``review retractions``: what it prints and how it exits."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from review.noticing import NoticesChecked
    from screening.notices import Line
    from searches.notices.check import Asked


@click.command()
@click.option(
    "--all", "everything", is_flag=True,
    help="Ask about every report of the review, not only those included or still to be assessed at full text.",
)  # fmt: skip
@common
def retractions(call: Call, everything: bool) -> None:
    """Ask Crossref, PubMed and OpenAlex whether reports were retracted or corrected."""
    from review.noticing import check_notices
    from screening import notice_rows, rows

    workspace = call.workspace()
    reports = None
    if everything:
        with workspace.store.read() as connection:
            reports = notice_rows.every(connection)
    with call.progress() as notify:
        done = check_notices(workspace, workspace.software(), reports, notify)
    with workspace.store.read() as connection:
        titles = {
            report: title for report, (title, _) in rows.names(connection, [x.report for x in done.lines]).items()
        }
    call.give(_facts(done, titles))
    if not done.reports:
        call.say("There is nothing to check yet: no report is included or to be assessed at full text (or use --all).")
        return
    call.say(*_notices(done, titles), "", *_summary(done))
    codes = [one.failure.exit_code for one in done.asked if one.failure]
    if codes:
        sys.exit(max(codes))


def _facts(done: NoticesChecked, titles: Mapping[int, str | None]) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    totals = done.totals
    return {
        "at": done.at,
        "reports": done.reports,
        "checked": len(totals.checked),
        "unknown": len(totals.unknown),
        "failed": len(totals.failed),
        "cannot_be_checked": len(totals.cannot_be_checked),
        "sources": [
            {
                "source": one.source, "checked": len(one.checked), "unknown": len(one.unknown),
                "failed": len(one.failed), "error": one.failure.message if one.failure else None,
            }
            for one in done.asked
        ],
        "notices": [
            {
                "report": one.report, "title": titles[one.report], "kind": one.kind,
                "new": (one.report, one.kind) in done.new, "on": one.on, "since": one.since,
                "told": [{"source": t.source, "about": t.about, "on": t.on, "label": t.label} for t in one.told],
            }
            for one in done.lines
        ],
    }  # fmt: skip


def _notices(done: NoticesChecked, titles: Mapping[int, str | None]) -> Iterator[str]:
    new = [one for one in done.lines if (one.report, one.kind) in done.new]
    known = [one for one in done.lines if (one.report, one.kind) not in done.new]
    failed = len(done.totals.failed)
    but = f", but no answer for {many(failed, 'report')}" if failed else ""
    yield f"New since the last check: {many(len(new), 'notice') if new else 'nothing'}{but}"
    yield from _listed(new, titles)
    if known:
        yield f"Known before: {many(len(known), 'notice')}"
        yield from _listed(known, titles)


def _listed(lines: Sequence[Line], titles: Mapping[int, str | None]) -> Iterator[str]:
    for one in lines:
        on = f" ({one.on})" if one.on else ""
        yield f"  {one.label}{on}: report {one.report}: {titles[one.report] or 'no title'}"
        for told in one.told:
            yield "    " + ": ".join(filter(None, (told.source, told.label, told.link or told.about)))


def _summary(done: NoticesChecked) -> Iterator[str]:
    """Say where every report ended: the numbers add up to the reports."""
    totals = done.totals
    parts = (
        (totals.checked, "checked"),
        (totals.unknown, "known to no source"),
        (totals.failed, "without an answer"),
        (totals.cannot_be_checked, "without DOI and PMID: cannot be checked"),
    )
    told = ", ".join(f"{len(some):,} {what}" for some, what in parts if some)
    yield f"{many(done.reports, 'report')}: {told}."
    yield from (_source(one) for one in done.asked)
    failures = [one.failure for one in done.asked if one.failure]
    yield from dict.fromkeys(f"What to do: {failure.hint}" for failure in failures if failure.hint)


def _source(one: Asked) -> str:
    if not (one.checked or one.unknown or one.failed):
        return f"  {one.label}: not asked, no report has an id that it takes"
    unknown = f", {len(one.unknown):,} not known to it" if one.unknown else ""
    failed = f", {len(one.failed):,} not answered" if one.failed else ""
    return f"  {one.label}: {len(one.checked):,} checked{unknown}{failed}" + (
        f": {one.failure.message}" if one.failure else ""
    )
