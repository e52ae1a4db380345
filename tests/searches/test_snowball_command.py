"""``review snowball`` as a person or a script meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import responses

from review.cli.main import main
from review.protocol import template
from review.store import open_store
from searches import rows
from searches.transport import Line
from tests.searches.citation_graph import NAMES, Graph, record


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a review folder that holds document 1 as report 1, and no keys in the environment."""
    for name in ("OPENALEX_API_KEY", "S2_API_KEY", "OPENCITATIONS_TOKEN", "REVIEW_CONTACT", "REVIEW_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Line.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    store = open_store(tmp_path)
    facts = {"source": "x", "label": "X", "kind": "database", "method": "file", "started_at": "", "status": "complete"}
    with store.write() as connection:
        rows.add_records(connection, rows.start_search(connection, facts), [(1, record(1), "yes")])
    store.close()
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Give the function that runs ``review snowball`` and gives (exit code, standard output, standard error)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["review", "snowball", *arguments, "-C", str(folder)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture
def graph(wire: responses.RequestsMock) -> Graph:
    """Give a chain: 2 cites 1, 3 cites 2, and each index knows all of it."""
    made = Graph(dict.fromkeys(NAMES, ((2, 1), (3, 2))))
    made.put(wire)
    return made


def test_all_indexes_are_asked_and_every_count_is_said(run: Callable[..., Any], graph: Graph) -> None:
    code, out, said = run("--report", "1", "--direction", "forward")
    assert code == 0
    assert out.count("Citation searching (") == 4
    assert (
        "  round 1, forward, from 1 report: 1 new, 0 known before, 0 known and excluded, 0 rejected, "
        "0 named more than once" in out
    )
    assert "In all 1 new record." in out
    assert "Semantic Scholar, round 1: 1" in said, "progress"


def test_the_keys_of_a_round(run: Callable[..., Any], graph: Graph) -> None:
    code, out, _ = run("--report", "1", "--service", "europepmc", "--service", "openalex", "--rounds", "all", "--json")
    found = json.loads(out)["searches"]
    assert code == 0
    assert [(s["source"], s["round"], s["direction"]) for s in found[:2]] == [
        ("openalex", 1, "both"), ("europepmc", 1, "both"),
    ]  # fmt: skip
    for one in found:
        parts = one["new"] + one["known"] + one["excluded"]
        assert parts == one["records"] and one["hits"] == parts + one["rejected"] + one["doubles"]
    assert sum(one["new"] for one in found) == 2
    assert {one["seeds"] for one in found} == {1}


@pytest.mark.parametrize("rounds", ["0", "-1", "many"])
def test_rounds_that_are_none(run: Callable[..., Any], rounds: str) -> None:
    code, _, said = run("--rounds", rounds)
    assert (code, "neither a number from 1 on nor all" in said) == (2, True)


def test_an_index_that_there_is_not(run: Callable[..., Any]) -> None:
    code, _, said = run("--service", "scopus")
    assert (code, "citations cannot be searched in scopus" in said) == (7, True)


def test_the_gravest_failure_decides_and_the_rest_is_kept(run: Callable[..., Any], graph: Graph) -> None:
    graph.faults = {"api.semanticscholar.org": (403, {}, '{"message": "Forbidden"}')}
    code, out, _ = run("--report", "1", "--json")
    statuses = {one["source"]: one["status"] for one in json.loads(out)["searches"]}
    assert code == 4
    assert statuses == {name: "failed" if name == "semanticscholar" else "complete" for name in NAMES}
    graph.faults = {}
    assert run("--report", "1")[0] == 0


def test_a_key_is_sent_and_never_kept(
    run: Callable[..., Any], graph: Graph, folder: Path, monkeypatch: pytest.MonkeyPatch, wire: responses.RequestsMock
) -> None:
    monkeypatch.setenv("OPENCITATIONS_TOKEN", "a-token-of-mine")
    monkeypatch.setenv("S2_API_KEY", "a-key-of-mine")
    code, out, said = run("--report", "1")
    headers = {call.request.url.split("/")[2]: dict(call.request.headers) for call in wire.calls}
    assert code == 0
    assert headers["api.opencitations.net"]["authorization"] == "a-token-of-mine"
    assert headers["api.semanticscholar.org"]["x-api-key"] == "a-key-of-mine"
    assert "a-token-of-mine" not in str(headers["api.openalex.org"]), "what is fetched elsewhere goes without it"
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"-of-mine" not in path.read_bytes()
    assert "-of-mine" not in out + said
