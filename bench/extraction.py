"""Measure extraction at 500 studies, 60 fields and two extractors: tables out and in, and the pages over HTTP.

Run: ``python bench/extraction.py [--studies N] [--requests N]``. Records are inserted with plain SQL, everything people
write goes through the log. Both people have answered every field; of the first studies both are done, so that they can
be compared. The pages are served by the real server on this machine, asked one after the other by one client.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before the folders of the same names in tests

from browser import Visitor, review, served

from bench.load import made_up
from extraction import library, studies, versions
from extraction.answers import Answer, entry
from extraction.tabular.exchange import Table, write_csv
from extraction.tabular.tables import Tables
from extraction.tabular.workbooks import write_xlsx
from review.forms import Form
from review.protocol.model import Synthesis
from review.stages import Workspace
from review.store import Actor, Entry, append_many, open_store
from review.store.events import SOFTWARE, enrol

FORM = "bench.toml"
PEOPLE = ("Ann", "Ben")
DONE = 50
"""Studies of which both are done."""
CODINGS = 9
"""Of each person, per study."""
THEMES = ("relationships", "health", "specialist_support", "work", "emergent:time to think")
SAID = "Mentors said that it gave them time to think, and that they would do it again. "
KINDS = (
    ("text", 20, "quote = true"), ("number", 12, ""), ("single", 10, ""), ("multiple", 6, ""), ("date", 4, ""),
    ("country", 2, ""), ("counts", 3, ""), ("group", 2, ""), ("table", 1, ""),
)  # fmt: skip
OPTIONS = "\n[sections.fields.options]\na = 'The first'\nb = 'The second'\nc = 'The third'\n"
SUBS = "\n[[sections.fields.fields]]\nid = 'n'\nlabel = 'People'\ntype = 'number'\n"
ROWS = "\n[sections.fields.rows]\nbefore = 'Before'\nafter = 'After'\n"
VALUES: dict[str, Any] = {
    "text": SAID, "number": 49, "single": "b", "multiple": "a; c", "date": "2014-05", "country": "NO; GB",
    "counts": "Agree [4]: 12; Neutral [3]: 4", "group": [{"n": 12}, {"n": 14}], "table": [{"row": "after", "n": 9}],
}  # fmt: skip


def main() -> None:
    """Print one table for files and one for pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--requests", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        workspace, people, form = prepare(Path(named), asked.studies)
        answers = asked.studies * len(form.fields)
        print(
            f"{asked.studies} studies, {len(form.fields)} fields, {len(people)} extractors: {answers:,} answers each; "
            f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
        )
        tables(workspace, people[0])
        pages(workspace, asked.requests)
        workspace.store.close()


def form_text() -> str:
    """Write a form of 60 fields of every type."""
    parts = ["name = 'bench'\nlabel = 'Sixty fields'\nversion = '1'\nsource = 'made up'\n"]
    number = 0
    for kind, count, more in KINDS:
        parts.append(f"\n[[sections]]\ntitle = '{kind}'\n")
        for _ in range(count):
            number += 1
            field = f"\n[[sections.fields]]\nid = 'f{number}'\nlabel = 'Field {number}'\ntype = '{kind}'\n{more}\n"
            ends = {"single": OPTIONS, "multiple": OPTIONS, "group": SUBS, "table": ROWS + SUBS}
            parts.append(field + ends.get(kind, ""))
    return "".join(parts)


def prepare(folder: Path, number: int) -> tuple[Workspace, list[Actor], Form]:
    """Make a review whose two extractors have answered everything."""

    (folder / FORM).write_text(form_text(), "utf-8")
    records = [replace(made_up(n), authors=_authors(n), date=str(2000 + n % 24)) for n in range(1, number + 1)]
    made = review(folder, open_store(folder), records, team=PEOPLE)
    protocol = replace(
        made.protocol, proforma=FORM, framework="bitc-workwell", instruments=("casp-qualitative-2018",),
        synthesis=Synthesis(extraction="double"),
    )  # fmt: skip
    workspace, store = Workspace(folder, protocol, made.store, {}), made.store
    form = library.form(FORM, folder)
    with store.write() as connection:
        software = Actor(enrol(store, connection, SOFTWARE), "h")
        people = [Actor(enrol(store, connection, name), "h") for name in PEOPLE]
        votes = [
            Entry("decision", {"report": n, "stage": stage, "verdict": "include", "reasons": [], "note": None})
            for n in range(1, number + 1)
            for stage in ("title-abstract", "full-text")
        ]
        append_many(store, connection, people[0], votes)
    studies.name_new(store, software)
    with store.read() as connection:
        keys = [study.key for study in studies.studies(connection)]
    versions.adopt(store, people[0], "form", FORM, folder)
    began = time.perf_counter()
    for person in people:
        with store.write() as connection:
            append_many(store, connection, person, list(_written(form, keys)))
    print(f"{len(people) * number * len(form.fields):,} answers appended in {time.perf_counter() - began:.1f} s")
    return workspace, people, form


