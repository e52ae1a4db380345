"""The PRISMA-S checklist: for each of its sixteen items what the log says, where, and what the authors have to add.

Names, order and prompts are in ``wording/prisma_s.toml``. An item is never said to be met where the log cannot know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports import search_facts as facts
from reports.rows import SearchRow
from reports.search_facts import NOT_RECORDED, WORDS, SearchLog
from reports.search_tables import by_source, direction, seeds
from reports.table import Table, table
from review import __version__
from review.text import many

_PROMPTS: Mapping[str, str] = WORDS["prompts"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the log says of an item, and what is missing there."""

    says: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    holds: bool = True
    """Whether the log holds anything of this kind; if not, the item's own prompt is asked."""


def section(name: str) -> str:
    """Give the numbered heading of a section of the appendix.

    >>> section("sources")
    'Section 1: Sources and dates'
    """
    return f"Section {1 + list(WORDS['sections']).index(name)}: {WORDS['sections'][name]}"


def checklist(log: SearchLog) -> Table:
    """Make the checklist: number, item, place, what the log says, and prompts for the authors."""
    cells = [_row(item, _FILLERS.get(item["number"], _nothing)(log)) for item in WORDS["items"]]
    columns = ("No.", "Item", "What it asks for", "Where", "What the log says", "State", "For the authors")
    return table("prisma_s", WORDS["sections"]["checklist"], columns, cells, note=WORDS["citation"])


def answer(number: int, log: SearchLog) -> Found:
    """Give what the log says of one item."""
    return _FILLERS[number](log)


def _row(item: Mapping[str, Any], found: Found) -> tuple[str, ...]:
    asks = (*([item["always"]] if "always" in item else []), *found.asks)
    asks += () if found.holds or "empty" not in item else (item["empty"],)
    state = "to fill in" if asks and not (found.says and found.holds) else "in part" if asks else "from the log"
    prompts = " ".join(f"{WORDS['prompt']}{ask}" for ask in asks)
    said = " ".join(found.says) or "The log cannot know this."
    return str(item["number"]), item["name"], item["asks"], section(item["section"]), said, state, prompts


def _nothing(log: SearchLog) -> Found:
    return Found(holds=False)


def _listed(log: SearchLog, kinds: Sequence[str], what: str) -> Found:
    """Name the searches of some kinds with their platforms; ask for what is not recorded of them."""
    rows = facts.of_kind(log.rows, *kinds)
    if not rows:
        return Found((f"The log holds no {what}.",), holds=False)
    names = dict.fromkeys(_with_platform(row, log) for row in rows)
    return Found((f"{many(len(rows), 'search')}: {'; '.join(names)}.",))


def _with_platform(row: SearchRow, log: SearchLog) -> str:
    where = facts.platform(row, log.known)
    return f"{row.facts['label']} ({where or 'platform ' + NOT_RECORDED})"


def _databases(log: SearchLog) -> Found:
    found = _listed(log, ("database",), "search of a database")
    bare = [row for row in facts.of_kind(log.rows, "database") if facts.platform(row, log.known) is None]
    return Found(found.says, _ask("platform", bare), found.holds)


def _together(log: SearchLog) -> Found:
    per: dict[str, dict[str, None]] = {}
    for row in facts.of_kind(log.rows, "database"):
        where = facts.platform(row, log.known)
        if where and row.facts["method"] == "file":
            per.setdefault(where, {})[row.facts["label"]] = None
    several = {where: labels for where, labels in per.items() if len(labels) > 1}
    if not several:
        return Found(("The log names no platform on which more than one database was searched.",))
    lists = "; ".join(f"{where}: {', '.join(labels)}" for where, labels in several.items())
    return Found((f"{lists}. Each stands in the log as a search of its own.",), (_PROMPTS["together"],))


def _browsed(log: SearchLog) -> Found:
    found = _listed(log, ("website", "organisation"), "web site or organisation")
    return Found(found.says, _ask("browsed", facts.of_kind(log.rows, "website", "organisation")), found.holds)


def _citations(log: SearchLog) -> Found:
    rows = facts.of_kind(log.rows, "citation")
    if not rows:
        return Found(("The log holds no citation search.",), holds=False)
    says = [
        f"Search {row.facts['id']}: {row.facts['label']}, direction {direction(row) or NOT_RECORDED}, starting reports:"
        f" {facts.count(seeds(row))}, {many(row.records, 'record')}."
        for row in rows
    ]
    return Found(tuple(says))


def _strategies(log: SearchLog) -> Found:
    bare = [row for row in log.rows if not row.facts["query"]]
    given = len(log.rows) - len(bare)
    said = f"Of {many(len(log.rows), 'search')} {given:,} with the strategy in full, as sent or as given at import."
    return Found((said,), _ask("strategy", bare) if given else (), holds=bool(given))


def _limits(log: SearchLog) -> Found:
    limits = facts.limits_of(log.protocol)
    if not limits:
        return Found(("No limits were used.",))
    return Found((f"{'; '.join(limits)}.",), (_PROMPTS["why_limits"],))


def _updates(log: SearchLog) -> Found:
    says = [
        f"Search {row.facts['id']} ({facts.dates(row)}) updates search {before}."
        for row in log.rows
        if (before := facts.update_of(row))
    ]
    return Found(tuple(says) or ("No search in the log is an update of an earlier one.",), holds=bool(says))


def _dates(log: SearchLog) -> Found:
    days = sorted(day for row in log.rows if (day := facts.searched_on(row)))
    bare = [row for row in log.rows if facts.searched_on(row) is None]
    if not days:
        return Found(("The log holds no date of a search.",), holds=False)
    return Found((f"From {days[0]} to {days[-1]}; the day of each search is given.",), _ask("date", bare))


def _records(log: SearchLog) -> Found:
    rows = by_source(log.rows).rows
    said = tuple(f"{source}: {records}." for source, _, _, records, *_ in rows)
    open_ = [row for row in log.rows if row.facts["status"] != "complete"]
    return Found(said, _ask("unfinished", open_), holds=bool(rows))


def _deduplication(log: SearchLog) -> Found:
    if not log.rows:
        return Found(holds=False)
    records, duplicates = sum(r.records for r in log.rows), sum(r.duplicates for r in log.rows)
    names = ", ".join(name for name, _ in log.merging.rules)
    by = f" Rules that merged: {names}." if names else " Nothing was merged."
    return Found(
        (
            f"narrative-review {__version__}: {many(duplicates, 'duplicate record')} among {records:,}, leaving"
            f" {many(records - duplicates, 'report')}.{by}",
        ),
        holds=bool(log.merging.rules),
    )


def _ask(prompt: str, rows: Sequence[SearchRow]) -> tuple[str, ...]:
    return (_PROMPTS[prompt].format(which=facts.named(rows)),) if rows else ()


_FILLERS: Mapping[int, Callable[[SearchLog], Found]] = {
    1: _databases,
    2: _together,
    3: lambda log: _listed(log, ("register",), "search of a study register"),
    4: _browsed,
    5: _citations,
    7: lambda log: _listed(log, ("other",), "search by another method"),
    8: _strategies,
    9: _limits,
    12: _updates,
    13: _dates,
    15: _records,
    16: _deduplication,
}
"""Item -> what the log says of it; the others only people know."""
