"""Hard cases of deduplication (tests/data/duplicates/*.toml, all made up): add a case there, no code needed.

``expect`` says what a careful librarian would: *same* is merged by default, *apart* is not merged (and may be asked),
*ask* is not merged but shown. Cases of three records and more may give ``groups``: exactly these are merged, and
every other record of the case stays alone. Or they give ``never``: these pairs must not come together, the rest is
open. ``cochrane_updates = true`` turns that switch on. ``rule`` names the row that decides, for cases of which each
is decided by one row alone.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from review.record import Record
from searches.dedupe import Options, Result, find_duplicates

FOLDER = Path(__file__).parents[1] / "data" / "duplicates"
EXPECTATIONS = ("same", "apart", "ask", "groups")

Clusters = set[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table. ``groups`` and ``never`` are positions in ``records``."""

    name: str
    expect: str
    why: str
    records: tuple[Record, ...]
    groups: frozenset[tuple[int, ...]]
    never: tuple[tuple[int, int], ...]
    options: Options
    rule: str | None


def record(given: dict[str, Any]) -> Record:
    """Build a record; arrays become tuples, as deep as they go."""
    return Record(**{name: _frozen(value) for name, value in given.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def case(given: dict[str, Any]) -> Case:
    records = tuple(record(fields) for fields in given["records"])
    everything = [list(range(len(records)))] if given["expect"] == "same" else []
    groups = frozenset(tuple(sorted(group)) for group in given.get("groups", everything))
    options = Options(cochrane_updates=given.get("cochrane_updates", False))
    never = _frozen(given.get("never", []))
    return Case(given["name"], given["expect"], given["why"], records, groups, never, options, given.get("rule"))


CASES = tuple(
    case(given)
    for path in sorted(FOLDER.glob("*.toml"))
    for given in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
)
EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def fillers(number: int) -> list[Record]:
    """Make unrelated records: every word of a title, every family name and every DOI is used once."""
    chance = random.Random(4)
    words = [first + middle + last for first in SYLLABLES for middle in SYLLABLES for last in SYLLABLES]
    chance.shuffle(words)
    supply = iter(words)
    made = []
    for n in range(number):
        title = " ".join(next(supply) for _ in range(6)).capitalize()
        authors = tuple(f"{next(supply).capitalize()}, {chance.choice('ABCDEFGHJK')}." for _ in range(3))
        page = chance.randint(1, 900)
        made.append(
            Record(
                title=title,
                authors=authors,
                date=str(chance.randint(1995, 2022)),
                journal=chance.choice(("BMJ open", "PLoS ONE", "Injury", "Diabetes Care", "The Lancet")),
                volume=str(chance.randint(200, 400)),
                pages=f"{page}-{page + 6}" if n % 3 else None,
                doi=f"10.5555/filler.{n:04}" if n % 2 else None,
            )
        )
    return made


SYLLABLES = ("bra", "cli", "dor", "fen", "gul", "hap", "jin", "kos", "lum", "mer", "nid", "pov", "rus", "tag")
FILLERS = fillers(200)


def run(records: Sequence[Record], options: Options, *, backwards: bool) -> tuple[Clusters, list[tuple[int, int]]]:
    """Find duplicates, in either order of input: the clusters and the pairs to ask, in positions of ``records``."""

    def order(position: int) -> int:
        return len(records) - 1 - position if backwards else position

    result: Result = find_duplicates([records[order(n)] for n in range(len(records))], options=options)
    clusters = {tuple(sorted(map(order, cluster))) for cluster in result.clusters}
    return clusters, [(order(link.left), order(link.right)) for link in result.unsure]


def fault(case: Case, clusters: Clusters, asked: Sequence[tuple[int, int]], *, start: int = 0) -> str | None:
    """Say what is wrong with a case whose records begin at position ``start``, ``None`` when nothing is."""
    own = range(start, start + len(case.records))
    found = {tuple(n - start for n in cluster) for cluster in clusters if any(n in own for n in cluster)}
    if any(n not in range(len(own)) for cluster in found for n in cluster):
        return "merged with a record of another case"
    if case.never:
        joined = [pair for pair in case.never if any(set(pair) <= set(cluster) for cluster in found)]
        return f"joined {joined}" if joined else None
    if found != case.groups:
        return f"merged {sorted(found)} instead of {sorted(case.groups)}"
    if case.expect == "ask" and not any(left in own and right in own for left, right in asked):
        return "not shown"
    return None


@EACH
@pytest.mark.parametrize("backwards", [False, True], ids=["", "backwards"])
def test_alone(case: Case, backwards: bool) -> None:
    assert fault(case, *run(case.records, case.options, backwards=backwards)) is None, case.why


@pytest.mark.parametrize("case", [case for case in CASES if case.rule], ids=lambda case: case.name)
def test_the_row_that_decides(case: Case) -> None:
    result = find_duplicates(case.records, options=case.options)
    assert [link.rule for link in (*result.links, *result.unsure)] == [case.rule]


@EACH
@pytest.mark.parametrize("backwards", [False, True], ids=["", "backwards"])
def test_among_unrelated_records(case: Case, backwards: bool) -> None:
    clusters, asked = run([*case.records, *FILLERS], case.options, backwards=backwards)
    assert fault(case, clusters, asked) is None, case.why
    assert all(min(cluster) < len(case.records) for cluster in clusters)


@pytest.mark.parametrize("backwards", [False, True], ids=["", "backwards"])
@pytest.mark.parametrize("cochrane_updates", [False, True], ids=["default", "cochrane"])
def test_all_cases_in_one_pool(cochrane_updates: bool, backwards: bool) -> None:
    """A case comes out as it does alone, whatever else is in the library."""
    chosen = [case for case in CASES if case.options.cochrane_updates == cochrane_updates]
    pool = [record for case in chosen for record in case.records]
    clusters, asked = run(pool, Options(cochrane_updates=cochrane_updates), backwards=backwards)
    wrong, start = [], 0
    for case in chosen:
        if said := fault(case, clusters, asked, start=start):
            wrong.append(f"{case.name}: {said}")
        start += len(case.records)
    assert not wrong, "; ".join(wrong)


def test_table_is_well_formed() -> None:
    assert CASES and len({case.name for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.expect in EXPECTATIONS, case.name
        assert len(case.records) >= 2 and case.why.endswith("."), case.name
        assert (case.expect in ("same", "groups")) == bool(case.groups), case.name
        assert not case.never or case.expect == "apart", case.name


def test_every_doi_is_under_the_test_prefix() -> None:
    for case in CASES:
        for each in case.records:
            assert each.doi is None or "10.5555" in each.doi, case.name
            assert all(getattr(each, field.name) != "" for field in fields(Record)), case.name