def _authors(number: int) -> tuple[str, ...]:
    """Give the authors of a report: a first one of its own, and two who wrote three or four others."""
    return f"First{number}, A", f"Second{number % 130}, B", f"Third{number % 170}, C"


def _written(form: Form, keys: list[str]) -> Iterator[Entry]:
    for at, key in enumerate(keys):
        for number, field in enumerate(form.fields):
            where = {"quote": f"{SAID}{number}", "place": f"p. {number}", "file": "f" * 64} if field.quote else {}
            value = f"{SAID}{at}" if field.type == "text" else VALUES[field.type]
            yield entry(form, keys, Answer(key, field.id, value, **where))
        state = "done" if at < DONE else "open"
        filling = {"study": key, "sheet": "form:bench", "role": "extractor", "state": state, "version": "1"}
        yield Entry("filling", filling)
        for number in range(CODINGS):
            coding = {
                "key": f"{at}-{number}", "study": key, "statement": f"H{(at + number) % 40}", "text": SAID,
                "component": THEMES[number % len(THEMES)], "subelement": None, "polarity": "++-0"[(at + number) % 4],
                "perspective": None, "evidence": None, "quote": SAID, "place": "p. 4", "file": None,
                "framework": "bitc-workwell@1",
            }  # fmt: skip
            yield Entry("coding", coding)


# -- tables


def tables(workspace: Workspace, person: Actor) -> None:
    """Print how long a table takes out and in."""
    desk = Tables(workspace.store, workspace.protocol, workspace.folder, person)
    print(f"\n{'format':<7} {'rows':>7} {'MB':>5}  out, in unchanged, in with 5 % changed: seconds (of the processor)")
    writers: tuple[tuple[str, Callable[[Table], bytes]], ...] = (("XLSX", write_xlsx), ("CSV", write_csv))
    for turn, (name, write) in enumerate(writers):
        *out, data = _timed(lambda: write(desk.out("extract")))  # noqa: B023
        table = desk.out("extract")
        *same, plan = _timed(lambda: desk.plan("extract", data))  # noqa: B023
        assert not plan.changes and not plan.faults
        changed = write(_changed(table, turn))
        *more, saved = _timed(lambda: desk.save("extract", desk.plan("extract", changed)))  # noqa: B023
        spent = "  ".join(f"{wall:>6.1f} ({cpu:.1f})" for wall, cpu in (out, same, more))
        print(f"{name:<7} {len(table.rows):>7,} {len(data) / 1e6:>5.1f}  {spent}  {saved:,} saved")


def _timed(what: Callable[[], Any]) -> tuple[float, float, Any]:
    """Give wall seconds, processor seconds of this process (server and client), and the result."""
    began, used = time.perf_counter(), time.process_time()
    result = what()
    return time.perf_counter() - began, time.process_time() - used, result


def _changed(table: Table, turn: int) -> Table:
    """Change a twentieth of the answers: every tenth row that is a text or a number, of studies that are not done."""
    at, changing = table.columns.index("value"), {f"f{number}" for number in range(1, 33)}
    done = set(list(dict.fromkeys(row[0] for row in table.rows))[:DONE])
    rows = [
        (*row[:at], f"{row[at]}{turn + 1}", *row[at + 1 :])
        if number % 10 == 0 and row[1] in changing and row[0] not in done
        else row
        for number, row in enumerate(table.rows)
    ]
    return replace(table, rows=tuple(rows))


# -- pages


def pages(workspace: Workspace, number: int) -> None:
    """Print how long each page takes."""
    with workspace.store.read() as connection:
        keys = [study.key for study in studies.studies(connection)]
    print(f"\n{'page':<48} {'median ms':>9} {'p95 ms':>7} {'cpu ms':>7} {'kB':>5}")
    paths = (
        "/extract", f"/extract/{keys[DONE + 5]}", f"/extract/{keys[3]}", f"/extract/{keys[3]}/compare",
        "/extract/agreement", "/extract/preview", "/extract/table", "/appraise",
        f"/appraise/{keys[3]}/casp-qualitative-2018", "/studies", "/code", "/code/cell?theme=health",
        f"/code/{keys[3]}", "/code/themes", "/code/themes?theme=health", "/code/findings", "/code/findings?new=health",
        "/code/cmo", "/code/codebook", "/code/compare",
    )  # fmt: skip
    gc.collect()
    gc.freeze()  # as ``review serve`` does
    with served(workspace) as site:
        ann = Visitor(site, PEOPLE[0])
        for path in paths:
            ann.get(path)
            times = [_timed(lambda: ann.get(path)) for _ in range(number)]  # noqa: B023
            wall = [1000 * seconds for seconds, _, _ in times]
            cpu = statistics.median(1000 * used for _, used, _ in times)
            p95, reply = statistics.quantiles(wall, n=20)[-1], times[-1][2]
            said = "" if reply.status_code == 200 else f"  HTTP {reply.status_code}"
            size = len(reply.content) / 1000
            print(f"{path:<48} {statistics.median(wall):>9.0f} {p95:>7.0f} {cpu:>7.0f} {size:>5.0f}{said}", flush=True)
        ann.http.close()


if __name__ == "__main__":
    main()
