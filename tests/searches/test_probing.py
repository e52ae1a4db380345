"""One page outside any search: what is asked, that it is asked again, and what `review check --live` says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged
from review.protocol import Protocol
from searches.probing import STABLE_DOI, looked_up, one_page, probe
from searches.registry import SOURCES
from searches.source import Translation

Reach = Callable[..., Any]
HTML = (200, {"Content-Type": "text/html"}, b"<html>")


def clock() -> Callable[[], float]:
    ticks = iter([10.0, 10.5])
    return lambda: next(ticks)


@pytest.mark.parametrize("name", list(SOURCES))
def test_the_smallest_page_asks_for_the_fewest_records_and_changes_nothing_else(
    name: str, reach: Reach, protocol: Protocol
) -> None:
    access, server = reach(name, 3)
    query = access.source.translate(protocol.strategies[0].query, protocol.limits)
    for smallest in (False, True):
        assert one_page(access, query, smallest=smallest).total == 3
    whole, small = (asked.params for asked in server.asked[:2])
    about = access.source.about
    assert {key for key in whole if whole[key] != small[key]} == ({about.size} if about.size else set())
    if about.size:
        assert small[about.size] == str(about.fewest)


def test_a_reply_that_cannot_be_read_is_asked_for_again(reach: Reach) -> None:
    access, server = reach("europepmc", 3, faults={1: lambda body: body[:20]})
    assert one_page(access, Translation("x")).total == 3
    access, server = reach("europepmc", 3, faults={n: lambda body: body[:20] for n in (1, 2, 3)})
    with pytest.raises(SourceChanged) as caught:
        one_page(access, Translation("x"))
    assert (len(server.asked), caught.value.url is not None) == (2, True)


def test_a_source_that_says_it_is_busy_in_a_whole_reply_is_given_time(reach: Reach, naps: list[float]) -> None:
    busy = (200, {}, b'{"error": "server busy"}')
    access, server = reach("pubmed", 3, faults=dict.fromkeys((1, 2), busy))
    assert one_page(access, Translation("x")).total == 3
    access, server = reach("pubmed", 3, faults=dict.fromkeys(range(1, 9), busy))
    naps.clear()
    with pytest.raises(SourceBusy):
        one_page(access, Translation("x"))
    assert len(server.asked) == 4
    assert [nap for nap in naps if nap >= 1] == [1, 2, 4]


def test_one_record_is_asked_for_by_its_id(reach: Reach) -> None:
    access, server = reach("pubmed", 3)
    assert [record.pmid for record in looked_up(access, "pmid", "1002")] == ["1002"]
    assert server.asked[0].params["term"] == "1002[uid]"
    access, _ = reach("pubmed", 0)
    assert looked_up(access, "pmid", "1002") == ()


def test_another_record_than_the_one_asked_for_is_no_answer(reach: Reach) -> None:
    access, _ = reach("pubmed", 3)
    with pytest.raises(SourceChanged, match="was asked for 9 and sent another record"):
        looked_up(access, "pmid", "9")
    with pytest.raises(SourceChanged):  # three records without a DOI are no answer, one may be
        looked_up(access, "doi", "10.1000/x")
    assert len(looked_up(reach("europepmc", 1)[0], "doi", "10.1000/x")) == 1


# -- review check --live


def test_a_source_that_answers_is_ok(reach: Reach) -> None:
    access, server = reach("europepmc", 1)
    told = probe(access, clock())
    assert (told.status, told.hits, told.seconds, told.error) == ("ok", 1, 0.5, None)
    assert server.asked[0].params["query"] == f'DOI:"{STABLE_DOI}"'


def test_a_source_without_that_paper_is_asked_for_a_word(reach: Reach) -> None:
    access, server = reach("europepmc", 7, faults={1: lambda body: b'{"hitCount": 0, "resultList": {"result": []}}'})
    told = probe(access, clock())
    assert (told.status, told.hits) == ("ok", 7)
    assert "health" in server.asked[1].params["query"]


@pytest.mark.parametrize(
    ("faults", "status", "error"),
    [
        (dict.fromkeys((1, 2), HTML), "changed", "sent a web page"),
        ({n: (200, {}, b'{"found": 3}') for n in (1, 2)}, "changed", "names no hits"),
        ({1: (400, {}, b"no")}, "refused", "HTTP 400"),
        ({n: (503, {}, b"") for n in range(1, 6)}, "busy", "HTTP 503"),
    ],
)
def test_a_source_that_does_not_answer_as_documented(
    faults: dict[int, Any], status: str, error: str, reach: Reach
) -> None:
    access, _ = reach("europepmc", 1, faults=faults)
    told = probe(access, clock())
    assert (told.status, told.hits, told.seconds) == (status, None, 0.5)
    assert error in str(told.error)


def test_another_paper_than_the_one_asked_for_is_a_change(reach: Reach) -> None:
    access, _ = reach("europepmc", 1, faults={1: lambda body: body.replace(b'"pmid"', b'"doi": "10.1000/x", "pmid"')})
    told = probe(access, clock())
    assert (told.status, "sent another record" in str(told.error)) == ("changed", True)


def test_a_record_that_cannot_be_read_is_a_change(reach: Reach) -> None:
    access, _ = reach("europepmc", 1, faults={1: lambda body: body.replace(b'"id"', b'"no"')})
    told = probe(access, clock())
    assert (told.status, "cannot be read: it has no 'id'" in str(told.error)) == ("changed", True)


def test_finding_nothing_at_all_is_a_change(reach: Reach) -> None:
    access, _ = reach("europepmc", 0)
    told = probe(access, clock())
    assert (told.status, "finds nothing for the word 'health'" in str(told.error)) == ("changed", True)


def test_the_command_says_it_for_each_source_after_the_other_checks(review: Callable[..., Any], reach: Reach) -> None:
    assert "live" not in json.loads(review("check", "--json")[1])
    reach("pubmed", 3, faults={1: (400, {}, b"no")})
    reach("europepmc", 3)
    code, out, _ = review("check", "--live", "--json")
    assert code == 0  # OpenAlex cannot be reached, PubMed refuses: neither is a fault of the protocol
    told = json.loads(out)["live"]
    assert [(one["source"], one["status"]) for one in told] == [
        ("pubmed", "refused"), ("europepmc", "ok"), ("openalex", "busy"),
    ]  # fmt: skip
    assert set(told[0]) == {"source", "status", "hits", "seconds", "error"}
    assert "Europe PMC: ok: as documented, 3 hits (0." in review("check", "--live")[1]


def test_a_source_that_changed_decides_the_exit_code(review: Callable[..., Any], reach: Reach) -> None:
    reach("pubmed", 3, faults=dict.fromkeys((1, 2), HTML))
    code, out, _ = review("check", "--live")
    assert code == 5
    assert "PubMed: changed: PubMed sent a web page" in out and "The protocol can be used" in out
