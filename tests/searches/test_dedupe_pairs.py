"""Pairs written by hand (tests/data/dedupe/pairs.json, all of them made up): add a line there, no code needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.record import Record
from searches.dedupe import REASONS, Options, find_duplicates

PAIRS = json.loads((Path(__file__).parents[1] / "data" / "dedupe" / "pairs.json").read_text(encoding="utf-8"))


def record(fields: dict[str, Any]) -> Record:
    return Record(**{**fields, "authors": tuple(fields.get("authors", ()))})


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["note"] for pair in PAIRS])
def test_pair(pair: dict[str, Any]) -> None:
    result = find_duplicates([record(pair["left"]), record(pair["right"])])
    found = "duplicate" if result.clusters else "unsure" if result.unsure else "different"
    assert found == pair["expected"], (result.links, result.unsure)
    assert all(link.rule in REASONS for link in (*result.links, *result.unsure))


def test_cochrane_switch_joins_versions() -> None:
    pair = next(pair for pair in PAIRS if pair["note"] == "versions of one Cochrane review")
    records = [record(pair["left"]), record(pair["right"])]
    result = find_duplicates(records, options=Options(cochrane_updates=True))
    assert result.clusters == ((0, 1),)
    assert result.links[0].rule == "cochrane_update"
