"""The table of citation searching: round by round with its denominators, then seed by seed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reports.flow.rounds import Round, Rounds, total
from reports.search_facts import NOT_RECORDED
from reports.table import Table, table

_COUNTS: Mapping[str, str] = {
    "Entries": "hits", "Known from databases or registers": "main", "Known from other methods": "elsewhere",
    "Known from an earlier round": "earlier", "Repeated in the round": "repeated", "New": "new",
    "New, screened": "screened", "New, included": "included",
}  # fmt: skip
_NOTE = """\
An entry is one document on the list of one seed in one citation index. Entries = known from databases or registers + \
known from other methods + known from an earlier round + repeated in the round + new. Backward: what the seeds cite; \
forward: what cites them. New: reports that no other search brought in; they are counted in the flow diagram under \
citation searching."""
_SEEDS_NOTE = """\
Entries stand before duplicates were taken out; different reports are counted once per seed, and in the last row once \
over all seeds."""


def snowballing(rounds: Rounds | None) -> Iterator[Table]:
    """Make the blocks of the table; without citation searching there are none."""
    if rounds is None:
        return
    title = "Citation searching"
    columns = ("Round", "Direction", "Citation indexes", "Seeds", *_COUNTS)
    sums = total(rounds.rounds)
    last = ("All rounds", "", "", "", *(f"{sums[name]:,}" for name in _COUNTS.values()))
    unfinished = sum(one.unfinished for one in rounds.rounds)
    note = _NOTE + (f" Searches that are not complete, and not counted: {unfinished:,}." if unfinished else "")
    cells = [*map(_row, rounds.rounds), *([last] if len(rounds.rounds) > 1 else [])]
    yield table("snowballing", title, columns, cells, note=note, block="by round")
    if rounds.followed:
        silent = rounds.seeds - len(rounds.followed)
        more = f" Seeds without an entry, or whose searches are not complete, are not listed: {silent:,}."
        note = _SEEDS_NOTE + (more if silent > 0 else "")
        yield table("snowballing", title, _SEEDS, list(_seeds(rounds)), note=note, block="by seed")


_SEEDS = ("Seed", "Report", "Entries, backward", "Entries, forward", "Different reports", "Of these, included")


def _row(one: Round) -> tuple[str | None, ...]:
    known = one.hits or one.unfinished < one.searches
    counts = (f"{getattr(one, name):,}" if known else None for name in _COUNTS.values())
    number = NOT_RECORDED if one.number is None else str(one.number)
    return number, one.direction or NOT_RECORDED, "; ".join(one.indexes), f"{one.seeds:,}", *counts


def _seeds(rounds: Rounds) -> Iterator[tuple[str, ...]]:
    for seed in rounds.followed:
        counts = (seed.backward, seed.forward, seed.reports, seed.included)
        yield seed.label, str(seed.report), *(f"{n:,}" for n in counts)
    backward, forward = (sum(getattr(s, way) for s in rounds.followed) for way in ("backward", "forward"))
    yield "All seeds", "", f"{backward:,}", f"{forward:,}", f"{rounds.reports:,}", f"{rounds.included:,}"
