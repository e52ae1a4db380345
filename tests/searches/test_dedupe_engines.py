"""Where the work runs changes nothing: results, their order, what is sent; and what happens when a process ends."""

from __future__ import annotations

import operator
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from review.errors import ReviewError
from review.record import Record
from searches.dedupe import Options, engines, find, find_duplicates, sift
from searches.dedupe.block import WINDOW
from searches.dedupe.cluster import LARGEST
from searches.dedupe.engines import AHEAD, Here, Processes, local
from searches.dedupe.normalise import normalise

ROOT = Path(__file__).resolve().parents[2]


def papers(n: int) -> list[Record]:
    """Papers, a third of them copies that lack or change something."""
    rng = random.Random(3)
    words = ["".join(rng.choices("aeioubcdlmnprst", k=rng.randint(4, 9))) for _ in range(300)]
    records: list[Record] = []
    for number in range(n):
        if number % 3 == 2:
            change = rng.choice([{"doi": None}, {"pages": None}, {"abstract": None}, {"volume": "99", "doi": None}])
            records.append(replace(rng.choice(records), **change))  # type: ignore[arg-type]
            continue
        records.append(
            Record(
                title=" ".join(rng.choices(words, k=8)),
                authors=(f"{rng.choice(words).title()}, A", f"{rng.choice(words).title()}, B"),
                date=str(rng.randint(2000, 2004)),
                journal=f"Journal of {rng.choice(words)}",
                volume=str(rng.randint(1, 9)),
                pages=f"{rng.randint(1, 50)}-99",
                abstract=" ".join(rng.choices(words, k=90)),
                doi=f"10.5555/{number}" if number % 2 else None,
            )
        )
    return records


@pytest.fixture(scope="module")
def two() -> Iterator[Processes]:
    with Processes(2) as engine:
        yield engine


def test_the_result_is_the_same_wherever_the_work_runs(two: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    records = papers(150)
    options = Options(judged=((0, 1, True), (3, 4, False)))
    whole = find_duplicates(records, options=options, engine=Here())
    assert len(whole.clusters) > 20
    assert whole.unsure
    for size in (1, 7, 40):
        monkeypatch.setattr(find, "RECORDS", size * 5)
        monkeypatch.setattr(find, "PAIRS", size * 5)
        monkeypatch.setattr(sift, "PAIRS", size * 5)
        assert find_duplicates(records, options=options, engine=Here()) == whole
        assert find_duplicates(records, options=options, engine=two) == whole


def test_nothing_to_do_in_processes(two: Processes) -> None:
    assert find_duplicates([], engine=two) == find_duplicates([], engine=Here())
    assert list(two.map(operator.neg, [])) == []


def test_results_come_in_order_and_parts_are_taken_as_needed(two: Processes) -> None:
    taken: list[int] = []
    results = two.map(operator.neg, (taken.append(i) or i for i in count()))  # type: ignore[func-returns-value]
    assert [next(results) for _ in range(9)] == [-i for i in range(9)]
    assert len(taken) <= 9 + AHEAD * two.workers


def test_an_error_in_a_part_comes_back_as_it_is(two: Processes) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(two.map(int, ["1", "one"]))


def test_a_process_that_dies_is_said_and_loses_nothing_in_silence() -> None:
    with Processes(2) as engine, pytest.raises(ReviewError, match="ended from outside"):
        list(engine.map(os._exit, [1, 1, 1]))


def test_processes_are_started_only_for_much_work_on_several_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "cores", lambda: 2)
    with local(many=False) as engine:
        assert isinstance(engine, Here)
    with local(many=True) as engine:
        assert isinstance(engine, Processes)
        assert engine.workers == 2
    monkeypatch.setattr(engines, "cores", lambda: 1)
    with local(many=True) as engine:
        assert isinstance(engine, Here)


