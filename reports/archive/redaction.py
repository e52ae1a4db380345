"""What of a review goes into a public archive: rows without names and without what is other people's. Pure.

Left out: raw replies, full texts, abstracts, parts of replies that could not be read, notes and unmapped fields of
imported references (copyright of publishers and platforms). Names of people become pseudonyms in everything that the
team wrote. Bibliographic facts, queries as they were run and the files of forms, instruments and frameworks stay as
they are: an author of a paper keeps the name, and a form keeps its maker.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reports.archive.pseudonyms import Pseudonyms
from review.errors import StageError
from review.protocol import Protocol, read_protocol
from review.store.event import canonical, digest, from_row
from review.store.withheld import KEY, Withheld

Row = Mapping[str, Any]
_LEFT_OUT = "[left out of the public archive]"
_OURS = ("snowball",)
"""Unmapped fields of a record that this program wrote itself."""
_AS_THEY_ARE = ("person", "report", "hit_count", "pair", "standing", "study")
"""Tables without free text; the names in ``person`` are replaced one by one."""
_AS_RUN = frozenset({"query", "parts", "strategy", "source"})


class Redaction:
    """Rows on their way into a public copy; what was left out is counted as they go by.

    ``before`` is what the review, being a public copy already, did not hold.
    """

    def __init__(self, names: Pseudonyms, before: Withheld | None = None) -> None:
        self._names = names
        self._kept = before or Withheld()
        self._protocols = dict(self._kept.protocols)
        self._events = dict(self._kept.events)
        self._abstracts, self._rejected = self._kept.abstracts, self._kept.rejected
        self._raw = 0
        self._files: set[str] = set()
        self.texts: list[str] = []
        """Texts of the team, after names were replaced: what is left in them a person should look at."""

    def rows(self, table: str, given: Iterable[Row]) -> Iterator[Row]:
        """Give the rows of a table as the public sees them; ``meta`` must be the last table."""
        change: Callable[[dict[str, Any]], Row] = {
            "person": self._person, "protocol_version": self._protocol, "event": self._event, "record": self._record,
            "rejected": self._reject, "page": self._page, "search": self._search, "full_text": self._file,
            "value": self._value, "sheet": self._sheet,
        }.get(table, self._as_is if table in _AS_THEY_ARE else self._plain)  # fmt: skip
        if table == "meta":
            yield from (row for row in given if row["key"] not in ("names", KEY))
            yield {"key": KEY, "value": self.withheld().as_json()}
            return
        for row in given:
            yield change(dict(row))

    def withheld(self) -> Withheld:
        """Say what was left out of the rows that went by."""
        return Withheld(
            self._raw, len(self._files), self._abstracts, self._rejected,
            dict(sorted(self._protocols.items())), dict(sorted(self._events.items())),
        )  # fmt: skip

    def _as_is(self, row: dict[str, Any]) -> Row:
        return row

    def _plain(self, row: dict[str, Any]) -> Row:
        return {name: self._names.value(value) for name, value in row.items()}

    def _person(self, row: dict[str, Any]) -> Row:
        return {**row, "name": self._names.names.get(row["name"], row["name"])}

    def _protocol(self, row: dict[str, Any]) -> Row:
        text = self._names.text(row["text"])
        if text != row["text"]:
            self._protocols[row["hash"]] = hashlib.sha256(text.encode()).hexdigest()
        self.texts.append(text)
        return {**row, "text": text}

    def _event(self, row: dict[str, Any]) -> Row:
        said = json.loads(row["payload"])
        told = self._names.value(said)
        if row["kind"] == "sheet":
            told["text"] = said["text"]
        if row["kind"] == "value":
            told = self._value(told)
        self.texts += _texts(told)
        if told == said:
            return row
        changed = {**row, "payload": canonical(told)}
        self._events[row["id"]] = digest(from_row(changed))
        return changed

    def _value(self, row: Mapping[str, Any]) -> dict[str, Any]:
        row = dict(self._plain(dict(row)))
        return {**row, "text": _LEFT_OUT} if row["field"] == "abstract" and row.get("text") else row

    def _sheet(self, row: dict[str, Any]) -> Row:
        return {**self._plain(row), "text": row["text"]}

    def _record(self, row: dict[str, Any]) -> Row:
        self._abstracts += row["abstract"] is not None
        more = {name: value for name, value in row["more"].items() if name not in ("notes", "extra")}
        if not str(more.get("url") or "http").startswith("http"):
            del more["url"]  # a place on the disk of whoever exported the reference
        if ours := [pair for pair in row["more"].get("extra", ()) if pair[0] in _OURS]:
            more["extra"] = ours
        return {**row, "abstract": None, "more": more}

    def _reject(self, row: dict[str, Any]) -> Row:
        self._rejected += bool(row["raw"])
        return {**row, "raw": ""}

    def _page(self, row: dict[str, Any]) -> Row:
        self._raw += 1
        return {**row, "url": self._names.text(row["url"])}

    def _search(self, row: dict[str, Any]) -> Row:
        return {name: value if name in _AS_RUN else self._names.value(value) for name, value in row.items()}

    def _file(self, row: dict[str, Any]) -> Row:
        self._files.add(row["sha256"])
        return self._plain(row)


def _texts(value: Any) -> Iterator[str]:
    """Give what is text and no code in a value made of lists and mappings."""
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


def public_protocol(protocol: Protocol, names: Pseudonyms) -> str:
    """Give the text of a protocol with pseudonyms; what it says of searching and deciding is the same.

    Raises
    ------
    StageError
        A name cannot be replaced without changing more than the name.
    """
    text = names.text(protocol.text)
    read = read_protocol(text.encode())
    same = ("strategies", "concepts", "limits", "platforms", "criteria", "framework", "proforma", "instruments")
    if any(getattr(read, name) != getattr(protocol, name) for name in same) or [s.name for s in read.sources] != [
        s.name for s in protocol.sources
    ]:
        raise StageError(
            "a name of the team is also a word of the protocol's strategies or criteria: it cannot be hidden there",
            hint="give full names under [[team]], or write the archive without --public",
        )
    if hidden := [m.name for m in read.team if m.name not in names.names.values()]:
        raise StageError(
            f"the name {hidden[0]} is written in protocol.toml in a way that cannot be replaced",
            hint="write it under [[team]] without escapes",
        )
    return text
