"""Measure ``review report`` at 100,000 records, 2,000 full texts and 300 included studies.

Run: ``python bench/reports.py [--records N] [--folder FOLDER]``. The review is made up: records are inserted with plain
SQL, everything people did goes through the log. Two people vote on every record, extract every study (50 fields), judge
it (CASP), code it (1,500 codings) and state 40 findings. Then the real command runs in a process of its own: the flow
alone, the whole bundle, and the bundle again, which must give the same bytes. A FOLDER is kept, and used again.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import insert

from extraction import library, studies, versions
from extraction.answers import Answer, entry
from review.forms import Field, Form
from review.record import Record
from review.stages import Workspace, open_workspace
from review.store import Actor, Entry, append_many, schema
from review.store.projection import open_reports
from review.store.records import as_row
from searches.evaluation import evaluate_again

REVIEW = Path(sys.executable).with_name("review")
FORM, CASP, FRAMEWORK, CERQUAL = "bitc-mentoring", "casp-qualitative-2018", "bitc-workwell", "grade-cerqual"
PEOPLE = ("Ann", "Ben")
SOURCES = (
    ("medline", "MEDLINE", "database", 0.4), ("cinahl", "CINAHL", "database", 0.25),
    ("wos", "Web of Science", "database", 0.24), ("registry", "A register of trials", "register", 0.1),
    ("openalex", "OpenAlex", "citation", 0.01),
)  # fmt: skip
"""Source, label, kind, and its share of the records."""
FULL_TEXTS, INCLUDED, FINDINGS, CODINGS = 2_000, 300, 40, 1_500
REASONS = ("not_doctors", "not_mentoring", "no_health")
THEMES = ("relationships", "health", "specialist_support", "work", "emergent:time to think")
COUNTRIES = ("GB", "US", "CA", "AU", "NO; GB", "NG", "DE")
SAID = "Mentors said that it gave them time to think, and that they would do it again. "
ABSTRACT = "Doctors in three towns were asked about health, sleep and work, some of them by a mentor. " * 14
PROTOCOL = f"""
[review]
title = "A made-up review of many records"
question = "How long does its report take?"
{"".join(f'[[team]]{chr(10)}name = "{name}"{chr(10)}' for name in PEOPLE)}
[concepts.mentoring]
role = "I"
label = "Mentoring"
terms = ["mentor*"]

[strategies.all]
concepts = ["mentoring"]

[platforms.medline]
label = "MEDLINE"
platform = "ebscohost"

[screening.title-abstract]
votes = 2
reasons = [{{ code = "off_topic", text = "Off topic" }}, {{ code = "no_doctors", text = "Not on doctors" }}]

[screening.full-text]
reasons = [
    {{ code = "not_doctors", text = "Not on doctors" }},
    {{ code = "not_mentoring", text = "A passing mention of mentoring, no more; nothing on what came of it" }},
    {{ code = "no_health", text = "Health or well-being is not discussed" }},
]

[synthesis]
framework = "{FRAMEWORK}"
proforma = "{FORM}"
instruments = ["{CASP}", "{CERQUAL}"]
extraction = "double"
appraisal = "double"
"""


def main() -> None:
    """Print one row per run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the review is, or is made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        folder = asked.folder or Path(named)
        if not (folder / "protocol.toml").is_file():
            began = time.perf_counter()
            prepare(folder, asked.records)
            print(f"{asked.records:,} records made in {time.perf_counter() - began:.0f} s")
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
        print(f"{'what':<20} {'wall s':>7} {'cpu s':>6} {'peak MB':>8} {'files':>6} {'MB':>6}")
        run(folder, "flow alone", "--only", "flow")
        first = run(folder, "everything")
        second = run(folder, "everything, again")
        differing = sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))
        print("the same bytes" if not differing else f"DIFFERENT: {', '.join(differing)}")


