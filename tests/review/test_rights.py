"""Who may do what: the table of roles, and what falls to whom where a team has no such role."""

from __future__ import annotations

from typing import get_args

import pytest

from review.errors import RoleError
from review.protocol import Member, Protocol
from review.protocol.model import Role
from review.protocol.rights import DOING, RIGHTS, Right, allowed, require

EVERYTHING: tuple[Right, ...] = get_args(Right)


def team(**roles: str) -> Protocol:
    members = tuple(Member(name, tuple(each.split("_"))) for name, each in roles.items())  # type: ignore[arg-type]
    return Protocol("t", "q", "h", "", team=members)


def rights(protocol: Protocol, name: str) -> str:
    return " ".join(right for right in EVERYTHING if allowed(protocol, name, right))


def test_every_role_and_every_right_has_its_row() -> None:
    assert set(RIGHTS) == set(get_args(Role))
    assert set(DOING) == set(EVERYTHING) == set().union(*RIGHTS.values())


def test_the_table() -> None:
    protocol = team(Ann="lead", Ben="reviewer", Cy="reader", Dee="adjudicator", Eve="lead_reviewer")
    assert {name: rights(protocol, name) for name in ("Ann", "Ben", "Cy", "Dee", "Eve", "Stranger")} == {
        "Ann": "see resolve rules people",
        "Ben": "see vote extract",
        "Cy": "see",
        "Dee": "see resolve",
        "Eve": "see vote extract resolve rules people",
        "Stranger": "",
    }


def test_without_a_team_everything_is_allowed() -> None:
    assert rights(Protocol("t", "q", "h", ""), "Anybody") == " ".join(EVERYTHING)


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        (team(Ann="reviewer", Cy="reader"), {"Ann": "see vote extract resolve rules", "Cy": "see"}),
        (team(Ann="lead", Cy="reader"), {"Ann": "see vote extract resolve rules people", "Cy": "see"}),
        (team(Ann="reviewer", Dee="adjudicator"), {"Ann": "see vote extract rules", "Dee": "see resolve rules"}),
        (team(Cy="reader"), {"Cy": "see"}),
    ],
)
def test_what_nobody_has_falls_to_all_but_readers(protocol: Protocol, expected: dict[str, str]) -> None:
    assert {name: rights(protocol, name) for name in expected} == expected


def test_a_refusal_names_who_may() -> None:
    protocol = team(Ann="lead", Ben="reviewer", Dee="adjudicator")
    with pytest.raises(RoleError, match=r"^Ben \(reviewer\) may not resolve conflicts$") as refused:
        require(protocol, "Ben", "resolve")
    assert refused.value.hint == "ask Ann or Dee"
    with pytest.raises(RoleError, match=r"^Eve \(not in the team\) may not decide on records$"):
        require(protocol, "Eve", "vote")
    with pytest.raises(RoleError) as refused:
        require(team(Ben="reviewer"), "Ben", "people")
    assert refused.value.hint == "give somebody a role that may, under [[team]] in protocol.toml"
    require(protocol, "Dee", "resolve")
