"""Citation searching: seeds, both directions, every way noted, rounds, and where hits stand in the review."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import responses
from sqlalchemy import update

from review.errors import SourceBusy, StageError
from review.protocol import Protocol
from review.record import Record
from review.store import Actor, Store, append, schema
from review.store.events import enrol
from searches import rows
from searches.citations import services
from searches.citing.chase import Seed, usable
from searches.citing.openalex import CITING as OPENALEX
from searches.run import Place, run_search
from searches.snowball import Snowballed, snowball
from tests.searches.citation_graph import NAMES, Graph, opened, record

# 1 and 2 are included; 1 cites 4 (in the review) and 2; 11 cites 1; 12 cites both; 13 has nothing to do with them
LINKS = {(1, 4), (1, 2), (11, 1), (12, 1), (12, 2)}


@pytest.fixture
def graph(wire: responses.RequestsMock) -> Graph:
    """Give a graph that every index knows whole."""
    made = Graph(dict.fromkeys(NAMES, LINKS))
    made.put(wire)
    return made


@pytest.fixture
def vote(store: Store) -> Callable[..., None]:
    """Give the function ``(report, stage, verdict)`` that decides."""
    with store.write() as connection:
        connection.execute(schema.protocol_version.insert().values(hash="0" * 64, text="", at=""))
        actor = Actor(enrol(store, connection, "Ada"), "0" * 64)

    def cast(report: int, stage: str, verdict: str) -> None:
        body = {"report": report, "stage": stage, "verdict": verdict, "reasons": [], "note": None}
        append(store, actor, "decision", body)

    return cast


@pytest.fixture
def included(store: Store, vote: Callable[..., None]) -> Store:
    """Give a store with reports 1 to 4 of the documents 1 to 4: two included, one excluded, one waiting."""
    facts = {"source": "x", "label": "X", "kind": "database", "method": "file", "started_at": "", "status": "complete"}
    with store.write() as connection:
        number = rows.start_search(connection, facts)
        rows.add_records(connection, number, [(n, record(n), "yes") for n in range(1, 5)])
    for report, verdict in ((1, "include"), (2, "include"), (3, "exclude")):
        vote(report, "title-abstract", "include")
        vote(report, "full-text", verdict)
    return store


@pytest.fixture
def go(place: Place, protocol: Protocol, included: Store, graph: Graph) -> Callable[..., tuple[Snowballed, ...]]:
    """Give the function that runs the command's work, through OpenAlex unless other names are given."""

    def run(direction: Any = "both", names: Sequence[str] = ("openalex",), **more: Any) -> tuple[Snowballed, ...]:
        return snowball(place, protocol, opened(protocol, names), direction, **more)

    return run


def ways(store: Store, search: int) -> dict[str | None, list[str]]:
    with store.read() as connection:
        found = rows.records_in(connection, search)
    return {r.title: [value for tag, value in r.extra if tag == "snowball"] for r in found}


def test_both_directions_with_every_way_noted(go: Callable[..., Any], graph: Graph, included: Store) -> None:
    (done,) = go()
    filters = [asked.partition("filter=")[2].partition("&")[0] for asked in graph.asked]
    assert filters == ["doi:10.5555/1|10.5555/2", "cites:W1", "cites:W2", "openalex:W2|W4"]
    assert ways(included, done.outcome.search) == {
        "Document 2": ["round 1, backward, from report 1 (W1)"],
        "Document 4": ["round 1, backward, from report 1 (W1)"],
        "Document 1": ["round 1, forward, from report 2 (W2)"],
        "Document 11": ["round 1, forward, from report 1 (W1)"],
        "Document 12": ["round 1, forward, from report 1 (W1)", "round 1, forward, from report 2 (W2)"],
    }
    # 4, 1 and 2 were in the review; 11 and 12 are new; 12 stands in two lists
    outcome = done.outcome
    assert (outcome.status, outcome.hits, outcome.records, outcome.unknown) == ("complete", 6, 5, 5)
    assert (done.round, done.direction, done.seeds) == (1, "both", 2)
    assert (done.new, done.known, done.excluded, done.doubles) == (2, 3, 0, 1)
    with included.read() as connection:
        row = rows.search_row(connection, outcome.search)
    assert (row["kind"], row["method"], row["source"]) == ("citation", "snowball", "openalex")
    assert row["query"] == "both: doi:10.5555/1, doi:10.5555/2"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("direction", "numbers"), [("backward", {2, 4}), ("forward", {1, 11, 12})])
def test_every_index_finds_the_same(
    go: Callable[..., Any], included: Store, direction: Any, numbers: set[int], name: str
) -> None:
    (done,) = go(direction, [name])
    found = ways(included, done.outcome.search)
    assert set(found) == {f"Document {n}" for n in numbers}
    assert all(direction in way for some in found.values() for way in some)
    assert done.outcome.source == name


