"""Merging in rounds and after decisions: old reports stay, votes stay, conflicts are said, values are chosen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import insert, select

from review.errors import DecisionError
from review.protocol import Protocol
from review.record import Record
from review.store import Actor, Store, append, append_many, schema
from review.store.chosen import shown
from review.store.events import SOFTWARE, enrol, read_events
from review.store.projection import open_reports
from review.store.records import as_row
from review.store.tally import tally
from review.store.verify import verify
from searches import merge_rows, merging, pair_rows, rows
from searches.judging import judge, undo
from searches.merging import Clash, merge_duplicates, value_entries

PROTOCOL = Protocol("T", "Q?", "h", "text")
TITLE = "Mentoring for doctors in remote hospitals"


def paper(**fields: object) -> Record:
    return Record(**{"title": TITLE, "authors": ("Elm, A", "Fir, B"), "date": "2004", **fields})  # type: ignore[arg-type]


def found(store: Store, *records: Record) -> list[int]:
    """Let one more search bring records; give their numbers."""
    with store.write() as connection:
        facts = {"source": "s", "label": "S", "kind": "database", "method": "file", "started_at": "2026"}
        made = connection.execute(insert(schema.search).values(**facts, status="complete", losses=[], notes=[]))
        assert made.inserted_primary_key
        search = made.inserted_primary_key[0]
        rest = {"search": search, "page": None, "matched": "yes"}
        connection.execute(
            insert(schema.record), [{**as_row(one), **rest, "position": at} for at, one in enumerate(records, 1)]
        )
        open_reports(connection, search)
        new = select(schema.record.c.id).where(schema.record.c.search == search).order_by(schema.record.c.id)
        return list(connection.scalars(new))


def choose_values(store: Store, actor: Actor, report: int, wanted: dict[str, int | None] | dict[str, int]) -> None:
    with store.write() as connection:
        append_many(store, connection, actor, value_entries(connection, report, dict(wanted)))


class Team:
    """A store with Ann and Bob and the software."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.write() as connection:
            self.software, self.ann, self.bob = (
                Actor(enrol(store, connection, name), "h") for name in (SOFTWARE, "Ann", "Bob")
            )

    def dedupe(self, everything: bool = False) -> merging.Merged:
        return merge_duplicates(self.store, PROTOCOL, self.software, everything=everything)

    def vote(self, who: Actor, report: int, verdict: str) -> None:
        what = {"report": report, "stage": "title-abstract", "verdict": verdict, "reasons": [], "note": None}
        append(self.store, who, "decision", what)

    def groups(self) -> list[list[int]]:
        with self.store.read() as connection:
            roots = rows.root_of_reports(connection)
        return [[one for one in sorted(roots) if roots[one] == top] for top in sorted(set(roots.values()))]

    def standings(self) -> dict[int, str]:
        with self.store.read() as connection:
            at = schema.standing.c
            query = select(at.report, at.status).where(at.stage == "title-abstract")
            return {row.report: row.status for row in connection.execute(query)}

    def offered(self) -> list[tuple[int, int, str]]:
        with self.store.read() as connection:
            return [(pair.left, pair.right, pair.reason) for pair in pair_rows.waiting(connection)]

    def events(self) -> int:
        """Verify the whole store and give how many events it holds."""
        with self.store.read() as connection:
            return verify(connection).events


@pytest.fixture
def team(any_store: Store) -> Team:
    return Team(any_store)


# -- rounds


def test_a_later_search_is_compared_and_old_reports_stay(team: Team) -> None:
    found(team.store, paper(doi="10.5555/a"), paper(doi="10.5555/a", volume="1"), paper(title="Night shifts of nurses"))
    first = team.dedupe()
    assert (first.records, first.reports, first.merged_now, first.new) == (3, 2, 1, 3)
    team.vote(team.ann, 1, "exclude")
    found(team.store, paper(doi="10.5555/a", pages="5-9"), paper(title="A third thing of another kind"))
    second = team.dedupe()
    assert (second.records, second.reports, second.duplicates, second.merged_now, second.new) == (5, 3, 2, 1, 2)
    assert team.groups() == [[1, 2, 4], [3], [5]]
    assert team.standings() == {1: "excluded", 3: "waiting", 5: "waiting"}
    assert second.conflicts == ()
    assert team.events() == 3


