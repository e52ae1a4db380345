"""The log: chained, append-only, each entry once, and everything that follows from it can be rebuilt."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import exc, insert, select, text

from review.errors import ReviewError, StageError, TamperError
from review.store import Actor, Entry, Store, append, append_many, aside, open_store, schema
from review.store.event import canonical
from review.store.events import enrol, heads, read_events
from review.store.projection import open_reports
from review.store.tally import tally
from review.store.verify import verify

TWO_VOTES = {"title-abstract": {"votes": 2, "reasons": ["first", "second"]}, "full-text": {"votes": 1}}


def with_records(store: Store, count: int = 6, matched: str = "yes") -> tuple[Actor, Actor]:
    with store.write() as connection:
        search = {
            "source": "s", "label": "S", "kind": "database", "method": "file", "started_at": "2026",
            "status": "complete", "losses": [], "notes": [],
        }  # fmt: skip
        number = connection.execute(insert(schema.search).values(**search)).inserted_primary_key
        rows = [
            {"search": number[0], "position": i, "title": f"t{i}", "authors": [], "keywords": [], "more": {},
             "matched": matched}
            for i in range(1, count + 1)
        ]  # fmt: skip
        connection.execute(insert(schema.record), rows)
        open_reports(connection, number[0])
        return Actor(enrol(store, connection, "Ann"), "h1"), Actor(enrol(store, connection, "Bob"), "h1")


@pytest.fixture
def review_store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def vote(store: Store, actor: Actor, report: int, verdict: str, *reasons: str, stage: str = "title-abstract") -> str:
    payload = {"report": report, "stage": stage, "verdict": verdict, "reasons": list(reasons)}
    return append(store, actor, "decision", payload).id


def standing(store: Store, report: int, stage: str = "title-abstract") -> tuple[str, int, str | None] | None:
    table = schema.standing.c
    query = select(table.status, table.votes, table.reason).where(table.report == report, table.stage == stage)
    with store.read() as connection:
        row = connection.execute(query).first()
        return (row.status, row.votes, row.reason) if row else None


def test_one_vote_decides_by_default_and_opens_full_text(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    assert standing(review_store, 1) == ("waiting", 0, None)
    vote(review_store, ann, 1, "include")
    assert standing(review_store, 1) == ("included", 1, None)
    assert standing(review_store, 1, "full-text") == ("waiting", 0, None)
    vote(review_store, ann, 1, "exclude", "first")
    assert standing(review_store, 1) == ("excluded", 1, "first")
    assert standing(review_store, 1, "full-text") is None


def test_clearing_a_vote_puts_the_report_back_into_the_queue(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    vote(review_store, ann, 1, "exclude", "first")
    vote(review_store, ann, 1, "cleared")
    assert standing(review_store, 1) == ("waiting", 0, None)


def test_two_votes_wait_for_each_other_and_disagree(review_store: Store) -> None:
    ann, bob = with_records(review_store)
    append(review_store, ann, "protocol", {"hash": "h1", "rules": TWO_VOTES})
    vote(review_store, ann, 1, "include")
    assert standing(review_store, 1) == ("started", 1, None)
    vote(review_store, bob, 1, "exclude", "second")
    assert standing(review_store, 1) == ("conflict", 2, None)


def test_the_primary_reason_is_the_first_of_the_protocols_order(review_store: Store) -> None:
    ann, bob = with_records(review_store)
    append(review_store, ann, "protocol", {"hash": "h1", "rules": TWO_VOTES})
    vote(review_store, ann, 1, "exclude", "second")
    vote(review_store, bob, 1, "exclude", "second", "first")
    assert standing(review_store, 1) == ("excluded", 2, "first")


def test_a_resolution_settles_its_votes_and_no_others(review_store: Store) -> None:
    ann, bob = with_records(review_store)
    append(review_store, ann, "protocol", {"hash": "h1", "rules": TWO_VOTES})
    acts_on = [vote(review_store, ann, 1, "include"), vote(review_store, bob, 1, "exclude", "first")]
    payload = {"report": 1, "stage": "title-abstract", "verdict": "exclude", "reasons": ["second"], "acts_on": acts_on}
    append(review_store, ann, "resolution", payload)
    assert standing(review_store, 1) == ("excluded", 2, "second")
    vote(review_store, bob, 1, "maybe")
    assert standing(review_store, 1) == ("conflict", 2, None)


def test_a_maybe_is_for_discussion_unless_the_protocol_says_include(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    vote(review_store, ann, 1, "maybe")
    assert standing(review_store, 1) == ("conflict", 1, None)
    append(review_store, ann, "protocol", {"hash": "h2", "rules": {"title-abstract": {"maybe": "include"}}})
    assert standing(review_store, 1) == ("included", 1, None)


def test_merging_keeps_every_vote_and_shows_the_conflict(review_store: Store) -> None:
    ann, bob = with_records(review_store)
    vote(review_store, ann, 2, "include")
    vote(review_store, bob, 5, "exclude", "first")
    append(review_store, ann, "merge", {"reports": [2, 5], "rule": "doi", "score": 1.0})
    assert standing(review_store, 2) == ("conflict", 2, None)
    assert standing(review_store, 5) is None
    append(review_store, ann, "split", {"reports": [5]})
    assert standing(review_store, 2) == ("included", 1, None)
    assert standing(review_store, 5) == ("excluded", 1, "first")


def test_splitting_the_lowest_number_off_leaves_the_others_together(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    append(review_store, ann, "merge", {"reports": [1, 2, 3], "rule": "doi", "score": 1.0})
    append(review_store, ann, "split", {"reports": [1]})
    with review_store.read() as connection:
        merged = connection.execute(select(schema.report).where(schema.report.c.merged_into.is_not(None))).all()
    assert [tuple(row) for row in merged] == [(3, 2)]


def test_not_retrieved_counts_only_without_a_full_text_vote(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    vote(review_store, ann, 1, "include")
    append(review_store, ann, "retrieval", {"report": 1, "outcome": "not_retrieved", "note": "library says no"})
    assert standing(review_store, 1, "full-text") == ("not_retrieved", 0, None)
    vote(review_store, ann, 1, "include", stage="full-text")
    assert standing(review_store, 1, "full-text") == ("included", 1, None)


def test_unmatched_records_stay_unless_the_protocol_removes_them(review_store: Store) -> None:
    ann, _ = with_records(review_store, matched="no")
    assert standing(review_store, 1) == ("waiting", 0, None)
    rules = {"title-abstract": {"remove_unmatched": True}}
    append(review_store, ann, "protocol", {"hash": "h2", "rules": rules})
    assert standing(review_store, 1) == ("removed", 0, None)
    append(review_store, ann, "protocol", {"hash": "h3", "rules": {}})
    assert standing(review_store, 1) == ("waiting", 0, None)


def test_the_same_client_id_counts_once(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    payload = {"report": 1, "stage": "title-abstract", "verdict": "include", "reasons": []}
    first = append(review_store, ann, "decision", payload, client="c1")
    again = append(review_store, ann, "decision", {**payload, "verdict": "exclude"}, client="c1")
    assert first == again
    assert standing(review_store, 1) == ("included", 1, None)


def test_two_persons_have_two_chains(review_store: Store) -> None:
    ann, bob = with_records(review_store)
    vote(review_store, ann, 1, "include")
    vote(review_store, bob, 1, "include")
    vote(review_store, ann, 2, "include")
    with review_store.read() as connection:
        assert sorted(number for _, number, _ in heads(connection)) == [1, 2]
        events = [e for e in read_events(connection, "decision") if e.person == ann.person]
    assert events[0].previous is None
    assert events[1].previous == events[0].id


def test_payloads_hold_no_names(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    vote(review_store, ann, 1, "include")
    with review_store.read() as connection:
        rows = connection.execute(select(schema.event)).all()
    assert "Ann" not in json.dumps([list(row) for row in rows])


@pytest.mark.parametrize("statement", ["UPDATE event SET person = 'x'", "DELETE FROM event"])
def test_the_database_itself_refuses_to_change_the_log(review_store: Store, statement: str) -> None:
    ann, _ = with_records(review_store)
    vote(review_store, ann, 1, "include")
    with pytest.raises(exc.IntegrityError, match="append-only"), review_store.write() as connection:
        connection.execute(text(statement))


def tamper(store: Store, statement: str) -> None:
    with store.write() as connection:
        connection.execute(text("DROP TRIGGER event_no_update"))
        connection.execute(text("DROP TRIGGER event_no_delete"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET payload = replace(payload, 'include', 'exclude') WHERE seq = 2",
        "DELETE FROM event WHERE seq = 2",
        "UPDATE event SET at = '2020' WHERE seq = 1",
    ],
)
def test_verify_finds_a_changed_or_missing_event(review_store: Store, statement: str) -> None:
    ann, _ = with_records(review_store)
    for report in (1, 2, 3):
        vote(review_store, ann, report, "include")
    tamper(review_store, statement)
    with pytest.raises(TamperError), review_store.read() as connection:
        verify(connection)


def test_verify_finds_a_cut_tail_by_its_head(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    for report in (1, 2, 3):
        vote(review_store, ann, report, "include")
    with review_store.read() as connection:
        noted = heads(connection)
    tamper(review_store, "DELETE FROM event WHERE seq = 3")
    with review_store.write() as connection:
        connection.execute(text("DELETE FROM decision WHERE report = 3"))
        connection.execute(text("DELETE FROM standing WHERE report = 3 AND stage = 'full-text'"))
        connection.execute(text("UPDATE standing SET status = 'waiting', votes = 0 WHERE report = 3"))
    with review_store.read() as connection:
        verify(connection)
    with pytest.raises(TamperError, match="noted down"), review_store.read() as connection:
        verify(connection, noted)


def test_verify_finds_a_table_that_does_not_follow_from_the_log(review_store: Store) -> None:
    ann, _ = with_records(review_store)
    vote(review_store, ann, 1, "include")
    with review_store.write() as connection:
        connection.execute(
            text("UPDATE standing SET status = 'excluded' WHERE report = 1 AND stage = 'title-abstract'")
        )
    with pytest.raises(TamperError, match="standing"), review_store.read() as connection:
        verify(connection)


def test_canonical_json_has_one_spelling() -> None:
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


def test_the_migrations_make_the_schema(review_store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with review_store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, aside.metadata) == []


def test_head_is_the_newest_migration() -> None:
    from review.store.migrate import HEAD

    versions = Path(schema.__file__).parent / "migrations" / "versions"
    assert max(p.name[1:5] for p in versions.glob("v*.py")) == HEAD


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "review.sqlite")
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    with pytest.raises(StageError, match="not a review's"):
        open_store(tmp_path)


def test_a_damaged_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "review.sqlite").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StageError, match="damaged"):
        open_store(tmp_path)


def test_an_address_that_is_not_postgresql_is_refused_without_showing_it(tmp_path: Path) -> None:
    for url in (
        "mysql://me:hunter2@host/db",
        "postgresql://me:hunter2@host:port/db",
        "postgresql://[::hunter2",
        "postgresql://me:secret@hunter2@host/db",  # would be: user me, password secret, host hunter2@host
    ):
        with pytest.raises(StageError, match="not a PostgreSQL address") as caught:
            open_store(tmp_path, url=url)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value)) + str(caught.value.hint)


def test_an_unknown_option_of_an_address_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="invalid connection option"):
        open_store(tmp_path, url="postgresql://me@127.0.0.1:1/db?bogus=1")


def test_a_number_beyond_sqlite_is_a_sentence(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(ReviewError, match="larger than any"), store.read() as connection:
        connection.execute(select(schema.report.c.id).where(schema.report.c.id == 2**63))
    store.close()


REPORTS = st.integers(1, 6)
VERDICTS = st.sampled_from(["include", "exclude", "maybe", "cleared"])
ACTIONS = st.one_of(
    st.tuples(st.just("decision"), REPORTS, VERDICTS, st.sampled_from(["title-abstract", "full-text"]), st.booleans()),
    st.tuples(st.just("merge"), st.lists(REPORTS, min_size=2, max_size=3, unique=True)),
    st.tuples(st.just("split"), REPORTS),
    st.tuples(st.just("protocol"), st.integers(1, 2)),
    st.tuples(st.just("resolution"), REPORTS),
    st.tuples(st.just("retrieval"), REPORTS, st.sampled_from(["tried", "asked", "retrieved", "not_retrieved"])),
    st.tuples(st.just("stop"), st.lists(REPORTS, min_size=1, max_size=6, unique=True)),
    st.tuples(st.just("resume"), REPORTS),
    st.tuples(st.just("notices"), st.lists(REPORTS, min_size=1, max_size=3, unique=True), st.booleans()),
    st.tuples(st.just("notice_seen"), REPORTS),
    st.tuples(st.just("value"), REPORTS, st.sampled_from([None, 1, 2])),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=25), batch=st.booleans())
def test_whatever_happens_the_tables_follow_from_the_log(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[object, ...]], batch: bool
) -> None:
    store = open_store(tmp_path_factory.mktemp("log"))
    people = with_records(store)
    entries = [entry(store, action) for action in actions] if batch else []
    if batch:
        with store.write() as connection:
            append_many(store, connection, people[0], entries)
    else:
        for number, action in enumerate(actions):
            made = entry(store, action)
            append(store, people[number % 2], made.kind, made.payload)
    with store.read() as connection:
        assert verify(connection).events == len(actions)
        counts = tally(connection)
        assert sum(counts.title_abstract.values()) == counts.reports
        assert sum(counts.full_text.values()) == counts.title_abstract.get("included", 0)
    store.close()


def entry(store: Store, action: tuple[object, ...]) -> Entry:
    kind, first, *rest = action
    if kind == "decision":
        reasons = ["second"] if rest[2] and rest[0] == "exclude" else []
        with store.read() as connection:
            cast = list(connection.scalars(select(schema.decision.c.event).order_by(schema.decision.c.event)))
        acts_on = cast[:2] if rest[2] else []
        what = {"report": first, "stage": rest[1], "verdict": rest[0], "reasons": reasons, "acts_on": acts_on}
        return Entry("decision", what)
    if kind == "merge":
        return Entry("merge", {"reports": first, "rule": "any", "score": 1.0})
    if kind == "split":
        return Entry("split", {"reports": [first]})
    if kind == "protocol":
        return Entry("protocol", {"hash": f"h{first}", "rules": {"title-abstract": {"votes": first}}})
    if kind == "value":
        return Entry("value", {"report": first, "field": "title", "record": rest[0]})
    if kind == "retrieval":
        file = {"sha256": "f" * 64, "kind": "pdf", "size": 9}
        more = {"retrieved": {"file": file}, "asked": {"withdraw": file["sha256"]}}
        return Entry("retrieval", {"report": first, "outcome": rest[0], **more.get(str(rest[0]), {})})
    if kind == "stop":
        return Entry("stop", {"stage": "title-abstract", "reports": first, "how": {"rule": "none"}, "why": "tired"})
    if kind == "resume":
        with store.read() as connection:
            newest = connection.scalar(select(schema.stop.c.event).order_by(schema.stop.c.at.desc()).limit(1))
        return Entry("stop", {"stage": "title-abstract", "ends": newest or "none"})
    if kind == "notices":
        found = [{"report": one, "kind": "retracted", "about": "10.1/n"} for one in first if rest[0]]  # type: ignore[attr-defined]
        return Entry("notices", {"source": "crossref", "reports": first, "found": found})
    if kind == "notice_seen":
        return Entry("notice_seen", {"report": first, "source": "crossref", "kind": "retracted", "about": "10.1/n"})
    with store.read() as connection:
        acts_on = list(connection.scalars(select(schema.decision.c.event).where(schema.decision.c.report == first)))
    return Entry(
        "resolution", {"report": first, "stage": "title-abstract", "verdict": "include", "acts_on": acts_on or ["none"]}
    )
