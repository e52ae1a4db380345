"""What a public copy of a review does not hold on purpose, so that nothing of it is taken for missing or changed.

Names of people stand in texts that are hashed: protocols and what people noted. In a public copy they are replaced,
while every id and every hash stays. The copy notes the SHA-256 of each changed text beside the id that it goes by:
chains can still be walked, and a text that was changed after that is still found out. That the text before was the one
that the id was made of can only be shown with the full archive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, func, select

from review.store import schema

KEY = "withheld"
"""The key in ``meta``."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """How many raw replies, full texts, abstracts and unreadable parts were left out, and which texts were changed.

    ``protocols`` and ``events``: the id -> SHA-256 of what stands there now.
    """

    raw: int = 0
    full_texts: int = 0
    abstracts: int = 0
    rejected: int = 0
    protocols: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """Write it as it stands in ``meta``."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    def counts(self) -> dict[str, int]:
        """Give how much of each kind is not there, or not as it was."""
        return {
            "raw_files": self.raw, "full_texts": self.full_texts, "abstracts": self.abstracts,
            "rejected": self.rejected, "protocols": len(self.protocols), "events": len(self.events),
        }  # fmt: skip


def withheld(connection: Connection) -> Withheld | None:
    """Give what this copy of a review does not hold on purpose; ``None`` for a whole one."""
    noted = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == KEY))
    return Withheld(**json.loads(noted)) if noted else None


def cited_as(connection: Connection, digest: str) -> str:
    """Give the hash that events cite a protocol by, from that of its text: another one where names were replaced."""
    kept = withheld(connection)
    found = [cited for cited, now in sorted(kept.protocols.items()) if now == digest] if kept else []
    return found[-1] if found else digest


def people(connection: Connection) -> tuple[str, ...]:
    """Give the names of everybody, in the order of their first events; who has none comes after them, by name."""
    person, event = schema.person.c, schema.event.c
    firsts = select(event.person, func.min(event.at).label("at")).group_by(event.person).subquery()
    rows = connection.execute(
        select(person.name, firsts.c.at).select_from(schema.person.outerjoin(firsts, firsts.c.person == person.id))
    )
    return tuple(name for name, _ in sorted(rows, key=lambda row: (row[1] is None, row[1] or "", row[0])))
