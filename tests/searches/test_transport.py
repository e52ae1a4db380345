"""The one way out: pace, patience, refusals, addresses and secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
import responses
import urllib3

from review import __version__
from review.errors import SourceBusy, SourceChanged, SourceRefused
from searches.source import About, Credentials, RateHeaders, Request
from searches.transport import LONGEST_WAIT, Line, rebase, scrub

ABOUT = About(
    name="made_up", label="Made-up", docs="https://docs.example.org", checked="2026-11-22",
    base_url="https://api.example.org", interval=(1.0, 0.25), page_size=10, key="MADE_UP_KEY",
)  # fmt: skip
ASK = Request("https://api.example.org/v1/search", (("q", "a b,c:d|e"), ("own", "0123456789")), secret=("own",))
ADDRESS = "https://api.example.org/v1/search"


class Time:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.at = 1_000_000.0
        self.naps: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def line(time: Time) -> Callable[..., Line]:
    def make(key: str | None = None, contact: str | None = None, base_url: str | None = None) -> Line:
        access = Credentials(key, contact)
        return Line(ABOUT, access, base_url=base_url, now=time.now, sleep=time.sleep, random=lambda: 0.5)

    return make


def test_a_reply_comes_with_its_address_without_secrets(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, body=b"{}")
    reply = line().send(ASK)
    assert reply.body == b"{}"
    assert reply.url == "https://api.example.org/v1/search?q=a%20b,c:d|e"
    assert wire.calls[0].request.url == "https://api.example.org/v1/search?q=a%20b,c:d%7Ce&own=0123456789"


def test_who_asks_is_said_and_not_faked(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, body=b"{}")
    line(contact="me@example.org").send(ASK)
    assert wire.calls[0].request.headers["User-Agent"] == f"narrative-review/{__version__} (mailto:me@example.org)"


def test_a_post_sends_a_form(wire: responses.RequestsMock, line: Any) -> None:
    wire.post(ADDRESS, body=b"{}")
    reply = line().send(Request(ADDRESS, (("q", "x y"),), method="POST"))
    assert (wire.calls[0].request.url, wire.calls[0].request.body) == (ADDRESS, b"q=x%20y")
    assert wire.calls[0].request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert reply.url == f"{ADDRESS}?q=x%20y"


@pytest.mark.parametrize(("key", "interval"), [(None, 1.0), ("0123456789", 0.25)])
def test_requests_keep_their_distance(
    wire: responses.RequestsMock, line: Any, time: Time, key: str | None, interval: float
) -> None:
    wire.get(ADDRESS, body=b"{}")
    one = line(key)
    one.send(ASK)
    one.send(ASK)
    time.at += interval
    one.send(ASK)
    assert time.naps == [interval]


def test_a_clock_that_is_set_back_does_not_stall(wire: responses.RequestsMock, line: Any, time: Time) -> None:
    wire.get(ADDRESS, body=b"{}")
    one = line()
    one.send(ASK)
    time.at -= 3600
    one.send(ASK)
    assert time.naps == [1.0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_source_is_asked_again_with_growing_pauses(
    wire: responses.RequestsMock, line: Any, time: Time, status: int
) -> None:
    for _ in range(5):
        wire.get(ADDRESS, status=status, body=b'{"message": "too many"}')
    with pytest.raises(SourceBusy, match=f"HTTP {status}: too many") as caught:
        line().send(ASK)
    assert (len(wire.calls), caught.value.wait) == (5, None)
    assert time.naps == [1.5, 2.5, 4.5, 8.5]


@pytest.mark.parametrize(
    ("value", "seconds"),
    # the clock stands at 1,000,000 seconds: 12 January 1970, 13:46:40
    [("30", 30.0), ("0", 0.0), ("Mon, 12 Jan 1970 13:47:00 GMT", 20.0), ("Mon, 12 Jan 1970 13:00:00 GMT", 0.0)],
)
def test_retry_after_is_obeyed(wire: responses.RequestsMock, line: Any, time: Time, value: str, seconds: float) -> None:
    wire.get(ADDRESS, status=429, headers={"Retry-After": value})
    wire.get(ADDRESS, body=b"{}")
    line().send(ASK)
    assert sum(time.naps) == max(seconds, 1.0)  # the interval is kept in any case


def test_a_retry_after_that_says_nothing_is_passed_over(wire: responses.RequestsMock, line: Any, time: Time) -> None:
    wire.get(ADDRESS, status=503, headers={"Retry-After": "soon"})
    wire.get(ADDRESS, body=b"{}")
    line().send(ASK)
    assert time.naps == [1.5]


def test_a_wait_beyond_the_ceiling_ends_at_once(wire: responses.RequestsMock, line: Any, time: Time) -> None:
    wire.get(ADDRESS, status=429, headers={"Retry-After": "54000"}, body=b'{"message": "Insufficient budget."}')
    with pytest.raises(SourceBusy, match="Insufficient budget") as caught:
        line().send(ASK)
    assert (caught.value.wait, time.naps, len(wire.calls)) == (54000.0, [], 1)
    assert "15 h 0 min" in str(caught.value.hint)
    assert caught.value.wait > LONGEST_WAIT


def test_a_refusal_says_what_the_source_said(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, status=401, body=b"<p>Key <b>0123456789</b> unknown</p>")
    with pytest.raises(SourceRefused, match=r"HTTP 401: Key \(secret\) unknown") as caught:
        line("0123456789").send(ASK)
    assert "MADE_UP_KEY" in str(caught.value.hint)
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("headers", "body"),
    [({"Content-Type": "text/html"}, b"<p>Sorry</p>"), ({}, b"\n<!DOCTYPE html><html>"), ({}, b"<html lang='en'>")],
)
def test_a_web_page_is_no_reply(wire: responses.RequestsMock, line: Any, headers: dict[str, str], body: bytes) -> None:
    wire.get(ADDRESS, headers=headers, body=body)
    with pytest.raises(SourceChanged, match="web page"):
        line().send(ASK)


def test_data_under_a_wrong_content_type_is_still_data(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, headers={"Content-Type": "text/html"}, body=b'{"a": 1}')
    assert line().send(ASK).body == b'{"a": 1}'


def test_an_empty_reply_is_asked_again(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, body=b" \n")
    wire.get(ADDRESS, body=b"{}")
    assert line().send(ASK).body == b"{}"


@pytest.mark.parametrize(
    ("fault", "says", "tries"),
    [
        (requests.ReadTimeout("https://x?api_key=0123456789"), "did not answer in time", 5),
        (requests.exceptions.ChunkedEncodingError("api_key=0123456789"), "cut short", 5),
        (requests.ConnectionError(urllib3.exceptions.ProtocolError("broken")), "cut short", 5),
        (requests.ConnectionError("api_key=0123456789"), "cannot be reached at api.example.org", 2),
    ],
)
def test_faults_of_the_network_are_tried_again_then_said(
    wire: responses.RequestsMock, line: Any, fault: Exception, says: str, tries: int
) -> None:
    wire.get(ADDRESS, body=fault)
    with pytest.raises(SourceBusy, match=says) as caught:
        line().send(ASK)
    assert len(wire.calls) == tries
    assert "0123456789" not in f"{caught.value} {caught.value.url} {caught.value.hint}"
    assert caught.value.__suppress_context__, "the cause holds the whole address"


def test_an_address_that_is_none_is_a_refusal(line: Any) -> None:
    with pytest.raises(SourceRefused, match="cannot be asked at this address") as caught:
        line(base_url="localhost").send(ASK)
    assert "base_url" in str(caught.value.hint)


def test_a_secret_that_is_echoed_is_blotted_out(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, body=b'{"key": "0123456789", "from": "me@example.org"}')
    reply = line("0123456789", "me@example.org").send(ASK)
    assert reply.body == b'{"key": "(secret)", "from": "(secret)"}'


def test_another_host_takes_the_place_of_the_documented_one(wire: responses.RequestsMock, line: Any) -> None:
    wire.get("http://127.0.0.1:8123/mirror/v1/search", body=b"{}")
    assert line(base_url="http://127.0.0.1:8123/mirror/").send(ASK).url.startswith("http://127.0.0.1:8123/mirror/v1/")
    assert rebase("https://api.example.org/v1/search", None) == "https://api.example.org/v1/search"


def test_every_known_secret_leaves_an_address() -> None:
    url = "https://u:p@x.org/a?term=b&api_key=1&API_KEY=2&email=e@f.g&mailto=h&token=i&own=j&empty="
    assert scrub(url, ("own",)) == "https://x.org/a?term=b&empty="


def test_json_is_put_with_its_parameters_in_the_address(wire: responses.RequestsMock, line: Any) -> None:
    wire.put(f"{ADDRESS}?q=x", body=b"{}")
    line().send(Request(ADDRESS, (("q", "x"),), method="PUT", content='{"qs": "é"}'))
    sent = wire.calls[0].request
    assert (sent.headers["Content-Type"], sent.body) == ("application/json", '{"qs": "é"}'.encode())


def test_the_pace_is_what_the_reply_says_and_never_faster_than_documented(
    wire: responses.RequestsMock, time: Time
) -> None:
    told = RateHeaders(limit="X-Limit", interval="X-Interval")
    slow = Line(replace(ABOUT, rate=told), Credentials(), now=time.now, sleep=time.sleep)
    for limit in ("1", "1", "50"):
        wire.get(ADDRESS, body=b"{}", headers={"X-Limit": limit, "X-Interval": "4s"})
    for _ in range(4):
        slow.send(ASK)
    # one in four seconds, twice; then fifty in four seconds, which is faster than the documented second
    assert time.naps == [4.0, 4.0, 1.0]


@pytest.mark.parametrize("reset", ["30", "1800000030", "1800000030000"])
def test_no_request_is_left_until_the_reset(wire: responses.RequestsMock, time: Time, reset: str) -> None:
    time.at = 1_800_000_000.0
    told = RateHeaders(remaining="X-Left", reset="X-Reset")
    wire.get(ADDRESS, body=b"{}", headers={"X-Left": "0", "X-Reset": reset})
    spent = Line(replace(ABOUT, rate=told), Credentials(), now=time.now, sleep=time.sleep)
    spent.send(ASK)
    spent.send(ASK)
    assert time.naps == [30.0]


def test_a_budget_that_is_spent_for_hours_is_not_waited_for(wire: responses.RequestsMock, time: Time) -> None:
    told = RateHeaders(remaining="X-Left", reset="X-Reset")
    wire.get(ADDRESS, body=b"{}", headers={"X-Left": "0", "X-Reset": "7200"})
    spent = Line(replace(ABOUT, rate=told), Credentials(), now=time.now, sleep=time.sleep)
    spent.send(ASK)
    with pytest.raises(SourceBusy, match="takes no more requests for now") as caught:
        spent.send(ASK)
    assert "2 h 0 min" in str(caught.value.hint)
    assert (time.naps, len(wire.calls)) == ([], 1)


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "it is wrong"}',
        b'{"message": [{"type": "validation", "message": "it is wrong"}]}',
        b'{"service-error": {"status": {"statusCode": "X", "statusText": "it is wrong"}}}',
        b'{"error": {"status": 400, "title": "it is wrong"}}',
    ],
)
def test_what_a_source_says_is_found_wherever_it_stands(wire: responses.RequestsMock, line: Any, body: bytes) -> None:
    wire.get(ADDRESS, status=400, body=body)
    with pytest.raises(SourceRefused, match=r"HTTP 400: it is wrong\)"):
        line().send(ASK)


KEYED = replace(ASK, headers=(("X-Own-Key", "a-key-of-a-person"),), secret=("X-Own-Key",))


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example.org/", "http://api.example.org/", "https://api.example.org:8443/", "//x:y/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_keys_do_not_follow_a_redirection_to_another_place(
    wire: responses.RequestsMock, line: Any, to: str, method: Any
) -> None:
    wire.add(method, ADDRESS, status=307, headers={"Location": to})
    with pytest.raises(SourceChanged, match="answered with HTTP 307"):
        line().send(replace(KEYED, method=method))
    assert len(wire.calls) == 1


def test_a_redirection_to_another_place_is_named(wire: responses.RequestsMock, line: Any) -> None:
    wire.get(ADDRESS, status=302, headers={"Location": "https://moved.example.org/v1"})
    with pytest.raises(SourceChanged, match=r"points to moved\.example\.org, to which no key is sent"):
        line().send(KEYED)


@pytest.mark.parametrize("to", ["/v2/search", "https://api.example.org/v2/search"])
def test_a_redirection_on_the_same_host_is_followed(wire: responses.RequestsMock, line: Any, to: str) -> None:
    wire.get(ADDRESS, status=301, headers={"Location": to})
    wire.get("https://api.example.org/v2/search", body=b"{}")
    assert line().send(KEYED).body == b"{}"
    assert wire.calls[1].request.headers["X-Own-Key"] == "a-key-of-a-person"


def test_a_reply_that_would_fill_the_memory_is_broken_off(
    wire: responses.RequestsMock, line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searches.transport.LARGEST", 1_000_000)
    wire.get(ADDRESS, body=b"[" + b" " * 1_000_000 + b"]")
    with pytest.raises(SourceChanged, match="a reply of more than 1 MB"):
        line().send(ASK)


@pytest.mark.parametrize("value", ["inf", "1e400", "nan", "Mon, 12 Jan 99999 13:47:00 GMT"])
def test_a_retry_after_without_end_is_passed_over(
    wire: responses.RequestsMock, line: Any, time: Time, value: str
) -> None:
    wire.get(ADDRESS, status=429, headers={"Retry-After": value})
    wire.get(ADDRESS, body=b"{}")
    assert line().send(ASK).body == b"{}"
    assert sum(time.naps) == 1.5


@pytest.mark.parametrize(("span", "pause"), [("inf", 1.0), ("999999999s", LONGEST_WAIT)])
def test_a_pace_that_would_never_end_is_not_kept(
    wire: responses.RequestsMock, time: Time, span: str, pause: float
) -> None:
    about = replace(ABOUT, rate=RateHeaders(limit="x-limit", interval="x-interval"))
    line = Line(about, Credentials(), now=time.now, sleep=time.sleep, random=lambda: 0.5)
    wire.get(ADDRESS, body=b"{}", headers={"x-limit": "1", "x-interval": span})
    line.send(ASK)
    line.send(ASK)
    assert time.naps == [pause]
