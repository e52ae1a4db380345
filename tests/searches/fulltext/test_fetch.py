"""Seeking full texts at real hosts: whatever they do, every try has its outcome and the numbers balance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from review.errors import DecisionError
from searches.fetching import Fetcher
from searches.fulltext import europepmc, semanticscholar, unpaywall
from searches.fulltext.fetch import FAILURES, Before, Found, Seeker
from searches.fulltext.places import Locator, Outcome, Verdict, Wanted
from searches.fulltext.stations import Station
from searches.source import Credentials
from searches.transport import Line
from tests.searches.fulltext.hosts import LARGEST, PDF, Host, answer, cases, lead, names, page, running

KNOWN = Credentials("k3y@example.org", "me@example.org")


@dataclass
class Desk:
    """A run with everything that it leaves behind; the clock stands still, and nobody really waits."""

    host: Host
    other: Host
    folder: Path
    noted: list[Outcome] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    naps: list[float] = field(default_factory=list)

    def station(self, locator: Locator, path: str) -> Station:
        base = f"{self.host.url}/{path}"
        line = Line(locator.about, KNOWN, base_url=base, now=lambda: 0.0, sleep=self.naps.append, random=lambda: 0.0)
        return Station(locator, KNOWN, line.send, base)

    def seeker(self, *stations: Station, longest: float = 60.0, **more: Any) -> Seeker:
        fetcher = Fetcher(
            "me@example.org", allowed=(self.host.url, self.other.url), largest=LARGEST, longest=longest,
            now=lambda: 0.0, sleep=self.naps.append,
        )  # fmt: skip
        asked = stations or (self.station(unpaywall.LOCATOR, "unpaywall"),)
        return Seeker(asked, fetcher, check, self._keep, self.noted.append, **more)

    def _keep(self, path: Path, kind: str) -> str:
        self.kept.append(path.read_bytes())
        return f"{len(self.kept):064x}"

    def before(self, report: int) -> Before:
        """What the noted outcomes say of a report, as a next run reads them."""
        mine = [one for one in self.noted if one.report == report]
        ended = frozenset(one.route for one in mine if one.url is None)
        return Before(ended, frozenset(one.url for one in mine if one.url and one.route in ended))


def check(path: Path, wanted: Wanted) -> Verdict:
    data = path.read_bytes()
    if data.startswith(b"<article"):
        return Verdict("jats", None, None, True)
    if not data.startswith(b"%PDF"):
        return Verdict(None)
    return Verdict("pdf", 1, None if data == PDF else "it is another paper", True)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give two hosts; temporary files lie in a folder of their own, and a password for 127.0.0.1 lies about."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password s3cr3t", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with running(Host()) as host, running(Host({"/right.pdf": answer(200, PDF)})) as other:
        yield Desk(host, other, tmp_path)


def wanted(*some: str) -> list[tuple[Wanted, Before]]:
    return [(Wanted(number, doi=f"10.5555/{name}"), Before()) for number, name in enumerate(some, start=1)]


def words(found: Found) -> dict[int, str]:
    return {one.report: one.result for one in found.reports}


def test_whatever_hosts_do_every_try_has_an_outcome(desk: Desk) -> None:
    with running(Host({"/right.pdf": answer(200, PDF)})) as inside:
        table = cases(desk.other.url, inside.url)
        for name, (does, _, _) in table.items():
            desk.host.does[f"/{name}"] = does
            desk.host.does[f"/unpaywall/v2/10.5555/{name}"] = names(f"{desk.host.url}/{quote(name)}")
        everything = [*wanted(*table, "nowhere"), (Wanted(99, title="Without identifiers"), Before())]
        last = len(table) + 1
        # A host that fails three times in a row is left alone: here each case is a fetcher's first.
        found = [
            desk.seeker(longest=0.5 if "slow" in str(one.doi) else 60.0).seek([(one, before)], lambda sought: None)
            for one, before in everything
        ]
        assert inside.asked == {}
    results = {one.report: one for part in found for one in part.reports}
    outcomes: dict[int, list[Outcome]] = {number: [] for number in results}
    for one in desk.noted:
        outcomes[one.report].append(one)
    for number, (name, (_, why, later)) in enumerate(table.items(), start=1):
        tried, *closed = outcomes[number]
        assert (tried.route, tried.url) == ("Unpaywall", f"{desk.host.url}/{quote(name)}"), name
        if why is None:
            assert (tried.outcome, tried.why, closed, results[number].result) == ("retrieved", None, [], "got"), name
            assert tried.file is not None
            assert (tried.file.size, tried.file.licence) == (len(PDF), "cc-by"), name
            assert tried.file.version == "publishedVersion"
        else:
            assert (tried.outcome, tried.file, results[number].result) == ("tried", None, "tried"), name
            assert why in (tried.why or ""), name
            assert [one.url for one in closed] == ([] if later else [None]), name
    assert [one.why for one in outcomes[last]] == ["it knows no open copy"]
    assert (results[99].result, outcomes[99]) == ("skipped", [])
    assert desk.kept == [PDF] * sum(why is None for _, why, _ in table.values())
    assert 7.0 in desk.naps  # what Retry-After said
    assert desk.host.asked["/busy"] == desk.host.asked["/cut"] == 3
    assert desk.host.asked["/busy for long"] == desk.host.asked["/locked"] == 1
    sent = [one for one in (*desk.host.headers, *desk.other.headers) if "application/pdf" in one["accept"]]
    assert all("authorization" not in one and "mailto:me@example.org" in one["user-agent"] for one in sent)
    assert [path.name for path in desk.folder.iterdir()] == ["netrc"]  # nothing partial is left behind


def test_a_run_that_stops_anywhere_goes_on_and_loses_nothing(desk: Desk) -> None:
    for name, does in (("a", answer(404)), ("b", answer(403)), ("c", answer(200, PDF))):
        desk.host.does[f"/{name}"] = does
    does, url = desk.host.does, desk.host.url
    does["/unpaywall/v2/10.5555/1"] = names(f"{url}/a", f"{url}/b")
    does["/unpaywall/v2/10.5555/2"] = names(f"{url}/b")
    does["/s2/graph/v1/paper/DOI:10.5555/1"] = _s2(f"{url}/b")
    does["/s2/graph/v1/paper/DOI:10.5555/2"] = _s2(f"{url}/c")
    for allowed in range(9):
        desk.noted, left = [], iter(range(allowed))
        stations = (desk.station(unpaywall.LOCATOR, "unpaywall"), desk.station(semanticscholar.LOCATOR, "s2"))
        run = desk.seeker(*stations, stop=lambda left=left: next(left, None) is None)
        first = run.seek(wanted("1", "2"), lambda sought: None)
        assert len(first.reports) == 2
        left = iter(range(99))
        again = [(one, desk.before(one.report)) for one, _ in wanted("1", "2") if words(first)[one.report] != "got"]
        second = desk.seeker(*stations).seek(again, lambda sought: None)
        assert {**words(first), **words(second)}[2] == "got"
        assert {one.route for one in desk.noted if one.report == 1 and one.url is None} == {
            "Unpaywall", "Semantic Scholar",
        }  # fmt: skip
        assert {one.url for one in desk.noted if one.report == 1} == {f"{url}/a", f"{url}/b", None}
        asked = desk.host.asked.copy()
        third = desk.seeker(*stations).seek([(wanted("1")[0][0], desk.before(1))], lambda sought: None)
        assert (words(third), desk.host.asked) == ({1: "skipped"}, asked)


def _s2(url: str) -> Any:
    return answer(200, f'{{"paperId": "x", "openAccessPdf": {{"url": "{url}"}}}}'.encode(), "application/json")


def test_the_published_text_goes_before_a_preprint_and_a_pdf_before_xml(desk: Desk) -> None:
    url = desk.host.url
    result = {
        "doi": "10.5555/1", "source": "MED", "isOpenAccess": "Y", "fullTextIdList": {"fullTextId": ["PMC1"]},
        "fullTextUrlList": {"fullTextUrl": [
            {"availabilityCode": "OA", "documentStyle": "pdf", "url": f"{url}/published", "site": "Europe_PMC"}]},
    }  # fmt: skip
    reply = str({"resultList": {"result": [result]}}).replace("'", '"').encode()
    service = "/epmc/europepmc/webservices/rest"
    desk.host.does |= {
        "/unpaywall/v2/10.5555/1": names(f"{url}/preprint", version="submittedVersion"),
        "/preprint": answer(200, PDF),
        f"{service}/search": answer(200, reply, "application/json"),
        f"{service}/PMC1/fullTextXML": answer(200, b"<article/>", "application/xml"),
    }
    stations = (desk.station(unpaywall.LOCATOR, "unpaywall"), desk.station(europepmc.LOCATOR, "epmc"))

    def got() -> tuple[str, str | None, str | None]:
        desk.seeker(*stations).seek(wanted("1"), lambda sought: None)
        file = desk.noted[-1].file
        assert file is not None
        return file.kind, file.version, file.name

    assert got() == ("jats", "publishedVersion", "fullTextXML")
    desk.host.does["/published"] = answer(200, PDF)
    assert got() == ("pdf", "publishedVersion", "published")
    del desk.host.does["/published"], desk.host.does[f"{service}/PMC1/fullTextXML"]
    assert got() == ("pdf", "submittedVersion", "preprint")
    assert "not the published text" in str(desk.noted[-1].why)


def test_a_place_that_is_down_is_not_said_to_have_nothing(desk: Desk) -> None:
    papers = [str(number) for number in range(FAILURES + 3)]
    for paper in papers:
        desk.host.does[f"/unpaywall/v2/10.5555/{paper}"] = answer(422, b"{}", "application/json")
        desk.host.does[f"/s2/graph/v1/paper/DOI:10.5555/{paper}"] = _s2("")
    stations = (desk.station(unpaywall.LOCATOR, "unpaywall"), desk.station(semanticscholar.LOCATOR, "s2"))
    found = desk.seeker(*stations).seek(wanted(*papers), lambda sought: None)
    assert {one.route for one in desk.noted} == {"Semantic Scholar"}
    (down,) = found.unasked
    assert (down.label, down.reports) == ("Unpaywall", len(papers))
    assert "HTTP 422" in down.why
    assert sum("unpaywall" in path for path in desk.host.asked) == FAILURES
    answers = (answer(422, b"{}", "application/json"), names())
    for paper in papers:  # two failures and an answer, again and again: such a place is asked to the end
        desk.host.does[f"/unpaywall/v2/10.5555/{paper}"] = answers[int(paper) % 3 == 2]
    shaky = desk.seeker(stations[0]).seek(wanted(*papers), lambda sought: None)
    assert (shaky.count("tried"), shaky.unasked[0].reports) == (2, 4)
    desk.host.does |= {f"/unpaywall/v2/10.5555/{paper}": answers[0] for paper in papers}
    alone = desk.seeker(stations[0]).seek(wanted(*papers), lambda sought: None)
    assert (alone.count("skipped"), alone.count("tried"), len(alone.unasked)) == (len(papers), 0, 1)


def test_a_file_that_was_taken_back_is_not_brought_again(desk: Desk) -> None:
    desk.host.does |= {"/unpaywall/v2/10.5555/1": names(f"{desk.host.url}/x"), "/x": answer(200, PDF)}
    desk.seeker().seek(wanted("1"), lambda sought: None)
    file = desk.noted[-1].file
    assert file is not None
    taken_back = Before(withdrawn=frozenset({hashlib.sha256(PDF).hexdigest()}))
    found = desk.seeker().seek([(wanted("1")[0][0], taken_back)], lambda sought: None)
    assert (words(found), desk.noted[-2].why) == ({1: "tried"}, "this very file was taken back before")


def test_a_report_that_somebody_merged_meanwhile_does_not_end_the_run(desk: Desk) -> None:
    def note(outcome: Outcome) -> None:
        if outcome.report == 1:
            raise DecisionError("report 1 was merged into report 7")
        desk.noted.append(outcome)

    run = desk.seeker()
    run.note = note
    found = run.seek(wanted("1", "2"), lambda sought: None)
    assert words(found) == {1: "skipped", 2: "tried"}
    assert found.reports[0].why == "report 1 was merged into report 7"


def test_the_limit_counts_only_reports_that_somebody_is_asked_for(desk: Desk) -> None:
    asked = Before(routes=frozenset({"Unpaywall"}))
    everything = [(one, asked if one.report == 1 else before) for one, before in wanted("1", "2", "3")]
    found = desk.seeker().seek(everything, lambda sought: None, limit=1)
    assert words(found) == {1: "skipped", 2: "tried", 3: "skipped"}
    assert found.summary() == "3 full texts wanted: 0 got, 1 not had, 2 skipped"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]/x", "http://0x7f.1/x", "http://10.0.0.7/x",
        "http://169.254.169.254/latest", "http://[::ffff:192.168.1.1]/x", "http://0.0.0.0/x", "ftp://example.org/x",
        "file:///etc/passwd", "http://[/x", "http:///x", "http://127.0.0.1:99999/x", "gopher://127.0.0.1/", "x", "",
        "https://libgen.is/x", "https://www.annas-archive.org/md5/1", "https://Sci-Hub.SE./10.1/x",
    ],
)  # fmt: skip
def test_addresses_that_are_never_asked(tmp_path: Path, url: str) -> None:
    came = Fetcher(None, allowed=("http://127.0.0.1:8",), sleep=lambda seconds: None).fetch(url, tmp_path / "file")
    assert "never asked" in str(came) or "private network" in str(came) or "no address on the web" in str(came)
    assert not (tmp_path / "file").exists()


def test_a_name_that_leads_inside_once_it_is_connected_gets_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS may give one address to who looks and another to who connects."""
    monkeypatch.setattr("searches.fetching.Fetcher._look", lambda self, url: None)
    fetcher = Fetcher(None, sleep=lambda seconds: None)
    came = fetcher.fetch(f"http://localhost:{desk.host.port}/right.pdf", desk.folder / "file")
    assert "private network" in str(came)
    assert desk.host.asked == {}