@pytest.mark.parametrize(("n", "many"), [(5, False), (6, True)])
def test_the_number_of_records_decides(n: int, many: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def noted(*, many: bool) -> Any:
        asked.append(many)
        return local(many=False)

    monkeypatch.setattr(find, "local", noted)
    monkeypatch.setattr(find, "MANY", 6)
    find_duplicates(papers(n))
    assert asked == [many]


class Watched:
    """A record that notes which fields are read."""

    def __init__(self, record: Record, read: set[str]) -> None:
        self._record, self._read = record, read

    def __getattr__(self, name: str) -> Any:
        self._read.add("date" if name == "year" else name)
        return getattr(self._record, name)


def test_what_normalising_reads_is_what_is_sent() -> None:
    read: set[str] = set()
    full = Record(
        title="A title of words", authors=("Elm, Ann",), date="2004", journal="A Journal", volume="1", issue="2",
        pages="3-4", abstract="Words " * 200, kind="article", doi="10.5555/a", pmid="7", issns=("1234-5678",),
        url="https://doi.org/10.5555/a", source_id="NCT00000001", identifiers=(("doi", "10.5555/b"),),
        notes=("10.5555/c",), keywords=("k",), publisher="P", extra=(("x", "y"),),
    )  # fmt: skip
    records = [full, Record(), *(replace(full, **{f.name: f.default}) for f in fields(Record))]  # type: ignore[arg-type]
    normalise([Watched(record, read) for record in records])  # type: ignore[misc]
    assert read <= {*find.READ, "abstract"}
    sent = find._columns([find._text(record) for record in records])
    assert sent.equals(normalise(records))


class Counted(Here):
    """Counts the pairs that are sent."""

    pairs = 0

    def map(self, task: Callable[[Any], Any], parts: Iterable[Any]) -> Iterator[Any]:
        for part in parts:
            self.pairs += len(part[-1]) if isinstance(part, tuple) else 0
            yield task(part)


SAME: dict[str, dict[str, Any]] = {
    "column title": {"title": "Editorial"},
    "title": {"title": "One long title that very many records bear alike"},
    "doi": {"doi": "10.5555/one"},
    "doi and title": {"doi": "10.5555/one", "title": "One long title that very many records bear alike"},
    "pmid": {"pmid": "77"},
    "author and year": {"authors": ("Elm, Ann",), "date": "2004"},
    "place": {"volume": "1", "pages": "7-9"},
    "abstract": {"abstract": "The same words stand at the beginning of every abstract of a very long list of records"},
    "trial": {"url": "https://clinicaltrials.gov/study/NCT00000001", "kind": "trial"},
    "cochrane": {"doi": "10.1002/14651858.CD000001.pub2"},
}


@pytest.mark.parametrize("same", SAME)
def test_work_grows_no_faster_than_the_records_share_one_value(same: str) -> None:
    rng = random.Random(5)
    words = ["".join(rng.choices("aeioubcdlmnprst", k=7)) for _ in range(2000)]
    n = 400
    records = [
        replace(
            Record(title=" ".join(rng.sample(words, 7)), authors=(f"{rng.choice(words)}, A",), source_id=str(number)),
            **SAME[same],
        )
        for number in range(n)
    ]
    engine = Counted()
    find_duplicates(records, engine=engine)
    looks = 4  # sifted and compared, each by way of at most two keys; all pairs would be 79,800
    assert engine.pairs <= (looks * WINDOW + LARGEST // 2) * n < 79_800
    assert (engine.pairs > n) == (same != "column title")  # which is no key at all


SCRIPT = """
import operator, sys, time
from searches.dedupe.engines import Processes

def main():
    try:
        with Processes(2) as engine:
            for done in engine.map(time.sleep, [0.1] * 600):
                print("ready", flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
        sys.exit(130)

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program at work in two processes, in a process group of its own as a terminal makes it."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=pipe, stderr=pipe, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_ctrl_c_ends_all_processes_without_a_trace(running: subprocess.Popen[str]) -> None:
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out.splitlines()[-1], err) == (130, "stopped", "")


def test_no_process_outlives_its_parent(running: subprocess.Popen[str]) -> None:
    running.kill()
    running.communicate(timeout=60)  # ends when every process that holds the output has ended
    assert running.returncode == -signal.SIGKILL


def test_a_script_without_a_guard_may_use_processes(tmp_path: Path) -> None:
    """A fresh process would run the script again, and so on without end, were the script not kept from it."""
    script = tmp_path / "script.py"
    script.write_text(
        "from searches.dedupe.engines import Processes\n"
        "with Processes(2) as engine:\n"
        "    print(sum(engine.map(abs, range(-40, 0))))\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "820\n", "")
