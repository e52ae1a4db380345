"""``review status`` and ``review verify``."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.archive import left_out
from review.cli.kit import PATH, Call, common, existing_file
from review.errors import ReviewError, TamperError
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Stage
    from review.store.tally import Tally


@click.command()
@common
def status(call: Call) -> None:
    """Show where the review stands and what comes next.

    In a team, who screens (--as or REVIEW_USER) and has records left at a stage is not told how the stage splits.
    """
    from review.stages import next_step
    from review.store.tally import tally
    from screening.blinding import stages_hidden

    workspace = call.workspace()
    name = call.name or os.environ.get("REVIEW_USER")
    with workspace.store.read() as connection:
        now = tally(connection)
        hidden = stages_hidden(connection, workspace.protocol, name)
    step = next_step(now)
    call.give(
        {
            "records": now.records,
            "reports": now.reports,
            "screened": None if "title-abstract" in hidden else now.screened,
            "excluded": None if hidden else now.excluded,
            "conflicts": None if hidden else now.conflicts,
            "included_reports": None if hidden else now.included_reports,
            "included_studies": None if hidden else now.included_studies,
            "next_step": step,
            "rejected": now.rejected,
            "unjudged_pairs": now.unjudged_pairs,
            "hidden": list(hidden),
            "not_screened": now.not_screened,
        }
    )
    told = (f"  How {' and '.join(hidden)} split is shown to {name} once nothing is left there for {name}.",)
    call.say(workspace.protocol.title, *_lines(now, hidden), *(told if hidden else ()), f"Next: {step}")


def _lines(now: Tally, hidden: Collection[Stage]) -> Iterator[str]:
    """Give a line per stage: what is done, then what is open; what is none, or hidden, is left out."""
    merged, pairs = now.records - now.reports, now.unjudged_pairs
    yield _line("Searches", now.searches, more={"not complete": now.unfinished_searches})
    yield _line("Records", now.records, more={"set aside as unreadable": now.rejected})
    yield _line("Reports", now.reports, more={"merged as duplicates": merged, "possible duplicates to judge": pairs})
    unread = {"left unread when screening was stopped": now.not_screened}
    if "title-abstract" in hidden:
        undecided = sum(now.title_abstract.get(status, 0) for status in ("waiting", "started"))
        gone = sum(now.title_abstract.get(status, 0) for status in ("removed", "not_screened"))
        all_voted = sum(now.title_abstract.values()) - undecided - gone
        waits = {"still waiting for votes": undecided}
        yield _line("Title/abstract", all_voted, "with all their votes", {**waits, **unread})
    else:
        yield _line("Title/abstract", now.screened, "screened", {**_open(now.title_abstract), **unread})
    if "full-text" not in hidden:
        assessed = now.full_text.get("included", 0) + now.full_text.get("excluded", 0)
        missing = {"not retrieved": now.full_text.get("not_retrieved", 0)}
        yield _line("Full text", assessed, "assessed", {**_open(now.full_text), **missing})
        of = f"of {many(now.included_studies, 'study')}" if now.included_studies else ""
        yield _line("Included reports", now.included_reports, of)
    # how far each is: review extract status, and so on; one answer is a beginning
    begun = {"Extraction": now.extracted_studies, "Appraisal": now.appraised_studies, "Coding": now.coded_studies}
    for what, number in begun.items():
        yield _line(what, number, f"{'study' if number == 1 else 'studies'} begun")


def _open(counts: Mapping[str, int]) -> dict[str, int]:
    waits = {"waiting": "waiting", "started": "awaiting a further vote", "conflict": "in conflict"}
    return {text: counts.get(status, 0) for status, text in waits.items()}


def _line(what: str, done: int, how: str = "", more: Mapping[str, int] | None = None) -> str:
    also = (f"{number:,} {text}" for text, number in (more or {}).items() if number)
    return f"  {what:<18} {done:>7,}   {', '.join(filter(None, (how, *also)))}".rstrip()


@click.command()
@click.option("--heads", type=PATH, help="A manifest.json: finds a cut or rewritten log too.")
@common
def verify(call: Call, heads: Path | None) -> None:
    """Check the log's chains, the projections, the raw replies and the full texts."""
    from review.stages import unswept
    from review.store.verify import check_files
    from review.store.verify import verify as check
    from review.store.withheld import withheld

    known = _heads(existing_file(heads)) if heads else ()
    workspace = call.workspace()
    broken: TamperError | None = None
    events, logs = 0, 0
    with workspace.store.read() as connection, unswept():
        kept = check_files(connection, workspace.folder)
        left = withheld(connection)
        try:
            done = check(connection, known)
            events, logs = done.events, len(done.heads)
        except TamperError as error:
            broken = error
    if kept.changed and broken is None:
        names = ", ".join(kept.changed)
        broken = TamperError(
            f"files are not what was saved: {names}", at=names, hint="restore them from the last archive"
        )
    chain = {"ok": broken is None, "broken_at": broken.at if broken else None}
    call.give(
        {
            "events": events,
            "chain": chain,
            "raw_files": kept.raw,
            "full_texts": kept.full_texts,
            "missing": list(kept.missing),
            "stray": list(kept.stray),
            "withheld": left.counts() if left else {},
        }
    )
    if broken:
        if call.as_json:
            raise SystemExit(broken.exit_code)
        raise broken
    call.say(
        f"{many(events, 'event')} in {many(logs, 'log')}: every chain is whole, every table follows from them.",
        f"{many(kept.raw, 'raw reply')} and {many(kept.full_texts, 'full text')} as saved, "
        f"{len(kept.missing) or 'none'} missing.",
        *(f"  missing: {path}" for path in kept.missing),
        *(f"  belongs to nothing in this database: {path}" for path in kept.stray),
        *(left_out(left.counts()) if left else ()),
    )


def _heads(data: bytes) -> tuple[tuple[str, int, str], ...]:
    try:
        given = json.loads(data)["heads"]
        return tuple((str(log), int(seq), str(identity)) for log, seq, identity in given)
    except (ValueError, KeyError, TypeError) as error:
        raise ReviewError("the file holds no heads of logs", hint="give the manifest.json of a report") from error
