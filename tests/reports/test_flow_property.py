"""Random small reviews through the real store: every number of the flow against a count by hand.

The count (class ``ByHand``) follows the rules of docs/flow.md from the events alone and shares no code with what it
checks. Each review lives in one transaction that is rolled back, so one database serves them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_log import REASONS, papers
from sqlalchemy import Connection, insert

from reports import rows
from reports.flow import Count, Flow
from reports.identities import check
from reports.material import flow_of
from reports.studies import studies
from review.protocol.model import Protocol, StageRules
from review.store import Actor, Entry, Store, append_many, open_store, schema
from review.store.events import enrol
from review.store.projection import open_reports
from review.store.records import as_row
from review.store.tally import tally

STAGES = ("title-abstract", "full-text")
KINDS = ("database", "register", "website", "organisation", "citation", "other")
PEOPLE = ("Ann", "Bob", "Cy")
CODES = ("b_first", "a_second", "c_third")  # the protocol's order is not the alphabet's
TEXTS = {"b_first": "First", "a_second": "Second", "c_third": "Third"}
STRANGE = "an_old_code"


class Search(NamedTuple):
    """A search: its kind, source, what the query says of each record, its status and its unreadable parts."""

    kind: str
    source: str
    matched: tuple[str, ...]
    status: str
    rejected: int


class Rules(NamedTuple):
    """The rules in force."""

    votes: tuple[int, int] = (1, 1)
    maybe: str = "discuss"
    remove: bool = False


class Said(NamedTuple):
    """One event as it was sent: its id, who, what kind, and what it says."""

    id: str
    who: str
    kind: str
    what: Mapping[str, Any]


# -- random reviews: steps name reports by position, turned into ids when they are carried out

_spot = st.integers(0, 40)
_spots = st.lists(_spot, min_size=1, max_size=4, unique=True)
_searches = st.builds(
    Search,
    st.sampled_from(("database", "database", "database", "citation", *KINDS)),
    st.sampled_from(("s1", "s2")),
    st.lists(st.sampled_from(("yes", "yes", "no", "unknown")), max_size=5).map(tuple),
    st.sampled_from(("complete", "complete", "complete", "incomplete", "failed")),
    st.sampled_from((0, 0, 1, 2)),
)
_rules = st.builds(
    Rules,
    st.sampled_from(((1, 1), (1, 1), (2, 1), (1, 2), (2, 2))),
    st.sampled_from(("discuss", "include")),
    st.booleans(),
)
_verdicts = st.sampled_from(("include", "include", "exclude", "exclude", "maybe", "cleared"))
_reasons = st.lists(st.sampled_from((*CODES, STRANGE)), max_size=2, unique=True)
_stage = st.sampled_from((STAGES[0], STAGES[1], STAGES[1]))
_people = st.sampled_from((("Ann",), ("Ann",), ("Ann", "Bob"), ("Bob",), ("Ann", "Bob", "Cy")))
_steps = st.one_of(
    st.tuples(st.just("vote"), _people, _spots, _stage, _verdicts, _reasons),
    st.tuples(st.just("resolve"), _spot, _stage, st.sampled_from(("include", "exclude")), _reasons, st.booleans()),
    st.tuples(st.just("merge"), st.lists(_spot, min_size=2, max_size=3, unique=True)),
    st.tuples(st.just("merge"), st.lists(_spot, min_size=2, max_size=3, unique=True)),
    st.tuples(st.just("merge"), st.just([0, 1])),
    st.tuples(st.just("split"), _spot),
    st.tuples(st.just("retrieval"), _spots, st.sampled_from(("retrieved", "not_retrieved", "not_retrieved"))),
    st.tuples(st.just("study"), st.sampled_from(("x", "y")), _spots),
    st.tuples(st.just("study"), st.just("x"), st.just([0, 1, 2, 3])),
    st.tuples(st.just("retrieval"), st.just([0, 1, 2]), st.just("not_retrieved")),
    st.tuples(st.just("search"), _searches),
    st.tuples(st.just("rules"), _rules),
)  # fmt: skip
_first = st.lists(_searches, min_size=1, max_size=4)


def _ballot(stage: str, *verdicts: str) -> st.SearchStrategy[tuple[Any, ...]]:
    """Make a step in which people vote on every report, each with a verdict of its own."""
    each = st.lists(st.tuples(st.sampled_from(verdicts), _reasons), min_size=3, max_size=8)
    return st.tuples(st.just("ballot"), st.sampled_from((("Ann",), ("Ann", "Bob"))), st.just(stage), each)


_some = st.lists(_steps, max_size=6)
_history = st.tuples(
    _some, _ballot(STAGES[0], *["include"] * 5, "exclude", "skip"),
    _some, _ballot(STAGES[1], *["include"] * 3, *["exclude"] * 3, "skip"),
    _some,
)  # fmt: skip


@dataclass
class Review:
    """A review under way: what was found, what was said, and the connection it goes through."""

    store: Store
    connection: Connection
    people: Mapping[str, Actor]
    searches: dict[int, Search] = field(default_factory=dict)
    search_of: dict[int, int] = field(default_factory=dict)
    matched: dict[int, str] = field(default_factory=dict)
    log: list[Said] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)

    def say(self, who: str, *entries: tuple[str, dict[str, Any]]) -> None:
        made = append_many(self.store, self.connection, self.people[who], [Entry(*entry) for entry in entries])
        self.log += [Said(event.id, who, kind, what) for event, (kind, what) in zip(made, entries, strict=True)]

    def search(self, one: Search) -> None:
        facts = {"source": one.source, "label": one.source.upper(), "kind": one.kind, "status": one.status}
        rest = {"method": "file", "started_at": "2026-01-02", "losses": [], "notes": []}
        made = self.connection.execute(insert(schema.search).values(**facts, **rest)).inserted_primary_key
        assert made is not None
        number = made[0]
        self.searches[number] = one
        for at, matched in enumerate(one.matched, start=1):
            row = {**as_row(papers(1, start=at)[0]), "search": number, "position": at, "matched": matched}
            key = self.connection.execute(insert(schema.record).values(**row)).inserted_primary_key
            assert key is not None
            self.search_of[key[0]], self.matched[key[0]] = number, matched
        for at in range(one.rejected):
            values = {"search": number, "position": 90 + at, "reason": "cut", "raw": f"cut {at}"}
            self.connection.execute(insert(schema.rejected).values(**values))
        open_reports(self.connection, number)

    def obey(self, rules: Rules) -> None:
        self.rules = rules
        stages = {
            stage: {"votes": votes, "maybe": rules.maybe, "reasons": list(CODES), "remove_unmatched": rules.remove}
            for stage, votes in zip(STAGES, rules.votes, strict=True)
        }
        self.say("Ann", ("protocol", {"hash": "h", "rules": stages}))

    def do(self, step: Sequence[Any]) -> None:
        what, *rest = step
        ids = sorted(self.search_of)
        if what == "search":
            self.search(rest[0])
        elif what == "rules":
            self.obey(rest[0])
        elif ids:
            getattr(self, f"_{what}")(lambda spots: sorted({ids[s % len(ids)] for s in spots}), *rest)

    def _ballot(self, pick: Any, people: Any, stage: str, each: Any) -> None:
        for at in range(len(self.search_of)):
            verdict, reasons = each[at % len(each)]
            if verdict != "skip":
                self._vote(pick, people, [at], stage, verdict, reasons)

    def _vote(self, pick: Any, people: Any, spots: Any, stage: str, verdict: str, reasons: Any) -> None:
        kept = reasons if verdict == "exclude" else []
        for who in people:
            what = [
                {"report": r, "stage": stage, "verdict": verdict, "reasons": kept, "note": None} for r in pick(spots)
            ]
            self.say(who, *(("decision", one) for one in what))

    def _resolve(self, pick: Any, spot: int, stage: str, verdict: str, reasons: Any, stale: bool) -> None:
        report = pick([spot])[0]
        group = next(g for g in ByHand(self).groups if report in g)
        on = [said.id for said in ByHand(self).votes(group, stage).values()]
        what = {"report": report, "stage": stage, "verdict": verdict, "note": None, "acts_on": on[1:] if stale else on}
        self.say("Cy", ("resolution", {**what, "reasons": reasons if verdict == "exclude" else []}))

    def _merge(self, pick: Any, spots: Any) -> None:
        if len(reports := pick(spots)) > 1:
            self.say("Bob", ("merge", {"reports": reports, "rule": "by hand", "score": None}))

    def _split(self, pick: Any, spot: int) -> None:
        self.say("Bob", ("split", {"reports": pick([spot])}))

    def _retrieval(self, pick: Any, spots: Any, outcome: str) -> None:
        what = [{"report": r, "outcome": outcome, "route": None, "note": None} for r in pick(spots)]
        self.say("Ann", *(("retrieval", one) for one in what))

    def _study(self, pick: Any, key: str, spots: Any) -> None:
        self.say("Ann", ("study", {"study": key, "reports": pick(spots)}))


# -- the count by hand


class ByHand:
    """Count a review from its events by the rules of docs/flow.md."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.groups: list[set[int]] = [{r} for r in review.search_of]
        self.early: list[set[int]] = [{r} for r in review.search_of]
        decided: set[int] = set()
        for said in review.log:
            if said.kind == "decision":
                decided.add(said.what["report"])
            elif said.kind == "merge":
                whole = set().union(*(g for g in self.groups if g & set(said.what["reports"])))
                self.groups = [g for g in self.groups if not g & whole] + [whole]
                if not whole & decided:
                    named = set().union(*(g for g in self.early if g & set(said.what["reports"])))
                    self.early = [g for g in self.early if not g & named] + [named]
            elif said.kind == "split":
                for one in said.what["reports"]:
                    self.groups = [g - {one} for g in self.groups if g != {one}] + [{one}]
                    self.early = [g - {one} for g in self.early if g != {one}] + [{one}]

    def votes(self, group: set[int], stage: str) -> dict[str, Said]:
        """Give each person's newest vote on any member that was not taken back."""
        last: dict[tuple[str, int], Said] = {}
        for said in self.review.log:
            if said.kind == "decision" and said.what["report"] in group and said.what["stage"] == stage:
                last.pop((said.who, said.what["report"]), None)
                if said.what["verdict"] != "cleared":
                    last[said.who, said.what["report"]] = said
        return {who: said for (who, _), said in last.items()}

    def outcome(self, group: set[int], stage: str) -> tuple[str, list[str]]:
        """Give include, exclude or open, and the reasons given."""
        rules, votes = self.review.rules, self.votes(group, stage)
        ids = {said.id for said in votes.values()}
        for said in reversed(self.review.log):
            about = said.kind == "resolution" and said.what["report"] in group and said.what["stage"] == stage
            if about and ids and set(said.what["acts_on"]) == ids:
                return said.what["verdict"], said.what["reasons"]
        if len(votes) < rules.votes[STAGES.index(stage)]:
            return "open", []
        verdicts = [said.what["verdict"] for said in votes.values()]
        if rules.maybe == "include":
            verdicts = ["include" if v == "maybe" else v for v in verdicts]
        if verdicts == ["include"] * len(verdicts):
            return "include", []
        if verdicts == ["exclude"] * len(verdicts):
            return "exclude", [code for said in votes.values() for code in said.what["reasons"]]
        return "open", []

    def state(self, group: set[int]) -> tuple[str, str]:
        """Give where a report ended, and the text of its primary reason."""
        if self.review.rules.remove and all(self.review.matched[r] == "no" for r in group):
            return "removed", ""
        first, _ = self.outcome(group, STAGES[0])
        if first != "include":
            return ("screened out" if first == "exclude" else "unscreened"), ""
        got = {}
        for said in self.review.log:
            if said.kind == "retrieval" and said.what["report"] in group:
                got[said.what["report"]] = said.what["outcome"]
        if got and set(got.values()) == {"not_retrieved"} and not self.votes(group, STAGES[1]):
            return "not retrieved", ""
        second, given = self.outcome(group, STAGES[1])
        known = [TEXTS[code] for code in CODES if code in given]
        reason = (known + [code for code in given if code not in TEXTS] + ["No reason given"])[0]
        return {"include": "included", "exclude": "excluded", "open": "unassessed"}[second], reason

    def study(self, group: set[int]) -> object:
        """Give the study that a report was put into last, else itself."""
        keys = [s.what["study"] for s in self.review.log if s.kind == "study" and group & set(s.what["reports"])]
        return keys[-1] if keys else min(group)

    def kind(self, record: int) -> str:
        return self.review.searches[self.review.search_of[record]].kind

    def is_main(self, record: int) -> bool:
        return self.kind(record) in ("database", "register")

    def expected(self) -> dict[str, Any]:
        """Give every box, list, open number and footnote."""
        main = [g for g in self.groups if any(self.is_main(r) for r in g)]
        other = [g for g in self.groups if g not in main]
        found = [r for r in self.review.search_of if self.is_main(r)]
        elsewhere = [r for r in self.review.search_of if not self.is_main(r)]
        m, o = (Counter(self.state(g)[0] for g in groups) for groups in (main, other))
        done = ("excluded", "included")
        included = [g for g in self.groups if self.state(g)[0] == "included"]
        sought = ("not retrieved", "unassessed", *done)
        first_kind = Counter(self.kind(min(g)) for g in other)
        boxes = {
            "website_results": self.known("website", first_kind["website"]),
            "organisation_results": self.known("organisation", first_kind["organisation"]),
            "citations_results": self.known("citation", first_kind["citation"]),
            "other_results": self.known("other", first_kind["other"]),
        }
        place = "identified" if set(boxes.values()) == {0} else "other_identified"
        return boxes | {
            "database_results": self.known("database", sum(self.kind(r) == "database" for r in found)),
            "register_results": self.known("register", sum(self.kind(r) == "register" for r in found)),
            "duplicates": len(found) - len(main),
            "excluded_automatic": 0,
            "excluded_other": m["removed"],
            "records_screened": m["screened out"] + sum(m[s] for s in sought),
            "records_excluded": m["screened out"],
            "dbr_sought_reports": sum(m[s] for s in sought),
            "dbr_notretrieved_reports": m["not retrieved"],
            "dbr_assessed": sum(m[s] for s in done),
            "dbr_excluded": m["excluded"],
            "other_sought_reports": sum(o[s] for s in sought),
            "other_notretrieved_reports": o["not retrieved"],
            "other_assessed": sum(o[s] for s in done),
            "other_excluded": o["excluded"],
            "new_studies": len({self.study(g) for g in included}),
            "new_reports": len(included),
            "open_records": m["unscreened"],
            "open_reports": m["unassessed"],
            "open_other_records": o["unscreened"],
            "open_other_reports": o["unassessed"],
            "databases": self.per_source("database"),
            "registers": self.per_source("register"),
            "dbr_reasons": self.per_reason(main),
            "other_reasons": self.per_reason(other),
            "notes": self.notes(m, o, main, other, elsewhere, place),
        }

    def known(self, kind: str, n: int, source: str | None = None) -> int | None:
        """Give the number, or None when searches were made and not one came to its end with anything known."""
        some = [s for s in self.review.searches.values() if s.kind == kind and source in (None, s.source)]
        silent = some and not any(s.matched or s.status == "complete" for s in some)
        return None if silent else n

    def per_source(self, kind: str) -> dict[str, int | None]:
        some = [s for s in self.review.searches.values() if s.kind == kind]
        return {
            name.upper(): self.known(kind, sum(len(s.matched) for s in some if s.source == name), name)
            for name in {s.source for s in some}
        }

    def per_reason(self, groups: list[set[int]]) -> dict[str, int]:
        return dict(Counter(reason for state, reason in map(self.state, groups) if state == "excluded"))

    def notes(
        self, m: Counter[str], o: Counter[str], main: Any, other: Any, elsewhere: Any, column: str
    ) -> Counter[Any]:
        late = sum(sum(any(map(self.is_main, e & g)) for e in self.early if e & g) - 1 for g in main)
        known = sum(r in g for r in elsewhere for g in main)
        values = Counter({
            ("duplicates", "found_late"): late,
            ("records_screened", "open_records"): m["unscreened"],
            ("dbr_assessed", "open_reports"): m["unassessed"],
            (column, "known_already"): known,
            (column, "repeated"): len(elsewhere) - known - len(other),
            (column, "other_removed"): o["removed"],
            (column, "other_screened_out"): o["screened out"],
            (column, "other_open_records"): o["unscreened"],
            ("other_assessed", "open_reports"): o["unassessed"],
        })  # fmt: skip
        for s in self.review.searches.values():
            box = "identified" if s.kind in ("database", "register") else column
            values[box, "set_aside"] += s.rejected
            values[box, "unfinished"] += s.status != "complete"
        return +values


