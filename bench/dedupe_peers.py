"""Side by side with BibDedupe (10.21105/joss.06318), in one run, on the same files, each as whole processes.

    python bench/dedupe_peers.py DATA [--env FOLDER] [--large FOLDER ...] [--limit SECONDS]

DATA holds labelled sets and edge cases, ``--large`` names single sets; see ``dedupe.py``. BibDedupe gets an environment
of its own: the folder is reused when it holds the right version, else made with ``venv`` and ``pip``; without
``--env`` it is temporary. Both read the CSV, find duplicates, merge, and write the merged records; seconds are from
the start of the process to its end, so the loading of libraries (a second or two of both) counts. Ours runs first.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dedupe import edge_cases
from dedupe_growth import Written, whole_command
from dedupe_process import Failed, run
from dedupe_sets import folders, read_groups, read_ids, score

VERSION = "0.11.0"
BIB = Path(__file__).with_name("dedupe_bib.py")
HEAD = (
    "| set | records | tool | seconds | CPU s | peak MB | precision | recall | F1 | lost | to look at (true) |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def environment(folder: Path) -> Path:
    """Give the Python of an environment with BibDedupe, made here if it is not there.

    Raises
    ------
    Failed
        It could not be made; says why.
    """
    python = folder / "bin" / "python"
    asked = [str(python), "-c", "import importlib.metadata as m; print(m.version('bib-dedupe'))"]
    if python.exists() and subprocess.run(asked, capture_output=True, text=True).stdout.strip() == VERSION:
        return python
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"bib-dedupe=={VERSION}"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"could not be installed: {' '.join(done.stderr.strip().splitlines()[-1:])}")
    return python


def bib_dedupe(python: Path, records: Path, limit: float) -> Written:
    """Run BibDedupe from file to file."""
    with tempfile.TemporaryDirectory() as folder:
        merged, out = Path(folder) / "merged.csv", Path(folder) / "out.json"
        cost = run([python, BIB, records, merged, out], limit=limit)
        said = json.loads(out.read_text("utf-8"))
        return Written(cost, said["clusters"], [(left, right) for left, right in said["maybe"]])


def side_by_side(folder: Path, python: Path | None, limit: float) -> Iterator[str]:
    """Give the rows of one set."""
    ids, truth = read_ids(folder / "records.csv"), read_groups(folder / "clusters.csv")
    tools: dict[str, Callable[[], Written]] = {"this": lambda: whole_command(folder / "records.csv")}
    if python:
        tools["BibDedupe"] = lambda: bib_dedupe(python, folder / "records.csv", limit)
    for name, tool in tools.items():
        start = f"| {folder.name} | {len(ids):,} | {name} "
        try:
            done = tool()
        except Failed as failed:
            yield f"{start}| {failed} |"
            continue
        s = score(ids, truth, done.clusters, done.unsure)
        yield (
            f"{start}| {done.cost.wall:.1f} | {done.cost.cpu:.1f} | {done.cost.peak:,.0f} | {s.precision:.4f} "
            f"| {s.recall:.4f} | {s.f1:.4f} | {s.lost} | {s.unsure:,} ({s.true_unsure}) |"
        )


def their_cases(path: Path, python: Path, limit: float) -> str:
    """Say how BibDedupe does on edge cases, each pair as a set by itself."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        run([python, BIB, "--cases", path, out], limit=limit)
        said: dict[str, str] = json.loads(out.read_text("utf-8"))
    expected = {case["id"]: case["expected_duplicate"] for case in json.loads(path.read_text("utf-8"))["cases"]}
    wrong = [f"{name} ({what})" for name, what in said.items() if (what == "merged") != expected[name]]
    return f"BibDedupe {VERSION}: {len(said) - len(wrong)} right; wrong: {', '.join(wrong) or 'none'}"


def compare(arguments: argparse.Namespace, env: Path) -> Iterator[str]:
    """Give the table and, below it, the edge cases; without BibDedupe say so and give ours."""
    python: Path | None = None
    try:
        python = environment(env)
    except Failed as failed:
        yield f"BibDedupe {failed}\n"
    yield HEAD
    for folder in [*folders(arguments.data), *arguments.large]:
        yield from side_by_side(folder, python, arguments.limit)
    for path in sorted(arguments.data.glob("*/test_cases.json")):
        yield ""
        yield from edge_cases(path)
        if python:
            try:
                yield f"  {their_cases(path, python, arguments.limit)}"
            except Failed as failed:
                yield f"  BibDedupe {failed}"


def main() -> None:
    """Print the table as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of labelled sets and edge cases")
    parser.add_argument("--env", type=Path, help="environment of BibDedupe, made if it is not there")
    parser.add_argument("--large", nargs="+", type=Path, default=[], help="more sets, each named by its folder")
    parser.add_argument("--limit", type=float, default=1800, help="seconds after which a run is ended")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for line in compare(arguments, arguments.env or Path(folder)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
