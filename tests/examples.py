"""Run the script of an example in-process, with a clock and ids that are the same each time."""

from __future__ import annotations

import itertools
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import review.stages
from review.cli.main import main

EXAMPLES = Path(__file__).parents[1] / "examples"


def commands(script: Path) -> Iterator[list[str]]:
    """Give the ``review`` commands of a script, those of the scripts that it calls included."""
    for line in script.read_text("utf-8").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["sh"]:
            yield from commands(script.parent / words[1])
        elif words[:1] == ["review"]:
            yield words[1 : words.index("||") if "||" in words else None]


def run_example(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, database: str | None = None) -> None:
    """Run the whole script of an example in a copy of it; ``database`` is the address of a PostgreSQL."""
    shutil.copytree(EXAMPLES / name, folder)
    ticks, numbers = itertools.count(), itertools.count()

    def clock() -> str:
        minutes, seconds = divmod(next(ticks), 60)
        return f"2026-11-22T{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.000000Z"

    plain = review.stages.open_workspace
    with monkeypatch.context() as patch:
        patch.setattr(
            review.stages,
            "open_workspace",
            lambda place, environ: plain(place, environ, clock=clock, mint=lambda: f"{next(numbers):016x}"),
        )
        patch.chdir(folder)
        for variable in ("REVIEW_DIR", "REVIEW_DATABASE"):
            patch.delenv(variable, raising=False)
        if database:
            patch.setenv("REVIEW_DATABASE", database)
        for line in (folder / "run.sh").read_text("utf-8").splitlines():
            if line.startswith("export "):
                patch.setenv(*shlex.split(line)[1].split("=", 1))
        for words in commands(folder / "run.sh"):
            patch.setattr(sys, "argv", ["review", *words])
            with pytest.raises(SystemExit) as done:
                main()
            assert done.value.code in (0, None), words


def written(folder: Path) -> dict[str, bytes]:
    """Give every file under ``out/`` with its bytes."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted((folder / "out").rglob("*")) if p.is_file()
    }
