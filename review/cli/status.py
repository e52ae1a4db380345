"""``review status`` and ``review verify``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from review.cli.kit import Call, common, existing_file
from review.errors import ReviewError, TamperError


@click.command()
@common
def status(call: Call) -> None:
    """Show where the review stands and what comes next."""
    from review.stages import next_step
    from review.store.tally import tally

    workspace = call.workspace()
    with workspace.store.read() as connection:
        now = tally(connection)
    step = next_step(now)
    call.give(
        {
            "records": now.records,
            "reports": now.reports,
            "screened": now.screened,
            "excluded": now.excluded,
            "conflicts": now.conflicts,
            "included_reports": now.included_reports,
            "included_studies": now.included_studies,
            "next_step": step,
            "rejected": now.rejected,
            "unjudged_pairs": now.unjudged_pairs,
        }
    )
    first, second = now.title_abstract, now.full_text
    waiting, more = "waiting", "awaiting a further vote"
    call.say(
        workspace.protocol.title,
        f"  Searches         {now.searches:>8,}   ({now.unfinished_searches:,} not complete)",
        f"  Records          {now.records:>8,}   ({now.rejected:,} parts set aside as unreadable)",
        f"  Reports          {now.reports:>8,}   ({now.records - now.reports:,} duplicates merged, "
        f"{now.unjudged_pairs:,} pairs to judge)",
        f"  Title/abstract   {now.screened:>8,}   screened, {first.get('waiting', 0):,} {waiting}, "
        f"{first.get('started', 0):,} {more}, {first.get('conflict', 0):,} in conflict",
        f"  Full text        {second.get('included', 0) + second.get('excluded', 0):>8,}   assessed, "
        f"{second.get('waiting', 0):,} {waiting}, {second.get('started', 0):,} {more}, "
        f"{second.get('conflict', 0):,} in conflict, {second.get('not_retrieved', 0):,} not retrieved",
        f"  Included         {now.included_reports:>8,}   reports of {now.included_studies:,} studies",
        f"  Extracted        {now.extracted_studies:>8,}   studies; appraised {now.appraised_studies:,}; "
        f"coded {now.coded_studies:,}",
        f"Next: {step}",
    )


@click.command()
@click.option("--heads", type=click.Path(path_type=Path), help="A manifest.json: finds a cut or rewritten log too.")
@common
def verify(call: Call, heads: Path | None) -> None:
    """Check the log's chains, the projections and the raw replies."""
    from review.store.verify import check_raw
    from review.store.verify import verify as check

    known = _heads(existing_file(heads)) if heads else ()
    workspace = call.workspace()
    broken: TamperError | None = None
    events, logs = 0, 0
    with workspace.store.read() as connection:
        raw = check_raw(connection, workspace.folder)
        try:
            done = check(connection, known)
            events, logs = done.events, len(done.heads)
        except TamperError as error:
            broken = error
    if raw.changed and broken is None:
        names = ", ".join(raw.changed)
        broken = TamperError(
            f"raw replies are not what was saved: {names}", at=names, hint="restore them from the last archive"
        )
    chain = {"ok": broken is None, "broken_at": broken.at if broken else None}
    call.give({"events": events, "chain": chain, "raw_files": raw.files, "missing": list(raw.missing)})
    if broken:
        if call.as_json:
            raise SystemExit(broken.exit_code)
        raise broken
    call.say(
        f"{events:,} events in {logs:,} logs: every chain is whole, every table follows from them.",
        f"{raw.files:,} raw replies are what was saved; {len(raw.missing):,} are missing.",
        *(f"  missing: {path}" for path in raw.missing),
    )


def _heads(data: bytes) -> tuple[tuple[str, int, str], ...]:
    try:
        given = json.loads(data)["heads"]
        return tuple((str(log), int(seq), str(identity)) for log, seq, identity in given)
    except (ValueError, KeyError, TypeError) as error:
        raise ReviewError("the file holds no heads of logs", hint="give the manifest.json of a report") from error
