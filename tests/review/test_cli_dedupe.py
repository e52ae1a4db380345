"""``review dedupe`` in a review, and where the work is done."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from review.cli.dedupe_lines import review_keys, review_lines
from searches.dedupe.engines import Engine, Here
from searches.merging import Clash, Merged

Run = Callable[..., tuple[int, str, str]]
DASK = "searches.dedupe.dask_engine"


def merged(**fields: object) -> Merged:
    counts: dict[str, object] = {"records": 9, "reports": 7, "duplicates": 2, "merged_now": 2, "unsure": 0, "new": 9}
    return Merged(**{**counts, **fields})  # type: ignore[arg-type]


def test_a_first_run_says_what_it_merged() -> None:
    assert list(review_lines(merged(), 0.04)) == [
        "9 records, 2 duplicates merged: 7 reports; 0 pairs to look at (0.0 s)."
    ]


@pytest.mark.parametrize(
    ("new", "said"),
    [(3, "Compared: only 3 records that came since the last run."), (0, "Compared: nothing: none is new.")],
)
def test_a_further_run_says_what_it_compared(new: int, said: str) -> None:
    _, line = review_lines(merged(new=new), 1.0)
    assert line == f"{said} To compare all again: review dedupe --all"


def test_a_run_over_everything_says_nothing_of_new_records() -> None:
    assert len(list(review_lines(merged(everything=True), 1.0))) == 1


def test_conflicts_are_said_with_what_comes_next() -> None:
    clash = Clash(2, "title-abstract", ((2, "included"), (5, "excluded")))
    lines = list(review_lines(merged(conflicts=(clash,), unsure=1), 1.0))
    assert lines[1:] == [
        "Report 2 was merged from reports that were decided differently at title-abstract: 2 included, 5 excluded.",
        "All votes are kept. Next: review screen conflicts",
        "Next: review pairs list",
    ]
    assert review_keys(merged(conflicts=(clash,)), 1.0)["conflicts"] == [
        {"report": 2, "stage": "title-abstract", "outcomes": [[2, "included"], [5, "excluded"]]}
    ]


def test_only_new_records_are_compared_if_not_all_are_asked_for(run: Run, imported: Path) -> None:
    counts = [json.loads(run("dedupe", "-C", imported, "--json", *words)[1])["new"] for words in ((), (), ("--all",))]
    assert counts == [117, 0, 117]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Put an engine in the place of Dask; give the schedulers that were asked for."""
    schedulers: list[str | None] = []

    @contextmanager
    def dask_engine(scheduler: str | None) -> Iterator[Engine]:
        schedulers.append(scheduler)
        yield Here()

    module = ModuleType(DASK)
    monkeypatch.setattr(module, "dask_engine", dask_engine, raising=False)
    monkeypatch.setitem(sys.modules, DASK, module)
    return schedulers


@pytest.mark.parametrize("words", [(), ("--scheduler", "tcp://10.0.0.5:8786")])
def test_dask_does_the_work_when_it_is_asked_for(
    run: Run, imported: Path, tmp_path: Path, asked: list[str | None], words: tuple[str, ...]
) -> None:
    path, here, there = imported / "imports" / "report_refs.ris", tmp_path / "1.csv", tmp_path / "2.csv"
    assert run("dedupe", path, "-o", here)[0] == 0
    assert asked == []
    assert run("dedupe", path, "-o", there, "--engine", "dask", *words)[0] == 0
    assert run("dedupe", "-C", imported, "--engine", "dask", *words)[0] == 0
    assert asked == [words[1] if words else None] * 2
    assert here.read_bytes() == there.read_bytes()


def test_dask_is_not_needed_when_it_is_not_asked_for(run: Run, imported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, DASK, None)
    assert run("dedupe", "-C", imported)[0] == 0
    assert run("dedupe", imported / "imports" / "report_refs.ris")[0] == 0
