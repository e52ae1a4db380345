"""Conflicts: who sees them and when, who may end them, what is said about them, and how they open again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from review.errors import DecisionError, RoleError
from review.protocol import Member, Protocol
from review.store import Actor, append
from review.store.events import enrol
from review.store.verify import verify
from screening import blinding, comments, conflicts, decisions
from screening.comments import Comment
from screening.conflicts import Conflict

STAGE = "title-abstract"
TEAM = (Member("Ann"), Member("Ben"), Member("Eve"), Member("Cy", ("adjudicator",)), Member("Dee", ("lead",)))


@dataclass(frozen=True)
class Team:
    """A panel whose protocol names a team; people by name."""

    panel: Any
    who: dict[str, Actor]
    protocol: Protocol

    def ruled(self, **rules: Any) -> Team:
        return replace(
            self, protocol=replace(self.protocol, title_abstract=replace(self.protocol.title_abstract, **rules))
        )

    def vote(self, name: str, report: int, verdict: str, *reasons: str, **more: Any) -> None:
        decisions.decide(
            self.panel.store,
            self.protocol,
            self.who[name],
            report=report,
            stage=STAGE,
            verdict=verdict,
            reasons=reasons,
            **more,
        )

    def clash(self, report: int = 1) -> None:
        self.vote("Ann", report, "include", note="yes")
        self.vote("Ben", report, "exclude", "wrong_outcome")

    def seen(self, name: str | None, **more: Any) -> list[Conflict]:
        with self.panel.store.read() as connection:
            person = self.who[name].person if name else None
            return conflicts.conflicts(connection, self.protocol, STAGE, person, **more)

    def resolve(self, name: str, verdict: str, report: int = 1, *reasons: str, **more: Any) -> Any:
        return decisions.resolve(
            self.panel.store,
            self.protocol,
            self.who[name],
            report=report,
            stage=STAGE,
            verdict=verdict,
            reasons=reasons,
            **more,
        )

    def say(self, name: str, text: str, to: str | None = None, report: int = 1) -> str:
        return comments.comment(
            self.panel.store, self.protocol, self.who[name], report=report, stage=STAGE, text=text, replies_to=to
        ).id

    def hand(self, kind: str, *names: str, report: int = 1) -> None:
        about = {"name": kind, "kind": kind, "seed": 1, "how": {}}
        add = {self.who[name].person: [report] for name in names}
        append(self.panel.store, self.who["Dee"], "assignment", {"stage": STAGE, "round": about, "add": add})


@pytest.fixture
def team(pair: Any) -> Team:
    with pair.store.write() as connection:
        who = {member.name: Actor(enrol(pair.store, connection, member.name), "h") for member in TEAM}
    return Team(pair, who, replace(pair.protocol, team=TEAM))


def test_votes_stand_side_by_side_for_those_who_may_see_them(team: Team) -> None:
    team.clash()
    assert team.seen("Eve") == [], "a screener who has not voted on it"
    for name in ("Ann", "Ben", "Cy", "Dee", None):
        (one,) = team.seen(name)
        told = [(v.person_name, v.verdict, v.reasons, v.note, v.yours) for v in one.votes]
        assert told == [
            ("Ann", "include", (), "yes", name == "Ann"), ("Ben", "exclude", ("wrong_outcome",), None, name == "Ben"),
        ]  # fmt: skip
        assert (one.title, one.why) == ("Synthetic report 1", "Some include, some exclude.")
    assert (len(team.seen("Cy", voted=True)), len(team.seen("Ann", voted=True))) == (0, 1)


@pytest.mark.parametrize("kind", ["pilot", "quality"])
def test_who_is_to_vote_on_a_record_never_sees_its_conflict(team: Team, kind: str) -> None:
    team = replace(team, protocol=replace(team.protocol, team=tuple(replace(m, roles=("reviewer",)) for m in TEAM)))
    team.clash()
    assert len(team.seen("Eve")) == 1, "here everybody may resolve"
    team.hand(kind, "Eve")
    assert team.seen("Eve") == []
    with pytest.raises(DecisionError, match="not shown to you yet"):
        team.say("Eve", "What did they say?")
    if kind == "quality":
        with pytest.raises(DecisionError, match="not shown to you yet") as refused:
            team.resolve("Eve", "include")
        assert refused.value.hint == "vote on it first"
    team.vote("Eve", 1, "include")
    assert len(team.seen("Eve")) == 1


def test_votes_are_hidden_until_all_have_voted(team: Team) -> None:
    team.vote("Ann", 1, "include")
    for name in ("Ann", "Dee"):
        with team.panel.store.read() as connection, pytest.raises(DecisionError, match="not shown to you yet"):
            conflicts.one(connection, team.protocol, STAGE, team.who[name].person, 1)
    team.vote("Ben", 1, "include")
    with team.panel.store.read() as connection:
        assert conflicts.one(connection, team.protocol, STAGE, team.who["Ann"].person, 1).status == "included"


def test_names_can_be_hidden_from_everybody(team: Team) -> None:
    team = team.ruled(names_hidden=True)
    for report in range(1, 13):
        team.clash(report)
    team.say("Ann", "I mean it.")
    team.say("Cy", "So do I.")
    letters = [{v.verdict: v.person_name for v in one.votes} for one in team.seen("Dee")]
    assert all(set(of.values()) == {"Reviewer A", "Reviewer B"} for of in letters)
    assert len({of["include"] for of in letters}) == 2, "Ann is not always the same letter"
    for name in ("Ann", "Dee", None):
        first, *_ = seen = team.seen(name)
        assert [{v.verdict: v.person_name for v in one.votes} for one in seen] == letters
        assert [c.person_name for c in first.comments] == [letters[0]["include"], "Somebody who did not vote"]
        assert "Ann" not in str(seen)
        assert "Ben" not in str(seen)
        assert first.votes[0].at is None


def test_a_third_person_ends_it(team: Team) -> None:
    everybody = tuple(replace(m, roles=("reviewer",)) for m in TEAM[:3])
    team = replace(team, protocol=replace(team.protocol, team=everybody)).ruled(conflicts="third")
    team.clash()
    with pytest.raises(DecisionError, match="Ann has voted on it: a third person ends it") as refused:
        team.resolve("Ann", "include")
    assert refused.value.hint == "ask Eve"
    with pytest.raises(DecisionError) as refused:
        team.ruled(names_hidden=True).resolve("Ann", "include")
    assert "Eve" not in (refused.value.hint or "")
    with team.panel.store.read() as connection:
        left = [conflicts.to_end(connection, team.protocol, STAGE, team.who[n].person) for n in ("Ann", "Eve")]
    assert left == [[], [1]]
    team.resolve("Eve", "include")
    assert team.panel.status(1) == "included"


def test_a_lead_ends_it(team: Team) -> None:
    team = team.ruled(conflicts="lead")
    team.clash()
    with pytest.raises(DecisionError, match="a lead ends the conflicts") as refused:
        team.resolve("Cy", "include")
    assert refused.value.hint == "ask Dee"
    team.resolve("Dee", "include")
    assert team.panel.status(1) == "included"


def test_a_vote_changed_since_opens_it_again_with_what_was_before(team: Team) -> None:
    team.clash()
    first = team.resolve("Cy", "include", note="talked over")
    assert team.seen("Cy") == []
    team.vote("Ben", 1, "exclude", "wrong_population")
    (one,) = team.seen("Cy")
    assert one.reopened
    assert [(o.verdict, o.note, o.person_name, o.stands) for o in one.outcomes] == [
        ("include", "talked over", "Cy", False)
    ]
    assert [(v.person_name, v.was) for v in one.votes] == [("Ann", None), ("Ben", "exclude")]
    team.vote("Ann", 1, "exclude", "wrong_population")
    assert team.panel.status(1) == "excluded", "they agree by themselves"
    assert first.payload["verdict"] == "include"
    with team.panel.store.read() as connection:
        verify(connection)


def test_an_outcome_can_be_said_again_otherwise_while_the_votes_stand(team: Team) -> None:
    team.clash()
    team.resolve("Cy", "include")
    team.resolve("Cy", "exclude", 1, "wrong_outcome", note="a slip of the key")
    assert team.panel.status(1) == "excluded"
    team.vote("Ann", 1, "exclude", "wrong_outcome")
    with pytest.raises(DecisionError, match="not in conflict"):
        team.resolve("Cy", "include")


@pytest.mark.parametrize(
    ("ann", "ben", "rules", "why"),
    [
        (("maybe",), ("maybe",), {}, "Nobody is sure."),
        (("maybe",), ("exclude",), {}, "Somebody is not sure."),
        (("exclude", "wrong_population"), ("exclude", "wrong_outcome"), {"reason_conflicts": True},
         "All agree to exclude, for different reasons."),
    ],
)  # fmt: skip
def test_it_says_what_is_at_odds(team: Team, ann: Any, ben: Any, rules: dict[str, Any], why: str) -> None:
    codes = [reason.code for reason in team.protocol.title_abstract.reasons]
    in_force = {STAGE: {"votes": 2, "reasons": codes, **rules}}
    append(team.panel.store, team.who["Dee"], "protocol", {"hash": "h", "rules": in_force})
    team.vote("Ann", 1, *ann)
    team.vote("Ben", 1, *ben)
    assert [one.why for one in team.seen("Cy")] == [why]


# -- comments


def told(some: tuple[Comment, ...]) -> list[Any]:
    return [(one.person_name, one.text, told(one.answers)) for one in some]


def test_comments_are_answered_and_seen_by_who_sees_the_votes(team: Team) -> None:
    team.clash()
    first = team.say("Ann", "  Why?\n\nReally. ")
    answer = team.say("Ben", "No outcome.", to=first[:10])
    team.say("Cy", "Let me see.")
    team.say("Ann", "There is.", to=answer)
    (one,) = team.seen("Dee")
    assert told(one.comments) == [
        ("Ann", "Why?\n\nReally.", [("Ben", "No outcome.", [("Ann", "There is.", [])])]), ("Cy", "Let me see.", []),
    ]  # fmt: skip
    for name, text, to, error in (
        ("Eve", "I?", None, "not shown to you yet"),
        ("Ann", " \n", None, "says nothing"),
        ("Ann", "x", "zzz", "no comment"),
    ):
        with pytest.raises(DecisionError, match=error):
            team.say(name, text, to)
    reader = replace(team, protocol=replace(team.protocol, team=(*TEAM[1:], Member("Ann", ("reader",)))))
    with pytest.raises(RoleError, match="may not decide on records"):
        reader.say("Ann", "x")


def test_no_comment_is_lost_when_records_are_merged_or_split(team: Team) -> None:
    team.clash()
    team.clash(7)
    first = team.say("Ann", "Of one.", report=7)
    team.panel.merge(1, 7)
    team.say("Ben", "Of both.", to=first)
    assert told(team.seen("Cy")[0].comments) == [("Ann", "Of one.", [("Ben", "Of both.", [])])]
    append(team.panel.store, team.who["Dee"], "split", {"reports": [7]})
    assert [told(one.comments) for one in team.seen("Cy")] == [[("Ben", "Of both.", [])], [("Ann", "Of one.", [])]]


# -- how a stage splits


def test_who_has_records_left_does_not_know_how_the_stage_splits(team: Team) -> None:
    def hidden(name: str | None, protocol: Protocol = team.protocol) -> tuple[str, ...]:
        with team.panel.store.read() as connection:
            return blinding.stages_hidden(connection, protocol, name)

    assert hidden("Ann") == (STAGE, "full-text")
    assert (hidden("Cy"), hidden("Dee"), hidden(None)) == ((), (), ())
    assert hidden("Ann", replace(team.protocol, team=(Member("Ann"), Member("Dee", ("lead",))))) == (), "alone"
    for report in range(1, 13):
        team.vote("Ann", report, "exclude")
    assert (hidden("Ann"), hidden("Ben")) == ((), (STAGE, "full-text"))


def test_records_that_nobody_has_voted_on_are_left_for_everybody(pair: Any) -> None:
    for report in range(1, 12):
        pair.vote(pair.ann, report, "include")
        pair.vote(pair.ben, report, "exclude")
    protocol = replace(pair.protocol, team=(Member("Ann"), Member("Ben")))
    with pair.store.read() as connection:
        assert blinding.stages_hidden(connection, protocol, "Ann") == (STAGE, "full-text")
