"""The CSV of the R package PRISMA2020, both ways: its columns, its keys, and its way of writing reasons.

It has no place for reasons at title and abstract, for who or what excluded, for a source's records without duplicates,
for appraisal and synthesis, nor for footnotes: they are not written.

The package splits reasons at semicolons and each at its first comma, so these two are written as look-alikes inside a
label and read back as themselves.
Source: https://github.com/prisma-flowdiagram/PRISMA2020, inst/extdata/PRISMA.csv, checked 2026-11-22.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from reports.clean import legal
from reports.flow.counts import BOXES, META_ANALYSIS, Count, Flow
from reports.words import wording
from review.errors import ReviewError

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")

# (key, node, box) in the package's order; a key of "NA" is a title or a phase, named by its box.
ROWS: tuple[tuple[str, str, str], ...] = (
    ("NA", "node4", "prevstud"), ("previous_studies", "node5", "box1"), ("previous_reports", "NA", "box1"),
    ("NA", "node6", "newstud"), ("database_results", "node7", "box2"), ("database_specific_results", "NA", "box2"),
    ("register_results", "NA", "box2"), ("register_specific_results", "NA", "box2"), ("NA", "node16", "othstud"),
    ("website_results", "node17", "box11"), ("organisation_results", "NA", "box11"),
    ("citations_results", "NA", "box11"), ("other_results", "NA", "box11"), ("duplicates", "node8", "box3"),
    ("excluded_automatic", "NA", "box3"), ("excluded_other", "NA", "box3"), ("records_screened", "node9", "box4"),
    ("records_excluded", "node10", "box5"), ("dbr_sought_reports", "node11", "box6"),
    ("dbr_notretrieved_reports", "node12", "box7"), ("other_sought_reports", "node18", "box12"),
    ("other_notretrieved_reports", "node19", "box13"), ("dbr_assessed", "node13", "box8"),
    ("dbr_excluded", "node14", "box9"), ("other_assessed", "node20", "box14"), ("other_excluded", "node21", "box15"),
    ("new_studies", "node15", "box10"), ("new_reports", "NA", "box10"), ("total_studies", "node22", "box16"),
    ("total_reports", "NA", "box16"), ("NA", "node1", "identification"), ("NA", "node2", "screening"),
    ("NA", "node3", "included"), ("total_studies_ma", "node23", "box17"), ("total_reports_ma", "NA", "box17"),
)  # fmt: skip

LISTS: Mapping[str, str] = {
    "database_specific_results": "databases", "register_specific_results": "registers",
    "dbr_excluded": "dbr_reasons", "other_excluded": "other_reasons",
}  # fmt: skip
"""Key of a row that holds "label, n; label, n" -> the field of Flow."""

_KEYS = frozenset({*BOXES, *META_ANALYSIS})
_LOOK_ALIKE = str.maketrans({",": "‚", ";": "\u204f"})
_BACK = str.maketrans({"‚": ",", "\u204f": ";"})


def to_csv(flow: Flow) -> bytes:
    """Write a flow as the package reads it: UTF-8, one row per box, an empty ``n`` where nothing is reported."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, node, box in ROWS:
        label = _label(key, box, updated=flow.updated)
        writer.writerow((key, node, box, label, label, "NA" if node == "NA" else label, f"{_name(key, box)}.html",
                         _n(flow, key)))  # fmt: skip
    return out.getvalue().encode()


def from_csv(data: bytes) -> Flow:
    """Read such a file, ours or one of the package's.

    Raises
    ------
    ReviewError
        It is not that CSV, or a number in it is none; the message names the row.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except UnicodeDecodeError as error:
        raise ReviewError("the flow CSV is not UTF-8", hint="save it as CSV UTF-8") from error
    if not rows or not {"data", "n"} <= rows[0].keys():
        raise ReviewError("this is no flow CSV of PRISMA2020", hint=f"its columns are {', '.join(COLUMNS)}")
    values: dict[str, Any] = {}
    for row in rows:
        key, text = (row["data"] or "").strip(), (row["n"] or "").strip()
        if key in LISTS and "," in text:
            counts = tuple(_count(key, part) for part in text.split(";") if part.strip())
            values[LISTS[key]] = counts
            if key in BOXES:
                values[key] = None if any(c.n is None for c in counts) else sum(c.n or 0 for c in counts)
        elif key in _KEYS:
            values[key] = _whole(key, text)
    return Flow(**values)


def _name(key: str, box: str) -> str:
    return box if key == "NA" else key


def _label(key: str, box: str, *, updated: bool) -> str:
    words = wording()
    if key == "NA":
        return str(words["phases"].get(box) or words["columns_updated"][box])
    if key.endswith("_specific_results"):
        return str(words["boxes"][key.replace("_specific", "")])
    return str((words["boxes_updated"].get(key) if updated else None) or words["boxes"][key])


def _n(flow: Flow, key: str) -> str:
    counts: Iterable[Count] = getattr(flow, LISTS[key]) if key in LISTS else ()
    if counts:
        return "; ".join(f"{_written(c.label)}, {'' if c.n is None else c.n}" for c in counts)
    value = getattr(flow, key) if key in _KEYS else None
    return "" if value is None else str(value)


def _written(label: str) -> str:
    return " ".join(legal(label).split()).translate(_LOOK_ALIKE)


def _count(key: str, part: str) -> Count:
    label, _, n = part.rpartition(",")
    return Count(label.strip().translate(_BACK), _whole(key, n.strip()))


def _whole(key: str, text: str) -> int | None:
    if text in ("", "NA", "xxx"):
        return None
    if not text.isdecimal():
        raise ReviewError(f"flow CSV, row {key}: “{text}” is not a whole number", hint="leave unknown numbers empty")
    return int(text)
