"""Citation searching: seeds, both directions, every way noted, and what was known before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import responses
from sqlalchemy import update

from review.errors import StageError
from review.protocol import Protocol
from review.record import Record
from review.store import Actor, Store, append, schema
from review.store.events import enrol
from searches import rows
from searches.registry import SOURCES
from searches.run import Access, Place, run_search
from searches.snowball import Seed, seed, snowball
from searches.source import Credentials
from searches.transport import Line

WORKS: dict[str, dict[str, Any]] = {
    # S1 and S2 are included; S1 cites A and S2; B cites S1; C cites both; D cites nobody
    "S1": {"id": "W1", "doi": "10.5555/1", "cites": ["W10", "W2"]},
    "S2": {"id": "W2", "doi": "10.5555/2", "cites": []},
    "A": {"id": "W10", "doi": "10.5555/known", "cites": []},
    "B": {"id": "W11", "doi": "10.5555/b", "cites": ["W1"]},
    "C": {"id": "W12", "doi": None, "cites": ["W1", "W2"]},
    "D": {"id": "W13", "doi": "10.5555/d", "cites": []},
}  # fmt: skip


def answer(request: Any, asked: list[str]) -> tuple[int, dict[str, str], str]:
    scheme, _, values = request.params["filter"].partition(":")
    asked.append(f"{scheme}:{values}")
    wanted = set(values.split("|"))

    def fits(work: dict[str, Any]) -> bool:
        return bool(wanted & {"openalex": {work["id"]}, "doi": {work["doi"]}, "cites": set(work["cites"])}[scheme])

    found = [
        {
            "id": f"https://openalex.org/{w['id']}",
            "title": name,
            "doi": w["doi"] and f"https://doi.org/{w['doi']}",
            "referenced_works": [f"https://openalex.org/{c}" for c in w["cites"]],
        }
        for name, w in WORKS.items()
        if fits(w)
    ]
    return 200, {}, json.dumps({"meta": {"count": len(found), "page": 1}, "results": found})


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def access(wire: responses.RequestsMock, asked: list[str]) -> Access:
    wire.add_callback(responses.GET, "https://api.openalex.org/works", callback=lambda r: answer(r, asked))
    source = SOURCES["openalex"]
    return Access(source, Credentials(), Line(source.about, Credentials(), sleep=lambda _: None).send)


@pytest.fixture
def included(store: Store) -> Store:
    """Give a store with reports 1 to 4: two included at full text, one excluded there, one waiting."""
    dois = ["10.5555/1", "10.5555/2", "10.5555/3", "10.5555/known"]
    with store.write() as connection:
        facts = {
            "source": "x",
            "label": "X",
            "kind": "database",
            "method": "file",
            "started_at": "",
            "status": "complete",
        }
        search = rows.start_search(connection, facts)
        rows.add_records(connection, search, [(n, Record(title=f"t{n}", doi=d), "yes") for n, d in enumerate(dois, 1)])
        hash_ = "0" * 64
        connection.execute(schema.protocol_version.insert().values(hash=hash_, text="", at=""))
        actor = Actor(enrol(store, connection, "Ada"), hash_)
    votes = [(1, "title-abstract", "include"), (2, "title-abstract", "include"), (3, "title-abstract", "include"),
             (1, "full-text", "include"), (2, "full-text", "include"), (3, "full-text", "exclude")]  # fmt: skip
    for report, stage, verdict in votes:
        append(
            store,
            actor,
            "decision",
            {"report": report, "stage": stage, "verdict": verdict, "reasons": [], "note": None},
        )
    return store


def ways(store: Store, search: int) -> dict[str | None, list[str]]:
    with store.read() as connection:
        found = rows.records_in(connection, search)
    return {r.title: [value for tag, value in r.extra if tag == "snowball"] for r in found}


def test_both_directions_with_every_way_noted(
    place: Place, protocol: Protocol, access: Access, included: Store, asked: list[str]
) -> None:
    done = snowball(place, protocol, "both", access)
    assert asked == ["doi:10.5555/1|10.5555/2", "openalex:W10|W2", "cites:W1|W2"]
    assert ways(included, done.outcome.search) == {
        "A": ["round 1, backward, from report 1 (W1)"],
        "S2": ["round 1, backward, from report 1 (W1)"],
        "S1": ["round 1, forward, from report 2 (W2)"],
        "B": ["round 1, forward, from report 1 (W1)"],
        "C": ["round 1, forward, from report 1 (W1)", "round 1, forward, from report 2 (W2)"],
    }
    # A is known by its DOI, S1 and S2 are the seeds themselves; B and C are new
    assert (done.seeds, done.new, done.known) == (2, 2, 3)
    outcome = done.outcome
    assert (outcome.status, outcome.hits, outcome.records, outcome.unknown) == ("complete", 5, 5, 5)
    with included.read() as connection:
        row = rows.search_row(connection, outcome.search)
    assert (row["kind"], row["method"], row["source"]) == ("citation", "snowball", "openalex")
    assert row["query"] == "both: doi:10.5555/1, doi:10.5555/2"


@pytest.mark.parametrize(("direction", "titles"), [("backward", {"A", "S2"}), ("forward", {"S1", "B", "C"})])
def test_one_direction(
    place: Place, protocol: Protocol, access: Access, included: Store, direction: Any, titles: set[str]
) -> None:
    done = snowball(place, protocol, direction, access)
    found = ways(included, done.outcome.search)
    assert set(found) == titles
    assert all(direction in way for some in found.values() for way in some)


def test_the_same_round_is_not_asked_again(
    place: Place, protocol: Protocol, access: Access, included: Store, asked: list[str]
) -> None:
    first = snowball(place, protocol, "both", access)
    count = len(asked)
    assert snowball(place, protocol, "both", access) == first
    assert len(asked) == count


def test_a_round_that_stopped_goes_on(
    place: Place, protocol: Protocol, access: Access, included: Store, asked: list[str]
) -> None:
    def stop(request: Any) -> Any:
        if dict(request.params)["filter"].startswith("cites:"):
            raise KeyboardInterrupt
        return access.send(request)

    with pytest.raises(KeyboardInterrupt):
        snowball(place, protocol, "both", replace(access, send=stop))
    done = snowball(place, protocol, "both", access)
    assert (done.outcome.status, done.outcome.records) == ("complete", 5)
    assert asked.count("openalex:W10|W2") == 1, "what had come is not asked again"


def test_replies_about_seeds_are_kept_too(place: Place, protocol: Protocol, access: Access, included: Store) -> None:
    done = snowball(place, protocol, "both", access)
    files = sorted(p.name for p in place.folder.glob("raw/openalex/*"))
    assert files == [f"{done.outcome.search}-{n}.gz" for n in (1, 2, 3)]


def test_a_seed_that_openalex_does_not_have_is_a_loss(
    place: Place, protocol: Protocol, access: Access, included: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(WORKS, "S2")
    done = snowball(place, protocol, "forward", access)
    assert {
        "what": "not followed, not found in OpenAlex: report 2",
        "effect": "narrower",
    } in done.outcome.losses


def test_the_next_round_has_its_number(place: Place, protocol: Protocol, access: Access, included: Store) -> None:
    snowball(place, protocol, "backward", access)
    second = snowball(place, protocol, "forward", access)
    assert all("round 2" in way for some in ways(included, second.outcome.search).values() for way in some)


def test_nothing_included_is_nothing_to_start_from(
    place: Place, protocol: Protocol, access: Access, filled: Store
) -> None:
    with pytest.raises(StageError, match="no report is included"):
        snowball(replace(place, store=filled), protocol, "both", access)


def test_what_a_seed_is_looked_up_by() -> None:
    by_work = [Record(source_id="70000001"), Record(source_id="W7", doi="10.5555/7")]
    assert seed(1, by_work) == Seed(1, "openalex", "W7")
    assert seed(1, [Record(pmid="8"), Record(doi="10.5555/8", pmid="9")]) == Seed(1, "doi", "10.5555/8")
    assert seed(1, [Record(doi="10.5555/a,b", pmid="9")]) == Seed(1, "pmid", "9"), "a comma would cut the filter"
    assert seed(1, [Record(title="no id")]) == Seed(1, None, None)


def test_the_records_of_merged_reports_all_count(store: Store, included: Store) -> None:
    with included.write() as connection:
        actor = Actor(enrol(included, connection, "Ada"), "0" * 64)
    append(included, actor, "merge", {"reports": [1, 4], "rule": "test", "score": None})
    with included.read() as connection:
        found = {report: [r.doi for r in records] for report, records in rows.included_reports(connection)}
    assert found == {1: ["10.5555/1", "10.5555/known"], 2: ["10.5555/2"]}


def test_a_search_is_no_round(
    place: Place, protocol: Protocol, access: Access, included: Store, reach: Callable[..., Any]
) -> None:
    other, _ = reach("pubmed", 3)
    run_search(place, protocol, other, protocol.strategies[0])
    done = snowball(place, protocol, "backward", access)
    assert "round 1" in ways(included, done.outcome.search)["A"][0]


def test_reports_that_cannot_be_looked_up_are_no_search_with_zero_hits(
    place: Place, protocol: Protocol, access: Access, included: Store
) -> None:
    with included.write() as connection:
        connection.execute(update(schema.record).values(doi=None, pmid=None, source_id=None))
    with pytest.raises(StageError, match="none of the 2 included reports has a DOI"):
        snowball(place, protocol, "both", access)
    with included.read() as connection:
        assert [row["method"] for row in rows.searches(connection)] == ["file"]
