"""The composition root: an opened review, and the stages with what they read and write.

The only module that knows every stage. Nothing here prints; ``review.cli`` and ``review.site`` call it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from review.errors import Fault, StageError
from review.protocol import STAGES, Protocol, read_protocol
from review.protocol.faults import meant
from review.store import Actor, Entry, Store, append_many, open_store, schema
from review.store.engine import utc_now
from review.store.events import SOFTWARE, enrol

PROTOCOL_FILE = "protocol.toml"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened review folder."""

    folder: Path
    protocol: Protocol
    store: Store
    environ: Mapping[str, str]

    def actor(self, name: str | None) -> Actor:
        """Say who acts; without a name, the only member of the team.

        Raises
        ------
        StageError
            Nobody was named and the team has several members, or the name is not in the team.
        """
        members = [m.name for m in self.protocol.team]
        if name is None and len(members) == 1:
            name = members[0]
        if name is None:
            raise StageError("who acts is not known", hint="say --as NAME, or set REVIEW_USER")
        if members and name not in members:
            raise StageError(
                f"{name} is not in the team ({', '.join(members)})",
                hint="add the person under [[team]] in protocol.toml",
            )
        return self._sign(name)

    def software(self) -> Actor:
        """Give the actor under whose name rules act."""
        return self._sign(SOFTWARE)

    def _sign(self, name: str) -> Actor:
        with self.store.write() as connection:
            return Actor(enrol(self.store, connection, name), self.protocol.hash)


def open_workspace(
    folder: Path,
    environ: Mapping[str, str],
    *,
    clock: Callable[[], str] = utc_now,
    mint: Callable[[], str] | None = None,
) -> Workspace:
    """Open a review folder: read its protocol, open its database, put the protocol in force when it changed.

    Raises
    ------
    StageError
        The folder has no protocol.
    ProtocolError
        The protocol has faults.
    """
    path = folder / PROTOCOL_FILE
    if not path.is_file():
        raise StageError(
            f"{folder} is no review folder: it has no {PROTOCOL_FILE}", hint=f"make one with: review init {folder}"
        )
    protocol = read_protocol(path.read_bytes())
    store = open_store(folder, url=environ.get("REVIEW_DATABASE"), clock=clock, mint=mint)
    _put_in_force(store, protocol)
    return Workspace(folder, protocol, store, environ)


def _put_in_force(store: Store, protocol: Protocol) -> None:
    """Log a protocol event when the text is not the one in force: it starts, or amends, the review."""
    events, versions = schema.event.c, schema.protocol_version
    newest = select(events.protocol).where(events.kind == "protocol").order_by(events.at.desc(), events.seq.desc())
    with store.read() as connection:
        if connection.scalar(newest.limit(1)) == protocol.hash:
            return
    rules = {
        stage: {
            "votes": protocol.rules(stage).votes,
            "maybe": protocol.rules(stage).maybe,
            "reasons": [r.code for r in protocol.rules(stage).reasons],
            "remove_unmatched": protocol.remove_unmatched,
        }
        for stage in STAGES
    }
    with store.write() as connection:
        if connection.scalar(newest.limit(1)) == protocol.hash:
            return
        if connection.scalar(select(versions.c.hash).where(versions.c.hash == protocol.hash)) is None:
            connection.execute(insert(versions).values(hash=protocol.hash, text=protocol.text, at=store.clock()))
        actor = Actor(enrol(store, connection, SOFTWARE), protocol.hash)
        append_many(store, connection, actor, [Entry("protocol", {"hash": protocol.hash, "rules": rules})])


def names_not_known(protocol: Protocol) -> tuple[Fault, ...]:
    """Name what a protocol mentions and the rooms do not have: sources, platforms, form, framework, instruments."""
    from searches.registry import SOURCES

    from extraction import library
    from searches.dialects import DIALECTS

    faults: list[Fault] = []

    def look(where: str, name: str, known: Iterable[str], what: str) -> None:
        known = sorted(known)
        if name not in known:
            faults.append(
                Fault(where, f"there is no {what} '{name}'", meant(name, known) or f"known: {', '.join(known)}")
            )

    for source in protocol.sources:
        look(f"sources.{source.name}", source.name, SOURCES, "source")
    for platform in protocol.platforms:
        look(f"platforms.{platform.id}.platform", platform.platform, [*DIALECTS, "other"], "platform")
    for kind, names in (
        ("forms", [protocol.proforma]),
        ("frameworks", [protocol.framework]),
        ("instruments", protocol.instruments),
    ):
        for name in names:
            if name:
                look(f"synthesis ({kind})", name, library.names(kind), kind.removesuffix("s"))
    return tuple(faults)