def test_new_hits_wait_for_screening(go: Callable[..., Any], included: Store) -> None:
    (done,) = go()
    with included.read() as connection:
        waiting = schema.standing.select().where(schema.standing.c.status == "waiting")
        reports = {row.report for row in connection.execute(waiting)}
    assert set(done.fresh) <= reports and len(done.fresh) == 2


def test_what_stands_excluded_is_counted_apart(
    go: Callable[..., Any], vote: Callable[..., None], included: Store
) -> None:
    vote(4, "title-abstract", "exclude")
    (done,) = go("backward")
    assert (done.new, done.known, done.excluded) == (0, 1, 1)


def test_the_same_round_is_given_again(go: Callable[..., Any], graph: Graph) -> None:
    first = go(names=NAMES)
    count = len(graph.asked)
    assert go(names=NAMES) == first
    assert go(names=NAMES[::-1]) == first[::-1]
    assert len(graph.asked) == count


@pytest.mark.parametrize("name", NAMES)
def test_a_round_that_stopped_goes_on(go: Callable[..., Any], graph: Graph, included: Store, name: str) -> None:
    (whole,) = go("both", [name], reports=[1])
    every, graph.asked = graph.asked, []
    for stop in range(1, len(every) + 1):
        with included.write() as connection:
            connection.execute(update(schema.search).values(query=schema.search.c.query + " (old)"))
        graph.asked.clear()
        graph.faults = {every[stop - 1]: KeyboardInterrupt()}
        with pytest.raises(KeyboardInterrupt):
            go("both", [name], reports=[1])
        graph.faults = {}
        (done,) = go("both", [name], reports=[1])
        assert graph.asked == [*every[:stop], *every[stop - 1 :]], "what had come is not asked again"
        assert (done.outcome.status, done.outcome.records) == ("complete", whole.outcome.records)