def test_without_new_records_nothing_is_compared(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    found(team.store, paper(doi="10.5555/a"), paper(doi="10.5555/a", volume="1"))
    first = team.dedupe()
    monkeypatch.setattr(merging, "find_duplicates", None)
    second = team.dedupe()
    assert (second.records, second.reports, second.merged_now, second.new) == (first.records, first.reports, 0, 0)


def test_old_records_are_compared_again_only_on_demand(team: Team) -> None:
    one, other = found(team.store, paper(doi="10.5555/a"), paper(volume="3", pages="5-9"))
    with team.store.write() as connection:  # as if rules of an earlier version had not seen that they are one
        merge_rows.note_deduplicated(connection, other)
    found(team.store, paper(title="A third thing of another kind"))
    assert team.dedupe().reports == 3
    everything = team.dedupe(everything=True)
    assert (everything.reports, everything.new, everything.everything) == (2, 3, True)
    assert team.groups() == [[one, other], [3]]


def test_unsure_pairs_of_earlier_rounds_stay_and_none_is_offered_twice(team: Team) -> None:
    found(team.store, paper(), paper(date="2005"))
    team.dedupe()
    before = team.offered()
    assert [pair[:2] for pair in before] == [(1, 2)]
    found(team.store, paper(date="2005", keywords=("new",)))
    after = team.dedupe()
    assert team.groups() == [[1], [2, 3]]
    assert team.offered() == before
    assert after.unsure == 1
    assert [pair[:2] for pair in team.offered()] == [(1, 2)]


def test_a_new_record_that_fits_two_old_reports_moves_neither(team: Team) -> None:
    found(team.store, Record(title=TITLE, doi="10.5555/a"), paper(volume="3", pages="5-9", journal="Annals of Fiction"))
    assert team.dedupe().reports == 2
    found(team.store, paper(volume="3", pages="5-9", journal="Annals of Fiction", doi="10.5555/a"))
    assert team.dedupe().reports == 2
    assert team.groups() == [[1, 3], [2]]
    assert team.offered() == [(1, 2, "a new record fits two reports that were there before")]


def test_a_judgement_made_during_a_run_is_obeyed(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    found(team.store, paper(doi="10.5555/a"), paper(doi="10.5555/a", volume="1"))
    runs: list[Sequence[Record]] = []
    find = merging.find_duplicates

    def slowly(records: Sequence[Record], **more: object) -> object:
        if not runs:
            judge(team.store, team.ann, 1, 2, "different")
        runs.append(records)
        return find(records, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(merging, "find_duplicates", slowly)
    assert team.dedupe().reports == 2
    assert len(runs) == 2


# -- after decisions


def test_a_merge_of_reports_decided_differently_is_a_conflict_and_is_said(team: Team) -> None:
    found(team.store, paper(doi="10.5555/a"))
    found(team.store, paper(doi="10.5555/a", volume="1"))
    team.vote(team.ann, 1, "include")
    team.vote(team.ann, 2, "exclude")
    assert team.dedupe().conflicts == (Clash(1, "title-abstract", ((1, "included"), (2, "excluded"))),)
    assert team.standings() == {1: "conflict"}
    with team.store.read() as connection:
        assert tally(connection).conflicts == 1
        cast = select(schema.decision.c.report, schema.decision.c.verdict).order_by(schema.decision.c.report)
        assert connection.execute(cast).all() == [(1, "include"), (2, "exclude")]
    append(team.store, team.ann, "split", {"reports": [2]})
    assert team.standings() == {1: "included", 2: "excluded"}
    assert team.events() == 4


def test_a_merge_of_reports_decided_alike_is_no_conflict(team: Team) -> None:
    found(team.store, paper(doi="10.5555/a"), paper(doi="10.5555/a", volume="1"))
    for report in (1, 2):
        team.vote(team.ann, report, "include")
    assert team.dedupe().conflicts == ()
    assert team.standings() == {1: "included"}


# -- judgements taken back


def test_a_merge_taken_back_leaves_both_groups_whole(team: Team) -> None:
    found(team.store, *(paper(title=f"{name} of many words here", doi=f"10.5555/{name}") for name in "abab"))
    found(team.store, paper(title="c of many words here", doi="10.5555/c"))
    team.dedupe()
    assert team.groups() == [[1, 3], [2, 4], [5]]
    judge(team.store, team.ann, 1, 2, "same")
    found(team.store, paper(title="b of many words here", doi="10.5555/b", volume="9"))
    team.dedupe()
    assert team.groups() == [[1, 2, 3, 4, 6], [5]]
    undo(team.store, team.ann, 1, 2)
    assert team.groups() == [[1, 3], [2, 4, 6], [5]]  # 6 came for the sake of 2 and 4
    team.events()


def test_a_split_taken_back_joins_what_it_had_parted(team: Team) -> None:
    found(team.store, *(paper(doi="10.5555/a", volume=volume) for volume in "123"))
    append(team.store, team.software, "merge", {"reports": [1, 2, 3], "rule": "doi", "score": 1.0})
    judge(team.store, team.ann, 1, 3, "different")
    assert team.groups() == [[1, 2], [3]]
    undo(team.store, team.ann, 1, 3)
    assert team.groups() == [[1, 2, 3]]
    with team.store.read() as connection:
        *_, last = read_events(connection, "merge")
    assert (last.payload["rule"], last.payload["reports"]) == ("restored", [1, 2, 3])


def test_taking_back_a_judgement_that_moved_nothing_moves_nothing(team: Team) -> None:
    found(team.store, paper(doi="10.5555/a"), paper(doi="10.5555/b"))
    judge(team.store, team.ann, 1, 2, "different")
    undo(team.store, team.ann, 1, 2)
    assert team.groups() == [[1], [2]]
    assert team.events() == 2


# -- chosen values


def value_of(team: Team, field: str) -> tuple[object, int | None]:
    with team.store.read() as connection:
        groups = dict(rows.reports_with_records(connection, [1]))
        members = merge_rows.members(connection, 1)
        record, origin = shown(connection, {1: list(zip(members, groups[1], strict=True))})[1]
    return getattr(record, field), origin.get(field)


@pytest.fixture
def merged(team: Team) -> Team:
    found(team.store, paper(doi="10.5555/a"), paper(doi="10.5555/a", title=TITLE + ": a survey", volume="1"))
    team.dedupe()
    assert team.groups() == [[1, 2]]
    return team


def test_a_person_chooses_whose_value_is_shown_and_goes_back_to_the_rule(merged: Team) -> None:
    assert value_of(merged, "title") == (TITLE + ": a survey", 2)
    choose_values(merged.store, merged.ann, 1, {"title": 1, "volume": 1})
    assert (value_of(merged, "title"), value_of(merged, "volume")) == ((TITLE, 1), (None, None))
    choose_values(merged.store, merged.bob, 2, {"title": 2})  # 2 is another name of report 1
    assert value_of(merged, "title") == (TITLE + ": a survey", 2)
    choose_values(merged.store, merged.ann, 1, {"title": None, "volume": None})
    assert (value_of(merged, "title"), value_of(merged, "volume")) == ((TITLE + ": a survey", 2), ("1", 2))
    assert merged.events() == 6


def test_what_is_chosen_already_is_not_noted_again(merged: Team) -> None:
    with merged.store.write() as connection:
        assert value_entries(connection, 1, {"title": None}) == []
    choose_values(merged.store, merged.ann, 1, {"title": 1})
    with merged.store.write() as connection:
        assert value_entries(connection, 1, {"title": 1}) == []
        assert [entry.payload["record"] for entry in value_entries(connection, 1, {"title": None})] == [None]


def test_a_choice_holds_only_while_its_record_is_in_the_report(merged: Team) -> None:
    choose_values(merged.store, merged.ann, 1, {"authors": 2})
    append(merged.store, merged.ann, "split", {"reports": [2]})
    assert value_of(merged, "authors") == (("Elm, A", "Fir, B"), 1)
    append(merged.store, merged.ann, "merge", {"reports": [1, 2], "rule": "judged", "score": None})
    assert value_of(merged, "authors") == (("Elm, A", "Fir, B"), 2)


def test_the_newest_choice_counts_whichever_member_it_was_made_under(merged: Team) -> None:
    append(merged.store, merged.ann, "value", {"report": 2, "field": "title", "record": 2})
    append(merged.store, merged.bob, "value", {"report": 1, "field": "title", "record": 1})
    assert value_of(merged, "title") == (TITLE, 1)


@pytest.mark.parametrize(
    ("report", "wanted", "says"),
    [
        (1, {"titel": 1}, "'titel' is no field of a record; did you mean"),
        (1, {"title": 3}, "record 3 is not of report 1"),
        (99, {"title": 1}, "there is no report 99"),
    ],
)
def test_values_that_cannot_be_chosen(merged: Team, report: int, wanted: dict[str, int], says: str) -> None:
    found(merged.store, paper(title="Something else entirely"))
    with pytest.raises(DecisionError, match=says):
        choose_values(merged.store, merged.ann, report, wanted)
    assert merged.events() == 1


def test_a_pair_that_only_a_person_had_named_is_asked_when_the_rules_ask_too(team: Team) -> None:
    """Judged by hand and taken back, it waits for nobody; a run of the rules then offers it like any other."""
    found(team.store, paper(), paper(date="2005"))
    judge(team.store, team.ann, 1, 2, "different")
    undo(team.store, team.ann, 1, 2)
    assert team.offered() == []
    assert team.dedupe().unsure == 1
    assert [pair[:2] for pair in team.offered()] == [(1, 2)]
