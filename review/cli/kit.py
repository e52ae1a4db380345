"""What every command shares: its folder, who acts, one JSON object or plain lines, progress."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.streams import write_streams
from review.errors import ReviewError
from review.protocol.rights import Right
from review.text import many

if TYPE_CHECKING:
    from review.stages import Workspace
    from review.store import Actor


PATH = click.Path(path_type=Path, readable=False)
"""Any path: what cannot be read is an error of ours (a sentence, or JSON), not one of the command line."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command: the folder, the name after ``--as``, and whether to print JSON."""

    folder: Path
    as_json: bool
    name: str | None

    def workspace(self) -> Workspace:
        """Open the review in the folder; its database is closed when the command ends."""
        from review.stages import open_workspace

        opened = open_workspace(self.folder, dict(os.environ))
        click.get_current_context().call_on_close(opened.store.close)
        return opened

    def actor(self, workspace: Workspace, right: Right = "see") -> Actor:
        """Say who acts: ``--as``, else ``REVIEW_USER``, else the only member of the team; who may not is refused."""
        return workspace.actor(self.name or os.environ.get("REVIEW_USER") or None, right)

    def say(self, *lines: str) -> None:
        """Print lines for people; nothing with ``--json``."""
        if not self.as_json:
            for line in lines:
                click.echo(line)

    def give(self, result: Mapping[str, Any]) -> None:
        """Print the one JSON object of ``--json``; nothing without."""
        if self.as_json:
            click.echo(json.dumps(result, ensure_ascii=False))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int | None], None]]:
        """Give a function ``(label, done, total or None)``: a bar on a terminal, a line per label elsewhere."""
        if not sys.stderr.isatty():
            seen: set[str] = set()

            def line(label: str, done: int, total: int | None) -> None:
                if label not in seen or (total is not None and done >= total):
                    seen.add(label)
                    of = f" of {total:,}" if total is not None else ""
                    click.echo(f"{label}: {done:,}{of}", err=True)

            yield line
            return
        from tqdm import tqdm

        bars: dict[str, Any] = {}

        def bar(label: str, done: int, total: int | None) -> None:
            if label not in bars:
                bars[label] = tqdm(desc=label, total=total, unit="", file=sys.stderr, leave=True)
            bars[label].total = total
            bars[label].update(done - bars[label].n)

        try:
            yield bar
        finally:
            for one in bars.values():
                one.close()


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``-C``, ``--json`` and ``--as`` to a command; its function gets a Call as first argument."""

    @click.option(
        "-C",
        "review_folder",
        type=PATH,
        help="The review's folder [default: $REVIEW_DIR, else here].",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
    @click.option("--as", "act_as", metavar="NAME", help="Who acts [default: $REVIEW_USER, else the only team member].")
    @click.pass_context
    def wrapped(
        ctx: click.Context, /, review_folder: Path | None, as_json: bool, act_as: str | None, **rest: Any
    ) -> Any:
        where = review_folder or Path(os.environ.get("REVIEW_DIR") or ".")
        return function(Call(where, as_json, act_as), **rest)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    if hasattr(function, "__click_params__"):
        wrapped.__click_params__ = [*function.__click_params__, *wrapped.__click_params__]  # type: ignore[attr-defined]
    return wrapped


def evaluate_again(call: Call, workspace: Workspace) -> None:
    """Evaluate the records anew when the protocol's strategies or limits have changed, and say what that changed."""
    from searches.evaluation import evaluate_again as run

    with call.progress() as notify:
        changed = run(workspace.store, workspace.protocol, notify)
    if changed:
        call.say(f"The strategies or limits have changed: {many(changed, 'record')} now evaluated otherwise.")


def existing_file(path: Path) -> bytes:
    """Read a file that the user named.

    Raises
    ------
    ReviewError
        It is not there or not a file.
    """
    if path.is_dir():
        raise ReviewError(f"{path} is a folder, not a file", hint="name the file in it")
    if not path.is_file():
        raise ReviewError(f"there is no file {path}", hint="check the name; paths are relative to where you are")
    return path.read_bytes()


def names_of(files: Sequence[Path]) -> list[str]:
    """Call each file by its name; where different ones share it, by the path as it was given."""
    shared = Counter(path.name for path in {path.resolve(): path for path in files}.values())
    return [str(path) if shared[path.name] > 1 else path.name for path in files]


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: when the disk is full, what stood there before still does."""
    if not path.parent.is_dir():
        raise ReviewError(f"there is no folder {path.parent}", hint="make it, or name another place")
    write_streams({path: [data]})
