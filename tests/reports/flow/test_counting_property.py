"""Random small reviews through the real store: every number of the flow against a count by hand.

The count is in ``flow_by_hand``. Each review lives in one transaction that is rolled back: one database serves all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flow_by_hand import CODES, STAGES, TEXTS, ByHand, Facts, Rules, Said, Search
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_log import REASONS, papers
from sqlalchemy import Connection, insert, select

from reports import rows
from reports.flow.counts import BOXES, OTHER_BOXES, Count, Flow
from reports.flow.identities import check
from reports.flow.members import members
from reports.material import Material
from reports.studies import studies
from review.protocol.model import Protocol, StageRules
from review.store import Actor, Entry, Store, append_many, open_store, schema
from review.store.events import enrol
from review.store.projection import open_reports
from review.store.records import as_row
from review.store.tally import tally

KINDS = ("database", "register", "website", "organisation", "citation", "other")
PEOPLE = ("Ann", "Bob", "Cy")
STRANGE = "an_old_code"


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
_outcomes = st.lists(st.sampled_from(("include", "exclude")), min_size=1, max_size=2)
_steps = st.one_of(
    st.tuples(st.just("vote"), _people, _spots, _stage, _verdicts, _reasons),
    st.tuples(st.just("resolve"), _spot, _stage, _outcomes, _reasons, st.booleans()),
    st.tuples(st.just("merge"), st.lists(_spot, min_size=2, max_size=3, unique=True)),
    st.tuples(st.just("merge"), st.lists(_spot, min_size=2, max_size=3, unique=True)),
    st.tuples(st.just("merge"), st.just([0, 1])),
    st.tuples(st.just("split"), _spot),
    st.tuples(st.just("retrieval"), st.just([0]), st.just("retrieved")),
    st.tuples(st.just("retrieval"), st.just([1]), st.just("not_retrieved")),
    st.tuples(st.just("retrieval"), _spots, st.sampled_from(("retrieved", "not_retrieved", "not_retrieved"))),
    st.tuples(st.just("study"), st.sampled_from(("x", "y")), _spots),
    st.tuples(st.just("study"), st.just("x"), st.just([0, 1, 2, 3])),
    st.tuples(st.just("retrieval"), st.just([0, 1, 2]), st.just("not_retrieved")),
    st.tuples(st.just("search"), _searches),
    st.tuples(st.just("stop"), st.one_of(st.none(), _spots)),
    st.tuples(st.just("resume"), st.integers(0, 3)),
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


@dataclass(kw_only=True)
class Review(Facts):
    """A review under way: what was found, what was said, and the connection it goes through."""

    store: Store
    connection: Connection
    people: Mapping[str, Actor]

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
        made_of = [
            {**as_row(record), "search": number, "position": at, "matched": matched}
            for at, (record, matched) in enumerate(zip(papers(len(one.matched)), one.matched, strict=True), start=1)
        ]
        cut = [
            {"search": number, "position": 90 + at, "reason": "cut", "raw": f"cut {at}"} for at in range(one.rejected)
        ]
        for table, some in ((schema.record, made_of), (schema.rejected, cut)):
            if some:
                self.connection.execute(insert(table), some)
        record = schema.record.c
        ids = self.connection.scalars(select(record.id).where(record.search == number).order_by(record.position))
        for key, matched in zip(ids, one.matched, strict=True):
            self.search_of[key], self.matched[key] = number, matched
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
        said = [(report, *each[at % len(each)]) for at, report in enumerate(sorted(self.search_of))]
        for who in people:
            self._cast(who, stage, [one for one in said if one[1] != "skip"])

    def _vote(self, pick: Any, people: Any, spots: Any, stage: str, verdict: str, reasons: Any) -> None:
        for who in people:
            self._cast(who, stage, [(report, verdict, reasons) for report in pick(spots)])

    def _cast(self, who: str, stage: str, votes: Sequence[tuple[int, str, Sequence[str]]]) -> None:
        """Vote on reports at once, as far as they are not of one group: there a vote names those before it."""
        by_hand, waiting, seen = ByHand(self), list[tuple[str, dict[str, Any]]](), set[int]()
        for report, verdict, reasons in votes:
            group = next(g for g in by_hand.groups if report in g)
            if group & seen:
                self.say(who, *waiting)
                waiting, seen = [], set()
            kept = reasons if verdict == "exclude" else []
            what = {"report": report, "stage": stage, "verdict": verdict, "reasons": kept, "note": None}
            if report == min(group):  # a vote on the whole; one on a copy stands beside the others
                what["acts_on"] = sorted(one.id for one in by_hand.votes(group, stage, who, every=True))
            waiting.append(("decision", what))
            seen |= group
        self.say(who, *waiting)

    def _resolve(self, pick: Any, spot: int, stage: str, verdicts: Any, reasons: Any, stale: bool) -> None:
        report = pick([spot])[0]
        group = next(g for g in ByHand(self).groups if report in g)
        on = [said.id for said in ByHand(self).votes(group, stage)]
        for verdict in verdicts:
            what = {"report": report, "stage": stage, "verdict": verdict, "acts_on": on[1:] if stale else on}
            self.say("Cy", ("resolution", {**what, "note": None, "reasons": reasons if verdict == "exclude" else []}))

    def _merge(self, pick: Any, spots: Any) -> None:
        if len(reports := pick(spots)) > 1:
            self.say("Bob", ("merge", {"reports": reports, "rule": "by hand", "score": None}))

    def _split(self, pick: Any, spot: int) -> None:
        self.say("Bob", ("split", {"reports": pick([spot])}))

    def _retrieval(self, pick: Any, spots: Any, outcome: str) -> None:
        what = [{"report": r, "outcome": outcome, "route": None, "note": None} for r in pick(spots)]
        self.say("Ann", *(("retrieval", one) for one in what))

    def _stop(self, pick: Any, spots: Any) -> None:
        """Stop, mostly as a person does: nothing with a vote is named."""
        read = ByHand(self)
        open_ones = [r for g in read.groups if not read.votes(g, STAGES[0]) for r in sorted(g) if not read.stops(r)]
        reports = sorted(open_ones) if spots is None else pick(spots)
        what = {"stage": STAGES[0], "reports": reports, "how": {"read": 1, "total": 2, "relevant": 1}, "why": "enough"}
        self.say("Cy", ("stop", what))

    def _resume(self, pick: Any, which: int) -> None:
        made = [said.id for said in self.log if said.kind == "stop" and "reports" in said.what]
        if which < len(made):
            self.say("Cy", ("stop", {"stage": STAGES[0], "ends": made[which], "why": None}))

    def _study(self, pick: Any, key: str, spots: Any) -> None:
        self.say("Ann", ("study", {"study": key, "reports": pick(spots)}))


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

    lists = ("databases", "registers", "dbr_reasons", "other_reasons", "title_abstract_reasons",
             "other_title_abstract_reasons")  # fmt: skip
    notes = Counter[tuple[str, str]]()
    for note in flow.footnotes:  # a note per stop
        notes[note.box, note.key] += note.n
    assert len({(note.box, note.key, note.how) for note in flow.footnotes}) == len(flow.footnotes)
    left = ("footnotes", "other_sources", *NOT_OF_THE_LOG, *lists)
    return {
        **{name: getattr(flow, name) for name in Flow.__annotations__ if name not in left},
        **{name: listed(getattr(flow, name)) for name in lists},
        "databases_after": {c.label: c.after for c in flow.databases},
        "registers_after": {c.label: c.after for c in flow.registers},
        "other_sources": {(box, c.label): c.n for box, c in flow.other_sources},
        "notes": notes,
    }


OTHER_NOTES = {"known_already", "repeated"}
NOT_OF_THE_LOG = ("previous_studies", "previous_reports", "total_studies", "total_reports", "total_studies_ma",
                  "total_reports_ma", "appraised", "in_synthesis", "of_update")  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(rules=_rules, searches=_first, history=_history)
def test_every_number_is_the_one_counted_by_hand(
    one_store: Store, rules: Rules, searches: list[Search], history: tuple[Any, ...]
) -> None:
    with one_store.engine.connect().execution_options(write=True) as connection, connection.begin() as transaction:
        people = {name: Actor(enrol(one_store, connection, name), "h") for name in PEOPLE}
        review = Review(store=one_store, connection=connection, people=people)
        review.obey(rules)
        for one in searches:
            review.search(one)
        before, first, between, second, after = history
        for step in (*before, first, *between, second, *after):
            review.do(step)
        flow = Material(connection, _protocol()).flow
        expected = ByHand(review).expected()
        assert _shown(flow) == expected
        assert [c.id for c in check(flow) if c.status == "fails"] == []
        _agrees_with_the_rest(connection, flow)
        _lists_what_it_counts(connection, flow)
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
    at_title = sum(now.title_abstract.values())
    assert at_title == now.reports and now.title_abstract.get("not_screened", 0) == (
        (flow.excluded_automatic or 0) + sum(n.n for n in flow.footnotes if n.key == "other_not_screened")
    )
    assert now.records - now.reports == duplicates == sum(r.duplicates for r in rows.search_rows(connection))


def _lists_what_it_counts(connection: Connection, flow: Flow) -> None:
    """A click on a number lists as many records as it counts, none twice, and every record is listed somewhere."""
    ends = rows.terminals(connection)
    listed = members(ends, rows.sources(connection))
    for box in (*BOXES, "excluded_by_people", "excluded_by_automation"):
        n = getattr(flow, box)
        if box not in (*NOT_OF_THE_LOG, "new_studies") and n is not None:
            assert len(listed[box]) == n, box
    parts = [
        ("database_results", flow.databases), ("register_results", flow.registers), ("dbr_excluded", flow.dbr_reasons),
        ("other_excluded", flow.other_reasons), ("records_excluded", flow.title_abstract_reasons),
        *((box, (count,)) for box, count in flow.other_sources),
    ]  # fmt: skip
    assert all(len(listed.get(f"{box}:{c.code}", ())) == (c.n or 0) for box, counts in parts for c in counts)
    study = {t.record: t.study or t.record for t in ends}
    assert len({study[record] for record in listed["new_studies"]}) == flow.new_studies
    assert all(sorted(set(some)) == list(some) for some in listed.values())
    found = ("database_results", "register_results", *OTHER_BOXES.values(), "known_already", "repeated")
    assert sorted(record for box in found for record in listed[box]) == [t.record for t in ends]
