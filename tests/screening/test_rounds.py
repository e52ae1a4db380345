"""Rounds: what is handed out and why the rest is not, pilots, quality checks, second looks, and replacing people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update

from review.errors import DecisionError
from review.protocol import Member, Protocol
from review.store import Actor, Store, append, schema
from review.store.events import enrol
from review.store.projection import restand
from review.store.verify import verify
from screening import decisions, handover, queue_rows, round_rows, rounds, rows, turns
from screening.ranking.order import permutation
from screening.round_plans import LEFT, Again, Pilot, Quality, Share

TA = "title-abstract"


@dataclass(frozen=True, slots=True)
class Crew:
    """A store of reports 1 to 12 and a team that votes; Lea leads and does not."""

    store: Store
    protocol: Protocol
    actors: dict[str, Actor]

    def vote(self, name, report, verdict, *reasons):
        decisions.decide(
            self.store, self.protocol, self.actors[name], report=report, stage=TA, verdict=verdict, reasons=reasons
        )

    def make(self, asked, seed=1, **more):
        made = rounds.make(self.store, self.protocol, self.actors["Lea"], TA, asked, seed=seed, **more)
        self.balanced(made)
        return made

    def plan(self, asked, seed=1):
        with self.store.read() as connection:
            return rounds.plan(connection, self.protocol, TA, asked, seed=seed)

    def balanced(self, made):
        """Every report of the stage is in the plan, or counted with a reason; and the projections are right."""
        with self.store.read() as connection:
            verify(connection)
            assert made.reports + sum(made.left.values()) == len(round_rows.statuses(connection, TA))
        assert set(made.left) <= set(LEFT)

    def hand(self, name, *to, seed=1):
        done = handover.hand_over(self.store, self.protocol, self.actors["Lea"], name, to, seed=seed)
        assert sum(done.given.values()) + sum(done.ended.values()) == done.total
        self.no_orphan(set(self.actors) - {name})
        return done

    def queue(self, name):
        with self.store.read() as connection:
            found = turns.turns(connection, self.actors[name].person, TA, self.store.clock(), limit=99)
        return [turn.report for turn in found]

    def no_orphan(self, here):
        """Whatever is undecided is in the queue of somebody who is still here."""
        with self.store.read() as connection:
            verify(connection)
            waiting = [*rows.with_status(connection, TA, "waiting"), *rows.with_status(connection, TA, "started")]
        reachable = set().union(*(self.queue(name) for name in here if name != "Lea"))
        assert set(waiting) <= reachable

    def status(self, name=None):
        with self.store.read() as connection:
            found = rounds.status(connection, TA)
        return found if name is None else next(one for one in found if one.name == name)

    def stands(self, report):
        with self.store.read() as connection:
            return rows.statuses(connection, TA, (report,))[report]


@pytest.fixture
def make_crew(make_panel):
    def make(store, *people, votes=1):
        panel = make_panel(store, votes=votes)
        team = (Member("Lea", ("lead",)), *(one if isinstance(one, Member) else Member(one) for one in people))
        protocol = replace(panel.protocol, team=team)
        with store.write() as connection:
            actors = {one.name: Actor(enrol(store, connection, one.name), "h") for one in team}
        return Crew(store, protocol, actors)

    return make


@pytest.fixture
def three(filled, make_crew):
    """Give Ann, Ben and Cy, where two votes are needed."""
    return make_crew(filled, "Ann", "Ben", "Cy", votes=2)


@pytest.fixture
def everywhere(any_filled, make_crew):
    """Give ``three`` once on SQLite and once on PostgreSQL."""
    return make_crew(any_filled, "Ann", "Ben", "Cy", votes=2)


@pytest.fixture
def single(filled, make_crew):
    """Give Ann, Ben and Cy, where one vote decides."""
    return make_crew(filled, "Ann", "Ben", "Cy")


# -- shares


def test_a_share_counts_votes_of_before_and_leaves_nothing_out_in_silence(everywhere):
    everywhere.vote("Ann", 1, "include")
    everywhere.vote("Ann", 2, "exclude")
    everywhere.vote("Ben", 2, "exclude")
    made = everywhere.make(Share())
    assert (made.name, made.kind, made.reports, made.left) == ("share 1", "main", 11, {"settled": 1})
    assert made.has == {"Ann": (1,)}
    assert made.notes == ("1 report with votes of before: these count, only the other people vote",)
    assert {len(group) for group in made.together} == {2}
    loads = [len(some) for some in made.given.values()]
    assert sum(loads) == 21
    assert max(loads) - min(loads) <= 1
    with everywhere.store.read() as connection:
        assert connection.scalars(select(schema.standing.c.report).where(schema.standing.c.open)).all() == [2]
        found = round_rows.reports_of(connection, TA, "share 1")
    ids = {name: actor.person for name, actor in everywhere.actors.items()}
    assert found == {
        ids[name]: sorted({*made.given[name], *made.has.get(name, ())}) for name in ("Ann", "Ben", "Cy")
    }  # fmt: skip
    assert everywhere.queue("Ben") == list(made.given["Ben"])
    again = everywhere.plan(Share())
    assert (again.reports, again.left) == (0, {"settled": 1, "shared": 11})
    with pytest.raises(DecisionError, match="nothing to hand out"):
        everywhere.make(Share())


def test_the_log_names_nobody_and_what_was_asked_is_told_by_name(three):
    three.make(Share(people=("Ann", "Ben"), core=("Ann",), between=(1, 4)), seed=42, name="first four")
    with three.store.read() as connection:
        payload = connection.scalar(select(schema.event.c.payload).where(schema.event.c.kind == "assignment"))
    assert not any(name in payload for name in ("Ann", "Ben", "Lea"))
    told = three.status("first four")
    assert (told.kind, told.seed, told.made_by, told.reports) == ("main", 42, "Lea", 4)
    assert told.how == {"people": ["Ann", "Ben"], "core": ["Ann"], "between": [1, 4]}
    assert told.people == {"Ann": (0, 4), "Ben": (0, 4)}
    with pytest.raises(DecisionError, match="a round 'first four'"):
        three.make(Share(), name="first four")


def test_an_overlap_asks_two_people_of_some_and_one_of_the_rest(single):
    made = single.make(Share(overlap=25))
    assert Counter(len(group) for group in made.together for _ in range(made.together[group])) == {2: 3, 1: 9}
    assert single.plan(Share(people=("Ann", "Ben"))).left == {"shared": 12}


def test_own_papers_core_screeners_and_caps(filled, make_crew):
    crew = make_crew(filled, Member("Ann", papers_as=("Ann Oak",)), Member("Ben", papers_as=("Beech, Ben",)), "Cy")
    made = crew.plan(Share(each=2, core=("Cy",), cap=5))
    assert made.left == {"cap": 7}
    crew.balanced(made)
    with filled.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id < 4).values(authors=["Beech B", "A. Oak"]))
    mine = crew.plan(Share(each=2))
    assert mine.left == {"barred": 3}
    crew.balanced(mine)
    assert {1, 2, 3} <= set(crew.plan(Share()).given["Cy"])
    assert crew.plan(Pilot(people=("Ann", "Ben"))).left == {"barred": 3}


def test_what_cannot_be_is_said(three):
    for asked, why in (
        (Share(people=("Lea",)), "Lea may not vote"),
        (Share(people=("Ann",), each=2), "a report cannot go to 2 people out of 1"),
        (Share(pairs=(("Ann", "Ben"),), each=2), "pairs say who has a report"),
        (Share(pairs=(("Ann", "Ben"), ("Cy", "Dee"))), "Dee may not vote"),
        (Share(pairs=(("Ann", "Ben"), ("Cy", "Ben")), core=("Cy",)), "Ann and Ben: no core screener"),
        (Share(overlap=20, people=("Ann", "Ben")), "the protocol asks for 2 votes"),
        (Pilot(people=("Ann",)), "a pilot needs two people"),
        (Quality(), "needs a size or a percentage"),
        (Again(reasons=("wrong_popul",)), "there is no reason 'wrong_popul'"),
    ):
        with pytest.raises(DecisionError, match=why):
            three.plan(asked)


def test_who_screens_alone_needs_no_shares(filled, make_crew):
    with pytest.raises(DecisionError, match="one person screens alone"):
        make_crew(filled, "Ann").plan(Share())


# -- pilots


def test_a_pilot_is_everybodys_and_complete_when_all_have_voted(three):
    made = three.make(Pilot(size=3), seed=5)
    assert made.left == {"not_drawn": 9}
    drawn = made.given["Ann"]
    assert made.given == {"Ann": drawn, "Ben": drawn, "Cy": drawn}
    for name in ("Ann", "Ben"):
        for report in drawn:
            three.vote(name, report, "include")
    told = three.status("pilot 1")
    assert (told.seed, told.people, told.complete) == (5, {"Ann": (3, 3), "Ben": (3, 3), "Cy": (0, 3)}, False)
    assert three.plan(Share()).left == {"piloting": 3}
    assert three.queue("Cy")[:3] == permutation(drawn, TA), "in the order of chance, not of import"
    done = three.hand("Cy", "Ann")
    assert (done.given, done.ended) == ({}, {"pilot": 3})
    told = three.status("pilot 1")
    assert (told.people, told.complete) == ({"Ann": (3, 3), "Ben": (3, 3)}, True)
    assert {three.stands(report) for report in drawn} == {"included"}
    assert three.plan(Pilot(size=3)).left == {"settled": 3, "not_drawn": 6}


def test_a_pilot_has_something_of_every_search(store, fill, make_crew):
    fill(store, 30, label="PubMed")
    fill(store, 60, label="Scopus")
    drawn = make_crew(store, "Ann", "Ben").plan(Pilot(size=9)).given["Ann"]
    assert Counter(report > 30 for report in drawn) == {True: 6, False: 3}
    assert len({report % 20 >= 10 for report in drawn if report > 30}) == 2, "both decades"


# -- quality checks and second looks


def excluded(crew, *pairs):
    """Let two people exclude reports 1 to 6 for one reason and 7 and 8 for another."""
    for name in pairs:
        for report in range(1, 9):
            crew.vote(name, report, "exclude", "wrong_population" if report < 7 else "wrong_outcome")


def test_a_quality_check_goes_to_somebody_else_and_changes_nothing_unless_that_vote_differs(everywhere):
    excluded(everywhere, "Ann", "Ben")
    made = everywhere.make(Quality(size=4))
    assert set(made.given) == {"Cy"}
    assert Counter(report < 7 for report in made.given["Cy"]) == {True: 3, False: 1}
    assert made.left == {"not_excluded": 4, "not_drawn": 4}
    same, other, *_ = made.given["Cy"]
    assert everywhere.stands(same) == "excluded"
    everywhere.vote("Cy", same, "exclude", "wrong_population")
    everywhere.vote("Cy", other, "include")
    assert (everywhere.stands(same), everywhere.stands(other)) == ("excluded", "conflict")
    assert everywhere.status("quality check 1").people == {"Cy": (2, 4)}
    rest = everywhere.plan(Quality(percent=100))
    assert rest.left == {"not_excluded": 5, "checked": 3}
    assert everywhere.plan(Quality(people=("Ann", "Ben"), size=4)).left["judged"] == 4
    done = everywhere.hand("Cy", "Ann", "Ben")
    assert (done.given, done.ended) == ({}, {"quality": 2})


def test_nobody_checks_what_they_resolved(single):
    single.vote("Ann", 1, "maybe")
    with single.store.read() as connection:
        vote = rows.votes(connection, TA, (1,))[1][0].event
    outcome = {"report": 1, "stage": TA, "verdict": "exclude", "reasons": [], "note": None, "acts_on": [vote]}
    append(single.store, single.actors["Ben"], "resolution", outcome)
    assert single.plan(Quality(size=1)).given == {"Cy": (1,)}
    assert single.plan(Quality(size=2)).notes == ("1 instead of 2: no more can be checked by those asked for",)


def test_a_second_look_goes_back_to_those_who_voted_so(three):
    excluded(three, "Ann", "Ben")
    three.vote("Ann", 9, "exclude", "wrong_population", "wrong_outcome")
    three.vote("Ben", 9, "include")
    three.vote("Cy", 10, "exclude", "wrong_outcome")
    made = three.make(Again(reasons=("wrong_outcome",)))
    assert (made.given, made.seed) == ({"Ann": (7, 8, 9), "Ben": (7, 8), "Cy": (10,)}, None)
    assert made.left == {"not_excluded": 2, "other": 6}
    assert three.plan(Again(reasons=("wrong_outcome",))).left == {"not_excluded": 2, "other": 6, "asked": 4}
    assert three.plan(Again(reasons=("wrong_population",), people=("Ben",))).given == {"Ben": (1, 2, 3, 4, 5, 6)}
    assert three.queue("Ann")[:3] == [7, 8, 9]
    three.vote("Ann", 7, "exclude", "wrong_outcome")
    assert (three.stands(7), three.status("second look 1").people["Ann"]) == ("excluded", (1, 3))
    three.vote("Ann", 8, "include")
    assert three.stands(8) == "conflict"
    done = three.hand("Ben", "Cy")
    assert done.given == {"Cy": 2}
    assert set(three.queue("Cy")[:3]) == {7, 8, 10}
    three.vote("Cy", 7, "exclude", "wrong_outcome")
    assert three.stands(7) == "excluded"


# -- replacing a screener


def test_what_is_handed_over_goes_to_those_who_do_not_have_it(everywhere):
    everywhere.make(Share(each=2))
    with everywhere.store.read() as connection:
        before = round_rows.holders(connection, TA, "main")
    ben = everywhere.queue("Ben")
    everywhere.vote("Ben", ben[0], "include")
    done = everywhere.hand("Ben", "Ann", "Cy")
    assert (sum(done.given.values()), done.ended) == (len(ben) - 1, {})
    people = {actor.person: name for name, actor in everywhere.actors.items()}
    with everywhere.store.read() as connection:
        after = round_rows.holders(connection, TA, "main")
    for report, some in after.items():
        want = {"Ann", "Cy"} if report in ben[1:] else {people[who] for who in before[report]}
        assert {people[who] for who in some} == want, report
    assert everywhere.status("share 1").people["Ben"] == (1, 1)


def test_what_nobody_can_take_is_open_to_all(three):
    three.make(Share(pairs=(("Ann", "Ben"),)))
    done = three.hand("Ben", "Ann")
    assert (done.given, done.ended) == ({}, {"open": 12})
    assert set(three.queue("Cy")) == set(range(1, 13))
    assert three.queue("Ben") == three.queue("Cy"), "Ben may still screen: it is open to him too"
    with pytest.raises(DecisionError, match="nothing left to hand over"):
        three.hand("Ben")
    with pytest.raises(DecisionError, match="nobody is called 'Bob'"):
        three.hand("Bob")


def test_an_overlap_that_nobody_takes_is_told(single):
    single.make(Share(people=("Ann", "Ben"), overlap=50))
    for report in single.queue("Ann"):
        single.vote("Ann", report, "include")
    twice = single.queue("Ben")
    both = [one for one in twice if single.stands(one) == "started"]
    done = single.hand("Ben")
    assert done.ended == {"open": len(twice) - len(both), "fewer": len(both)}
    assert {single.stands(report) for report in both} == {"included"}


def test_a_core_screener_is_followed_by_a_core_screener(filled, make_crew):
    crew = make_crew(filled, "Ann", "Ben", "Cy", "Dee", votes=2)
    crew.make(Share(people=("Ann", "Ben"), core=("Ann",), between=(1, 6)))
    crew.make(Share(people=("Ben", "Cy"), core=("Cy", "Ben"), between=(7, 12)))
    assert crew.hand("Ann", "Cy", "Dee").ended == {"open": 6}
    assert crew.hand("Ben", "Dee", "Ann").given == {"Ann": 6, "Dee": 6}


def test_merged_copies_are_handed_over_once(single):
    single.make(Share(people=("Ann",)))
    append(single.store, single.actors["Lea"], "merge", {"reports": [1, 2], "rule": "test", "score": 1.0})
    assert single.status("share 1").people == {"Ann": (0, 11)}
    assert single.hand("Ann", "Ben", "Cy").ended == {"settled": 1}
    assert len({*single.queue("Ben"), *single.queue("Cy")}) == 11
    assert sum(total for _, total in single.status("share 1").people.values()) == 11


def test_a_lease_ends_with_a_handover(three):
    ann = three.actors["Ann"].person
    with three.store.write() as connection:
        queue_rows.lease(connection, ann, TA, {1: None, 2: None}, until="2099", now="2000")
    three.make(Share())
    three.hand("Ann")
    with three.store.read() as connection:
        assert connection.execute(select(queue_rows.aside.lease)).all() == []


def test_who_leaves_the_team_keeps_nobody_waiting(three):
    three.make(Pilot(size=2))
    three.make(Share())
    pilot = three.queue("Cy")[:2]
    for name in ("Ann", "Ben"):
        for report in pilot:
            three.vote(name, report, "exclude")
    without = replace(three.protocol, team=tuple(one for one in three.protocol.team if one.name != "Cy"))
    software = three.actors["Lea"]
    for left in (9, 0):  # the second time there is nothing to do
        with three.store.write() as connection:
            assert len(round_rows.held(connection).get(three.actors["Cy"].person, ())) == left or left
            handover.release_departed(three.store, connection, without, software)
    with three.store.read() as connection:
        events = connection.scalars(select(schema.event.c.id).where(schema.event.c.kind == "assignment")).all()
    assert len(events) == 4
    assert three.status("pilot 1").complete
    assert {three.stands(report) for report in pilot} == {"excluded"}
    three.no_orphan({"Ann", "Ben"})


def test_what_was_settled_otherwise_is_nobodys_task(single):
    single.make(Share())
    mine = single.queue("Ann")
    with single.store.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id == mine[0]).values(matched="no"))
    append(single.store, single.actors["Lea"], "protocol", {"hash": "h", "rules": {TA: {"remove_unmatched": True}}})
    with single.store.write() as connection:
        restand(connection, range(1, 13))
    assert single.status("share 1").people["Ann"] == (0, len(mine) - 1)
    assert single.hand("Ann").ended == {"open": len(mine) - 1, "settled": 1}
