"""What a role in the team may do: one table. Pages and commands ask here; nothing else knows roles' rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from review.errors import RoleError
from review.protocol.model import Protocol, Role

Right: TypeAlias = Literal["see", "vote", "extract", "resolve", "rules", "people"]

RIGHTS: Mapping[Role, frozenset[Right]] = {
    "reader": frozenset({"see"}),
    "reviewer": frozenset({"see", "vote", "extract"}),
    "adjudicator": frozenset({"see", "resolve"}),
    "lead": frozenset({"see", "resolve", "rules", "people"}),
}
"""Several roles add up. ``vote`` covers every judgement on a record: votes, duplicates, notes."""
SHARED: frozenset[Right] = frozenset({"vote", "extract", "resolve", "rules"})
"""What no role of anybody in the team has of these falls to all but readers: every review must come to an end."""
DOING: Mapping[Right, str] = {
    "see": "see the review",
    "vote": "decide on records",
    "extract": "extract data",
    "resolve": "resolve conflicts",
    "rules": "accept a change of the rules, or hand out work",
    "people": "manage people",
}
"""How a sentence names a right."""


def allowed(protocol: Protocol, name: str, what: Right) -> bool:
    """Say whether a person may do something; a protocol without a team is one person's, who may do everything.

    >>> from review.protocol import Member
    >>> team = Protocol("t", "q", "h", "", team=(Member("Ann", ("lead",)), Member("Ben"), Member("Cy", ("reader",))))
    >>> [allowed(team, name, "vote") for name in ("Ann", "Ben", "Cy", "Eve")]
    [False, True, False, False]
    >>> allowed(team, "Ben", "resolve"), allowed(Protocol("t", "q", "h", "", team=(Member("Ben"),)), "Ben", "resolve")
    (False, True)
    """
    if not protocol.team:
        return True
    roles = next((member.roles for member in protocol.team if member.name == name), ())
    rights = frozenset[Right]().union(*(RIGHTS[role] for role in roles))
    if what in SHARED and not any(what in RIGHTS[role] for member in protocol.team for role in member.roles):
        return any(role != "reader" for role in roles)
    return what in rights


def require(protocol: Protocol, name: str, what: Right) -> None:
    """Let nobody pass who may not.

    Raises
    ------
    RoleError
        No role of the person has the right; the hint names those who have.
    """
    if allowed(protocol, name, what):
        return
    roles = next((member.roles for member in protocol.team if member.name == name), ())
    able = [member.name for member in protocol.team if allowed(protocol, member.name, what)]
    role = " and ".join(roles) or "not in the team"
    raise RoleError(
        f"{name} ({role}) may not {DOING[what]}",
        hint=f"ask {' or '.join(able)}" if able else "give somebody a role that may, under [[team]] in protocol.toml",
    )
