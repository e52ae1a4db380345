"""The screening rules in force: those of the last protocol event."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import Connection, select

from review.store import schema
from review.store.standing import Rules

_event = schema.event.c
_IN_FORCE = (
    select(_event.payload)
    .where(_event.kind == "protocol")
    .order_by(_event.at.desc(), _event.log.desc(), _event.seq.desc())
    .limit(1)
)


def rules_in_force(connection: Connection) -> Mapping[str, Rules]:
    """Give the screening rules of the last protocol event, per stage; one vote when there is none."""
    return _rules(connection.scalar(_IN_FORCE))


@lru_cache(maxsize=4)
def _rules(payload: str | None) -> Mapping[str, Rules]:
    return MappingProxyType(Rules.of(payload))
