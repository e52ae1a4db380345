"""``review fulltext find`` from the protocol to the log and the stored files, with hosts on 127.0.0.1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typst
from click.testing import CliRunner
from sqlalchemy import text

from review.cli.fulltext import fulltext
from review.cli.screening import screen
from review.finding import find_full_texts
from review.protocol import read_protocol, template
from review.stages import names_not_known, open_workspace
from review.store import jobs, open_store
from review.worker import RUNS
from screening import page_rows, retrieval
from searches.fetching import Fetcher
from searches.transport import Line
from tests.searches.fulltext.hosts import LOGIN, Do, Host, answer, names, running

EPMC = "/europepmc/europepmc/webservices/rest"
JATS = """<article><front><article-meta><article-id pub-id-type="doi">10.5555/{n}</article-id><title-group>
<article-title>Synthetic report {n}</article-title></title-group><contrib-group><contrib contrib-type="author"><name>
<surname>Maker</surname><given-names>A{n}</given-names></name></contrib></contrib-group></article-meta></front>
<body><sec><title>Aim</title><p>{words}</p></sec></body></article>"""
WORDS = "We made this paper up, and every word of it serves only as many words as a paper has. " * 20


def pdf(n: int) -> bytes:
    """Print the made-up paper that report n is of."""
    made = typst.compile(f"= Synthetic report {n}\nA{n} Maker\n\ndoi:10.5555/{n}\n\n{WORDS}".encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


@dataclass
class Review:
    """A review in a folder whose protocol names a host on 127.0.0.1 for every place."""

    folder: Path
    host: Host

    def find(self, *words: Any) -> tuple[int, dict[str, Any]]:
        result = CliRunner().invoke(fulltext, ["find", *map(str, words), "--json"])
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result.exit_code, json.loads(result.stdout)

    def ledger(self, report: int) -> list[tuple[str, str | None, str | None, str | None]]:
        store = open_store(self.folder)
        with store.read() as connection:
            said = retrieval.ledger(connection, report)
        store.close()
        return [(one.outcome, one.route, one.url and one.url.rpartition("/")[2], one.note) for one in said]


@pytest.fixture
def review(tmp_path: Path, fill: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Review]:
    """Give a review of six reports included at title and abstract; 5 cannot be had, 6 is there on paper."""
    for name in ("OPENALEX_API_KEY", "S2_API_KEY", "CORE_API_KEY", "REVIEW_DATABASE", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for some in (Line, Fetcher):
        monkeypatch.setitem(some.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    monkeypatch.setenv("REVIEW_DIR", str(tmp_path))
    monkeypatch.setenv("REVIEW_CONTACT", "ann@example.org")
    with running(Host()) as host:
        places = ("unpaywall", "europepmc", "openalex", "semanticscholar")
        sources = "".join(f'\n[sources.{name}]\nbase_url = "{host.url}/{name}"\n' for name in places)
        protocol = re.sub(r"^\[sources\.\w+\]$", "", template("blank").replace("YOUR NAME", "Ann"), flags=re.MULTILINE)
        (tmp_path / "protocol.toml").write_text(protocol + sources, "utf-8")
        store = open_store(tmp_path)
        fill(store, 6)
        store.close()
        for report in range(1, 7):
            voted = CliRunner().invoke(screen, ["decide", str(report), "include", "--stage", "title-abstract"])
            assert voted.exit_code == 0, voted.output
        CliRunner().invoke(fulltext, ["missing", "5", "--note", "no loan"])
        CliRunner().invoke(fulltext, ["retrieved", "6", "--route", "library"])
        yield Review(tmp_path, host)


def _europepmc(*found: dict[str, Any]) -> Do:
    return answer(200, json.dumps({"resultList": {"result": found}}).encode(), "application/json")


def test_full_texts_are_found_noted_and_kept(review: Review) -> None:
    host, url = review.host, review.host.url
    jats = {"doi": "10.5555/2", "source": "MED", "isOpenAccess": "Y", "fullTextIdList": {"fullTextId": ["PMC2"]}}
    login = json.dumps({"paperId": "x", "openAccessPdf": {"url": f"{url}/login.pdf"}}).encode()
    unknown = answer(404, b'{"error": "not found"}', "application/json")
    host.does |= {
        "/unpaywall/v2/10.5555/1": names(f"{url}/one.pdf"), "/one.pdf": answer(200, pdf(1)),
        "/unpaywall/v2/10.5555/2": names(f"{url}/one.pdf"),
        f"{EPMC}/search": _europepmc(jats),
        f"{EPMC}/PMC2/fullTextXML": answer(200, JATS.format(n=2, words=WORDS).encode(), "text/xml"),
        "/semanticscholar/graph/v1/paper/DOI:10.5555/4": answer(200, login, "application/json"),
        "/login.pdf": answer(200, LOGIN),
        **{f"/openalex/works/doi:10.5555/{n}": answer(503) for n in range(1, 7)},
        **{f"/semanticscholar/graph/v1/paper/DOI:10.5555/{n}": unknown for n in (1, 2, 3)},
    }  # fmt: skip
    code, found = review.find()
    assert code == 3  # OpenAlex was away: run it again
    assert [found[name] for name in ("wanted", "got", "tried", "skipped")] == [6, 2, 2, 2]
    results = {one["report"]: (one["result"], one["route"]) for one in found["reports"]}
    assert results == {
        1: ("got", "Unpaywall"), 2: ("got", "Europe PMC"), 3: ("tried", None), 4: ("tried", None),
        5: ("skipped", None), 6: ("skipped", None),
    }  # fmt: skip
    assert {(one["label"], one["reports"]) for one in found["unasked"]} == {("OpenAlex", 3), ("CORE", 4)}
    none = "it knows no open copy"
    assert review.ledger(3) == [("tried", name, None, none) for name in ("Unpaywall", "Europe PMC", "Semantic Scholar")]
    (wrong, *rest) = review.ledger(2)
    assert wrong[:3] == ("tried", "Unpaywall", "one.pdf")
    assert "another paper" in str(wrong[3])
    assert rest == [
        ("tried", "Unpaywall", None, "no file of the paper at 1 address that it names"),
        ("tried", "Semantic Scholar", None, none), ("retrieved", "Europe PMC", "fullTextXML", None),
    ]  # fmt: skip
    assert sorted(path.suffix for path in (review.folder / "pdfs").iterdir()) == [".pdf", ".xml"]
    store = open_store(review.folder)
    with store.read() as connection:
        files = page_rows.files(connection, range(1, 7))
        texts = connection.execute(text("SELECT file, text FROM page_text ORDER BY file, number")).all()
    store.close()
    assert {one.file for one in texts} == {file.sha256 for some in files.values() for file in some}
    assert any("we made this paper up" in one.text.lower() for one in texts)  # the pages can be searched at once
    assert {report: (file.kind, file.licence, file.version) for report, (file,) in files.items()} == {
        1: ("pdf", "cc-by", "publishedVersion"), 2: ("jats", None, "publishedVersion"),
    }  # fmt: skip

    before = host.asked.copy()
    host.does |= {f"/openalex/works/doi:10.5555/{n}": unknown for n in range(1, 7)}
    code, found = review.find()
    assert (code, found["got"], found["tried"], found["skipped"]) == (0, 0, 2, 4)
    assert [one["why"] for one in found["reports"] if one["report"] in (1, 5)] == [
        "it has a full text", "it was noted as not to be had",
    ]  # fmt: skip
    assert {path for path in host.asked if host.asked[path] > before[path]} == {
        "/openalex/works/doi:10.5555/3", "/openalex/works/doi:10.5555/4",
    }  # fmt: skip
    before = host.asked.copy()
    assert review.find()[1]["skipped"] == 6
    assert host.asked == before
    assert review.find(3, 5, "--limit", 1)[1]["tried"] == 1  # 5 by name: somebody looks again
    assert host.asked["/unpaywall/v2/10.5555/5"] == 1
    assert review.find("--again")[1]["tried"] == 3

    (file,) = files[1]
    store = open_store(review.folder)
    ann = open_workspace(review.folder, {}).actor(None)
    retrieval.take_back(store, ann, report=1, sha256=file.sha256, why="the methods paper")
    store.close()
    before = host.asked.copy()
    assert review.find(1, "--again")[1]["tried"] == 1
    assert host.asked["/one.pdf"] == before["/one.pdf"]


def test_a_run_of_the_worker_says_how_far_it_is_and_ends_when_told(review: Review) -> None:
    workspace = open_workspace(review.folder, {})
    said: list[tuple[str, int, int | None]] = []
    found = find_full_texts(workspace, workspace.actor(None), (), lambda *one: said.append(one), lambda: True)
    workspace.store.close()
    assert said == [("Full texts", done, 6) for done in range(2, 7)]
    assert (found.count("skipped"), found.summary()) == (6, "6 full texts wanted: 0 got, 0 not had, 6 skipped")
    assert review.host.asked == {}


def test_the_worker_says_what_was_skipped_and_why(review: Review) -> None:
    workspace = open_workspace(review.folder, {})
    jobs.ask(workspace.store, "fulltext", workspace.actor(None).person, {})
    jobs.hold(workspace.store, "me", 60)
    job = jobs.take(workspace.store, "me")
    assert job is not None
    said = RUNS["fulltext"](workspace, job, lambda *_: None, lambda: True)
    workspace.store.close()
    assert said.startswith(
        "6 full texts wanted: 0 got, 0 not had, 6 skipped. Skipped: 4 because the run was stopped before it was "
        "through with it; 1 because it was noted as not to be had; 1 because its full text was got without a file, or "
        "it is assessed already. "
    )


def test_every_place_may_have_another_address_in_the_protocol(review: Review) -> None:
    assert names_not_known(read_protocol((review.folder / "protocol.toml").read_bytes())) == ()


def test_what_is_not_sought_is_refused(review: Review) -> None:
    result = CliRunner().invoke(fulltext, ["find", "77"])
    assert "there is no report 77" in str(result.exception)
