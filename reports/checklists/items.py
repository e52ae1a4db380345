"""A reporting checklist: its items, read from a file, and the table that they make with what the log says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from reports.table import Table, table

if TYPE_CHECKING:
    from reports.material import Material

NAMES = ("prisma_2020", "prisma_abstracts", "prisma_scr", "entreq", "swim")
"""The checklists that are files of this folder; PRISMA-S and the PRESS form follow from the searches alone."""
COLUMNS = ("No.", "Section", "Topic", "What it asks for", "Where", "What the log says", "State", "For the authors")
TO_FILL, IN_PART, KNOWN = "to fill in", "in part", "from the log"
PROMPT = "To fill in: "
SILENT = "The log cannot know this."
EMPTY = "the log holds nothing of this yet."


@dataclass(frozen=True, slots=True)
class Item:
    """One item; ``fact`` names what of the log answers it, ``prompt`` is what only the authors can write."""

    number: str
    section: str
    topic: str
    asks: str
    fact: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """A guideline's items in its own order, with its citation."""

    name: str
    label: str
    citation: str
    items: tuple[Item, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the log says of an item, where that stands below ``out/``, and what is missing there.

    ``holds``: whether the log holds anything of this kind at all.
    """

    says: str = SILENT
    where: str = ""
    asks: str | None = None
    holds: bool = True


def place(m: Material, *names: str) -> str:
    """Give where some tables stand, of those that there are."""
    there = {one.name for one in m.tables}
    return ", ".join(f"tables/{name}" for name in names if name in there)


Answers = Mapping[str, Callable[[], Found]]
"""Fact -> what the log says of it; asked only when an item names it."""


@cache
def read(name: str) -> Checklist:
    """Read one of the folder's checklists."""
    content = tomllib.loads((files("reports.checklists") / f"{name}.toml").read_text("utf-8"))
    items = tuple(Item(**entry) for entry in content["items"])
    return Checklist(name, content["label"], content["citation"], items, content.get("note"))


def filled(checklist: Checklist, answers: Answers) -> Table:
    """Make the table of a checklist: every item with place and evidence where the log knows, else with a prompt.

    Raises
    ------
    KeyError
        An item names a fact that there is not; a test asks for every one.
    """
    rows = [_row(item, answers[item.fact]() if item.fact else Found(holds=False)) for item in checklist.items]
    states = [row[COLUMNS.index("State")] for row in rows]
    sums = ", ".join(f"{state} {states.count(state)}" for state in (KNOWN, IN_PART, TO_FILL))
    notes = (f"Items: {sums}.", "Add the page of the manuscript to each place.", checklist.note, checklist.citation)
    return table(checklist.name, checklist.label, COLUMNS, rows, note="\n".join(note for note in notes if note))


def _row(item: Item, found: Found) -> tuple[str, ...]:
    asks = [ask for ask in (found.asks, item.prompt) if ask] or ([] if found.holds else [EMPTY])
    state = TO_FILL if not found.holds else IN_PART if asks else KNOWN
    prompts = " ".join(f"{PROMPT}{ask}" for ask in asks)
    return item.number, item.section, item.topic, item.asks, found.where, found.says, state, prompts
