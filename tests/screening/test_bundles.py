"""Bundles: two copies of one review folder vote apart and become one again, exactly; what does not fit is refused."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from review.errors import ReviewError, StageError, TamperError
from review.store import Actor, Entry, Store, append, append_many, open_store, schema
from review.store.bundling import Merged, gather, take_in
from review.store.event import canonical, digest
from review.store.events import enrol
from review.store.installation import here
from review.store.verify import verify
from screening import decisions, rows, stop_rows, stops
from screening.bundles import read_bundle, write_bundle
from screening.exchange import import_decisions

TABLES = (schema.event, schema.person, schema.report, *schema.PROJECTIONS)
HASH = "h"


def copied(store: Store, folder, clock, mint) -> Store:
    """Copy every row of a store into a new one on SQLite, as a copied folder holds them, with an id of its own."""
    folder.mkdir()
    other = open_store(folder, clock=clock, mint=mint)
    with store.read() as source, other.write() as target:
        for table in schema.metadata.sorted_tables:
            if table.name not in ("meta", "alembic_version"):
                found = [dict(row) for row in source.execute(select(table)).mappings()]
                if found:
                    target.execute(insert(table), sorted(found, key=lambda row: str(row.get("merged_into") or "")))
    return dataclasses.replace(other, installation="copy" + folder.name)


def packed(store: Store) -> bytes:
    with store.read() as connection:
        return write_bundle(gather(store, connection, HASH))


def send(one: Store, other: Store) -> Merged:
    return take_in(other, read_bundle(packed(one)), HASH)


def contents(store: Store) -> dict[str, list[str]]:
    with store.read() as connection:
        verify(connection)
        return {t.name: sorted(map(repr, map(tuple, connection.execute(select(t))))) for t in TABLES}


@pytest.fixture
def two(pair, tmp_path, clock, mint) -> Iterator[tuple[Store, Store]]:
    """Give a review of twelve records, on SQLite or PostgreSQL, and its copy on SQLite."""
    for name in ("Ann", "Ben"):
        append(pair.store, getattr(pair, name.lower()), "value",
               {"report": 1, "field": "title", "record": None})  # fmt: skip
    other = copied(pair.store, tmp_path / "copy", clock, mint)
    yield pair.store, other
    other.close()


def vote(store, pair, who, report, verdict, *reasons, stage="title-abstract"):
    return decisions.decide(store, pair.protocol, who, report=report, stage=stage, verdict=verdict, reasons=reasons)


# -- what it is for


def test_two_people_vote_apart_and_their_bundles_make_both_copies_the_same(two, pair):
    here_, there = two
    vote(here_, pair, pair.ann, 1, "include")
    vote(here_, pair, pair.ann, 2, "exclude", "wrong_population")
    vote(there, pair, pair.ben, 1, "include")
    vote(there, pair, pair.ben, 2, "include")
    first = send(here_, there)
    assert (first.taken, dict(first.votes), first.twice) == (2, {"Ann": 2}, ())
    assert dict(send(there, here_).votes) == {"Ben": 2}
    assert contents(here_) == contents(there)
    with here_.read() as connection:
        assert rows.statuses(connection, "title-abstract", [1, 2]) == {1: "included", 2: "conflict"}
    # and on: the conflict is resolved on one laptop, a vote is changed on the other
    decisions.resolve(here_, pair.protocol, pair.ann, report=2, stage="title-abstract", verdict="exclude")
    vote(there, pair, pair.ben, 1, "exclude")
    send(here_, there), send(there, here_)
    assert contents(here_) == contents(there)
    with there.read() as connection:
        assert rows.statuses(connection, "title-abstract", [1, 2]) == {1: "conflict", 2: "excluded"}


def test_events_keep_their_ids_logs_and_clients(two, pair):
    here_, there = two
    entry = Entry("decision", {"report": 3, "stage": "title-abstract", "verdict": "include", "reasons": [],
                               "note": None}, "client-7")  # fmt: skip
    with here_.write() as connection:
        (made,) = append_many(here_, connection, pair.ann, [entry])
    send(here_, there)
    with there.read() as connection:
        assert rows.event_of_client(connection, "client-7") == made


def test_the_same_bundle_twice_changes_nothing(two, pair):
    here_, there = two
    vote(here_, pair, pair.ann, 1, "include")
    data = packed(here_)
    assert take_in(there, read_bundle(data), HASH).taken == 1
    before = contents(there)
    again = take_in(there, read_bundle(data), HASH)
    assert (again.taken, again.known > 0, contents(there) == before) == (0, True, True)


def test_an_older_bundle_after_a_newer_one_changes_nothing(two, pair):
    here_, there = two
    vote(here_, pair, pair.ann, 1, "include")
    old = packed(here_)
    vote(here_, pair, pair.ann, 1, "exclude")
    send(here_, there)
    before = contents(there)
    assert take_in(there, read_bundle(old), HASH).taken == 0
    assert contents(there) == before


def test_three_laptops_in_any_order(two, pair, tmp_path, clock, mint):
    here_, there = two
    third = copied(here_, tmp_path / "third", clock, mint)
    for store, who, verdict in ((here_, pair.ann, "include"), (there, pair.ben, "exclude"), (third, pair.ann, "maybe")):
        vote(store, pair, who, 1, verdict)
    send(there, third)  # passes on what it got
    send(third, here_)
    send(here_, there)
    send(here_, third)
    assert contents(here_) == contents(there) == contents(third)
    third.close()


def test_a_vote_of_one_person_on_both_laptops_is_told_without_saying_how(two, pair):
    here_, there = two
    vote(here_, pair, pair.ann, 5, "include")
    later = vote(there, pair, pair.ann, 5, "exclude")
    vote(here_, pair, pair.ann, 6, "include")
    vote(there, pair, pair.ann, 6, "include")
    done = send(there, here_)
    assert done.twice == (
        f"Ann voted otherwise on report 5 at title-abstract in two places: the later vote, of {later.at}, counts",
    )
    send(here_, there)
    assert contents(here_) == contents(there)
    with here_.read() as connection:
        (counted,) = rows.votes(connection, "title-abstract", [5])[5]
    assert counted.event == later.id


def test_what_both_laptops_extracted_or_settled_otherwise_is_told_without_saying_what(two, pair):
    here_, there = two

    def answered(store: Store, actor: Actor, field: str, value: str) -> str:
        payload = {"study": "maker2001", "form": "small@1", "field": field, "value": value, "missing": None}
        return append(store, actor, "answer", payload).at

    def settled(store: Store, actor: Actor, value: str) -> str:
        about = {"study": "maker2001", "sheet": "form:small", "field": "n", "method": "discussion", "acts_on": []}
        return append(store, actor, "settled", {**about, "value": value}).at

    answered(here_, pair.ann, "aim", "first")
    send(here_, there)
    answered(there, pair.ann, "aim", "second")  # she saw the first
    assert send(there, here_).twice == ()
    answered(here_, pair.ann, "n", "1"), answered(there, pair.ben, "n", "2")
    answered(here_, pair.ann, "why", "a")
    late, later = answered(there, pair.ann, "why", "b"), (settled(here_, pair.ann, "1"), settled(there, pair.ben, "2"))
    assert send(there, here_).twice == (
        f"Ann answered 'why' (small) of maker2001 otherwise in two places: what was said later, at {late}, counts",
        "Ann and Ben settled 'n' (form:small) of maker2001 otherwise in two places: what was said later, at "
        f"{later[1]}, counts",
    )
    send(here_, there)
    assert contents(here_) == contents(there)


def test_a_table_imported_on_both_laptops_merges_and_still_counts_once(two, pair):
    table = b"report,stage,verdict\n1,title-abstract,include\n2,title-abstract,exclude\n"
    here_, there = two
    for store in two:
        assert import_decisions(store, pair.protocol, pair.ann, table).kept == 2
    send(here_, there), send(there, here_)
    assert contents(here_) == contents(there)
    vote(there, pair, pair.ann, 1, "exclude")
    send(there, here_)
    for store in two:
        assert import_decisions(store, pair.protocol, pair.ann, table).unchanged == 2  # not what was decided since


def test_the_file_shows_no_vote_at_a_glance_and_is_the_same_each_time(two, pair):
    here_, _ = two
    vote(here_, pair, pair.ann, 1, "exclude", "wrong_outcome")
    assert packed(here_) == packed(here_)
    assert b"exclude" not in packed(here_) and b"wrong_outcome" not in packed(here_)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["here", "there"]),
        st.sampled_from(["Ann", "Ben"]),
        st.sampled_from("include exclude maybe cleared merge split resolve stop resume send back".split()),
        st.integers(1, 4),
    ),
    max_size=25,
)


@pytest.fixture
def begun(filled, make_panel):
    """Give a panel of two votes in which everybody has done something, and the file of its database, to copy."""
    panel = make_panel(filled, votes=2)
    for who in (panel.ann, panel.ben):
        append(filled, who, "value", {"report": 6, "field": "title", "record": None})
    path = Path(filled.engine.url.database)
    filled.close()  # everything stands in the one file then
    return panel, path


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
def test_whatever_two_copies_do_apart_bundles_both_ways_make_them_the_same(begun, clock, acts):
    panel, file = begun
    with tempfile.TemporaryDirectory() as name:
        stores = []
        for copy in ("one", "two"):
            (Path(name) / copy).mkdir()
            (Path(name) / copy / "review.sqlite").write_bytes(file.read_bytes())
            opened = open_store(Path(name) / copy, clock=clock)
            stores.append(dataclasses.replace(opened, installation=copy))
        one, two = stores
        for where, who, what, report in acts:
            store, other = (one, two) if where == "here" else (two, one)
            _act(store, other, panel.ann if who == "Ann" else panel.ben, what, report)
        send(one, two)
        send(two, one)
        assert contents(one) == contents(two)
        one.close(), two.close()


def _act(store: Store, other: Store, who: Actor, what: str, report: int) -> None:
    if what == "send":
        send(store, other)
    elif what == "back":
        send(other, store)
    elif what in ("merge", "split"):
        append(store, who, what, {"reports": [report, report % 4 + 1], "rule": "test", "score": 1.0})
    elif what == "resolve":
        with store.read() as connection:
            root = rows.roots(connection, [report])[report]
            cast = [v.event for v in rows.votes(connection, "title-abstract", [root])[root]]
        append(store, who, "resolution", {"report": report, "stage": "title-abstract", "verdict": "include",
                                          "reasons": [], "note": None, "acts_on": cast})  # fmt: skip
    elif what == "stop":
        with store.read() as connection:
            _, left = stop_rows.unread(connection, "title-abstract")
        append(store, who, "stop", {"stage": "title-abstract", "reports": left, "how": {}, "why": "The rule"})
    elif what == "resume":
        with store.read() as connection:
            for one in stops.in_force(connection, "title-abstract")[-1:]:
                append(store, who, "stop", {"stage": "title-abstract", "ends": one.event, "why": "More was found"})
    else:
        append(store, who, "decision", {"report": report, "stage": "title-abstract", "verdict": what, "reasons": [],
                                        "note": None})  # fmt: skip


# -- what is refused


def changed(data: bytes, change) -> bytes:
    """Change the lines of a bundle and put the right checksum under them again."""
    lines = [json.loads(line) for line in gzip.decompress(data).split(b"\n")[:-1]]
    lines = change(lines) or lines
    lines[0]["events"] = len(lines) - 1
    text = "".join(canonical(line) + "\n" for line in lines).encode()
    return gzip.compress(text + hashlib.sha256(text).hexdigest().encode())


def rechained(line, **values):
    """Change an event and give it the id that it then must have, as a forger would."""
    names = ("id", "log", "seq", "previous", "person", "at", "kind", "client", "protocol", "payload")
    event = rows.Event(**dict(zip(names, line, strict=True)))
    event = dataclasses.replace(event, **values)
    event = dataclasses.replace(event, id=digest(event))
    return [getattr(event, name) for name in names]


def test_a_changed_event_is_found(two, pair):
    here_, there = two
    vote(here_, pair, pair.ann, 1, "include")

    def turn(lines):
        (line,) = [one for one in lines[1:] if one[6] == "decision"]
        line[9]["verdict"] = "exclude"

    before = contents(there)
    with pytest.raises(TamperError, match="broken at event 2"):
        take_in(there, read_bundle(changed(packed(here_), turn)), HASH)
    assert contents(there) == before


def test_a_removed_event_is_found(two, pair):
    here_, there = two
    for report in (1, 2):
        vote(here_, pair, pair.ann, report, "include")
    with pytest.raises(TamperError, match="was changed after it was written"):
        take_in(there, read_bundle(changed(packed(here_), lambda lines: [
            one for one in lines if not (isinstance(one, list) and one[6] == "decision" and one[9]["report"] == 1)
        ])), HASH)  # fmt: skip


def test_a_log_that_both_copies_wrote_is_found(two, pair):
    here_, there = two
    there = dataclasses.replace(there, installation=here_.installation)  # as before copies had an id of their own
    vote(here_, pair, pair.ann, 1, "include")
    vote(there, pair, pair.ann, 1, "exclude")
    with pytest.raises(TamperError, match="both copies of the folder have written into the same log"):
        send(here_, there)


def test_a_bundle_of_another_review_is_refused(two, pair, tmp_path, fill, make_panel):
    here_, _ = two
    (tmp_path / "other").mkdir()
    ids = itertools.count()
    other = open_store(tmp_path / "other", mint=lambda: f"other{next(ids)}")
    fill(other, 12)
    make_panel(other, votes=2)
    with pytest.raises(StageError, match="of another review"):
        send(here_, other)
    other.close()


def test_a_bundle_of_a_review_that_has_not_begun_is_refused(two, tmp_path, clock):
    (tmp_path / "other").mkdir()
    empty = open_store(tmp_path / "other", clock=clock, mint=lambda: "other")
    with pytest.raises(StageError, match="of another review"):
        send(empty, two[0])
    empty.close()


def test_another_protocol_is_refused(two):
    here_, there = two
    with pytest.raises(StageError, match="another version of the protocol"):
        take_in(there, read_bundle(packed(here_)), "another")


def test_records_that_are_not_here_are_named(two, pair, fill):
    here_, there = two
    fill(here_, 2, file_name="more.ris")
    with pytest.raises(StageError, match="2 of them are not here: the first is record 13"):
        send(here_, there)
    vote(there, pair, pair.ben, 1, "include")
    assert send(there, here_).taken == 1  # the other way: what is here besides does no harm


def test_a_record_with_another_content_is_named(two):
    here_, there = two
    with there.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id.in_([4, 7])).values(title="Another"))
    with pytest.raises(StageError, match=r"record 4 is another one in the bundle than here \(as are 1 more\)"):
        send(here_, there)


def test_events_of_the_future_are_refused(two, pair):
    here_, there = two
    vote(dataclasses.replace(here_, clock=lambda: "2027-01-01T00:00:00.000000Z"), pair, pair.ann, 1, "include")
    with pytest.raises(StageError, match="the clock of one laptop is wrong"):
        send(here_, there)


def test_one_name_with_two_ids_is_refused(two, pair):
    here_, there = two
    for store in two:
        with store.write() as connection:
            cy = Actor(enrol(store, connection, "Cy"), HASH)
        vote(store, pair, cy, 1, "include")
    with pytest.raises(StageError, match="Cy began to work in both copies of the folder separately"):
        send(here_, there)


def test_a_name_that_only_stands_here_gives_way(two, pair):
    here_, there = two
    with here_.write() as connection:
        cy = Actor(enrol(here_, connection, "Cy"), HASH)
    with there.write() as connection:
        enrol(there, connection, "Cy")
    vote(here_, pair, cy, 1, "include")
    assert dict(send(here_, there).votes) == {"Cy": 1}
    assert contents(here_)["decision"] == contents(there)["decision"]


def test_one_vote_sent_to_both_laptops_is_refused(two, pair):
    for store in two:
        decisions.decide(store, pair.protocol, pair.ann, report=1, stage="title-abstract", verdict="include",
                         client="same")  # fmt: skip
    with pytest.raises(StageError, match="is here already as event 1 of the log"):
        send(*two)


@pytest.mark.parametrize(
    "values",
    [
        {"payload": {}},
        {"payload": {"report": "x", "stage": 1, "verdict": None}},
        {"payload": {"report": 99, "stage": "title-abstract", "verdict": "include"}},
        {"kind": "resolution", "payload": {"report": 1}},
        {"kind": "merge", "payload": {"reports": "all"}},
        {"kind": "protocol", "payload": {"rules": 1}},
    ],
)
def test_an_event_that_means_nothing_is_refused_without_a_trace(two, pair, values):
    here_, there = two
    vote(here_, pair, pair.ann, 1, "include")

    def forge(lines):
        return [rechained(one, **values) if isinstance(one, list) and one[6] == "decision" else one for one in lines]

    before = contents(there)
    with pytest.raises(ReviewError):
        take_in(there, read_bundle(changed(packed(here_), forge)), HASH)
    assert contents(there) == before


def test_a_kind_of_event_of_a_newer_version_is_refused(two, pair):
    here_, there = two
    vote(here_, pair, pair.ann, 1, "include")

    def forge(lines):
        return [rechained(one, kind="new") if isinstance(one, list) and one[6] == "decision" else one for one in lines]

    with pytest.raises(StageError, match="of a kind that this version does not know: new"):
        take_in(there, read_bundle(changed(packed(here_), forge)), HASH)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: b"", "no bundle"),
        (lambda data: b"report,stage,verdict\n1,title-abstract,include\n", "no bundle"),
        (lambda data: gzip.compress(b"hello"), "no bundle"),
        (lambda data: gzip.compress(b"[" * 100_000 + b"\n"), "no bundle"),
        (lambda data: data[:-30], "cut"),
        (lambda data: data[:40] + b"\x00\x00\x00\x00" + data[44:], "damaged|cut"),
        (lambda data: gzip.compress(gzip.decompress(data).replace(b'"Ann"', b'"Eve"')), "checksum"),
        (lambda data: gzip.compress(b" " * 60_000_000), "unpacks to more than 50 MB"),
        (lambda data: changed(data, lambda lines: [lines[0], [1, 2]]), "cannot be read"),
        (lambda data: changed(data, lambda lines: [{**lines[0], "persons": {}}, *lines[1:]]), "cannot be read"),
        (lambda data: changed(data, lambda lines: [{**lines[0], "records": 3}, *lines[1:]]), "cannot be read"),
    ],
)
def test_a_damaged_file_is_refused(two, spoil, message):
    with pytest.raises(ReviewError, match=message):
        read_bundle(spoil(packed(two[0])))


# -- a copied folder


def test_a_copied_folder_gets_an_id_of_its_own(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir(), second.mkdir()
    store = open_store(first, mint=lambda: "original")
    with store.write() as connection:
        assert here(connection, lambda: "fresh") == "original"  # as it was before places were noted
        assert here(connection, lambda: "fresh") == "original"
    store.close()
    (second / "review.sqlite").write_bytes((first / "review.sqlite").read_bytes())
    found = []
    for folder in (first, second, second):
        store = open_store(folder)
        with store.write() as connection:
            found.append(here(connection, lambda: "fresh"))
        store.close()
    assert found[0] == "original" != found[1] == found[2]
    (first / "review.sqlite").rename(first / "moved.sqlite")
    (first / "moved.sqlite").rename(first / "review.sqlite")
    store = open_store(first)
    with store.write() as connection:
        assert here(connection, lambda: "fresh") == "original"
    store.close()


def test_a_database_on_a_server_knows_its_place_too(any_store):
    with any_store.write() as connection:
        connection.execute(delete(schema.meta).where(schema.meta.c.key == "place"))
        assert here(connection, lambda: "fresh") == any_store.installation
        connection.execute(update(schema.meta).where(schema.meta.c.key == "place").values(value="elsewhere"))
        assert here(connection, lambda: "fresh") == "fresh"
        assert here(connection, lambda: "later") == "fresh"