def test_a_kept_reply_that_is_damaged_is_asked_again(go: Callable[..., Any], graph: Graph, place: Place) -> None:
    graph.faults = {"cites:W2": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        go()
    graph.faults = {}
    (place.folder / "raw/openalex/2-1.gz").write_bytes(b"")
    (done,) = go()
    assert sum("doi:10.5555/1" in asked for asked in graph.asked) == 2
    assert (done.outcome.status, done.outcome.records) == ("complete", 5)


@pytest.mark.parametrize("name", NAMES)
def test_kept_replies_hold_the_hits_as_they_are_kept(
    go: Callable[..., Any], included: Store, place: Place, protocol: Protocol, name: str
) -> None:
    (done,) = go("both", [name])
    citing = opened(protocol, [name])[0].citing
    with included.read() as connection:
        pages = rows.pages(connection, done.outcome.search)
        kept = {r.source_id: r for r in rows.records_in(connection, done.outcome.search)}
    read: dict[str | None, Record] = {}
    for page in pages:
        body = gzip.decompress((place.folder / page["path"]).read_bytes())
        if not page["aside"]:
            read |= {r.source_id: r for r in citing.read(body, page["cursor"]).records}
    bare = {i: replace(r, extra=tuple(e for e in r.extra if e[0] != "snowball")) for i, r in kept.items()}
    assert read == bare


def test_a_later_round_starts_from_what_was_included_since(
    go: Callable[..., Any], vote: Callable[..., None], included: Store
) -> None:
    (first,) = go()
    report = first.fresh[0]  # document 11
    vote(report, "title-abstract", "include")
    vote(report, "full-text", "include")
    (second,) = go()
    assert (second.round, second.seeds, second.new, second.known) == (2, 1, 0, 1)
    with included.read() as connection:
        assert rows.search_row(connection, second.outcome.search)["query"] == "both: doi:10.5555/11"
    assert ways(included, second.outcome.search) == {"Document 1": [f"round 2, backward, from report {report} (W11)"]}


def test_further_rounds_at_once_start_from_the_new_hits(go: Callable[..., Any], included: Store, graph: Graph) -> None:
    graph.links = {"openalex": LINKS | {(20, 11), (21, 20)}}
    done = go("forward", rounds=2)
    assert [(one.round, one.seeds, one.new) for one in done] == [(1, 2, 2), (2, 2, 1)]
    done = go("forward", rounds=None)
    assert [(one.round, one.seeds, one.new) for one in done] == [(1, 2, 2), (2, 2, 1), (3, 1, 1), (4, 1, 0)]


def test_an_index_asked_later_starts_with_the_first_round(go: Callable[..., Any], included: Store) -> None:
    go()
    (done,) = go("both", ["opencitations"])
    assert (done.round, done.seeds, done.new, done.known) == (1, 2, 0, 5)


def test_chosen_reports_are_followed_whatever_they_stand(go: Callable[..., Any], included: Store) -> None:
    (done,) = go("forward", reports=[4, 4])
    assert (done.seeds, done.outcome.records, done.known) == (1, 1, 1)
    with pytest.raises(StageError, match="there is no report 99"):
        go(reports=[99])


def test_an_error_of_one_index_does_not_stop_the_others(go: Callable[..., Any], graph: Graph) -> None:
    graph.faults = {"semanticscholar.org": (429, {}, '{"message": "Too Many Requests", "code": "429"}')}
    done = go(names=NAMES)
    assert [one.outcome.status for one in done] == ["complete", "failed", "complete", "complete"]
    assert isinstance(done[1].outcome.failure, SourceBusy)
    graph.faults = {}
    graph.asked.clear()
    assert [one.outcome.records for one in go(names=NAMES)] == [5, 5, 5, 5]
    assert all("semanticscholar" in asked for asked in graph.asked)


def test_a_seed_that_the_index_does_not_have_is_a_loss(go: Callable[..., Any], graph: Graph) -> None:
    graph.unknown = {name: {2} for name in NAMES}
    for name in ("openalex", "semanticscholar", "europepmc"):
        (done,) = go("forward", [name])
        label = {"openalex": "OpenAlex", "semanticscholar": "Semantic Scholar", "europepmc": "Europe PMC"}[name]
        assert {"what": f"not followed, not found in {label}: report 2", "effect": "narrower"} in done.outcome.losses
        assert done.outcome.records == 2


def test_nothing_included_is_nothing_to_start_from(place: Place, protocol: Protocol, filled: Store) -> None:
    with pytest.raises(StageError, match="no report is included"):
        snowball(replace(place, store=filled), protocol, opened(protocol), "both")


def test_reports_that_cannot_be_looked_up_are_no_search_with_zero_hits(go: Callable[..., Any], included: Store) -> None:
    with included.write() as connection:
        connection.execute(update(schema.record).values(doi=None, pmid=None, source_id=None))
    with pytest.raises(StageError, match="none of the 2 reports has a DOI"):
        go()
    with included.read() as connection:
        assert [row["method"] for row in rows.searches(connection)] == ["file"]


def test_an_index_that_takes_none_of_the_seeds_says_so(go: Callable[..., Any], included: Store) -> None:
    with included.write() as connection:
        connection.execute(update(schema.record).values(doi=None, source_id="W1"))
    done = go(names=["openalex", "opencitations"])
    assert [one.outcome.status for one in done] == ["complete", "failed"]
    assert "OpenCitations can be asked for none of the 2 reports" in done[1].outcome.error


def test_what_a_seed_is_looked_up_by() -> None:
    records = (Record(source_id="70000001"), Record(source_id="W7", doi="10.5555/7", pmid="9"))
    assert usable(OPENALEX, Seed(1, records)) == ("id:W7", "doi:10.5555/7", "pmid:9")
    comma = Record(doi="10.5555/a,b", pmid="9")
    assert usable(OPENALEX, Seed(1, (comma,))) == ("pmid:9",), "a comma would cut the filter"
    assert Seed(1, (comma,)).name == "doi:10.5555/a,b"
    assert Seed(5, (Record(title="no id"),)).name == "report:5"


def test_a_seed_stays_one_when_more_becomes_known_of_it(go: Callable[..., Any], included: Store, graph: Graph) -> None:
    (first,) = go()
    with included.write() as connection:
        changed = update(schema.record).where(schema.record.c.id == 1)
        connection.execute(changed.values(doi="10.1111/earlier"))
        facts = {
            "source": "y",
            "label": "Y",
            "kind": "database",
            "method": "file",
            "started_at": "",
            "status": "complete",
        }
        rows.add_records(connection, rows.start_search(connection, facts), [(1, record(1), "yes")])
        actor = Actor(enrol(included, connection, "Bob"), "0" * 64)
        newest = max(rows.root_of_reports(connection))
    append(included, actor, "merge", {"reports": [1, newest], "rule": "test", "score": None})
    count = len(graph.asked)
    assert [one.outcome.search for one in go()] == [first.outcome.search]
    assert len(graph.asked) == count


def test_a_search_is_no_round(
    go: Callable[..., Any], place: Place, protocol: Protocol, included: Store, reach: Callable[..., Any]
) -> None:
    other, _ = reach("pubmed", 3)
    run_search(place, protocol, other, protocol.strategies[0])
    (done,) = go("backward")
    assert done.round == 1


def test_an_index_that_there_is_not(protocol: Protocol) -> None:
    with pytest.raises(StageError, match="citations cannot be searched in openalexx") as raised:
        services(["openalexx"], protocol, {})
    assert raised.value.hint == "did you mean openalex?"
