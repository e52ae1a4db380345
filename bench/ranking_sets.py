"""Labelled sets of records for the ranking's measurements. No model is called here.

A set is a folder with ``records.csv``: ``title, abstract, label_included`` (after full text) and ``label_abstract``
(passed title and abstract), 1 or 0. Rows without ``label_included`` are left out. Where the first stage was recorded,
a set is two tasks.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

csv.field_size_limit(sys.maxsize)

QUESTIONS = {
    "kitchenham_2010": "Which systematic literature reviews have been published in software engineering: "
    "evidence-based software engineering, systematic reviews, mapping studies, meta-analyses of software research",
    "kwok_2020_virus": "Virus metagenomics in farm animals: next-generation sequencing of the viruses (virome) in "
    "pigs, cattle, poultry, sheep and other livestock",
    "nagtegaal_2019": "Nudging healthcare professionals (physicians, nurses) towards evidence-based medicine: "
    "interventions that change the choice architecture, such as defaults, reminders, alerts, feedback, framing and "
    "social norms",
    "van_de_schoot_2017_ptsd": "Trajectories of posttraumatic stress disorder (PTSD) symptoms after trauma: "
    "longitudinal studies with latent growth mixture modelling or latent class growth analysis",
}
"""One sentence per set, written from its review's title and description, not tuned."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set with the labels of one stage."""

    name: str
    label: str
    titles: tuple[str, ...]
    abstracts: tuple[str, ...]
    labels: tuple[bool, ...]


def sets(data: Path) -> Iterator[Labelled]:
    """Read every set of a folder, by name: the final labels, then those of title and abstract where recorded."""
    for folder in sorted(path.parent for path in data.glob("*/records.csv")):
        with (folder / "records.csv").open(encoding="utf-8-sig", newline="") as source:
            rows = [row for row in csv.DictReader(source) if row["label_included"]]
        for label in ("label_included", "label_abstract"):
            labels = tuple(float(row[label] or 0) > 0 for row in rows)
            if any(labels) and not (label == "label_abstract" and not any(row[label] for row in rows)):
                titles, abstracts = (tuple(row[column] for row in rows) for column in ("title", "abstract"))
                yield Labelled(folder.name, label, titles, abstracts, labels)