# -- the test


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    ticks = iter(range(10**9))
    folder: Path = tmp_path_factory.mktemp("flows")
    opened = open_store(folder, clock=lambda: f"2026-11-22T00:00:00.{next(ticks):09d}Z")
    yield opened
    opened.close()


def _protocol() -> Protocol:
    reasons = tuple(type(REASONS[0])(code, TEXTS[code]) for code in CODES)
    rules = StageRules(reasons=reasons)
    return Protocol("T", "Q?", "h", "text", title_abstract=rules, full_text=rules, remove_unmatched=False)


def _shown(flow: Flow) -> dict[str, Any]:
    def listed(counts: tuple[Count, ...]) -> dict[str, int | None]:
        assert len({c.label for c in counts}) == len(counts)
        return {c.label: c.n for c in counts}

    lists = ("databases", "registers", "dbr_reasons", "other_reasons")
    notes = {(note.box, note.key): note.n for note in flow.footnotes}
    assert len(notes) == len(flow.footnotes)
    values = {name: getattr(flow, name) for name in Flow.__annotations__ if name not in ("footnotes", *lists)}
    return {**values, **{name: listed(getattr(flow, name)) for name in lists}, "notes": notes}


OTHER_NOTES = {"known_already", "repeated"}
NOT_OF_THE_LOG = {"previous_studies", "previous_reports", "total_studies", "total_reports"}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(rules=_rules, searches=_first, history=_history)
def test_every_number_is_the_one_counted_by_hand(
    one_store: Store, rules: Rules, searches: list[Search], history: tuple[Any, ...]
) -> None:
    with one_store.engine.connect().execution_options(write=True) as connection, connection.begin() as transaction:
        people = {name: Actor(enrol(one_store, connection, name), "h") for name in PEOPLE}
        review = Review(one_store, connection, people)
        review.obey(rules)
        for one in searches:
            review.search(one)
        before, first, between, second, after = history
        for step in (*before, first, *between, second, *after):
            review.do(step)
        flow = flow_of(connection, _protocol())
        expected = ByHand(review).expected()
        shown = _shown(flow)
        assert {k: v for k, v in shown.items() if k not in NOT_OF_THE_LOG} == expected
        assert [c.id for c in check(flow) if c.status == "fails"] == []
        _agrees_with_the_rest(connection, flow)
        transaction.rollback()


def _agrees_with_the_rest(connection: Connection, flow: Flow) -> None:
    """What status, tables and lists say comes from other queries and must be the same numbers."""
    now = tally(connection)
    included = rows.papers(connection, "included")
    assert now.included_reports == len(included) == flow.new_reports
    assert now.included_studies == len(studies(included)) == flow.new_studies
    assert len(rows.papers(connection, "excluded")) == now.full_text.get("excluded", 0)
    assert now.full_text.get("excluded", 0) == (flow.dbr_excluded or 0) + (flow.other_excluded or 0)
    assert now.records == rows.count_records(connection) == sum(r.records for r in rows.search_rows(connection))
    assert now.rejected == sum(n.n for n in flow.footnotes if n.key == "set_aside")
    duplicates = sum(n.n for n in flow.footnotes if n.key in OTHER_NOTES) + (flow.duplicates or 0)
    assert now.records - now.reports == duplicates == sum(r.duplicates for r in rows.search_rows(connection))
