"""Which reports probably are of one study: made-up pairs, each named by its trait (tests/data/companions)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from extraction import companions
from review.record import Record

DATA = Path(__file__).parents[1] / "data" / "companions"
CASES: list[dict[str, Any]] = [
    case for path in sorted(DATA.glob("*.toml")) for case in tomllib.loads(path.read_text("utf-8"))["case"]
]
REGISTRIES: list[dict[str, str]] = tomllib.loads(Path(companions.__file__).with_suffix(".toml").read_text("utf-8"))[
    "registries"
]


def record(given: dict[str, Any]) -> Record:
    pairs = {"identifiers", "extra"}
    return Record(**{
        name: tuple(map(tuple, value)) if name in pairs else tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
    })  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["trait"])
def test_a_pair_is_told_by_its_trait(case: dict[str, Any]) -> None:
    reports = {1: record(case["left"]), 2: record(case["right"])}
    found = companions.companions(reports, [(2, 1)] if case.get("judged") else [])
    assert [(one.left, one.right, one.strength) for one in found] == (
        [] if case["expect"] == "none" else [(1, 2, case["expect"])]
    ), found
    assert case.get("reason", "") in " ".join(reason for one in found for reason in one.reasons)


def test_among_all_others_each_pair_is_found_and_no_other() -> None:
    """The pairs of all cases side by side, 300 unrelated reports between them."""
    reports = {10 * n + side: record(case[name])
               for n, case in enumerate(CASES) for side, name in ((1, "left"), (2, "right"))}  # fmt: skip
    reports |= {
        1000 + n: Record(title=f"Report {n} on topic {n % 7} of doctors", authors=(f"Maker{n}, A", f"Own{n}, B"))
        for n in range(300)
    }
    found = companions.companions(reports, [(10 * n + 1, 10 * n + 2) for n, c in enumerate(CASES) if c.get("judged")])
    pairs = {(one.left, one.right) for one in found}
    wanted = {(10 * n + 1, 10 * n + 2) for n, case in enumerate(CASES) if case["expect"] != "none"}
    assert wanted <= pairs
    assert pairs == wanted, "authors that are strangers to each other are brought together"


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry["name"])
def test_the_number_of_each_registry_is_known(registry: dict[str, str]) -> None:
    (found,) = companions.registrations(f"It was registered ({registry['example']}).")
    assert companions.registrations(f"It was registered ({registry['example'].lower()}).") == {found}
    assert not companions.registrations(f"x{registry['example']}9", "PROSPERO CRD42020123456")