def test_a_busy_host_is_left_alone_and_hosts_have_pauses(desk: Desk) -> None:
    desk.host.does |= {
        "/busy": answer(429, Retry_After="9999"),
        "/fine": lead("/fine.pdf"),
        "/fine.pdf": answer(200, PDF),
    }
    run = desk.seeker().fetcher
    run.fetch(f"{desk.host.url}/fine", desk.folder / "file")
    assert (desk.naps, (desk.folder / "file").read_bytes()) == ([2.0], PDF)
    for _ in range(FAILURES + 2):
        came = run.fetch(f"{desk.host.url}/busy", desk.folder / "file")
    assert "127.0.0.1 was busy or away 3 times in a row" in str(came)
    assert not (desk.folder / "file").exists()
    assert desk.host.asked["/busy"] == FAILURES


def test_a_page_that_names_a_file_tried_before_brings_nothing_new(desk: Desk) -> None:
    url = desk.host.url
    desk.host.does["/about"] = answer(200, page(f"{url}/gone"), "text/html")
    desk.host.does["/unpaywall/v2/10.5555/1"] = names(f"{url}/gone", f"{url}/about")
    desk.seeker().seek(wanted("1"), lambda sought: None)
    assert (desk.host.asked["/gone"], desk.noted[1].why) == (
        1,
        "it is a web page, and the PDF file that it names was tried before",
    )
