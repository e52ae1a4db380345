"""A review to extract: a form with every type of field, included reports, a full text; for tests of entry pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import papers
from browser import review

from review.protocol.model import Member, Synthesis
from review.record import Record
from review.stages import Workspace
from review.store import Entry, Store, append_many

FORM = """
name = "everything"
version = "1"
label = "Everything"
source = "made up for tests"

[[sections]]
title = "1 The paper"

[[sections.fields]]
id = "title"
label = "Title as printed"
prefill = "title"

[[sections.fields]]
id = "kind"
label = "Kind of paper"
type = "single"
required = true
[sections.fields.options]
research = "Research paper"
opinion = "Opinion"

[[sections.fields]]
id = "aim"
label = "Aim"
required = true
quote = true
guidance = "In the words of the authors, as far as they say it."

[[sections.fields]]
id = "location"
label = "Where"
type = "country"

[[sections]]
title = "2 The research"
when = { kind = "research" }

[[sections.fields]]
id = "n"
label = "Participants"
type = "number"
unit = "people"

[[sections.fields]]
id = "until"
label = "Data collected until"
type = "date"

[[sections.fields]]
id = "roles"
label = "Who took part"
type = "multiple"
[sections.fields.options]
mentors = "Mentors"
mentees = "Mentees"

[[sections.fields]]
id = "arms"
label = "Groups"
type = "group"
[[sections.fields.fields]]
id = "name"
label = "Name"
required = true
[[sections.fields.fields]]
id = "size"
label = "Size"
type = "number"

[[sections.fields]]
id = "survey"
label = "How satisfied"
type = "counts"

[[sections.fields]]
id = "outcomes"
label = "Outcomes"
type = "table"
[sections.fields.rows]
burnout = "Burnout"
health = "Health"
[[sections.fields.fields]]
id = "before"
label = "Before"
type = "number"
[[sections.fields.fields]]
id = "after"
label = "After"
type = "number"
"""


def extracting(
    folder: Path, store: Store, *, team: Sequence[str] = ("Ann",), by: str = "single", count: int = 2
) -> Workspace:
    """Include reports at full text under a protocol with the form and two instruments; the first has its full text."""
    records = [
        Record(title=f"Mentoring study {n}", authors=("Maker, A", "Other, B"), date=str(2000 + n), doi=f"10.5555/{n}")
        for n in range(1, count + 1)
    ]
    made = review(folder, store, records, team=[Member(name, ("reviewer",)) for name in team])
    (folder / "everything.toml").write_text(FORM)
    rules = Synthesis(extraction=by, appraisal=by)  # type: ignore[arg-type]
    named = ("casp-qualitative-2018", "mmat-2018")
    protocol = replace(made.protocol, proforma="everything.toml", instruments=named, synthesis=rules)
    workspace = Workspace(folder, protocol, store, {})
    ann = workspace.actor(team[0])
    votes = [
        Entry("decision", {"report": r, "stage": stage, "verdict": "include", "reasons": [], "note": None})
        for r in range(1, count + 1)
        for stage in ("title-abstract", "full-text")
    ]
    with store.write() as connection:
        append_many(store, connection, ann, votes)
    papers.add(store, ann, 1, papers.pdf(), name="made.pdf", pages=papers.numbered())
    return workspace