def run(folder: Path, what: str, *options: str) -> dict[str, str]:
    """Run the command, print what it took, and give the hashes of what stands in out/."""
    began = time.perf_counter()
    child = subprocess.Popen([REVIEW, "report", "-C", folder, *options], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if child.returncode:
        sys.exit(f"review report ended with {child.returncode}")
    files = sorted(path for path in (folder / "out").rglob("*") if path.is_file())
    cpu, size = used.ru_utime + used.ru_stime, sum(path.stat().st_size for path in files)
    print(f"{what:<20} {wall:>7.1f} {cpu:>6.1f} {used.ru_maxrss / 1024:>8,.0f} {len(files):>6} {size / 1e6:>6.1f}")
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


# -- the review


def prepare(folder: Path, records: int) -> None:
    """Make the review."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "protocol.toml").write_text(PROTOCOL, "utf-8")
    workspace = open_workspace(folder, {})
    people = [workspace.actor(name) for name in PEOPLE]
    _find(workspace, records)
    evaluate_again(workspace.store, workspace.protocol, lambda *_: None)
    copies = [(n, n + records // 2) for n in range(5, records // 2, 10)]
    merges = [Entry("merge", {"reports": list(two), "rule": "doi", "score": 1.0}) for two in copies]
    _note(workspace, workspace.software(), merges)
    merged = {other for _, other in copies}
    _screen(workspace, people, [n for n in range(1, records + 1) if n not in merged])
    studies.name_new(workspace.store, workspace.software())
    with workspace.store.read() as connection:
        keys = [study.key for study in studies.studies(connection)]
    for kind, name in (("form", FORM), ("instrument", CASP), ("framework", FRAMEWORK)):
        versions.adopt(workspace.store, people[0], kind, name, folder)
    form = library.form(FORM, folder)
    for turn, person in enumerate(people):
        _note(workspace, person, list(_extracted(form, keys, turn)))
    _note(workspace, people[0], list(_synthesis(keys, people[0].person)))
    workspace.store.close()


def _note(workspace: Workspace, person: Actor, entries: Sequence[Entry]) -> None:
    with workspace.store.write() as connection:
        append_many(workspace.store, connection, person, entries)


def _find(workspace: Workspace, records: int) -> None:
    """Insert the searches and their records; reports are numbered from 1, source by source."""
    number = 0
    for at, (source, label, kind, share) in enumerate(SOURCES, 1):
        count = round(records * share)
        with workspace.store.write() as connection:
            facts = {"source": source, "label": label, "kind": kind, "status": "complete", "hits": count}
            facts |= {"method": "snowball" if kind == "citation" else "file", "query": "mentor*"}
            dates = {"searched_on": "2026-01-02", "started_at": "2026-01-02T03:04:05Z"}
            connection.execute(insert(schema.search).values(id=at, **facts, **dates, losses=[], notes=[]))
            for start in range(number, number + count, 10_000):
                end = min(start + 10_000, number + count)
                rows = [
                    {**as_row(made_up(n, kind)), "search": at, "page": None, "position": n - number, "matched": "yes"}
                    for n in range(start + 1, end + 1)
                ]
                connection.execute(insert(schema.record), rows)
            open_reports(connection, at)
        number += count


def made_up(number: int, kind: str) -> Record:
    """Give a record that reads like one; every report has authors of its own."""
    seed = number % 50 + 1
    extra = (("snowball", f"round 1, forward, from report {seed} (W{seed})"),) if kind == "citation" else ()
    return Record(
        title=f"Made-up report {number} on mentoring of doctors in hospitals and in practices", abstract=ABSTRACT,
        doi=f"10.5555/{number}", authors=(f"First{number}, A", f"Second{number % 130}, B", f"Third{number % 170}, C"),
        date=str(1990 + number % 36), journal=f"Journal of Examples {number % 90}", volume=str(number % 40),
        keywords=("mentoring", "doctors"), language="eng", extra=extra,
    )  # fmt: skip


def _screen(workspace: Workspace, people: Sequence[Actor], reports: Sequence[int]) -> None:
    """Vote on every report: two read each title, one each full text; most of what is read is excluded."""
    step = len(reports) // FULL_TEXTS
    chosen = reports[::step][:FULL_TEXTS]
    wanted, drawn = set(chosen), random.Random(1)
    for turn, person in enumerate(people):
        votes, settled = [], []
        for n in reports:
            verdict = "include" if n in wanted else "exclude"
            if turn and drawn.random() < 0.01:
                verdict, other = "exclude" if n in wanted else "include", verdict
                settled.append(_vote(n, "title-abstract", other, "off_topic"))
            votes.append(_vote(n, "title-abstract", verdict, "off_topic"))
        for start in range(0, len(votes), 20_000):
            _note(workspace, person, votes[start : start + 20_000])
        _note(workspace, person, settled)  # seen again, and changed
    gone = {n for at, n in enumerate(chosen) if at % 20 == 19}
    lost = {"outcome": "not_retrieved", "route": None, "note": None}
    _note(workspace, people[0], [Entry("retrieval", {"report": n, **lost}) for n in sorted(gone)])
    read = [n for n in chosen if n not in gone]
    kept = set(read[:: len(read) // INCLUDED][:INCLUDED])
    _note(workspace, people[0], [
        _vote(n, "full-text", "include" if n in kept else "exclude", REASONS[n % len(REASONS)]) for n in read
    ])  # fmt: skip


def _vote(report: int, stage: str, verdict: str, reason: str) -> Entry:
    reasons = [reason] if verdict == "exclude" else []
    return Entry("decision", {"report": report, "stage": stage, "verdict": verdict, "reasons": reasons, "note": None})


def _extracted(form: Form, keys: Sequence[str], turn: int) -> Iterator[Entry]:
    """Answer every field and judge every item of every study; the second person differs now and then."""
    instrument = library.instrument(CASP)
    for at, key in enumerate(keys):
        for number, field in enumerate(form.fields):
            where = {"quote": f"{SAID}{number}", "place": f"p. {number}"} if field.quote else {}
            value = _value(field, at + (turn if (at * 7 + number) % 200 == 0 else 0))
            yield entry(form, keys, Answer(key, field.id, value, **where))
        for number, item in enumerate(instrument.judged):
            code = (
                SAID
                if item.open
                else instrument.choices(item)[(at + number + turn * (at * 7 % 300 == number)) % 3].code
            )
            said = {"study": key, "instrument": CASP, "item": item.id, "response": code}
            yield Entry("judgement", {**said, "reason": SAID, "quote": None, "place": None})
        for sheet, version in ((f"form:{FORM}", form.version), (f"instrument:{CASP}", "1")):
            filled = {"study": key, "sheet": sheet, "role": "extractor", "state": "done", "version": version}
            yield Entry("filling", filled)


def _value(field: Field, at: int) -> Any:
    codes = [option.code for option in field.options]
    if field.type == "group":
        return [{sub.id: _value(sub, at + n) for sub in field.fields} for n in range(2)]
    if field.type in ("single", "multiple"):
        return codes[0] if field.id == "kind" and at % 4 else codes[at % len(codes)]
    plain = {"text": f"{SAID}{at}", "number": 10 + at, "country": COUNTRIES[at % len(COUNTRIES)], "date": "2014-05"}
    return plain.get(field.type, "Agree [4]: 12; Neutral [3]: 4")


def _synthesis(keys: Sequence[str], person: str) -> Iterator[Entry]:
    for n in range(CODINGS):
        yield Entry("coding", {
            "key": f"c{n}", "study": keys[n % len(keys)], "statement": f"H{n % 120}", "text": f"{SAID}{n % 120}",
            "component": THEMES[n % len(THEMES)], "subelement": None, "polarity": "++-0"[n // 7 % 4],
            "perspective": None, "evidence": None, "quote": f"{SAID}{n}", "place": f"p. {n % 20}", "file": None,
            "framework": f"{FRAMEWORK}@2013",
        })  # fmt: skip
    items = library.instrument(CERQUAL)
    for n in range(FINDINGS):
        refs = [[f"c{c}", person] for c in range(n, CODINGS, FINDINGS)]
        finding = {"key": f"F{n}", "theme": THEMES[n % 4], "statement": f"{SAID}{n}", "note": SAID}
        yield Entry("finding", {**finding, "supporting": refs[:-3], "contradicting": refs[-3:]})
        for item in items.judged:
            said = {"study": f"finding:F{n}", "instrument": CERQUAL, "item": item.id, "quote": None, "place": None}
            yield Entry("judgement", {**said, "response": items.choices(item)[n % 4].code, "reason": SAID})


if __name__ == "__main__":
    main()
