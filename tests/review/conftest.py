"""The command line in-process, and copies of the example to run it on."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from review.cli.main import main

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs ``review …`` and gives exit code, standard output and standard error."""
    monkeypatch.delenv("REVIEW_USER", raising=False)
    monkeypatch.delenv("REVIEW_DIR", raising=False)

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["review", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return int(done.value.code or 0), out, err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example review, nothing run yet."""
    place = tmp_path / "review"
    shutil.copytree(ROOT / "examples" / "mentoring", place)
    return place


@pytest.fixture
def imported(folder: Path, run: Run) -> Path:
    assert run("import", "-C", folder)[0] == 0
    return folder
