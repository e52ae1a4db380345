"""``review strategies``, ``review search`` and ``review snowball`` as a person or a script meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import responses

from review.cli.main import cli, main
from review.protocol import template
from searches.dialects import DIALECTS
from searches.registry import SOURCES
from searches.transport import Line

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a review folder with the published review's protocol, and no keys in the environment."""
    for name in ("NCBI_API_KEY", "OPENALEX_API_KEY", "REVIEW_CONTACT", "REVIEW_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Line.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Give the function that runs ``review`` and gives (exit code, standard output, standard error)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["review", *arguments, "-C", str(folder)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    return call


def test_strategies_show_each_query_with_its_losses(run: Callable[..., Any]) -> None:
    code, out, _ = run("strategies", "--source", "pubmed")
    assert code == 0
    assert (
        '    (ment*[tiab]) AND (doctor*[tiab] OR medic*[tiab] OR physician[tiab]) AND (health[tiab] OR "well-be' in out
    )
    assert "loss (broader): language is not asked" in run("strategies")[1]


def test_strategies_as_json(run: Callable[..., Any]) -> None:
    code, out, _ = run("strategies", "--json")
    found = json.loads(out)["sources"]
    assert code == 0
    assert {"source", "kind", "query", "losses"} <= set(found[0])
    assert {s["kind"] for s in found} == {"api", "platform"}
    assert all({"what", "effect"} == set(loss) for s in found for loss in s["losses"])


def test_a_source_that_is_not_in_the_protocol(run: Callable[..., Any]) -> None:
    for command in ("strategies", "search"):
        code, _, said = run(command, "--source", "pubmet")
        assert (code, "the protocol has no source pubmet" in said) == (7, True)


def test_no_network_is_said_per_source_and_kept_for_later(
    run: Callable[..., Any], wire: responses.RequestsMock, reach: Callable[..., Any]
) -> None:
    code, out, said = run("search")
    assert code == 3
    for name in ("PubMed", "Europe PMC", "OpenAlex"):
        assert out.count(f"failed: {name} cannot be reached") == 2  # two strategies
    assert "Traceback" not in out + said
    for name in SOURCES:
        reach(name, 3)
    code, out, _ = run("search", "--json")
    assert code == 0
    assert [s["status"] for s in json.loads(out)["searches"]] == ["complete"] * 6


def test_a_search_as_json(run: Callable[..., Any], reach: Callable[..., Any]) -> None:
    reach("pubmed", 3)
    code, out, _ = run("search", "--source", "pubmed", "--json")
    assert code == 0
    found = json.loads(out)["searches"]
    assert [s["strategy"] for s in found] == ["wellbeing", "effects"]
    expected = {"source": "pubmed", "status": "complete", "hits": 3, "retrieved": 3, "records": 3, "rejected": 0}
    assert expected.items() <= found[0].items()
    assert (found[0]["matched_locally"], found[0]["error"]) == (2, None)


def test_keys_come_from_the_environment(
    run: Callable[..., Any], reach: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", " 0123456789 ")
    monkeypatch.setenv("REVIEW_CONTACT", "me@example.org")
    _, server = reach("pubmed", 3)
    run("search", "--source", "pubmed")
    assert (server.asked[0].params["api_key"], server.asked[0].params["email"]) == ("0123456789", "me@example.org")


def test_the_gravest_failure_decides_the_exit_code(run: Callable[..., Any], reach: Callable[..., Any]) -> None:
    html = (200, {"Content-Type": "text/html"}, b"<html>")
    reach("pubmed", 3, faults={1: (400, {}, b"no"), 2: html, 3: html})
    assert run("search", "--source", "pubmed")[0] == 5


def test_snowballing_needs_something_included(run: Callable[..., Any]) -> None:
    code, _, said = run("snowball")
    assert (code, "no report is included at full text yet" in said) == (7, True)


def test_every_source_is_in_the_documents() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    table = text.split("## Sources that are asked over an API")[1].split("\n## ")[0]
    named = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert named == list(SOURCES)
    for source in SOURCES.values():
        about = source.about
        (line,) = [row for row in table.splitlines() if row.startswith(f"| `{about.name}`")]
        for fact in (about.label, about.docs, about.checked, f"{about.page_size:,}", about.key or "none"):
            assert fact in line, f"{about.name}: {fact}"
    for dialect in DIALECTS.values():
        assert f"`{dialect.name}`" in text


def test_all_twelve_published_sources_have_a_route() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8").split("## The twelve sources")[1].split("\n## ")[0]
    twelve = (
        "ASSIA", "British Education Index", "CINAHL", "DOAJ", "EThOS", "Hospital Collection", "Medline", "OpenDOAR",
        "ProQuest Nursing", "Science Direct", "Web of Science", "Zetoc",
    )  # fmt: skip
    lines = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert len(lines) == 12
    assert all(any(line.startswith(f"| {name}") for line in lines) for name in twelve)


@pytest.mark.parametrize("command", ["strategies", "search", "snowball"])
def test_help_is_one_line_and_options(command: str) -> None:
    found = cli.get_command(None, command)  # type: ignore[arg-type]
    assert found is not None and found.help and found.help.endswith(".")


def test_several_searches_are_summed_up_and_losses_of_one_sort_share_a_line(
    run: Callable[..., Any], reach: Callable[..., Any], folder: Path
) -> None:
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8").replace("[sources.pubmed]", "[sources.eric]"), "utf-8")
    reach("eric", 3)
    code, out, _ = run("search", "--source", "eric")
    assert code == 0
    assert "  loss (narrower): there is no truncation: Ment* is asked as Ment; doctor* is asked as doctor; medic" in out
    assert "  loss (broader): subject headings are searched with the keywords\n" in out
    assert "In all 2 searches (2 complete), 6 records. Next: review dedupe\n" in out


def test_searches_that_the_protocol_would_no_longer_ask_so_are_named(
    run: Callable[..., Any], reach: Callable[..., Any], folder: Path
) -> None:
    reach("pubmed", 3)
    out = run("search", "--source", "pubmed")[1]
    assert "the protocol has changed" not in out
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8").replace("strategies.effects", "strategies.barriers"), "utf-8")
    out = run("search", "--source", "pubmed")[1]
    assert "Note: the protocol has changed since 1 search of before: 2 (PubMed, effects)\n" in out


def test_a_listed_file_that_is_missing_keeps_none_of_the_others_out(run: Callable[..., Any], folder: Path) -> None:
    (folder / "imports").mkdir()
    (folder / "imports" / "report_refs.ris").write_text("TY  - JOUR\nTI  - Mentoring\nER  - \n", "utf-8")
    code, out, said = run("import")
    assert (code, "article_2008.ris" in said) == (1, True)
    assert "report_refs.ris: 1 record read as ris" in out
    assert "report_refs.ris" not in run("import")[1], "it is imported once"
