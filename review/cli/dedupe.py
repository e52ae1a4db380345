"""``review dedupe``: in a review, or on plain files as a tool by itself. What it says is in ``dedupe_lines``."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.formats import columns
from review.cli.kit import PATH, Call, common, existing_file, names_of
from review.errors import ReviewError

if TYPE_CHECKING:
    from searches.dedupe.engines import Engine

Notify = Callable[[str, int, int | None], None]

_FILES_ONLY = {
    "out": "-o", "write_as": "--to", "clusters": "--clusters", "unsure": "--unsure", "pairs": "--report",
    "keep_source_order": "--keep-source-order", "cochrane_updates": "--cochrane-updates", "named": "--column",
}  # fmt: skip


@click.command()
@click.argument("files", nargs=-1, type=PATH)
@click.option("-o", "out", type=PATH, help="With FILES: where the merged records go (.ris, .csv, .xlsx, .bib …).")
@click.option("--to", "write_as", metavar="FORMAT", help="With -o: the format [default: from the ending].")
@click.option("--keep-source-order", is_flag=True, help="With -o: records in the order in which they came.")
@click.option("--report", "pairs", type=PATH, help="With FILES: a CSV of all pairs, merged or unsure, and why.")
@click.option("--clusters", type=PATH, help="With FILES: a CSV of the groups found.")
@click.option("--unsure", type=PATH, help="With FILES: a CSV of the pairs to look at.")
@click.option("--cochrane-updates", is_flag=True, help="With FILES: merge the versions of one Cochrane review.")
@click.option(
    "--column", "named", metavar="NAME=FIELD", multiple=True, help="With FILES: what a column means; repeatable."
)
@click.option("--all", "everything", is_flag=True, help="In a review: compare all records again, not only new ones.")
@click.option("--engine", "engine", type=click.Choice(["local", "dask"]), default="local", show_default=True,
              help="Where records are compared: on this machine, or on a Dask cluster.")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", help="With --engine dask: the cluster, as tcp://HOST:8786.")
@common
def dedupe(
    call: Call, files: tuple[Path, ...], *, everything: bool, engine: str, scheduler: str | None, **given: Any
) -> None:
    """Merge duplicate records into reports; with FILES, on plain files without a review.

    FILES are of any format that is read, also of several. Nothing is written but what you name. The order of the
    files and records does not matter.
    """
    if scheduler and engine != "dask":
        raise click.UsageError("--scheduler goes with --engine dask")
    if files:
        if everything:
            raise click.UsageError("--all is for a review: with FILES all records are compared")
        _on_files(call, files, engine=engine, scheduler=scheduler, **given)
        return
    if misplaced := [option for name, option in _FILES_ONLY.items() if given[name]]:
        hint = "name the files to deduplicate"
        if misplaced == ["--cochrane-updates"]:
            hint = "in a review the protocol says so: cochrane_updates = true under [dedupe]"
        raise ReviewError(f"{' and '.join(misplaced)} go with FILES", hint=hint)
    _in_review(call, everything=everything, engine=engine, scheduler=scheduler)


def _in_review(call: Call, *, everything: bool, engine: str, scheduler: str | None) -> None:
    """Merge the records of the review in the folder."""
    from review.cli.dedupe_lines import review_keys, review_lines
    from searches.merging import merge_duplicates

    began = time.perf_counter()
    workspace = call.workspace()
    with _engine(engine, scheduler) as chosen:
        result = merge_duplicates(
            workspace.store, workspace.protocol, workspace.software(), everything=everything, engine=chosen
        )
    seconds = round(time.perf_counter() - began, 3)
    call.give(review_keys(result, seconds))
    call.say(*review_lines(result, seconds))


def _on_files(
    call: Call,
    files: tuple[Path, ...],
    *,
    out: Path | None,
    write_as: str | None,
    pairs: Path | None,
    clusters: Path | None,
    unsure: Path | None,
    engine: str,
    scheduler: str | None,
    keep_source_order: bool,
    cochrane_updates: bool,
    named: tuple[str, ...],
) -> None:
    """Deduplicate files; refuse before the work whatever could not be written after it."""
    from review.cli.dedupe_lines import file_keys, file_lines
    from review.cli.streams import refuse_unwritable, write_streams
    from searches.dedupe import Options
    from searches.file_output import Output
    from searches.file_report import clusters_table, pairs_table, unsure_table
    from searches.plain_files import dedupe_files

    began = time.perf_counter()
    format = _format(out, write_as, keep_source_order=keep_source_order)
    wanted = [path for path in (out, pairs, clusters, unsure) if path is not None]
    if len({path.resolve() for path in wanted}) < len(wanted):
        raise click.UsageError(
            "-o, --report, --clusters and --unsure name one file twice: the second would replace the first"
        )
    refuse_unwritable(wanted, files)
    with _progress(call) as notify, _engine(engine, scheduler) as chosen:
        done = dedupe_files(
            ((label, existing_file(path)) for label, path in zip(names_of(files), files, strict=True)),
            options=Options(cochrane_updates=cochrane_updates),
            keep_source_order=keep_source_order,
            columns=columns(named),
            notify=notify,
            engine=chosen,
        )
        output = Output(done.kept, format)
        tables = {pairs: pairs_table, clusters: clusters_table, unsure: unsure_table}
        streams = {path: table(done) for path, table in tables.items() if path is not None}
        if out is not None:
            streams[out] = output.parts(notify)
        write_streams(streams)
    seconds = round(time.perf_counter() - began, 3)
    twice = [
        f"{path} is named more than once: each of its records is its own duplicate"
        for path, n in Counter(files).items()
        if n > 1
    ]
    call.give(file_keys(done, output.losses, wanted, twice, seconds))
    call.say(*file_lines(done, output.losses, wanted, twice, seconds, look_in=unsure or pairs))


def _format(out: Path | None, write_as: str | None, *, keep_source_order: bool) -> str:
    """Give the format of OUT; refuse what goes with OUT when there is none."""
    from review.formats import WRITERS
    from review.formats.registry import format_for

    if out is None:
        if write_as or keep_source_order:
            raise click.UsageError("--to and --keep-source-order go with -o OUT")
        return "ris"
    if write_as and write_as not in WRITERS:
        raise ReviewError(f"The format “{write_as}” is not written.", hint=f"Written are: {', '.join(WRITERS)}.")
    return write_as or format_for(out.name)


@contextmanager
def _engine(name: str, scheduler: str | None) -> Iterator[Engine | None]:
    """Give the engine that was asked for; ``None`` is the one that is best on this machine."""
    if name == "local":
        yield None
        return
    from searches.dedupe.dask_engine import dask_engine

    with dask_engine(scheduler) as engine:
        yield engine


def _progress(call: Call) -> AbstractContextManager[Notify]:
    """Give what shows progress: a bar on a terminal, nothing elsewhere."""
    return call.progress() if sys.stderr.isatty() else nullcontext(_silent)


def _silent(label: str, done: int, total: int | None) -> None:
    """Show nothing."""
